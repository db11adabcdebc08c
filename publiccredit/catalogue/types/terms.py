"""Severity of penalised conduct and terms of disclosure: ``packs/disclosure/``."""

from publiccredit.catalogue.types.base import CodeName, Confidence, Dated, Pack, Severity


class SeverityRule(Pack):
    """First rule that fits gives the severity. Amounts in whole yuan; ``kinds`` are words of the penalty_kind table."""

    name: CodeName
    severity: Severity
    kinds: tuple[str, ...] = ()  # any of these among the kinds of the decision; empty: any kind
    only: bool = False  # every kind of the decision is among ``kinds``
    fine_from_yuan: int | None = None  # 以上: the number itself included, as law counts
    fine_at_most_yuan: int | None = None  # 以下: the number itself included; no rule with it fits an unstated fine
    basis: str
    confidence: Confidence


class SeverityClassification(Dated):
    name: CodeName
    record_type: CodeName
    title: str
    source: str
    otherwise: Severity  # where no rule fits, the shorter publication
    rules: tuple[SeverityRule, ...]


class LawOfField(Dated):
    """A law or administrative regulation that governs a field, named as decisions cite it without the state's name."""

    title: str
    clause: str  # the one that says what it governs
    confidence: Confidence


class FieldOfLaw(Pack):
    """A field for which some instruments set other terms; a decision is of it where its basis cites one of the laws."""

    name: CodeName
    title: str
    record_type: CodeName
    read_in: tuple[CodeName, ...]  # the fields of a record in which its laws are cited
    basis: str
    confidence: Confidence
    laws: tuple[LawOfField, ...]


class DisclosureTerm(Pack):
    """Months from the decision date: not before ``minimum`` may an early end be asked for; at ``maximum`` it ends."""

    severity: Severity
    fields: tuple[CodeName, ...] = ()  # of these fields of law only; empty: of every field that has no term of its own
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
