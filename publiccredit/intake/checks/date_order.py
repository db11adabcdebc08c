"""后发生的日期不得早于先发生的日期，例如有效期、公示截止期不得早于决定日期（双公示数据标准，校验规则）。"""

from collections.abc import Iterator

import polars as pl

from publiccredit.catalogue.types import FieldRole
from publiccredit.intake.checks.rule import Rule
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.types import CheckContext

NAME = "date_order"


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:  # noqa: ARG001 - every check has one shape
    for field in book.record_type.fields:
        if field.not_before is None or field.role is FieldRole.SERVED_ON:
            continue
        earlier = book.record_type.field(field.not_before)
        expected = pl.concat_str(
            pl.lit(f"不早于“{earlier.title}”"), pl.col(earlier.name).dt.to_string("%Y-%m-%d"), separator=" "
        )
        yield Rule(NAME, field, pl.col(field.name) < pl.col(earlier.name), expected)
