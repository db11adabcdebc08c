"""Objection, review, revocation, stay and complaint, through their operations on the database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from publiccredit.accounts.operations import NotAllowed
from publiccredit.accounts.types import PROGRAM
from publiccredit.casework.models import Case, Decision, Letter
from publiccredit.casework.operations import (
    AlreadyDecided,
    CaseNotFound,
    ReasonsMissing,
    UnableToExtend,
    UnableToOpenCase,
    WrongMoment,
    answer_as_source,
    approve,
    close_case,
    decide,
    declare_relation,
    escalate,
    extend_deadline,
    forward_to_source,
    refuse_repair,
    reject_objection,
    request_papers,
    request_review,
    state_on_record,
    take_case,
)
from publiccredit.casework.types import CaseState, Order, Swept, Verdict
from publiccredit.catalogue.types import Audience, ConditionName, ProcedureName
from publiccredit.ledger.models import Entry
from publiccredit.subjects.models import Record
from tests.flows.cases import (
    APPLICANT,
    AT,
    CLERK,
    FOURTH,
    HEAD,
    LIAISON,
    OFFICE_HEAD,
    OTHER,
    OWNER,
    REASONS,
    SECOND_CLERK,
    THIRD,
    hand_in,
    objection_ready,
    opened,
    repair_ready,
    report_ready,
    settled,
    shown,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]
REPAIR_TIMES = ("display_ended_at", "sharing_ended_at", "measures_lifted_at", "ratings_renewed_at")


def _entries() -> int:
    return Entry.objects.count()


# --- objection ------------------------------------------------------------------------------------------------------


def test_an_objection_marks_its_record_in_the_same_act_and_a_decision_lifts_the_mark(record: Record) -> None:
    before = _entries()
    case = opened(ProcedureName.OBJECTION, record, ground="wrong_or_missing")
    assert _entries() == before + 1
    record.refresh_from_db()
    assert (record.dispute, record.disputed_at, record.entry_id) == ("open", AT, case.entry_id)
    assert shown(record)
    take_case(by=CLERK, case_id=case.pk, at=AT)
    reject_objection(by=CLERK, case_id=case.pk, reasons=REASONS, at=AT)
    record.refresh_from_db()
    assert (record.dispute, record.disputed_at) == ("", None)


def test_a_mark_stays_as_long_as_another_objection_is_open(record: Record) -> None:
    first, second = objection_ready(record), objection_ready(record)
    reject_objection(by=CLERK, case_id=first.pk, reasons=REASONS, at=AT)
    record.refresh_from_db()
    assert record.dispute == "open"
    reject_objection(by=CLERK, case_id=second.pk, reasons=REASONS, at=AT)
    record.refresh_from_db()
    assert record.dispute == ""


def test_what_cannot_be_determined_keeps_a_note(record: Record) -> None:
    case = objection_ready(record)
    settled(case, "undetermined", first=CLERK)
    record.refresh_from_db()
    assert record.dispute == "undetermined"
    assert shown(record)


def test_a_correction_changes_the_field_and_the_terms_that_follow(record: Record) -> None:
    case = objection_ready(record)
    settled(
        case,
        "corrected",
        first=CLERK,
        second=OFFICE_HEAD,
        corrections={"fine_fen": "0.5", "severity": "严重", "violation_kind": "销售未检验产品"},
    )
    record.refresh_from_db()
    assert record.fine_fen == 500_000
    assert record.content["violation_kind"] == "销售未检验产品"
    assert (record.severity, record.severity_rule) == ("serious", "case")
    assert (record.repairable_from, record.disclosed_until) == (date(2027, 5, 20), date(2029, 5, 20))


@pytest.mark.parametrize(
    ("corrections", "message"),
    [
        ({}, "没有写明"),
        ({"nothing": "x"}, "没有字段"),
        ({"document_number": "别号"}, "识别该记录"),
        ({"decided_on": "昨天"}, "应为日期"),
        ({"fine_fen": "-1"}, "万元数"),
        ({"severity": "极重"}, "轻微"),
        ({"served_on": "2026-05-01"}, "早于决定日期"),
    ],
)
def test_a_correction_that_cannot_be_written_is_refused(
    record: Record, corrections: dict[str, str], message: str
) -> None:
    case = objection_ready(record)
    with pytest.raises(Exception, match=message):
        settled(case, "corrected", first=CLERK, corrections=corrections)
    assert Decision.objects.count() == 0


def test_an_upheld_objection_withdraws_with_its_reason(record: Record) -> None:
    case = objection_ready(record, ground="beyond_period")
    settled(case, "publication_stopped", first=CLERK, second=OFFICE_HEAD, public_notice="超过公示期限,停止公示")
    record.refresh_from_db()
    assert (record.state, record.withdrawn_as) == ("withdrawn", "objection_upheld")
    assert record.withdrawal_notice == "超过公示期限,停止公示"
    assert record.dispute == ""
    assert not shown(record, audience=Audience.GOVERNMENT)


@pytest.mark.parametrize(
    "reasons",
    [
        "",
        "不成立",
        "经核实，该信息与决定文书一致，理由是____, 异议不予支持。",
        "经核实，该信息与决定文书一致，理由是，异议不予支持。",
    ],
)
def test_a_decision_gives_reasons_of_its_own(record: Record, reasons: str) -> None:
    case = objection_ready(record)
    template = "经核实，该信息与决定文书一致，理由是，异议不予支持。" if "理由是," in reasons else reasons
    with pytest.raises(ReasonsMissing):
        reject_objection(by=CLERK, case_id=case.pk, reasons=template, at=AT)
    assert Case.objects.get(pk=case.pk).state == CaseState.IN_HAND


def test_the_source_is_asked_and_answers_on_its_own_clock(record: Record) -> None:
    case = objection_ready(record)
    assert (case.total_days, case.due_on) == (3, date(2026, 9, 4))
    case = forward_to_source(by=CLERK, case_id=case.pk, question="请核对文书", at=AT)
    assert (case.due_on, case.source_due_on) == (date(2026, 9, 10), date(2026, 9, 4))
    with pytest.raises(CaseNotFound):
        answer_as_source(by=OTHER, case_id=case.pk, answer="与文书一致", at=AT)
    case = answer_as_source(by=LIAISON, case_id=case.pk, answer="与文书一致", at=AT)
    assert case.state == CaseState.IN_HAND
    with pytest.raises(WrongMoment):
        answer_as_source(by=LIAISON, case_id=case.pk, answer="与文书一致", at=AT)


def test_a_clock_is_extended_once_with_a_reason_and_a_letter(record: Record) -> None:
    case = objection_ready(record)
    with pytest.raises(UnableToExtend, match="理由"):
        extend_deadline(by=CLERK, case_id=case.pk, days=2, reason="", at=AT)
    with pytest.raises(UnableToExtend, match="最多延长 3"):
        extend_deadline(by=CLERK, case_id=case.pk, days=4, reason="须向省级平台核实", at=AT)
    case = extend_deadline(by=CLERK, case_id=case.pk, days=2, reason="须向省级平台核实", at=AT)
    assert case.due_on == date(2026, 9, 8)
    assert "须向省级平台核实" in Letter.objects.get(case=case, kind="extension").text
    with pytest.raises(UnableToExtend, match="一次"):
        extend_deadline(by=CLERK, case_id=case.pk, days=1, reason="须向省级平台核实", at=AT)


def test_the_clock_rests_while_papers_are_awaited(record: Record) -> None:
    case = objection_ready(record)
    request_papers(by=CLERK, case_id=case.pk, asked="处罚决定书复印件", at=AT)
    assert escalate(at=AT + timedelta(days=6)) == Swept(looked_at=1, escalated=0, suspended=0, settled=0)
    hand_in(case, "evidence", at=AT + timedelta(days=2))
    case.refresh_from_db()
    assert (case.state, case.waited_days, case.due_on) == (CaseState.IN_HAND, 2, date(2026, 9, 8))


def test_papers_that_never_come_do_not_stop_a_case(record: Record) -> None:
    case = objection_ready(record)
    request_papers(by=CLERK, case_id=case.pk, asked="处罚决定书复印件", at=AT)
    escalate(at=datetime(2026, 9, 9, 2, tzinfo=UTC))
    case.refresh_from_db()
    assert (case.state, case.waited_days) == (CaseState.IN_HAND, 5)


# --- review and recusal ---------------------------------------------------------------------------------------------


def test_a_decision_is_reviewed_once_by_somebody_else(record: Record) -> None:
    case = objection_ready(record)
    with pytest.raises(UnableToOpenCase, match="尚未作出决定"):
        request_review(by=OWNER, case_id=case.pk, applicant=APPLICANT, request="不服", at=AT)
    reject_objection(by=CLERK, case_id=case.pk, reasons=REASONS, at=AT)
    review = request_review(by=OWNER, case_id=case.pk, applicant=APPLICANT, request="不服", at=AT)
    assert review.reviews_id == case.pk
    take_case(by=SECOND_CLERK, case_id=review.pk, at=AT)
    with pytest.raises(NotAllowed, match="原办理人以外"):
        reject_objection(by=CLERK, case_id=review.pk, reasons=REASONS, at=AT)
    reject_objection(by=SECOND_CLERK, case_id=review.pk, reasons=REASONS, at=AT)
    for decided in (case, review):
        with pytest.raises(UnableToOpenCase, match="复核只有一次"):
            request_review(by=OWNER, case_id=decided.pk, applicant=APPLICANT, request="不服", at=AT)


def test_a_refused_repair_is_granted_on_review_by_two_others(record: Record) -> None:
    case = repair_ready(record)
    refuse_repair(by=HEAD, case_id=case.pk, reasons=REASONS, at=AT, failing=(ConditionName.DUTIES_PERFORMED,))
    review = request_review(by=OWNER, case_id=case.pk, applicant=APPLICANT, request="已经全部缴清", at=AT)
    hand_in(review, "proof_of_performance", "commitment")
    take_case(by=THIRD, case_id=review.pk, at=AT)
    decide(by=THIRD, case_id=review.pk, verdict=Verdict("granted", REASONS), at=AT)
    with pytest.raises(NotAllowed, match="原办理人以外"):
        approve(by=HEAD, case_id=review.pk, at=AT)
    approve(by=FOURTH, case_id=review.pk, at=AT)
    assert not shown(record)


def test_an_officer_with_a_declared_relation_takes_no_part(record: Record) -> None:
    case = opened(ProcedureName.OBJECTION, record, ground="other")
    declare_relation(by=CLERK, subject_id=record.subject_id or 0, relation="配偶为法定代表人", at=AT)
    with pytest.raises(NotAllowed, match="回避"):
        take_case(by=CLERK, case_id=case.pk, at=AT)


def test_a_program_decides_nothing(record: Record) -> None:
    case = objection_ready(record)
    with pytest.raises(NotAllowed):
        reject_objection(by=PROGRAM, case_id=case.pk, reasons=REASONS, at=AT)


# --- revocation, stay, suit -----------------------------------------------------------------------------------------


def test_a_revoked_decision_is_withdrawn_at_once_and_for_good(record: Record) -> None:
    case = report_ready(record, ground="revoked", paper="new_decision")
    settled(case, "withdrawn_revoked", first=LIAISON, public_notice="原处罚决定已被撤销")
    record.refresh_from_db()
    assert (record.state, record.withdrawn_as, record.withdrawn_at) == ("withdrawn", "revoked", AT)
    assert not shown(record)
    with pytest.raises(UnableToOpenCase, match="已经撤回"):
        opened(ProcedureName.OBJECTION, record, ground="other")


def test_a_stay_holds_until_it_is_lifted(record: Record) -> None:
    case = report_ready(record, ground="stayed", paper="stay_order")
    settled(case, "stayed", first=LIAISON, order=Order(number="濉政复〔2026〕3号", begins=date(2026, 9, 1)))
    assert not shown(record)
    assert not shown(record, on=date(2027, 1, 1))
    lift = report_ready(record, ground="stayed", paper="stay_order")
    settled(lift, "stay_lifted", first=LIAISON, second=HEAD)
    assert shown(record)
    assert not shown(record, on=date(2027, 5, 20))


def test_a_pending_suit_is_flagged_and_the_record_stays(record: Record) -> None:
    case = report_ready(record, ground="suit_pending", paper="acceptance_notice")
    settled(case, "suit_flagged", first=LIAISON)
    record.refresh_from_db()
    assert record.suit_flagged_at == AT
    assert shown(record)


# --- the rest -------------------------------------------------------------------------------------------------------


def test_a_complaint_needs_no_record_and_changes_none(record: Record) -> None:
    case = opened(ProcedureName.COMPLAINT, ground="fee")
    take_case(by=CLERK, case_id=case.pk, at=AT)
    settled(case, "upheld", first=CLERK, second=OFFICE_HEAD)
    record.refresh_from_db()
    assert record.entry_id == 0


def test_a_decided_case_is_closed_with_its_delivery_and_then_nothing_more(record: Record) -> None:
    case = objection_ready(record)
    with pytest.raises(WrongMoment):
        close_case(by=CLERK, case_id=case.pk, delivered="网上送达", at=AT)
    reject_objection(by=CLERK, case_id=case.pk, reasons=REASONS, at=AT)
    with pytest.raises(AlreadyDecided):
        reject_objection(by=CLERK, case_id=case.pk, reasons=REASONS, at=AT)
    closed = close_case(by=CLERK, case_id=case.pk, delivered="网上送达", at=AT)
    assert closed.state == CaseState.CLOSED
    with pytest.raises(AlreadyDecided):
        take_case(by=CLERK, case_id=case.pk, at=AT)


def test_pressing_twice_opens_one_case(record: Record) -> None:
    made: list[Any] = [
        opened(ProcedureName.OBJECTION, record, ground="other", idempotency_key="k-1").pk for _ in range(2)
    ]
    assert made[0] == made[1]
    assert Case.objects.count() == 1


def test_the_subjects_words_travel_with_the_record(record: Record) -> None:
    state_on_record(by=OWNER, subject_id=record.subject_id or 0, record_id=record.pk, statement="已整改。", at=AT)
    record.refresh_from_db()
    assert record.statement == "已整改。"
    with pytest.raises(Exception, match="1000"):
        state_on_record(by=OWNER, subject_id=record.subject_id or 0, record_id=record.pk, statement="字" * 1001, at=AT)
