"""The columns of a chunk, cleaned: first a cheap look at every cell, then work on the odd ones, once per spelling."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from publiccredit.catalogue.types import FieldType
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.cleaning.column_bytes import ColumnBytes
from publiccredit.intake.cleaning.fields import (
    CURRENCY,
    IDENTIFIER_TYPES,
    RECURRING,
    Cleaning,
    cleaning,
    may_have_problems,
)
from publiccredit.intake.cleaning.spellings import PAIR, VALUE, Spellings
from publiccredit.intake.types import ORIGINAL, ROW, SHEET, TYPED_NUMBER

# Field names are lower case letters and underscores, so a suffix with ? can never be another field.
PROBLEM = "?problem"  # suffix of a column beside a field: why a cell has no value although something was sent
_SAMPLE, _FEW = 1_000, 100  # of so many cells, so few different ones make it worth looking at each spelling once


@dataclass(frozen=True)
class CleanedChunk:
    """
    ``values``: SHEET, ROW, ORIGINAL, typed fields, problems. ``sent``: the same cells as text, as they came.

    ``long_numbers``: the fields in which fifteen digits may stand side by side; in no other they do.
    """

    values: pl.DataFrame
    sent: pl.DataFrame
    long_numbers: frozenset[str]


@dataclass(frozen=True)
class CleanedColumn:
    """``original`` is the cell as sent where its value is not written so, as one pair of a JSON object."""

    columns: list[pl.Series]
    may_hold_long_number: bool
    currency: pl.Series | None = None
    original: pl.Series | None = None


class Cleaner:
    """Cleans the chunks of one file. What a spelling means is remembered; nothing else is."""

    def __init__(self, book: Rulebook) -> None:
        self._book = book
        self._columns = [_Column(cleaning(field, book)) for field in book.record_type.fields]
        self._absent = {f.name: book.constant(f.name) for f in book.record_type.fields}
        self._marks = [f.name + TYPED_NUMBER for f in book.record_type.fields if f.type in IDENTIFIER_TYPES]

    def clean(self, rows: pl.DataFrame) -> CleanedChunk:
        """Clean one chunk of rows as read; fields the form does not carry are its constants, or nothing."""
        sent = rows.with_columns(
            *(pl.lit(told, pl.String).alias(name) for name, told in self._absent.items() if name not in rows.columns),
            *(pl.lit(value=False).alias(mark) for mark in self._marks if mark not in rows.columns),
        )
        cleaned = [column.clean(sent[column.name]) for column in self._columns]
        pairs = [result.original for result in cleaned if result.original is not None]
        values = sent.select(
            SHEET, ROW, *self._marks, _originals(pairs, sent.height), *(c for result in cleaned for c in result.columns)
        )
        # A currency named in the cell of the amount counts before the one in its own column.
        currencies = [result.currency for result in cleaned if result.currency is not None]
        named = values.with_columns(
            pl.coalesce(currency, currency.name).alias(currency.name) for currency in currencies
        )
        long_numbers = frozenset(r.columns[0].name for r in cleaned if r.may_hold_long_number)
        return CleanedChunk(values=named, sent=sent, long_numbers=long_numbers)


class _Column:
    def __init__(self, how: Cleaning) -> None:
        self.name = how.field.name
        self._how = how
        self._means = Spellings(how)
        self._nothing = how.fast(pl.Series(self.name, [None], dtype=pl.String)).alias(self.name)

    def clean(self, sent: pl.Series) -> CleanedColumn:
        if sent.null_count() == len(sent):
            return self._cleaned(self._nothing.new_from_index(0, len(sent)), long_number=False)
        if self._worth_spelling(sent) and (cells := self._means.of_each(sent)) is not None:
            return self._cleaned(cells[VALUE], cells, long_number=self._means.may_hold_long_number)
        return self._cell_by_cell(sent)

    def _cell_by_cell(self, sent: pl.Series) -> CleanedColumn:
        column = ColumnBytes(sent)
        fast = self._how.fast(sent)
        odd = self._how.odd(column, fast).fill_null(value=False)
        long_number = self._how.field.type is FieldType.TEXT and column.may_hold_long_number()
        if not odd.any():
            return self._cleaned(fast, long_number=long_number)
        places = odd.arg_true()
        read = self._means.of(sent.filter(odd))
        put = [_put(read[name], at=places, into=_nothing(name, len(sent))) for name in read.columns[1:]]
        if (
            self._how.field.type is FieldType.TEXT
        ):  # out of digits with blanks between them cleaning may make one number
            long_number = long_number or ColumnBytes(read[VALUE]).may_hold_long_number()
        return self._cleaned(_put(read[VALUE], at=places, into=fast), pl.DataFrame(put), long_number=long_number)

    def _worth_spelling(self, sent: pl.Series) -> bool:
        """Dates, amounts and words recur; so do the cells of any other column whose first cells are few."""
        return self._how.field.type in RECURRING or sent.head(_SAMPLE).n_unique() <= _FEW

    def _cleaned(self, value: pl.Series, cells: pl.DataFrame | None = None, *, long_number: bool) -> CleanedColumn:
        column = value.alias(self.name)
        if cells is None:
            return CleanedColumn([column, *self._problems(None, len(value))], long_number)
        currency = self._how.field.currency_field
        pairs = cells[PAIR]
        # Document numbers of persons are not kept a second time.
        kept = self._how.field.type is not FieldType.PERSON_DOCUMENT_NUMBER and pairs.null_count() < len(pairs)
        return CleanedColumn(
            [column, *self._problems(cells["problem"], len(value))],
            long_number,
            currency=cells[CURRENCY].alias(currency) if currency and CURRENCY in cells.columns else None,
            original=pairs.alias(self.name) if kept else None,
        )

    def _problems(self, problems: pl.Series | None, height: int) -> Iterator[pl.Series]:
        if may_have_problems(self._how.field):
            name = self._how.field.name + PROBLEM
            yield _nothing(name, height) if problems is None else problems.alias(name)


def _nothing(name: str, height: int) -> pl.Series:
    return pl.Series(name, [None], dtype=pl.String).new_from_index(0, height)


def _put(cells: pl.Series, *, at: pl.Series, into: pl.Series) -> pl.Series:
    """The cells at their rows, the other rows as they are; the column that was given stays as it is."""
    return into.clone().scatter(at, cells)


def _originals(pairs: list[pl.Series], height: int) -> pl.Series:
    """JSON of the cells that cleaning changed: field → text as sent; null for rows it left alone."""
    none = _nothing(ORIGINAL, height)
    if not pairs:
        return none
    columns = pl.DataFrame(pairs)
    places = columns.select(pl.any_horizontal(pl.all().is_not_null())).to_series().arg_true()
    inner = pl.concat_str(pl.all(), separator=",", ignore_nulls=True)
    whole = columns[places].select(pl.concat_str(pl.lit("{"), inner, pl.lit("}"))).to_series()
    return _put(whole, at=places, into=none)
