"""
The values a pack may hold: frozen, and strict about every key.

One class per kind of file under ``packs/``. A class says what a file may contain; whether its references resolve and
whether a source stays within its catalogue item is decided in ``publiccredit.catalogue.loading``.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

CodeName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
SourceName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*/[a-z][a-z0-9_]*$", max_length=129)]
Uscc = Annotated[str, StringConstraints(pattern=r"^[0-9A-HJ-NPQRTUWXY]{18}$")]


class Confidence(StrEnum):
    """How well a fact of law or of a standard is known."""

    READ = "V"  # read in the text itself
    REPORTED = "V2"  # read in a summary or in the press
    PRACTICE = "C"  # seen in a running system
    ASSUMED = "K"  # general knowledge, to be confirmed at the source


class Audience(StrEnum):
    """The three statutory modes of disclosure, from the widest to the narrowest, and the house itself."""

    PUBLIC = "public"  # 公开公示
    AUTHORISED = "authorised"  # 授权查询
    GOVERNMENT = "government"  # 政务共享
    SUBJECT = "subject"  # the subject's own desk


class SubjectKind(StrEnum):
    ENTERPRISE = "enterprise"
    INDIVIDUAL_BUSINESS = "individual_business"
    INSTITUTION = "institution"
    SOCIAL_ORGANISATION = "social_organisation"
    GOVERNMENT_BODY = "government_body"
    VILLAGE_COLLECTIVE = "village_collective"


class Severity(StrEnum):
    """Severity of a penalised conduct, 《信用修复管理办法》(2026-04-01)."""

    SLIGHT = "slight"  # 轻微
    GENERAL = "general"  # 一般
    SERIOUS = "serious"  # 严重


class Nature(StrEnum):
    """Whether a record can burden its subject. An adverse record needs a served document (DP-01, DP-02)."""

    NEUTRAL = "neutral"
    ADVERSE = "adverse"
    POSITIVE = "positive"


class BasisLevel(StrEnum):
    """Levels of basis on which an item may stand (DP-03). There is no level for a county paper."""

    LAW = "law"
    ADMINISTRATIVE_REGULATION = "administrative_regulation"
    CENTRAL_POLICY = "central_policy"
    LOCAL_REGULATION = "local_regulation"


class Pack(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Dated(Pack):
    """Something in force on the days ``[from, to)``; ``to`` is empty while it is in force."""

    in_force_from: date = Field(alias="from")
    in_force_to: date | None = Field(default=None, alias="to")

    def in_force_on(self, day: date) -> bool:
        return self.in_force_from <= day and (self.in_force_to is None or day < self.in_force_to)


# --- glossary.yml ---------------------------------------------------------------------------------------------------


class Term(Pack):
    zh: str
    en: str
    code: str | None = None
    meaning: str
    source: str
    confidence: Confidence
    banned: tuple[str, ...] = ()


# --- catalogue/<edition>.yml ----------------------------------------------------------------------------------------


class Item(Pack):
    """A catalogue item: what may be held, of whom, how open, how long (深圳经济特区社会信用条例第三十四条 as model)."""

    code: str  # "3.1"; its full name is "<edition>/<code>"
    title: str
    record_types: tuple[CodeName, ...]
    subject_kinds: tuple[SubjectKind, ...]
    openness: Audience
    providers: str  # in words: who provides it
    retention: str  # in words: how long it is disclosed; the numbers stand in packs/disclosure
    retention_months: int | None = None  # ceiling a source may only narrow; empty where no ceiling is stated
    update: str
    basis: str
    basis_level: BasisLevel
    confidence: Confidence


class Edition(Dated):
    name: CodeName
    title: str
    issuer: str
    source: str
    confidence: Confidence
    items: tuple[Item, ...]


# --- record_types/<name>.yml ----------------------------------------------------------------------------------------


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
    not_after_submission: bool = False
    not_before: CodeName | None = None  # another date field of the record
    extra: bool = False  # not in the national form: a column this platform adds
    disclosed: Audience | None = Audience.PUBLIC  # empty: never leaves the house, not even to its subject's page
    note: str = ""  # how to fill it, shown in the template
    example: str = ""
    confidence: Confidence


class CheckUse(Pack):
    """A named check of publiccredit.intake.checks that a record type switches on."""

    name: CodeName
    fields: tuple[CodeName, ...] = ()
    threshold: str | None = None


class RecordType(Dated):
    name: CodeName
    title: str
    title_en: str
    nature: Nature
    standard: str
    source: str
    confidence: Confidence
    natural_key: tuple[CodeName, ...]
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

    def field_in_role(self, role: FieldRole) -> RecordField | None:
        return next((f for f in self.fields if f.role is role), None)


def _missing(name: str) -> RecordField:
    raise KeyError(name)


# --- exchanges/<form>.yml: a wire form of a record type -------------------------------------------------------------


class Column(Pack):
    """One column of a form: its header, and the field it fills or the reason it is set aside."""

    header: str
    aliases: tuple[str, ...] = ()
    field: CodeName | None = None
    set_aside: str | None = None  # why the column is read and not used
    lookup: dict[str, str] = Field(default_factory=dict)  # known other words for a code: old word → word of today
    unit: Literal["万元", "元"] | None = None  # amounts only; 万元 where silent


class Form(Dated):
    """
    A header layout that senders use for one record type.

    ``fingerprint`` lists headers that, found together in one row, make it this form; they must distinguish
    it from every
    other form. ``constants`` fills fields the form does not carry.
    """

    name: CodeName
    title: str
    record_type: CodeName
    source: str
    confidence: Confidence
    fingerprint: tuple[str, ...]
    columns: tuple[Column, ...]
    constants: dict[str, str] = Field(default_factory=dict)


# --- codes, departments, calendars ----------------------------------------------------------------------------------


class Code(Pack):
    word: str
    aliases: tuple[str, ...] = ()
    note: str = ""


class CodeTable(Dated):
    name: CodeName
    title: str
    source: str
    confidence: Confidence
    codes: tuple[Code, ...]
    detail_prefix: str | None = None  # e.g. "其他-": the word may carry a concrete kind behind it


class DepartmentKind(StrEnum):
    DEPARTMENT = "department"
    TOWN = "town"
    OFFICE = "office"  # the credit office itself


class Department(Pack):
    code: CodeName
    name: str
    short_name: str
    uscc: Uscc
    kind: DepartmentKind
    region: str
    aliases: tuple[str, ...] = ()


class Calendar(Pack):
    """Decreed days of one year: working days are Mondays to Fridays, less ``holidays``, plus ``working_weekends``."""

    year: int
    notice: str
    source: str
    confidence: Confidence
    holidays: tuple[date, ...]
    working_weekends: tuple[date, ...]


# --- disclosure/*.yml: severity and terms ---------------------------------------------------------------------------


class SeverityRule(Pack):
    """First rule that fits gives the severity. Amounts in whole yuan; ``kinds`` are words of the penalty_kind table."""

    name: CodeName
    severity: Severity
    kinds: tuple[str, ...] = ()  # any of these among the kinds of the decision; empty: any kind
    only: bool = False  # every kind of the decision is among ``kinds``
    fine_from_yuan: int | None = None
    fine_below_yuan: int | None = None
    basis: str
    confidence: Confidence


class SeverityClassification(Dated):
    name: CodeName
    record_type: CodeName
    title: str
    source: str
    otherwise: Severity  # where no rule fits, the shorter publication
    rules: tuple[SeverityRule, ...]


class DisclosureTerm(Pack):
    """Months from the decision date: not before ``minimum`` may an early end be asked for; at ``maximum`` it ends."""

    severity: Severity
    published: bool
    minimum_months: int
    maximum_months: int
    basis: str
    confidence: Confidence


class DisclosureTerms(Dated):
    """The terms of one instrument, in force for what is on display on the days ``[from, to)``."""

    name: CodeName
    record_type: CodeName
    title: str
    source: str
    confidence: Confidence
    terms: tuple[DisclosureTerm, ...]


# --- industries/<name>/ ---------------------------------------------------------------------------------------------


class Industry(Pack):
    name: CodeName
    title: str
    lead: CodeName  # department code
    statement: str  # what the industry holds here, or why it holds nothing
    basis: str


class Expectation(Pack):
    """A declared expectation of a file: below ``returned_share_at_most`` it passes, above it the office is told."""

    rows_at_least: int | None = None
    returned_share_at_most: float | None = None


class Source(Dated):
    """One stream of files from departments: a record type, narrowed to an item, mapped from forms."""

    name: SourceName  # "<industry>/<file name>"
    title: str
    record_type: CodeName
    item: str  # "<edition>/<item code>"
    providers: tuple[CodeName, ...]  # department codes that may send it
    forms: tuple[CodeName, ...] = ()  # packs/exchanges/<name>.yml beside the record type's own form
    subject_kinds: tuple[SubjectKind, ...] = ()  # empty: all of the item's
    openness: Audience | None = None  # empty: the item's
    retention_months: int | None = None
    update: Literal["daily", "weekly", "monthly", "quarterly"]
    competence: tuple[str, ...] = ()  # authorities whose decisions it may carry; empty: the provider's own
    lookups: dict[CodeName, dict[str, str]] = Field(default_factory=dict)
    checks: tuple[CheckUse, ...] = ()
    expectations: Expectation = Expectation()
    note: str = ""


# --- issues.yml -----------------------------------------------------------------------------------------------------


class IssueSeverity(StrEnum):
    RETURN = "return"  # the row is sent back
    WARN = "warn"  # the row is accepted and the doubt is shown


class IssueKind(Pack):
    """
    One row of ``packs/issues.yml``: the words in which a check speaks.

    ``message`` has the slots {row} {column} {found} {expected}; ``remedy`` says how to fix it.
    """

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,3}-[0-9]{3}$")]
    check: CodeName
    title: str
    severity: IssueSeverity
    overridable: bool = False
    message: str
    remedy: str
    basis: str
    confidence: Confidence
