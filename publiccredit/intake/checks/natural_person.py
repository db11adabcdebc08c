"""自然人的信息不予接收，也不留存任何内容（《个人信息保护法》第六条、第三十四条；在专用封存库建成以前一律退回）。"""

from collections.abc import Iterator

import polars as pl

from publiccredit.catalogue.types import FieldRole, FieldType, RecordField, RecordType
from publiccredit.catalogue.types.identity_numbers import EIGHTEEN, FIFTEEN, WITHIN
from publiccredit.intake.checks.long_numbers import suspect
from publiccredit.intake.checks.rule import Rule, missing, problem, verdict
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.types import CheckContext

NAME = "natural_person"
NATURAL_PERSON = "自然人"  # the word of the national form
MASKED = "（已隐去）"
CLEARED = "（自然人的记录，内容已清空）"  # what stands in such a row of the workbook that goes back
_EXPECTED = "法人、非法人组织或个体工商户的记录；自然人的记录请勿报送"
_EIGHTEEN = f"^{EIGHTEEN}$"
_FIFTEEN = f"^{FIFTEEN}$"
# What a row is called and found by, everywhere and by everyone: neither may hold a person's number.
_CALLED_BY = (FieldRole.SUBJECT_NAME, FieldRole.DOCUMENT_NUMBER)
# How names of organisations end, and names of persons do not.
_CALLED_AS_ORGANISATION = "^.{4,}(?:公司|合作社|联合社|事务所|协会|学校|医院|银行|集团)(?:[（(].*[）)])?$"
_ORGANISATION_IDENTIFIERS = {
    FieldRole.SUBJECT_USCC,
    FieldRole.SUBJECT_REGISTRATION_NUMBER,
    FieldRole.SUBJECT_ORGANISATION_CODE,
    FieldRole.SUBJECT_TAX_NUMBER,
}


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:  # noqa: ARG001 - every check has one shape
    category = book.record_type.field_in_role(FieldRole.SUBJECT_CATEGORY)
    if category:
        by_word = pl.col(category.name) == NATURAL_PERSON
        yield Rule(NAME, category, by_word, pl.lit(_EXPECTED), pl.lit(NATURAL_PERSON))
    for field in book.record_type.fields:
        if field.role in _ORGANISATION_IDENTIFIERS:
            yield _by_document(field)
        elif field.role in _CALLED_BY:
            called = pl.col(field.name)
            told = pl.lit(_EXPECTED), pl.lit(MASKED)
            yield Rule(NAME, field, called.str.contains(WITHIN), *told, suspect=suspect(called), of_long_numbers=True)
    if category:
        yield _of_nobody_else(book, category)
    uscc = book.record_type.field_in_role(FieldRole.SUBJECT_USCC)
    own = own_document(record_type=book.record_type)
    if own and uscc:
        alone = pl.col(own.name).is_not_null() & pl.col(uscc.name).is_null()
        yield Rule(NAME, own, alone, pl.lit(_EXPECTED), pl.lit(MASKED))


def _of_nobody_else(book: Rulebook, category: RecordField) -> Rule:
    # The form of 2015 has no category, and a word no table knows says nothing: a row without a single identifier of an
    # organisation is then about a person, unless it is called as only an organisation is.
    name = book.record_type.field_in_role(FieldRole.SUBJECT_NAME) or category
    unsaid = pl.lit(value=True) if book.waived(category) else problem(category).is_not_null()
    nobody = unsaid & without_identifier(book)
    return Rule(NAME, name, nobody & ~called_as_organisation(name), pl.lit(_EXPECTED), pl.lit(MASKED), suspect=nobody)


def without_identifier(book: Rulebook) -> pl.Expr:
    """Tell of which rows no identifier of an organisation was sent."""
    return pl.all_horizontal(missing(f) for f in book.record_type.fields if f.role in _ORGANISATION_IDENTIFIERS)


def called_as_organisation(name: RecordField) -> pl.Expr:
    """Tell which names end as only those of organisations do."""
    return pl.col(name.name).str.contains(_CALLED_AS_ORGANISATION).fill_null(value=False)


def _by_document(field: RecordField) -> Rule:
    column = pl.col(field.name)
    told = pl.lit(_EXPECTED), pl.lit(MASKED)
    if field.type is not FieldType.USCC:
        return Rule(NAME, field, column.str.contains(_EIGHTEEN), *told)
    # Whatever reads like a resident identity number and is no valid code is treated as one, mistyped or not. Fifteen
    # digits are a registration number elsewhere, but in this column they can only be an old identity number.
    person = column.str.contains(_EIGHTEEN) | column.str.contains(_FIFTEEN)
    return Rule(NAME, field, person, *told, suspect=verdict(field).is_not_null())


def own_document(*, record_type: RecordType) -> RecordField | None:
    """Give the document number of a natural person as subject, told from that of a representative by its rule."""
    return next(
        (
            field
            for field in record_type.fields
            if field.type is FieldType.PERSON_DOCUMENT_NUMBER
            and any(NATURAL_PERSON in condition.among for condition in field.required_when)
        ),
        None,
    )
