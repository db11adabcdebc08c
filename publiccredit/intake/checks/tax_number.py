"""税务登记号为 15、17、18 或 20 位数字和大写字母（国税函〔2006〕620 号等）。"""

from collections.abc import Iterator

import polars as pl

from publiccredit.catalogue.types import FieldType
from publiccredit.intake.checks.rule import Rule, scientific, typed_as_text
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.types import CheckContext

NAME = "tax_number"
_SHAPE = r"^(?:[0-9A-Z]{15}|[0-9A-Z]{17,18}|[0-9A-Z]{20})$"


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:  # noqa: ARG001 - every check has one shape
    for field in book.record_type.fields:
        if field.type is FieldType.TAX_NUMBER:
            broken = ~pl.col(field.name).str.contains(_SHAPE)
            yield Rule(
                NAME,
                field,
                broken & typed_as_text(field) & ~scientific(field),
                pl.lit("15、17、18 或 20 位数字和大写字母"),
            )
