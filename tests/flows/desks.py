"""What the tests of the subject's desk share: an enterprise with a record, a letter, a browser at the desk."""

from datetime import datetime

from django.test import Client
from django.utils import timezone

from publiccredit.subjectdesk import operations, queries
from publiccredit.subjectdesk.outbox import Outgoing
from publiccredit.subjectdesk.types import Opened, Visitor
from publiccredit.subjects.models import Subject
from tests.flows.cases import CLERK

SOURCE = "198.51.100.7"
CONTACT = "13900000000"


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
    letter = operations.issue_letter(by=CLERK, subject_id=subject.pk, at=at)
    return operations.enter_letter(identifier=subject.uscc or "", code=letter.code, source=SOURCE, at=at)


def visitor_of(opened: Opened, *, at: datetime) -> Visitor:
    visitor = queries.visitor_of(secret=opened.secret, at=at)
    assert visitor is not None
    return visitor


def at_the_desk(subject: Subject, client: Client) -> Client:
    """Prove the subject in a browser, as of now."""
    client.cookies["mine"] = opened_by_letter(subject, at=timezone.now()).secret
    return client


def with_contact(subject: Subject, *, at: datetime, contact: str = CONTACT) -> None:
    operations.register_contact(
        by=CLERK, subject_id=subject.pk, name="王五", contact=contact, evidence="营业执照原件、联系人登记表", at=at
    )
