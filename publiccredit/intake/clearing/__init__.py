"""
The copy of a sent file that may be kept: everything as it was sent, but for what it says of persons.

Takes the file, what it was recognised as, and the rows that were refused because they are about natural persons. Gives
a copy in which those rows hold nothing but the platform's own mark, in the same rows and columns, so that it can be
annotated, confirmed and read again like the file itself; resident identity numbers elsewhere keep their first six
digits. Separated text and JSON lines keep their format, encoding and every line that needs no change; of a workbook all
stays that says nothing of a person. An xls, and a workbook with parts that may repeat its cells (charts, results of
formulas), is written anew as xlsx with its cells alone. The columns in which an organisation, or its representative, is
identified stay as they are: what stands in them is checked row by row.
"""

import logging
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import FieldType
from publiccredit.catalogue.types.identity_numbers import without
from publiccredit.intake.checks.natural_person import CLEARED, own_document
from publiccredit.intake.reading.headers import column_index
from publiccredit.intake.reading.package import holds_numbers_aside
from publiccredit.intake.types import RecognisedSheet, Recognition

log = logging.getLogger(__name__)

__all__ = ["CLEARED", "Persons", "Row", "cleared"]

Persons = Mapping[tuple[str, int], int]  # by sheet and row: the column, from 0, that shows whom the row is about
IDENTIFYING = frozenset(FieldType) - {FieldType.TEXT, FieldType.DATE, FieldType.AMOUNT, FieldType.CODE}


@dataclass(frozen=True)
class Row:
    """What becomes of the rows of one data sheet."""

    header: RecognisedSheet
    persons: Persons
    identifying: frozenset[int]  # columns, from 0, that stay as they are

    @classmethod
    def of(cls, *, header: RecognisedSheet, record_type: str, persons: Persons) -> "Row":
        known = [known for known in catalogue.packs().record_types if known.name == record_type]
        fields = {field.name for one in known for field in one.fields if field.type in IDENTIFYING}
        # The column for a person's own number is of use to persons' rows only, and those are not kept.
        fields -= {own.name for one in known if (own := own_document(record_type=one))}
        return cls(header, persons, frozenset(column_index(c.letter) for c in header.columns if c.field in fields))

    def person_at(self, row: int) -> int | None:
        """Give the column that is marked where a row is about a natural person."""
        return self.persons.get((self.header.sheet, row))

    def text(self, row: int, column: int, text: str) -> str:
        """Give what a cell of any other row is to hold."""
        return text if row > self.header.header_row and column in self.identifying else without(text)


def cleared(*, original: Path, recognition: Recognition, persons: Persons, target: Path) -> bool:
    """
    Write the copy to ``target`` and tell whether anything was taken out of it; else nothing is written.

    The original must have been read before: what is hostile was refused there.
    """
    clear: Callable[..., bool] = _clear_workbook
    if recognition.encoding != "workbook":
        from publiccredit.intake.clearing.texts import clear_text as clear
    rows = [Row.of(header=h, record_type=recognition.record_type, persons=persons) for h in recognition.sheets]
    if clear(original=original, recognition=recognition, rows=rows, target=target):
        return True
    target.unlink(missing_ok=True)
    return False


def _clear_workbook(*, original: Path, recognition: Recognition, rows: Sequence[Row], target: Path) -> bool:
    """Clear a workbook where it stands; an xls, or where something of a person may stay in it, with its cells alone."""
    from publiccredit.intake.annotation.marking import UNREADABLE, reason
    from publiccredit.intake.clearing.anew import clear_anew
    from publiccredit.intake.clearing.in_place import clear_in_place

    if zipfile.is_zipfile(original):
        try:
            changed = clear_in_place(original=original, rows=rows, target=target)
            if not recognition.has_numbers_aside or (changed and not holds_numbers_aside(target)):
                return changed
        except UNREADABLE as error:
            log.warning("The copy of a workbook is written anew: %s", reason(error))
    return clear_anew(original=original, recognition=recognition, rows=rows, target=target)
