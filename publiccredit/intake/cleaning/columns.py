"""The columns of a chunk, cleaned: first a cheap look at every cell, then work on the odd ones, once per spelling."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from publiccredit.catalogue.types import FieldType
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.cleaning.fields import CURRENCY, IDENTIFIER_TYPES, Cleaning, cleaning, may_have_problems
from publiccredit.intake.types import ORIGINAL, ROW, SHEET, TYPED_NUMBER

# Field names are lower case letters and underscores, so a suffix with ? can never be another field.
PROBLEM = "?problem"  # suffix of a column beside a field: why a cell has no value although something was sent
# A workbook can write a NUL (_x0000_), which the database cannot hold: of the original it is left out.
_JSON_ESCAPES = {"\0": ""} | {chr(c): f"\\u{c:04x}" for c in range(1, 32)} | {"\\": "\\\\", '"': '\\"'}
_PAIR = "original"
_SAMPLE, _FEW = 1_000, 100  # of so many cells, so few different ones make it worth looking at each spelling once
_REMEMBERED = 200_000  # spellings of one field, so that a hostile file cannot fill the memory


@dataclass(frozen=True)
class CleanedChunk:
    """``values``: SHEET, ROW, ORIGINAL, typed fields, problems. ``sent``: the same cells as text, as they came."""

    values: pl.DataFrame
    sent: pl.DataFrame


@dataclass(frozen=True)
class CleanedColumn:
    """``original`` is the cell as sent where its value is not written so, as one pair of a JSON object."""

    columns: list[pl.Series]
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
        return CleanedChunk(values=named, sent=sent)


class _Column:
    def __init__(self, how: Cleaning) -> None:
        self.name = how.field.name
        self._how = how
        self._known: pl.DataFrame | None = None
        self._nothing = how.fast(pl.Series(self.name, [None], dtype=pl.String)).alias(self.name)

    def clean(self, sent: pl.Series) -> CleanedColumn:
        if sent.null_count() == len(sent):
            return CleanedColumn([self._nothing.new_from_index(0, len(sent)), *self._problems(None, None, len(sent))])
        fast = self._how.fast(sent).alias(self.name)
        odd = self._odd(sent, fast)
        if odd is None:
            return CleanedColumn([fast, *self._problems(None, None, len(sent))])
        cells, places = self._read(sent.filter(odd)), odd.arg_true()
        return CleanedColumn(
            [_put(cells["value"], at=places, into=fast), *self._problems(cells["problem"], places, len(sent))],
            currency=self._currency(cells, places, len(sent)),
            original=self._original(cells[_PAIR], places, len(sent)),
        )

    def _odd(self, sent: pl.Series, fast: pl.Series) -> pl.Series | None:
        if fast is not sent and fast.dtype != pl.String:
            odd = self._how.odd(sent, fast).fill_null(value=False)
            return odd if odd.any() else None
        if sent.head(_SAMPLE).n_unique() > _FEW:
            odd = self._how.odd(sent, sent).fill_null(value=False)
            return odd if odd.any() else None
        spellings = sent.unique()
        odd_ones = spellings.filter(self._how.odd(spellings, spellings).fill_null(value=False))
        return sent.is_in(odd_ones.implode()).fill_null(value=False) if len(odd_ones) else None

    def _read(self, cells: pl.Series) -> pl.DataFrame:
        """``sent``, ``value`` and ``problem`` of each cell."""
        asked = cells.to_frame("sent")
        known = self._known
        if known is not None:
            new = asked.unique().join(known, on="sent", how="anti")["sent"]
            known = pl.concat([known, self._spelled(new)]) if len(new) else known
        else:
            known = self._spelled(cells.unique())
        if known.height <= _REMEMBERED:
            self._known = known
        return asked.join(known, on="sent", how="left", maintain_order="left")

    def _spelled(self, spellings: pl.Series) -> pl.DataFrame:
        read = self._how.read(spellings).with_columns(sent=spellings)
        escaped = pl.col("sent").str.replace_many(_JSON_ESCAPES)
        pair = pl.concat_str(pl.lit(f'"{self.name}":"'), escaped, pl.lit('"'))
        rewritten = (
            pl.col("value").ne_missing(pl.col("sent")) if read["value"].dtype == pl.String else pl.lit(value=True)
        )
        return read.with_columns(pl.when(rewritten).then(pair).alias(_PAIR))

    def _original(self, pairs: pl.Series, places: pl.Series, height: int) -> pl.Series | None:
        # Document numbers of persons are not kept a second time.
        if self._how.field.type is FieldType.PERSON_DOCUMENT_NUMBER or pairs.null_count() == len(pairs):
            return None
        return _put(pairs, at=places, into=_nothing(self.name, height))

    def _problems(self, problems: pl.Series | None, places: pl.Series | None, height: int) -> Iterator[pl.Series]:
        if may_have_problems(self._how.field):
            none = _nothing(self.name + PROBLEM, height)
            if problems is None or places is None or problems.null_count() == len(problems):
                yield none
            else:
                yield _put(problems, at=places, into=none)

    def _currency(self, cells: pl.DataFrame, places: pl.Series, height: int) -> pl.Series | None:
        name = self._how.field.currency_field
        return _put(cells[CURRENCY], at=places, into=_nothing(name, height)) if name else None


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
