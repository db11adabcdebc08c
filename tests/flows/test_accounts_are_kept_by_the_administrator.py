"""Logging in and out, one's own password, and the administrator's page."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from publiccredit.accounts.models import AccessToken, GrantProposal, Officer
from publiccredit.accounts.types import Role
from publiccredit.ledger.models import Entry
from tests.accounts import carried_through, opened_account, two_administrators

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program")]
PASSWORD = "long-enough-3819"


def officer(name: str, role: Role, department: str = "") -> Officer:
    return opened_account(
        username=name,
        display_name="张三",
        role=role,
        department_code=department,
        password=PASSWORD,
        at=datetime(2026, 11, 1, tzinfo=UTC),
    )


@pytest.fixture
def administrator() -> Officer:
    return officer("admin", Role.ADMINISTRATOR)


@pytest.fixture
def client_of_administrator(administrator: Officer) -> Client:
    client = Client()
    client.post("/log-in/", {"username": "admin", "password": PASSWORD})
    return client


def last_entry() -> tuple[str, str]:
    entry = Entry.objects.order_by("position").last()
    assert entry is not None
    return entry.operation, entry.actor


@pytest.mark.parametrize(
    ("role", "department", "desk"),
    [
        (Role.LIAISON, "market_regulation", "/intake/"),
        (Role.DEPARTMENT_HEAD, "market_regulation", "/oversight/start/"),
        (Role.OFFICE_CLERK, "", "/start/"),
        (Role.AUDITOR, "", "/oversight/"),
        (Role.ADMINISTRATOR, "", "/accounts/"),
    ],
)
def test_each_role_comes_to_its_own_desk(client: Client, role: Role, department: str, desk: str) -> None:
    officer("somebody", role, department)
    answer = client.post("/log-in/", {"username": "somebody", "password": PASSWORD}, follow=True)
    assert (answer.redirect_chain[-1][0], answer.status_code) == (desk, 200)


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(client: Client) -> None:
    officer("somebody", Role.AUDITOR)
    answers = [
        client.post("/log-in/", {"username": name, "password": "wrong-4821-wrong"}) for name in ("somebody", "nobody")
    ]
    assert [a.status_code for a in answers] == [422, 422]
    assert all("账号或密码不对" in a.content.decode() for a in answers)


def test_the_page_asked_for_is_opened_after_logging_in_unless_it_is_elsewhere(client: Client) -> None:
    officer("somebody", Role.AUDITOR)
    given = {"username": "somebody", "password": PASSWORD}
    assert client.post("/log-in/", {**given, "next": "/oversight/late/"}).headers["Location"] == "/oversight/late/"
    client.logout()
    assert client.post("/log-in/", {**given, "next": "https://elsewhere.example/"}).headers["Location"] == "/desk/"


def test_one_who_is_logged_in_is_not_asked_again(client_of_administrator: Client) -> None:
    assert client_of_administrator.get("/log-in/").headers["Location"] == "/desk/"


def test_logging_out_closes_the_desk(client_of_administrator: Client) -> None:
    client_of_administrator.post("/log-out/")
    assert client_of_administrator.get("/accounts/").headers["Location"] == "/log-in/?next=/accounts/"


def test_too_many_wrong_passwords_close_the_account_for_a_while(client: Client) -> None:
    officer("somebody", Role.AUDITOR)
    for _ in range(8):
        answer = client.post("/log-in/", {"username": "somebody", "password": "wrong-4821-wrong"})
    assert answer.status_code == 429
    assert "15 分钟" in answer.content.decode()


def test_an_account_is_opened_with_a_password_shown_once_and_changed_at_first(client_of_administrator: Client) -> None:
    answer = carried_through(
        client_of_administrator,
        "/accounts/new/",
        {"username": "scjg01", "display_name": "李四", "role": "liaison", "department_code": "market_regulation"},
    )
    secret = answer.context["secret"]
    assert last_entry() == ("open_account", "admin")
    assert answer.headers["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert secret in answer.content.decode()
    newcomer = Client()
    first = newcomer.post("/log-in/", {"username": "scjg01", "password": secret})
    assert first.headers["Location"] == "/password/"
    assert newcomer.get("/intake/").headers["Location"] == "/password/"
    changed = {"current": secret, "new": "my-own-5511-words", "repeated": "my-own-5511-words"}
    assert newcomer.post("/password/", changed).status_code == 302
    assert last_entry() == ("change_password", "scjg01")
    assert newcomer.get("/intake/").status_code == 200


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"username": "Ä", "role": "auditor"}, "账号只能用"),
        ({"username": "admin", "role": "auditor"}, "已存在"),
        ({"username": "sj01", "role": "liaison"}, "须选择所属部门"),
        ({"username": "sj01", "role": "auditor", "department_code": "taxation"}, "请留空"),
    ],
)
def test_an_account_that_cannot_be_is_refused_with_what_to_do(
    client_of_administrator: Client, given: dict[str, str], said: str
) -> None:
    two_administrators()
    asked = {"display_name": "李四", "reason": "部门来函", **given}
    answer = client_of_administrator.post("/accounts/new/", asked)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert (Officer.objects.count(), GrantProposal.objects.filter(proposed_by__isnull=False).count()) == (2, 0)


def test_a_new_password_must_be_typed_twice_and_be_strong_and_know_the_old_one(client: Client) -> None:
    officer("somebody", Role.AUDITOR)
    client.post("/log-in/", {"username": "somebody", "password": PASSWORD})
    for given, said in [
        ({"current": "no", "new": "my-own-5511-words", "repeated": "my-own-5511-words"}, "与现在的密码不符"),
        ({"current": PASSWORD, "new": "my-own-5511-words", "repeated": "other"}, "不一致"),
        ({"current": PASSWORD, "new": "short", "repeated": "short"}, "新密码不足 10 位"),
    ]:
        answer = client.post("/password/", given)
        assert (answer.status_code, said in answer.content.decode()) == (422, True), said
    assert Officer.objects.get(username="somebody").check_password(PASSWORD)


def test_a_closed_account_is_logged_out_and_comes_back_without_its_tokens(client_of_administrator: Client) -> None:
    other = officer("somebody", Role.AUDITOR)
    asked = {"name": "监测", "days": "30", "scopes": ["read_submissions"]}
    carried_through(client_of_administrator, f"/accounts/{other.pk}/tokens/", asked)
    working = Client()
    working.post("/log-in/", {"username": "somebody", "password": PASSWORD})
    client_of_administrator.post(f"/accounts/{other.pk}/close/")
    assert last_entry() == ("close_account", "admin")
    assert working.get("/oversight/").status_code == 302
    carried_through(client_of_administrator, f"/accounts/{other.pk}/reopen/")
    assert last_entry() == ("reopen_account", "first-administrator")
    assert working.get("/oversight/").status_code == 302
    assert AccessToken.objects.get().revoked_at is not None


def test_an_administrator_cannot_close_the_own_account(client_of_administrator: Client, administrator: Officer) -> None:
    answer = client_of_administrator.post(f"/accounts/{administrator.pk}/close/", follow=True)
    assert "不能停用自己的账号" in answer.content.decode()
    assert Officer.objects.get(username="admin").is_active


def test_a_reset_password_is_shown_once_and_must_be_changed(client_of_administrator: Client) -> None:
    other = officer("somebody", Role.AUDITOR)
    secret = carried_through(client_of_administrator, f"/accounts/{other.pk}/password/").context["secret"]
    assert last_entry() == ("reset_password", "admin")
    other.refresh_from_db()
    assert (other.check_password(secret), other.must_change_password) == (True, True)


def test_a_token_is_shown_once_and_revoked_at_once(client_of_administrator: Client) -> None:
    other = officer("somebody", Role.LIAISON, "taxation")
    asked = {"name": "办案系统", "days": "90", "scopes": ["send_submissions"]}
    shown = carried_through(client_of_administrator, f"/accounts/{other.pk}/tokens/", asked)
    assert shown.context["secret"].startswith("pct_") and "办案系统；报送文件" in shown.content.decode()
    token = AccessToken.objects.get()
    assert (token.scopes, token.reach) == (["send_submissions"], "报送文件")
    assert (token.expires_at - token.created_at).days == 90
    assert "pct_" not in client_of_administrator.get(f"/accounts/{other.pk}/").content.decode()
    client_of_administrator.post(f"/accounts/tokens/{token.pk}/revoke/")
    token.refresh_from_db()
    assert token.revoked_at is not None
    assert last_entry() == ("revoke_token", "admin")


def test_a_token_without_its_use_is_refused(client_of_administrator: Client) -> None:
    other = officer("somebody", Role.LIAISON, "taxation")
    answer = client_of_administrator.post(f"/accounts/{other.pk}/tokens/", {"days": "90", "reason": "部门来函"})
    assert (answer.status_code, AccessToken.objects.count()) == (422, 0)


def test_the_list_of_accounts_makes_the_same_queries_however_many_there_are(
    client_of_administrator: Client, django_assert_num_queries: object
) -> None:
    for number in range(5):
        officer(f"officer{number}", Role.AUDITOR)
    # session, officer, who acts, lockouts, list, nobody, what waits, the other administrators
    with django_assert_num_queries(8):  # type: ignore[operator]
        client_of_administrator.get("/accounts/")


def test_a_session_of_a_closed_account_stays_ended_when_it_is_reopened(
    client_of_administrator: Client, client: Client
) -> None:
    closed, other = officer("closed", Role.LIAISON, "market_regulation"), Client()
    officer("other", Role.AUDITOR)
    client.post("/log-in/", {"username": "closed", "password": PASSWORD})
    other.post("/log-in/", {"username": "other", "password": PASSWORD})
    client_of_administrator.post(f"/accounts/{closed.pk}/close/")
    carried_through(client_of_administrator, f"/accounts/{closed.pk}/reopen/")
    assert client.get("/intake/").status_code == 302
    assert other.get("/oversight/").status_code == 200
