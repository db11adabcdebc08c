"""平台退回时清空的自然人记录不是新的内容，单独退回，不再逐格核验（《个人信息保护法》第六条；本平台校验规则）。"""

import polars as pl

from publiccredit.intake.checks.natural_person import CLEARED
from publiccredit.intake.checks.row_look import RowLook

NAME = "cleared_person"


def broken(look: RowLook) -> pl.Expr:
    """The platform's own mark and nothing else: what was refused as a person's comes back as it was sent out."""
    marks = pl.sum_horizontal((cell == CLEARED).fill_null(value=False) for cell in look.cells)
    return (marks >= 1) & (marks == look.filled)


def found(look: RowLook) -> pl.Expr:
    return look.first


def expected(look: RowLook) -> pl.Expr:  # noqa: ARG001 - every check of rows has one shape
    return pl.lit("法人、非法人组织或个体工商户的记录")
