"""Check digits of whole columns at once: bytes to values by table, values to remainders by one weighted sum."""

import sys
from array import array
from collections.abc import Callable
from functools import lru_cache
from itertools import product

import polars as pl
from pyarrow import lib as pa

from publiccredit.catalogue.types import unified_identifiers

_USCC_SYMBOLS = unified_identifiers.SYMBOLS
_USCC_WEIGHTS = (*unified_identifiers.WEIGHTS, 0)
_ORGANISATION_SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # GB 11714-1997
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2, 0)
_NO_SYMBOL = 99
_PAIRS = 1 << 16  # of bytes
_AT_ONCE = 1 << 13  # identifiers, so that columns of nearly the same length share what is made for them
_NO_PAIR = 1_000  # more than nine pairs can add up to
WRONG_SHAPE, WRONG_DIGIT = "wrong_shape", "wrong_digit"
VERDICT = pl.Enum([WRONG_SHAPE, WRONG_DIGIT])
_SAMPLE, _FEW = 1_000, 100

_Right = Callable[[pl.Series], pl.Series]


def _values(symbols: str) -> pl.Series:
    values = {ord(symbol): value for value, symbol in enumerate(symbols)}
    return pl.Series([values.get(byte, _NO_SYMBOL) for byte in range(256)], dtype=pl.UInt16)


_USCC_VALUES = _values(_USCC_SYMBOLS)
_ORGANISATION_VALUES = _values(_ORGANISATION_SYMBOLS)


def uscc_holds(column: pl.Series) -> pl.Series:
    """Whether the check character is right; false where there are not 18 symbols, null where there is nothing."""
    return _where_wide(column, 18, _uscc_right)


def uscc_verdict(column: pl.Series) -> pl.Series:
    """
    ``wrong_shape``, ``wrong_digit``, or null for what is right or not there.

    The authorities of a file are few, its subjects many: where a sample holds few, each identifier is judged once.
    """
    if column.head(_SAMPLE).n_unique() > _FEW:
        return _uscc_verdict(column)
    spellings = column.unique()
    verdicts = _uscc_verdict(spellings)
    if verdicts.null_count() == len(verdicts):
        return pl.Series([None], dtype=VERDICT).new_from_index(0, len(column))
    return column.replace_strict(spellings, verdicts, return_dtype=VERDICT)


def _uscc_verdict(column: pl.Series) -> pl.Series:
    fits = column.str.len_bytes() == 18
    if not fits.null_count() and fits.all():
        totals = _uscc_totals(column)
        if ((totals % 31 == 0) & (totals < _NO_PAIR)).all():
            return pl.Series([None], dtype=VERDICT).new_from_index(0, len(column))
    else:
        wide = fits.fill_null(value=False)
        totals = (
            _uscc_totals(column.filter(wide)).gather(_position(wide)).set(~wide, _NO_PAIR).set(column.is_null(), None)
        )
    total = pl.lit(totals)
    verdict = pl.when(total >= _NO_PAIR).then(pl.lit(WRONG_SHAPE)).when(total % 31 != 0).then(pl.lit(WRONG_DIGIT))
    return pl.select(verdict.cast(VERDICT)).to_series()


def _uscc_totals(identifiers: pl.Series) -> pl.Series:
    """
    The weighted sum of each identifier of 18 bytes, a multiple of 31 where its check character is right.

    Two symbols are looked up at once: half as many look-ups, and what is no identifier shows by the same look.
    """
    pairs = pl.Series(_array(pa.UInt16Array, pa.uint16(), identifiers, 9)).cast(pl.UInt32)
    begins = _begins_of_tables(-(-len(identifiers) // _AT_ONCE)).head(len(pairs))
    return _pair_values().gather(pairs + begins).reshape((-1, 9)).arr.sum()


@lru_cache(maxsize=1)
def _pair_values() -> pl.Series:
    """A table for each of the nine pairs; two bytes as one number, the first of them the lower."""
    values = array("H", [_NO_PAIR]) * (9 * _PAIRS)
    for place in range(9):
        # The second to fourth pair are the code of a region: digits alone.
        symbols = _USCC_SYMBOLS[:10] if place in (1, 2, 3) else _USCC_SYMBOLS
        first, second = _USCC_WEIGHTS[2 * place], _USCC_WEIGHTS[2 * place + 1] or 1
        for one, other in product(range(len(symbols)), repeat=2):
            pair = int.from_bytes((symbols[one] + symbols[other]).encode(), sys.byteorder)
            values[place * _PAIRS + pair] = (one * first + other * second) % 31
    return pl.Series(pa.UInt16Array.from_buffers(pa.uint16(), len(values), [None, pa.py_buffer(values)]))


@lru_cache(maxsize=4)
def _begins_of_tables(times: int) -> pl.Series:
    return pl.select(pl.int_range(9 * times * _AT_ONCE, dtype=pl.UInt32) % 9 * _PAIRS).to_series()


def uscc_check_characters(column: pl.Series) -> pl.Series:
    """The check character the first 17 symbols ask for, where there are 18."""
    fits = (column.str.len_bytes() == 18).fill_null(value=False)
    expected = _uscc_expected(_USCC_VALUES.gather(_bytes(column.filter(fits), 18)))
    return pl.Series(list(_USCC_SYMBOLS)).gather(expected).gather(_position(fits))


def organisation_code_holds(column: pl.Series) -> pl.Series:
    """Whether the ninth character is right; false where there are not 9, null where there is nothing."""
    return _where_wide(column, 9, _organisation_code_right)


def registration_number_holds(column: pl.Series) -> pl.Series:
    """Whether the fifteenth digit is right; false where there are not 15 bytes, null where there is nothing."""
    return _where_wide(column, 15, _registration_number_right)


def _uscc_expected(values: pl.Series) -> pl.Series:
    return (31 - _weighted(values, _USCC_WEIGHTS) % 31) % 31


def _uscc_right(symbols: pl.Series) -> pl.Series:
    values = _USCC_VALUES.gather(symbols)
    return _uscc_expected(values) == values.gather_every(18, 17)


def _organisation_code_right(symbols: pl.Series) -> pl.Series:
    values = _ORGANISATION_VALUES.gather(symbols)
    expected = (11 - _weighted(values, _ORGANISATION_WEIGHTS) % 11) % 11
    written = values.gather_every(9, 8)
    as_ten = pl.Series([33], dtype=pl.UInt16)  # the letter X, worth 33 in the body, is worth 10 as check character
    return ((written == expected) & (written < 10)) | ((written == as_ten) & (expected == 10))


def _registration_number_right(symbols: pl.Series) -> pl.Series:
    digits = (symbols.cast(pl.Int16) - ord("0")).reshape((-1, 15))
    product = digits.arr.get(0).clear(len(digits)).fill_null(10)  # ISO 7064, MOD 11,10
    for place in range(14):
        total = (product + digits.arr.get(place)) % 10
        product = (total + (total == 0).cast(pl.Int16) * 10) * 2 % 11
    return (product + digits.arr.get(14)) % 10 == 1


def _weighted(values: pl.Series, weights: tuple[int, ...]) -> pl.Series:
    return (values * _tiled(weights, len(values))).reshape((-1, len(weights))).arr.sum()


@lru_cache(maxsize=8)
def _tiled(weights: tuple[int, ...], length: int) -> pl.Series:
    return pl.Series(weights * (length // len(weights)), dtype=pl.UInt16)


def _where_wide(column: pl.Series, width: int, right: _Right) -> pl.Series:
    fits = column.str.len_bytes() == width
    if not fits.any():
        return fits
    if fits.null_count() == 0 and fits.all():
        return right(_bytes(column, width))
    wide = fits.fill_null(value=False)
    return fits & right(_bytes(column.filter(wide), width)).gather(_position(wide))


def _position(wide: pl.Series) -> pl.Series:
    return (wide.cast(pl.Int64).cum_sum() - 1).set(~wide, None)


def _bytes(cells: pl.Series, width: int) -> pl.Series:
    """The bytes of texts that are all ``width`` bytes long, one after the other."""
    return pl.Series(_array(pa.UInt8Array, pa.uint8(), cells, width))


def _array(kind: type[pa.Array], numbers: pa.DataType, cells: pl.Series, each: int) -> pa.Array:
    """The same as numbers of one or two bytes, ``each`` of them to a text."""
    if not len(cells):
        return pa.array([], type=numbers)
    # One after the other is how Arrow keeps text; Polars itself keeps short text inside its views.
    text = cells.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    return kind.from_buffers(numbers, len(cells) * each, [None, text.buffers()[2]])
