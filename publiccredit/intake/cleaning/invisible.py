"""Marks nobody sees: control characters, zero-width and direction marks. They come with text copied from web pages."""

from publiccredit.intake.cleaning.column_bytes import Signs

_CONTROL = r"\x00-\x08\x0B\x0C\x0E-\x1F\x7F"
MARKS = _CONTROL + r"\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF"
# The same in UTF-8, tabs and line ends too. E2 also begins the quotation marks and dashes of Chinese prose.
SIGNS = Signs(
    single=((0x00, 0x1F), (0x7F, 0x7F)),
    longer={
        0xC2: ((0xAD, 0xAD),),
        0xD8: ((0x9C, 0x9C),),
        0xE1: ((0xA0, 0x8E, 0x8E),),
        0xE2: ((0x80, 0x8B, 0x8F), (0x80, 0xAA, 0xAE), (0x81, 0xA0, 0xA4), (0x81, 0xA6, 0xA9)),
        0xEF: ((0xBB, 0xBF, 0xBF),),
    },
)
