"""A code and a notice reach the contact that is kept: by the county's gateway, or read out by a person of the office."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import croniter
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone

from publiccredit.accounts.operations import NotAllowed, act_as
from publiccredit.accounts.types import PROGRAM
from publiccredit.casework.operations import reject_objection, request_papers
from publiccredit.ledger.models import Entry
from publiccredit.subjectdesk import gateway, operations, tasks
from publiccredit.subjectdesk.gateway import Gateway
from publiccredit.subjectdesk.models import Message, RegisteredContact
from publiccredit.subjectdesk.operations import UnableToReadOut
from publiccredit.subjectdesk.outbox import LocalOutbox, Outgoing, UnableToSend
from publiccredit.subjectdesk.types import Reminded
from publiccredit.subjects.models import Look, Record, Subject
from tests.factories import stored_record, stored_subject
from tests.flows.cases import AT, CLERK, LIAISON, REASONS, hand_in, objection_ready, people
from tests.flows.desks import CONTACT, Pigeon, at_the_desk, with_contact
from tests.flows.officers import browser

pytestmark = pytest.mark.django_db(transaction=False)
TOKEN = "a-token-of-the-gateway"
MESSAGE = Outgoing(7, "code", CONTACT, "验证码 123456", AT)


@dataclass
class Fake:
    """A gateway for short messages on loopback that answers as it is told to."""

    answers: list[int]
    calls: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def awaited(self, number: int) -> None:
        """Wait until so many calls have come in."""
        until = time.monotonic() + 10
        while len(self.calls) < number and time.monotonic() < until:
            time.sleep(0.01)
        assert len(self.calls) == number


@pytest.fixture
def fake() -> Iterator[Fake]:
    fake = Fake(answers=[])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            fake.calls.append(said | {"token": self.headers["Authorization"], "key": self.headers["Idempotency-Key"]})
            status = fake.answers.pop(0) if fake.answers else 200
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    fake.url = f"http://127.0.0.1:{server.server_port}/send"
    yield fake
    server.shutdown()
    server.server_close()


@pytest.fixture
def box(settings: Any, tmp_path: Path) -> LocalOutbox:
    settings.DATA_FOLDER = tmp_path
    return LocalOutbox()


@pytest.fixture
def subject(box: LocalOutbox) -> Subject:
    act_as(actor=PROGRAM)
    people()
    subject = stored_subject()
    with_contact(subject, at=AT)
    return subject


def _gateway(fake: Fake, pauses: list[float] | None = None) -> Gateway:
    return Gateway(url=fake.url, token=TOKEN, signature="濉溪信用", pause=(pauses if pauses is not None else []).append)


def _asked(subject: Subject, client: Client) -> str:
    answer = client.post("/mine/log-in/send-code/", {"identifier": subject.uscc, "contact": CONTACT})
    assert answer.status_code == 200
    return answer.content.decode()


# --- the gateway ----------------------------------------------------------------------------------------------------


def test_the_gateway_is_handed_contact_and_signed_text_with_the_token_and_the_number(fake: Fake) -> None:
    _gateway(fake).send(message=MESSAGE)
    assert fake.calls == [
        {
            "id": "7",
            "kind": "code",
            "to": CONTACT,
            "signature": "濉溪信用",
            "text": "【濉溪信用】验证码 123456",
            "token": f"Bearer {TOKEN}",
            "key": "7",
        }
    ]


@pytest.mark.parametrize("failing", [[503, 500], [429], [408, 425]])
def test_what_passes_is_tried_again_with_the_same_number(fake: Fake, failing: list[int]) -> None:
    pauses: list[float] = []
    fake.answers = [*failing, 202]
    _gateway(fake, pauses).send(message=MESSAGE)
    assert [call["key"] for call in fake.calls] == ["7"] * (len(failing) + 1)
    assert pauses == [0.5, 2.0][: len(failing)]


@pytest.mark.parametrize(("answers", "calls"), [([500, 500, 500], 3), ([400], 1), ([401], 1), ([302], 1)])
def test_what_does_not_pass_is_given_up_and_logged_without_contact_or_text(
    fake: Fake, answers: list[int], calls: int, caplog: pytest.LogCaptureFixture
) -> None:
    fake.answers = list(answers)
    with pytest.raises(UnableToSend):
        _gateway(fake).send(message=MESSAGE)
    assert len(fake.calls) == calls
    assert f"message 7: status {answers[-1]}" in caplog.text
    assert CONTACT not in caplog.text and "123456" not in caplog.text


def test_a_gateway_that_does_not_answer_is_one_that_did_not_take_it() -> None:
    silent = Gateway(url="http://127.0.0.1:9/send", token=TOKEN, signature="", pause=lambda _: None)
    with pytest.raises(UnableToSend):
        silent.send(message=MESSAGE)


@pytest.mark.parametrize("url", ["http://sms.example/send", "ftp://sms.example", "sms.example"])
def test_a_code_goes_over_no_open_line(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="https"):
        Gateway(url=url, token="", signature="")


def test_the_settings_connect_the_gateway(settings: Any, fake: Fake) -> None:
    assert gateway.connected() is None
    settings.MESSAGE_GATEWAY, settings.MESSAGE_TOKEN, settings.MESSAGE_SIGNATURE = fake.url, TOKEN, "濉溪信用"
    assert gateway.connected() == Gateway(url=fake.url, token=TOKEN, signature="濉溪信用")


def test_a_code_asked_for_on_the_page_comes_by_the_gateway_and_opens_the_desk(
    subject: Subject, client: Client, settings: Any, fake: Fake, box: LocalOutbox
) -> None:
    settings.MESSAGE_GATEWAY = fake.url
    assert "已经发出" in _asked(subject, client)
    fake.awaited(1)
    code = fake.calls[0]["text"].split("验证码 ")[1][:6]
    answer = client.post("/mine/log-in/code/", {"identifier": subject.uscc, "code": code})
    assert answer.headers["Location"] == "/mine/"
    assert list(box.messages()) == []


def test_a_code_the_gateway_refuses_lies_in_the_offices_outbox(
    subject: Subject, client: Client, settings: Any, fake: Fake, box: LocalOutbox
) -> None:
    settings.MESSAGE_GATEWAY, fake.answers = fake.url, [400, 400]  # the reminder and the letter
    _asked(subject, client)
    fake.awaited(1)
    until = time.monotonic() + 10
    while not list(box.messages()) and time.monotonic() < until:
        time.sleep(0.01)
    assert [m.contact for m in box.messages()] == [CONTACT]


# --- the office's outbox --------------------------------------------------------------------------------------------


def test_without_a_gateway_the_office_reads_a_code_out_once(subject: Subject, client: Client) -> None:
    assert "由信用办工作人员拨打登记的号码读给您" in _asked(subject, client)
    office, message = browser(CLERK), Message.objects.get()
    listed = office.get("/proofs/outbox/").content.decode()
    assert CONTACT in listed and "验证码" in listed and "10 分钟内有效" not in listed
    assert "待告知的信息</a>（1 条）" in office.get("/proofs/").content.decode()
    read = office.post(f"/proofs/outbox/{message.pk}/")
    code = read.content.decode().split("验证码 ")[1][:6]
    assert "no-store" in read.headers["Cache-Control"]
    again = office.post(f"/proofs/outbox/{message.pk}/", follow=True)
    assert "已经读出或者失效" in again.content.decode() and code not in again.content.decode()
    act_as(actor=PROGRAM)
    message.refresh_from_db()
    assert (message.read_out_by, message.text) == (CLERK.name, "")
    assert not Entry.objects.filter(payload__icontains=code).exists()
    assert client.post("/mine/log-in/code/", {"identifier": subject.uscc, "code": code}).status_code == 302
    assert "读出验证码" in client.get("/mine/looks/").content.decode()


def test_a_code_whose_minutes_are_over_is_read_out_to_nobody(subject: Subject, client: Client) -> None:
    _asked(subject, client)
    message = Message.objects.get()
    late = timezone.now() + timedelta(minutes=11)
    with pytest.raises(UnableToReadOut):
        operations.read_out(by=CLERK, message_id=message.pk, at=late)
    with pytest.raises(NotAllowed):
        operations.read_out(by=LIAISON, message_id=message.pk, at=timezone.now())
    assert Message.objects.get().read_out_at is None
    assert Look.objects.filter(what__contains="读出").count() == 0


def test_the_outbox_keeps_the_newest(box: LocalOutbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publiccredit.subjectdesk.outbox.KEPT", 2)
    for number in (9, 10, 11):
        box.send(message=Outgoing(number, "code", CONTACT, "x", AT))
    assert [m.number for m in box.messages()] == [11, 10]
    assert box.message(number=9) is None
    assert {f.stat().st_mode & 0o777 for f in box.folder.iterdir()} == {0o600}


# --- what is told ---------------------------------------------------------------------------------------------------


def test_a_letter_that_waits_for_a_subject_is_told_of_once(record: Record, subject: Subject) -> None:
    case, pigeon = objection_ready(record), Pigeon()
    assert operations.tell_of_letters(at=AT, messenger=pigeon) == Reminded(looked_at=0, written=0, sent=0)
    request_papers(by=CLERK, case_id=case.pk, asked="决定书", at=AT)
    assert operations.tell_of_letters(at=AT, messenger=pigeon) == Reminded(looked_at=1, written=1, sent=1)
    assert operations.tell_of_letters(at=AT, messenger=pigeon) == Reminded(looked_at=1, written=0, sent=0)
    contact, text = pigeon.carried[0]
    assert contact == CONTACT and case.number in text and "补正通知书" in text
    assert case.number in at_the_desk(subject, Client()).get("/mine/").content.decode()


def test_every_decision_is_told_of_within_a_minute(record: Record, subject: Subject, box: LocalOutbox) -> None:
    ticks = croniter.croniter(tasks.MINUTELY, AT)
    assert ticks.get_next(datetime) <= AT + timedelta(minutes=1)
    case, now = objection_ready(record, at=timezone.now()), timezone.now()
    request_papers(by=CLERK, case_id=case.pk, asked="决定书", at=now)
    tasks.tell(timestamp=0)
    hand_in(case, "evidence", at=now)
    reject_objection(by=CLERK, case_id=case.pk, reasons=REASONS, at=now)  # minutes later, in the same hour
    for _ in range(2):
        tasks.tell(timestamp=0)
        tasks.send(timestamp=0)
    assert Message.objects.filter(kind="case_letter").count() == 2 == len(list(box.messages()))
    assert "一分钟内" in at_the_desk(subject, Client()).get("/mine/").content.decode()


def test_what_was_not_taken_is_not_tried_every_minute(record: Record) -> None:
    class Silent:
        def send(self, *, message: Outgoing) -> None:
            raise UnableToSend

    case, later = objection_ready(record), AT + timedelta(minutes=6)
    request_papers(by=CLERK, case_id=case.pk, asked="决定书", at=AT)
    assert operations.tell_of_letters(at=AT, messenger=Silent()) == Reminded(looked_at=1, written=1, sent=0)
    pigeon = Pigeon()
    assert operations.tell_of_letters(at=later, messenger=pigeon).sent == 0
    assert operations.remind_of_repairs(at=later, messenger=pigeon).sent == 2  # with the reminder of the record


def test_the_worker_tells_by_what_is_connected(record: Record, settings: Any, fake: Fake, box: LocalOutbox) -> None:
    case, now = objection_ready(record, at=timezone.now()), timezone.now()
    request_papers(by=CLERK, case_id=case.pk, asked="决定书", at=now)
    settings.MESSAGE_GATEWAY, fake.answers = fake.url, [400, 400]  # the reminder and the letter
    tasks.remind(timestamp=0)
    assert Message.objects.get(kind="case_letter").sent_at is None
    tasks.remind(timestamp=0)
    assert Message.objects.get(kind="case_letter").sent_at is not None
    assert len([c for c in fake.calls if c["kind"] == "case_letter"]) >= 1
    assert list(box.messages()) == []


# --- reminding ------------------------------------------------------------------------------------------------------


def test_a_subject_is_reminded_once_when_a_repair_opens(subject: Subject, record: Record) -> None:
    pigeon = Pigeon()
    assert operations.remind_of_repairs(at=AT, messenger=pigeon) == Reminded(looked_at=1, written=1, sent=1)
    assert operations.remind_of_repairs(at=AT + timedelta(days=1), messenger=pigeon).written == 0
    assert len(pigeon.carried) == 1 and record.document_number in pigeon.carried[0][1]


def test_a_reminder_that_could_not_be_sent_is_sent_the_next_time(subject: Subject, record: Record) -> None:
    class Silent:
        def send(self, *, message: Outgoing) -> None:
            raise UnableToSend

    assert operations.remind_of_repairs(at=AT, messenger=Silent()) == Reminded(looked_at=1, written=1, sent=0)
    pigeon = Pigeon()
    assert operations.remind_of_repairs(at=AT, messenger=pigeon).sent == 1
    assert Message.objects.get().sent_at == AT


def test_without_a_contact_the_reminder_waits_at_the_desk(subject: Subject, record: Record, client: Client) -> None:
    RegisteredContact.objects.update(ended_at=AT)
    pigeon, desk = Pigeon(), at_the_desk(subject, client)
    assert operations.remind_of_repairs(at=AT, messenger=pigeon) == Reminded(looked_at=1, written=1, sent=0)
    assert "最短公示期已满，自 2026-08-20 起可以申请信用修复" in desk.get("/mine/").content.decode()


def test_before_its_day_nobody_is_reminded(subject: Subject, record: Record) -> None:
    early = AT.replace(month=8, day=19)
    assert operations.remind_of_repairs(at=early, messenger=Pigeon()).looked_at == 0


def test_a_penalty_filed_long_after_its_repair_has_opened_is_told_of_once(subject: Subject) -> None:
    late, pigeon = AT + timedelta(days=100), Pigeon()
    stored_record(subject=subject, number=81)  # filed only now, months after the day
    assert operations.remind_of_repairs(at=late, messenger=pigeon) == Reminded(looked_at=1, written=1, sent=1)
    assert operations.remind_of_repairs(at=late + timedelta(hours=1), messenger=pigeon).written == 0
    assert Message.objects.filter(kind="repair_opens").count() == 1
    stored_record(subject=subject, number=82)
    assert operations.remind_of_repairs(at=late + timedelta(days=1), messenger=pigeon).sent == 1


def test_an_archive_of_old_penalties_waits_until_its_subject_can_be_reached(subject: Subject) -> None:
    late, pigeon = AT + timedelta(days=100), Pigeon()
    other = stored_subject(number=90, name="濉溪县旧账建材有限公司")
    stored_record(subject=other, number=91)
    assert operations.remind_of_repairs(at=late, messenger=pigeon) == Reminded(looked_at=0, written=0, sent=0)
    with_contact(other, at=late)
    assert operations.remind_of_repairs(at=late, messenger=pigeon) == Reminded(looked_at=1, written=1, sent=1)


def test_what_is_shown_no_more_is_nothing_to_repair(subject: Subject) -> None:
    stored_record(subject=subject, number=81)
    assert operations.remind_of_repairs(at=AT + timedelta(days=400), messenger=Pigeon()).looked_at == 0
