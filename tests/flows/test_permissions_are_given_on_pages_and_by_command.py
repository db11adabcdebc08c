"""The pages and the commands by which rights are proposed, approved, refused, withdrawn and collected."""

import json
import sys
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from publiccredit.accounts.models import GrantProposal, Officer
from publiccredit.accounts.operations import acting, close_account, enrol_second_factor, propose_grant
from publiccredit.accounts.second_factor import new_enrolment
from publiccredit.accounts.types import PROGRAM, Actor, Grant, Role, Wanted
from publiccredit.recipients.models import Recipient
from publiccredit.site import commands, database
from tests.accounts import FIRST, SECOND, TERM, opened_account, two_administrators
from tests.flows.recipients import registered
from tests.flows.test_a_liaison_works_at_the_desk import Browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program")]
NEW = {"username": "li01", "display_name": "李四", "role": "auditor", "department_code": ""}


@pytest.fixture(autouse=True)
def administrators() -> None:
    two_administrators()


def desk_of(name: str) -> Browser:
    client = Browser()
    officer = Officer.objects.get(username=name)
    client.force_login(officer, backend="publiccredit.accounts.backends.OfficerBackend")
    return client


def waiting(by: Actor = FIRST) -> GrantProposal:
    wanted = Wanted(kind=Grant.OPEN_ACCOUNT, about="li01", terms=NEW)
    return propose_grant(by=by, wanted=wanted, reason="县局来函，增加一名", term=TERM, at=timezone.now())


def said(client: Client, address: str) -> str:
    return client.get(address).content.decode()


# --- pages ----------------------------------------------------------------------------------------------------------


def test_the_queue_shows_each_administrator_what_is_to_be_done() -> None:
    made = waiting()
    of_first, of_second = (said(desk_of(a.name), "/accounts/proposals/") for a in (FIRST, SECOND))
    assert "没有等您审核的事项" in of_first
    assert "没有等您审核的事项" not in of_second
    assert ("县局来函，增加一名" in of_first, "县局来函，增加一名" in of_second) == (True, True)
    assert "有 1 件等您审核" in said(desk_of(SECOND.name), "/accounts/")
    page = said(desk_of(FIRST.name), f"/accounts/proposals/{made.pk}/")
    assert ("approve/" in page, "withdraw/" in page, "collect/" in page) == (False, True, False)
    page = said(desk_of(SECOND.name), f"/accounts/proposals/{made.pk}/")
    assert ("approve/" in page, "refuse/" in page, "withdraw/" in page) == (True, True, False)


def test_tokens_of_one_account_are_told_apart_by_what_they_are_for_and_reach() -> None:
    other = opened_account(
        username="li01", display_name="李四", role=Role.LIAISON, password="long-enough-3819", at=timezone.now(),
        department_code="taxation",
    )  # fmt: skip
    for name, scopes in (("办案系统", ["send_submissions"]), ("监测", ["read_submissions"])):
        terms = {"name": name, "scopes": scopes, "days": 30}
        wanted = Wanted(kind=Grant.ISSUE_TOKEN, about="li01", officer_id=other.pk, terms=terms)
        propose_grant(by=FIRST, wanted=wanted, reason="部门来函", term=TERM, at=timezone.now())
    page = said(desk_of(SECOND.name), "/accounts/proposals/")
    assert (page.count("办案系统；报送文件<"), page.count("监测；查询报送结果<")) == (1, 1)


def test_no_scope_is_ticked_beforehand_and_a_token_without_any_is_not_proposed() -> None:
    other = opened_account(
        username="li01", display_name="李四", role=Role.LIAISON, password="long-enough-3819", at=timezone.now(),
        department_code="taxation",
    )  # fmt: skip
    address, first = f"/accounts/{other.pk}/tokens/", desk_of(FIRST.name)
    page = said(first, address)
    assert "不写证件号。至少 4 字。" in page  # told before, as it is refused after
    assert page.count('name="scopes"') == 2 and " checked" not in page
    refused = first.post(address, {"name": "监测", "days": "30", "reason": "部门来函"})
    assert (refused.status_code, GrantProposal.objects.filter(kind=Grant.ISSUE_TOKEN).count()) == (422, 0)
    assert "请至少勾选一项" in refused.content.decode()


def test_a_lapsed_proposal_is_shown_as_such_and_offers_nothing() -> None:
    wanted = Wanted(kind=Grant.OPEN_ACCOUNT, about="old", terms={**NEW, "username": "old"})
    long_ago = timezone.now() - timedelta(days=8)
    old = propose_grant(by=FIRST, wanted=wanted, reason="县局来函，增加一名", term=TERM, at=long_ago)
    page = said(desk_of(SECOND.name), f"/accounts/proposals/{old.pk}/")
    assert ("过期未审核，已失效" in page, "approve/" in page) == (True, False)
    done = desk_of(SECOND.name).post(f"/accounts/proposals/{old.pk}/approve/", follow=True).content.decode()
    assert "已经过期，不能再审核" in done


def test_a_refusal_asks_for_its_reason_and_the_proposer_reads_it() -> None:
    made, second = waiting(), desk_of(SECOND.name)
    address = f"/accounts/proposals/{made.pk}/"
    answer = second.post(f"{address}refuse/", {"because": "不"})
    assert (answer.status_code, "理由太短" in answer.content.decode()) == (422, True)
    second.post(f"{address}refuse/", {"because": "来函没有盖章"})
    assert "来函没有盖章" in said(desk_of(FIRST.name), address)


def test_a_withdrawn_proposal_waits_for_nobody() -> None:
    made = waiting()
    done = desk_of(FIRST.name).post(f"/accounts/proposals/{made.pk}/withdraw/", follow=True)
    assert "已撤回" in done.content.decode()
    assert "没有等您审核的事项" in said(desk_of(SECOND.name), "/accounts/proposals/")


def test_who_has_a_second_factor_types_a_code_with_the_approval(settings: object) -> None:
    made, officer, second = waiting(), Officer.objects.get(username=SECOND.name), desk_of(SECOND.name)
    address = f"/accounts/proposals/{made.pk}/"
    settings.SECOND_FACTOR = "required"  # type: ignore[attr-defined]
    assert second.get(address).headers["Location"] == "/second-factor/"
    enrolment, now = new_enrolment(officer=officer), timezone.now()
    totp = pyotp.TOTP(enrolment.secret)
    past = now - timedelta(minutes=30)
    enrol_second_factor(by=SECOND, officer_id=officer.pk, sealed=enrolment.sealed, code=totp.at(past), at=past)
    assert "动态口令" in said(second, address)
    wrong = second.post(f"{address}approve/", {"code": "000000"})
    assert (wrong.status_code, "口令不对" in wrong.content.decode()) == (422, True)
    second.post(f"{address}approve/", {"code": totp.now()})
    made.refresh_from_db()
    assert (made.state, made.decided_by_second_factor) == ("approved", True)


def test_the_page_of_a_secret_is_kept_nowhere_and_shows_it_once() -> None:
    made = waiting()
    desk_of(SECOND.name).post(f"/accounts/proposals/{made.pk}/approve/")
    first = desk_of(FIRST.name)
    assert "已同意，待我领取" in said(first, "/accounts/proposals/")
    shown = first.post(f"/accounts/proposals/{made.pk}/collect/")
    assert "no-store" in shown.headers["Cache-Control"]
    secret = shown.context["secret"]
    again = first.post(f"/accounts/proposals/{made.pk}/collect/", follow=True).content.decode()
    assert ("不能领取" in again, secret in again) == (True, False)


def test_a_lone_administrator_is_told_what_to_do_on_every_page_that_needs_two() -> None:
    close_account(by=FIRST, officer_id=Officer.objects.get(username=SECOND.name).pk, at=timezone.now())
    first = desk_of(FIRST.name)
    for address in ("/accounts/", "/accounts/proposals/"):
        assert "account open-administrator" in said(first, address)
    answer = first.post("/accounts/new/", {**NEW, "reason": "县局来函，增加一名"})
    assert (answer.status_code, "现在没有可以审核的管理员" in answer.content.decode()) == (422, True)


def test_an_auditor_reads_every_proposal_and_answers_none() -> None:
    made = waiting()
    opened_account(username="shen", role=Role.AUDITOR)
    auditor = desk_of("shen")
    assert "县局来函，增加一名" in said(auditor, "/accounts/proposals/")
    page = said(auditor, f"/accounts/proposals/{made.pk}/")
    assert ("县局来函，增加一名" in page, "<form" in page.partition("<main")[2].partition("</main")[0]) == (True, False)
    assert auditor.post(f"/accounts/proposals/{made.pk}/approve/").status_code == 403
    assert f'href="/accounts/proposals/{made.pk}/"' in said(auditor, "/oversight/ledger/")


# --- commands -------------------------------------------------------------------------------------------------------


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, Any]]:
    monkeypatch.setattr(database, "start", lambda: None)  # the test's own database is
    monkeypatch.setattr(database, "acting_as_program", nullcontext)

    def type_in(*words: str) -> tuple[int, Any]:
        monkeypatch.setattr(sys, "argv", ["publiccredit", "grant", *words, "--json"])
        with acting(actor=PROGRAM), pytest.raises(SystemExit) as ended:
            commands.main()
        out = capsys.readouterr()
        return int(str(ended.value.code)), json.loads(out.out or out.err)

    return type_in


def test_the_whole_way_goes_by_command(typed: Callable[..., tuple[int, Any]]) -> None:
    type_in = typed
    reason = ("--reason", "县局来函，增加一名")
    account = ("--account", "li01", "--name", "李四", "--role", "liaison", "--department", "market_regulation")
    code, made = type_in("propose", "open_account", *account, *reason, "--by", FIRST.name)
    assert (code, made["state"], made["facts"]["岗位"]) == (0, "proposed", "联络员")
    number = str(made["number"])
    assert [p["number"] for p in type_in("list", "--waiting-for", SECOND.name)[1]] == [made["number"]]
    code, refusal = type_in("approve", number, "--by", FIRST.name)
    assert (code, refusal["code"]) == (2, "not_allowed")
    assert type_in("approve", number, "--by", SECOND.name)[1]["state"] == "approved"
    code, shown = type_in("collect", number, "--by", FIRST.name)
    assert Officer.objects.get(username="li01").check_password(shown["secret"])
    assert type_in("show", number)[1]["state_title"] == "已领取"
    assert type_in("collect", number, "--by", FIRST.name)[1]["code"] == "not_awaited"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("show", "999999"), "proposal_not_found"),
        (("propose", "nothing", "--reason", "县局来函", "--by", FIRST.name), "unknown_word"),
        (("propose", "open_account", "--role", "auditor", "--reason", "县局来函", "--by", FIRST.name), "missing"),
        (("propose", "reset_password", "--account", "no", "--reason", "县局来函", "--by", FIRST.name), "no_account"),
        (("propose", "renew_recipient_key", "--reason", "县局来函", "--by", FIRST.name), "no_recipient"),
        (("propose", "assign_role", "--role", "king", "--reason", "县局来函", "--by", FIRST.name), "unknown_word"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_its_code(
    typed: Callable[..., tuple[int, Any]], words: tuple[str, ...], code: str
) -> None:
    answer = typed(*words)
    assert (answer[0], answer[1]["code"]) == (2, code)


def test_tokens_and_keys_of_recipients_go_the_same_way(typed: Callable[..., tuple[int, Any]]) -> None:
    recipient = registered(1)
    for kind, begins in (("issue_recipient_token", "pcr_"), ("renew_recipient_key", "whsec_")):
        asked = ("--recipient", str(recipient.pk), "--reason", "对方来函", "--by", FIRST.name)
        made = typed("propose", kind, *asked)[1]
        typed("approve", str(made["number"]), "--by", SECOND.name)
        shown = typed("collect", str(made["number"]), "--by", FIRST.name)[1]
        assert shown["secret"].startswith(begins)
        assert shown.get("key", "none").startswith("whsec_") is (kind == "issue_recipient_token")
    assert Recipient.objects.get().key_number == recipient.key_number + 1


def test_a_role_a_token_a_refusal_and_a_withdrawal_by_command(typed: Callable[..., tuple[int, Any]]) -> None:
    opened_account(username="li", role=Role.LIAISON, department_code="taxation")
    asked = ("--account", "li", "--reason", "县局来函", "--by", FIRST.name)
    made = typed("propose", "assign_role", *asked, "--role", "auditor")[1]
    assert typed("approve", str(made["number"]), "--by", SECOND.name)[1]["state"] == "carried_out"
    token = ("--name", "推送", "--scope", "send_submissions", "--days", "30")
    made = typed("propose", "issue_token", *asked, *token)[1]
    assert made["facts"]["有效期"] == "30 天"
    refused = typed("refuse", str(made["number"]), "--because", "没有写明系统", "--by", SECOND.name)[1]
    assert (refused["state"], refused["refused_because"]) == ("refused", "没有写明系统")
    made = typed("propose", "issue_token", *asked, *token)[1]
    assert typed("withdraw", str(made["number"]), "--by", FIRST.name)[1]["state"] == "withdrawn"
