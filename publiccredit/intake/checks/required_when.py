"""满足条件时必填的字段不得为空，例如处罚类别含罚款时须填罚款金额（双公示数据标准，条件必填项）。"""

from collections.abc import Iterator

import polars as pl

from publiccredit.intake.checks.rule import Rule, holds, missing
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.types import CheckContext

NAME = "required_when"


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:  # noqa: ARG001 - every check has one shape
    for field in book.record_type.fields:
        for condition in () if book.waived(field) else field.required_when:
            expected = pl.lit(f"{book.record_type.in_words(condition)}时必填")
            yield Rule(NAME, field, missing(field) & holds(condition, book), expected)
