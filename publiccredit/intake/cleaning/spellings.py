"""
What the spellings of a field mean, each read once in a file.

Of a million dates a few thousand are different. A cell then costs one look-up of its number, whatever its reading cost.
"""

from threading import Lock

import polars as pl

from publiccredit.intake.cleaning.column_bytes import ColumnBytes
from publiccredit.intake.cleaning.fields import Cleaning

VALUE, PAIR = "value", "original"  # ``original``: the cell as sent where its value is not written so
REMEMBERED = 200_000  # spellings of one field, so that a hostile file cannot fill the memory
# A workbook can write a NUL (_x0000_), which the database cannot hold: of the original it is left out.
_JSON_ESCAPES = {"\0": ""} | {chr(c): f"\\u{c:04x}" for c in range(1, 32)} | {"\\": "\\\\", '"': '\\"'}


class Spellings:
    """The spellings of one field met so far in a file. Several chunks may ask at once."""

    def __init__(self, how: Cleaning) -> None:
        self._how = how
        # Polars forgets the numbers with the last column that bears them, so one is kept. It is empty: a spelling in it
        # would count as one that was sent, and a column that holds "" is never given back as it came.
        self._numbered: pl.Series | None = pl.Series([], dtype=pl.Categorical(pl.Categories.random()))
        self._meant: pl.DataFrame | None = None  # a row for each number
        self._odd: pl.DataFrame | None = None  # the odd ones of columns that are not numbered
        self._lock = Lock()
        self.may_hold_long_number = False  # any value of what was asked of each cell

    def of_each(self, sent: pl.Series) -> pl.DataFrame | None:
        """Value, problem, original (and currency) of each cell; None where the spellings are too many to number."""
        numbered = self._numbered
        if numbered is None:
            return None
        asked = sent.head(1) if _one_alone(sent) else sent
        numbers = asked.cast(numbered.dtype).to_physical()
        meant = self._up_to(numbered, int(numbers.max()) + 1)  # type: ignore[arg-type]  # some cell is filled
        if meant.height > REMEMBERED:
            self._numbered = self._meant = None
        cells = [_of_each(column, numbers, len(sent)) for column in meant.get_columns() if column.name != VALUE]
        value = sent.alias(VALUE) if _as_sent(meant) else _of_each(meant[VALUE], numbers, len(sent))
        return pl.DataFrame([value, *cells])

    def of(self, odd: pl.Series) -> pl.DataFrame:
        """The same of cells that are odd, where most cells of the column are different."""
        asked = odd.to_frame("sent")
        known = self._odd
        if known is not None:
            new = asked.unique().join(known, on="sent", how="anti")["sent"]
            known = pl.concat([known, self._read(new)]) if len(new) else known
        else:
            known = self._read(odd.unique())
        if known.height <= REMEMBERED:
            self._odd = known
        return asked.join(known, on="sent", how="left", maintain_order="left").drop("sent")

    def _up_to(self, numbered: pl.Series, number: int) -> pl.DataFrame:
        with self._lock:
            known = self._meant
            if known is None or known.height < number:
                begin = 0 if known is None else known.height
                spelled = (
                    pl.int_range(begin, number, dtype=pl.UInt32, eager=True).cat.to(numbered.dtype).cast(pl.String)
                )
                new = self._mean(spelled)
                known = new if known is None else pl.concat([known, new]).rechunk()
                self._meant = known
            return known

    def _mean(self, spelled: pl.Series) -> pl.DataFrame:
        fast = self._how.fast(spelled).alias(VALUE)
        odd = self._how.odd(ColumnBytes(spelled), fast).fill_null(value=False)
        read = self._read(spelled.filter(odd)).drop("sent")
        places = odd.arg_true()
        plain = [fast, *(column.clear(len(fast)) for column in read.get_columns()[1:])]
        meant = pl.DataFrame([p.clone().scatter(places, read[p.name]) for p in plain])
        if meant[VALUE].dtype == pl.String:
            self.may_hold_long_number |= ColumnBytes(meant[VALUE]).may_hold_long_number()
        return meant

    def _read(self, spellings: pl.Series) -> pl.DataFrame:
        """``sent``, ``value``, ``problem``, ``original`` and, of some amounts, ``currency``."""
        read = self._how.read(spellings).with_columns(sent=spellings)
        escaped = pl.col("sent").str.replace_many(_JSON_ESCAPES)
        pair = pl.concat_str(pl.lit(f'"{self._how.field.name}":"'), escaped, pl.lit('"'))
        rewritten = pl.col(VALUE).ne_missing(pl.col("sent")) if read[VALUE].dtype == pl.String else pl.lit(value=True)
        whole = read.with_columns(pl.when(rewritten).then(pair).alias(PAIR))
        return whole.select("sent", VALUE, pl.exclude("sent", VALUE))


def _as_sent(meant: pl.DataFrame) -> bool:
    return meant[VALUE].dtype == pl.String and meant[PAIR].null_count() == meant.height


def _one_alone(sent: pl.Series) -> bool:
    """Whether all cells say the same, as those of the authority do: told in a fifth of the time of numbering them."""
    first = sent[0]
    return not sent.null_count() and first == sent[-1] and bool((sent == first).all())


def _of_each(column: pl.Series, numbers: pl.Series, height: int) -> pl.Series:
    if column.null_count() == len(column):
        return column.new_from_index(0, height)
    return column.gather(numbers) if len(numbers) == height else column.new_from_index(numbers[0], height)
