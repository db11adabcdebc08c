"""A recipient says who it is, reads, is told, confirms; the office keeps recipients and does what no program did."""

from datetime import UTC, datetime
from unittest.mock import patch

import click
import pytest
from django.test import Client

from publiccredit.accounts.models import Officer
from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM, Role
from publiccredit.ledger.models import Entry
from publiccredit.recipients import signing
from publiccredit.recipients.models import Handover, Notice, Recipient
from publiccredit.recipients.operations import deliver_due, tell
from publiccredit.recipients.types import Answer, Cause, NoticeKind
from publiccredit.site.commands import asking
from publiccredit.site.commands import notices as commands
from publiccredit.site.commands.speaking import Refused
from publiccredit.subjects.models import Record
from tests.accounts import carried_through, opened_account
from tests.flows.cases import AT, people
from tests.flows.desks import at_the_desk
from tests.flows.recipients import given, registered, token_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 1, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def desk() -> object:
    act_as(actor=PROGRAM)
    people()
    with patch("django.utils.timezone.now", return_value=NOW):
        yield


def _changed(record: Record) -> None:
    act_as(actor=PROGRAM)
    tell(kinds={record.pk: NoticeKind.CORRECTED}, cause=Cause(entry_id=7, at=AT, authority="濉溪县市场监督管理局"))


def _as(client: Client, username: str) -> Client:
    client.force_login(Officer.objects.get(username=username), backend="publiccredit.accounts.backends.OfficerBackend")
    return client


def test_who_says_who_it_is_leaves_a_row_for_each_record_and_who_does_not_leaves_none(
    client: Client, record: Record
) -> None:
    addresses = [f"/api/v1/records/{record.pk}", f"/api/v1/subjects/{record.subject.uscc}", "/api/v1/changes"]
    for address in addresses:
        assert client.get(address).status_code == 200
    assert not Handover.objects.exists()
    token = token_of(registered())
    for address in addresses[:2]:
        assert client.get(address, headers={"Authorization": f"Bearer {token}"}).status_code == 200
    rows = Handover.objects.values_list("record_id", "known_from", "way", "purpose", "at")
    assert list(rows) == [(record.pk, record.known_from, "api", "供应商资格审查", NOW)] * 2


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Bearer pcr_wrong", "无效、已过期或已吊销"),
        ("Bearer pct_of_a_department", "部门报送用的令牌只能用于报送"),
        ("Bearer zzz", "不是接收方令牌"),
        ("Token {token}", "Authorization: Bearer 令牌"),
        ("{token}", "Authorization: Bearer 令牌"),
        ("Bearer", "Authorization: Bearer 令牌"),
    ],
)
def test_whoever_means_to_say_who_it_is_and_does_not_is_not_served_unnamed(
    client: Client, record: Record, written: str, said: str
) -> None:
    headers = {"Authorization": written.format(token=token_of(registered()))}
    for address in (f"records/{record.pk}", f"subjects/{record.subject.uscc}", "changes", "notices", "adverse-uses"):
        answer = client.get(f"/api/v1/{address}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "authentication_failed"), address
        assert said in answer.json()["message"] and "不带 Authorization" in answer.json()["message"]
    assert not Handover.objects.exists()


def test_a_recipient_reads_its_own_notices_and_confirms_them_once(client: Client, record: Record) -> None:
    recipient, other = registered(1), registered(2)
    headers = {"Authorization": f"Bearer {token_of(recipient)}"}
    strange = {"Authorization": f"Bearer {token_of(other)}"}
    given(recipient, record)
    _changed(record)
    page = client.get("/api/v1/notices", headers=headers).json()
    assert client.get("/api/v1/notices", headers=strange).json() == {"notices": [], "next_after": None}
    assert client.get("/api/v1/notices").status_code == 401
    notice = page["notices"][0]
    assert (len(page["notices"]), page["next_after"], notice["state"]) == (1, None, "unconfirmed")
    address = f"/api/v1/notices/{notice['delivery_id']}/acknowledge"
    assert client.post(address, headers=strange).status_code == 404
    wrong = client.post(address, {"receipt": "v1,x"}, content_type="application/json", headers=headers)
    assert wrong.status_code == 400 and "回执签名不符" in wrong.json()["message"]
    receipt = signing.receipt(
        key=signing.key_of(recipient_id=recipient.pk, key_number=1),
        delivery_id=notice["delivery_id"],
        body=notice["body"].encode(),
    )
    for _ in range(2):
        done = client.post(address, {"receipt": receipt}, content_type="application/json", headers=headers)
        assert (done.status_code, done.json()["state"]) == (200, "confirmed")
    assert Notice.objects.get().confirmed_by == "interface"


def test_the_office_prints_the_letter_and_takes_down_the_word_by_phone(client: Client, record: Record) -> None:
    given(registered(callback_url="http://127.0.0.1:9/"), record)
    _changed(record)
    Notice.objects.update(attempts=9)
    deliver_due(now=lambda: NOW, send=lambda o: Answer(0, problem="没有应答"), chance=lambda: 0.5)
    act_as(actor=PROGRAM)
    _as(client, "clerk")
    notice = Notice.objects.get()
    assert "10 次送达均未成功" in client.get("/recipients/notices/").content.decode()
    page = client.get(f"/recipients/notices/{notice.pk}/").content.decode()
    assert "信用信息变更告知书" in page and "濉溪县示例路1号" in page and "2026年9月1日" in page
    address = f"/recipients/notices/{notice.pk}/confirm/"
    assert client.post(address, {"how": "phone", "reason": "好"}).status_code == 422
    done = client.post(address, {"how": "phone", "reason": "对方信息科来电，已经改正"})
    assert (done.status_code, Notice.objects.get().state) == (302, "confirmed")
    assert "电话确认" in client.get(f"/recipients/notices/{notice.pk}/").content.decode()
    shown = client.get(f"/records/{record.pk}/").content.decode()
    assert "谁取得过，谁已知道变更" in shown and "记录已更正：已确认" in shown
    assert "谁取得过" not in Client().get(f"/records/{record.pk}/").content.decode()


def test_an_administrator_registers_a_recipient_and_shows_its_token_and_key_once(client: Client) -> None:
    opened_account(username="root", role=Role.ADMINISTRATOR, at=AT)
    _as(client, "root")
    filled = {
        "name": "示例银行",
        "contact": "风控部",
        "address": "示例路2号",
        "purpose": "授信审查",
        "legal_basis": "主体授权",
        "callback_url": "http://bank.example/notices",
    }
    refused = client.post("/recipients/new/", filled)
    assert refused.status_code == 422 and "须使用 https" in refused.content.decode()
    client.post("/recipients/new/", filled | {"callback_url": "https://bank.example/notices"})
    recipient = Recipient.objects.get()
    page = f"/recipients/{recipient.pk}/"
    asked = {"purpose": "", "days": "90"}
    first = carried_through(client, f"{page}tokens/", asked).content.decode()
    key = signing.written(key=signing.key_of(recipient_id=recipient.pk, key_number=1))
    assert "pcr_" in first and first.count(f"<code>{key}</code>") == 1 and "用途：授信审查" in first
    second = carried_through(client, f"{page}tokens/", asked).content.decode()
    assert "pcr_" in second and "whsec_" not in second and "更换签名密钥" in second
    assert "whsec_" in carried_through(client, f"{page}key/").content.decode()
    shown = client.get(page).content.decode()
    assert "pcr_" not in shown and "whsec_" not in shown and "授信审查" in shown
    client.post(f"{page}close/")
    assert Recipient.objects.get().closed_at == NOW
    assert client.post(f"{page}tokens/", {"purpose": "", "days": "90", "reason": "对方来函"}).status_code == 422


def test_a_copy_its_subject_takes_is_written_down_and_asks_for_no_confirmation(client: Client, record: Record) -> None:
    assert record.subject is not None
    desk = at_the_desk(record.subject, client)
    for ending in ("copy/", "copy.json", "copy.pdf"):
        assert desk.get(f"/mine/{ending}").status_code == 200
    act_as(actor=PROGRAM)
    rows = Handover.objects.values_list("subject_id", "recipient_id", "record_id", "known_from", "way", "purpose")
    taken = (record.subject_id, None, record.pk, record.known_from, "copy", "取得本单位信用信息副本")
    assert list(rows) == [taken] * 2  # what is only looked at is nobody's to keep
    assert Entry.objects.filter(operation="take_copy").count() == 2
    _changed(record)
    assert not Notice.objects.exists()
    assert "主体本身" in desk.get("/mine/recipients/").content.decode()


def test_an_export_at_the_command_line_names_to_whom_it_is_given(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publiccredit.site.commands.asking.database_ready", lambda: None)
    monkeypatch.setattr("publiccredit.site.commands.asking.today", NOW.date)
    assert record.subject is not None
    recipient = registered()
    asked = {"identifier": record.subject.uscc or "", "on": NOW.date(), "as_known_at": None}
    show = asking.show.callback
    assert show is not None
    show(**asked, recipient=None)
    assert not Handover.objects.exists()
    show(**asked, recipient=recipient.name)
    rows = Handover.objects.values_list("recipient_id", "record_id", "known_from", "way", "purpose")
    assert list(rows) == [(recipient.pk, record.pk, record.known_from, "export", recipient.purpose)]
    with pytest.raises(Refused, match="没有登记的单位"):
        show(**asked, recipient="没有登记的单位")
    assert Handover.objects.count() == 1


def test_the_notices_command_lists_delivers_and_names_what_waits_for_a_person(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr("publiccredit.site.commands.notices._ready", lambda: None)
    monkeypatch.setattr("publiccredit.site.commands.notices.say", said.append)
    given(registered(), record)
    _changed(record)
    number = Notice.objects.get().pk
    told = f"{number}  记录已更正  记录 {record.pk}  示例采购单位1号"
    _call(commands.list_notices, after=0, limit=100)
    assert said == [f"{told}  待确认", "共 1 条。"]
    _call(commands.list_notices, after=number, limit=100)
    assert said[-1] == "共 0 条。"
    Notice.objects.filter(state="unconfirmed").update(due_at=NOW)
    _call(commands.deliver)
    assert said[-1] == "送达 0 条，确认 0 条，失败 0 条，转人工 1 条。"
    act_as(actor=PROGRAM)
    _call(commands.escalated)
    assert said[-2:] == [f"{told}  转人工", "共 1 条。"]


def _call(command: click.Command, **named: int) -> None:
    assert command.callback is not None
    command.callback(**named)
