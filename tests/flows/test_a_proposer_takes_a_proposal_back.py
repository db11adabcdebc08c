"""Who proposed a decision takes it back before a head has decided on it; nobody else does, and nothing unread is approved."""

import json
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from publiccredit.accounts.operations import NotAllowed, act_as
from publiccredit.accounts.types import PROGRAM, Actor
from publiccredit.casework.models import Case, Decision
from publiccredit.casework.operations import (
    AlreadyDecided,
    CaseNotFound,
    CaseRefused,
    ReasonsMissing,
    WrongMoment,
    approve,
    decide,
    declare_relation,
    return_proposal,
    take_back_proposal,
)
from publiccredit.casework.types import CaseState, Verdict
from publiccredit.casework.working import rows_of
from publiccredit.ledger.models import Entry
from publiccredit.site.commands.case_words import steps_of
from publiccredit.subjects.models import Record, Subject
from tests.factories import stored_record, stored_subject
from tests.flows.cases import (
    AT,
    CLERK,
    FOURTH,
    HEAD,
    LIAISON,
    OTHER,
    OWNER,
    REASONS,
    THIRD,
    people,
    repair_ready,
    shown,
)
from tests.flows.desks import at_the_desk
from tests.flows.officers import TODAY, browser, browser_page_after, read, send, state

BECAUSE = "缴款书的金额还要再核对"
FORM = 'id="form-take_back_proposal"'
AT_ONCE = 8


def _proposed(record: Record, *, by: Actor = LIAISON, reasons: str = REASONS) -> Case:
    case = repair_ready(record)
    decide(by=by, case_id=case.pk, verdict=Verdict("granted", reasons), at=AT)
    case.refresh_from_db()
    return case


@pytest.mark.django_db
@pytest.mark.usefixtures("officers", "an_hour_later")
class TestOneByOne:
    def test_the_proposer_takes_it_back_on_the_page_and_proposes_anew(self, record: Record) -> None:
        case = _proposed(record)
        assert FORM in read(LIAISON, f"/cases/{case.pk}/")
        page = browser_page_after(LIAISON, case, "take_back_proposal", because=BECAUSE)
        assert "已撤回拟办意见，改好后可以重新提交。" in page and FORM not in page
        assert f"撤回自己的拟办意见：{BECAUSE}" in page
        assert REASONS in page, "what was written stands in the form again"
        made = Decision.objects.get()
        assert (made.state, made.returned_because, state(case)) == ("taken_back", BECAUSE, CaseState.IN_HAND)
        listed = read(LIAISON, "/cases/?queue=mine")
        assert case.number in listed and "拟办人撤回" in listed
        entry = Entry.objects.get(operation="take_back_proposal")
        assert (entry.object_kind, entry.object_id, entry.actor) == ("case", str(case.pk), LIAISON.name)
        assert json.loads(entry.payload)["outcome"] == "granted"
        decide(by=LIAISON, case_id=case.pk, verdict=Verdict("granted", REASONS), at=AT)
        assert "拟办人撤回的理由" in read(HEAD, f"/cases/{case.pk}/")
        approve(by=HEAD, case_id=case.pk, at=AT)
        assert (state(case), shown(record)) == (CaseState.DECIDED, False)

    def test_the_course_says_it_to_officers_with_the_reason_and_to_others_without(
        self, record: Record, subject: Subject, client: Client
    ) -> None:
        case = _proposed(record)
        take_back_proposal(by=LIAISON, case_id=case.pk, because=BECAUSE, at=AT)
        assert f"撤回自己的处理意见：{BECAUSE}" in read(HEAD, f"/cases/{case.pk}/")
        at_the_desk(subject, client)
        for address in (f"/mine/cases/{case.pk}/", "/mine/copy/", "/mine/copy.json"):
            page = client.get(address).content.decode()
            assert "撤回自己的处理意见。" in page and BECAUSE not in page, address

    @pytest.mark.parametrize("by", [THIRD, HEAD, FOURTH], ids=lambda a: a.name)
    def test_no_colleague_and_no_head_takes_it_back(self, record: Record, by: Actor) -> None:
        case = _proposed(record)
        with pytest.raises(NotAllowed, match="只由拟办人本人撤回"):
            take_back_proposal(by=by, case_id=case.pk, because=BECAUSE, at=AT)
        assert FORM not in read(by, f"/cases/{case.pk}/")
        assert send(by, case, "take_back_proposal", because=BECAUSE).status_code == 302
        assert state(case) == CaseState.PROPOSED
        assert not Entry.objects.filter(operation="take_back_proposal").exists()

    @pytest.mark.parametrize(("by", "refusal"), [(CLERK, NotAllowed), (OWNER, NotAllowed), (OTHER, CaseNotFound)])
    def test_nor_does_anybody_of_another_body(self, record: Record, by: Actor, refusal: type[Exception]) -> None:
        case = _proposed(record)
        with pytest.raises(refusal):
            take_back_proposal(by=by, case_id=case.pk, because=BECAUSE, at=AT)
        assert state(case) == CaseState.PROPOSED

    def test_a_head_who_proposed_takes_it_back_too_and_does_not_approve_it(self, record: Record) -> None:
        case = _proposed(record, by=HEAD)
        commands = {step["command"] for step in steps_of(case, by=HEAD, on=TODAY)}
        assert "take-back-proposal" in commands and not commands & {"approve", "return", "decide"}
        take_back_proposal(by=HEAD, case_id=case.pk, because=BECAUSE, at=AT)
        (row,) = rows_of([Case.objects.get(pk=case.pk)], on=TODAY, actor=HEAD)
        assert (row.returned.title, BECAUSE in row.returned.words) == ("拟办人撤回", True)

    def test_it_says_why(self, record: Record) -> None:
        case = _proposed(record)
        with pytest.raises(ReasonsMissing, match="撤回的理由"):
            take_back_proposal(by=LIAISON, case_id=case.pk, because="  错 ", at=AT)
        answer = send(LIAISON, case, "take_back_proposal", because=" ")
        assert (answer.status_code, "请写明撤回的理由。" in answer.content.decode()) == (422, True)
        assert state(case) == CaseState.PROPOSED

    def test_what_was_approved_or_sent_back_is_taken_back_no_more(self, record: Record) -> None:
        other = stored_record(subject=record.subject, number=2)
        approved, returned = _proposed(record), _proposed(other)
        approve(by=HEAD, case_id=approved.pk, at=AT)
        return_proposal(by=HEAD, case_id=returned.pk, because="缺少银行回单", at=AT)
        for case, refusal in ((approved, AlreadyDecided), (returned, WrongMoment)):
            before = state(case)
            with pytest.raises(refusal):
                take_back_proposal(by=LIAISON, case_id=case.pk, because=BECAUSE, at=AT)
            page = browser_page_after(LIAISON, case, "take_back_proposal", because=BECAUSE)
            assert "这一步现在不能办理" in page and state(case) == before

    def test_who_declared_a_relation_since_leaves_it_to_the_head(self, record: Record) -> None:
        case = _proposed(record)
        declare_relation(by=LIAISON, subject_id=record.subject_id or 0, relation="配偶", at=AT)
        with pytest.raises(NotAllowed):
            take_back_proposal(by=LIAISON, case_id=case.pk, because=BECAUSE, at=AT)
        assert steps_of(case, by=LIAISON, on=TODAY) == []

    def test_a_head_approves_and_returns_what_stood_on_the_page_and_nothing_made_since(self, record: Record) -> None:
        case, client = _proposed(record), browser(HEAD)
        first = Decision.objects.get()
        assert f'name="proposal" value="{first.pk}"' in client.get(f"/cases/{case.pk}/").content.decode()
        take_back_proposal(by=LIAISON, case_id=case.pk, because=BECAUSE, at=AT)
        decide(by=LIAISON, case_id=case.pk, verdict=Verdict("granted", f"{REASONS}又核对了回单。"), at=AT)
        for step in ({"step": "approve"}, {"step": "return", "because": "缺少银行回单"}):
            answer = client.post(f"/cases/{case.pk}/", {"proposal": str(first.pk), **step})
            page = answer.content.decode()
            assert (answer.status_code, "您看过的拟办意见已经撤回或者退回" in page) == (422, True)
            assert "又核对了回单" in page and state(case) == CaseState.PROPOSED
        now = Decision.objects.latest("pk")
        client.post(f"/cases/{case.pk}/", {"proposal": str(now.pk), "step": "approve"})
        assert state(case) == CaseState.DECIDED


@pytest.mark.usefixtures("fresh_database")
def test_of_taking_back_and_approving_at_once_exactly_one_wins_and_the_other_is_told() -> None:
    act_as(actor=PROGRAM)
    people()
    subject = stored_subject()
    cases = [_proposed(stored_record(subject=subject, number=n)) for n in range(AT_ONCE)]
    done: dict[int, list[str]] = {case.pk: [] for case in cases}
    told: dict[int, list[Exception]] = {case.pk: [] for case in cases}
    barrier = threading.Barrier(2)

    def each(by: Actor) -> None:
        act_as(actor=PROGRAM)
        try:
            for case in cases:
                barrier.wait()
                try:
                    if by is LIAISON:
                        take_back_proposal(by=by, case_id=case.pk, because=BECAUSE, at=AT + timedelta(hours=1))
                    else:
                        approve(by=by, case_id=case.pk, at=AT + timedelta(hours=1))
                    done[case.pk].append("taken_back" if by is LIAISON else "effective")
                except CaseRefused as refusal:
                    told[case.pk].append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=each, args=(by,)) for by in (LIAISON, HEAD)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for case in cases:
        (won,), (refusal,) = done[case.pk], told[case.pk]
        assert Decision.objects.get(case=case).state == won
        assert state(case) == (CaseState.DECIDED if won == "effective" else CaseState.IN_HAND)
        assert isinstance(refusal, AlreadyDecided if won == "effective" else WrongMoment)
        operation = "approve_decision" if won == "effective" else "take_back_proposal"
        entries = Entry.objects.filter(object_kind="case", object_id=case.pk, operation__in=[
            "approve_decision", "take_back_proposal",
        ])  # fmt: skip
        assert list(entries.values_list("operation", flat=True)) == [operation]
