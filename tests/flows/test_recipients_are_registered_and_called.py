"""A recipient is registered, closed and opened on its page; a call takes whatever the other side answers."""

import json
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.utils import timezone

from publiccredit.accounts.operations import NotAllowed
from publiccredit.accounts.types import Role
from publiccredit.recipients.callbacks import post
from publiccredit.recipients.models import Recipient, RecipientToken
from publiccredit.recipients.operations import close_recipient
from publiccredit.recipients.queries import identified
from publiccredit.recipients.types import Answer, Outgoing
from publiccredit.site import commands
from publiccredit.subjects.models import Record
from tests.accounts import approved, carried_through
from tests.flows.cases import AT, LIAISON, report_ready, settled
from tests.flows.recipients import given, registered, token_of
from tests.flows.test_a_liaison_works_at_the_desk import Browser, client_of, said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program")]
GIVEN = {
    "name": "示例银行濉溪支行",
    "contact": "风控科，0561-0000001",
    "address": "濉溪县示例路2号",
    "purpose": "贷前审查",
    "legal_basis": "《征信业管理条例》第十三条",
    "callback_url": "https://bank.example/notices",
}


@pytest.fixture
def clerk() -> Browser:
    return client_of(Role.OFFICE_CLERK)


@pytest.fixture
def administrator() -> Browser:
    return client_of(Role.ADMINISTRATOR)


# --- the page -------------------------------------------------------------------------------------------------------


def test_an_office_registers_a_recipient_and_changes_it(clerk: Browser) -> None:
    done = clerk.post("/recipients/new/", GIVEN, follow=True)
    assert "已登记接收方“示例银行濉溪支行”" in said(done)
    found = Recipient.objects.get()
    changed = clerk.post(f"/recipients/{found.pk}/change/", {**GIVEN, "purpose": "贷后管理"}, follow=True)
    assert "已修改" in said(changed)
    found.refresh_from_db()
    assert (found.purpose, found.callback_url) == ("贷后管理", GIVEN["callback_url"])
    assert GIVEN["name"] in said(clerk.get("/recipients/"))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"callback_url": "http://bank.example/notices"}, "须使用 https"),
        ({"callback_url": "ftp://bank.example/"}, "应为“https://主机/路径”"),
        ({"callback_url": "https://user:secret@bank.example/"}, "应为“https://主机/路径”"),
        ({"callback_url": "https://[::1/"}, "应为“https://主机/路径”"),
        ({"callback_url": "https://bank.example:port/"}, "应为“https://主机/路径”"),
        ({"callback_url": "https://bank.example/#part"}, "应为“https://主机/路径”"),
        ({"name": "示例采购单位1号"}, "已经登记"),
    ],
)
def test_a_recipient_that_cannot_be_called_or_is_there_already_is_refused(
    clerk: Browser, wrong: dict[str, str], words: str
) -> None:
    registered(1)
    answer = clerk.post("/recipients/new/", {**GIVEN, **wrong})
    assert (answer.status_code, words in said(answer)) == (422, True)
    assert Recipient.objects.count() == 1


def test_the_platform_s_own_machine_may_be_called_without_a_certificate(clerk: Browser) -> None:
    clerk.post("/recipients/new/", {**GIVEN, "callback_url": "http://127.0.0.1:9/notices"})
    assert Recipient.objects.get().callback_url == "http://127.0.0.1:9/notices"


def test_a_name_of_another_cannot_be_taken_when_changing(clerk: Browser) -> None:
    first, second = registered(1), registered(2)
    answer = clerk.post(f"/recipients/{second.pk}/change/", {**GIVEN, "name": first.name})
    assert (answer.status_code, "已由另一接收方使用" in said(answer)) == (422, True)
    second.refresh_from_db()
    assert second.name != first.name


def test_a_closed_recipient_s_tokens_end_and_no_new_one_is_issued(clerk: Browser, administrator: Browser) -> None:
    recipient = registered(1)
    secret = token_of(recipient)
    known = {"Authorization": f"Bearer {secret}"}
    assert clerk.get("/api/v1/notices", headers=known).status_code == 200
    assert "令牌随即失效" in said(clerk.post(f"/recipients/{recipient.pk}/close/", follow=True))
    assert clerk.get("/api/v1/notices", headers=known).status_code == 401
    refused = administrator.post(
        f"/recipients/{recipient.pk}/tokens/", {"days": "30", "purpose": "", "reason": "对方来函"}
    )
    assert (refused.status_code, "已停用。请先恢复" in said(refused)) == (422, True)
    assert "原有令牌不会恢复" in said(clerk.post(f"/recipients/{recipient.pk}/reopen/", follow=True))
    assert clerk.get("/api/v1/notices", headers=known).status_code == 401
    page = f"/recipients/{recipient.pk}/"
    administrator.post(f"{page}key/", {"reason": "对方来函"})
    assert "更换接收方签名密钥</a>，待审核" in said(administrator.get(page))
    assert "待审核" not in said(clerk.get(page))
    approved()
    issued = carried_through(administrator, f"{page}tokens/", {"days": "30", "purpose": "年审"})
    assert issued.context["secret"].startswith("pcr_")
    token = RecipientToken.objects.get(purpose="年审")
    reader = identified(secret=issued.context["secret"], at=timezone.now())
    recipient.refresh_from_db()
    assert reader is not None and reader.purpose == f"{recipient.purpose}（年审）", "the registered purpose comes first"
    Recipient.objects.filter(pk=recipient.pk).update(purpose="授信" * 99)
    reader = identified(secret=issued.context["secret"], at=timezone.now())
    assert reader is not None and reader.purpose == "授信" * 99, "where both are too long, the registered one stays"
    administrator.post(f"/recipients/tokens/{token.pk}/revoke/")
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_a_clerk_issues_neither_tokens_nor_keys_and_a_department_registers_nobody(clerk: Browser) -> None:
    recipient = registered(1)
    for address in (f"/recipients/{recipient.pk}/tokens/", f"/recipients/{recipient.pk}/key/"):
        assert clerk.post(address, {"days": "30"}).status_code == 403
    liaison = client_of(Role.LIAISON, "taxation")
    assert liaison.post("/recipients/new/", GIVEN).status_code == 403
    with pytest.raises(NotAllowed, match="由信用办或者系统管理员登记"):
        close_recipient(by=LIAISON, recipient_id=recipient.pk, at=AT)
    assert RecipientToken.objects.count() == 0


# --- the call -------------------------------------------------------------------------------------------------------


class OtherSide:
    """A recipient's server that answers as it is told, and keeps what it was sent."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/notices"
        self.status, self.headers, self.body = 200, {}, b""  # type: tuple[int, dict[str, str], bytes]
        self.seen: list[tuple[str, bytes]] = []


@pytest.fixture
def other_side() -> Iterator[OtherSide]:
    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            side.seen.append((self.headers["webhook-id"], sent))
            self.send_response(side.status)
            for name, value in side.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(side.body)

        def log_message(self, *arguments: object) -> None:
            """Nothing is printed."""

    server = HTTPServer(("127.0.0.1", 0), Answering)
    side = OtherSide(server.server_port)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield side
    server.shutdown()
    thread.join()
    server.server_close()


def call(side: OtherSide) -> Answer:
    return post(Outgoing(url=side.url, headers={"webhook-id": "n-1", "Content-Type": "application/json"}, body=b"{}"))


@pytest.mark.parametrize(
    ("headers", "body", "receipt"),
    [
        ({"webhook-receipt": "v1,abc"}, b"", "v1,abc"),
        ({}, json.dumps({"receipt": "v1,def"}).encode(), "v1,def"),
        ({}, b"thank you", ""),
        ({}, b'["v1,ghi"]', ""),
        ({}, b'{"receipt": 5}', ""),
        ({"webhook-receipt": "v" * 500}, b"", "v" * 200),
    ],
)
def test_a_receipt_is_taken_from_the_header_or_the_answer_and_nothing_else(
    other_side: OtherSide, headers: dict[str, str], body: bytes, receipt: str
) -> None:
    other_side.headers, other_side.body = headers, body
    answer = call(other_side)
    assert (answer.status, answer.receipt, answer.taken) == (200, receipt, True)
    assert other_side.seen == [("n-1", b"{}")]


@pytest.mark.parametrize("status", [400, 404, 500, 503])
def test_a_refusal_is_an_answer_that_was_not_taken(other_side: OtherSide, status: int) -> None:
    other_side.status = status
    assert (call(other_side).status, call(other_side).taken) == (status, False)


def test_a_redirect_is_not_followed(other_side: OtherSide) -> None:
    """A notice goes to the address that was registered, or nowhere."""
    other_side.status, other_side.headers = 302, {"Location": f"{other_side.url}/elsewhere"}
    assert call(other_side).taken is False
    assert len(other_side.seen) == 1


def test_nobody_there_and_an_address_that_is_none_are_told_as_a_problem(other_side: OtherSide) -> None:
    nobody = post(Outgoing(url="http://127.0.0.1:9/notices", headers={}, body=b"{}"))
    none = post(Outgoing(url="", headers={}, body=b"{}"))
    assert [(a.status, a.taken, a.problem.startswith("没有应答")) for a in (nobody, none)] == [(0, False, True)] * 2


# --- the command ----------------------------------------------------------------------------------------------------


def test_notices_are_listed_delivered_and_escalated_by_command(
    officers: None,
    record: Record,
    other_side: OtherSide,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def ask(*arguments: str) -> object:
        monkeypatch.setattr(sys, "argv", ["publiccredit", "notices", *arguments, "--json"])
        with pytest.raises(SystemExit) as ended:
            commands.main()
        assert ended.value.code in (0, None)
        return json.loads(capsys.readouterr().out)

    monkeypatch.setattr("publiccredit.site.commands.notices._ready", lambda: None)
    called, fetching = registered(1, callback_url=other_side.url), registered(2)
    given(called, record)
    given(fetching, record)
    case = report_ready(record, ground="revoked", paper="new_decision")
    settled(case, "withdrawn_revoked", first=LIAISON, public_notice="复议机关撤销原决定", at=AT)
    listed = ask("list")
    assert [(row["recipient"], row["kind"], row["state"]) for row in listed] == [
        (called.name, "withdrawn", "waiting"),
        (fetching.name, "withdrawn", "unconfirmed"),
    ]
    assert ask("list", "--limit", "1") == listed[:1]
    assert ask("list", "--after", str(listed[0]["id"])) == listed[1:]
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2027, 1, 1, tzinfo=UTC))
    done = ask("deliver")
    assert (done["sent"], done["escalated"]) == (1, 1)
    assert [row["recipient"] for row in ask("escalated")] == [fetching.name]
    assert len(other_side.seen) == 1
