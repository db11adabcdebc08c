"""
What a subject does at its desk. Each act is casework's own; here stand whose right it is and whose record or case.

The right is read at the moment of the act, and the database lets the subject reach its own rows only.
"""

from datetime import date, datetime

from django.db import transaction

from publiccredit.casework import operations as casework
from publiccredit.casework import queries as cases
from publiccredit.casework.queries import Case
from publiccredit.casework.types import Applicant, Asked, Channel, PaperIn
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Party, ProcedureName
from publiccredit.ledger.types import china_day
from publiccredit.subjectdesk import queries
from publiccredit.subjectdesk.rules import DeskRefused, require, right_to
from publiccredit.subjectdesk.types import Right, Visitor
from publiccredit.subjects import queries as subjects


class NotYours(DeskRefused):
    """There is no such record or case of the subject; whether it is another's nobody can tell."""

    def __init__(self) -> None:
        super().__init__("本单位没有这条记录或者案件。请从本单位的页面中选择。")


class NotOpenYet(DeskRefused):
    """A repair is asked for before its first day; the message says which condition fails, and until when."""


class NothingToRepair(DeskRefused):
    """The record is repaired, withdrawn, at its end, or was never to be shown; the message says which."""


class AlreadyUnderWay(DeskRefused):
    """The subject has asked the same, and nobody has decided it yet; the message names that case."""


def open_case(
    *, visitor: Visitor, procedure: ProcedureName, asked: Asked, papers: tuple[PaperIn, ...], key: str, at: datetime
) -> Case:
    """
    Open a case about the subject's own records, and hand in the papers that came with it: all of them, or nothing.

    :raises NotAllowed: the handler has not been given this right.
    :raises NotYours: a record is not the subject's.
    :raises NotOpenYet: a repair is asked for before its first day.
    :raises NothingToRepair: a repair is asked for where nothing is left to repair.
    :raises AlreadyUnderWay: the subject has asked the same of the record, and it is not decided.
    :raises CaseRefused: casework refuses it; the message says why.
    """
    require(visitor, right_to(procedure))
    # The key is the form's; with the subject before it no other subject's case can answer to it.
    key = f"{visitor.subject_id}:{key}"[:100]
    own = subjects.records().filter(pk__in=asked.record_ids, subject_id=visitor.subject_id)
    if own.count() != len(set(asked.record_ids)):
        raise NotYours
    for record_id in asked.record_ids:
        _verify_day(procedure, asked, record_id, china_day(at=at))
        _verify_first(visitor, procedure, asked, record_id, key)
    with transaction.atomic():
        case = casework.open_case(
            by=visitor.actor,
            procedure=procedure,
            applicant=_applicant(visitor),
            asked=asked,
            channel=Channel.ONLINE,
            at=at,
            idempotency_key=key,
        )
        for paper in papers:
            casework.hand_in_paper(by=visitor.actor, case_id=case.pk, paper=paper, at=at)
    return case


def hand_in_paper(*, visitor: Visitor, case_id: int, paper: PaperIn, at: datetime) -> None:
    """
    Add a paper to a case of the subject.

    :raises NotYours: there is no such case of the subject.
    :raises CaseRefused: casework refuses it; the message says why.
    """
    case = _own(visitor, case_id)
    require(visitor, right_to(case.procedure))
    casework.hand_in_paper(by=visitor.actor, case_id=case.pk, paper=paper, at=at)


def request_review(*, visitor: Visitor, case_id: int, request: str, at: datetime) -> Case:
    """
    Ask for the one review of a decided case.

    :raises NotYours: there is no such case of the subject.
    :raises CaseRefused: the time has run out, or it was reviewed.
    """
    case = _own(visitor, case_id)
    require(visitor, right_to(case.procedure))
    return casework.request_review(
        by=visitor.actor, case_id=case.pk, applicant=_applicant(visitor), request=request, at=at
    )  # fmt: skip


def take_back_request(*, visitor: Visitor, case_id: int, stated: str, at: datetime) -> None:
    """
    Take back what the subject itself asked, before it is decided.

    :raises NotYours: there is no such case of the subject.
    :raises CaseRefused: it is decided, was taken back, or somebody else asked it.
    """
    case = _own(visitor, case_id)
    require(visitor, right_to(case.procedure))
    casework.take_back_request(by=visitor.actor, case_id=case.pk, stated=stated, at=at)


def state(*, visitor: Visitor, record_id: int, statement: str, at: datetime) -> None:
    """
    Let the subject's own words travel with one of its records; empty takes them back.

    :raises CaseRefused: it is too long, or not the subject's record.
    """
    require(visitor, Right.STATE)
    casework.state_on_record(
        by=visitor.actor, subject_id=visitor.subject_id, record_id=record_id, statement=statement, at=at
    )  # fmt: skip


def _verify_day(procedure: ProcedureName, asked: Asked, record_id: int, on: date) -> None:
    if procedure is not ProcedureName.CREDIT_REPAIR:
        return
    rules = catalogue.procedure(name=procedure, on=on)
    found = cases.navigator(record_id=record_id, on=on)
    if found is not None and found.over:
        raise NothingToRepair(found.over)
    opens_on = queries.repair_opens_later(rules=rules, ground=asked.ground, navigator=found, on=on)
    if opens_on is not None:
        raise NotOpenYet(
            f"最短公示期还没有满，自 {opens_on} 起可以申请修复。请到那一天再提出；"
            "现在就要书面答复的，可以到窗口或者写信提出。"
        )


def _verify_first(visitor: Visitor, procedure: ProcedureName, asked: Asked, record_id: int, key: str) -> None:
    """The same form sent twice is the same case; another form that asks the same is refused."""
    under_way = queries.requests_under_way(visitor=visitor, procedure=procedure, record_id=record_id)
    under_way = under_way.exclude(case__idempotency_key=key)
    if procedure is ProcedureName.OBJECTION:
        under_way = under_way.filter(field=asked.field)
    first = under_way.first()
    if first is not None:
        raise AlreadyUnderWay(f"同一事项已经提出，正在办理，编号 {first.case.number}。请在该案中补充材料。")


def _own(visitor: Visitor, case_id: int) -> Case:
    case = cases.case(case_id=case_id)
    if case is None or case.subject_id != visitor.subject_id:
        raise NotYours
    return case


def _applicant(visitor: Visitor) -> Applicant:
    return Applicant(
        party=Party.SUBJECT,
        name=visitor.subject_name,
        contact=visitor.contact,
        handler_name=visitor.handler_name,
    )
