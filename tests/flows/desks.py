"""What the tests of the subject's desk share: an enterprise with a record, a letter, a browser at the desk."""

from datetime import datetime, timedelta

from django.test import Client
from django.utils import timezone

from publiccredit.casework.models import Case
from publiccredit.casework.operations import reject_objection, take_case
from publiccredit.casework.types import Applicant, Channel
from publiccredit.catalogue.types import Party, ProcedureName
from publiccredit.subjectdesk import operations, queries
from publiccredit.subjectdesk.outbox import Outgoing
from publiccredit.subjectdesk.types import HandlerAsked, Opened, Right, Visitor
from publiccredit.subjects.models import Record, Subject
from tests.flows.cases import AT, CLERK, REASONS, opened

SOURCE = "198.51.100.7"
CONTACT = "13900000000"
SHOWN = "营业执照原件、授权委托书"  # at the counter, for a letter


class Pigeon:
    """A messenger that keeps what it was given."""

    def __init__(self) -> None:
        self.carried: list[tuple[str, str]] = []

    def send(self, *, message: Outgoing) -> None:
        self.carried.append((message.contact, message.text))

    @property
    def code(self) -> str:
        return self.carried[-1][1].split("验证码 ")[1][:6]


def opened_by_letter(subject: Subject, *, at: datetime) -> Opened:
    letter = operations.issue_letter(by=CLERK, subject_id=subject.pk, evidence=SHOWN, at=at)
    return operations.enter_letter(identifier=subject.uscc or "", code=letter.code, source=SOURCE, at=at)


def visitor_of(opened: Opened, *, at: datetime) -> Visitor:
    visitor = queries.visitor_of(secret=opened.secret, at=at)
    assert visitor is not None
    return visitor


def left_behind(subject: Subject, *, at: datetime = AT) -> None:
    """Leave of a subject what has ended: a contact that was replaced, a handler that was revoked, a proved attempt."""
    with_contact(subject, at=at)
    with_contact(subject, at=at + timedelta(minutes=1), contact="13900000001")
    visitor = visitor_of(opened_by_letter(subject, at=at), at=at)
    asked = HandlerAsked(
        "赵六", "13900000002", frozenset({Right.SEE}), begins=at.date(), until=at.date() + timedelta(days=30)
    )
    handler = operations.name_handler(visitor=visitor, asked=asked, at=at)
    operations.revoke_handler(visitor=visitor, handler_id=handler.pk, at=at + timedelta(minutes=2))


def taken_down_at_the_counter(record: Record, *, at: datetime = AT) -> Case:
    """Take down a reader's objection at the counter, with name, contact and proxy, and decide it."""
    reader = Applicant(Party.READER, "钱七", "13900000003", "孙八", "a" * 64)
    case = opened(
        ProcedureName.OBJECTION, record, ground="other", by=CLERK, applicant=reader, channel=Channel.COUNTER, at=at
    )  # fmt: skip
    take_case(by=CLERK, case_id=case.pk, at=at)
    reject_objection(by=CLERK, case_id=case.pk, reasons=REASONS, at=at)
    case.refresh_from_db()
    return case


def at_the_desk(subject: Subject, client: Client) -> Client:
    """Prove the subject in a browser, as of now."""
    client.cookies["mine"] = opened_by_letter(subject, at=timezone.now()).secret
    return client


def with_contact(subject: Subject, *, at: datetime, contact: str = CONTACT) -> None:
    operations.register_contact(
        by=CLERK, subject_id=subject.pk, name="王五", contact=contact, evidence="营业执照原件、联系人登记表", at=at
    )
