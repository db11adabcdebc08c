"""合计、小计、总计行不是记录，单独退回，不再逐格核验（本平台校验规则：一行一条记录）。"""

import polars as pl

from publiccredit.intake.checks.row_look import RowLook

NAME = "totals_row"
_UNITS = "元|万元|亿元|条|户|家|件|笔|份|起|宗|项|个|人次"
# Fourteen digits at most: an identifier or a person's number is never taken for a sum.
_NUMBER = rf"^[共计:：]*[¥￥]?-?[0-9０-９,，.．]{{1,14}}(?:{_UNITS})?$"
_WORD = (
    r"^[（(]?(?:本|当|全|以上|各)?(?:页|日|周|月|季|季度|年|年度|县|镇|乡|部门|单位)?(?:合计|小计|总计|共计|累计)[）)]?"
    rf"(?:[（(](?:{_UNITS})[）)])?[:：]?(?:[¥￥]?-?[0-9０-９,，.．]{{1,14}}(?:{_UNITS})?)?$"
)


def broken(look: RowLook) -> pl.Expr:
    """Nothing but sums: numbers beside a word for them, or, where that word stands in a column not used, amounts."""
    words = pl.sum_horizontal(cell.str.contains(_WORD).fill_null(value=False) for cell in look.cells)
    numbers = pl.sum_horizontal(cell.str.contains(_NUMBER).fill_null(value=False) for cell in look.cells)
    named = (words >= 1) & (words + numbers == look.filled)
    amounts = pl.sum_horizontal(
        [cell.str.contains(_NUMBER).fill_null(value=False) for cell in look.amounts] or [pl.lit(0)]
    )
    return named | ((amounts >= 1) & (amounts == look.filled))


def found(look: RowLook) -> pl.Expr:
    return look.first


def expected(look: RowLook) -> pl.Expr:  # noqa: ARG001 - every check of rows has one shape
    return pl.lit("一行一条记录，不含合计")
