"""Marks nobody sees: control characters, zero-width and direction marks. They come with text copied from web pages."""

import polars as pl

from publiccredit.intake.cleaning.column_bytes import bytes_of, holds

_CONTROL = r"\x00-\x08\x0B\x0C\x0E-\x1F\x7F"
MARKS = _CONTROL + r"\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF"
_BELOW_BLANK, _DELETE = 0x20, 0x7F
_LINES = (0x09, 0x0A, 0x0D)  # tabs and line ends may stand in prose
# The marks in UTF-8: first byte, and what may follow. E2 also begins the quotation marks and dashes of Chinese prose.
_FIRST = {0xC2: ((0xAD, 0xAD),), 0xD8: ((0x9C, 0x9C),)}
_THREE = {
    0xE1: ((0xA0, 0x8E, 0x8E),),
    0xE2: ((0x80, 0x8B, 0x8F), (0x80, 0xAA, 0xAE), (0x81, 0xA0, 0xA4), (0x81, 0xA6, 0xA9)),
    0xEF: ((0xBB, 0xBF, 0xBF),),
}


def somewhere_in(text: pl.Series) -> bool:
    """Whether any text of the column may hold such a mark."""
    data = bytes_of(text)
    low = data < _BELOW_BLANK
    if (low.any() and not data.filter(low).is_in(_LINES).all()) or (data == _DELETE).any():
        return True
    return any(holds(data, first, followers) for first, followers in (_FIRST | _THREE).items())
