"""表尾的签字、备注（填表人、审核人、联系电话、填报日期等）不是记录，单独退回，不再逐格核验（本平台校验规则：一行一条记录）。"""

import polars as pl

from publiccredit.intake.checks.row_look import RowLook

NAME = "signed_off_row"
_MOST = 6  # cells: more are a record, whatever one of them begins with
_LABELLED = (
    r"^[（(]?(?:填表|填报|制表|报送|经办|审核|复核|核对|负责|联系|分管|主管)(?:单位|部门|机关|人员|人|领导|电话|方式|日期|时间)?"
    r"(?:[（(](?:签字|签名|签章|盖章|章)[）)])?[:：]"
    r"|^(?:单位|部门)?负责人(?:[（(](?:签字|签名|盖章)[）)])?[:：]|^(?:备注|注|说明|附注|电话|日期)[:：]"
)


def broken(look: RowLook) -> pl.Expr:
    """Few cells, and among them one that says what stands behind it, as the lines for signatures below a table do."""
    labelled = pl.sum_horizontal(cell.str.contains(_LABELLED).fill_null(value=False) for cell in look.cells)
    return (labelled >= 1) & (look.filled >= 2) & (look.filled <= _MOST)


def found(look: RowLook) -> pl.Expr:  # noqa: ARG001 - every check of rows has one shape
    """Not what the cells say: they name who filled the table in, and how to reach them."""
    return pl.lit("是表尾的签字或备注")


def expected(look: RowLook) -> pl.Expr:  # noqa: ARG001 - every check of rows has one shape
    return pl.lit("一行一条填写完整的记录")
