"""
Every write of the recipients' ledger and of the subject's desk is made to fail once: nothing partial stays, the person
is told, and trying again works.
"""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client

from publiccredit.accounts.models import GrantProposal, Officer
from publiccredit.accounts.operations import act_as, approve_grant
from publiccredit.accounts.types import PROGRAM, Actor
from publiccredit.casework.models import Case, Paper
from publiccredit.casework.operations import reject_objection, request_papers, take_case, withdraw_record
from publiccredit.casework.types import Asked, PaperIn
from publiccredit.catalogue.types import ProcedureName, WithdrawalReason
from publiccredit.ledger.models import Entry
from publiccredit.recipients import operations as recipients
from publiccredit.recipients.models import DeliveryAttempt, Notice, Recipient, RecipientToken
from publiccredit.recipients.operations import deliver_due, hold_disclosures, record_handovers
from publiccredit.recipients.operations.waiting import LEASE
from publiccredit.recipients.queries import identified
from publiccredit.recipients.types import (
    Answer,
    Cause,
    ConfirmedBy,
    Identified,
    NewRecipient,
    NoticeKind,
    Outgoing,
    Used,
    Version,
    Way,
)
from publiccredit.subjectdesk import operations as desk
from publiccredit.subjectdesk.models import Handler, Message
from publiccredit.subjectdesk.operations import Complained, Contested, Receipt
from publiccredit.subjectdesk.outbox import LocalOutbox
from publiccredit.subjectdesk.types import HandlerAsked, Right
from publiccredit.subjects.models import Record, Subject
from tests.accounts import TERM, two_administrators
from tests.factories import stored_record, stored_subject
from tests.flows.cases import AT, CLERK, LIAISON, PUBLIC_WORDS, REASONS, objection_ready, report_ready
from tests.flows.desks import CONTACT, SHOWN, SOURCE, Pigeon, at_the_desk, opened_by_letter, visitor_of, with_contact
from tests.flows.failing import Failing, everything
from tests.flows.recipients import given, listening, registered, token_of
from tests.papers import a_pdf

NEW = NewRecipient("示例银行", "风控部", "濉溪县示例路2号", "授信审查", "主体授权")
CAUSE = Cause(entry_id=7, at=AT, authority="濉溪县市场监督管理局")
NOBODY = "http://127.0.0.1:9/"


@pytest.fixture
def record(failing: Failing) -> Record:
    return stored_record(subject=stored_subject())


def _subject(record: Record) -> Subject:
    assert record.subject is not None
    return record.subject


def test_every_write_about_a_recipient_may_fail(failing: Failing, record: Record) -> None:
    counted: dict[str, int] = {}

    def through(name: str, operation: Callable[[], Any]) -> None:
        counted[name] = failing.through(operation)

    through("register", lambda: recipients.register_recipient(by=PROGRAM, new=NEW, at=AT))
    number = Recipient.objects.get().pk
    through("change", lambda: recipients.change_recipient(by=PROGRAM, recipient_id=number, new=NEW, at=AT))
    administrator, approver = two_administrators(at=AT)
    for kind, propose, give in (
        ("token", _token_proposed, recipients.issue_token),
        ("key", _key_proposed, recipients.renew_key),
    ):
        through(f"propose a {kind}", lambda propose=propose: propose(administrator, number))
        waiting = GrantProposal.objects.get(state="proposed").pk
        through(
            f"approve a {kind}",
            lambda waiting=waiting: approve_grant(by=approver, proposal_id=waiting, term=TERM, at=AT),
        )
        counted[f"its {kind}"] = failing.through(
            lambda give=give, waiting=waiting: give(by=administrator, proposal_id=waiting, at=AT)
        )
    # The proposal carried out, the right, the proposal used up by the database, and the entry.
    assert (counted.pop("its token"), counted.pop("its key")) == (4, 4)
    through("hand over", lambda: _handed(number, record))
    through("tell", lambda: recipients.tell(kinds={record.pk: NoticeKind.CORRECTED}, cause=CAUSE))
    through("give up waiting", lambda: deliver_due(now=lambda: AT + timedelta(days=3)))
    notice = Notice.objects.get()
    told = {"notice_id": notice.pk, "how": ConfirmedBy.PHONE, "reason": "对方来电，已经改正"}
    through("by phone", lambda: recipients.confirm_by_person(by=CLERK, at=AT, **told))
    other = registered(2)
    given(other, record)
    recipients.tell(kinds={record.pk: NoticeKind.CORRECTED}, cause=CAUSE)
    by = identified(secret=token_of(other), at=AT)
    assert by is not None
    delivery = Notice.objects.get(recipient=other).delivery_id
    through("acknowledge", lambda: recipients.acknowledge(by=by, delivery_id=delivery, receipt="", at=AT))
    through("revoke", lambda: recipients.revoke_token(by=PROGRAM, token_id=by.token_id, at=AT))
    through("close", lambda: recipients.close_recipient(by=PROGRAM, recipient_id=number, at=AT))
    through("reopen", lambda: recipients.reopen_recipient(by=PROGRAM, recipient_id=number, at=AT))
    # Its own rows and its ledger entry; what is handed over or told is entered with the act that does it.
    assert counted.pop("tell") == 1
    assert counted.pop("hand over") == 2  # with its line in the subject's log of looks
    assert counted.pop("close") == 3  # its token as well
    assert set(counted.values()) == {2}, counted
    _adverse_use(failing, record)
    assert failing.left_out("recipients") == set(), "let every write of the new operation fail once"
    assert RecipientToken.objects.filter(revoked_at__isnull=True).count() == 0


def _token_proposed(by: Actor, number: int) -> GrantProposal:
    return recipients.propose_token(
        by=by, recipient_id=number, purpose="", days=90, reason="对方来函", term=TERM, at=AT
    )  # fmt: skip


def _key_proposed(by: Actor, number: int) -> GrantProposal:
    return recipients.propose_key(by=by, recipient_id=number, reason="对方来函", term=TERM, at=AT)


def _adverse_use(failing: Failing, record: Record) -> None:
    user = registered(4)
    given(user, record)
    by = Identified(recipient_id=user.pk, token_id=None, name=user.name, purpose=user.purpose)
    used = [Used(record_id=record.pk, what=what, decided_on=AT.date()) for what in ("不予入围", "不予续约")]
    failing.through(lambda: recipients.give_adverse_use_notice(by=by, used=used[0], at=AT))
    failing.through(lambda: recipients.take_down_adverse_use(by=CLERK, recipient_id=user.pk, used=used[1], at=AT))


def _handed(recipient_id: int, record: Record) -> None:
    with transaction.atomic():
        hold_disclosures()
        versions = [Version(record.pk, record.known_from)]
        record_handovers(recipient_id=recipient_id, purpose="授信审查", way=Way.EXPORT, versions=versions, at=AT)


def test_a_withdrawal_whose_notice_cannot_be_written_is_not_made(failing: Failing, record: Record) -> None:
    for n in range(1, 4):
        given(registered(n), record)
    case = report_ready(record, ground="revoked", paper="new_decision")
    before = everything()
    with failing.at("recipients_notice"), pytest.raises(DatabaseError, match="INSERT of recipients_notice"):
        _withdraw(case)
    assert everything() == before
    _withdraw(case)
    record.refresh_from_db()
    assert (record.withdrawn_at, Notice.objects.count()) == (AT, 3)


def _withdraw(case: Case) -> None:
    said = {"because": WithdrawalReason.REVOKED, "reasons": REASONS, "public_notice": PUBLIC_WORDS}
    withdraw_record(by=LIAISON, case_id=case.pk, at=AT, **said)


def test_a_call_whose_outcome_cannot_be_written_is_made_again_and_acted_upon_once(
    failing: Failing, record: Record
) -> None:
    """Delivery is several transactions: whichever of their writes fails, each recipient acts once and confirms once."""
    with listening() as programs:
        for n in range(1, 4):
            recipient = registered(n, callback_url=programs.address(f"r{n}"))
            programs.learn(f"r{n}", recipient)
            given(recipient, record)
        recipients.tell(kinds={record.pk: NoticeKind.CORRECTED}, cause=CAUSE)
        clock, failures = AT, 0
        for n in range(1, 30):
            failing.superuser.execute("ALTER SEQUENCE failing_write RESTART")
            failing.fail(n)
            try:
                deliver_due(now=lambda at=clock: at)
            except DatabaseError as error:
                assert "was made to fail" in str(error)
                failures += 1
            failing.fail(0)
            assert (
                DeliveryAttempt.objects.filter(status=200).count() == Notice.objects.filter(state="confirmed").count()
            )
            clock += LEASE
            if not Notice.objects.exclude(state="confirmed").exists():
                break
    assert failures >= 3
    assert {name: len(taken) for name, taken in programs.taken.items()} == {"r1": 1, "r2": 1, "r3": 1}
    assert Entry.objects.filter(operation="confirm_notice").count() == 3


def test_one_outcome_that_cannot_be_written_does_not_keep_the_others_from_it(failing: Failing, record: Record) -> None:
    for n in range(1, 4):
        given(registered(n, callback_url=NOBODY), record)
    recipients.tell(kinds={record.pk: NoticeKind.CORRECTED}, cause=CAUSE)
    with failing.at("recipients_deliveryattempt"), pytest.raises(DatabaseError):
        deliver_due(now=lambda: AT, send=lambda o: Answer(200))
    assert sorted(Notice.objects.values_list("state", flat=True)) == ["unconfirmed", "unconfirmed", "waiting"]
    called: list[Outgoing] = []
    deliver_due(now=lambda: AT + LEASE, send=lambda o: called.append(o) or Answer(200))  # type: ignore[func-returns-value]
    assert (len(called), set(Notice.objects.values_list("state", flat=True))) == (1, {"unconfirmed"})


def test_an_address_taken_back_while_a_notice_waits_goes_to_a_person(failing: Failing, record: Record) -> None:
    del failing
    given(registered(callback_url=NOBODY), record)
    recipients.tell(kinds={record.pk: NoticeKind.CORRECTED}, cause=CAUSE)
    recipients.change_recipient(by=PROGRAM, recipient_id=Recipient.objects.get().pk, new=NEW, at=AT)
    clock = AT
    while Notice.objects.get().state == "waiting":
        deliver_due(now=lambda at=clock: at)
        clock += timedelta(hours=12)
    assert Notice.objects.get().escalated_because == "10 次送达均未成功：没有应答：ValueError"


def test_every_write_of_the_subjects_desk_may_fail(failing: Failing, record: Record) -> None:
    subject, bird = _subject(record), Pigeon()
    identifier = subject.uscc or ""
    counted: dict[str, int] = {}

    def through(name: str, operation: Callable[[], Any]) -> None:
        counted[name] = failing.through(operation)

    through("contact", lambda: with_contact(subject, at=AT))
    through("letter", lambda: desk.issue_letter(by=CLERK, subject_id=subject.pk, evidence=SHOWN, at=AT))
    code = desk.issue_letter(by=CLERK, subject_id=subject.pk, evidence=SHOWN, at=AT).code
    proof = {"identifier": identifier, "source": SOURCE}
    through("enter by letter", lambda: desk.enter_letter(code=code, at=AT, **proof))
    through("ask for a code", lambda: desk.request_code(contact=CONTACT, at=AT, messenger=bird, **proof))
    assert len(bird.carried) == 1  # no code is sent that was not kept
    through("enter by code", lambda: desk.enter_code(code=bird.code, at=AT, **proof))
    through("enter by sign-on", lambda: desk.enter_by_sign_on(at=AT, **proof))
    through("refuse a sign-on", lambda: desk.refuse_sign_on(source=SOURCE, because="expired", at=AT))
    me = visitor_of(opened_by_letter(subject, at=AT), at=AT)
    today = AT.date()
    asked = HandlerAsked("李四", "13900000001", frozenset({Right.REPAIR}), today, today + timedelta(days=30))
    through("name a handler", lambda: desk.name_handler(visitor=me, asked=asked, at=AT))
    handler = Handler.objects.get().pk
    through("revoke a handler", lambda: desk.revoke_handler(visitor=me, handler_id=handler, at=AT))
    papers = (PaperIn("proof_of_performance", "a.pdf", a_pdf("a")), PaperIn("commitment", "b.pdf", a_pdf("b")))
    wanted = Asked(ground="duties_performed", request="请依法处理。", record_ids=(record.pk,))
    repair = {"procedure": ProcedureName.CREDIT_REPAIR, "asked": wanted, "papers": papers, "key": "k"}
    through("open a case with two papers", lambda: desk.open_case(visitor=me, at=AT, **repair))
    assert (Case.objects.count(), Paper.objects.count()) == (1, 2)
    case = Case.objects.get().pk
    more = PaperIn("proof_of_performance", "c.pdf", a_pdf("c"))
    through("hand in a paper", lambda: desk.hand_in_paper(visitor=me, case_id=case, paper=more, at=AT))
    through("state", lambda: desk.state(visitor=me, record_id=record.pk, statement="已整改", at=AT))
    through("take back", lambda: desk.take_back_request(visitor=me, case_id=case, stated="", at=AT))
    objection = objection_ready(record).pk
    reject_objection(by=CLERK, case_id=objection, reasons=REASONS, at=AT)
    through("review", lambda: desk.request_review(visitor=me, case_id=objection, request="不服", at=AT))
    through("leave", lambda: desk.leave(visitor=me, at=AT))
    assert min(counted.values()) >= 2, counted
    assert len(counted) == 15
    _read_out(failing, identifier)
    _contested(failing, record)
    assert failing.left_out("subjectdesk") == set(), "let every write of the new operation fail once"


def _read_out(failing: Failing, identifier: str) -> None:
    box = LocalOutbox()
    later = AT + timedelta(hours=2)
    desk.request_code(identifier=identifier, contact=CONTACT, source=SOURCE, at=later, messenger=box)
    message = Message.objects.latest("pk").pk
    failing.through(lambda: desk.read_out(by=CLERK, message_id=message, at=later, box=box))


def _contested(failing: Failing, record: Record) -> None:
    """A reader without an account contests a field, complains, adds a paper, and asks for a review."""
    contested = Contested(
        record_id=record.pk, field="", ground="other", wrong="罚款金额是 5000 元。", source="网站公告"
    )
    receipts: list[Receipt] = []
    key = desk.new_form_key()
    with patch("django.utils.timezone.localdate", return_value=AT.date()):
        failing.through(
            lambda: receipts.append(desk.challenge_record(contested=contested, key=key, source=SOURCE, at=AT))
        )
        complained = Complained(department="taxation", ground="service", request="窗口拒收材料。")
        second = desk.new_form_key()
        failing.through(lambda: desk.complain(complained=complained, key=second, source=SOURCE, at=AT))
    case, code = receipts[0].case, receipts[0].code
    take_case(by=CLERK, case_id=case.pk, at=AT)
    request_papers(by=CLERK, case_id=case.pk, asked="决定书照片", at=AT)
    asked = {"number": case.number, "code": code, "at": AT}
    paper = PaperIn("evidence", "a.pdf", a_pdf("d"))
    failing.through(lambda: desk.add_to_challenge(paper=paper, **asked))
    reject_objection(by=CLERK, case_id=case.pk, reasons=REASONS, at=AT)
    failing.through(lambda: desk.review_challenge(request="决定书第三页另有更正。", **asked))


def test_a_reminder_is_sent_once_whichever_write_fails(failing: Failing, record: Record) -> None:
    assert record.repairable_from is not None
    opens = datetime.combine(record.repairable_from, time(4), tzinfo=UTC)
    with_contact(_subject(record), at=opens)
    bird, failures = Pigeon(), 0
    for n in range(1, 10):
        failing.superuser.execute("ALTER SEQUENCE failing_write RESTART")
        failing.fail(n)
        try:
            desk.remind_of_repairs(at=opens, messenger=bird)
        except DatabaseError:
            failures += 1
        failing.fail(0)
    assert failures == 3  # the message, its entry, and that it was sent
    assert (len(bird.carried), Message.objects.get().sent_at) == (1, opens)


def test_the_person_is_told_that_nothing_was_stored_and_pressing_again_works(failing: Failing, record: Record) -> None:
    given(registered(), record)
    mine = Client(raise_request_exception=False)
    at_the_desk(_subject(record), mine)
    address = f"/mine/records/{record.pk}/objection/"
    before = everything()
    with failing.at("casework_casestep"):
        answer = mine.post(address, {"key": "k1", "request": "请核对", "ground": "other"})
    assert (answer.status_code, "不会只存一半" in answer.content.decode()) == (500, True)
    assert everything() == before
    again = mine.post(address, {"key": "k1", "request": "请核对", "ground": "other", "paper_evidence": _file()})
    assert (again.status_code, Case.objects.count()) == (302, 1)


def _file() -> SimpleUploadedFile:
    return SimpleUploadedFile("复印件.pdf", a_pdf("invented"), content_type="application/pdf")


def test_the_office_is_told_that_a_confirmation_was_not_stored(failing: Failing, record: Record) -> None:
    given(registered(), record)
    recipients.tell(kinds={record.pk: NoticeKind.CORRECTED}, cause=CAUSE)
    deliver_due(now=lambda: AT + timedelta(days=3))
    office = Client(raise_request_exception=False)
    office.force_login(Officer.objects.get(username="clerk"), backend="publiccredit.accounts.backends.OfficerBackend")
    address = f"/recipients/notices/{Notice.objects.get().pk}/confirm/"
    typed = {"how": "phone", "reason": "对方信息科来电，已经改正"}
    with failing.at("recipients_notice"):
        answer = office.post(address, typed)
    assert (answer.status_code, "不会只存一半" in answer.content.decode()) == (500, True)
    act_as(actor=PROGRAM)
    assert Notice.objects.get().state == "escalated"
    assert office.post(address, typed).status_code == 302
    act_as(actor=PROGRAM)
    assert Notice.objects.get().state == "confirmed"
