"""The one review of a case: whose it is, and from which day its time runs."""

from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from publiccredit.accounts.models import Officer
from publiccredit.accounts.operations import NotAllowed, acting
from publiccredit.accounts.types import Actor
from publiccredit.casework.desk import steps_open
from publiccredit.casework.models import Case, CaseStep
from publiccredit.casework.operations import (
    UnableToOpenCase,
    WrongOutcome,
    approve,
    close_case,
    decide,
    extend_deadline,
    forward_to_source,
    reject_objection,
    request_papers,
    request_review,
    return_proposal,
    take_back_request,
    take_case,
)
from publiccredit.casework.queries import review_until
from publiccredit.casework.rules import outcomes_of, procedure_of
from publiccredit.casework.types import Applicant, Channel, Verdict
from publiccredit.catalogue.types import Party, ProcedureName, StepName
from publiccredit.ledger.models import Entry
from publiccredit.oversight.violations import check_rules
from publiccredit.recipients.models import Notice
from publiccredit.subjects.models import Record
from tests.flows.cases import (
    APPLICANT,
    AT,
    CLERK,
    FOURTH,
    HEAD,
    LIAISON,
    OFFICE_HEAD,
    OWNER,
    PUBLIC_WORDS,
    REASONS,
    SECOND_CLERK,
    SECOND_OFFICE_HEAD,
    THIRD,
    hand_in,
    objection_ready,
    opened,
    repaired,
    settled,
    shown,
)
from tests.flows.officers import PDF, browser_page_after, read, send
from tests.flows.recipients import given, registered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers", "an_hour_later")]

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


def _corrected_by_two(record: Record) -> Case:
    case = objection_ready(record)
    settled(case, "corrected", first=CLERK, second=OFFICE_HEAD, corrections={"violation_facts": "标签不符合规定"})
    return case


@pytest.mark.parametrize("by", [CLERK, OFFICE_HEAD], ids=["who proposed", "who approved"])
def test_whoever_had_a_hand_in_the_decision_takes_no_review_of_it(record: Record, by: Actor) -> None:
    review = _review(_corrected_by_two(record))
    entries = Entry.objects.count()
    with pytest.raises(NotAllowed) as refused:
        take_case(by=by, case_id=review.pk, at=AT)
    assert "second-clerk（信用办经办人）、second-office-head（信用办负责人）" in str(refused.value)
    assert CLERK.name not in str(refused.value).replace(SECOND_CLERK.name, "")
    assert (Case.objects.get(pk=review.pk).state, Entry.objects.count()) == ("opened", entries)
    assert take_case(by=SECOND_CLERK, case_id=review.pk, at=AT).owner == SECOND_CLERK.name


@pytest.mark.parametrize("by", [CLERK, OFFICE_HEAD], ids=["who proposed", "who approved"])
def test_whoever_had_a_hand_in_the_decision_ends_and_delays_no_review_of_it(record: Record, by: Actor) -> None:
    review = _review(_corrected_by_two(record))
    take_case(by=SECOND_CLERK, case_id=review.pk, at=AT)
    assert steps_open(case=Case.objects.get(pk=review.pk), actor=by, on=AT.date()) == {StepName.HAND_IN_PAPER}
    page = read(by, f"/cases/{review.pk}/")
    assert not any(f'id="form-{step}"' in page for step in ("take_back", "extend", "request_papers", "forward"))
    entries = Entry.objects.count()
    for refused in (
        lambda: take_back_request(by=by, case_id=review.pk, stated="来函，存卷", at=AT),
        lambda: extend_deadline(by=by, case_id=review.pk, days=1, reason="须向省平台核实", at=AT),
        lambda: request_papers(by=by, case_id=review.pk, asked="决定书", at=AT),
        lambda: forward_to_source(by=by, case_id=review.pk, question="请核对", at=AT),
    ):
        with pytest.raises(NotAllowed, match="您拟办或者审核过原决定，不能办理。可以办理的有：second-clerk"):
            refused()
    assert (Case.objects.get(pk=review.pk).state, Entry.objects.count()) == ("in_hand", entries)
    hand_in(review, "evidence", by=by)
    take_back_request(by=SECOND_CLERK, case_id=review.pk, stated="来函，存卷", at=AT)


@pytest.mark.parametrize("step", ["take", "request_papers", "forward", "extend", "take_back"])
def test_the_database_writes_no_such_step_either(record: Record, step: str) -> None:
    review = _review(_corrected_by_two(record))
    written = {"step": step, "party": "office", "at": AT, "text": "来函", "entry_id": 1}
    for by in (CLERK, OFFICE_HEAD):
        with acting(actor=by), pytest.raises(DatabaseError, match="others take this step"), transaction.atomic():
            CaseStep.objects.create(case=review, by=by.name, **written)
    with acting(actor=SECOND_CLERK):
        CaseStep.objects.create(case=review, by=SECOND_CLERK.name, **written)


def test_an_office_of_two_is_told_how_a_third_comes_in(record: Record) -> None:
    Officer.objects.filter(username__in=[SECOND_CLERK.name, SECOND_OFFICE_HEAD.name]).update(is_active=False)
    review = _review(_corrected_by_two(record))
    with pytest.raises(
        NotAllowed, match="请系统管理员为本单位的另一位工作人员开设“信用办经办人”或者“信用办负责人”账号"
    ):
        take_case(by=CLERK, case_id=review.pk, at=AT)
    assert "本单位没有可以办理复核的人员" in read(CLERK, "/cases/")
    for actor in (CLERK, OFFICE_HEAD, LIAISON):
        assert "现在没有可以办理复核的人员" in read(actor, f"/cases/{review.pk}/")


def test_a_reviewer_alone_is_told_that_what_takes_two_lacks_a_second(record: Record) -> None:
    Officer.objects.filter(username=SECOND_OFFICE_HEAD.name).update(is_active=False)
    review = _review(_corrected_by_two(record))
    assert "还缺一位可以拟办或者审核的人员" in read(CLERK, f"/cases/{review.pk}/")
    assert "本单位没有可以办理复核的人员" not in read(CLERK, "/cases/")
    assert "已受理，由您承办。" in browser_page_after(SECOND_CLERK, review, "take")


def test_nothing_is_proposed_in_a_review_that_only_a_first_decider_could_approve(record: Record) -> None:
    review = _review(_corrected_by_two(record))
    Officer.objects.filter(username=SECOND_OFFICE_HEAD.name).update(is_active=False)
    take_case(by=SECOND_CLERK, case_id=review.pk, at=AT)
    with pytest.raises(NotAllowed, match="现在没有可以审核的负责人"):
        stop = Verdict("publication_stopped", REASONS, PUBLIC_WORDS)
        decide(by=SECOND_CLERK, case_id=review.pk, verdict=stop, at=AT)
    assert Case.objects.get(pk=review.pk).state == "in_hand"


def test_the_first_decider_sends_no_review_back(record: Record) -> None:
    case = objection_ready(record)
    reject_objection(by=OFFICE_HEAD, case_id=case.pk, reasons=REASONS, at=AT)
    review = _review(case)
    take_case(by=SECOND_CLERK, case_id=review.pk, at=AT)
    stop = Verdict("publication_stopped", REASONS, PUBLIC_WORDS)
    decide(by=SECOND_CLERK, case_id=review.pk, verdict=stop, at=AT)
    with pytest.raises(NotAllowed, match="您拟办或者审核过原决定"):
        return_proposal(by=OFFICE_HEAD, case_id=review.pk, because="原决定没有错", at=AT)
    approve(by=SECOND_OFFICE_HEAD, case_id=review.pk, at=AT)
    assert not shown(record)


def test_a_review_taken_down_at_the_counter_says_how_and_when_it_came(record: Record) -> None:
    case = _rejected(record)
    page = read(CLERK, f"/cases/{case.pk}/").split('id="form-request_review"')[1].split("</form>")[0]
    assert all(f'name="{name}"' in page for name in ("request", "channel", "received_on", "handler_name"))
    early = (AT - timedelta(days=1)).date()
    refused = send(CLERK, case, "request_review", request="不服", channel="post", received_on=early)
    assert refused.status_code == 422
    assert f"收件日期 {early} 早于原决定作出之日 2026-09-01" in refused.content.decode()
    later = AT + timedelta(days=3)
    with patch("django.utils.timezone.now", return_value=later):
        by_proxy = send(CLERK, case, "request_review", request="不服", channel="proxy", received_on=later.date())
        assert "委托他人办理的，请提交授权委托书。" in by_proxy.content.decode()
        sent = send(CLERK, case, "request_review", request="不服", channel="post", received_on="2026-09-02")
    assert sent.status_code == 302
    review = Case.objects.get(reviews=case)
    assert (review.channel, review.opened_on, review.due_on) == ("post", date(2026, 9, 2), date(2026, 9, 7))
    receipt = review.letters.get(kind="receipt")
    assert receipt.addressed_to == "濉溪县示例建材有限公司"
    assert "已于2026年9月2日收到" in receipt.text


def test_a_review_through_a_proxy_keeps_its_authorisation(record: Record) -> None:
    case = _rejected(record)
    signed = SimpleUploadedFile("授权.pdf", PDF)
    fields = {"request": "不服", "channel": "proxy", "received_on": AT.date(), "handler_name": "李四"}
    assert send(CLERK, case, "request_review", **fields, authorisation=signed).status_code == 302
    review = Case.objects.get(reviews=case)
    assert (review.channel, review.handler_name) == ("proxy", "李四")
    assert [p.kind for p in review.papers.all()] == ["authorisation"]
    assert review.handler_authorisation_sha256 == review.papers.get().sha256


def test_a_review_asked_at_the_subjects_desk_came_online(record: Record) -> None:
    assert _review(_rejected(record)).channel == "online"


def _repair_undone(record: Record) -> Case:
    repaired(record)
    applicant = Applicant(Party.SOURCE, "濉溪县市场监督管理局")
    case = opened(
        ProcedureName.RE_VERIFICATION, record, ground="false_papers", by=LIAISON, applicant=applicant,
        channel=Channel.COUNTER,
    )  # fmt: skip
    hand_in(case, "finding", by=LIAISON)
    take_case(by=LIAISON, case_id=case.pk, at=AT)
    assert [o.name for o in outcomes_of(case=case, rules=procedure_of(case=case))] == ["repair_undone", "confirmed"]
    settled(case, "repair_undone", first=LIAISON, second=HEAD)
    assert shown(record)
    return case


def test_the_review_of_an_undone_repair_can_restore_it(record: Record) -> None:
    """To find the papers true would otherwise change nothing: the record would stay on display all the same."""
    review = _review(_repair_undone(record))
    take_case(by=THIRD, case_id=review.pk, at=AT)
    offered = [o.name for o in outcomes_of(case=review, rules=procedure_of(case=review))]
    assert offered == ["repair_undone", "repair_restored"]
    hand_in(review, "finding", by=THIRD)
    decide(by=THIRD, case_id=review.pk, verdict=Verdict("repair_restored", REASONS), at=AT)
    assert shown(record), "it takes a second person"
    approve(by=FOURTH, case_id=review.pk, at=AT)
    assert not shown(record)
    record.refresh_from_db()
    assert record.display_ended_at == record.ratings_renewed_at == AT
    letter = review.letters.get(kind="decision")
    assert (letter.addressed_to, "处理结果：恢复修复。" in letter.text) == ("濉溪县示例建材有限公司", True)
    assert check_rules().total == 0


def test_the_review_of_an_undone_repair_can_leave_it_at_that(record: Record) -> None:
    review = _review(_repair_undone(record))
    take_case(by=THIRD, case_id=review.pk, at=AT)
    hand_in(review, "finding", by=THIRD)
    with pytest.raises(WrongOutcome, match="repair_restored（恢复修复）"):
        decide(by=THIRD, case_id=review.pk, verdict=Verdict("confirmed", REASONS), at=AT)
    settled(review, "repair_undone", first=THIRD, second=FOURTH)
    assert shown(record)


def test_the_review_of_an_undone_repair_touches_no_repair_granted_since(record: Record) -> None:
    """The second one stands on papers of its own, which nobody has found to be false."""
    review = _review(_repair_undone(record))
    take_case(by=THIRD, case_id=review.pk, at=AT)
    hand_in(review, "finding", by=THIRD)
    repaired(record, at=AT + timedelta(hours=1))
    assert not shown(record)
    holder = registered(1)
    given(holder, record)
    settled(review, "repair_undone", first=THIRD, second=FOURTH, at=AT + timedelta(hours=2))
    record.refresh_from_db()
    assert not shown(record) and record.display_ended_at == AT + timedelta(hours=1)
    assert not Notice.objects.exists()
    assert check_rules().total == 0
