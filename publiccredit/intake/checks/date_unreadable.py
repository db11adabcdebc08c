"""日期须为真实存在的公历日期，年份写四位（GB/T 7408；双公示数据标准，日期格式）。"""

from collections.abc import Iterator

import polars as pl

from publiccredit.catalogue.types import FieldType
from publiccredit.intake.checks.rule import Rule, problem
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.types import CheckContext

NAME = "date_unreadable"


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:
    for field in book.record_type.fields:
        if field.type is FieldType.DATE:
            long_term = f"；长期有效填 {field.long_term.isoformat()}" if field.long_term else ""
            expected = pl.lit(f"YYYY-MM-DD，例如 {context.submitted_on.isoformat()}{long_term}")
            yield Rule(NAME, field, problem(field).is_not_null(), expected)
