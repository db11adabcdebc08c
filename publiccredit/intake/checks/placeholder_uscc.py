"""“00000000000000000X”只用于没有统一社会信用代码的个体工商户，其他主体须填真实代码（双公示数据标准，填报说明）。"""

from collections.abc import Iterator

import polars as pl

from publiccredit.catalogue.types import FieldRole, FieldType
from publiccredit.intake.checks.rule import Rule, problem
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.cleaning.fields import PLACEHOLDER
from publiccredit.intake.types import CheckContext

NAME = "placeholder_uscc"
_INDIVIDUAL_BUSINESS = "个体工商户"  # the word of the national form


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:  # noqa: ARG001 - every check has one shape
    category = book.record_type.field_in_role(FieldRole.SUBJECT_CATEGORY)
    for field in book.record_type.fields:
        if field.type is not FieldType.USCC:
            continue
        meant = pl.lit(value=False)
        if field.role is FieldRole.SUBJECT_USCC and category:
            meant = (pl.col(category.name) == _INDIVIDUAL_BUSINESS).fill_null(value=False)
        expected = pl.lit("该主体的 18 位统一社会信用代码；只有没有代码的个体工商户可填 17 个 0 加 X")
        yield Rule(NAME, field, (problem(field) == PLACEHOLDER) & ~meant, expected)
