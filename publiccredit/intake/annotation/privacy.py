"""What of persons an answer does not repeat: their whole rows, and their identity numbers inside other text."""

import polars as pl

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import FieldType
from publiccredit.catalogue.types.identity_numbers import without
from publiccredit.intake.checks import natural_person
from publiccredit.intake.checks.natural_person import CLEARED
from publiccredit.intake.reading.headers import column_index
from publiccredit.intake.types import RecognisedSheet

__all__ = ["CLEARED", "persons_in", "shown", "text_columns"]


def persons_in(issues: pl.DataFrame) -> frozenset[tuple[str, int]]:
    """Give the sheet and row of every row that was refused because it is about a natural person."""
    code = next(kind.code for kind in catalogue.packs().issues if kind.check == natural_person.NAME)
    return frozenset(issues.filter(pl.col("code") == code).select("sheet", "row").iter_rows())


def text_columns(*, record_type: str, header: RecognisedSheet) -> frozenset[int]:
    """
    Give the columns, from 0, of text and of what the platform does not use.

    In the columns of identifiers an eighteen-digit number is the identifier the sender must be able to correct.
    """
    types = {
        field.name: field.type
        for known in catalogue.packs().record_types
        if known.name == record_type
        for field in known.fields
    }
    return frozenset(
        column_index(column.letter)
        for column in header.columns
        if types.get(column.field or "", FieldType.TEXT) is FieldType.TEXT
    )


def shown(value: object) -> str | None:
    """Give the text a cell is to show in place of the one it holds, or nothing where it may stay."""
    if not isinstance(value, str):
        return None
    masked = without(value)
    return masked if masked != value else None
