"""
Amounts of money as whole fen.

The national form writes 万元 with at most six decimals, which is fen exactly (1 万元 = 1,000,000 fen), so digits are
moved and never a float is made. A unit written behind the number counts before the unit of the column.
"""

from collections.abc import Mapping
from enum import StrEnum

import polars as pl

FEN = {"亿元": 10, "万元": 6, "元": 2}  # decimals that make one fen
_PARTS = r"^([-+]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d*))?\(?(亿|万)?([\p{Han}A-Z]*)\)?$"
_BEFORE = r"^(?:人民币|RMB|CNY|¥|¥)"
_YUAN = {
    "元": "",
    "元整": "",
    "人民币元": "人民币",
    "元人民币": "人民币",
}  # words that make 元 the unit where no 万 stands before
_RENMINBI = {"": "", "人民币": "人民币"} | _YUAN
_LARGEST_DIGITS = 18  # more would leave the 64 bits of the store


class AmountProblem(StrEnum):
    UNREADABLE = "unreadable"
    NEGATIVE = "negative"
    DECIMALS = "decimals"


def fast(text: pl.Series, *, unit: str) -> pl.Series:
    """Fen of text that already is plain digits with no more decimals than make a fen; null for all else."""
    decimals = FEN[unit]
    column = pl.col(text.name)
    plain = column.str.contains(rf"^[0-9]{{1,11}}(?:\.[0-9]{{1,{decimals}}})?$")
    exact = column.cast(pl.Decimal(38, decimals), strict=False) * 10**decimals
    return text.to_frame().select(pl.when(plain).then(exact.cast(pl.Int64))).to_series()


def read(text: pl.Series, *, unit: str, currencies: Mapping[str, str]) -> pl.DataFrame:
    """
    ``value``, ``problem`` and ``currency`` for each text.

    ``currencies`` are the words of other currencies that may stand behind the number, with their word of the code
    table; the value is then in hundredths of that currency. Currency is null where the cell names none.
    """
    known = {word: name for word, name in currencies.items() if word} | _RENMINBI
    plain = pl.col("text").str.normalize("NFKC").str.replace_all(r"\s", "").str.replace(_BEFORE, "")
    groups = plain.str.to_uppercase().str.extract_groups(_PARTS).struct
    parts = text.to_frame("text").select(
        sign=groups.field("1"),
        whole=groups.field("2").str.replace_all(",", "").str.strip_chars_start("0"),
        fraction=groups.field("3").fill_null("").str.strip_chars_end("0"),
        scale=_scale(groups.field("4"), groups.field("5"), unit),
        currency=groups.field("5").replace_strict(known, default=None, return_dtype=pl.String),
    )
    named = pl.when(pl.col("currency") != "").then("currency")
    return parts.with_columns(problem=_problem()).select(value=_fen(), problem="problem", currency=named)


def _scale(multiple: pl.Expr, currency: pl.Expr, unit: str) -> pl.Expr:
    return (
        pl.when(multiple == "亿").then(FEN["亿元"])
        .when(multiple == "万").then(FEN["万元"])
        .when(currency.is_in(_YUAN)).then(FEN["元"])
        .otherwise(FEN[unit])
    )  # fmt: skip


def _fen() -> pl.Expr:
    # Digits of whole and fraction side by side are the amount in units of the last decimal; the noughts make it fen.
    digits = (pl.col("whole") + pl.col("fraction")).str.zfill(1).cast(pl.Int64, strict=False)
    noughts = pl.lit(10, pl.Int64).pow(pl.col("scale") - _decimals())
    return pl.when(pl.col("problem").is_null()).then(digits * noughts)


def _decimals() -> pl.Expr:
    return pl.col("fraction").str.len_chars().cast(pl.Int32)


def _problem() -> pl.Expr:
    zero = (pl.col("whole") == "") & (pl.col("fraction") == "")
    too_large = pl.col("whole").str.len_chars() + pl.col("scale") > _LARGEST_DIGITS
    return (
        pl.when(pl.col("whole").is_null() | pl.col("currency").is_null() | too_large)
        .then(pl.lit(AmountProblem.UNREADABLE.value))
        .when((pl.col("sign") == "-") & ~zero).then(pl.lit(AmountProblem.NEGATIVE.value))
        .when(_decimals() > pl.col("scale")).then(pl.lit(AmountProblem.DECIMALS.value))
    )  # fmt: skip
