"""publiccredit account: the first administrator, and the way back in for one who is locked out."""

import json
import sys

import pyotp
import pytest

from publiccredit.accounts.models import Officer, SecondFactor
from publiccredit.accounts.operations import acting, enrol_second_factor
from publiccredit.accounts.second_factor import new_enrolment
from publiccredit.accounts.types import PROGRAM
from publiccredit.ledger.models import Entry
from publiccredit.site import commands, database
from tests.flows.cases import AT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program")]


@pytest.fixture(autouse=True)
def running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "ensure_prepared", lambda: None)  # the test's own database is


def typed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["publiccredit", "account", *words])
    with pytest.raises(SystemExit) as ended:
        commands.main()
    said = capsys.readouterr()
    return int(str(ended.value.code)), said.out + said.err


def test_the_first_administrator_is_opened_and_let_in_again(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said = typed(capsys, monkeypatch, "open-administrator", "guan", "--name", "管理员", "--json")
    assert code == 0
    officer = Officer.objects.get()
    assert (officer.username, officer.role, officer.must_change_password) == ("guan", "administrator", True)
    assert officer.check_password(json.loads(said)["password"])
    code, said = typed(capsys, monkeypatch, "open-administrator", "guan", "--name", "管理员")
    assert (code, "已存在" in said) == (2, True)
    code, said = typed(capsys, monkeypatch, "reset-password", "guan", "--json")
    officer.refresh_from_db()
    assert (code, officer.check_password(json.loads(said)["password"])) == (0, True)


def test_a_lost_second_factor_is_taken_away_with_a_reason(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(capsys, monkeypatch, "open-administrator", "guan", "--name", "管理员")
    officer = Officer.objects.get()
    made = new_enrolment(officer=officer)
    code = pyotp.TOTP(made.secret).at(AT)
    enrol_second_factor(by=officer.actor, officer_id=officer.pk, sealed=made.sealed, code=code, at=AT)
    assert "已绑定动态口令" in typed(capsys, monkeypatch, "list")[1]
    refused = typed(capsys, monkeypatch, "reset-second-factor", "guan", "--reason", "丢")
    assert (refused[0], SecondFactor.objects.count()) == (2, 1)
    done = typed(capsys, monkeypatch, "reset-second-factor", "guan", "--reason", "手机遗失，本人到场核对")
    with acting(actor=PROGRAM):
        assert (done[0], SecondFactor.objects.count()) == (0, 0)
    entry = Entry.objects.filter(operation="reset_second_factor").get()
    assert (entry.actor, "本人到场核对" in entry.payload) == ("program", True)
    assert "没有绑定动态口令" in typed(capsys, monkeypatch, "list")[1]


@pytest.mark.parametrize("words", [("reset-password",), ("reset-second-factor", "--reason", "手机遗失")])
def test_an_account_that_is_not_there_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    code, said = typed(capsys, monkeypatch, words[0], "nobody", *words[1:])
    assert (code, "没有账号“nobody”" in said) == (2, True)
