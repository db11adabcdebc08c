"""publiccredit account: the first two administrators, and the way back in for one who is locked out."""

import json
import sys

import pyotp
import pytest

from publiccredit.accounts.models import Officer, SecondFactor
from publiccredit.accounts.operations import acting, enrol_second_factor
from publiccredit.accounts.second_factor import new_enrolment
from publiccredit.accounts.types import PROGRAM, Role
from publiccredit.ledger.models import Entry
from publiccredit.site import commands, database
from tests.accounts import opened_account
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


OPEN = ("open-administrator", "guan", "--name", "管理员", "--reason", "平台启用")


def test_the_first_two_administrators_are_opened_and_no_third(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said = typed(capsys, monkeypatch, *OPEN, "--json")
    assert (code, json.loads(said)["second_needed"]) == (0, True)
    officer = Officer.objects.get()
    assert (officer.username, officer.role, officer.must_change_password) == ("guan", "administrator", True)
    assert officer.check_password(json.loads(said)["password"])
    entry = Entry.objects.get(operation="open_account")
    assert (entry.actor, '"at_shell":true' in entry.payload, "平台启用" in entry.payload) == ("program", True, True)
    assert (typed(capsys, monkeypatch, *OPEN)[0], Officer.objects.count()) == (2, 1)
    code, said = typed(capsys, monkeypatch, OPEN[0], "wang", *OPEN[2:])
    assert (code, "第二位" in said) == (0, False)
    code, said = typed(capsys, monkeypatch, OPEN[0], "third", *OPEN[2:])
    assert (code, "请由其中一位在“账号”页拟办" in said, Officer.objects.count()) == (2, True, 2)


def test_one_of_two_administrators_is_let_in_again_and_nobody_else(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("guan", "wang"):
        typed(capsys, monkeypatch, OPEN[0], name, *OPEN[2:])
    opened_account(username="li", role=Role.AUDITOR)
    reset = ("reset-password", "guan", "--reason", "忘记密码，本人到场")
    code, said = typed(capsys, monkeypatch, *reset, "--json")
    officer = Officer.objects.get(username="guan")
    assert (code, officer.check_password(json.loads(said)["password"])) == (0, True)
    entry = Entry.objects.get(operation="reset_password")
    assert (entry.actor, '"at_shell":true' in entry.payload, "本人到场" in entry.payload) == ("program", True, True)
    code, said = typed(capsys, monkeypatch, reset[0], "li", *reset[2:])
    assert (code, "只用来开设管理员账号" in said) == (2, True)
    opened_account(username="third", role=Role.ADMINISTRATOR)
    assert typed(capsys, monkeypatch, *reset)[0] == 2


def test_three_who_are_all_shut_out_are_let_in_by_closing_two(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("guan", "wang", "zhao"):
        opened_account(username=name, role=Role.ADMINISTRATOR)
    code, said = typed(capsys, monkeypatch, "reset-password", "guan", "--reason", "三人都登录不了")
    assert (code, "先停用他们的账号" in said) == (2, True)
    assert typed(capsys, monkeypatch, "close", "wang")[0] == 0
    assert typed(capsys, monkeypatch, "reset-password", "guan", "--reason", "三人都登录不了")[0] == 0
    assert typed(capsys, monkeypatch, "reopen", "wang", "--reason", "三人都登录不了")[0] == 2
    assert typed(capsys, monkeypatch, "close", "zhao")[0] == 0
    assert typed(capsys, monkeypatch, "reopen", "wang", "--reason", "三人都登录不了")[0] == 0
    assert Officer.objects.get(username="wang").is_active
    assert typed(capsys, monkeypatch, "close", "guan")[0] == 0
    code, said = typed(capsys, monkeypatch, "close", "wang")
    assert (code, "唯一启用的系统管理员" in said) == (2, True)


def test_a_lost_second_factor_is_taken_away_with_a_reason(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(capsys, monkeypatch, *OPEN)
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


@pytest.mark.parametrize(
    "words", [("reset-password", "--reason", "忘记密码"), ("reset-second-factor", "--reason", "手机遗失")]
)
def test_an_account_that_is_not_there_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    code, said = typed(capsys, monkeypatch, words[0], "nobody", *words[1:])
    assert (code, "没有账号“nobody”" in said) == (2, True)
