"""以万元为单位的金额达到或超过阈值的，疑似把元当作万元填写，提示两种读法由报送人核对（本平台校验规则；阈值载于目录包）。"""

from collections.abc import Iterator
from decimal import Decimal

import polars as pl

from publiccredit.intake.checks.rule import Rule
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.types import CheckContext

NAME = "amount_in_yuan"
_FEN_PER_WAN = 1_000_000


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:  # noqa: ARG001 - every check has one shape
    for use in book.uses(NAME):
        threshold = int(Decimal(use.threshold or "0") * _FEN_PER_WAN)
        for name in use.fields:
            if book.unit(book.record_type.field(name)) == "万元":
                yield Rule(NAME, book.record_type.field(name), pl.col(name) >= threshold, _both_readings(name))


def _both_readings(name: str) -> pl.Expr:
    fen = pl.col(name)
    # The digits stay, the point moves: 10,000 yuan are 1 in 万元, so the other reading is the same digits as yuan.
    return pl.concat_str(
        pl.lit("现读作 "), _decimal(fen, 2), pl.lit(" 元；若本意是 "), _decimal(fen, 6),
        pl.lit(" 元，应填 "), _decimal(fen, 10), pl.lit(" 万元"),
    )  # fmt: skip


def _decimal(fen: pl.Expr, places: int) -> pl.Expr:
    whole = (fen // 10**places).cast(pl.String)
    fraction = (fen % 10**places).cast(pl.String).str.zfill(places).str.strip_chars_end("0")
    return pl.when(fraction == "").then(whole).otherwise(pl.concat_str(whole, fraction, separator="."))
