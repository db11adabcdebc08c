"""
The worksheets of which nothing is filed, looked into so that no record is lost with them.

Takes the cells of a sheet without a known header. Gives what is said of it: why it is skipped and how many rows have
something in them. Refuses rows that read like records: they would be left out without a word.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from publiccredit.catalogue.types.identity_numbers import without
from publiccredit.intake.reading.recognition import MARKED_BY_PLATFORM
from publiccredit.intake.reading.record_signs import reads_like_a_record
from publiccredit.intake.reading.refusals import refusal
from publiccredit.intake.types import SkippedSheet


def looked_into(skipped: SkippedSheet, *, rows: Iterable[Sequence[str]], filled: int) -> SkippedSheet:
    """
    Give what is said of a sheet of which nothing is filed.

    ``rows`` are all its rows as text, from the first; ``filled`` counts those with something in them, by the second
    parser.

    :raises UnableToRead: a row reads like a record, and is not what the platform marked itself.
    """
    persons = False
    for number, cells in enumerate(rows, 1):
        if skipped.reason != MARKED_BY_PLATFORM and reads_like_a_record(cells):
            raise refusal("unread_rows", sheet=skipped.sheet, row=number)
        text = "\n".join(cells)
        persons = persons or without(text) != text
    return replace(skipped, rows=filled, has_identity_numbers=persons)
