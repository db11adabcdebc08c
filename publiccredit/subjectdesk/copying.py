"""
The free copy of everything held about a subject: one set of values, given as page, PDF and JSON (DP-13).

What is taken along is written down with its version, as it is for everybody else who is given a record (DP-20).
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from publiccredit.accounts.operations import one_act
from publiccredit.casework import queries as casework
from publiccredit.casework.types import CaseState
from publiccredit.catalogue import queries as catalogue
from publiccredit.disclosure.types import Course, FieldCorrected, Happened
from publiccredit.disclosure.words import (
    SeverityWords,
    department_name,
    last_day,
    severity_words,
    source_title,
    status_of,
)
from publiccredit.ledger.types import CHINA, china_day
from publiccredit.recipients.operations import hold_disclosures, record_copies
from publiccredit.recipients.types import Told, Version
from publiccredit.subjectdesk import queries
from publiccredit.subjectdesk.queries import OwnRecord, UsedAgainst
from publiccredit.subjectdesk.types import Visitor
from publiccredit.subjects.queries import ContestedField

PURPOSE = "取得本单位信用信息副本"


@dataclass(frozen=True)
class CopiedField:
    name: str
    title: str
    standard: str
    value: str
    amount_fen: int | None
    correction: FieldCorrected | None

    @property
    def line(self) -> str:
        """Give what the field says, and what corrected it, in one line; empty where nothing is to be said."""
        if self.correction is None:
            return self.value
        return f"{self.value or '未填'}（{self.correction.words}）"


@dataclass(frozen=True)
class CopiedEffect:
    title: str
    at: datetime


@dataclass(frozen=True)
class CopiedRecord:
    """A record as its subject has it."""

    id: int
    title: str
    document_number: str
    authority: str
    department: str
    source: str
    item: str
    item_title: str  # edition, code and title, in a reader's words
    document_sha256: str
    known_from: datetime  # the version: since when the platform has known it so
    decided_on: date | None
    served_on: date | None
    received_on: date
    status: str
    severity: str
    severity_rule: str
    severity_words: str  # by which rule, in a reader's words
    repair_opens_on: date | None
    shown_until: str  # the last day, "" for none
    disclosed_until: date | None  # the first day without, as the interface has it; none where a decision ended it
    dispute: str  # in a reader's words, with the fields it stands on
    contested_fields: tuple[ContestedField, ...]
    statement: str
    repair_effects: tuple[CopiedEffect, ...]
    history: tuple[Happened, ...]  # what became of its publication, as its page tells it
    recipients: tuple[Told, ...]  # to whom it was given, and who was told of its changes
    fields: tuple[CopiedField, ...]

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """Give what is known of the record beside its fields, as page and PDF show it."""
        rows = (
            ("状态", self.status),
            ("决定机关", self.authority),
            ("报送部门", f"{self.department}，{self.source}"),
            ("目录条目", self.item_title),
            ("作出决定", _day(self.decided_on)),
            ("送达", _day(self.served_on)),
            ("到达平台", _day(self.received_on)),
            ("失信严重程度", self.severity_words),
            ("可以申请修复", _day(self.repair_opens_on)),
            ("最后公示日", self.shown_until),
            *((effect.title, _moment(effect.at)) for effect in self.repair_effects),
            ("公示的变化", "".join(f"{one.on} {one.sentence}" for one in self.history)),
            ("异议标注", self.dispute),
            ("主体声明", self.statement),
            ("决定文书摘要", self.document_sha256),
            ("本版本自", _moment(self.known_from)),
            *(("提供给了", _given(told)) for told in self.recipients),
        )
        return tuple((title, value) for title, value in rows if value)


@dataclass(frozen=True)
class CopiedCase:
    number: str
    title: str
    state: str
    opened_on: date
    due_on: date
    papers_due_on: date | None
    due: str  # by when it is decided, or waits for papers, in words
    history: tuple[str, ...]


@dataclass(frozen=True)
class CopiedLook:
    at: datetime
    role: str
    department: str
    what: str


@dataclass(frozen=True)
class CopiedUse:
    """A notice that a record was used against the subject."""

    number: int
    record_id: int
    recipient: str
    what: str
    decided_on: date
    changed_since: str  # withdrawn or repaired, in a reader's words; "" where the record stands
    text: str


@dataclass(frozen=True)
class Copy:
    """Everything, in one value."""

    name: str
    identifier: str
    made_at: datetime
    records: tuple[CopiedRecord, ...]
    cases: tuple[CopiedCase, ...]
    looks: tuple[CopiedLook, ...]
    adverse_uses: tuple[CopiedUse, ...]

    def as_json(self) -> dict[str, object]:
        """Give the copy as plain values, every time as it was in China."""
        return asdict(self, dict_factory=_in_china)


def take_copy(*, visitor: Visitor, form: str, at: datetime, on: date) -> Copy:
    """
    Give the copy of a subject, and write down that it was taken, in which form, and each record's version.

    Taking one costs nothing, is not limited, and is entered once in the ledger.
    """
    with one_act(by=visitor.actor, at=at, operation="take_copy", object_kind="subject") as act:
        hold_disclosures()
        copy = copy_of(visitor=visitor, at=at, on=on)
        versions = [Version(record.id, record.known_from) for record in copy.records]
        purpose = PURPOSE if visitor.is_subject else f"{PURPOSE}（经办人）"
        act.object_id = visitor.subject_id
        act.payload |= {
            "form": form,
            "records": record_copies(subject_id=visitor.subject_id, purpose=purpose, versions=versions, at=at),
        }
    return copy


def copy_of(*, visitor: Visitor, at: datetime, on: date) -> Copy:
    """Give the copy of a subject as things stand."""
    owned = queries.own_records(visitor=visitor, on=on)
    courses = queries.courses(records=owned, on=on)
    told = queries.told_of_each(records=owned)
    return Copy(
        name=visitor.subject_name,
        identifier=visitor.identifier,
        made_at=at,
        records=tuple(_record(own, courses[own.record.id], told.get(own.record.id, ())) for own in owned),
        cases=tuple(
            CopiedCase(
                number=case.number,
                title=casework.title_of_case(case=case),
                state=str(CaseState(case.state).label),
                opened_on=case.opened_on,
                due_on=case.due_on,
                papers_due_on=case.papers_due_on,
                due=casework.due_in_words(case=case),
                history=tuple(
                    f"{e.at.astimezone(CHINA):%Y-%m-%d} {e.sentence}"
                    for e in casework.timeline(case=case, among_officers=False)
                ),
            )
            for case in queries.own_cases(visitor=visitor)
        ),
        looks=tuple(
            CopiedLook(look.at, look.role, look.department, look.what) for look in queries.looks(visitor=visitor)
        ),
        adverse_uses=tuple(_use(used) for used in queries.adverse_uses(visitor=visitor)),
    )


def _in_china(values: Iterable[tuple[str, Any]]) -> dict[str, object]:
    return {name: at.astimezone(CHINA) if isinstance(at, datetime) else at for name, at in values}


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _moment(at: datetime) -> str:
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"


def _severity(said: SeverityWords) -> str:
    """Say how severe, by which rule, on which basis, and how well that is known: as the public page does."""
    basis = f"。依据：{said.basis}（{said.confidence}）" if said.confidence else f"。{said.basis}" if said.basis else ""
    return f"{said.title}，{said.rule}{basis}"


def _given(told: Told) -> str:
    """Say to whom, what for and how often a record was given, and of which change it was told or has confirmed."""
    times = f"{told.recipient}，{told.purpose}，{told.times} 次，最近 {_day(china_day(at=told.last_given_at))}"
    return "；".join([times, *(notice.words for notice in told.notices)])


def _use(used: UsedAgainst) -> CopiedUse:
    return CopiedUse(
        number=used.use.pk,
        record_id=used.use.record_id,
        recipient=used.use.recipient.name,
        what=used.use.what,
        decided_on=used.use.decided_on,
        changed_since=used.change,
        text=used.use.text,
    )


def _record(own: OwnRecord, course: Course, recipients: tuple[Told, ...]) -> CopiedRecord:
    record = course.record
    edition, item = catalogue.item(name=record.item)
    severity = severity_words(record)
    return CopiedRecord(
        id=record.id,
        title=record.title,
        document_number=record.document_number,
        authority=record.authority_name,
        department=department_name(record.department_code),
        source=source_title(record.source),
        item=record.item,
        item_title=f"{edition.title} {item.code} {item.title}",
        document_sha256=record.document_sha256,
        known_from=record.known_from,
        decided_on=record.decided_on,
        served_on=record.served_on,
        received_on=record.received_on,
        status=status_of(record).text,
        severity=record.severity.value if record.severity else "",
        severity_rule=record.severity_rule,
        severity_words=_severity(severity) if severity else "",
        repair_opens_on=own.navigator.earliest_on if own.navigator and not own.navigator.over else None,
        shown_until=last_day(record),
        disclosed_until=None if record.ended_early else record.disclosed_until,
        dispute=record.disputed_as,
        contested_fields=record.contested.fields,
        statement=record.statement,
        repair_effects=tuple(CopiedEffect(e.title, e.at) for e in own.navigator.effects) if own.navigator else (),
        history=course.happened,
        recipients=recipients,
        fields=tuple(
            CopiedField(f.name, f.title, f.standard, f.value, f.amount_fen, f.correction) for f in record.fields
        ),
    )
