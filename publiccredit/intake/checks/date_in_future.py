"""已经发生之事的日期（如决定日期、送达日期）不得晚于报送日期（双公示数据标准，校验规则）。"""

from collections.abc import Iterator

import polars as pl

from publiccredit.catalogue.types import FieldType
from publiccredit.intake.checks.rule import Rule
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.types import CheckContext

NAME = "date_in_future"


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:
    for field in book.record_type.fields:
        if field.type is FieldType.DATE and field.not_after_submission:
            expected = pl.lit(f"不晚于报送日期 {context.submitted_on.isoformat()}")
            yield Rule(NAME, field, pl.col(field.name) > context.submitted_on, expected)
