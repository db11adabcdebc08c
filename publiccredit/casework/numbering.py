"""The number of a case: its kind, the year, and a running number without gaps, as offices number their papers."""

from django.db import connection

_BRACKETS = str.maketrans("[]［］【】()（）", "〔〕" * 5)

_NEXT = """
INSERT INTO casework_casenumber AS held (prefix, year, last) VALUES (%s, %s, 1)
ON CONFLICT (prefix, year) DO UPDATE SET last = held.last + 1
RETURNING last
"""


def next_number(*, prefix: str, year: int) -> str:
    """
    Give the next number of a kind and year.

    The row stays locked until the transaction ends: a second opening of the same kind waits for the first, and where
    that one fails its number is given again. A number from a sequence, or from the ledger, would leave gaps.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [prefix, year])
        return f"{prefix}〔{year}〕{cursor.fetchone()[0]}号"


def as_numbered(words: str) -> str:
    """Give words with a number of a case in them as numbers are kept, whatever was typed for its brackets (0028)."""
    return "".join(words.translate(_BRACKETS).split())
