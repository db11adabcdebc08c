"""统一社会信用代码为 18 位，由数字和大写字母组成，不使用 I、O、S、V、Z，第 3 至 8 位为数字（GB 32100-2015）。"""

from collections.abc import Iterator

import polars as pl

from publiccredit.catalogue.types import FieldType
from publiccredit.intake.checks.check_digits import WRONG_SHAPE
from publiccredit.intake.checks.rule import Rule, scientific, typed_as_text, verdict
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.types import CheckContext

NAME = "uscc_shape"
_SYMBOLS = "18 位数字或大写字母，不含 I、O、S、V、Z（字母 O 常误作数字 0，字母 I 常误作数字 1），第 3 至 8 位为数字"
_LENGTH = "18 位，现为 "


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:  # noqa: ARG001 - every check has one shape
    for field in book.record_type.fields:
        if field.type is FieldType.USCC:
            length = pl.col(field.name).str.len_chars()
            expected = (
                pl.when(length == 18)
                .then(pl.lit(_SYMBOLS))
                .otherwise(pl.concat_str(pl.lit(_LENGTH), length, pl.lit(" 位")))
            )
            broken = verdict(field) == WRONG_SHAPE
            # Nearly every shape is right: only the others need be held against the pattern of a shortened number.
            yield Rule(NAME, field, broken & typed_as_text(field) & ~scientific(field), expected, suspect=broken)
