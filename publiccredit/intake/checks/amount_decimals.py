"""金额精确到分：以万元为单位时小数不超过 6 位，以元为单位时不超过 2 位（双公示数据标准，金额格式）。"""

from collections.abc import Iterator

import polars as pl

from publiccredit.catalogue.types import FieldType
from publiccredit.intake.checks.rule import Rule, problem
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.cleaning.amounts import FEN, AmountProblem
from publiccredit.intake.types import CheckContext

NAME = "amount_decimals"


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:  # noqa: ARG001 - every check has one shape
    for field in book.record_type.fields:
        if field.type is FieldType.AMOUNT:
            unit = book.unit(field)
            expected = pl.lit(f"以{unit}为单位，小数不超过 {FEN[unit]} 位")
            yield Rule(NAME, field, problem(field) == AmountProblem.DECIMALS.value, expected)
