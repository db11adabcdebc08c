"""Identifiers with valid check characters that can never be real: their region is 000000."""

from publiccredit.catalogue.types.unified_identifiers import check_character

ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def organisation_code(number: int) -> str:
    """Give the nine characters of GB 11714 for a number below 10^8, its check character included."""
    body = f"{number:08d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, ORGANISATION_WEIGHTS, strict=True))
    return body + "0123456789X0"[11 - total % 11]


def synthetic_uscc(number: int, *, kind: str = "91") -> str:
    """Give a valid unified social credit identifier that can never be real (GB 32100-2015, region 000000)."""
    body = f"{kind}000000{organisation_code(number)}"
    return body + check_character(body)
