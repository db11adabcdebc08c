"""A department's own program sends files with a token, once each, and reads what became of them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from publiccredit.accounts.operations import acting, issue_token, open_account, revoke_token
from publiccredit.accounts.types import PROGRAM, Role
from publiccredit.intake.models import Submission
from publiccredit.intake.operations import file_submission
from publiccredit.subjects.models import Record
from tests.factories import penalty_row, sent_csv
from tests.flows.filing import check_here

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
ADDRESS = "/api/v1/submissions"


def _program(username: str, department_code: str, role: Role = Role.LIAISON) -> Client:
    officer = open_account(
        by=PROGRAM, username=username, display_name=username, role=role, department_code=department_code,
        password="long-enough-3819", at=AT,
    )  # fmt: skip
    token = issue_token(
        by=PROGRAM, officer_id=officer.pk, name="报送程序", at=AT, expires_at=timezone.now() + timedelta(days=1)
    )
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
    assert _send(market).status_code == 200
    with acting(actor=PROGRAM):
        assert Submission.objects.count() == 1


def test_a_key_with_another_file_is_a_conflict(market: Client) -> None:
    _send(market)
    answer = _send(market, rows=3)
    assert answer.status_code == 409
    assert answer.json()["code"] == "idempotency_key_reused"


def test_a_file_without_a_key_is_refused(market: Client) -> None:
    answer = market.post(ADDRESS, {"file": SimpleUploadedFile("a.csv", b"x")})
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["message"]
    with acting(actor=PROGRAM):
        assert Submission.objects.count() == 0


@pytest.mark.parametrize(
    "given",
    [{"source": "taxation/penalty"}, {"source": "none/none"}, {"served_on": "2099-01-01"}, {"overrides": ["D-101"]}],
)
def test_what_cannot_be_sent_so_is_refused_with_the_reason(market: Client, given: dict[str, object]) -> None:
    answer = _send(market, **given)
    assert answer.status_code == 400
    assert set(answer.json()) == {"code", "message", "where"}
    assert len(answer.json()["message"]) > 8


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
