"""The database takes a corrected severity on a decision of two people alone, and on nothing beside it."""

import pytest
from django.db import DatabaseError, connection, transaction

from publiccredit.accounts.operations import acting
from publiccredit.accounts.types import PROGRAM, Actor
from publiccredit.casework.models import Case
from publiccredit.subjects.models import Record
from tests.factories import stored_record
from tests.flows.cases import (
    CLERK,
    HEAD,
    LIAISON,
    OTHER,
    repaired,
)
from tests.flows.severities import REASON, correct, proposed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_morning_at_the_desks")]


def _refused(by: Actor, message: str, changes: str) -> None:
    refusal = pytest.raises(DatabaseError, match=message)
    later = "known_from = known_from + interval '1 second'"
    with acting(actor=by), refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE subjects_record SET {later}, {changes}")
        assert cursor.rowcount, "row-level security let nothing be changed"
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


_WHOLE = (
    "entry_id = entry_id + 1, severity_rule = 'corrected', severity_corrected_at = now(),"
    f" severity_corrected_by = '{LIAISON.name}', severity_correction_reason = '{REASON}'"
)


@pytest.mark.parametrize(
    ("by", "changes", "message"),
    [
        (LIAISON, "severity = 'slight'", "no decision of two people"),
        (PROGRAM, "severity = 'slight'", "no decision of two people"),
        (CLERK, "severity = 'slight', severity_rule = 'sender'", "only with a row sent again"),
        (LIAISON, "severity = 'slight', severity_rule = 'case'", "no decision of two people"),
        (LIAISON, "severity = 'slight', severity_rule = 'corrected'", "only with a row sent again"),
        (LIAISON, f"severity = 'slight', {_WHOLE}, severity_correction_reason = '太重'", "multiple assignments"),
        (LIAISON, f"severity = 'slight', {_WHOLE.replace(REASON, '太重')}", "no decision of two people"),
        (LIAISON, f"severity = 'slight', {_WHOLE.replace(REASON, '')}", "no decision of two people"),
        (LIAISON, f"severity = 'slight', {_WHOLE.replace(LIAISON.name, '')}", "no decision of two people"),
        (
            LIAISON,
            f"severity = 'slight', {_WHOLE.replace(LIAISON.name, CLERK.name)}",
            "no decision of two people",
        ),
        (LIAISON, f"severity = 'slight', {_WHOLE.replace('entry_id + 1', 'entry_id')}", "no decision of two people"),
        (LIAISON, _WHOLE, "no decision of two people"),
        (CLERK, f"severity = 'slight', {_WHOLE}", "no decision of two people"),
        (PROGRAM, f"severity = 'slight', {_WHOLE}", "no decision of two people"),
    ],
)
def test_the_database_refuses_every_shortcut(record: Record, by: Actor, changes: str, message: str) -> None:
    _refused(by, message, changes)
    assert Record.objects.get(pk=record.pk).severity == "general"


def test_another_department_reaches_no_record(record: Record) -> None:
    with acting(actor=OTHER), connection.cursor() as cursor:
        cursor.execute(f"UPDATE subjects_record SET known_from = now(), severity = 'slight', {_WHOLE}")
        assert cursor.rowcount == 0


def _while_deciding(case: Case, **others: str) -> str:
    """Give the statement that lets a proposal take effect by itself, by its head."""
    columns = {"approved_by_id": f"'{HEAD.name}'", "approved_at": "now()"} | others
    written = ", ".join(f"{name} = {value}" for name, value in columns.items())
    return (
        f"UPDATE casework_decision SET state = 'effective', effective_at = now(), {written} WHERE case_id = {case.pk};"
        f" UPDATE subjects_record SET known_from = known_from + interval '1 second', standing_decision_id ="
        f" (SELECT id FROM casework_decision WHERE case_id = {case.pk}), severity = 'serious', {_WHOLE}"
    )


@pytest.mark.parametrize(
    ("former", "latter", "message"),
    [
        ("", "", ""),
        ("entry_id + 1", "entry_id", "in an act of its own"),
        ("severity = 'serious'", "severity = 'slight'", "as decided"),
        ("severity = 'serious'", "severity = 'general'", "as decided"),
        (LIAISON.name, HEAD.name, "on a paper, as decided, in a correction"),
        (f"approved_by_id = '{HEAD.name}', approved_at = now()", "four_eyes = false", "never edited"),
    ],
)
def test_the_database_lets_through_what_two_people_decided_and_nothing_beside(
    record: Record, former: str, latter: str, message: str
) -> None:
    case = proposed(record)
    before, update = _while_deciding(case).split("; ")
    statement = (
        f"{before}; {update}".replace(former, latter)
        if former != LIAISON.name
        else (f"{before}; {update.replace(former, latter)}")
    )
    with acting(actor=HEAD), connection.cursor() as cursor:
        if not message:
            cursor.execute(statement)
            assert Record.objects.get(pk=record.pk).severity == "serious"
            return
        with pytest.raises(DatabaseError, match=message), transaction.atomic():
            cursor.execute(statement)


def test_what_was_repaired_since_the_proposal_takes_no_other_severity(record: Record) -> None:
    case = proposed(record)
    repaired(record)
    refused = pytest.raises(DatabaseError, match="has ended, and no severity brings it back")
    with acting(actor=HEAD), connection.cursor() as cursor, refused, transaction.atomic():
        cursor.execute(_while_deciding(case))
    assert Record.objects.get(pk=record.pk).severity == "general"


def test_no_record_arrives_with_a_correction(record: Record) -> None:
    with pytest.raises(DatabaseError, match="its row states"), transaction.atomic():
        stored_record(subject=record.subject, number=9, severity_rule="corrected")


def test_the_words_of_a_correction_are_not_rewritten(record: Record) -> None:
    correct(record)
    _refused(LIAISON, "only with a row sent again", "severity_correction_reason = '另外想了一个足够长的理由。'")
