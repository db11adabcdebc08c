"""文字长度不得超过数据标准规定的字符数（双公示数据标准，字段长度）。"""

from collections.abc import Iterator

import polars as pl

from publiccredit.catalogue.types import FieldType
from publiccredit.intake.checks.rule import Rule
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.types import CheckContext

NAME = "too_long"
_TYPED = {FieldType.DATE, FieldType.AMOUNT, FieldType.USCC}  # their own checks say more than a length


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:  # noqa: ARG001 - every check has one shape
    for field in book.record_type.fields:
        if field.max_length is None or field.type in _TYPED:
            continue
        length = pl.col(field.name).str.len_chars()
        expected = pl.concat_str(pl.lit(f"不超过 {field.max_length} 个字符（现为 "), length, pl.lit(" 个）"))
        # Bytes are known without looking at the text, and there are never fewer of them than characters.
        bytes_exceed = pl.col(field.name).str.len_bytes() > field.max_length
        yield Rule(NAME, field, length > field.max_length, expected, suspect=bytes_exceed)
