"""Whatever a program does wrong, it is told in one shape and in Chinese: what was found, what would be right, where."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client, RequestFactory

from publiccredit.accounts.types import Role
from publiccredit.site import errors
from publiccredit.subjects.models import Record
from tests.accounts import issued_token, opened_account
from tests.factories import stored_record, stored_subject
from tests.flows.cases import AT, LIAISON, report_ready, settled
from tests.flows.recipients import registered, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program")]
REMEDY = re.compile(r"请|可以")


def told(answer: HttpResponse, *, status: int, code: str, where: list[str] | None = None) -> str:
    """Hold an answer to the one shape and give its message."""
    assert answer.headers["Content-Type"].startswith("application/json")
    body = json.loads(answer.content)
    assert (answer.status_code, body["code"], body["where"]) == (status, code, where or [])
    assert set(body) == {"code", "message", "where"}
    assert re.search(r"[一-鿿]", body["message"])
    assert not re.search(r"该字段|请确保|字段不能|合法的", body["message"]), "the framework's stock words"
    assert body["message"].endswith("。")
    assert REMEDY.search(body["message"])
    return str(body["message"])


@pytest.fixture
def clock() -> Iterator[None]:
    with patch("django.utils.timezone.now", return_value=datetime(2026, 9, 1, 4, tzinfo=UTC)):
        yield


def program(role: Role, department: str = "") -> Client:
    officer = opened_account(username=f"program-{role}", display_name="程序", role=role, department_code=department,
        password="long-enough-3819", at=AT,
    )  # fmt: skip
    token = issued_token(officer, name="程序", at=AT)
    return Client(headers={"Authorization": f"Bearer {token.secret}"})


@pytest.mark.parametrize(
    ("query", "where", "said"),
    [
        ("", ["q"], "q：没有给出。请补上。"),
        ("q=信", ["q"], "q：为“信”，至少 2 个字符。请补充。"),
        ("q=建材&limit=0", ["limit"], "limit：为“0”，不能小于 1。请改大。"),
        ("q=建材&limit=many", ["limit"], "limit：为“many”，应为整数。请改为整数，例如 20。"),
        ("q=信&limit=101", ["q", "limit"], "q：为“信”，至少 2 个字符。请补充。limit：为“101”，不能大于 100。请改小。"),
    ],
)
def test_every_parameter_that_is_wrong_is_named_with_what_was_found(
    client: Client, query: str, where: list[str], said: str
) -> None:
    answer = client.get(f"/api/v1/search?{query}")
    body = answer.json()
    assert (answer.status_code, body) == (400, {"code": "invalid", "message": said, "where": where})


@pytest.mark.parametrize(
    ("query", "where", "said"),
    [
        # An object sent as a parameter arrives as its properties, or in brackets; a list arrives as repetitions.
        (
            "q=建材&limit[from]=1",
            ["limit[from]"],
            "limit[from]：为“1”，这个地址没有这个参数。可以用的有：q、cursor、limit。",
        ),
        ("q=建材&from=1", ["from"], "from：为“1”，这个地址没有这个参数。可以用的有：q、cursor、limit。"),
        ("q=建材&limit[]=1", ["limit[]"], "limit[]：为“1”，这个地址没有这个参数。可以用的有：q、cursor、limit。"),
        ("q=建材&limit=0&limit=5", ["limit"], "limit：为“5”，写了 2 次，不能判断以哪一个为准。请只写一次。"),
        ("q=建材&q=水泥", ["q"], "q：为“水泥”，写了 2 次，不能判断以哪一个为准。请只写一次。"),
        ("q=建材&limit=%7B%221%22%3A+1%7D", ["limit"], 'limit：为“{"1": 1}”，应为整数。请改为整数，例如 20。'),
    ],
)
def test_a_parameter_that_is_unknown_or_sent_twice_is_refused(
    client: Client, query: str, where: list[str], said: str
) -> None:
    answer = client.get(f"/api/v1/search?{query}")
    assert (answer.status_code, answer.json()) == (400, {"code": "invalid", "message": said, "where": where})


@pytest.mark.parametrize("address", ["changes", "subjects/unknown"])
def test_every_address_with_parameters_refuses_an_unknown_one(client: Client, address: str) -> None:
    told(client.get(f"/api/v1/{address}?limit[0]=5"), status=400, code="invalid", where=["limit[0]"])


def test_senders_are_told_of_an_unknown_parameter_too() -> None:
    sender = program(Role.LIAISON, "market_regulation")
    told(sender.get("/api/v1/submissions?before=9&before=8"), status=400, code="invalid", where=["before"])


def test_an_empty_parameter_is_one_that_was_not_given(client: Client) -> None:
    plain, empty = client.get("/api/v1/search?q=建材"), client.get("/api/v1/search?q=建材&limit=&cursor=")
    assert (plain.status_code, empty.json()) == (200, plain.json())
    assert client.get("/api/v1/changes?limit=").status_code == 200


def test_a_number_that_may_be_a_person_s_is_not_told_back(client: Client) -> None:
    answer = client.get("/api/v1/changes?limit=340621199001011234")
    assert "340621199001011234" not in answer.content.decode()
    assert answer.json()["where"] == ["limit"]


def test_a_date_is_asked_for_in_its_form(client: Client) -> None:
    subject = stored_subject()
    said = told(
        client.get(f"/api/v1/subjects/{subject.uscc}?known_on=3.11.2026"),
        status=400,
        code="invalid",
        where=["known_on"],
    )
    assert said == "known_on：为“3.11.2026”，应为日期。请按 YYYY-MM-DD 填写，例如 2026-11-03。"


def test_no_token_a_wrong_one_and_one_of_another_role_are_told_apart(client: Client) -> None:
    none = told(client.get("/api/v1/submissions"), status=401, code="not_authenticated")
    wrong = Client(headers={"Authorization": "Bearer pct_wrong"}).get("/api/v1/submissions")
    other = program(Role.AUDITOR).get("/api/v1/submissions")
    assert "需要令牌" in none
    assert "无效、已过期或已吊销" in told(wrong, status=401, code="authentication_failed")
    assert "不能调用这个地址" in told(other, status=403, code="permission_denied")
    assert {a.headers["Cache-Control"] for a in (wrong, other)} == {"no-store"}


def test_a_recipients_token_is_told_what_it_is_for_and_which_one_would_do() -> None:
    """In the same words whether it is one or not: a stranger learns of no token whether it exists."""
    for secret in (token_of(registered()), "pcr_nobodys"):
        recipient = Client(headers={"Authorization": f"Bearer {secret}"})
        asked, sent = recipient.get("/api/v1/submissions"), recipient.post("/api/v1/submissions")
        for answer, scope in ((asked, "查询报送结果"), (sent, "报送文件")):
            assert told(answer, status=401, code="authentication_failed") == (
                "所带的是接收方令牌（以 pcr_ 开头），用于查询公开的记录和接收变更通知，不能用在这里。"
                f"这里请用工作人员的令牌（以 pct_ 开头），权限范围须含“{scope}”，由系统管理员签发。"
            )
        assert asked.headers["Cache-Control"] == "no-store"


def test_a_recipient_without_its_token_is_told_which_one_it_needs(client: Client) -> None:
    assert "Authorization: Bearer" in told(client.get("/api/v1/notices"), status=401, code="not_authenticated")


def test_a_method_and_a_format_that_do_not_do_are_told_with_those_that_do(client: Client) -> None:
    assert "可以用的有：GET" in told(client.delete("/api/v1/search"), status=405, code="method_not_allowed")
    accepting = Client(headers={"Accept": "application/xml"})
    assert "application/json" in told(accepting.get("/api/v1/catalogue"), status=406, code="not_acceptable")
    sender = program(Role.LIAISON, "market_regulation")
    answer = sender.post(
        "/api/v1/submissions", "<a/>", content_type="text/xml", headers={"Idempotency-Key": "k"}
    )  # fmt: skip
    said = told(answer, status=415, code="unsupported_media_type")
    assert ("“text/xml”" in said, "multipart/form-data" in said) == (True, True)


def test_a_file_that_is_missing_or_empty_is_told_how_to_send(client: Client) -> None:
    sender = program(Role.LIAISON, "market_regulation")
    key = {"Idempotency-Key": "k"}
    missing = sender.post("/api/v1/submissions", {"source": "x/y"}, headers=key)
    assert "multipart/form-data" in told(missing, status=400, code="invalid", where=["file"])
    empty = sender.post("/api/v1/submissions", {"file": SimpleUploadedFile("a.csv", b"")}, headers=key)
    assert "0 字节" in told(empty, status=400, code="invalid", where=["file"])
    unnamed = sender.post("/api/v1/submissions", {"file": SimpleUploadedFile("a.csv", b"x")})
    assert "每个文件一个" in told(unnamed, status=400, code="invalid", where=["Idempotency-Key"])


def test_a_withdrawn_record_is_gone_with_its_reason_and_a_hidden_one_was_never_there(
    client: Client, officers: None, record: Record, clock: None
) -> None:
    case = report_ready(record, ground="revoked", paper="new_decision")
    settled(case, "withdrawn_revoked", first=LIAISON, public_notice="复议机关撤销原决定", at=AT)
    said = told(client.get(f"/api/v1/records/{record.pk}"), status=410, code="withdrawn")
    assert said.startswith("这条记录已于 2026-")
    assert ("原决定被撤销" in said, "复议机关撤销原决定" in said) == (True, True)
    assert "请删除所存的副本" in said
    hidden = stored_record(subject=record.subject, number=8, state="held_unserved")
    absent = client.get("/api/v1/records/999999999")
    assert client.get(f"/api/v1/records/{hidden.pk}").content == absent.content
    assert "/api/v1/search" in told(absent, status=404, code="not_found")


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        (errors.cross_site, 403, "forbidden"),
        (errors.too_many, 429, "throttled"),
        (lambda request: errors.too_large(request, limit_megabytes=10), 413, "too_large"),
        (errors.bad_request, 400, "invalid"),
        (errors.failed, 500, "failed"),
    ],
)
def test_what_no_view_was_reached_for_is_told_to_a_program_and_shown_to_a_reader(
    rf: RequestFactory, answer: object, status: int, code: str
) -> None:
    given = answer(rf.post("/api/v1/submissions"))  # type: ignore[operator]
    told(given, status=status, code=code)
    page = answer(rf.get("/somewhere/"))  # type: ignore[operator]
    assert (page.status_code, page.headers["Content-Type"].startswith("text/html")) == (status, True)


def test_who_asks_too_often_is_told_how_long_to_wait(rf: RequestFactory) -> None:
    assert errors.too_many(rf.post("/api/v1/submissions")).headers["Retry-After"] == "900"
