"""The record types: ``packs/record_types/<name>.yml``."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from publiccredit.catalogue.types.base import Audience, CodeName, Confidence, Dated, Nature, Pack


class FieldType(StrEnum):
    TEXT = "text"
    DATE = "date"
    AMOUNT = "amount"  # 万元 with at most 6 decimals on the wire, whole fen inside
    CODE = "code"  # one word of a code table, or several with its separator
    USCC = "uscc"
    ORGANISATION_CODE = "organisation_code"
    REGISTRATION_NUMBER = "registration_number"
    TAX_NUMBER = "tax_number"
    IDENTIFIER = "identifier"  # an identifier without a check digit that can be recomputed
    PERSON_DOCUMENT_NUMBER = "person_document_number"  # masked in every message, never disclosed


class RequiredWhen(Pack):
    """When ``field`` is one of ``among``, contains one of ``contains``, or is filled at all."""

    field: CodeName
    among: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    filled: bool = False  # required when ``field`` is filled at all

    def holds(self, values: Mapping[str, object]) -> bool:
        """Tell whether it holds of one record."""
        value = values.get(self.field)
        text = "" if value is None else str(value)
        named = text in self.among or any(word in text for word in self.contains)
        return bool(text) and (self.filled or named)


class FieldRole(StrEnum):
    """Which common column of a record a field fills. Each role is taken at most once per record type."""

    SUBJECT_NAME = "subject_name"
    SUBJECT_CATEGORY = "subject_category"
    SUBJECT_USCC = "subject_uscc"
    SUBJECT_REGISTRATION_NUMBER = "subject_registration_number"
    SUBJECT_ORGANISATION_CODE = "subject_organisation_code"
    SUBJECT_TAX_NUMBER = "subject_tax_number"
    SUBJECT_ADDRESS = "subject_address"
    DOCUMENT_NUMBER = "document_number"
    AUTHORITY_NAME = "authority_name"
    AUTHORITY_USCC = "authority_uscc"
    DECIDED_ON = "decided_on"
    SERVED_ON = "served_on"
    EFFECTIVE_FROM = "effective_from"
    EFFECTIVE_UNTIL = "effective_until"
    SEVERITY = "severity"
    FINE = "fine_fen"
    CONFISCATED = "confiscated_fen"
    DISCLOSED_UNTIL = "disclosed_until"  # as the sender computed it; never trusted, only compared


class RecordField(Pack):
    name: CodeName
    title: str  # the header in the national form
    aliases: tuple[str, ...] = ()  # other headers under which this form names the field
    standard: str | None = None  # field code of the standard, e.g. CF_WSH
    type: FieldType
    role: FieldRole | None = None
    max_length: int | None = None
    required: bool = False
    required_when: tuple[RequiredWhen, ...] = ()
    empty_when: tuple[RequiredWhen, ...] = ()
    codes: CodeName | None = None  # packs/codes/<name>.yml
    several: str | None = None  # separator between several codes of one cell
    long_term: date | None = None  # the day that means "without end", 2099-12-31
    currency_field: CodeName | None = (
        None  # takes the currency where a cell may name one; elsewhere only 人民币 is right
    )
    not_after_submission: bool = False
    not_before: CodeName | None = None  # another date field of the record
    placeholders: tuple[str, ...] = ()  # values that say "there is none": they fill a required cell and file as empty
    empty_words: tuple[str, ...] = ()  # words that are the same as an empty cell, such as N/A
    extra: bool = False  # not in the national form: a column this platform adds
    legacy: bool = False  # carried by older forms only: neither in the record type's own form nor in its template
    disclosed: Audience | None = Audience.PUBLIC  # empty: never leaves the house, not even to its subject's page
    note: str = ""  # how to fill it, shown in the template
    example: str = ""
    confidence: Confidence


class CheckUse(Pack):
    """A named check of publiccredit.intake.checks that a record type switches on."""

    name: CodeName
    fields: tuple[CodeName, ...] = ()
    threshold: str | None = None
    named_in: CodeName | None = None  # the field whose text says the same in words


class RecordType(Dated):
    name: CodeName
    title: str
    title_en: str
    nature: Nature
    entry_in_list: bool = False  # its subject stands in a list and can be removed from it
    standard: str
    source: str
    confidence: Confidence
    natural_key: tuple[CodeName, ...]
    fingerprint: tuple[CodeName, ...]  # fields whose titles, found together in one row, make it the national form
    due_working_days: int | None = None  # from decision to publication; 7 for 双公示
    due_basis: str = ""
    fields: tuple[RecordField, ...]
    checks: tuple[CheckUse, ...] = ()

    def field(self, name: str) -> RecordField:
        """:raises KeyError: the record type has no such field."""
        return next(f for f in self.fields if f.name == name) if name in self.field_names else _missing(name)

    @property
    def field_names(self) -> tuple[str, ...]:
        return tuple(f.name for f in self.fields)

    def in_words(self, condition: RequiredWhen) -> str:
        """Say on what a field of this type depends."""
        title = self.field(condition.field).title
        if condition.filled:
            return f"已填写“{title}”"
        if condition.among:
            return f"“{title}”为{'、'.join(condition.among)}"
        return f"“{title}”包含{'、'.join(condition.contains)}"

    def field_in_role(self, role: FieldRole) -> RecordField | None:
        return next((f for f in self.fields if f.role is role), None)


def _missing(name: str) -> RecordField:
    raise KeyError(name)
