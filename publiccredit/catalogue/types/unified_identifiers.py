"""What a unified social credit identifier is made of (GB 32100-2015): its symbols, its parts, its last character."""

SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
LENGTH = 18
WEIGHTS = tuple(pow(3, place, 31) for place in range(LENGTH - 1))
REGION = range(2, 8)  # places, counted from nought, in which only digits stand
LOOKS_LIKE = {"I": "1", "O": "0", "S": "5", "Z": "2", "V": "U"}  # what was meant by a letter that is never used


def check_character(first: str) -> str:
    """Give the last character that belongs to the seventeen before it, all of them symbols."""
    total = sum(SYMBOLS.index(symbol) * weight for symbol, weight in zip(first, WEIGHTS, strict=True))
    return SYMBOLS[-total % len(SYMBOLS)]
