"""长期有效只能写作 2099-12-31，且只能写在数据标准允许长期的字段（双公示数据标准，填报说明）。"""

from collections.abc import Iterator
from datetime import date

import polars as pl

from publiccredit.catalogue.types import FieldType
from publiccredit.intake.checks.rule import Rule
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.types import CheckContext

NAME = "long_term"
_FROM = date(2099, 1, 1)  # nothing is granted or imposed to a day so far off: such a day is meant as "without end"


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:  # noqa: ARG001 - every check has one shape
    for field in book.record_type.fields:
        if field.type is not FieldType.DATE or field.not_after_submission:
            continue
        far = pl.col(field.name) >= _FROM
        if field.long_term:
            expected = f"长期有效填 {field.long_term.isoformat()}；否则填实际截止日期"
            yield Rule(NAME, field, far & (pl.col(field.name) != field.long_term), pl.lit(expected))
        else:
            yield Rule(NAME, field, far, pl.lit("此项不能填“长期”，请填实际日期"))
