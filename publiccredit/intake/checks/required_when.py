"""满足条件时必填的字段不得为空，例如处罚类别含罚款时须填罚款金额（双公示数据标准，条件必填项）。"""

from collections.abc import Iterator

import polars as pl

from publiccredit.catalogue.types import FieldRole
from publiccredit.intake.checks.natural_person import called_as_organisation, without_identifier
from publiccredit.intake.checks.rule import Rule, holds, missing
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.types import CheckContext

NAME = "required_when"


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:  # noqa: ARG001 - every check has one shape
    for field in book.record_type.fields:
        for condition in () if book.waived(field) else field.required_when:
            expected = pl.lit(f"{book.record_type.in_words(condition)}时必填")
            yield Rule(NAME, field, missing(field) & holds(condition, book), expected)
    yield from _of_any_identifier(book)


def _of_any_identifier(book: Rulebook) -> Iterator[Rule]:
    # The form of 2015 asks for one of several identifiers; without a category the name tells who has to have one.
    uscc = book.record_type.field_in_role(FieldRole.SUBJECT_USCC)
    name = book.record_type.field_in_role(FieldRole.SUBJECT_NAME)
    if uscc and name and book.waived(uscc):
        expected = pl.lit("行政相对人是单位时，各种代码至少填写一项")
        nobody = without_identifier(book)
        yield Rule(NAME, uscc, nobody & called_as_organisation(name), expected, suspect=nobody)
