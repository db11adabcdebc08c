"""What the database refuses by itself about permissions (DP-35): raw SQL as the application's role fails."""

from datetime import datetime

import pytest
from django.db import DatabaseError, connection, transaction

from publiccredit.accounts.models import AccessToken, GrantProposal, Officer
from publiccredit.accounts.operations import (
    NotAllowed,
    acting,
    approve_grant,
    close_account,
    grant_at_shell,
    refuse_grant,
)
from publiccredit.accounts.types import PROGRAM, Actor, Grant, Role, Wanted
from publiccredit.recipients.models import Recipient
from tests.accounts import FIRST, SECOND, TERM, opened_account, two_administrators
from tests.flows.recipients import registered
from tests.flows.test_permissions_need_four_eyes import AT, LAPSED, LATER, NEW, about, proposed

# Statements typed past the program: its own lines only prepare them, as in other tests, and need no counting.
pytestmark = [pytest.mark.django_db, pytest.mark.no_cover, pytest.mark.usefixtures("as_program")]
TAKEN = "no approved proposal"


@pytest.fixture(autouse=True)
def administrators() -> None:
    two_administrators()


def run(by: Actor, statement: str) -> None:
    with acting(actor=by), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def refused(by: Actor, statement: str, message: str) -> None:
    with pytest.raises(DatabaseError, match=message):
        run(by, statement)


COLUMNS = "username, display_name, role, department_code, password, is_active, must_change_password, created_at"


@pytest.mark.parametrize("by", [FIRST, PROGRAM], ids=lambda a: a.name)
@pytest.mark.parametrize(
    "statement",
    [
        f"INSERT INTO accounts_officer ({COLUMNS}) VALUES ('x', 'x', 'auditor', '', 'x', true, false, now())",
        "UPDATE accounts_officer SET role = 'administrator', department_code = '' WHERE username = 'li'",
        "UPDATE accounts_officer SET department_code = 'taxation' WHERE username = 'li'",
        "UPDATE accounts_officer SET password = 'x' WHERE username = 'li'",
        "UPDATE accounts_officer SET must_change_password = true WHERE username = 'li'",
        "UPDATE accounts_officer SET is_active = true WHERE username = 'closed'",
        "UPDATE accounts_officer SET second_factor_since = NULL WHERE username = 'bound'",
        "INSERT INTO accounts_accesstoken (officer_id, name, secret_sha256, scopes, created_at, expires_at)"
        " SELECT id, 'x', 'x', '{send_submissions}', now(), now() + interval '1 day' FROM accounts_officer"
        " WHERE username = 'li'",
        "INSERT INTO recipients_recipienttoken (recipient_id, purpose, secret_sha256, created_at, expires_at)"
        " SELECT id, 'x', 'x', now(), now() + interval '1 day' FROM recipients_recipient",
        "UPDATE recipients_recipient SET key_number = 7",
    ],
)  # fmt: skip
def test_no_right_comes_into_being_without_its_proposal(by: Actor, statement: str) -> None:
    opened_account(username="li", role=Role.LIAISON, department_code="market_regulation")
    closed, bound = (opened_account(username=name, role=Role.AUDITOR) for name in ("closed", "bound"))
    close_account(by=FIRST, officer_id=closed.pk, at=AT)
    with acting(actor=bound.actor):
        Officer.objects.filter(pk=bound.pk).update(second_factor_since=AT)
    registered(1)
    before = list(Officer.objects.values()), list(Recipient.objects.values()), AccessToken.objects.count()
    refused(by, statement, TAKEN)
    assert (list(Officer.objects.values()), list(Recipient.objects.values()), AccessToken.objects.count()) == before


def test_a_second_factor_is_bound_by_nobody_else() -> None:
    opened_account(username="li", role=Role.AUDITOR)
    refused(FIRST, "UPDATE accounts_officer SET second_factor_since = now() WHERE username = 'li'", "by its officer")


def test_a_right_is_given_just_as_it_was_approved_and_once() -> None:
    made = proposed()
    approve_grant(by=SECOND, proposal_id=made.pk, term=TERM, at=LATER)
    taken = f"UPDATE accounts_grantproposal SET state = 'carried_out', carried_out_at = '{LATER}' WHERE id = {made.pk}"
    wider, just = (
        f"INSERT INTO accounts_officer ({COLUMNS}) VALUES ('{name}', '李四', '{role}', '', 'x', true, false, now())"
        for name, role in (("li", "office_head"), ("li", "auditor"))
    )
    refused(FIRST, just, TAKEN)  # approved, and not carried out
    refused(FIRST, f"{taken}; {wider}", TAKEN)
    run(FIRST, f"{taken}; {just}")
    refused(FIRST, just.replace("'li'", "'li2'"), TAKEN)
    refused(FIRST, f"UPDATE accounts_grantproposal SET is_used = false WHERE id = {made.pk}", "settled")


APPROVED = "state = 'approved', decided_at = '{at}', collect_until = '{until}', decided_by_id = '{by}'"


def approving(by: str, at: datetime = LATER) -> str:
    return "UPDATE accounts_grantproposal SET " + APPROVED.format(at=at, until=at + TERM.length, by=by)


def test_nobody_approves_alone_late_for_another_or_as_somebody_else() -> None:
    clerk = opened_account(username="clerk", role=Role.OFFICE_CLERK)
    proposed()
    waiting = " WHERE state = 'proposed'"
    refused(FIRST, approving(FIRST.name) + waiting, "grant_two_people|own proposal")
    refused(FIRST, approving(SECOND.name) + waiting, "answered by who acts")
    refused(SECOND, approving(SECOND.name, at=LAPSED) + waiting, "grant_decided_in_time")
    refused(PROGRAM, approving(SECOND.name) + waiting, "answered by administrators")
    run(clerk.actor, approving("clerk") + waiting)  # sees none, so changes none
    refused(SECOND, "UPDATE accounts_grantproposal SET state = 'carried_out'" + waiting, "does not go from proposed")
    endless = APPROVED.format(at=LATER, until=LATER, by=SECOND.name)
    refused(SECOND, f"UPDATE accounts_grantproposal SET {endless}{waiting}", "for a time")
    refused(
        SECOND, "UPDATE accounts_grantproposal SET state = 'withdrawn', withdrawn_at = now()" + waiting, "does not go"
    )
    assert GrantProposal.objects.get(state="proposed").decided_by is None


def test_nobody_approves_without_the_second_factor_there_is() -> None:
    made = proposed()
    with acting(actor=SECOND):
        Officer.objects.filter(username=SECOND.name).update(second_factor_since=AT)
    refused(SECOND, approving(SECOND.name) + f" WHERE id = {made.pk}", "without the second factor")


def test_nobody_approves_about_the_own_account() -> None:
    opened_account(username="third", role=Role.ADMINISTRATOR)
    own = Officer.objects.get(username=SECOND.name)
    made = proposed(about(own, Grant.RESET_PASSWORD))
    refused(SECOND, approving(SECOND.name) + f" WHERE id = {made.pk}", "own account")


@pytest.mark.parametrize(
    "change",
    [
        """terms = '{"role": "administrator"}'""", "reason = '换了一个理由'", "kind = 'reset_password'", "about = 'wang'",
        "lapses_at = lapses_at + interval '1 year'", "proposed_by_id = 'second-administrator'",
    ],
)  # fmt: skip
def test_what_is_proposed_never_changes(change: str) -> None:
    made = proposed()
    for by in (FIRST, SECOND, PROGRAM):
        refused(by, f"UPDATE accounts_grantproposal SET {change} WHERE id = {made.pk}", "never changes")


def test_what_is_settled_never_changes_and_nothing_is_removed() -> None:
    made = proposed()
    refuse_grant(by=SECOND, proposal_id=made.pk, because="没有部门来函", at=LATER)
    refused(SECOND, approving(SECOND.name) + f" WHERE id = {made.pk}", "settled")
    refused(SECOND, f"UPDATE accounts_grantproposal SET refused_because = '别的' WHERE id = {made.pk}", "settled")
    refused(PROGRAM, "DELETE FROM accounts_grantproposal", "permission denied")


def _row(**columns: object) -> str:
    usual = {
        "kind": "open_account", "about": "x", "terms": '{"role": "administrator"}', "reason": "平台启用", "state": "proposed",
        "proposed_at": AT, "lapses_at": LAPSED, "proposed_session": "", "decided_session": "",
        "decided_by_second_factor": False, "refused_because": "", "is_used": False,
    } | columns  # fmt: skip
    values = ", ".join(f"'{value}'" for value in usual.values())
    return f"INSERT INTO accounts_grantproposal ({', '.join(usual)}) VALUES ({values})"


def test_a_proposal_is_made_by_who_acts_and_begins_unanswered() -> None:
    refused(FIRST, _row(proposed_by_id=SECOND.name), "as the own act")
    refused(PROGRAM, _row(proposed_by_id=FIRST.name), "as the own act")
    refused(FIRST, _row(proposed_by_id=FIRST.name, reason="无"), "a reason and a term")
    refused(FIRST, _row(proposed_by_id=FIRST.name, lapses_at=AT), "a reason and a term")
    answered = {"state": "approved", "decided_by_id": SECOND.name, "decided_at": AT, "collect_until": LAPSED}
    refused(FIRST, _row(proposed_by_id=FIRST.name, **answered), "as the own act")
    refused(FIRST, _row(state="carried_out"), "at the shell only")


def test_the_shell_opens_no_third_administrator_and_no_other_account() -> None:
    shell = {"state": "carried_out", "carried_out_at": AT}
    refused(PROGRAM, _row(**shell), "there are two administrators")
    refused(PROGRAM, _row(**shell, terms='{"role": "auditor"}'), "at the shell only")
    refused(PROGRAM, _row(**shell, kind="issue_token"), "at the shell only")
    with pytest.raises(NotAllowed, match="已有 2 位其他管理员"):
        grant_at_shell(by=PROGRAM, wanted=_administrator("third"), reason="平台启用", at=AT)
    with pytest.raises(NotAllowed, match="只用来开设管理员账号"):
        grant_at_shell(by=FIRST, wanted=_administrator("third"), reason="平台启用", at=AT)


def _administrator(username: str) -> Wanted:
    terms = {**NEW.terms, "username": username, "role": "administrator"}
    return Wanted(kind=Grant.OPEN_ACCOUNT, about=username, terms=terms)
