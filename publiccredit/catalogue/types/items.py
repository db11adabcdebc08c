"""Glossary, rights, terms of keeping and of proposals, editions: ``packs/*.yml``, ``packs/catalogue/<edition>.yml``."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pydantic import Field

from publiccredit.catalogue.types.base import Audience, BasisLevel, CodeName, Confidence, Dated, Pack, SubjectKind


class Term(Pack):
    zh: str
    en: str
    code: str | None = None
    meaning: str
    source: str
    confidence: Confidence
    banned: tuple[str, ...] = ()
    internal: bool = False  # a word of the program and its officers: no reader of the public page looks it up


# --- rights.yml -----------------------------------------------------------------------------------------------------


class Right(Pack):
    """What a subject may expect and demand, in the reader's words. An empty basis is the platform's own promise."""

    title: str
    text: str
    basis: str
    confidence: Confidence


# --- keeping.yml ----------------------------------------------------------------------------------------------------


class KeptName(StrEnum):
    """What a natural person gives of itself and the platform keeps for a time."""

    READER_CONTACT = "reader_contact"
    READER_NAME = "reader_name"
    FORMER_CONTACT = "former_contact"
    HANDLER_CONTACT = "handler_contact"
    PROOF_ATTEMPT = "proof_attempt"


class Keeping(Pack):
    """How long something a natural person gave is kept: ``days`` after the day it was needed for; then it is erased."""

    name: KeptName
    title: str
    days: int
    after: str  # in words: the day from which they count
    basis: str
    confidence: Confidence
    note: str  # what of it the county has chosen itself


# --- grant_terms.yml ------------------------------------------------------------------------------------------------


class GrantTerm(Dated):
    """How many days the proposal of a right waits for its answer, and an approved one for its proposer."""

    days: int = Field(ge=1, le=90)
    basis: str
    confidence: Confidence
    note: str  # what of it the county has chosen itself


# --- remedies.yml ---------------------------------------------------------------------------------------------------


class Remedy(Dated):
    """What the law lets somebody ask for against a decision, besides its review here: what, of whom and until when."""

    name: CodeName
    title: str
    authority: str
    within: str  # in words, from the day the decision is received
    basis: str
    confidence: Confidence


# --- statistics.yml ---------------------------------------------------------------------------------------------------


class StatisticsPeriodName(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"


@dataclass(frozen=True)
class StatisticsPeriod:
    """A period that is over: its last day, and how many are the fewest that its publication tells."""

    last: date
    fewest: int

    @property
    def ends_year(self) -> bool:
        return (self.last.month, self.last.day) == (12, 31)


class StatisticsRule(Dated):
    """After which periods the statistics of cases are published, and how few cases are never told by themselves."""

    period: StatisticsPeriodName
    fewest: int = Field(ge=3, le=100)
    basis: str
    confidence: Confidence
    note: str  # what of it the county has chosen itself

    @property
    def months(self) -> int:
        return 1 if self.period is StatisticsPeriodName.MONTH else 3


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
    retention_months: int | None = Field(default=None, ge=1)  # ceiling a source may only narrow; empty: none stated
    update: str
    basis: str
    basis_level: BasisLevel
    confidence: Confidence


class Category(Pack):
    """One of the chapters of a catalogue edition. Items of it are held only where a source needs them."""

    code: str
    title: str
    confidence: Confidence


class Edition(Dated):
    name: CodeName
    title: str
    issuer: str
    source: str
    confidence: Confidence
    categories: tuple[Category, ...]
    items: tuple[Item, ...]
