"""A proposal is taken back by whoever made it, before it is decided on: raw SQL does it for nobody else."""

import pytest
from django.db import DatabaseError, connection, transaction

from publiccredit.accounts.operations import acting
from publiccredit.accounts.types import PROGRAM, Actor
from publiccredit.casework.models import Case, Decision
from publiccredit.casework.operations import approve, decide, declare_relation, return_proposal, take_back_proposal
from publiccredit.casework.types import Verdict
from publiccredit.subjects.models import Record
from tests.flows.cases import AT, CLERK, HEAD, LIAISON, REASONS, THIRD, repair_ready

# Statements typed past the program: its own lines only prepare them, as in other tests, and need no counting.
pytestmark = [pytest.mark.django_db, pytest.mark.no_cover, pytest.mark.usefixtures("officers")]

BECAUSE = "金额还要核对"
TAKEN_BACK = "UPDATE casework_decision SET state = 'taken_back', returned_because = %s WHERE id = %s"
NOBODY_ELSE = "taken back by nobody else"


@pytest.fixture
def made(record: Record) -> Decision:
    return decide(by=LIAISON, case_id=repair_ready(record).pk, verdict=Verdict("granted", REASONS), at=AT)


def _refused(by: Actor, message: str, statement: str, *values: object) -> None:
    refusal = pytest.raises(DatabaseError, match=message)
    with acting(actor=by), refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize("by", [THIRD, HEAD, CLERK, PROGRAM], ids=lambda actor: actor.name)
def test_a_proposal_is_taken_back_by_nobody_but_its_proposer(made: Decision, by: Actor) -> None:
    _refused(by, NOBODY_ELSE, TAKEN_BACK, BECAUSE, made.pk)
    assert Decision.objects.get().state == "proposed"


def test_its_proposer_does_it_with_a_reason_and_with_nothing_else(made: Decision) -> None:
    for reason in ("", "  金 额 "):
        _refused(LIAISON, NOBODY_ELSE, TAKEN_BACK, reason, made.pk)
    approved = TAKEN_BACK.replace("returned_because", "approved_by_id = 'shi-head', returned_because")
    _refused(LIAISON, NOBODY_ELSE, approved, BECAUSE, made.pk)
    rewritten = TAKEN_BACK.replace("returned_because", "reasons = 'x', returned_because")
    _refused(LIAISON, "never edited", rewritten, BECAUSE, made.pk)
    with acting(actor=LIAISON), connection.cursor() as cursor:
        cursor.execute(TAKEN_BACK, [BECAUSE, made.pk])
    assert Decision.objects.get().state == "taken_back"


def test_one_who_declared_a_relation_since_is_refused(made: Decision) -> None:
    declare_relation(by=LIAISON, subject_id=made.case.subject_id or 0, relation="配偶", at=AT)
    _refused(LIAISON, "declared relation", TAKEN_BACK, BECAUSE, made.pk)


@pytest.mark.parametrize("state", ["effective", "returned"])
def test_what_was_decided_on_is_taken_back_by_nobody(made: Decision, state: str) -> None:
    if state == "effective":
        approve(by=HEAD, case_id=made.case_id, at=AT)
    else:
        return_proposal(by=HEAD, case_id=made.case_id, because="缺少银行回单", at=AT)
    for by in (LIAISON, HEAD):
        _refused(by, NOBODY_ELSE, TAKEN_BACK, BECAUSE, made.pk)
    assert Decision.objects.get().state == state


def test_no_decision_arrives_taken_back_and_none_comes_back(made: Decision) -> None:
    take_back_proposal(by=LIAISON, case_id=made.case_id, because=BECAUSE, at=AT)
    columns = [f.column for f in Decision._meta.concrete_fields if not f.primary_key]
    copied = f"INSERT INTO casework_decision ({', '.join(columns)}) SELECT {', '.join(columns)} FROM casework_decision"
    _refused(LIAISON, "begins as a proposal", copied)
    for back in ("state = 'proposed'", "state = 'returned'", "returned_because = '另一个理由'"):
        _refused(LIAISON, "never edited|approved or returned", f"UPDATE casework_decision SET {back}")
    assert Decision.objects.get().returned_because == BECAUSE


@pytest.mark.parametrize("by", [LIAISON, HEAD, PROGRAM], ids=lambda actor: actor.name)
def test_a_case_leaves_no_proposal_behind(made: Decision, by: Actor) -> None:
    for state in ("opened", "in_hand", "with_source"):
        _refused(by, "waits for a decision", "UPDATE casework_case SET state = %s WHERE id = %s", state, made.case_id)
    assert Case.objects.get().state == "proposed"
