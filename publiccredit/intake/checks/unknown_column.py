"""表头中不属于所识别模板的列不予使用，提示报送人核对列名（严格解释原则：不认识的内容须提示，不得默默忽略）。"""

import polars as pl

from publiccredit.intake.types import Recognition

NAME = "unknown_column"
_IN_YUAN = r"元[)）\]】]?$"
_CAREFUL = (
    "。注意：模板中的金额以万元计，本列如以元填写，列名须写明“元”，如“罚款金额（元）”，由平台换算，不要改成“万元”"
)


def cells(recognition: Recognition) -> pl.DataFrame:
    """The header cells of columns nobody knows: one issue each, at the header row."""
    rows = [
        (sheet.sheet, sheet.header_row, column.header, column.letter)
        for sheet in recognition.sheets
        for column in sheet.columns
        if column.field is None and column.set_aside is None and column.header.strip()
    ]
    names = {"sheet": pl.String, "row": pl.Int64, "column": pl.String, "column_letter": pl.String}
    return pl.DataFrame(rows, schema=names, orient="row").with_columns(
        field=pl.lit(""), found=pl.col("column"), expected=_expected(recognition)
    )


def _expected(recognition: Recognition) -> pl.Expr:
    usual = f"“{recognition.form_title}”模板中的列名"
    in_yuan = pl.col("column").str.contains(_IN_YUAN) & ~pl.col("column").str.contains("万元")
    return pl.when(in_yuan).then(pl.lit(usual + _CAREFUL)).otherwise(pl.lit(usual))
