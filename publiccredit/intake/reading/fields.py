"""From the columns of a sheet, named by their letters, to the fields of the record type."""

from collections.abc import Mapping

import polars as pl

from publiccredit.intake.types import TYPED_NUMBER, RecognisedSheet


def letters_of_fields(header: RecognisedSheet) -> dict[str, list[str]]:
    """Give the letters of the columns that fill each field; an older form may give two columns to one field."""
    letters: dict[str, list[str]] = {}
    for column in header.columns:
        if column.field is not None:
            letters.setdefault(column.field, []).append(column.letter)
    return letters


def text_of_field(field: str, letters: list[str], separators: Mapping[str, str]) -> pl.Expr:
    """Give the field's text; what several columns say is joined as if it had been written into one cell."""
    if len(letters) == 1:
        return pl.col(letters[0]).alias(field)
    joined = pl.concat_str(letters, separator=separators.get(field, ";"), ignore_nulls=True)
    return pl.when(joined != "").then(joined).alias(field)


def number_of_field(field: str, letters: list[str]) -> pl.Expr:
    """Give whether the field was typed as a number in any of its columns."""
    return pl.any_horizontal(letter + TYPED_NUMBER for letter in letters).alias(field + TYPED_NUMBER)
