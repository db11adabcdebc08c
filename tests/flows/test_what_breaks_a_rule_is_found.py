"""Each rule of due process has a view that must be empty: whatever is planted behind the triggers' back, it shows."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import croniter
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from publiccredit.accounts.operations import act_as, act_as_nobody, acting
from publiccredit.accounts.types import PROGRAM
from publiccredit.casework.operations import escalate, state_on_record, take_case
from publiccredit.casework.types import Order
from publiccredit.catalogue.types import ProcedureName
from publiccredit.ledger.models import Entry
from publiccredit.ledger.types import CHINA
from publiccredit.oversight import operations, queries, tasks
from publiccredit.oversight.types import CheckedRules, RuleKept
from publiccredit.oversight.violations import RULES
from publiccredit.site import embedded_postgres
from publiccredit.subjects.models import Record
from tests.environment import WORKER
from tests.factories import stored_record, stored_subject
from tests.flows.cases import (
    AT,
    CLERK,
    HEAD,
    LIAISON,
    OTHER,
    OWNER,
    hand_in,
    objection_ready,
    opened,
    people,
    repaired,
    report_ready,
    settled,
)
from tests.flows.recipients import given, registered

TABLES = (
    "subjects_record", "subjects_recordversion", "subjects_subject", "casework_case", "casework_caserecord",
    "casework_casestep", "casework_decision", "casework_letter", "casework_declaredrelation", "recipients_notice",
    "recipients_handover", "ledger_entry", "accounts_grantproposal",
)  # fmt: skip
# The records of the county below, by their numbers; cases and decisions are found by them.
REPAIRED, WITHDRAWN, DISPUTED, STAYED, REJECTED, STATED, SHIELDED = range(1, 8)
CASE = (
    "(SELECT case_id FROM casework_caserecord x JOIN subjects_record r ON r.id = x.record_id WHERE r.row_number = %d)"
)


def _record(number: int, change: str) -> str:
    return f"UPDATE subjects_record SET {change} WHERE row_number = {number + 1}"


def _case(number: int, change: str) -> str:
    return f"UPDATE casework_case SET {change} WHERE id = {CASE % (number + 1)}"


def _decision(number: int, change: str) -> str:
    return f"UPDATE casework_decision SET {change} WHERE case_id = {CASE % (number + 1)}"


RELATION = (
    "INSERT INTO casework_declaredrelation (officer_id, subject_id, relation, declared_at, entry_id)"
    " SELECT 'clerk', id, '配偶', now(), 0 FROM subjects_subject"  # before everything else that was done
)


UNREPAIRED = "display_ended_at = NULL, sharing_ended_at = NULL, measures_lifted_at = NULL, ratings_renewed_at = NULL"
REPAIR_TIMES = (
    "display_ended_at = now(), sharing_ended_at = now(), measures_lifted_at = now(), ratings_renewed_at = now()"
)
KEPT = "ALTER TABLE subjects_record ENABLE TRIGGER subjects_keep_version; "
LATER = "known_from = known_from + interval '1 second'"
PLANTED: list[tuple[str, str]] = [
    ("01", _record(STATED, "document_number = ''")),
    ("01", _record(STATED, "authority_name = ''")),
    ("01", _record(STATED, "decided_on = NULL")),
    ("02", _record(STATED, "served_on = NULL")),
    ("02", _record(STATED, "disclosed_from = served_on - 1")),
    ("02", f"DELETE FROM casework_letter WHERE kind = 'decision' AND case_id = {CASE % (REJECTED + 1)}"),
    ("08", _record(STATED, "disclosed_until = NULL")),
    ("08", _record(STATED, "severity = ''")),
    ("09", "UPDATE subjects_subject SET kind = 'natural_person'"),
    ("10", KEPT + _record(REPAIRED, f"{UNREPAIRED}, {LATER}")),
    ("10", KEPT + _record(WITHDRAWN, f"state = 'filed', withdrawn_at = NULL, withdrawn_as = '', {LATER}")),
    ("10", _record(STATED, "document_number = (SELECT document_number FROM subjects_record WHERE row_number = 2),"
                           " received_at = now() + interval '100 years'")),
    ("14", _record(DISPUTED, "dispute = '', disputed_at = NULL, contested_fields = '{}'")),
    ("14", _record(DISPUTED, "contested_fields = ARRAY['penalty_content']")),
    ("14", _record(DISPUTED, "contested_fields = ARRAY['', 'penalty_content']")),
    ("14", _record(REJECTED, "dispute = 'open', disputed_at = now(), contested_fields = ARRAY['']")),
    ("14", _record(REJECTED, "dispute = 'undetermined', disputed_at = now(), contested_fields = ARRAY['']")),
    ("15", _case(DISPUTED, "owner = ''")),
    ("15", _case(DISPUTED, "due_on = opened_on - 2, reached_percent = 80")),
    ("15", _case(DISPUTED, "suspended_display = true")),
    ("15", _record(REJECTED, "suspended_at = now()")),
    ("16", _record(STAYED, "stayed_from = NULL, stayed_until = NULL")),
    ("16", _record(STAYED, "stayed_until = stayed_until - 1")),
    ("16", _record(STATED, "stayed_from = '2026-01-01'")),
    ("16", _record(SHIELDED, "shielded_from = NULL, shielded_until = NULL")),
    ("16", _record(STATED, "suit_flagged_at = now()")),
    ("17", _record(STATED, "statement = '别人的话', entry_id = 1")),
    ("18", _record(WITHDRAWN, "withdrawal_notice = ''")),
    ("18", _record(WITHDRAWN, "withdrawn_at = withdrawn_at + interval '61 seconds'")),
    ("18", _record(WITHDRAWN, "state = 'filed', withdrawn_at = NULL, withdrawn_as = ''")),
    ("19", _record(REPAIRED, "sharing_ended_at = NULL")),
    ("19", _record(REPAIRED, "measures_lifted_at = measures_lifted_at + interval '1 second'")),
    ("19", _record(STATED, REPAIR_TIMES)),
    ("19", _record(REPAIRED, UNREPAIRED)),
    ("20", "DELETE FROM recipients_notice"),
    ("20", "UPDATE recipients_notice SET due_at = '2026-08-31T02:59:00Z'"),
    ("22", _case(DISPUTED, "channel = 'counter', total_days = total_days + 1")),
    ("22", _case(DISPUTED, "channel = 'post', due_on = due_on + 1")),
    ("23", _decision(REJECTED, "reasons = template")),
    ("23", _decision(REJECTED, "reasons = '不成立'")),
    ("23", f"DELETE FROM casework_decision WHERE case_id = {CASE % (REJECTED + 1)}"),
    ("34", RELATION),
    ("35", _decision(REPAIRED, "approved_by_id = proposed_by_id")),
    ("35", _decision(REPAIRED, "approved_by_id = NULL")),
    ("35", _decision(REPAIRED, "four_eyes = false")),
    ("35", "UPDATE accounts_grantproposal SET decided_by_id = proposed_by_id"),
    ("35", "UPDATE accounts_grantproposal SET decided_at = lapses_at"),
    ("35", "UPDATE accounts_grantproposal SET decided_by_id = NULL"),
    ("35", "UPDATE accounts_grantproposal SET officer_id = (SELECT id FROM accounts_officer o"
           " WHERE o.username = decided_by_id)"),
    ("35", _case(DISPUTED, f"reviews_id = {CASE % (REJECTED + 1)}")
        + f"; UPDATE casework_decision SET case_id = {CASE % (DISPUTED + 1)} WHERE case_id = {CASE % (REPAIRED + 1)};"
        + f" UPDATE casework_decision SET proposed_by_id = 'clerk' WHERE case_id = {CASE % (DISPUTED + 1)}"),
    ("36", "DELETE FROM ledger_entry WHERE position = 3"),
    ("36", "DELETE FROM subjects_recordversion WHERE id = (SELECT max(v.id) FROM subjects_recordversion v"
           " JOIN subjects_record r ON r.id = v.record_id WHERE r.row_number = 7)"),
    ("36", _case(DISPUTED, "entry_id = 0")),
    ("36", _decision(REPAIRED, "entry_id = 0")),
]  # fmt: skip


@pytest.fixture(scope="module")
def county(cluster: embedded_postgres.Cluster, template_database: str, django_db_blocker: Any) -> Iterator[str]:
    """A county of seven penalties and what became of them, really committed: what is planted is planted by its owner."""
    name = f"rules_{WORKER}_{os.getpid()}"
    usual = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        connection.close()
        embedded_postgres.drop_database(cluster=cluster, name=name)
        embedded_postgres.create_database(cluster=cluster, name=name, template=template_database)
        connection.settings_dict["NAME"] = name
        act_as(actor=PROGRAM)
        try:
            _happen()
            yield name
        finally:
            act_as_nobody()
            connection.close()
            connection.settings_dict["NAME"] = usual
            embedded_postgres.drop_database(cluster=cluster, name=name)


def _happen() -> None:
    people()
    subject = stored_subject()
    records = {n: stored_record(subject=subject, number=n) for n in range(REPAIRED, SHIELDED + 1)}
    holder = registered()
    for number in (REPAIRED, WITHDRAWN):
        given(holder, records[number])
    soon = AT + timedelta(minutes=1)
    repaired(records[REPAIRED], at=soon)
    settled(
        report_ready(records[WITHDRAWN], ground="revoked", paper="new_decision", at=soon),
        "withdrawn_revoked",
        first=LIAISON,
        at=soon,
    )
    objection_ready(records[DISPUTED])
    order = Order(number="濉政复〔2026〕3号", begins=date(2026, 9, 1), until=date(2026, 12, 1))
    stayed = report_ready(records[STAYED], ground="stayed", paper="stay_order")
    settled(stayed, "stayed", first=LIAISON, order=order)
    settled(objection_ready(records[REJECTED]), "rejected", first=CLERK)
    for minute, statement in enumerate(("正在整改", "已经整改")):
        words = {"subject_id": subject.pk, "record_id": records[STATED].pk, "statement": statement}
        state_on_record(by=OWNER, at=AT + timedelta(minutes=minute), **words)
    _shielded(records[SHIELDED], order)


def _shielded(record: Any, order: Order) -> None:
    case = opened(ProcedureName.CREDIT_REPAIR, record, ground="reorganisation")
    hand_in(case, "court_order")
    take_case(by=LIAISON, case_id=case.pk, at=AT)
    settled(case, "shielded", first=LIAISON, second=HEAD, order=order)


@pytest.fixture
def owner(county: str, cluster: embedded_postgres.Cluster) -> Iterator[Any]:
    """The owner of the tables, who takes off what protects them, and whose doings are undone afterwards."""
    with cluster.connect(embedded_postgres.OWNER, county) as session:
        session.execute("BEGIN")
        session.execute("SELECT set_config('publiccredit.as_of', %s, true)", [(AT + timedelta(hours=1)).isoformat()])
        for table in TABLES:
            session.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER, NO FORCE ROW LEVEL SECURITY")
        for table, constraint in _constraints(session):
            session.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
        yield session
        session.execute("ROLLBACK")


def _constraints(session: Any) -> list[tuple[str, str]]:
    """Name the checks and references that would refuse by themselves; some of another table's stand on the decision."""
    found = session.execute(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype IN ('c', 'f')"
        " AND connamespace = 'public'::regnamespace AND conrelid::regclass::text = ANY (%s)",
        [list(TABLES)],
    )
    return [(str(row[0]), str(row[1])) for row in found.fetchall()]


def _counts(session: Any) -> dict[str, int]:
    return {n: session.execute(f"SELECT count(*) FROM v_violation_dp{n}").fetchone()[0] for n in RULES}


def test_nothing_breaks_a_rule_in_a_county_that_went_through_its_operations(owner: Any) -> None:
    assert _counts(owner) == dict.fromkeys(RULES, 0)
    assert owner.execute("SELECT count(*) FROM casework_decision WHERE state = 'effective'").fetchone() == (5,)


@pytest.mark.parametrize(("rule", "planted"), PLANTED, ids=[f"dp{n}-{i}" for i, (n, _) in enumerate(PLANTED)])
def test_what_is_planted_is_found(owner: Any, rule: str, planted: str) -> None:
    for statement in planted.split("; "):
        assert owner.execute(statement).rowcount != 0, "nothing was planted"
    assert _counts(owner)[rule] > 0


def test_every_rule_has_its_view_and_something_planted(owner: Any) -> None:
    views = owner.execute("SELECT viewname FROM pg_views WHERE viewname LIKE 'v\\_violation\\_%'").fetchall()
    assert {str(v[0]) for v in views} == {f"v_violation_dp{n}" for n in RULES}
    assert {rule for rule, _ in PLANTED} == set(RULES)


@pytest.mark.django_db
@pytest.mark.usefixtures("officers")
def test_the_counts_of_a_night_are_entered_and_published(record: Record) -> None:
    page = Client().get("/about/").content.decode()
    assert "第一次核查还没有进行" in page
    repaired(record)
    tasks.check(timestamp=0)
    entry = Entry.objects.get(operation="check_rules")
    assert json.loads(entry.payload) == {f"dp{n}": 0 for n in RULES} | {"total": 0}
    page = Client().get("/about/").content.decode()
    assert f"共 {len(RULES)} 条规则，<strong>不符 0 处</strong>" in page
    found = {n: int(n == "10") for n in RULES}
    counted = tuple(RuleKept(n, RULES[n], count) for n, count in found.items())
    with patch("publiccredit.oversight.operations.check_rules", return_value=CheckedRules(counted)):
        operations.publish_check(at=AT)
    published = queries.last_published()
    assert published is not None and (published[0], published[1].total) == (AT, 1)
    assert "<strong>不符 1 处</strong>" in Client().get("/about/").content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("officers")
def test_a_department_asks_about_no_case_but_its_own(record: Record) -> None:
    repaired(record)
    objection_ready(record)
    with acting(actor=OTHER), connection.cursor() as cursor:
        for number in RULES:
            cursor.execute(f"SELECT count(*) FROM v_violation_dp{number} WHERE object_kind <> 'record'")
            assert cursor.fetchone() == (0,)
    overdue = {r.number: r.count for r in queries.check_rules().rules if r.count}  # as the program, whoever asks
    assert overdue == {"15": 1}  # months went by, and no worker looked at the clock
    escalate(at=timezone.now())
    assert queries.check_rules().total == 0


def test_the_scheduler_looks_in_the_night() -> None:
    tick = croniter.croniter(tasks.NIGHTLY, datetime(2026, 11, 26, tzinfo=UTC)).get_next(datetime)
    assert 0 <= tick.astimezone(CHINA).hour < 5
