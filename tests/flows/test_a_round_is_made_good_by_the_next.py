"""
Each write of each round of acts is made to fail once: no act of it is left half done, and the next round does the rest.

A round is many acts one after another, so a failing write takes its own act back and leaves those before it.
"""

from abc import ABC, abstractmethod
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from django.db import DatabaseError, transaction

from publiccredit.casework.models import Case, CaseStep, Paper
from publiccredit.casework.operations import UnableToOpenCase, escalate, reject_objection, take_case
from publiccredit.casework.types import Asked, PaperIn
from publiccredit.catalogue.types import ProcedureName
from publiccredit.intake import operations as intake
from publiccredit.intake.models import Submission
from publiccredit.ledger.models import Entry
from publiccredit.recipients import operations as recipients
from publiccredit.recipients import signing
from publiccredit.recipients.models import DeliveryAttempt, Notice, Recipient
from publiccredit.recipients.operations.waiting import LEASE
from publiccredit.recipients.types import Answer, Cause, NoticeKind, Outgoing
from publiccredit.subjectdesk import operations as desk
from publiccredit.subjectdesk.models import Handler, Message, ProofAttempt, ReaderChallenge, RegisteredContact
from publiccredit.subjectdesk.operations import Contested
from publiccredit.subjects.models import Record
from tests.factories import penalty_row, stored_record, stored_subject
from tests.flows.cases import AT, CLERK, REASONS, objection_ready
from tests.flows.desks import (
    SOURCE,
    Pigeon,
    left_behind,
    opened_by_letter,
    taken_down_at_the_counter,
    visitor_of,
    with_contact,
)
from tests.flows.failing import Failing, everything
from tests.flows.filing import AT as SENT_AT
from tests.flows.filing import check_here, receive
from tests.flows.recipients import given, registered
from tests.flows.severities import proposed
from tests.operations import ROUNDS
from tests.papers import a_pdf

NOBODY = "http://127.0.0.1:9/"
LATER = AT + timedelta(days=40)


class Round(ABC):
    """What goes through every case, message or notice; ``again`` is how often it ran in one trial."""

    def __init__(self) -> None:
        self.records = [
            stored_record(subject=stored_subject(number=n, name=f"濉溪县示例{n}号建材有限公司"), number=n)
            for n in (1, 2)
        ]
        self.bird = Pigeon()

    @abstractmethod
    def run(self, again: int) -> None:
        """Let the round go once through everything."""

    @abstractmethod
    def acts_are_whole(self) -> None:
        """Find no act of which a part is there and a part is not."""

    @abstractmethod
    def outcome(self) -> Any:
        """Give what there is at the end, to be compared with a round that nothing interrupted."""


class Telling(Round):
    """Messages: each is written with its entry, and sent where it says so, once."""

    operation = ""

    def __init__(self) -> None:
        super().__init__()
        for n, record in enumerate(self.records):
            assert record.subject is not None
            with_contact(record.subject, at=AT, contact=f"1390000000{n}")

    def acts_are_whole(self) -> None:
        entries = set(Entry.objects.filter(operation=self.operation).values_list("id", flat=True))
        assert entries == set(Message.objects.values_list("entry_id", flat=True))
        sent = Message.objects.filter(sent_at__isnull=False).values_list("contact", "text")
        assert Counter(self.bird.carried) == Counter(sent)

    def outcome(self) -> Any:
        return sorted(Message.objects.values_list("kind", "key", "contact", "text", "sent_at"))


class RemindOfRepairs(Telling):
    operation = "remind_of_repair"

    def run(self, again: int) -> None:
        opens = self.records[0].repairable_from
        assert opens is not None
        desk.remind_of_repairs(at=datetime.combine(opens, time(4), tzinfo=UTC), messenger=self.bird)


class TellOfLetters(Telling):
    operation = "tell_of_letter"

    def __init__(self) -> None:
        super().__init__()
        for record in self.records:
            reject_objection(by=CLERK, case_id=objection_ready(record).pk, reasons=REASONS, at=AT)

    def run(self, again: int) -> None:
        desk.tell_of_letters(at=AT + timedelta(hours=1), messenger=self.bird)


class Escalate(Round):
    """A case that is overdue: told, its records suspended, with its step and its entry; all of it or nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.cases = [objection_ready(record).pk for record in self.records]

    def run(self, again: int) -> None:
        escalate(at=LATER)

    def acts_are_whole(self) -> None:
        for case_id, record in zip(self.cases, self.records, strict=True):
            overdue = Case.objects.values_list("reached_percent", flat=True).get(pk=case_id) == 100
            suspended = Record.objects.filter(pk=record.pk, suspended_at__isnull=False).exists()
            steps = CaseStep.objects.filter(case_id=case_id, step="escalated").count()
            entries = Entry.objects.filter(operation="escalate_case", object_id=case_id).count()
            assert (suspended, steps, entries) == (overdue, 3 * overdue, overdue)  # each mark of the clock by itself

    def outcome(self) -> Any:
        return [*Case.objects.order_by("pk").values_list("reached_percent", "state", "suspended_display")]


class DeliverDue(Round):
    """Notices: a call whose outcome could not be written is made again, and each is confirmed once."""

    def __init__(self) -> None:
        super().__init__()
        for n, record in enumerate(self.records):
            given(registered(n, callback_url=NOBODY), record)
        kinds = {record.pk: NoticeKind.CORRECTED for record in self.records}
        recipients.tell(kinds=kinds, cause=Cause(entry_id=7, at=AT, authority="濉溪县市场监督管理局"))
        self.known = {str(notice.delivery_id): notice.recipient_id for notice in Notice.objects.all()}
        self.keys = {r.pk: signing.key_of(recipient_id=r.pk, key_number=r.key_number) for r in Recipient.objects.all()}

    def run(self, again: int) -> None:
        recipients.deliver_due(now=lambda: AT + again * LEASE, send=self._send)

    def _send(self, outgoing: Outgoing) -> Answer:
        number = outgoing.headers["webhook-id"]
        key = self.keys[self.known[number]]
        return Answer(200, signing.receipt(key=key, delivery_id=number, body=outgoing.body))

    def acts_are_whole(self) -> None:
        confirmed = Notice.objects.filter(state="confirmed").count()
        assert DeliveryAttempt.objects.filter(status=200).count() == confirmed
        assert Entry.objects.filter(operation="confirm_notice").count() == confirmed

    def outcome(self) -> Any:
        return [*Notice.objects.order_by("pk").values_list("state", "confirmed_by")]


class ProposeSeverity(Round):
    """A proposed severity is a case with its paper and its decision: several acts, and one transaction."""

    def __init__(self) -> None:
        super().__init__()
        self.before = everything()

    def run(self, again: int) -> None:
        try:
            proposed(self.records[0])
        except UnableToOpenCase:
            assert again, "only where it is under way already"

    def acts_are_whole(self) -> None:
        if not Case.objects.exists():
            assert everything() == self.before

    def outcome(self) -> Any:
        return [*Case.objects.values_list("state", "papers__kind", "decisions__outcome", "decisions__state")]


class OpenCase(Round):
    """A case with its papers is several acts and one transaction: the person at the desk pressed one button."""

    def __init__(self) -> None:
        super().__init__()
        subject = self.records[0].subject
        assert subject is not None
        self.visitor = visitor_of(opened_by_letter(subject, at=AT), at=AT)
        self.before = everything()

    def run(self, again: int) -> None:
        papers = (
            PaperIn("proof_of_performance", "a.pdf", a_pdf("a")), PaperIn("commitment", "b.pdf", a_pdf("b")),
        )  # fmt: skip
        asked = Asked(ground="duties_performed", request="请依法处理。", record_ids=(self.records[0].pk,))
        repair = {"procedure": ProcedureName.CREDIT_REPAIR, "asked": asked, "papers": papers, "key": "k"}
        desk.open_case(visitor=self.visitor, at=AT, **repair)

    def acts_are_whole(self) -> None:
        if not Case.objects.exists():
            assert everything() == self.before

    def outcome(self) -> Any:
        return (Case.objects.count(), sorted(Paper.objects.values_list("kind", flat=True)))


class EraseContacts(Round):
    """What people left to be reached by: erased in one act with its one entry, whatever kind it is."""

    def __init__(self) -> None:
        super().__init__()
        for n, record in enumerate(self.records):
            contested = Contested(record.pk, "", "other", "金额与决定书不符", "决定书第二页", "13812345678")
            with patch("time.time", return_value=AT.timestamp()):
                asked = desk.challenge_record(
                    contested=contested, key=desk.new_form_key(), source=f"{SOURCE}{n}", at=AT
                )
            take_case(by=CLERK, case_id=asked.case.pk, at=AT)
            reject_objection(by=CLERK, case_id=asked.case.pk, reasons=REASONS, at=AT)

        subject = self.records[0].subject
        assert subject is not None
        taken_down_at_the_counter(self.records[0])
        left_behind(subject)

    def run(self, again: int) -> None:
        desk.erase_contacts(at=AT + timedelta(days=400))

    def acts_are_whole(self) -> None:
        erased = [
            ReaderChallenge.objects.filter(erased_at__isnull=False, contact="", source_hash="").count(),
            Case.objects.filter(erased_at__isnull=False, contact="").count(),
            RegisteredContact.objects.filter(erased_at__isnull=False, contact="").exclude(contact_hash="").count(),
            Handler.objects.filter(erased_at__isnull=False, contact="").exclude(contact_hash="").count(),
            ProofAttempt.objects.filter(erased_at__isnull=False, source_hash="").count(),
        ]
        entries = Entry.objects.filter(operation="erase_contacts").count()
        assert erased in ([[2, 1, 1, 1, 1]] if entries else [[0] * 5])
        assert entries <= 1

    def outcome(self) -> Any:
        tables = (ReaderChallenge, RegisteredContact, Handler, ProofAttempt)
        return [[*table.objects.order_by("pk").values_list("erased_at", flat=True)] for table in tables]


SCENES: dict[str, type[Round]] = {
    "casework.escalate": Escalate,
    "casework.propose_severity": ProposeSeverity,
    "recipients.deliver_due": DeliverDue,
    "subjectdesk.erase_contacts": EraseContacts,
    "subjectdesk.open_case": OpenCase,
    "subjectdesk.remind_of_repairs": RemindOfRepairs,
    "subjectdesk.tell_of_letters": TellOfLetters,
}
FEWEST_WRITES = {"subjectdesk.open_case": 6}  # of the others: two acts, each its own rows and its entry


def test_every_round_has_its_scene() -> None:
    assert SCENES.keys() | {"intake.resume_submissions"} == ROUNDS, "let every write of the new round fail once"


@pytest.mark.parametrize("name", SCENES)
def test_whichever_write_of_a_round_fails_the_next_round_does_the_rest(failing: Failing, name: str) -> None:
    scene = SCENES[name]()
    wanted = _tried(failing, scene, 0)[1]
    for number in range(1, 100):
        failed, found = _tried(failing, scene, number)
        assert found == wanted, f"after write {number} failed"
        if not failed:
            break
    assert number > FEWEST_WRITES.get(name, 4)


def _tried(failing: Failing, scene: Round, number: int) -> tuple[bool, Any]:
    """Run rounds, a write of the first failing, until one goes through; take it all back and give what came of it."""
    failing.superuser.execute("ALTER SEQUENCE failing_write RESTART")
    failed = False
    scene.bird.carried.clear()
    failing.fail(number)
    with transaction.atomic():
        try:
            scene.run(0)
        except* DatabaseError as group:  # a round goes on past the act that failed, and raises at its end
            assert all("was made to fail" in str(error) for error in group.exceptions)
            failed = True
        scene.acts_are_whole()
        failing.fail(0)
        for again in (1, 2):  # the second finds nothing left to do
            scene.run(again)
            scene.acts_are_whole()
        found = scene.outcome()
        transaction.set_rollback(True)
    return failed, found


def test_whichever_write_of_a_filing_fails_its_sender_is_told_and_the_others_are_filed(failing: Failing) -> None:
    """Nothing of the file whose write failed is kept, it says so, and the same file sent again is filed."""
    told, number = 0, 0
    with patch.object(intake, "file_submission", partial(intake.file_submission, check=check_here)):
        while True:
            number += 1
            first, second = (receive([penalty_row(10 * number + n)], at=SENT_AT).pk for n in (1, 2))
            failing.superuser.execute("ALTER SEQUENCE failing_write RESTART")
            failing.fail(number)
            failed = _resumed(failing)
            _each_filed_whole_or_not_at_all(number)
            assert not _resumed(failing)
            states = dict(Submission.objects.filter(pk__in=(first, second)).values_list("pk", "state"))
            assert set(states.values()) <= {"filed", "refused"}
            _each_filed_whole_or_not_at_all(number)
            if refused := [pk for pk, state in states.items() if state == "refused"]:
                told += 1
                assert "未入库任何内容。请重新上传" in Submission.objects.get(pk=refused[0]).refusal
                again = receive([penalty_row(10 * number + n) for n in (1, 2)], at=SENT_AT)
                intake.file_submission(submission_id=again.pk, at=SENT_AT)
                again.refresh_from_db()
                assert (again.accepted, again.duplicates) == (len(refused), 2 - len(refused))
            elif not failed:
                break
    assert (told >= 5, number >= 8) == (True, True), (told, number)


def _resumed(failing: Failing) -> bool:
    """Take up what waits; tell whether a write failed that nobody could be told of."""
    try:
        intake.resume_submissions(now=lambda: SENT_AT)
    except DatabaseError as error:
        assert "was made to fail" in str(error)
        return True
    finally:
        failing.fail(0)
    return False


def _each_filed_whole_or_not_at_all(number: int) -> None:
    of_trial = [f"濉市监处罚〔2026〕{10 * number + n}号" for n in (1, 2)]
    filed = Submission.objects.filter(state="filed")
    for record in Record.objects.filter(document_number__in=of_trial):
        assert filed.filter(pk=record.submission_id, entry_id=record.entry_id).exists()
        assert Entry.objects.filter(id=record.entry_id, operation="file_submission").exists()
