"""满足条件时必填的金额不得为 0，例如处罚类别含罚款的，罚款金额应大于 0（本平台校验规则）。"""

from collections.abc import Iterator

import polars as pl

from publiccredit.intake.checks.rule import Rule, holds
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.types import CheckContext

NAME = "amount_zero"


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:  # noqa: ARG001 - every check has one shape
    for use in book.uses(NAME):
        for name in use.fields:
            field, zero = book.record_type.field(name), pl.col(name) == 0
            # A form that waives the field lets it be empty; 0 beside a fine stays a contradiction in any form.
            for condition in field.required_when:
                expected = pl.lit(f"{book.record_type.in_words(condition)}时应大于 0")
                yield Rule(NAME, field, zero & holds(condition, book), expected, suspect=zero)
