"""What a decision does to a record, and what a case is decided on, no statement does beside it: tried with raw SQL."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from publiccredit.accounts.operations import acting
from publiccredit.accounts.types import PROGRAM, Actor
from publiccredit.casework.models import Case, CaseRecord, Decision, Paper
from publiccredit.casework.operations import declare_relation, escalate, reject_objection
from publiccredit.subjects.models import Record
from tests.factories import stored_record
from tests.flows.cases import (
    AT,
    CLERK,
    HEAD,
    LIAISON,
    OFFICE_HEAD,
    PUBLIC_WORDS,
    REASONS,
    SECOND_CLERK,
    THIRD,
    hand_in,
    objection_ready,
    repair_ready,
    report_ready,
    settled,
    shown,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]
EVERYBODY = (LIAISON, HEAD, CLERK, OFFICE_HEAD, PROGRAM)
LATER = "known_from = known_from + interval '1 second'"
REPAIRED = "display_ended_at = now(), sharing_ended_at = now(), measures_lifted_at = now(), ratings_renewed_at = now()"
WITHDRAWN = f"state = 'withdrawn', withdrawn_at = now(), withdrawn_as = 'revoked', withdrawal_notice = '{PUBLIC_WORDS}'"
TAKEN_OUT = {
    "end_disclosure": REPAIRED,
    "withdraw": WITHDRAWN,
    "stay": "stayed_from = '2026-01-01'",
    "shield": "shielded_from = '2026-01-01', shielded_until = '2036-01-01'",
    "flag_suit": "suit_flagged_at = now()",
}


def _refused(by: Actor, message: str, statement: str, *values: Any) -> None:
    refusal = pytest.raises(DatabaseError, match=message)
    with acting(actor=by), refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def _change_record(by: Actor, message: str, record: Record, change: str) -> None:
    _refused(by, message, f"UPDATE subjects_record SET {change}, {LATER} WHERE id = %s", record.pk)


@pytest.mark.parametrize("effect", TAKEN_OUT)
@pytest.mark.parametrize("by", EVERYBODY, ids=str)
def test_a_record_is_taken_out_of_use_by_a_decision_alone(record: Record, by: Actor, effect: str) -> None:
    objection_ready(record)  # that a case is open gives nobody leave
    _change_record(by, f"only by a decision that says so .*{effect}", record, TAKEN_OUT[effect])
    assert shown(record)


@pytest.mark.parametrize("effect", TAKEN_OUT)
def test_a_decision_that_says_something_else_or_is_over_takes_nothing_out(record: Record, effect: str) -> None:
    """Neither another record's decision serves, nor the record's own once its case is over."""
    other = stored_record(subject=record.subject, number=2)
    made = settled(report_ready(other, ground="stayed", paper="stay_order"), "unfounded", first=LIAISON)
    for row in (record, other):
        change = f"{TAKEN_OUT[effect]}, standing_decision_id = {made.pk}"
        _change_record(LIAISON, "only by a decision that says so", row, change)


@pytest.mark.parametrize("by", EVERYBODY, ids=str)
def test_a_record_is_suspended_by_the_lapse_of_its_case_alone(record: Record, by: Actor) -> None:
    _change_record(by, "only while a case about it is overdue", record, "suspended_at = now()")
    case = objection_ready(record)
    lapsed = "UPDATE casework_case SET suspended_display = true WHERE id = %s"
    with acting(actor=CLERK), connection.cursor() as cursor:
        cursor.execute(lapsed, [case.pk])
    still_in_time = AT + timedelta(days=3)
    change = f"suspended_at = '{still_in_time.isoformat()}'"
    _change_record(by, "only while a case about it is overdue", record, change)
    assert escalate(at=AT + timedelta(days=9)).suspended == 1  # what the clock itself does goes through


@pytest.mark.parametrize("state", ["in_hand", "proposed", "decided", "closed", "taken_back"])
def test_a_case_begins_as_a_request(record: Record, state: str) -> None:
    objection_ready(record)
    times = {"decided": ("now()", "NULL", "NULL"), "closed": ("now()", "now()", "NULL"),
             "taken_back": ("NULL", "NULL", "now()")}  # fmt: skip
    changed = dict(zip(("decided_at", "closed_at", "taken_back_at"), times.get(state, ("NULL",) * 3), strict=True))
    changed |= {"state": f"'{state}'", "number": "'濉信异〔2026〕2号'", "idempotency_key": "NULL"}
    columns = [f.column for f in Case._meta.local_fields if f.column != "id"]
    names = ", ".join(f'"{c}"' for c in columns)
    values = ", ".join(changed.get(c, f'"{c}"') for c in columns)
    statement = f"INSERT INTO casework_case ({names}) SELECT {values} FROM casework_case"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE casework_casenumber SET last = last + 1")
    _refused(CLERK, "begins as a request", statement)


@pytest.mark.parametrize("by", [CLERK, OFFICE_HEAD, PROGRAM], ids=str)
def test_a_case_is_not_closed_without_a_decision(record: Record, by: Actor) -> None:
    case = objection_ready(record)
    statement = "UPDATE casework_case SET state = 'closed', decided_at = now(), closed_at = now() WHERE id = %s"
    _refused(by, "closed once it was decided", statement, case.pk)
    assert Case.objects.get(pk=case.pk).state == "in_hand"


def _proposal(case: Case, by: Actor, *effects: str) -> tuple[str, list[Any]]:
    columns: dict[str, Any] = {
        "case_id": case.pk, "outcome": "x", "effects": json.dumps(effects), "withdrawn_as": "", "reasons": REASONS,
        "template": "经核实，主体已于____全部履行。", "public_notice": PUBLIC_WORDS, "corrections": "{}",
        "failing_conditions": "[]", "order_number": "", "four_eyes": True, "state": "proposed",
        "proposed_by_id": by.name, "proposed_at": AT, "returned_because": "", "entry_id": 1,
    }  # fmt: skip
    names, marks = ", ".join(columns), ", ".join(["%s"] * len(columns))
    return f"INSERT INTO casework_decision ({names}) VALUES ({marks}) RETURNING id", [*columns.values()]


def test_nobody_proposes_in_anothers_name(record: Record) -> None:
    """Otherwise one person could write a proposal for somebody else, and approve it as the second."""
    statement, values = _proposal(repair_ready(record), THIRD, "end_disclosure")
    _refused(HEAD, "in their own name", statement, *values)
    assert Decision.objects.count() == 0


def test_a_record_is_not_merely_hidden(record: Record) -> None:
    """Whoever stands on a decision that is being made says why, to everybody, and ends all that a repair ends."""
    statement, values = _proposal(objection_ready(record), CLERK, "withdraw", "end_disclosure", "lift_dispute")
    effective = (
        "UPDATE casework_decision SET state = 'effective', effective_at = now(), approved_at = now(),"
        " approved_by_id = %s WHERE id = %s"
    )
    with acting(actor=CLERK), connection.cursor() as cursor:
        cursor.execute(statement, values)
        made = cursor.fetchone()[0]
    with acting(actor=OFFICE_HEAD), connection.cursor() as cursor:
        cursor.execute(effective, [OFFICE_HEAD.name, made])
    by_it = f"standing_decision_id = {made}"
    said = f"state = 'withdrawn', withdrawal_notice = '{PUBLIC_WORDS}', {by_it}"
    _change_record(CLERK, "record_withdrawal_says_why", record, said)
    hidden = f"state = 'withdrawn', withdrawn_at = now(), withdrawn_as = 'revoked', withdrawal_notice = ' ', {by_it}"
    _change_record(CLERK, "words for the public", record, hidden)
    _change_record(CLERK, "record_repair_is_whole", record, f"display_ended_at = now(), {by_it}")


def test_a_case_that_has_ended_takes_in_neither_record_nor_paper(record: Record) -> None:
    other = stored_record(subject=record.subject, number=2)
    case = objection_ready(record)
    hand_in(case, "evidence")
    added = "INSERT INTO casework_caserecord (case_id, record_id, field) VALUES (%s, %s, '')"
    paper = (
        "INSERT INTO casework_paper (case_id, kind, sha256, file_name, file_size, handed_in_by, party, at, entry_id)"
        " SELECT case_id, kind, repeat('0', 64), file_name, file_size, handed_in_by, party, at, entry_id"
        " FROM casework_paper"
    )
    _refused(CLERK, "takes in nothing more", added, case.pk, other.pk)  # what it is about is known since it was opened
    reject_objection(by=CLERK, case_id=case.pk, reasons=REASONS, at=AT)
    _refused(CLERK, "takes in nothing more", added, case.pk, other.pk)
    _refused(CLERK, "takes in nothing more", paper)
    assert (CaseRecord.objects.count(), Paper.objects.count()) == (1, 1)


def test_whoever_has_declared_a_relation_takes_no_step_and_gives_no_severity(record: Record) -> None:
    case = objection_ready(record)
    for officer in (SECOND_CLERK, THIRD):
        declare_relation(by=officer, subject_id=record.subject_id or 0, relation="配偶", at=AT)
    step = (
        "INSERT INTO casework_casestep (case_id, step, by, party, at, text, entry_id)"
        " VALUES (%s, 'guided', %s, 'office', now(), 'x', 1)"
    )
    _refused(SECOND_CLERK, "declared relation", step, case.pk, SECOND_CLERK.name)
    severity = (
        "severity = 'slight', severity_rule = 'corrected', severity_corrected_at = now(), severity_corrected_by = %s,"
        " severity_correction_reason = '依标准第五条，情节轻微。', entry_id = 999"
    )
    statement = f"UPDATE subjects_record SET {severity}, {LATER} WHERE id = %s"
    _refused(THIRD, "declared relation", statement, THIRD.name, record.pk)
