"""金额须为阿拉伯数字，可带千分位和人民币单位，不得含其他文字（双公示数据标准，金额格式）。"""

from collections.abc import Iterator

import polars as pl

from publiccredit.catalogue.types import FieldType
from publiccredit.intake.checks.rule import Rule, problem
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.cleaning.amounts import AmountProblem
from publiccredit.intake.types import CheckContext

NAME = "amount_unreadable"


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:  # noqa: ARG001 - every check has one shape
    for field in book.record_type.fields:
        if field.type is FieldType.AMOUNT:
            expected = f"以{book.unit(field)}为单位的数字，例如 0.5"
            yield Rule(NAME, field, problem(field) == AmountProblem.UNREADABLE.value, pl.lit(expected))
