"""万元栏的金额与同行文字写明的数额相差一万倍，或达到阈值而文字未写明这一数额的，疑似把元填成万元，退回核对（本平台校验规则；阈值载于目录包）。"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial

import polars as pl

from publiccredit.catalogue.types.amounts import FEN_IN_WAN
from publiccredit.intake.checks.named_amounts import named_amounts
from publiccredit.intake.checks.rule import Rule
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.types import CheckContext

NAME = "amount_in_yuan"
TIMES = 10_000  # 万元 typed as 元
_NAMED = "?named"  # the amounts the text of a suspect row names
# Where numerals end before 元 and not before 万元, the text may name an amount in yuan that no digit shows.
_NUMERALS_IN_YUAN = "[十百千拾佰仟]元"


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:  # noqa: ARG001 - every check has one shape
    for use in book.uses(NAME):
        threshold = int(Decimal(use.threshold or "0") * FEN_IN_WAN)
        for name in use.fields:
            if book.unit(book.record_type.field(name)) == "万元":
                yield _rule(book, name, use.named_in, threshold)


def _rule(book: Rulebook, name: str, text: str | None, threshold: int) -> Rule:
    field, fen = book.record_type.field(name), pl.col(name)
    if text is None:
        return Rule(NAME, field, fen >= threshold, _both_readings(fen))
    named = pl.col(_NAMED)
    # Several parties may be fined in one decision: then the sum is the amount.
    confirmed = named.list.contains(fen) | (named.list.sum() == fen)
    meant = (fen % TIMES == 0) & named.list.contains(fen // TIMES)
    told = pl.lit(f"同行“{book.record_type.field(text).title}”")
    said = (
        pl.when(meant)
        .then(pl.concat_str(told, pl.lit("写明 "), decimal(fen, 6), pl.lit(" 元。"), _both_readings(fen)))
        .when(named.list.len() > 0)
        .then(pl.concat_str(told, pl.lit("写明的金额中没有这一数额。"), _both_readings(fen)))
        .otherwise(pl.concat_str(told, pl.lit("没有写明金额。"), _both_readings(fen)))
    )
    return Rule(
        NAME,
        field,
        ((fen >= threshold) | meant) & ~confirmed,
        said,
        suspect=pl.map_batches([name, text], partial(_suspect, threshold=threshold), return_dtype=pl.Boolean),
        of_suspects=pl.col(text).map_batches(named_amounts, return_dtype=pl.List(pl.Int64)).alias(_NAMED),
    )


def _suspect(columns: Sequence[pl.Series], *, threshold: int) -> pl.Series:
    """Amounts from the threshold on, and those whose digits stand in the text: few are looked at closely."""
    # An amount below the threshold that is no whole hundred of yuan cannot be meant: the text would name part of a fen.
    asked = ((columns[0] >= threshold) | (columns[0] % TIMES == 0)).fill_null(value=False)
    fen, text = pl.col("fen"), pl.col("text")
    # Exact decimals take four times as long to write; that a float may show one digit too many costs nothing here.
    typed = (fen / FEN_IN_WAN).cast(pl.String).str.strip_suffix(".0")
    looks = (fen >= threshold) | text.str.contains(typed, literal=True) | text.str.contains(_NUMERALS_IN_YUAN)
    cells = pl.DataFrame([columns[0].alias("fen"), columns[1].alias("text")]).filter(asked)
    found = cells.select(looks.fill_null(value=False)).to_series()
    return pl.repeat(value=False, n=len(asked), eager=True).scatter(asked.arg_true(), found)


def _both_readings(fen: pl.Expr) -> pl.Expr:
    # The digits stay, the point moves: 10,000 yuan are 1 in 万元, so the other reading is the same digits as yuan.
    return pl.concat_str(
        pl.lit("现读作 "), decimal(fen, 2), pl.lit(" 元；若本意是 "), decimal(fen, 6),
        pl.lit(" 元，应填 "), decimal(fen, 10), pl.lit(" 万元"),
    )  # fmt: skip


def decimal(fen: pl.Expr, places: int) -> pl.Expr:
    whole = (fen // 10**places).cast(pl.String)
    fraction = (fen % 10**places).cast(pl.String).str.zfill(places).str.strip_chars_end("0")
    return pl.when(fraction == "").then(whole).otherwise(pl.concat_str(whole, fraction, separator="."))
