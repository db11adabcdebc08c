"""表头中不属于所识别模板的列不予使用，提示报送人核对列名（严格解释原则：不认识的内容须提示，不得默默忽略）。"""

import polars as pl

from publiccredit.intake.types import Recognition

NAME = "unknown_column"


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
        field=pl.lit(""), found=pl.col("column"), expected=pl.lit(f"“{recognition.form_title}”模板中的列名")
    )
