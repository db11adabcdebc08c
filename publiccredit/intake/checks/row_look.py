"""What the checks of whole rows look at: the cells as sent, without the spaces people set between characters."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

_SPACE = r"\s+"  # those of Chinese width too


def squeezed(text: str) -> str:
    """Give the text as a cell is compared: without any space."""
    return "".join(text.split())


@dataclass(frozen=True)
class RowLook:
    """``fields`` are those the sheet carries, from its first column on; ``headers`` are ways to name a column."""

    fields: Sequence[str]
    amount_fields: Sequence[str]
    headers: Sequence[str]
    header_row: int

    @cached_property
    def cells(self) -> list[pl.Expr]:
        return [_cell(name) for name in self.fields]

    @cached_property
    def amounts(self) -> list[pl.Expr]:
        return [_cell(name) for name in self.amount_fields]

    @property
    def filled(self) -> pl.Expr:
        """How many cells say something."""
        return pl.sum_horizontal(cell.is_not_null() for cell in self.cells)

    @property
    def first(self) -> pl.Expr:
        """What the first filled cell says."""
        return pl.coalesce(*self.cells)

    @property
    def first_field(self) -> pl.Expr:
        """The field of the first filled cell; of a row without one, that of the first column."""
        named = [pl.when(cell.is_not_null()).then(pl.lit(n)) for n, cell in zip(self.fields, self.cells, strict=True)]
        return pl.coalesce(*named, pl.lit(self.fields[0]))


def _cell(name: str) -> pl.Expr:
    tight = pl.col(name).str.replace_all(_SPACE, "")
    return pl.when(tight != "").then(tight)
