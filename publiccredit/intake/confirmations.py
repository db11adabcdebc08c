"""
How a sender says that what looks wrong is right: a code for a whole file, or a code at one row, ``A-104:工作表!12``.

A doubt about an amount is confirmed row by row: one tick for a column would file a hundred fines ten thousand times too
high together with the one that is as large as it reads.
"""

import re

_OVERRIDE = re.compile(r"([A-Z]{1,3}-[0-9]{3})(?::(?:(.*)!)?([1-9][0-9]{0,6}))?", re.DOTALL)


def row_confirmed(*, code: str, sheet: str, row: int) -> str:
    """Give the word that confirms an issue at one row."""
    return f"{code}:{sheet}!{row}" if sheet else f"{code}:{row}"


def code_confirmed(override: str) -> str | None:
    """Give the issue code a word confirms, or nothing where it is no such word."""
    found = _OVERRIDE.fullmatch(override)
    return found[1] if found else None


def place_confirmed(override: str) -> tuple[str, int] | None:
    """Give sheet (empty: the only one) and row of a word that confirms one row, or nothing."""
    found = _OVERRIDE.fullmatch(override)
    return (found[2] or "", int(found[3])) if found and found[3] else None
