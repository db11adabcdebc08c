"""号码类字段须为文本：数字格式只留 15 位有效数字并丢失开头的 0，无法还原（GB 32100-2015；电子表格的数值精度）。"""

from collections.abc import Iterator

import polars as pl

from publiccredit.catalogue.types import FieldType, RecordField
from publiccredit.intake.checks.check_digits import WRONG_SHAPE
from publiccredit.intake.checks.rule import Rule, scientific, typed_as_text, verdict
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.cleaning.fields import IDENTIFIER_TYPES
from publiccredit.intake.types import CheckContext

NAME = "typed_as_number"


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:  # noqa: ARG001 - every check has one shape
    for field in book.record_type.fields:
        if field.type in IDENTIFIER_TYPES:
            number = ~typed_as_text(field) & pl.col(field.name).is_not_null()
            # Saved as text, a shortened number still shows what it was.
            looks = verdict(field) == WRONG_SHAPE if field.type is FieldType.USCC else _with_exponent(field)
            shortened = scientific(field).fill_null(value=False)
            yield Rule(NAME, field, number | shortened, _expected(shortened), suspect=number | looks)


def _with_exponent(field: RecordField) -> pl.Expr:
    return pl.col(field.name).str.contains("E", literal=True)


def _expected(shortened: pl.Expr) -> pl.Expr:
    right = "文本格式的号码：先把该列设为“文本”，再按证照重新录入"
    return pl.when(shortened).then(pl.lit(f"{right}；现在的写法是科学计数法，末几位已经丢失")).otherwise(pl.lit(right))
