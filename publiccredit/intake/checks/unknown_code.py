"""代码类字段只能填代码表中的词语；一格多值时每个词语都须在表中（双公示数据标准代码集）。"""

from collections.abc import Iterator

import polars as pl

from publiccredit.catalogue.types import FieldType
from publiccredit.intake.checks.rule import SENT, Rule, problem
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.types import CheckContext

NAME = "unknown_code"


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:  # noqa: ARG001 - every check has one shape
    for field in book.record_type.fields:
        table = book.code_table(field)
        if field.type is not FieldType.CODE or table is None:
            continue
        words = "、".join(code.word for code in table.codes)
        behind = f"；“{table.detail_prefix}”后须写明具体类别" if table.detail_prefix else ""
        between = f"；多个之间用“{field.several}”分隔" if field.several else ""
        # What an older form restricts or revokes must not be typed over to get it filed: the pack says what to do.
        instead = f"。{field.note}" if field.legacy else ""
        right = pl.lit(f"；可填：{words}{behind}{between}{instead}")
        # Where the whole cell is the unknown word, the sentence has quoted it already.
        which = (
            pl.when(problem(field) != pl.col(SENT)).then(pl.format("其中“{}”", problem(field))).otherwise(pl.lit(""))
        )
        expected = pl.concat_str(which, pl.lit("不在代码表中"), right)
        yield Rule(NAME, field, problem(field).is_not_null(), expected)
