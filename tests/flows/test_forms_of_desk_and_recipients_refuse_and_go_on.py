"""The forms of the subject's desk, its counter and of recipients: what each does, and what it says where it cannot."""

from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM, Role
from publiccredit.casework.models import Case
from publiccredit.casework.operations import reject_objection, take_case
from publiccredit.recipients.callbacks import post
from publiccredit.recipients.models import Recipient, RecipientToken
from publiccredit.recipients.types import Answer, Outgoing
from publiccredit.subjectdesk import operations as desk_operations
from publiccredit.subjectdesk.models import Handler, ProofCode, RegisteredContact
from publiccredit.subjects.models import Record, Subject
from tests.accounts import opened_account
from tests.flows.cases import CLERK, REASONS
from tests.flows.desks import CONTACT, SHOWN, SOURCE, Pigeon, at_the_desk
from tests.flows.officers import browser
from tests.flows.recipients import registered, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]
RECIPIENT = {
    "name": "示例银行",
    "contact": "信息科，0561-0000000",
    "address": "濉溪县示例路2号",
    "purpose": "贷款审查",
    "legal_basis": "《征信业管理条例》",
    "callback_url": "",
}


@pytest.fixture
def desk(subject: Subject, client: Client) -> Client:
    return at_the_desk(subject, client)


@pytest.fixture
def administrator(subject: Subject) -> Client:
    officer = opened_account(username="administrator", role=Role.ADMINISTRATOR, at=timezone.now())
    client = Client()
    client.force_login(officer, backend="publiccredit.accounts.backends.OfficerBackend")
    return client


# --- the subject's desk ---------------------------------------------------------------------------------------------


def test_a_subject_complains_takes_back_and_asks_for_a_review(desk: Client, record: Record) -> None:
    typed = {"key": "k", "request": "窗口拒不收件。"}
    assert desk.post("/mine/complaint/", typed | {"ground": "service"}).status_code == 422  # whom about, is not said
    desk.post("/mine/complaint/", typed | {"ground": "service", "department_code": "taxation"})
    complaint = Case.objects.get(procedure="complaint")
    page = desk.post(f"/mine/cases/{complaint.pk}/take-back/", {"stated": ""}, follow=True).content.decode()
    assert "已撤回" in page and "撤回申请" not in page
    again = desk.post(f"/mine/cases/{complaint.pk}/take-back/", {"stated": ""})
    assert again.status_code == 422 and "已由申请人撤回" in again.content.decode()
    desk.post(f"/mine/records/{record.pk}/objection/", {"key": "o", "ground": "other", "request": "请依法处理。"})
    case = Case.objects.get(procedure="objection")
    early = desk.post(f"/mine/cases/{case.pk}/review/", {"request": "不同意。"})
    assert early.status_code == 422 and "尚未作出决定" in early.content.decode()
    take_case(by=CLERK, case_id=case.pk, at=timezone.now())
    reject_objection(by=CLERK, case_id=case.pk, reasons=REASONS, at=timezone.now())
    assert (
        "复核申请已收到"
        in desk.post(f"/mine/cases/{case.pk}/review/", {"request": "不同意。"}, follow=True).content.decode()
    )
    assert Case.objects.get(reviews=case).applicant == "subject"


def test_a_statement_travels_or_is_refused_where_it_is_too_long(desk: Client, record: Record) -> None:
    address = f"/mine/records/{record.pk}/statement/"
    long = desk.post(address, {"statement": "字" * 1001})
    assert long.status_code == 422 and "不超过 1000 字" in long.content.decode()
    assert desk.post(address, {"statement": "字" * 1000}).status_code == 302
    for public in (f"/records/{record.pk}/", f"/api/v1/records/{record.pk}", "/mine/copy/", "/mine/copy.json"):
        assert "字" * 1000 in desk.get(public).content.decode(), public
    assert "主体声明（作出）" in Client().get(f"/records/{record.pk}/").content.decode()
    lines = desk.post(address, {"statement": "字\r\n" * 499 + "字字"})  # as a browser sends 1,000 characters
    assert lines.status_code == 302
    assert desk.get("/mine/records/999/statement/").status_code == 404


def test_several_handlers_act_each_in_its_period_until_it_is_revoked(desk: Client, subject: Subject) -> None:
    today = timezone.localdate()
    usual = {"rights": ["see", "repair"], "begins": str(today), "last_on": str(today + timedelta(days=30))}
    for number, name in enumerate(("赵六", "钱七")):
        answer = desk.post("/mine/handlers/", usual | {"name": name, "contact": f"1390000000{number + 1}"})
        assert answer.status_code == 302
    later = usual | {"name": "孙八", "contact": "sun@example.cn", "begins": str(today + timedelta(days=3))}
    desk.post("/mine/handlers/", later)
    page = desk.get("/mine/handlers/").content.decode()
    assert (page.count("<span>有效</span>"), page.count("<span>不在期限内</span>")) == (2, 1)
    wrong = {
        "last_on": str(today - timedelta(days=1)),
        "contact": "123",
        "rights": [],
        "name": "3号",
    }
    for field, value in wrong.items():
        assert (
            desk.post("/mine/handlers/", usual | {"name": "周九", "contact": CONTACT} | {field: value}).status_code
            == 422
        )
    first = Handler.objects.order_by("pk").first()
    assert first is not None
    assert "立即失效" in desk.post(f"/mine/handlers/{first.pk}/revoke/", follow=True).content.decode()
    assert "已经撤销" in desk.post(f"/mine/handlers/{first.pk}/revoke/", follow=True).content.decode()
    assert Handler.objects.filter(revoked_at__isnull=True).count() == 2


def at_the_desk_as_handler(desk: Client, subject: Subject, *rights: str) -> Client:
    """Name a handler with these rights, and prove it in a browser of its own."""
    today, pigeon = timezone.localdate(), Pigeon()
    usual = {"name": "赵六", "contact": "13900000001", "begins": str(today), "last_on": str(today)}
    assert desk.post("/mine/handlers/", usual | {"rights": rights}).status_code == 302
    for_whom = {"identifier": subject.uscc or "", "source": SOURCE, "at": timezone.now()}
    desk_operations.request_code(**for_whom, contact="13900000001", messenger=pigeon)
    opened = desk_operations.enter_code(**for_whom, code=pigeon.code)
    browser = Client()
    browser.cookies["mine"] = opened.secret
    return browser


def test_a_handler_is_shown_no_form_it_may_not_send_and_no_other_handler(
    desk: Client, subject: Subject, record: Record
) -> None:
    desk.post(f"/mine/records/{record.pk}/objection/", {"key": "o", "ground": "other", "request": "请依法处理。"})
    case = Case.objects.get()
    handler = at_the_desk_as_handler(desk, subject, "state")
    for address, right in (
        (f"/mine/records/{record.pk}/objection/", "提出异议和投诉"),
        (f"/mine/records/{record.pk}/repair/", "申请信用修复"),
        ("/mine/complaint/", "提出异议和投诉"),
        (f"/mine/cases/{case.pk}/papers/", "提出异议和投诉"),
        (f"/mine/cases/{case.pk}/take-back/", "提出异议和投诉"),
        (f"/mine/cases/{case.pk}/review/", "提出异议和投诉"),
    ):
        answer = handler.get(address)
        assert (answer.status_code, f"您的授权不包括“{right}”" in answer.content.decode()) == (403, True), address
        assert "<textarea" not in answer.content.decode(), address
    page = handler.get(f"/mine/cases/{case.pk}/").content.decode()
    ways = (f'href="/mine/cases/{case.pk}/papers/"', f'href="/mine/cases/{case.pk}/take-back/"')
    assert not any(way in page for way in ways)
    assert "<textarea" in handler.get(f"/mine/records/{record.pk}/statement/").content.decode()
    others = handler.get("/mine/handlers/")
    assert (others.status_code, "13900000001" in others.content.decode()) == (403, False)
    assert all(way in desk.get(f"/mine/cases/{case.pk}/").content.decode() for way in ways)


def test_a_subject_leaves_its_desk_and_its_session_with_it(desk: Client) -> None:
    assert desk.post("/mine/leave/").headers["Location"] == "/"
    assert desk.get("/mine/").status_code == 302


# --- the counter ----------------------------------------------------------------------------------------------------


def test_the_counter_keeps_a_contact_and_makes_a_letter_or_says_what_is_missing(subject: Subject) -> None:
    office, address = browser(CLERK), f"/proofs/{subject.uscc}/"
    typed = {"name": "王五", "contact": CONTACT, "evidence": "营业执照原件、联系人登记表"}
    assert office.post(f"{address}contact/", typed | {"contact": "110105194912310021"}).status_code == 422
    assert office.post(f"{address}contact/", typed | {"evidence": ""}).status_code == 422
    assert "原联系方式同时停用" in office.post(f"{address}contact/", typed, follow=True).content.decode()
    assert "letter-code" in office.post(f"{address}letter/", {"evidence": SHOWN}).content.decode()
    act_as(actor=PROGRAM)
    assert RegisteredContact.objects.get().contact == CONTACT
    assert ProofCode.objects.get().method == "letter"
    assert office.get("/proofs/91000000000000000X/").status_code == 404
    assert office.get("/proofs/?identifier=91000000000000000X").status_code == 404


@pytest.mark.parametrize(
    ("address", "typed"),
    [
        ("/mine/log-in/letter/", {"identifier": "123", "code": "AAAA"}),
        ("/mine/log-in/letter/", {"identifier": "91000000000000019A", "code": "AAAA-AAAA-AAAA-AAAA"}),
        ("/mine/log-in/code/", {"identifier": "91000000000000019A", "code": "000000"}),
        ("/mine/log-in/send-code/", {"identifier": "", "contact": CONTACT}),
    ],
)
def test_what_proves_nothing_is_refused_on_the_page_and_the_page_can_be_opened_again(
    subject: Subject, client: Client, address: str, typed: dict[str, str]
) -> None:
    assert client.post(address, typed).status_code == 422
    assert client.get(address).status_code == 200
    assert client.get("/mine/log-in/sign-on/").status_code == 404
    assert client.get("/mine/log-in/sign-on/answer/").status_code == 404


# --- recipients -----------------------------------------------------------------------------------------------------


def test_a_recipient_is_changed_closed_and_opened_again(subject: Subject) -> None:
    office = browser(CLERK)
    made, other = registered(1), registered(2)
    token_of(made)
    address = f"/recipients/{made.pk}/"
    assert "示例采购单位1号" in office.get("/recipients/").content.decode()
    taken = office.post(f"{address}change/", RECIPIENT | {"name": other.name})
    assert taken.status_code == 422 and "已由另一接收方使用" in taken.content.decode()
    assert office.get(f"{address}change/").status_code == 200
    assert "已修改" in office.post(f"{address}change/", RECIPIENT, follow=True).content.decode()
    assert "已停用" in office.post(f"{address}close/", follow=True).content.decode()
    act_as(actor=PROGRAM)
    assert RecipientToken.objects.get().revoked_at is not None
    assert "原有令牌不会恢复" in office.post(f"{address}reopen/", follow=True).content.decode()
    act_as(actor=PROGRAM)
    assert Recipient.objects.get(pk=made.pk).name == RECIPIENT["name"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"purpose": "  "}, "用途"),
        ({"callback_url": "http://notices.example/"}, "须使用 https"),
        ({"callback_url": "https://user@notices.example/"}, "通知地址应为"),
        ({"callback_url": "https://[broken"}, "通知地址应为"),
        ({"name": "示例采购单位1号"}, "已经登记"),
    ],
)
def test_a_recipient_that_cannot_be_written_down_is_refused(subject: Subject, more: dict[str, str], words: str) -> None:
    registered(1)
    answer = browser(CLERK).post("/recipients/new/", RECIPIENT | more)
    assert answer.status_code == 422 and words in answer.content.decode()
    act_as(actor=PROGRAM)
    assert Recipient.objects.count() == 1


def test_a_token_is_issued_to_no_closed_recipient_and_revoked_at_once(administrator: Client) -> None:
    act_as(actor=PROGRAM)
    made = registered(1)
    token_of(made)
    token = RecipientToken.objects.get()
    assert "立即失效" in administrator.post(f"/recipients/tokens/{token.pk}/revoke/", follow=True).content.decode()
    administrator.post(f"/recipients/{made.pk}/close/")
    closed = administrator.post(f"/recipients/{made.pk}/tokens/", {"purpose": "", "days": "90", "reason": "对方来函"})
    assert closed.status_code == 422 and "已停用" in closed.content.decode()


@pytest.fixture
def callback() -> Iterator[tuple[str, list[Any]]]:
    """A recipient's program that answers with what lies in the list: status, headers, body."""
    answers: list[Any] = []

    class Program(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            status, headers, body = answers.pop(0)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Program)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", answers
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("answer", "heard"),
    [
        ((200, {}, b'{"receipt": "v1,abc"}'), Answer(status=200, receipt="v1,abc")),
        ((200, {"webhook-receipt": "v1,head"}, b"{}"), Answer(status=200, receipt="v1,head")),
        ((200, {}, b"thanks"), Answer(status=200)),
        ((200, {}, b'["receipt"]'), Answer(status=200)),
        ((200, {}, b'{"receipt": 7}'), Answer(status=200)),
        ((302, {"Location": "/elsewhere"}, b""), Answer(status=302)),
        ((503, {}, b"later"), Answer(status=503)),
    ],
)
def test_whatever_a_recipients_program_answers_is_an_answer(
    callback: tuple[str, list[Any]], answer: tuple[int, dict[str, str], bytes], heard: Answer
) -> None:
    url, answers = callback
    answers.append(answer)
    assert post(Outgoing(url=url, headers={}, body=b"{}")) == heard


def test_no_answer_is_an_answer_too() -> None:
    silent = post(Outgoing(url="http://127.0.0.1:9/", headers={}, body=b"{}"))
    assert (silent.status, silent.problem) == (0, "没有应答：URLError")
