"""Four eyes (DP-35): another account, another log-in, a fresh code of the second factor; the database agrees."""

from datetime import timedelta

import pyotp
import pytest
from django.db import DatabaseError, connection, transaction

from publiccredit.accounts.models import Officer, SecondFactor
from publiccredit.accounts.operations import NotAllowed, acting, enrol_second_factor
from publiccredit.accounts.second_factor import new_enrolment
from publiccredit.accounts.types import Actor, Role
from publiccredit.casework.models import Case, Decision
from publiccredit.casework.operations import (
    SecondFactorMissing,
    approve,
    decide,
    declare_relation,
    return_proposal,
    take_case,
)
from publiccredit.casework.types import Verdict
from publiccredit.subjects.models import Record
from tests.flows.cases import AT, FOURTH, HEAD, LIAISON, OTHER, REASONS, THIRD, repair_ready
from tests.flows.officers import NOW, browser, read, send, state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers", "an_hour_later")]


@pytest.fixture
def case(record: Record) -> Case:
    """A repair that the liaison proposes to grant."""
    found = repair_ready(record)
    assert send(LIAISON, found, "decide", outcome="granted", reasons=REASONS).status_code == 302
    assert state(found) == "proposed"
    return found


def enrolled(actor: Actor) -> pyotp.TOTP:
    officer = Officer.objects.get(username=actor.name)
    made = new_enrolment(officer=officer)
    totp, before = pyotp.TOTP(made.secret), NOW - timedelta(hours=1)
    enrol_second_factor(by=actor, officer_id=officer.pk, sealed=made.sealed, code=totp.at(before), at=before)
    return totp


def test_who_has_a_second_factor_is_asked_for_a_fresh_code_and_it_counts_once(case: Case) -> None:
    totp = enrolled(HEAD)
    assert "您手机上现在显示的 6 位数字" in read(HEAD, f"/cases/{case.pk}/")
    assert send(HEAD, case, "approve").status_code == 422
    wrong = send(HEAD, case, "approve", code="000000")
    assert (wrong.status_code, "口令不对或者已经用过" in wrong.content.decode()) == (422, True)
    assert 'value="000000"' not in wrong.content.decode(), "who types the next code would add it to this one"
    old = send(HEAD, case, "approve", code=totp.at(NOW - timedelta(hours=1)))
    assert (old.status_code, state(case)) == (422, "proposed")
    assert send(HEAD, case, "approve", code=totp.at(NOW)).status_code == 302
    made = Decision.objects.get(case=case)
    assert (made.state, made.approved_by_second_factor, state(case)) == ("effective", True, "decided")
    assert made.proposed_session != made.approved_session
    assert len(made.approved_session) == 64


def test_a_code_typed_in_this_session_within_five_minutes_is_not_asked_again(case: Case) -> None:
    enrolled(HEAD)
    client = browser(HEAD)
    session = client.session
    session["second_factor_at"] = (NOW - timedelta(minutes=5)).isoformat()
    session.save()
    assert "您手机上现在显示的 6 位数字" not in client.get(f"/cases/{case.pk}/").content.decode()
    session["second_factor_at"] = (NOW - timedelta(minutes=5, seconds=1)).isoformat()
    session.save()
    assert "您手机上现在显示的 6 位数字" in client.get(f"/cases/{case.pk}/").content.decode()
    assert client.post(f"/cases/{case.pk}/", {"step": "approve"}).status_code == 422


def test_where_it_is_required_nobody_approves_without_one(case: Case, settings: object) -> None:
    settings.SECOND_FACTOR = "required"  # type: ignore[attr-defined]
    with pytest.raises(SecondFactorMissing, match="先要绑定动态口令"):
        approve(by=HEAD, case_id=case.pk, at=NOW)
    assert state(case) == "proposed"


def test_the_same_log_in_does_not_propose_and_approve(record: Record) -> None:
    case = repair_ready(record)
    here = {"session": "a" * 64}
    decide(by=Actor(**{**vars(LIAISON), **here}), case_id=case.pk, verdict=Verdict("granted", REASONS), at=AT)
    with pytest.raises(Exception, match="须在两次登录中分别办理"):
        approve(by=Actor(**{**vars(HEAD), **here}), case_id=case.pk, at=NOW)
    assert state(case) == "proposed"


def _refused(by: Actor, statement: str, message: str) -> None:
    raising = pytest.raises(DatabaseError, match=message)
    with raising, acting(actor=by), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


APPROVAL = "UPDATE casework_decision SET state = 'effective', effective_at = now(), approved_at = now(), "


def test_the_database_refuses_an_approval_from_the_same_log_in_or_without_the_factor(case: Case) -> None:
    enrolled(HEAD)
    approved = f"{APPROVAL} approved_by_id = 'shi-head'"
    _refused(HEAD, f"{approved}, approved_by_second_factor = true, approved_session = proposed_session", "two_sessions")
    _refused(HEAD, approved, "without the second factor its approver has")
    _refused(HEAD, f"{approved}, approved_by_second_factor = true, proposed_session = ''", "never edited")


@pytest.mark.parametrize("by", [OTHER, LIAISON, Actor(name="guan", role=Role.ADMINISTRATOR)], ids=lambda a: a.name)
def test_nobody_else_reads_or_changes_a_second_factor(case: Case, by: Actor) -> None:
    enrolled(HEAD)
    with acting(actor=by), connection.cursor() as cursor:
        for table in ("accounts_secondfactor", "accounts_recoverycode"):
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone() == (0,)
        cursor.execute("UPDATE accounts_secondfactor SET failures = 0, paused_until = NULL")
        assert cursor.rowcount == 0
        cursor.execute("DELETE FROM accounts_secondfactor")
        assert cursor.rowcount == 0
    assert SecondFactor.objects.count() == 1


def test_an_officer_neither_changes_nor_removes_the_own_second_factor_nor_uses_a_code_twice(case: Case) -> None:
    enrolled(HEAD)
    with acting(actor=HEAD), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_secondfactor")
        assert cursor.fetchone() == (1,)
        cursor.execute("DELETE FROM accounts_secondfactor")
        assert cursor.rowcount == 0
    never = "never changes, and no code of it counts twice"
    _refused(HEAD, "UPDATE accounts_secondfactor SET sealed_secret = 'mine'", never)
    _refused(HEAD, "UPDATE accounts_secondfactor SET last_step = last_step - 1", never)
    removed = "UPDATE accounts_officer SET second_factor_since = NULL WHERE username = 'shi-head'"
    _refused(HEAD, removed, "accounts are kept by an administrator")
    with acting(actor=HEAD), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_recoverycode SET used_at = now()")
        assert cursor.rowcount == 10
    _refused(HEAD, "UPDATE accounts_recoverycode SET used_at = NULL", "a recovery code counts once")


def test_who_declares_a_relation_after_proposing_blocks_nothing(case: Case) -> None:
    declare_relation(by=LIAISON, subject_id=case.subject_id, relation="配偶", at=NOW)
    with pytest.raises(NotAllowed, match="请退回，由其他工作人员重新拟办"):
        approve(by=HEAD, case_id=case.pk, at=NOW)
    assert state(case) == "proposed"
    returned = return_proposal(by=HEAD, case_id=case.pk, because="拟办人应当回避", at=NOW)
    assert returned.state == "in_hand"
    with pytest.raises(NotAllowed):
        decide(by=LIAISON, case_id=case.pk, verdict=Verdict("granted", REASONS), at=NOW)
    take_case(by=THIRD, case_id=case.pk, at=NOW)
    decide(by=THIRD, case_id=case.pk, verdict=Verdict("granted", REASONS), at=NOW)
    approve(by=HEAD, case_id=case.pk, at=NOW)
    assert state(case) == "decided"


def test_who_has_a_relation_returns_no_proposal(case: Case) -> None:
    declare_relation(by=FOURTH, subject_id=case.subject_id, relation="配偶", at=NOW)
    with pytest.raises(NotAllowed):
        return_proposal(by=FOURTH, case_id=case.pk, because="理由不清", at=NOW)
    returned = "UPDATE casework_decision SET state = 'returned', returned_because = '理由不清楚'"
    refusal = pytest.raises(DatabaseError, match="declared relation")
    with acting(actor=FOURTH), refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(returned)
    with acting(actor=HEAD), connection.cursor() as cursor:
        cursor.execute(returned)
        assert cursor.rowcount == 1
