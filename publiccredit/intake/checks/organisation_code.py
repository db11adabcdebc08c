"""组织机构代码为 9 位（可在第 8 位后带连字符），末位为校验码（GB 11714-1997）。"""

from collections.abc import Iterator

import polars as pl

from publiccredit.catalogue.types import FieldType
from publiccredit.intake.checks import check_digits
from publiccredit.intake.checks.rule import Rule, scientific, typed_as_text
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.types import CheckContext

NAME = "organisation_code"


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:  # noqa: ARG001 - every check has one shape
    for field in book.record_type.fields:
        if field.type is FieldType.ORGANISATION_CODE:
            right = pl.col(field.name).map_batches(check_digits.organisation_code_holds, return_dtype=pl.Boolean)
            expected = pl.lit("9 位组织机构代码（8 位本体代码和 1 位校验码）；请与证书核对每一位")
            yield Rule(NAME, field, ~right & typed_as_text(field) & ~scientific(field), expected)
