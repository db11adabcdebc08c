"""数据中间又出现的表头不是记录，单独退回，不再逐格核验（本平台校验规则：一行一条记录）。"""

import polars as pl

from publiccredit.intake.checks.row_look import RowLook

NAME = "repeated_header"
_FEWEST = 2  # of one cell alone nobody can tell whether it is a title or somebody's word


def broken(look: RowLook) -> pl.Expr:
    """Half of what the row says are names of columns: pasted blocks and printed titles bring their header along."""
    titles = pl.sum_horizontal(cell.is_in(look.headers).fill_null(value=False) for cell in look.cells)
    return (titles >= _FEWEST) & (titles * 2 >= look.filled)


def found(look: RowLook) -> pl.Expr:
    return look.first


def expected(look: RowLook) -> pl.Expr:
    where = f"第 {look.header_row} 行已有表头" if look.header_row else "一行一条记录"
    return pl.lit(f"{where}，其后只有数据")
