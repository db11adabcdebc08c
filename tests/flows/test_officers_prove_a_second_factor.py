"""The second factor of officers: enrolled, asked at the log-in, used once, lost, and taken away by an administrator."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pyotp
import pytest
from django.test import Client

from publiccredit.accounts.models import Officer, RecoveryCode, SecondFactor
from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM, Role
from publiccredit.ledger.models import Entry
from tests.accounts import carried_through, opened_account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program", "clock")]
PASSWORD = "long-enough-3819"
BEGIN = datetime(2026, 11, 23, 2, tzinfo=UTC)
STEP = timedelta(seconds=30)


class Clock:
    """The hour the pages read."""

    now = BEGIN


@pytest.fixture
def clock() -> Iterator[Clock]:
    held = Clock()
    with patch("django.utils.timezone.now", side_effect=lambda: held.now):
        yield held


def officer(name: str, role: Role = Role.AUDITOR) -> Officer:
    department = "market_regulation" if role is Role.DEPARTMENT_HEAD else ""
    return opened_account(username=name, display_name="张三", role=role, department_code=department, password=PASSWORD,
        at=BEGIN,
    )  # fmt: skip


def log_in(client: Client, name: str, follow: bool = False) -> object:
    return client.post("/log-in/", {"username": name, "password": PASSWORD, "next": "/desk/"}, follow=follow)


def enrol(client: Client, clock: Clock) -> tuple[pyotp.TOTP, list[str]]:
    """Enrol as the page says, one step ago, and give what makes codes and the codes for a lost telephone."""
    page = client.get("/second-factor/")
    totp = pyotp.TOTP(page.context["secret"].replace(" ", ""))
    done = client.post("/second-factor/", {"code": totp.at(clock.now)})
    assert done.status_code == 200, done.content.decode()
    clock.now += STEP
    act_as(actor=PROGRAM)
    return totp, list(done.context["codes"])


def test_an_officer_enrols_with_a_code_and_is_given_ten_for_a_lost_telephone(client: Client, clock: Clock) -> None:
    officer("somebody")
    log_in(client, "somebody")
    page = client.get("/second-factor/")
    assert page.headers["Cache-Control"].startswith("max-age=0")
    assert 'src="data:image/svg+xml' in page.content.decode()
    secret = page.context["secret"].replace(" ", "")
    assert client.get("/second-factor/").context["secret"].replace(" ", "") == secret, "the one that was scanned"
    wrong = client.post("/second-factor/", {"code": "000000"})
    assert (wrong.status_code, "口令不对或者已经用过" in wrong.content.decode()) == (422, True)
    assert 'value="000000"' not in wrong.content.decode()
    _, codes = enrol(client, clock)
    assert len(set(codes)) == 10
    kept = SecondFactor.objects.get()
    assert secret not in kept.sealed_secret
    assert Officer.objects.get(username="somebody").second_factor_since == BEGIN
    entries = list(Entry.objects.filter(operation="enrol_second_factor").values_list("actor", "payload"))
    assert [actor for actor, _ in entries] == ["somebody"]
    assert not any(secret in payload or code in payload for _, payload in entries for code in codes)
    assert not RecoveryCode.objects.filter(code_sha256__in=codes).exists()


def test_who_has_one_is_asked_at_the_log_in_and_a_code_counts_once(client: Client, clock: Clock) -> None:
    officer("somebody")
    log_in(client, "somebody")
    totp, _ = enrol(client, clock)
    other = Client()
    assert log_in(other, "somebody").headers["Location"] == "/log-in/code/"  # type: ignore[attr-defined]
    assert other.get("/oversight/").status_code == 302, "the password alone opens nothing"
    code = totp.at(clock.now)
    assert other.post("/log-in/code/", {"code": code}).headers["Location"] == "/desk/"
    assert other.get("/oversight/").status_code == 200
    again = Client()
    log_in(again, "somebody")
    assert again.post("/log-in/code/", {"code": code}).status_code == 422, "replayed"
    clock.now += STEP
    assert again.post("/log-in/code/", {"code": totp.at(clock.now)}).status_code == 302


def test_a_code_of_two_minutes_ago_and_a_password_of_long_ago_do_not_count(client: Client, clock: Clock) -> None:
    officer("somebody")
    log_in(client, "somebody")
    totp, _ = enrol(client, clock)
    other = Client()
    log_in(other, "somebody")
    old = totp.at(clock.now)
    clock.now += timedelta(minutes=2)
    assert other.post("/log-in/code/", {"code": old}).status_code == 422
    clock.now += timedelta(minutes=9)
    answer = other.post("/log-in/code/", {"code": totp.at(clock.now)})
    assert "请先输入账号和密码" in answer.content.decode()
    assert "请先输入账号和密码" in Client().get("/log-in/code/").content.decode()
    assert other.get("/oversight/").status_code == 302


def test_eight_wrong_codes_pause_the_account_for_a_quarter_of_an_hour(client: Client, clock: Clock) -> None:
    officer("somebody")
    log_in(client, "somebody")
    totp, codes = enrol(client, clock)
    other = Client()
    log_in(other, "somebody")
    for _ in range(8):
        answer = other.post("/log-in/code/", {"code": "000000"})
    assert "暂停 15 分钟" in answer.content.decode()
    assert other.post("/log-in/code/", {"code": totp.at(clock.now)}).status_code == 422
    assert other.post("/log-in/code/", {"code": codes[0]}).status_code == 422
    clock.now += timedelta(minutes=15)
    log_in(other, "somebody")
    assert other.post("/log-in/code/", {"code": totp.at(clock.now)}).status_code == 302


def test_a_recovery_code_opens_once_and_new_ones_end_the_old(client: Client, clock: Clock) -> None:
    officer("somebody")
    log_in(client, "somebody")
    totp, codes = enrol(client, clock)

    def opened_with(code: str) -> int:
        other = Client()
        log_in(other, "somebody")
        return other.post("/log-in/code/", {"code": code}).status_code

    assert opened_with(codes[0].upper()) == 302
    assert opened_with(codes[0]) == 422
    act_as(actor=PROGRAM)
    assert Entry.objects.filter(operation="use_recovery_code", actor="somebody").count() == 1
    assert "还有 9 个备用码" in client.get("/second-factor/").content.decode()
    assert client.post("/second-factor/recovery-codes/", {"code": "000000"}).status_code == 422
    renewed = client.post("/second-factor/recovery-codes/", {"code": totp.at(clock.now)}).context["codes"]
    assert opened_with(codes[1]) == 422
    assert opened_with(renewed[0]) == 302


@pytest.mark.parametrize("role", [Role.DEPARTMENT_HEAD, Role.OFFICE_HEAD, Role.ADMINISTRATOR])
def test_who_may_be_the_second_of_four_eyes_must_enrol_where_it_is_required(
    client: Client, clock: Clock, settings: object, role: Role
) -> None:
    settings.SECOND_FACTOR = "required"  # type: ignore[attr-defined]
    officer("somebody", role)
    page = log_in(client, "somebody", follow=True)
    assert page.redirect_chain[-1][0] == "/second-factor/"  # type: ignore[attr-defined]
    assert client.get("/desk/").headers["Location"] == "/second-factor/"
    enrol(client, clock)
    assert client.get("/second-factor/").status_code == 200
    assert client.get("/desk/").status_code == 302
    assert client.get("/desk/", follow=True).status_code == 200
    assert client.post("/log-out/").headers["Location"] == "/"


@pytest.mark.parametrize(("setting", "role"), [("offered", Role.OFFICE_HEAD), ("required", Role.OFFICE_CLERK)])
def test_who_need_not_enrol_works_without(client: Client, settings: object, setting: str, role: Role) -> None:
    settings.SECOND_FACTOR = setting  # type: ignore[attr-defined]
    officer("somebody", role)
    log_in(client, "somebody")
    assert client.get("/cases/").status_code == 200


def test_one_who_must_enrol_may_still_leave(client: Client, settings: object) -> None:
    settings.SECOND_FACTOR = "required"  # type: ignore[attr-defined]
    officer("somebody", Role.OFFICE_HEAD)
    log_in(client, "somebody")
    assert client.post("/log-out/").headers["Location"] == "/"
    assert "sessionid" not in client.cookies or not client.cookies["sessionid"].value


def test_an_administrator_takes_a_lost_one_away_with_a_reason_and_every_session_ends(
    client: Client, clock: Clock
) -> None:
    lost, administrator = officer("somebody"), Client()
    officer("guan", Role.ADMINISTRATOR)
    log_in(client, "somebody")
    enrol(client, clock)
    log_in(administrator, "guan")
    address = f"/accounts/{lost.pk}/second-factor/"
    assert "解除动态口令" in administrator.get(f"/accounts/{lost.pk}/").content.decode()
    assert "请写明理由" in administrator.post(address, {}).content.decode()
    act_as(actor=PROGRAM)
    assert SecondFactor.objects.count() == 1
    done = carried_through(administrator, address, {"reason": "手机遗失，本人到场核对"})
    assert ("已生效" in done.content.decode(), "手机遗失，本人到场核对" in done.content.decode()) == (True, True)
    act_as(actor=PROGRAM)
    assert (SecondFactor.objects.count(), RecoveryCode.objects.count()) == (0, 0)
    entry = Entry.objects.filter(operation="reset_second_factor").get()
    assert (entry.actor, '"grant_proposal"' in entry.payload) == ("first-administrator", True)
    assert client.get("/oversight/").status_code == 302
    assert log_in(Client(), "somebody").headers["Location"] == "/desk/"  # type: ignore[attr-defined]


def test_an_administrator_does_not_take_the_own_one_away(client: Client, clock: Clock) -> None:
    own = officer("guan", Role.ADMINISTRATOR)
    log_in(client, "guan")
    enrol(client, clock)
    answer = client.post(f"/accounts/{own.pk}/second-factor/", {"reason": "想换手机"}, follow=True)
    assert "不能为自己的账号拟办" in answer.content.decode()
    act_as(actor=PROGRAM)
    assert SecondFactor.objects.count() == 1
    assert f'href="/accounts/{own.pk}/second-factor/"' not in client.get(f"/accounts/{own.pk}/").content.decode()


def test_a_secret_sealed_under_another_key_is_told_and_opens_nothing(
    client: Client, clock: Clock, settings: object
) -> None:
    officer("somebody")
    log_in(client, "somebody")
    totp, _ = enrol(client, clock)
    settings.SECRET_KEY = "another key of another installation"  # type: ignore[attr-defined]
    other = Client()
    log_in(other, "somebody")
    answer = other.post("/log-in/code/", {"code": totp.at(clock.now)})
    assert (answer.status_code, "本机的密钥换过" in answer.content.decode()) == (422, True)
