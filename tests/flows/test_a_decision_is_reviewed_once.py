"""The one review of a case: whose it is, and from which day its time runs."""

from datetime import timedelta

import pytest

from publiccredit.accounts.types import Actor
from publiccredit.casework.models import Case
from publiccredit.casework.operations import (
    UnableToOpenCase,
    close_case,
    reject_objection,
    request_review,
    take_case,
)
from publiccredit.casework.queries import review_until
from publiccredit.casework.types import Applicant, Channel
from publiccredit.catalogue.types import Party, ProcedureName
from publiccredit.subjects.models import Record
from tests.flows.cases import (
    APPLICANT,
    AT,
    CLERK,
    HEAD,
    LIAISON,
    OWNER,
    REASONS,
    hand_in,
    objection_ready,
    opened,
    repaired,
    settled,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]

READER = Actor(name="reader", role=None)
A_READER = Applicant(Party.READER, "读者")


def _rejected(record: Record) -> Case:
    case = objection_ready(record)
    reject_objection(by=CLERK, case_id=case.pk, reasons=REASONS, at=AT)
    return case


def _review(case: Case, *, by: Actor = OWNER, applicant: Applicant = APPLICANT, at=AT) -> Case:
    return request_review(by=by, case_id=case.pk, applicant=applicant, request="不服", at=at)


def test_the_time_for_a_review_runs_from_the_delivery_and_not_from_the_decision(record: Record) -> None:
    case = _rejected(record)
    delivered = AT + timedelta(days=40)
    close_case(by=CLERK, case_id=case.pk, delivered="邮寄，单号 1", at=delivered)
    case.refresh_from_db()
    last = review_until(case=case)
    assert last is not None
    assert _review(case, at=AT + (last - case.opened_on)).reviews_id == case.pk


def test_after_fifteen_working_days_from_the_delivery_there_is_no_review(record: Record) -> None:
    case = _rejected(record)
    close_case(by=CLERK, case_id=case.pk, delivered="窗口当面送达", at=AT)
    case.refresh_from_db()
    last = review_until(case=case)
    assert last is not None
    with pytest.raises(UnableToOpenCase, match=f"已于 {last} 届满"):
        _review(case, at=AT + (last - case.opened_on) + timedelta(days=1))


def test_what_was_not_delivered_can_be_reviewed_however_late(record: Record) -> None:
    assert _review(_rejected(record), at=AT + timedelta(days=300)).number


def test_a_reader_uses_up_no_subjects_review(record: Record) -> None:
    case = _rejected(record)
    with pytest.raises(UnableToOpenCase, match="由信用信息主体申请"):
        _review(case, by=READER, applicant=A_READER)
    assert _review(case)


def test_a_subject_uses_up_no_readers_review(record: Record) -> None:
    case = opened(ProcedureName.OBJECTION, record, ground="other", by=READER, applicant=A_READER)
    take_case(by=CLERK, case_id=case.pk, at=AT)
    reject_objection(by=CLERK, case_id=case.pk, reasons=REASONS, at=AT)
    with pytest.raises(UnableToOpenCase, match="由提出的读者申请"):
        _review(case)
    assert _review(case, by=READER, applicant=A_READER)


def test_the_subject_has_the_review_of_what_a_body_reported_against_it(record: Record) -> None:
    repaired(record)
    body = Applicant(Party.OFFICE, "县信用办")
    case = opened(
        ProcedureName.RE_VERIFICATION,
        record,
        ground="false_papers",
        by=CLERK,
        applicant=body,
        channel=Channel.COUNTER,
    )
    hand_in(case, "finding", by=LIAISON)
    take_case(by=LIAISON, case_id=case.pk, at=AT)
    settled(case, "repair_undone", first=LIAISON, second=HEAD)
    with pytest.raises(UnableToOpenCase, match="由信用信息主体申请"):
        _review(case, by=CLERK, applicant=body)
    assert _review(case).reviews_id == case.pk
