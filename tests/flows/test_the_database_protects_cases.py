"""Forbidden shortcuts, tried with raw SQL as the application's role: the database refuses each."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from publiccredit.accounts.operations import acting
from publiccredit.accounts.types import PROGRAM, Actor, Role
from publiccredit.casework.models import Case, CaseStep, Decision
from publiccredit.casework.operations import (
    decide,
    declare_relation,
    escalate,
    extend_deadline,
    reject_objection,
    request_papers,
    request_review,
)
from publiccredit.casework.types import Channel, Order, Verdict
from publiccredit.catalogue.types import ProcedureName
from publiccredit.subjects.models import Record
from tests.factories import stored_record
from tests.flows.cases import (
    APPLICANT,
    AT,
    CLERK,
    FOURTH,
    HEAD,
    LIAISON,
    OFFICE_HEAD,
    OTHER,
    OWNER,
    REASONS,
    THIRD,
    hand_in,
    objection_ready,
    opened,
    repair_ready,
    repaired,
    report_ready,
    settled,
    shown,
)

# Statements typed past the program: its own lines only prepare them, as in other tests, and need no counting.
pytestmark = [pytest.mark.django_db, pytest.mark.no_cover, pytest.mark.usefixtures("officers")]
TEMPLATE = "经核实，该信息与决定文书一致，理由是____, 异议不予支持。"


def _refused(by: Actor, message: str, statement: str, *values: Any) -> None:
    refusal = pytest.raises(DatabaseError, match=message)
    with acting(actor=by), refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def _insert_decision(case: Case, **columns: Any) -> tuple[str, list[Any]]:
    usual: dict[str, Any] = {
        "case_id": case.pk,
        "outcome": "rejected",
        "effects": json.dumps(["lift_dispute"]),
        "withdrawn_as": "",
        "reasons": REASONS,
        "template": TEMPLATE,
        "public_notice": "x",
        "corrections": "{}",
        "failing_conditions": "[]",
        "order_number": "",
        "four_eyes": False,
        "state": "proposed",
        "proposed_by_id": CLERK.name,
        "proposed_at": AT,
        "returned_because": "",
        "entry_id": 1,
    } | columns
    names = ", ".join(usual)
    marks = ", ".join(["%s"] * len(usual))
    return f"INSERT INTO casework_decision ({names}) VALUES ({marks})", list(usual.values())


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"reasons": ""}, "decision_gives_reasons"),
        ({"reasons": "  不 成 立 \n 。  "}, "decision_gives_reasons"),
        ({"reasons": TEMPLATE}, "decision_reasons_are_not_the_template"),
        ({"reasons": TEMPLATE.replace("____", " ").replace(",", ", ")}, "decision_reasons_are_not_the_template"),
        ({"reasons": TEMPLATE.replace("____", "XXXX")}, "leave a blank of the template open"),
        ({"reasons": TEMPLATE.replace("____", "＊ ＊ ＊ ＊")}, "leave a blank of the template open"),
        ({"reasons": TEMPLATE.replace("____", "【 】")}, "leave a blank of the template open"),
        ({"reasons": TEMPLATE.replace("____", "某某某")}, "leave a blank of the template open"),
        ({"template": ""}, "decision_reasons_are_not_the_template"),
        ({"four_eyes": True, "state": "effective", "effective_at": AT}, "decision_effective_only_when_complete"),
        ({"approved_by_id": OFFICE_HEAD.name, "approved_at": AT}, "decision_two_people"),
        ({"effects": '["end_disclosure"]'}, "decision_on_consequences_has_four_eyes"),
        ({"effects": '["undo_repair"]'}, "decision_on_consequences_has_four_eyes"),
        ({"state": "returned"}, "decision_returned_says_why"),
        ({"effects": '["withdraw", "lift_dispute"]', "public_notice": " 停 止 公 示 "}, "words for the public"),
    ],
)
def test_a_decision_without_what_it_needs_is_refused(record: Record, columns: dict[str, Any], message: str) -> None:
    case = objection_ready(record)
    statement, values = _insert_decision(case, **{"proposed_by_id": OFFICE_HEAD.name} | columns)
    _refused(OFFICE_HEAD, message, statement, *values)
    assert Decision.objects.count() == 0


def test_a_decision_by_nobody_known_is_refused(record: Record) -> None:
    nobody = Actor(name="nobody", role=Role.OFFICE_CLERK)
    statement, values = _insert_decision(objection_ready(record), proposed_by_id=nobody.name)
    _refused(nobody, "foreign key", statement + "; SET CONSTRAINTS ALL IMMEDIATE", *values)


@pytest.mark.parametrize("by", [LIAISON, HEAD, OTHER, PROGRAM, Actor(name="shen", role=Role.AUDITOR)], ids=str)
def test_an_objection_is_decided_by_nobody_but_the_office(record: Record, by: Actor) -> None:
    statement, values = _insert_decision(objection_ready(record))
    _refused(by, "decided by its office|not yours", statement, *values)


@pytest.mark.parametrize("by", [CLERK, OFFICE_HEAD, OTHER, PROGRAM], ids=str)
def test_a_repair_is_decided_by_nobody_but_its_department(record: Record, by: Actor) -> None:
    statement, values = _insert_decision(repair_ready(record), four_eyes=True)
    _refused(by, "decided by its source|not yours", statement, *values)


def test_the_first_decider_is_refused_in_the_review(record: Record) -> None:
    case = objection_ready(record)
    reject_objection(by=OFFICE_HEAD, case_id=case.pk, reasons=REASONS, at=AT)
    review = request_review(by=OWNER, case_id=case.pk, applicant=APPLICANT, request="不服", at=AT)
    statement, values = _insert_decision(review, proposed_by_id=OFFICE_HEAD.name)
    _refused(OFFICE_HEAD, "somebody else than its first decider", statement, *values)
    statement, values = _insert_decision(review, approved_by_id=OFFICE_HEAD.name)
    _refused(OFFICE_HEAD, "somebody else than its first decider", statement, *values)


@pytest.mark.parametrize(
    ("by", "approver"),
    [
        (THIRD, THIRD.name),  # a liaison, of the same department
        (HEAD, THIRD.name),  # in the liaison's name
        (HEAD, FOURTH.name),  # in another head's name
        (LIAISON, HEAD.name),  # in the head's name
    ],
)
def test_a_proposal_is_approved_by_nobody_but_a_head_in_their_own_name(
    record: Record, by: Actor, approver: str
) -> None:
    made = decide(by=LIAISON, case_id=repair_ready(record).pk, verdict=Verdict("granted", REASONS), at=AT)
    statement = (
        "UPDATE casework_decision SET state = 'effective', effective_at = now(), approved_at = now(),"
        " approved_by_id = %s WHERE id = %s"
    )
    _refused(by, "approved or returned by a department_head", statement, approver, made.pk)
    returned = "UPDATE casework_decision SET state = 'returned', returned_because = '缺少回单' WHERE id = %s"
    _refused(THIRD, "approved or returned by a department_head", returned, made.pk)


def test_an_officer_with_a_relation_is_refused(record: Record) -> None:
    case = objection_ready(record)
    declare_relation(by=CLERK, subject_id=record.subject_id or 0, relation="配偶", at=AT)
    statement, values = _insert_decision(case)
    _refused(OFFICE_HEAD, "declared relation", statement, *values)


@pytest.mark.parametrize(
    "change",
    [
        "state = 'in_hand', decided_at = NULL",
        "request = '另一个请求'",
        "owner = 'somebody'",
        "due_on = due_on + 1",
        "decided_at = decided_at + interval '1 day'",
        "reached_percent = 0",
        "suspended_display = true",
    ],
)
def test_a_decided_case_is_never_edited(record: Record, change: str) -> None:
    case = objection_ready(record)
    reject_objection(by=CLERK, case_id=case.pk, reasons=REASONS, at=AT)
    _refused(CLERK, "is decided and is never edited", f"UPDATE casework_case SET {change} WHERE id = %s", case.pk)


@pytest.mark.parametrize("column", ["request", "ground", "applicant_name", "department_code", "decided_by_party"])
def test_what_was_asked_is_never_edited(record: Record, column: str) -> None:
    case = objection_ready(record)
    _refused(CLERK, "is never edited", f"UPDATE casework_case SET {column} = 'x' WHERE id = %s", case.pk)


def test_a_case_is_not_decided_without_a_decision(record: Record) -> None:
    case = objection_ready(record)
    statement = "UPDATE casework_case SET state = 'decided', decided_at = now() WHERE id = %s"
    _refused(CLERK, "no effective decision", statement, case.pk)


def test_a_decision_is_never_edited(record: Record) -> None:
    case = repair_ready(record)
    made = decide(by=LIAISON, case_id=case.pk, verdict=Verdict("granted", REASONS), at=AT)
    for change in (
        "reasons = reasons || '改'",
        "outcome = 'refused'",
        "effects = '[]'",
        "proposed_by_id = 'shi-third'",
    ):
        _refused(LIAISON, "never edited", f"UPDATE casework_decision SET {change} WHERE id = %s", made.pk)
    statement = (
        "UPDATE casework_decision SET state = 'effective', effective_at = now(), approved_at = now(),"
        " approved_by_id = %s WHERE id = %s"
    )
    _refused(LIAISON, "approved or returned by a department_head", statement, LIAISON.name, made.pk)


TABLES = ("case", "caserecord", "casestep", "paper", "decision", "letter", "declaredrelation")


@pytest.mark.parametrize("table", TABLES)
def test_nothing_of_a_case_is_removed(record: Record, table: str) -> None:
    repaired(record)
    _refused(CLERK, "permission denied|never removed", f"DELETE FROM casework_{table}")
    _refused(CLERK, "permission denied|never removed", f"TRUNCATE casework_{table} CASCADE")


@pytest.mark.parametrize("table", [t for t in TABLES if t not in ("case", "decision")])
def test_what_was_written_beside_a_case_is_never_rewritten(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(current_user, %s, 'UPDATE')", [f"casework_{table}"])
        assert cursor.fetchone() == (False,)


ALL_NULL = "display_ended_at = NULL, sharing_ended_at = NULL, measures_lifted_at = NULL, ratings_renewed_at = NULL"
LATER = "known_from = known_from + interval '1 second'"


def _change_record(by: Actor, message: str, record: Record, change: str) -> None:
    _refused(by, message, f"UPDATE subjects_record SET {change}, {LATER} WHERE id = %s", record.pk)


@pytest.mark.parametrize("by", [LIAISON, CLERK, PROGRAM], ids=str)
def test_a_repaired_record_is_never_displayed_again_without_a_decision(record: Record, by: Actor) -> None:
    repaired(record)
    old = Decision.objects.get().pk
    for change in (ALL_NULL, f"{ALL_NULL}, standing_decision_id = {old}"):
        _change_record(by, "only by a decision that says so", record, change)
    _change_record(by, "record_repair_is_whole", record, "sharing_ended_at = NULL")
    assert not shown(record)


def test_a_withdrawn_record_never_comes_back(record: Record) -> None:
    settled(report_ready(record, ground="revoked", paper="new_decision"), "withdrawn_revoked", first=LIAISON)
    change = "state = 'filed', withdrawn_at = NULL, withdrawn_as = ''"
    _change_record(PROGRAM, "never comes back", record, change)


def test_a_dispute_mark_is_not_taken_away_by_hand(record: Record) -> None:
    objection_ready(record)
    _change_record(PROGRAM, "loses a mark", record, "dispute = '', disputed_at = NULL")


def test_a_suspension_a_stay_and_a_shield_are_not_lifted_by_hand(record: Record) -> None:
    objection_ready(record)
    escalate(at=AT + timedelta(days=9))
    _change_record(PROGRAM, "shown again", record, "suspended_at = NULL")
    order = Order(number="濉政复〔2026〕3号", begins=AT.date())
    settled(report_ready(record, ground="stayed", paper="stay_order"), "stayed", first=LIAISON, order=order)
    _change_record(PROGRAM, "shown again", record, "stayed_from = NULL")
    _change_record(PROGRAM, "shown again", record, "stayed_until = '2026-09-02'")


def test_a_decision_of_another_record_shows_nothing(record: Record) -> None:
    second = stored_record(subject=record.subject, number=2)
    repaired(record)
    repaired(second)
    for decision in Decision.objects.all():
        _change_record(PROGRAM, "only by a decision", record, f"{ALL_NULL}, standing_decision_id = {decision.pk}")


@pytest.mark.parametrize("by", [LIAISON, CLERK, PROGRAM], ids=str)
def test_a_term_that_is_over_has_no_second_one(record: Record, by: Actor) -> None:
    for change in ("disclosed_until = disclosed_until + 1", "disclosed_until = NULL"):
        statement = f"UPDATE subjects_record SET {change}, known_from = '2027-05-19 16:00+00' WHERE id = %s"
        _refused(by, "ended on 2027-05-20", statement, record.pk)  # midnight in China: not shown any more
    with acting(actor=by), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE subjects_record SET disclosed_until = '2027-06-20', known_from = '2027-05-19 15:59+00',"
            " submission_id = submission_id + 1"
        )
        assert cursor.rowcount == 1  # in time a row sent again may correct it


def test_a_department_sees_its_own_cases_only(record: Record) -> None:
    repaired(record)
    for by, number in ((LIAISON, 1), (OTHER, 0), (CLERK, 1), (Actor(name="x", role=Role.ADMINISTRATOR), 0)):
        with acting(actor=by):
            assert Case.objects.count() == Decision.objects.count() == number
            assert bool(CaseStep.objects.count()) == bool(number)


def test_an_auditor_reads_cases_and_writes_none(record: Record) -> None:
    case = objection_ready(record)
    auditor = Actor(name="shen", role=Role.AUDITOR)
    with acting(actor=auditor):
        assert Case.objects.count() == 1
        assert Case.objects.filter(pk=case.pk).update(owner="shen") == 0


def test_a_department_opens_no_case_for_another(record: Record) -> None:
    objection_ready(record)
    columns = [f.column for f in Case._meta.local_fields if f.column not in ("id", "number", "idempotency_key")]
    names = ", ".join(f'"{c}"' for c in columns)
    statement = f"INSERT INTO casework_case (number, {names}) SELECT 'x', {names} FROM casework_case"
    with acting(actor=OTHER), connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount == 0
    _refused(Actor(name="a", role=Role.AUDITOR), "row-level security", statement)


# --- DP-22, DP-38: one clock for every channel, and what a desk is measured by ---------------------------------------


def test_a_request_comes_by_a_known_channel_and_stays_with_it(record: Record) -> None:
    case = objection_ready(record)
    columns = [f.column for f in Case._meta.local_fields if f.column not in ("id", "number", "channel")]
    names = ", ".join(f'"{c}"' for c in columns if c != "idempotency_key")
    statement = f"INSERT INTO casework_case (number, channel, {names}) SELECT 'x', %s, {names} FROM casework_case"
    for bought in ("agent", "paid", ""):
        _refused(CLERK, "case_came_by_a_known_channel", statement, bought)
    changed = "UPDATE casework_case SET channel = 'phone' WHERE id = %s"
    _refused(CLERK, "what was asked in case", changed, case.pk)


@pytest.mark.parametrize(
    "change",
    [
        "due_on = due_on + 1",
        "due_on = due_on - 1",
        "provisional = true",
        "total_days = total_days + 5, due_on = due_on + 7",
        "total_days = total_days - 1, due_on = due_on - 1",
        "total_days = total_days - 1, forwarded_at = now()",
        "waited_days = waited_days + 5, due_on = due_on + 7",
        "waited_days = -1, waiting_since = NULL",
        "extended_days = -1",
    ],
)
@pytest.mark.parametrize("channel", ["online", "counter"])
def test_no_channel_is_given_other_days_by_hand(record: Record, channel: str, change: str) -> None:
    how = {} if channel == "online" else {"by": CLERK, "channel": Channel.COUNTER}
    case = opened(ProcedureName.OBJECTION, record, ground="other", **how)
    for by in (CLERK, OFFICE_HEAD, PROGRAM):
        _refused(by, "last day of case .* follows", f"UPDATE casework_case SET {change} WHERE id = %s", case.pk)


def test_a_case_is_extended_once_and_its_papers_wait_once(record: Record) -> None:
    case = objection_ready(record)
    extend_deadline(by=CLERK, case_id=case.pk, days=1, reason="须向省平台核实", at=AT)
    again = "UPDATE casework_case SET extended_days = extended_days + 1, due_on = due_on + 1 WHERE id = %s"
    _refused(CLERK, "follows from its steps", again, case.pk)
    request_papers(by=CLERK, case_id=case.pk, asked="复印件", at=AT)
    hand_in(case, "evidence", at=AT + timedelta(days=2))
    case.refresh_from_db()
    assert (case.extended_days, case.waited_days) == (1, 2)
    waited = "UPDATE casework_case SET waited_days = waited_days + 1, due_on = due_on + 1 WHERE id = %s"
    _refused(CLERK, "follows from its steps", waited, case.pk)


def test_a_lapse_is_not_taken_back(record: Record) -> None:
    case = objection_ready(record)
    escalate(at=AT + timedelta(days=30))
    for by in (CLERK, OFFICE_HEAD, PROGRAM):
        _refused(by, "is not taken back", "UPDATE casework_case SET reached_percent = 0 WHERE id = %s", case.pk)
    case.refresh_from_db()
    assert case.reached_percent == 100


@pytest.mark.parametrize("change", ["received_at = received_at - interval '9 days'", "working_days_taken = 1",
                                    "working_days_taken = NULL"])  # fmt: skip
def test_a_late_record_is_not_made_timely(record: Record, change: str) -> None:
    for by in (LIAISON, PROGRAM):
        statement = f"UPDATE subjects_record SET {change}, {LATER} WHERE id = %s"
        _refused(by, "when record .* came", statement, record.pk)


def test_there_is_no_place_for_a_fee() -> None:
    """No table of cases, of the subject's desk or of recipients can hold what somebody paid, owes or was charged."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name || '.' || column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name ~ '^(casework|subjectdesk|recipients|accounts)_'"
        )
        columns = {name for (name,) in cursor.fetchall()}
    assert len(columns) > 100
    words = r"(^|_)(fee|fees|price|charge|charged|payment|paid|cost|amount|balance|invoice|fen)(_|$)"
    assert [c for c in columns if re.search(words, c.split(".")[1])] == []
