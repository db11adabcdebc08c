"""各列都没有内容或只有一格有内容的行（填表人、制表日期、备注、只有序号）不是记录，单独退回（本平台校验规则：一行一条记录）。"""

import polars as pl

from publiccredit.intake.checks.row_look import RowLook

NAME = "nearly_empty_row"
_LONG_NUMBER = "[0-9０-９]{15}"  # may be a person's: that check then speaks, and its row is cleared


def broken(look: RowLook) -> pl.Expr:
    """At most one cell says something, where a record needs several."""
    return (look.filled <= 1) & ~look.first.str.contains(_LONG_NUMBER).fill_null(value=False)


def found(look: RowLook) -> pl.Expr:
    """Not what the cell says: at the foot of a table stand names and telephone numbers of those who filled it in."""
    return pl.when(look.filled == 0).then(pl.lit("各列都没有内容")).otherwise(pl.lit("只有这一格有内容"))


def expected(look: RowLook) -> pl.Expr:  # noqa: ARG001 - every check of rows has one shape
    return pl.lit("一行一条填写完整的记录")
