"""金额不得为负数（双公示数据标准，校验规则）。"""

from collections.abc import Iterator

import polars as pl

from publiccredit.catalogue.types import FieldType
from publiccredit.intake.checks.rule import Rule, problem
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.cleaning.amounts import AmountProblem
from publiccredit.intake.types import CheckContext

NAME = "amount_negative"


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:  # noqa: ARG001 - every check has one shape
    for field in book.record_type.fields:
        if field.type is FieldType.AMOUNT:
            yield Rule(NAME, field, problem(field) == AmountProblem.NEGATIVE.value, pl.lit("不小于 0 的数"))
