"""What follows for a record from a correction of what it says: its severity by the rules, and the days of its term."""

from copy import copy
from datetime import date

from publiccredit.casework.correcting import UnableToCorrect, corrected
from publiccredit.casework.models import Decision
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import SEVERITY_TITLES, Severity
from publiccredit.subjects import queries as subjects
from publiccredit.subjects.queries import Record, RecordColumns, last_day, never_shown, repair_opens_on


def followed(*, record: Record, entry_id: int, on: date) -> tuple[str, ...]:
    """Say what the act of an entry has changed of a record besides what it corrected; nothing where it changed none."""
    before = subjects.record_versions().filter(record_id=record.pk).exclude(entry_id=entry_id)
    was = before.order_by("-known_from").first()
    return () if was is None or record.entry_id != entry_id else _said(was, record, on)


def would_follow(*, decision: Decision, record: Record, on: date) -> tuple[str, ...]:
    """Say the same of a proposed correction of a record whose term is not over, for whoever is to approve it."""
    try:
        correction = corrected(record_id=record.pk, wanted=decision.corrections, on=on)
    except UnableToCorrect:
        return ()
    becomes = copy(record)
    becomes.content = record.content | {name: value for name, value in correction.content.items()}
    for name, value in correction.columns.items():
        setattr(becomes, name, value)
    return _said(record, becomes, on)


def _said(was: RecordColumns, becomes: RecordColumns, on: date) -> tuple[str, ...]:
    said = []
    if was.severity != becomes.severity:
        rule = catalogue.severity_rule(name=becomes.severity_rule)
        by = f"，按{rule.title}" if rule else ""
        said.append(f"失信严重程度由“{_title(was)}”改为“{_title(becomes)}”{by}")
    if (was.disclosed_from, was.disclosed_until) != (becomes.disclosed_from, becomes.disclosed_until):
        said.append(f"由{_shown(was)}改为{_shown(becomes)}")
    if _published(becomes) and _over(becomes, on) and not _over(was, on):
        return (*said, "公示期已满，即日停止公示，不需要修复")
    opens, opened = repair_opens_on(record=becomes), repair_opens_on(record=was)
    if opens != opened and opens is not None and _published(becomes):
        said.append(f"可以申请修复之日{f'由 {opened} ' if opened else ''}改为 {opens}")
    return tuple(said)


def _title(row: RecordColumns) -> str:
    return SEVERITY_TITLES[Severity(row.severity)] if row.severity else "未定"


def _published(row: RecordColumns) -> bool:
    return not never_shown(decided_on=row.decided_on, served_on=row.served_on, until=row.disclosed_until)


def _shown(row: RecordColumns) -> str:
    if not _published(row):
        return "不公示"
    until = last_day(until=row.disclosed_until)
    return f"公示至 {until}" if until else "长期公示"


def _over(row: RecordColumns, on: date) -> bool:
    return row.disclosed_until is not None and row.disclosed_until <= on
