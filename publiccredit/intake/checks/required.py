"""必填字段不得为空；“无”“N/A”“-”等占位文字视同未填（双公示数据标准，必填项）。"""

from collections.abc import Iterator

import polars as pl

from publiccredit.intake.checks.rule import Rule, missing
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.types import CheckContext

NAME = "required"


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:  # noqa: ARG001 - every check has one shape
    for field in book.record_type.fields:
        if field.required and not book.waived(field):
            expected = field.example and f"例如：{field.example}"
            yield Rule(NAME, field, missing(field), pl.lit(expected or "填写此项"))
