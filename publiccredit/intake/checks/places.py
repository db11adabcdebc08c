"""Where a row stands in its file, as one number: what is remembered of a million rows has no room for names."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from publiccredit.intake.types import REPEATS_ROW, REPEATS_SHEET, ROW, SHEET, Recognition

_ROWS = 1 << 32  # more than any sheet or text file holds


@dataclass(frozen=True)
class Places:
    """The data sheets of a file. Of a file with one of them its rows are told by their numbers alone."""

    sheets: Sequence[str]

    @classmethod
    def of(cls, recognition: Recognition) -> "Places":
        """This will give the places of a recognised file."""
        return cls([sheet.sheet for sheet in recognition.sheets])

    def numbered(self, rows: pl.DataFrame) -> pl.Series:
        """This will give the place of each row as a number."""
        numbers = rows[ROW].cast(pl.Int64)
        if len(self.sheets) < 2:
            return numbers
        known = {sheet: at * _ROWS for at, sheet in enumerate(self.sheets)}
        return numbers + rows[SHEET].replace_strict(known, return_dtype=pl.Int64)

    def named(self, places: pl.Series) -> tuple[pl.Series, pl.Series]:
        """This will give sheet and row of places, as the columns of a duplicate."""
        row = (places % _ROWS).alias(REPEATS_ROW)
        return self._sheet(places // _ROWS).alias(REPEATS_SHEET), row

    def in_words(self, name: str) -> pl.Expr:
        """This will give the places in a column as a sender reads them."""
        row = pl.format("第 {} 行", pl.col(name) % _ROWS)
        if len(self.sheets) < 2:
            return row
        sheet = (pl.col(name) // _ROWS).replace_strict(dict(enumerate(self.sheets)), return_dtype=pl.String)
        return pl.format("工作表“{}”{}", sheet, row)

    def _sheet(self, at: pl.Series) -> pl.Series:
        return at.replace_strict(dict(enumerate(self.sheets)), return_dtype=pl.String)
