"""
How a sender says that what looks wrong is right: a code for a whole file, or a code at one row, ``A-104:工作表!12``.

A doubt about an amount is confirmed row by row: one tick for a column would file a hundred fines ten thousand times too
high together with the one that is as large as it reads.
"""

import re
from collections.abc import Collection

from publiccredit.catalogue import queries as catalogue
from publiccredit.intake.types import UnableToSubmit

MOST_CONFIRMED = 500  # at once: more were not looked at one by one
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


def refuse_what_cannot_be_confirmed(*, overrides: Collection[str]) -> None:
    """
    Verify that every word confirms what may be confirmed, the way it may be.

    :raises UnableToSubmit: one does not; the message says which do.
    """
    overridable = {kind.code: kind for kind in catalogue.packs().issues if kind.overridable}
    if wrong := sorted(o for o in set(overrides) if code_confirmed(o) not in overridable):
        raise UnableToSubmit(
            f"{'、'.join(wrong)} 不能以确认放行，请更正数据。可以确认的有：{'、'.join(sorted(overridable))}。",
            about="overrides",
        )
    if whole := sorted(o for o in set(overrides) if o in overridable and overridable[o].by_row):
        raise UnableToSubmit(
            f"{'、'.join(whole)} 不能整份确认，须逐行核对、逐行确认："
            f"写作“{whole[0]}:行号”，多个工作表时写作“{whole[0]}:工作表!行号”。",
            about="overrides",
        )
    if len(overrides) > MOST_CONFIRMED:
        raise UnableToSubmit(f"一次最多确认 {MOST_CONFIRMED} 处。请分次确认，或更正数据。", about="overrides")
