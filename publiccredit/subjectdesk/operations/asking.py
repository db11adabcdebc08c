"""
What a subject does at its desk. Each act is casework's own; here stand whose right it is and whose record or case.

The right is read at the moment of the act, and the database lets the subject reach its own rows only.
"""

from datetime import datetime

from django.db import transaction

from publiccredit.casework import operations as casework
from publiccredit.casework import queries as cases
from publiccredit.casework.queries import Case
from publiccredit.casework.types import Applicant, Asked, Channel, PaperIn
from publiccredit.catalogue.types import Party, ProcedureName
from publiccredit.subjectdesk.rules import DeskRefused, require
from publiccredit.subjectdesk.types import Right, Visitor
from publiccredit.subjects import queries as subjects

RIGHT_OF = {ProcedureName.CREDIT_REPAIR: Right.REPAIR}
"""The right each procedure asks for; objecting covers every other one."""


class NotYours(DeskRefused):
    """There is no such record or case of the subject; whether it is another's nobody can tell."""

    def __init__(self) -> None:
        super().__init__("本单位没有这条记录或者案件。请从本单位的页面中选择。")


def open_case(
    *, visitor: Visitor, procedure: ProcedureName, asked: Asked, papers: tuple[PaperIn, ...], key: str, at: datetime
) -> Case:
    """
    Open a case about the subject's own records, and hand in the papers that came with it: all of them, or nothing.

    :raises NotAllowed: the handler has not been given this right.
    :raises NotYours: a record is not the subject's.
    :raises CaseRefused: casework refuses it; the message says why.
    """
    require(visitor, RIGHT_OF.get(procedure, Right.OBJECT))
    own = subjects.records().filter(pk__in=asked.record_ids, subject_id=visitor.subject_id)
    if own.count() != len(set(asked.record_ids)):
        raise NotYours
    with transaction.atomic():
        case = casework.open_case(
            by=visitor.actor,
            procedure=procedure,
            applicant=_applicant(visitor),
            asked=asked,
            channel=Channel.ONLINE,
            at=at,
            # The key is the form's; with the subject before it no other subject's case can answer to it.
            idempotency_key=f"{visitor.subject_id}:{key}"[:100],
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
    require(visitor, RIGHT_OF.get(ProcedureName(case.procedure), Right.OBJECT))
    casework.hand_in_paper(by=visitor.actor, case_id=case.pk, paper=paper, at=at)


def request_review(*, visitor: Visitor, case_id: int, request: str, at: datetime) -> Case:
    """
    Ask for the one review of a decided case.

    :raises NotYours: there is no such case of the subject.
    :raises CaseRefused: the time has run out, or it was reviewed.
    """
    case = _own(visitor, case_id)
    require(visitor, RIGHT_OF.get(ProcedureName(case.procedure), Right.OBJECT))
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
    require(visitor, RIGHT_OF.get(ProcedureName(case.procedure), Right.OBJECT))
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
