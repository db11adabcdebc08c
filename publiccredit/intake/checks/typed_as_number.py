"""号码类字段须为文本：数字格式只留 15 位有效数字并丢失开头的 0，无法还原（GB 32100-2015；电子表格的数值精度）。"""

from collections.abc import Iterator

import polars as pl

from publiccredit.intake.checks.rule import Rule, typed_as_text
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.cleaning.fields import IDENTIFIER_TYPES
from publiccredit.intake.types import CheckContext

NAME = "typed_as_number"


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:  # noqa: ARG001 - every check has one shape
    for field in book.record_type.fields:
        if field.type in IDENTIFIER_TYPES:
            broken = ~typed_as_text(field) & pl.col(field.name).is_not_null()
            yield Rule(NAME, field, broken, pl.lit("文本格式的号码：先把该列设为“文本”，再按证照重新录入"))
