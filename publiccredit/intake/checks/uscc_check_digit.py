"""统一社会信用代码第 18 位校验码须与前 17 位相符（GB 32100-2015）；确属历史赋码不符的，可由报送人核对原证后确认。"""

from collections.abc import Iterator

import polars as pl

from publiccredit.catalogue.types import FieldType
from publiccredit.intake.checks import check_digits
from publiccredit.intake.checks.rule import Rule, typed_as_text, verdict
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.types import CheckContext

NAME = "uscc_check_digit"


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:  # noqa: ARG001 - every check has one shape
    for field in book.record_type.fields:
        if field.type is FieldType.USCC:
            column = pl.col(field.name)
            last = column.map_batches(check_digits.uscc_check_characters, return_dtype=pl.String)
            expected = pl.concat_str(pl.lit("按前 17 位计算，末位应为 "), last, pl.lit("；请与证照核对每一位"))
            broken = verdict(field) == check_digits.WRONG_DIGIT
            yield Rule(NAME, field, broken & typed_as_text(field), expected)
