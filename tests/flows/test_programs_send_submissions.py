"""A department's own program sends files with a token, once each, and reads what became of them."""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from publiccredit.accounts.access import SENDERS, api_open_to
from publiccredit.accounts.models import AccessToken
from publiccredit.accounts.operations import acting, revoke_token
from publiccredit.accounts.types import PROGRAM, Grant, Role, TokenScope, Wanted
from publiccredit.intake.models import ServiceDeclaration, Submission
from publiccredit.intake.operations import declare_service, file_submission
from publiccredit.subjects.models import Record
from tests.accounts import carried_out, issued_token, opened_account
from tests.factories import penalty_row, sent_csv
from tests.flows.filing import check_here

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
ADDRESS = "/api/v1/submissions"


def _program(
    username: str, department_code: str, role: Role = Role.LIAISON, scopes: Collection[TokenScope] = tuple(TokenScope)
) -> Client:
    officer = opened_account(username=username, display_name=username, role=role, department_code=department_code,
        password="long-enough-3819", at=AT,
    )  # fmt: skip
    token = issued_token(officer, name="报送程序", scopes=scopes, at=AT)  # fmt: skip
    client = Client(headers={"Authorization": f"Bearer {token.secret}"})
    client.token_id = token.object_id
    return client


@pytest.fixture
def market(db: None) -> Client:
    return _program("shi", "market_regulation")


def _send(client: Client, *, key: str = "k-1", rows: int = 2, **given: object) -> object:
    content = sent_csv([penalty_row(n) for n in range(1, rows + 1)])
    file = SimpleUploadedFile("处罚.csv", content, content_type="text/csv")
    return client.post(ADDRESS, {"file": file, **given}, headers={"Idempotency-Key": key})


def _file(number: int) -> None:
    with acting(actor=PROGRAM):
        file_submission(submission_id=number, at=timezone.now(), check=check_here)


def test_a_file_is_taken_in_and_its_result_read(market: Client) -> None:
    sent = _send(market, source="market_regulation/penalty")
    assert sent.status_code == 202
    assert sent.json()["state"] == "received"
    _file(sent.json()["submission"])
    told = market.get(sent.headers["Location"]).json()
    assert (told["state"], told["rows"], told["accepted"], told["returned"], told["duplicates"]) == (
        "filed",
        2,
        2,
        0,
        0,
    )
    assert Record.objects.count() == 2


def test_the_same_key_sends_a_file_once(market: Client) -> None:
    first, second = _send(market), _send(market)
    assert first.json()["submission"] == second.json()["submission"]
    _file(first.json()["submission"])
    again = _send(market)
    assert (again.status_code, again.json()["accepted"]) == (200, 2)
    assert "issues" not in again.json(), "what was found is for a token that may read"
    with acting(actor=PROGRAM):
        assert Submission.objects.count() == 1


def test_a_key_with_another_file_is_a_conflict(market: Client) -> None:
    _send(market)
    answer = _send(market, rows=3)
    assert answer.status_code == 409
    assert (answer.json()["code"], answer.json()["where"]) == ("idempotency_key_reused", ["Idempotency-Key"])


@pytest.mark.parametrize(
    ("then", "now", "named"),
    [
        ({}, {"served_on": "2026-11-05"}, "送达日期"),
        ({"served_on": "2026-11-05"}, {"served_on": "2026-11-06"}, "送达日期"),
        ({"source": "market_regulation/penalty"}, {"source": "market_regulation/licence"}, "数据来源"),
        ({}, {"overrides": ["I-102"], "override_reason": "老代码，已核实"}, "确认的疑问"),
    ],
)
def test_a_key_with_other_words_about_the_same_file_is_a_conflict(
    market: Client, then: dict[str, object], now: dict[str, object], named: str
) -> None:
    number = _send(market, **then).json()["submission"]
    answer = _send(market, **now)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")
    assert f"报送编号 {number}），但{named}与那次不同" in answer.json()["message"]
    with acting(actor=PROGRAM):
        submission = Submission.objects.get()
        declared = [str(d.served_on) for d in ServiceDeclaration.objects.all()]
    assert (submission.overrides, declared) == ([], [str(then["served_on"])] if "served_on" in then else [])


def test_a_key_may_be_used_again_after_the_source_was_recognised_and_the_service_declared(market: Client) -> None:
    number = _send(market).json()["submission"]
    _file(number)
    declare_service(by=PROGRAM, submission_id=number, served_on=date(2026, 11, 5), at=timezone.now())
    assert (_send(market).status_code, _send(market).json()["submission"]) == (200, number)


def test_a_part_that_would_go_unheard_is_refused(market: Client) -> None:
    content = sent_csv([penalty_row(1)])

    def sent(address: str = ADDRESS, **parts: object) -> tuple[int, list[str], str]:
        answer = market.post(address, parts, headers={"Idempotency-Key": "k-1"})
        return answer.status_code, answer.json().get("where", []), answer.json().get("message", "")

    one, other = SimpleUploadedFile("甲.csv", content), SimpleUploadedFile("乙.csv", content)
    status, where, message = sent(file=one, **{"served-on": "2026-11-05"})
    assert (status, where) == (400, ["served-on"])
    assert "可以用的有：file、source、served_on、overrides、override_reason" in message
    assert sent(file=[one, other])[:2] == (400, ["file"])
    assert sent(f"{ADDRESS}?served_on=2026-11-05", file=one)[:2] == (400, ["served_on"])
    with acting(actor=PROGRAM):
        assert Submission.objects.count() == 0


def test_a_file_without_a_key_is_refused(market: Client) -> None:
    answer = market.post(ADDRESS, {"file": SimpleUploadedFile("a.csv", b"x")})
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["message"]
    with acting(actor=PROGRAM):
        assert Submission.objects.count() == 0


@pytest.mark.parametrize(
    "given",
    [
        {"source": "taxation/penalty"},
        {"source": "none/none"},
        {"served_on": "2099-01-01"},
        {"overrides": ["D-101"]},
        {"override_reason": "", "overrides": ["I-102"]},
    ],
)
def test_what_cannot_be_sent_so_is_refused_with_the_reason(market: Client, given: dict[str, object]) -> None:
    answer = _send(market, **given)
    assert answer.status_code == 400
    assert set(answer.json()) == {"code", "message", "where"}
    assert len(answer.json()["message"]) > 8
    assert answer.json()["where"] == [next(iter(given))]


def test_another_department_finds_no_such_submission(market: Client) -> None:
    number = _send(market).json()["submission"]
    other = _program("shui", "taxation")
    answer = other.get(f"{ADDRESS}/{number}")
    assert answer.status_code == 404
    assert answer.json() == other.get(f"{ADDRESS}/999999").json()
    assert other.get(ADDRESS).json()["submissions"] == []


def test_nobody_sends_without_a_token_or_with_a_revoked_one(market: Client) -> None:
    assert Client().get(ADDRESS).status_code == 401
    revoke_token(by=PROGRAM, token_id=market.token_id, at=AT)
    assert market.get(ADDRESS).status_code == 401


def test_an_auditor_sends_nothing(db: None) -> None:
    assert _send(_program("shen", "", Role.AUDITOR)).status_code == 403


def test_the_department_s_submissions_come_page_by_page(market: Client) -> None:
    sent = [_send(market, key=f"k-{n}").json()["submission"] for n in range(51)]
    first = market.get(ADDRESS).json()
    assert [s["submission"] for s in first["submissions"]] == sorted(sent, reverse=True)[:50]
    second = market.get(ADDRESS, {"before": first["next_before"]}).json()
    assert [s["submission"] for s in second["submissions"]] == [min(sent)]
    assert second["next_before"] is None


@pytest.mark.parametrize("number", ["0", "x", "9" * 30])
def test_a_number_that_names_nothing_is_not_found(market: Client, number: str) -> None:
    assert market.get(f"{ADDRESS}/{number}").status_code == 404


def test_a_token_issued_for_sending_alone_reads_nothing(db: None) -> None:
    program = _program("shi", "market_regulation", scopes={TokenScope.SEND_SUBMISSIONS})
    sent = _send(program)
    assert sent.status_code == 202
    for address in (ADDRESS, sent.headers["Location"]):
        answer = program.get(address)
        assert (answer.status_code, answer.json()) == (
            403,
            {
                "code": "out_of_scope",
                "message": "这个令牌的权限范围是“报送文件”，不包括“查询报送结果”。请改用范围够的令牌，或者请系统管理员另行签发。",
                "where": [],
            },
        )
        assert program.head(address).status_code == 403


def test_a_token_issued_for_reading_alone_sends_nothing(market: Client) -> None:
    sent = _send(market)
    reader = _program("du", "market_regulation", scopes={TokenScope.READ_SUBMISSIONS})
    assert reader.get(sent.headers["Location"]).status_code == 200
    refused = _send(reader, key="k-2")
    assert (refused.status_code, refused.json()["code"]) == (403, "out_of_scope")
    assert "不包括“报送文件”" in refused.json()["message"]
    with acting(actor=PROGRAM):
        assert Submission.objects.count() == 1


def test_a_method_nobody_answers_is_refused_as_such_whatever_the_scope(market: Client) -> None:
    assert market.put(ADDRESS).status_code == 405


@pytest.mark.parametrize("scopes", [[], ["everything"], ["read_submissions", "everything"]])
def test_the_database_keeps_no_token_that_reaches_nothing_or_the_unknown(market: Client, scopes: list[str]) -> None:
    token = AccessToken.objects.get()
    token.pk, token.secret_sha256, token.scopes = None, "x", scopes
    terms = {"name": token.name, "scopes": scopes, "days": (token.expires_at - token.created_at).days}
    carried_out(Wanted(Grant.ISSUE_TOKEN, token.officer.username, token.officer_id, terms=terms))
    with (
        acting(actor=PROGRAM),
        pytest.raises(IntegrityError, match="token_reaches_something_known"),
        transaction.atomic(),
    ):
        token.save(force_insert=True)


def test_the_day_a_token_was_last_used_is_kept(market: Client) -> None:
    first, same_day, next_day = (datetime(2026, 11, 24, 2, tzinfo=UTC) + timedelta(hours=h) for h in (0, 3, 24))
    for moment, kept in ((first, first), (same_day, first), (next_day, next_day)):
        with patch("django.utils.timezone.now", return_value=moment):
            assert market.get(ADDRESS).status_code == 200
        assert AccessToken.objects.get().last_used_at == kept


def test_an_address_that_leaves_a_method_without_a_scope_does_not_start() -> None:
    class Unscoped(APIView):
        def get(self, request: Request) -> Response: ...
        def post(self, request: Request) -> Response: ...

    with pytest.raises(TypeError, match=r"Unscoped: name the scope of each of .*POST"):
        api_open_to(SENDERS, scopes={"GET": TokenScope.READ_SUBMISSIONS})(Unscoped)
