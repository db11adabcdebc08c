"""工商注册号为 15 位数字，末位为校验码（GS 15-2006）；2007 年以前的 13 位号码和含文字的注册号按原文接收。"""

from collections.abc import Iterator

import polars as pl

from publiccredit.catalogue.types import FieldType
from publiccredit.intake.checks import check_digits
from publiccredit.intake.checks.rule import Rule, scientific, typed_as_text
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.types import CheckContext

NAME = "registration_number"


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:  # noqa: ARG001 - every check has one shape
    for field in book.record_type.fields:
        if field.type is FieldType.REGISTRATION_NUMBER:
            column = pl.col(field.name)
            fifteen = column.str.contains(r"^[0-9]{15}$")
            right = column.map_batches(check_digits.registration_number_holds, return_dtype=pl.Boolean)
            wrong_length = column.str.contains(r"^[0-9]+$") & ~column.str.contains(
                r"^(?:[0-9]{13}|[0-9]{15}|[0-9]{18})$"
            )
            expected = pl.lit("15 位数字且末位校验码相符（或 2007 年以前的 13 位号码）；请与营业执照核对")
            yield Rule(
                NAME, field, ((fifteen & ~right) | wrong_length) & typed_as_text(field) & ~scientific(field), expected
            )
