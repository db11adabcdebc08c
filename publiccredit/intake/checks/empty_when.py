"""满足条件时不应填写的字段须留空，例如法人的记录不填自然人证件号码（双公示数据标准，填报说明）。"""

from collections.abc import Iterator

import polars as pl

from publiccredit.intake.checks.rule import Rule, holds, missing
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.types import CheckContext

NAME = "empty_when"


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:  # noqa: ARG001 - every check has one shape
    for field in book.record_type.fields:
        for condition in field.empty_when:
            expected = pl.lit(f"{book.record_type.in_words(condition)}时留空")
            yield Rule(NAME, field, ~missing(field) & holds(condition, book), expected)
