"""文字中的居民身份证号码在入库前隐去，只保留前六位（行政区划）；其余内容照收（《个人信息保护法》第六条、第二十八条）。"""

import json
from collections.abc import Iterator

import polars as pl

from publiccredit.catalogue.types import FieldRole, FieldType
from publiccredit.catalogue.types.identity_numbers import WITHIN
from publiccredit.intake.checks.long_numbers import suspect
from publiccredit.intake.checks.natural_person import MASKED
from publiccredit.intake.checks.rule import Rule
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.types import ORIGINAL, CheckContext

NAME = "identity_number"
SHOWN = "${1}${2}************${3}"
_CALLED_BY = (FieldRole.SUBJECT_NAME, FieldRole.DOCUMENT_NUMBER)  # with a person's number in these the row is refused
_EXPECTED = "不含身份证号码的文字；平台只保留了号码的前六位"


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:  # noqa: ARG001 - every check has one shape
    for field in book.record_type.fields:
        if field.type is FieldType.TEXT and field.role not in _CALLED_BY:
            text = pl.col(field.name)
            told = pl.lit(_EXPECTED), pl.lit(MASKED)
            yield Rule(NAME, field, text.str.contains(WITHIN), *told, suspect=suspect(text), of_long_numbers=True)


def without_identity_numbers(values: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """This will mask the numbers that were found, before anything is hashed or filed."""
    fields = found.filter(pl.col("check") == NAME)["field"].unique(maintain_order=True).to_list()
    if not fields:
        return values
    holds = pl.any_horizontal(pl.col(name).str.contains(WITHIN) for name in fields).fill_null(value=False)
    original = values.select(pl.when(holds).then(pl.col(ORIGINAL)).alias(ORIGINAL))[ORIGINAL]
    kept = pl.Series(ORIGINAL, [_without(text, fields) if text else None for text in original], dtype=pl.String)
    return values.with_columns(
        pl.when(holds).then(pl.lit(kept)).otherwise(pl.col(ORIGINAL)).alias(ORIGINAL),
        *(masked(pl.col(name)).alias(name) for name in fields),
    )


def masked(text: pl.Expr) -> pl.Expr:
    """Give the text with its identity numbers masked; twice, for one character may part two numbers."""
    return text.str.replace_all(WITHIN, SHOWN).str.replace_all(WITHIN, SHOWN)


def _without(original: str, fields: list[str]) -> str | None:
    """The cells as sent but these: cleaning may have taken marks out of a number, so a pattern might miss it here."""
    cells = {name: cell for name, cell in json.loads(original).items() if name not in fields}
    return json.dumps(cells, ensure_ascii=False, separators=(",", ":")) if cells else None
