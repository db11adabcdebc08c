"""Roles and departments change, log-ins are released, and one administrator always remains."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from publiccredit.accounts import queries
from publiccredit.accounts.models import AccessToken, Officer
from publiccredit.accounts.operations import NotAllowed, close_account
from publiccredit.accounts.types import PROGRAM, Role
from publiccredit.ledger.models import Entry
from tests.accounts import carried_through, issued_token
from tests.flows.test_accounts_are_kept_by_the_administrator import PASSWORD, last_entry, officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program")]
AT = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.fixture
def administrator() -> Client:
    officer("admin", Role.ADMINISTRATOR)
    client = Client()
    client.post("/log-in/", {"username": "admin", "password": PASSWORD})
    return client


def test_a_role_and_a_department_are_changed_at_once_and_the_tokens_end(administrator: Client) -> None:
    other = officer("somebody", Role.LIAISON, "taxation")
    issued_token(other)
    working = Client()
    working.post("/log-in/", {"username": "somebody", "password": PASSWORD})
    asked = administrator.get(f"/accounts/{other.pk}/role/").content.decode()
    assert "现为联络员" in asked
    new = {"role": "department_head", "department_code": "market_regulation"}
    done = carried_through(administrator, f"/accounts/{other.pk}/role/", new)
    assert "已生效" in done.content.decode()
    other.refresh_from_db()
    assert (other.role, other.department_code) == ("department_head", "market_regulation")
    assert AccessToken.objects.get().revoked_at is not None
    assert last_entry() == ("assign_role", "first-administrator")
    assert '"former_department":"taxation"' in Entry.objects.order_by("position").last().payload
    assert working.get("/intake/").status_code == 200
    carried_through(administrator, f"/accounts/{other.pk}/role/", {"role": "auditor"})
    assert working.get("/intake/").status_code == 403


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"role": "liaison"}, "须选择所属部门"),
        ({"role": "auditor", "department_code": "taxation"}, "请留空"),
        ({"role": "liaison", "department_code": "taxation"}, "没有更改"),
        ({"role": "king"}, "没有“king”这一项"),
    ],
)
def test_a_post_that_cannot_be_is_refused_and_nothing_changes(
    administrator: Client, given: dict[str, str], said: str
) -> None:
    other = officer("somebody", Role.LIAISON, "taxation")
    answer = administrator.post(f"/accounts/{other.pk}/role/", {"reason": "部门来函", **given})
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    other.refresh_from_db()
    assert (other.role, other.department_code) == ("liaison", "taxation")
    assert not Entry.objects.filter(operation="propose_grant").exists()


def test_nobody_changes_the_own_role(administrator: Client) -> None:
    own = Officer.objects.get(username="admin")
    answer = administrator.post(f"/accounts/{own.pk}/role/", {"role": "auditor", "reason": "想换岗位"})
    assert (answer.status_code, "不能为自己的账号拟办" in answer.content.decode()) == (422, True)
    assert "更改岗位或者部门" not in administrator.get(f"/accounts/{own.pk}/").content.decode()


def test_the_last_administrator_is_not_closed() -> None:
    """Not even by the program: after that nobody could open an account any more."""
    first, second = officer("first", Role.ADMINISTRATOR), officer("second", Role.ADMINISTRATOR)
    close_account(by=PROGRAM, officer_id=first.pk, at=AT)
    with pytest.raises(NotAllowed, match="唯一启用的系统管理员"):
        close_account(by=PROGRAM, officer_id=second.pk, at=AT)
    second.refresh_from_db()
    assert (second.is_active, second.role) == (True, "administrator")


def test_who_is_shut_out_is_seen_and_released(administrator: Client, client: Client) -> None:
    other = officer("somebody", Role.AUDITOR)
    for name in ("somebody", "nobody"):
        for _ in range(8):
            client.post("/log-in/", {"username": name, "password": "wrong-4821-wrong"})
    given = {"username": "somebody", "password": PASSWORD}
    assert client.post("/log-in/", given).status_code == 429
    listed = administrator.get("/accounts/").content.decode()
    assert ("登录锁定" in listed, "“nobody”，来自 127.0.0.1，失败 8 次" in listed) == (True, True)
    page = administrator.get(f"/accounts/{other.pk}/").content.decode()
    assert "来自 127.0.0.1，密码输错" in page
    administrator.post(f"/accounts/{other.pk}/release/")
    assert last_entry() == ("release_log_in", "admin")
    assert "127.0.0.1" not in Entry.objects.order_by("position").last().payload
    assert client.post("/log-in/", given).status_code == 302
    assert [found.username for found in queries.lockouts(at=datetime.now(UTC))] == ["nobody"]


def test_a_lockout_ends_by_itself_and_is_no_longer_shown(client: Client) -> None:
    officer("somebody", Role.AUDITOR)
    for _ in range(8):
        client.post("/log-in/", {"username": "somebody", "password": "wrong-4821-wrong"})
    assert len(queries.lockouts(at=datetime.now(UTC))) == 1
    assert queries.lockouts(at=datetime.now(UTC) + timedelta(minutes=16)) == ()
