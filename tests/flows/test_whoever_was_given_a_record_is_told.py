"""Whoever was given a record is told once when it changes, confirms, or is called upon by a person."""

import itertools
import json
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import croniter
import pytest
from django.db import connection

from publiccredit.casework import operations as casework
from publiccredit.casework.telling import MARKS, TOLD_AS
from publiccredit.casework.types import Applicant, Verdict
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Effect, Party, ProcedureName, WithdrawalReason
from publiccredit.ledger.models import Entry
from publiccredit.recipients import signing, tasks
from publiccredit.recipients.models import DeliveryAttempt, Notice, Recipient
from publiccredit.recipients.operations import close_recipient, deliver_due, tell
from publiccredit.recipients.operations.waiting import ATTEMPTS_AT_MOST, wait_after
from publiccredit.recipients.types import Answer, Cause, Delivered, NoticeKind, NoticeState, Outgoing
from publiccredit.subjects.models import Record
from tests.factories import penalty_row, stored_record
from tests.flows.cases import (
    AT,
    CLERK,
    HEAD,
    LIAISON,
    OFFICE_HEAD,
    PUBLIC_WORDS,
    REASONS,
    hand_in,
    objection_ready,
    opened,
    report_ready,
)
from tests.flows.cases import repaired as repair
from tests.flows.filing import send
from tests.flows.recipients import given, listening, registered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]


def _withdraw(record: Record) -> None:
    case = report_ready(record, ground="revoked", paper="new_decision")
    casework.withdraw_record(
        by=LIAISON,
        case_id=case.pk,
        because=WithdrawalReason.REVOKED,
        reasons=REASONS,
        public_notice=PUBLIC_WORDS,
        at=AT,
    )


def _states() -> Counter[str]:
    return Counter(Notice.objects.values_list("state", flat=True))


def test_of_fifty_recipients_47_confirm_3_go_to_a_person_and_none_is_told_twice(record: Record) -> None:
    chance = random.Random(20261123)
    with listening() as programs:
        dead = {f"r{n}" for n in (7, 23, 41)}
        for n in range(50):
            name = f"r{n}"
            url = "http://127.0.0.1:9/nobody" if name in dead else programs.address(name)
            recipient = registered(n, callback_url=url)
            programs.learn(name, recipient)
            given(recipient, record)
            given(recipient, record)  # twice given, once told
        # Half of the failures come before the recipient took the notice, half after: the answer is lost on its way.
        programs.fails = lambda name, call: "" if chance.random() >= 0.3 else chance.choice(["refuse", "drop"])
        _withdraw(record)
        assert _states() == {"waiting": 50}
        clock = AT
        rounds = 0
        while _states()["waiting"]:
            deliver_due(now=lambda at=clock: at, chance=chance.random)
            clock += timedelta(minutes=10)
            rounds += 1
            assert rounds < 1000
    assert _states() == {"confirmed": 47, "escalated": 3}
    assert set(Notice.objects.filter(state="escalated").values_list("attempts", flat=True)) == {ATTEMPTS_AT_MOST}
    assert programs.forged == []
    assert len(programs.taken) == 47
    assert all(len(deliveries) == 1 for deliveries in programs.taken.values())
    assert sum(programs.calls.values()) > 47  # some were called again, under the same number
    assert Entry.objects.filter(operation="confirm_notice").count() == 47
    assert Entry.objects.filter(operation="escalate_notice").count() == 3
    assert deliver_due(now=lambda: clock + timedelta(days=30)) == Delivered()


def test_the_first_call_is_made_within_sixty_seconds_of_the_withdrawal(record: Record) -> None:
    given(registered(callback_url="http://127.0.0.1:9/"), record)
    _withdraw(record)
    called: list[datetime] = []
    ticks = croniter.croniter(tasks.TICK, AT, second_at_beginning=False)
    tick = AT
    while not called:
        tick = ticks.get_next(datetime)

        def send(outgoing: Outgoing, at: datetime = tick) -> Answer:
            called.append(at)
            return Answer(status=200)

        deliver_due(now=lambda at=tick: at, send=send)
    assert called[0] - AT <= timedelta(seconds=60)
    assert {(b - a).total_seconds() for a, b in _pairs(tasks.TICK)} == {15}


def _pairs(cron: str) -> list[tuple[datetime, datetime]]:
    ticks = croniter.croniter(cron, datetime(2026, 11, 23, 23, 59, tzinfo=UTC))
    moments = [ticks.get_next(datetime) for _ in range(20)]
    return list(itertools.pairwise(moments))


def test_a_withdrawal_tells_what_happened_and_nothing_of_what_the_record_said(record: Record) -> None:
    given(registered(), record)
    _withdraw(record)
    notice = Notice.objects.get()
    said = json.loads(notice.body)
    assert said["type"] == "withdrawn"
    assert said["record_id"] == record.pk
    assert said["reason"] == PUBLIC_WORDS
    assert said["authority"] == "濉溪县市场监督管理局"
    assert said["case_number"] == notice.case_number != ""
    assert "张三" not in notice.body and "水泥" not in notice.body
    key = signing.key_of(recipient_id=notice.recipient_id, key_number=1)
    assert notice.signature == signing.signature(
        key=key, delivery_id=str(notice.delivery_id), timestamp=int(AT.timestamp()), body=notice.body.encode()
    )


def test_a_repair_and_a_correction_tell_their_kind(record: Record) -> None:
    other = stored_record(subject=record.subject, number=2)
    recipient = registered()
    for one in (record, other):
        given(recipient, one)
    repair(record)
    case = objection_ready(other)
    verdict = Verdict("corrected", REASONS, corrections={"severity": "严重"})
    casework.decide(by=CLERK, case_id=case.pk, verdict=verdict, at=AT)
    assert not Notice.objects.filter(record=other).exists()  # a proposal tells nobody
    casework.approve(by=OFFICE_HEAD, case_id=case.pk, at=AT)
    assert dict(Notice.objects.values_list("record_id", "kind")) == {record.pk: "repaired", other.pk: "corrected"}


def test_nobody_is_told_of_what_they_were_never_given(record: Record) -> None:
    given(registered(), stored_record(subject=record.subject, number=2))
    _withdraw(record)
    assert not Notice.objects.exists()


def test_a_dispute_is_told_of_only_where_the_rules_ask_for_it(record: Record) -> None:
    given(registered(), record)
    opened(ProcedureName.OBJECTION, record, ground="other")
    assert not Notice.objects.exists()
    packs = catalogue.packs()
    rules = catalogue.procedure(name=ProcedureName.OBJECTION, on=AT.date())
    asking = rules.model_copy(
        update={"tell_recipients_of_dispute": rules.suspend_display_when_overdue.model_copy(update={"enabled": True})}
    )
    changed = replace(packs, procedures=tuple(asking if p == rules else p for p in packs.procedures))
    opened(ProcedureName.OBJECTION, record, ground="wrong_or_missing", packs=changed)
    assert list(Notice.objects.values_list("kind", flat=True)) == ["disputed"]


def test_every_effect_that_reaches_a_holder_has_its_kind_of_notice() -> None:
    assert set(TOLD_AS) == set(Effect), "name in casework/telling.py what a holder is told of the new effect"
    assert {kind for kind in TOLD_AS.values() if kind in MARKS} == MARKS - {"disputed"}


def test_a_department_that_files_its_record_again_with_another_content_tells_the_holders() -> None:
    send([penalty_row(1), penalty_row(2)])
    first = Record.objects.order_by("pk")[0]
    given(registered(), first)
    send([penalty_row(1), penalty_row(2)], later=60)
    assert not Notice.objects.exists()
    send([penalty_row(1, penalty_content="罚款 11,000 元", fine_fen="1.1"), penalty_row(2)], later=120)
    assert [(n.record_id, n.kind) for n in Notice.objects.all()] == [(first.pk, "corrected")]
    assert '"notices":1' in Entry.objects.filter(operation="file_submission").latest("position").payload


def test_a_call_without_a_receipt_waits_for_the_confirmation_and_then_goes_to_a_person(record: Record) -> None:
    given(registered(callback_url="http://127.0.0.1:9/"), record)
    _withdraw(record)
    assert deliver_due(now=lambda: AT, send=lambda o: Answer(200)) == Delivered(sent=1, unconfirmed=1)
    assert deliver_due(now=lambda: AT + timedelta(days=2), send=lambda o: Answer(200)) == Delivered()
    assert deliver_due(now=lambda: AT + timedelta(days=3), send=lambda o: Answer(200)) == Delivered(escalated=1)
    assert Notice.objects.get().escalated_because == "3 天内没有确认"
    assert DeliveryAttempt.objects.count() == 1


@pytest.mark.parametrize("receipt", ["v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "ok", "ö", "v1," + "A" * 190])
def test_a_receipt_that_the_recipient_did_not_sign_confirms_nothing(record: Record, receipt: str) -> None:
    given(registered(callback_url="http://127.0.0.1:9/"), record)
    _withdraw(record)
    deliver_due(now=lambda: AT, send=lambda o: Answer(200, receipt))
    assert Notice.objects.get().state == NoticeState.UNCONFIRMED


def test_a_call_whose_worker_died_is_made_again_under_the_same_number(record: Record) -> None:
    given(registered(callback_url="http://127.0.0.1:9/"), record)
    _withdraw(record)
    numbers: list[str] = []

    def dies(outgoing: Outgoing) -> Answer:
        numbers.append(outgoing.headers["webhook-id"])
        raise SystemExit

    with pytest.raises(SystemExit):
        deliver_due(now=lambda: AT, send=dies)
    assert deliver_due(now=lambda: AT + timedelta(minutes=4), send=dies) == Delivered()  # the claim still stands
    done = deliver_due(
        now=lambda: AT + timedelta(minutes=5),
        send=lambda o: numbers.append(o.headers["webhook-id"]) or Answer(200, ""),  # type: ignore[func-returns-value]
    )
    assert done == Delivered(sent=1, unconfirmed=1)
    assert len(numbers) == 2 and len(set(numbers)) == 1


def test_the_pauses_double_are_spread_and_bounded() -> None:
    assert [wait_after(attempts=n, chance=0.5).total_seconds() for n in (1, 2, 3, 10)] == [30, 60, 120, 15360]
    assert wait_after(attempts=1, chance=0.0) == timedelta(seconds=15)
    assert wait_after(attempts=30, chance=0.5) == timedelta(hours=6)


def test_a_recipient_that_was_closed_is_told_all_the_same(record: Record) -> None:
    recipient = registered()
    given(recipient, record)
    close_recipient(by=CLERK, recipient_id=recipient.pk, at=AT)
    assert Recipient.objects.get().closed_at == AT
    _withdraw(record)
    assert Notice.objects.count() == 1


def test_a_repair_undone_is_told_too(record: Record) -> None:
    given(registered(), record)
    repair(record)
    case = opened(
        ProcedureName.RE_VERIFICATION,
        record,
        ground="false_papers",
        by=LIAISON,
        applicant=Applicant(party=Party.SOURCE, name="濉溪县市场监督管理局"),
    )
    hand_in(case, "finding", by=LIAISON)
    casework.take_case(by=LIAISON, case_id=case.pk, at=AT)
    casework.undo_repair(by=LIAISON, case_id=case.pk, reasons=REASONS, public_notice=PUBLIC_WORDS, at=AT)
    casework.approve(by=HEAD, case_id=case.pk, at=AT)
    assert list(Notice.objects.order_by("pk").values_list("kind", flat=True)) == ["repaired", "repair_undone"]


def test_the_same_act_tells_once_however_often_it_is_told(record: Record) -> None:
    given(registered(), record)
    cause = Cause(entry_id=7, at=AT, authority="濉溪县市场监督管理局")
    assert [tell(kinds={record.pk: NoticeKind.CORRECTED}, cause=cause) for _ in range(2)] == [1, 0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM recipients_notice")
        assert cursor.fetchone() == (1,)
