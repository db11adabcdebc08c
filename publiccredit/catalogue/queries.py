"""
What the packs say, asked by name and by day. Every day comes in as an argument.

``within`` asks other packs than those of the platform; tests use it.
"""

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from publiccredit.catalogue import (
    disclosure_terms,
    fields_of_law,
    grant_terms,
    severity,
    statistics_periods,
    working_days,
)
from publiccredit.catalogue.disclosure_terms import DisclosurePeriod, add_months
from publiccredit.catalogue.held import OWN_PACKS, PACKS_VARIABLE, NotInPacks, in_force, named, packs
from publiccredit.catalogue.loading import PackProblem, UnableToLoadPack
from publiccredit.catalogue.severity import RuleInWords, SeverityJudgement
from publiccredit.catalogue.types import (
    CodeTable,
    Department,
    DepartmentKind,
    DisclosureTerms,
    Edition,
    Form,
    Item,
    Keeping,
    KeptName,
    Packs,
    Procedure,
    ProcedureName,
    RecordType,
    Remedy,
    Severity,
    Source,
    StatisticsPeriod,
    StatisticsRule,
    Term,
)
from publiccredit.catalogue.working_days import Deadline, UnknownYear

__all__ = [
    "OWN_PACKS",
    "PACKS_VARIABLE",
    "Deadline",
    "DisclosurePeriod",
    "NotInPacks",
    "PackProblem",
    "RuleInWords",
    "SeverityJudgement",
    "UnableToLoadPack",
    "UnknownYear",
    "add_months",
    "add_working_days",
    "closed_periods",
    "code_table",
    "credit_office",
    "deadline",
    "department",
    "department_names",
    "departments",
    "determined_by",
    "disclosure_months",
    "disclosure_period",
    "disclosure_terms_in_force",
    "field_of_law",
    "fields_of_rows",
    "form",
    "forms_of",
    "grant_term",
    "is_working_day",
    "item",
    "item_of",
    "keeping",
    "packs",
    "presumed_working_day",
    "procedure",
    "procedures",
    "record_type",
    "severity_columns",
    "severity_of",
    "severity_rule",
    "source",
    "sources_of",
    "statistics_rule",
    "template",
    "term",
    "working_day_index",
    "working_days_between",
]


def record_type(*, name: str, on: date, within: Packs | None = None) -> RecordType:
    """
    Give the record type in force on a day.

    :raises NotInPacks: there is none of this name on that day.
    """
    return in_force("记录类型", (within or packs()).record_types, name, on)


def code_table(*, name: str, on: date, within: Packs | None = None) -> CodeTable:
    """
    Give the code table in force on a day.

    :raises NotInPacks: there is none of this name on that day.
    """
    return in_force("代码表", (within or packs()).code_tables, name, on)


def form(*, name: str, within: Packs | None = None) -> Form:
    """
    Give the wire form of a name; a record type's own form bears the record type's name.

    :raises NotInPacks: there is none of this name.
    """
    return named("格式", (within or packs()).forms, "name", name)


def forms_of(*, source: Source, on: date, within: Packs | None = None) -> tuple[Form, ...]:
    """Give the forms a source accepts on a day: its record type's own form first, then those it names."""
    forms = (within or packs()).forms
    accepted = (source.record_type, *source.forms)
    return tuple(f for name in accepted for f in forms if f.name == name and f.in_force_on(on))


def source(*, name: str, within: Packs | None = None) -> Source:
    """
    Give a source by its full name, ``<industry>/<source>``.

    :raises NotInPacks: there is none of this name.
    """
    return named("数据来源", (within or packs()).sources, "name", name)


def sources_of(*, department: str, on: date, within: Packs | None = None) -> tuple[Source, ...]:
    """Give the sources a department may send on a day, in the order of their names."""
    sources = (within or packs()).sources
    allowed = (s for s in sources if department in s.providers and s.in_force_on(on))
    return tuple(sorted(allowed, key=lambda s: s.name))


def department(*, code: str, within: Packs | None = None) -> Department:
    """
    Give a department or town by its code.

    :raises NotInPacks: there is none of this code.
    """
    return named("部门", (within or packs()).departments, "code", code)


def departments(*, within: Packs | None = None) -> tuple[Department, ...]:
    """Give all departments and towns, in the order of their file."""
    return (within or packs()).departments


def department_names(*, within: Packs | None = None) -> dict[str, str]:
    """Give the short names of all departments and towns by code."""
    return {d.code: d.short_name for d in (within or packs()).departments}


def credit_office(*, within: Packs | None = None) -> Department:
    """Give the county's credit office; loading holds that the packs name exactly one."""
    return next(d for d in (within or packs()).departments if d.kind is DepartmentKind.OFFICE)


def determined_by(*, authority_uscc: str, department_code: str, within: Packs | None = None) -> str:
    """谁认定、谁修复: give the code of the body that decided where it is one of ours, else of the one that reported."""
    ours = {d.uscc: d.code for d in (within or packs()).departments}
    return ours.get(authority_uscc, department_code)


def item(*, name: str, within: Packs | None = None) -> tuple[Edition, Item]:
    """
    Give a catalogue item by its full name, ``<edition>/<code>``, with its edition.

    :raises NotInPacks: there is none of this name.
    """
    held = {f"{e.name}/{i.code}": (e, i) for e in (within or packs()).editions for i in e.items}
    if name not in held:
        raise NotInPacks(kind="目录条目", name=name, known=held)
    return held[name]


def item_of(*, source: Source, within: Packs | None = None) -> Item:
    """Give the catalogue item a source stands on, narrowed as the source narrows it."""
    stated = item(name=source.item, within=within)[1]
    narrowed: dict[str, object] = {}
    if source.openness is not None:
        narrowed["openness"] = source.openness
    if source.subject_kinds:
        narrowed["subject_kinds"] = source.subject_kinds
    if source.retention_months is not None:
        narrowed["retention_months"] = source.retention_months
    return stated.model_copy(update=narrowed)


def term(*, code: str, within: Packs | None = None) -> Term:
    """
    Give the glossary's term for a code name.

    :raises NotInPacks: the glossary does not hold it.
    """
    return named("术语", (within or packs()).terms, "code", code)


def template(*, source: Source, on: date, within: Packs | None = None) -> bytes:
    """
    Give the workbook to fill in for a source on a day: titles, drop-downs, notes; always the same bytes.

    :raises NotInPacks: what the source sends was in no form on that day.
    """
    # xlsxwriter is needed here alone, and not by what only asks what the packs say.
    from publiccredit.catalogue.generation import template as generated

    form = record_type(name=source.record_type, on=on, within=within)
    return generated(source=source, record_type=form, on=on, within=within or packs())


def disclosure_terms_in_force(*, record_type: str, on: date, within: Packs | None = None) -> DisclosureTerms | None:
    """Give the instrument that says on a day how long a record type is shown; nothing where none does."""
    terms = (within or packs()).disclosure_terms
    return next((t for t in terms if t.record_type == record_type and t.in_force_on(on)), None)


def procedure(*, name: ProcedureName, on: date, within: Packs | None = None) -> Procedure:
    """
    Give the procedure under which a case opened on a day runs to its end.

    :raises NotInPacks: there is none of this name on that day.
    """
    return in_force("办理规则", (within or packs()).procedures, name, on)


def procedures(*, on: date, within: Packs | None = None) -> tuple[Procedure, ...]:
    """Give the procedures in force on a day."""
    return tuple(p for p in (within or packs()).procedures if p.in_force_on(on))


def is_working_day(*, day: date, within: Packs | None = None) -> bool:
    """
    Tell whether a day is a working day.

    :raises UnknownYear: no calendar is held for its year.
    """
    return working_days.is_working_day(day=day, within=within or packs())


def presumed_working_day(*, day: date, within: Packs | None = None) -> bool:
    """Tell whether a day is a working day; in an undecreed year a weekday that is no holiday of fixed date."""
    return working_days.presumed_working_day(day=day, within=within or packs())


def working_days_between(*, start: date, end: date, within: Packs | None = None) -> int:
    """
    Count the working days after ``start`` up to and including ``end``; below zero where ``end`` lies before ``start``.

    :raises UnknownYear: no calendar is held for one of the years.
    """
    return working_days.working_days_between(start=start, end=end, within=within or packs())


def add_working_days(*, day: date, number: int, within: Packs | None = None) -> date:
    """
    Give the ``number``-th working day after ``day``; ``day`` itself for 0.

    :raises UnknownYear: no calendar is held for one of the years on the way.
    :raises ValueError: ``number`` is below zero.
    """
    return working_days.add_working_days(day=day, number=number, within=within or packs())


def keeping(*, name: KeptName, within: Packs | None = None) -> Keeping:
    """Give how long something a natural person gave is kept."""
    return next(k for k in (within or packs()).keepings if k.name is name)


def remedies(*, on: date, within: Packs | None = None) -> tuple[Remedy, ...]:
    """Give what the law in force on a day lets somebody ask for against a decision."""
    return tuple(remedy for remedy in (within or packs()).remedies if remedy.in_force_on(on))


def grant_term(*, on: date, within: Packs | None = None) -> grant_terms.ProposalTerm:
    """Give how long the proposal of a right waits for its answer."""
    return grant_terms.grant_term(on=on, within=within or packs())


def statistics_rule(*, on: date, within: Packs | None = None) -> StatisticsRule:
    """Give the rule by which statistics of cases are published on a day."""
    return statistics_periods.statistics_rule(on=on, within=within or packs())


def closed_periods(*, since: date, on: date, within: Packs | None = None) -> tuple[StatisticsPeriod, ...]:
    """Give the periods of statistics that were over before a day, from the year a first day lies in, in order."""
    return statistics_periods.closed_periods(since=since, on=on, within=within or packs())


def deadline(*, day: date, number: int, within: Packs | None = None) -> Deadline:
    """
    Give the ``number``-th working day after ``day``; where a year is undecreed, provisional: by weekdays less
    the holidays whose dates the law fixes.

    :raises ValueError: ``number`` is below zero.
    """
    return working_days.deadline(day=day, number=number, within=within or packs())


def decreed(*, day: date, within: Packs | None = None) -> bool:
    """Tell whether the working days of a day's year are decreed; a last day in another one is provisional."""
    return day.year in (within or packs()).calendars


def year_wanting_decree(*, on: date, within: Packs | None = None) -> int | None:
    """Give the year whose calendar has to be added: this one, or in its last two months the next; else nothing."""
    return working_days.year_wanting_decree(on=on, within=within or packs())


def working_day_index(
    *, first: date | None = None, last: date | None = None, within: Packs | None = None
) -> pl.DataFrame:
    """
    Give ``day`` and ``working_days``, the working days counted up to it: two joins and a difference count a million.

    A day outside the calendars held has no row: after a left join its number is null, and the deadline provisional.

    :raises UnknownYear: ``first`` or ``last`` is given and its year has no calendar.
    """
    return working_days.working_day_index(within=within or packs(), first=first, last=last)


def severity_of(
    *, record_type: str, kinds: Iterable[str], fine_fen: int | None, decided_on: date, within: Packs | None = None
) -> SeverityJudgement | None:
    """Give the severity of one decision and the rule that gave it; nothing for a record type without severities."""
    return severity.severity_of(
        record_type=record_type, kinds=kinds, fine_fen=fine_fen, decided_on=decided_on, within=within or packs()
    )


def severity_rule(*, name: str, within: Packs | None = None) -> RuleInWords | None:
    """Give the rule that gave a severity in words; nothing where a sender, a department or a case gave it."""
    return severity.severity_rule(name=name, within=within or packs())


def severity_columns(
    *, record_type: str, kinds: pl.Expr, fine_fen: pl.Expr, decided_on: pl.Expr, within: Packs | None = None
) -> tuple[pl.Expr, pl.Expr]:
    """Give the expressions of ``severity`` and ``severity_rule``; ``kinds`` is a column of lists of words."""
    return severity.severity_columns(
        record_type=record_type, kinds=kinds, fine_fen=fine_fen, decided_on=decided_on, within=within or packs()
    )


def disclosure_period(
    *,
    record_type: str,
    severity: Severity | None,
    field: str,
    decided_on: date,
    served_on: date | None,
    within: Packs | None = None,
) -> DisclosurePeriod:
    """
    Give the days on which a record is shown: from its service (DP-02) to its least end from the decision.

    ``field`` is the name ``field_of_law`` gives; empty: of none.
    """
    return disclosure_terms.disclosure_period(
        record_type=record_type,
        severity=severity,
        field=field,
        decided_on=decided_on,
        served_on=served_on,
        within=within or packs(),
    )


def disclosure_months(*, record_type: str, within: Packs | None = None) -> pl.DataFrame:
    """Give the months by ``decided_from``, ``decided_to``, ``severity`` and ``field``, for a join; 0: not published."""
    return disclosure_terms.disclosure_months(record_type=record_type, within=within or packs())


def field_of_law(
    *, record_type: str, content: Mapping[str, object], decided_on: date, within: Packs | None = None
) -> str:
    """Give the name of the field of law a record's content speaks of; empty where it speaks of none."""
    return fields_of_law.field_of_law(
        record_type=record_type, content=content, decided_on=decided_on, within=within or packs()
    )


def fields_of_rows(*, record_type: str, rows: pl.DataFrame, within: Packs | None = None) -> pl.Series:
    """Give the same name for a table of records; empty where no term asks for it."""
    return fields_of_law.fields_of_rows(record_type=record_type, rows=rows, within=within or packs())
