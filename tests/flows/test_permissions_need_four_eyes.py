"""Whatever widens a right is proposed by one administrator and approved by another (DP-35); the database holds it too."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from publiccredit.accounts import queries
from publiccredit.accounts.models import GrantProposal, Officer
from publiccredit.accounts.operations import (
    NotAllowed,
    NotAwaited,
    SecondFactorMissing,
    UnableToOpenAccount,
    UnableToPropose,
    approve_grant,
    close_account,
    collect_grant,
    enrol_second_factor,
    propose_grant,
    refuse_grant,
    withdraw_grant,
)
from publiccredit.accounts.second_factor import new_enrolment
from publiccredit.accounts.types import PROGRAM, Actor, Grant, Role, Wanted
from publiccredit.ledger.models import Entry
from tests.accounts import FIRST, SECOND, TERM, opened_account, two_administrators

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program")]
AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
LAPSED = AT + TERM.length
NEW = Wanted(
    kind=Grant.OPEN_ACCOUNT,
    about="li",
    terms={"username": "li", "display_name": "李四", "role": "auditor", "department_code": ""},
)
TAKEN = "no approved proposal"


@pytest.fixture(autouse=True)
def administrators() -> None:
    two_administrators()


def proposed(wanted: Wanted = NEW, by: Actor = FIRST, at: datetime = AT) -> GrantProposal:
    return propose_grant(by=by, wanted=wanted, reason="部门来函，接任", term=TERM, at=at)


def about(officer: Officer, kind: Grant, **terms: object) -> Wanted:
    return Wanted(kind=kind, about=officer.username, officer_id=officer.pk, terms=terms)  # type: ignore[arg-type]


def entries() -> list[tuple[str, str]]:
    return list(Entry.objects.order_by("position").values_list("operation", "actor"))


# --- the way of a proposal ------------------------------------------------------------------------------------------


def test_an_account_comes_of_two_people_and_its_password_is_shown_to_the_proposer_once() -> None:
    made = proposed()
    assert [p.pk for p in queries.waiting_grants(by=SECOND, at=LATER)] == [made.pk]
    assert not queries.waiting_grants(by=FIRST, at=LATER).exists()
    approve_grant(by=SECOND, proposal_id=made.pk, term=TERM, at=LATER)
    assert not Officer.objects.filter(username="li").exists()
    with pytest.raises(NotAllowed, match="由拟办人领取"):
        collect_grant(by=SECOND, proposal_id=made.pk, at=LATER)
    secret = collect_grant(by=FIRST, proposal_id=made.pk, at=LATER).secret
    officer = Officer.objects.get(username="li")
    assert (officer.role, officer.must_change_password, officer.check_password(secret)) == ("auditor", True, True)
    with pytest.raises(NotAwaited, match="不能领取"):
        collect_grant(by=FIRST, proposal_id=made.pk, at=LATER)
    assert entries()[-3:] == [
        ("propose_grant", FIRST.name), ("approve_grant", SECOND.name), ("open_account", FIRST.name),
    ]  # fmt: skip


def test_a_right_without_a_secret_takes_effect_as_it_is_approved() -> None:
    officer = opened_account(username="li", role=Role.AUDITOR)
    made = proposed(about(officer, Grant.ASSIGN_ROLE, role="office_clerk", department_code=""))
    approve_grant(by=SECOND, proposal_id=made.pk, term=TERM, at=LATER)
    officer.refresh_from_db()
    assert (officer.role, entries()[-1]) == ("office_clerk", ("assign_role", SECOND.name))
    made.refresh_from_db()
    assert (made.state, made.is_used) == ("carried_out", True)


@pytest.mark.parametrize("days", [7, 8])
def test_what_nobody_answers_lapses_with_no_job_running(days: int) -> None:
    made, late = proposed(), AT + timedelta(days=days)
    assert approve_possible(made, late - timedelta(days=days, seconds=-1))
    assert not queries.waiting_grants(by=SECOND, at=late).exists()
    for act in (
        lambda: approve_grant(by=SECOND, proposal_id=made.pk, term=TERM, at=late),
        lambda: refuse_grant(by=SECOND, proposal_id=made.pk, because="没有来函", at=late),
        lambda: withdraw_grant(by=FIRST, proposal_id=made.pk, at=late),
    ):
        with pytest.raises(NotAwaited, match="已经过期"):
            act()
    assert proposed(at=late).pk != made.pk  # it stands in nobody's way


def approve_possible(made: GrantProposal, at: datetime) -> bool:
    return queries.waiting_grants(by=SECOND, at=at).filter(pk=made.pk).exists()


def test_what_nobody_collects_lapses_too() -> None:
    made = proposed()
    approve_grant(by=SECOND, proposal_id=made.pk, term=TERM, at=LATER)
    assert not queries.collectable_grants(by=FIRST, at=LATER + TERM.length).exists()
    with pytest.raises(NotAwaited, match="没有按期领取"):
        collect_grant(by=FIRST, proposal_id=made.pk, at=LATER + TERM.length)
    assert not Officer.objects.filter(username="li").exists()


def test_a_refusal_gives_its_reason_and_ends_it() -> None:
    made = proposed()
    with pytest.raises(UnableToPropose, match="写明理由"):
        refuse_grant(by=SECOND, proposal_id=made.pk, because="不", at=LATER)
    refuse_grant(by=SECOND, proposal_id=made.pk, because="没有部门来函", at=LATER)
    assert entries()[-1] == ("refuse_grant", SECOND.name)
    with pytest.raises(NotAwaited, match="不同意"):
        approve_grant(by=SECOND, proposal_id=made.pk, term=TERM, at=LATER)


@pytest.mark.parametrize("is_approved", [False, True])
def test_a_proposer_withdraws_until_something_has_come_of_it(is_approved: bool) -> None:
    made = proposed()
    if is_approved:
        approve_grant(by=SECOND, proposal_id=made.pk, term=TERM, at=LATER)
    with pytest.raises(NotAllowed, match="只有拟办人"):
        withdraw_grant(by=SECOND, proposal_id=made.pk, at=LATER)
    withdraw_grant(by=FIRST, proposal_id=made.pk, at=LATER)
    assert entries()[-1] == ("withdraw_grant", FIRST.name)
    with pytest.raises(NotAwaited, match="已撤回"):
        collect_grant(by=FIRST, proposal_id=made.pk, at=LATER)


# --- who may --------------------------------------------------------------------------------------------------------


def test_nobody_approves_or_refuses_the_own_proposal() -> None:
    made = proposed()
    for act in (
        lambda: approve_grant(by=FIRST, proposal_id=made.pk, term=TERM, at=LATER),
        lambda: refuse_grant(by=FIRST, proposal_id=made.pk, because="没有来函", at=LATER),
    ):
        with pytest.raises(NotAllowed, match="两人分别办理"):
            act()


@pytest.mark.parametrize(
    "by", [PROGRAM, Actor(name="clerk", role=Role.OFFICE_CLERK), Actor(name="x", role=Role.AUDITOR)]
)
def test_nobody_but_an_administrator_proposes_or_answers(by: Actor) -> None:
    with pytest.raises(NotAllowed, match="系统管理员"):
        proposed(by=by)
    made = proposed()
    with pytest.raises(NotAllowed, match="系统管理员"):
        approve_grant(by=by, proposal_id=made.pk, term=TERM, at=LATER)


def test_nobody_proposes_or_approves_a_right_of_the_own_account() -> None:
    own, third = Officer.objects.get(username=FIRST.name), opened_account(username="third", role=Role.ADMINISTRATOR)
    wanted = about(own, Grant.ASSIGN_ROLE, role="office_head", department_code="")
    with pytest.raises(NotAllowed, match="自己的账号"):
        proposed(wanted)
    made = proposed(wanted, by=SECOND)
    with pytest.raises(NotAllowed, match="自己账号的权限"):
        approve_grant(by=FIRST, proposal_id=made.pk, term=TERM, at=LATER)
    assert not queries.waiting_grants(by=FIRST, at=LATER).exists()
    approve_grant(by=third.actor, proposal_id=made.pk, term=TERM, at=LATER)
    own.refresh_from_db()
    assert own.role == "office_head"


def test_two_people_at_one_log_in_are_one() -> None:
    at_desk = [Actor(name=a.name, role=a.role, session="s" * 64) for a in (FIRST, SECOND)]
    made = proposed(by=at_desk[0])
    with pytest.raises(NotAllowed, match="两次登录"):
        approve_grant(by=at_desk[1], proposal_id=made.pk, term=TERM, at=LATER)


def test_who_has_a_second_factor_approves_with_a_fresh_code_and_must_have_one_where_required(settings: object) -> None:
    made = proposed()
    settings.SECOND_FACTOR = "required"  # type: ignore[attr-defined]
    with pytest.raises(SecondFactorMissing, match="先要绑定"):
        approve_grant(by=SECOND, proposal_id=made.pk, term=TERM, at=LATER)
    officer = Officer.objects.get(username=SECOND.name)
    enrolment = new_enrolment(officer=officer)
    code = pyotp.TOTP(enrolment.secret).at(LATER)
    enrol_second_factor(by=SECOND, officer_id=officer.pk, sealed=enrolment.sealed, code=code, at=LATER)
    with pytest.raises(SecondFactorMissing, match="6 位动态口令"):
        approve_grant(by=SECOND, proposal_id=made.pk, term=TERM, at=LATER)
    fresh = Actor(name=SECOND.name, role=SECOND.role, proved_at=LATER)
    assert approve_grant(by=fresh, proposal_id=made.pk, term=TERM, at=LATER).decided_by_second_factor


def test_a_lone_administrator_is_told_that_a_second_is_needed() -> None:
    close_account(by=FIRST, officer_id=Officer.objects.get(username=SECOND.name).pk, at=AT)
    with pytest.raises(NotAllowed, match="open-administrator"):
        proposed()


def test_what_a_closed_administrator_proposed_is_not_approved() -> None:
    made, third = proposed(), opened_account(username="third", role=Role.ADMINISTRATOR)
    close_account(by=SECOND, officer_id=Officer.objects.get(username=FIRST.name).pk, at=AT)
    with pytest.raises(NotAllowed, match="已不是启用的系统管理员"):
        approve_grant(by=third.actor, proposal_id=made.pk, term=TERM, at=LATER)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Grant.REOPEN_ACCOUNT, "没有停用"),
        (Grant.RESET_SECOND_FACTOR, "没有绑定动态口令"),
        (Grant.ISSUE_TOKEN, "至少写明一项"),
    ],
)
def test_what_is_so_already_or_says_nothing_is_not_proposed(kind: Grant, said: str) -> None:
    officer = opened_account(username="li", role=Role.AUDITOR)
    with pytest.raises(UnableToPropose, match=said):
        proposed(about(officer, kind, name="推送", scopes=[], days=30))
    with pytest.raises(UnableToOpenAccount, match="已存在"):
        proposed()
    assert GrantProposal.objects.filter(state="proposed").count() == 0


def test_the_same_is_not_proposed_twice_while_it_waits() -> None:
    made = proposed()
    with pytest.raises(UnableToPropose, match=f"第 {made.pk} 号拟办还没有办完"):
        proposed(by=SECOND)
    with pytest.raises(UnableToPropose, match="写明理由"):
        propose_grant(by=FIRST, wanted=NEW, reason=" 无 ", term=TERM, at=AT)


def test_a_name_taken_in_the_meantime_is_said_on_collecting_and_nothing_is_used_up() -> None:
    made = proposed()
    approve_grant(by=SECOND, proposal_id=made.pk, term=TERM, at=LATER)
    opened_account(username="li", role=Role.OFFICE_CLERK)
    with pytest.raises(UnableToOpenAccount, match="已存在"):
        collect_grant(by=FIRST, proposal_id=made.pk, at=LATER)
    made.refresh_from_db()
    assert (made.state, made.is_used) == ("approved", False)
