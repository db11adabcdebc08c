"""What a row of a record has, and an explanation or a table of codes has not."""

import re
from collections.abc import Sequence

# Each in a cell of its own.
_SIGNS = (
    re.compile(r"[0-9A-Z]{2}\d{6}[0-9A-Z]{9}[0-9A-Z]|\d{15}(?:\d\d[\dXx])?"),  # an identifier, of whomever
    re.compile(r".*\d\s*号(?:之[\d一二三四五六七八九十]+)?"),  # the number of a document
    re.compile(r"(?:19|20)\d\d(?:\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?(?:[ T].*)?|[01]\d[0-3]\d)"),  # a day
)
_FEWEST = 2


def reads_like_a_record(texts: Sequence[str]) -> bool:
    """Tell whether the cells of a row hold at least two of an identifier, the number of a document and a day."""
    return sum(any(sign.fullmatch(text.strip()) for text in texts) for sign in _SIGNS) >= _FEWEST
