"""Nobody acts in another's name, for whom they are related to, or on a record's days, by a statement: tried raw."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from publiccredit.accounts.operations import acting
from publiccredit.accounts.types import PROGRAM, Actor
from publiccredit.casework.models import Case, CaseStep, DeclaredRelation
from publiccredit.casework.operations import close_case, declare_relation, request_review, take_case
from publiccredit.catalogue.types import Severity
from publiccredit.subjects.models import Record
from tests.flows.cases import (
    APPLICANT,
    AT,
    CLERK,
    FOURTH,
    HEAD,
    LIAISON,
    OFFICE_HEAD,
    OWNER,
    SECOND_CLERK,
    THIRD,
    columns,
    objection_ready,
    repair_ready,
    settled,
    shown,
)
from tests.flows.severities import correct

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]
LATER = "known_from = known_from + interval '1 second'"
HIDDEN = {
    "as waiting for its service": "state = 'held_unserved'",
    "as waiting for its subject": "state = 'held_unmatched', subject_id = NULL",
    "its term over": "disclosed_until = '2026-02-01'",
    "its term a slight one's": "disclosed_until = disclosed_from",
    "its term never ending": "disclosed_until = NULL",
    "its term longer": "disclosed_until = '2099-01-01'",
    "its term later": "disclosed_from = '2098-01-01', disclosed_until = '2099-01-01'",
    "its repair later": "repairable_from = '2099-01-01'",
}


def _refused(by: Actor, message: str, statement: str, *values: Any) -> None:
    refusal = pytest.raises(DatabaseError, match=message)
    with acting(actor=by), refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize("change", HIDDEN)
@pytest.mark.parametrize("by", [LIAISON, CLERK, PROGRAM], ids=lambda by: by.name)
def test_the_days_and_the_place_of_a_record_on_file_are_moved_by_no_hand(
    record: Record, by: Actor, change: str
) -> None:
    before = columns(record, "state", "disclosed_from", "disclosed_until", "repairable_from")
    message = "waits again only where" if change.startswith("as") else "moves only with a row sent again"
    _refused(by, message, f"UPDATE subjects_record SET {HIDDEN[change]}, {LATER} WHERE id = %s", record.pk)
    assert columns(record, "state", "disclosed_from", "disclosed_until", "repairable_from") == before
    assert shown(record)


def test_the_days_move_with_the_departments_own_correction(record: Record) -> None:
    correct(record, Severity.SERIOUS)
    assert columns(record, "severity")["severity"] == "serious"


def test_a_step_bears_the_name_of_whoever_takes_it(record: Record) -> None:
    case = objection_ready(record)
    step = (
        "INSERT INTO casework_casestep (case_id, step, by, party, at, text, entry_id)"
        " VALUES (%s, 'extend', %s, 'office', now(), '须核实', 1)"
    )
    _refused(CLERK, "in their own name", step, case.pk, SECOND_CLERK.name)
    assert not CaseStep.objects.filter(step="extend").exists()


def test_the_days_of_a_decided_correction_are_moved_no_further(record: Record) -> None:
    corrected = correct(record, Severity.SERIOUS)
    longer = f"UPDATE subjects_record SET disclosed_until = '2099-01-01', {LATER} WHERE id = %s"
    _refused(LIAISON, "moves only with a row sent again", longer, record.pk)
    assert columns(record, "disclosed_until")["disclosed_until"] == corrected.disclosed_until


RELATION = (
    "INSERT INTO casework_declaredrelation (officer_id, subject_id, relation, declared_at, entry_id)"
    " VALUES (%s, %s, '配偶', now(), 1)"
)


def test_nobody_declares_a_relation_for_a_colleague(record: Record) -> None:
    """Otherwise one could keep everybody else away from a file."""
    subject = Actor(name=OWNER.name, role=None, subject_id=record.subject_id)
    for by in (LIAISON, SECOND_CLERK, subject, PROGRAM):
        _refused(by, "in their own name", RELATION, CLERK.name, record.subject_id)
    assert DeclaredRelation.objects.count() == 0


def test_a_subject_reads_no_officers_relations(record: Record) -> None:
    declare_relation(by=CLERK, subject_id=record.subject_id or 0, relation="配偶任该单位监事", at=AT)
    with acting(actor=Actor(name=OWNER.name, role=None, subject_id=record.subject_id)):
        assert DeclaredRelation.objects.count() == 0
    with acting(actor=OFFICE_HEAD):
        assert DeclaredRelation.objects.count() == 1


CHANGES = {
    "takes it": "owner = 'x'",
    "puts it aside": "state = 'waiting_for_papers', waiting_since = current_date, papers_due_on = '2099-01-01'",
    "buys time": "extended_days = 5, due_on = due_on + 7",
}


@pytest.mark.parametrize("change", CHANGES)
def test_who_is_related_changes_nothing_of_a_case(record: Record, change: str) -> None:
    case = objection_ready(record)
    declare_relation(by=CLERK, subject_id=record.subject_id or 0, relation="配偶任该单位监事", at=AT)
    statement = f"UPDATE casework_case SET {CHANGES[change]} WHERE id = %s"
    _refused(CLERK, "declared relation", statement, case.pk)
    with acting(actor=SECOND_CLERK), connection.cursor() as cursor:
        cursor.execute(statement, [case.pk])
        assert cursor.rowcount == 1


def test_who_is_related_puts_no_paper_in_a_case(record: Record) -> None:
    case = objection_ready(record)
    declare_relation(by=CLERK, subject_id=record.subject_id or 0, relation="配偶任该单位监事", at=AT)
    paper = (
        "INSERT INTO casework_paper (case_id, kind, sha256, file_name, file_size, handed_in_by, party, at, entry_id)"
        " VALUES (%s, 'evidence', repeat('0', 64), 'f', 1, %s, 'office', now(), 1)"
    )
    _refused(CLERK, "declared relation", paper, case.pk, CLERK.name)


def test_who_is_related_writes_no_letter_in_a_case(record: Record) -> None:
    case = objection_ready(record)
    declare_relation(by=CLERK, subject_id=record.subject_id or 0, relation="配偶任该单位监事", at=AT)
    letter = (
        "INSERT INTO casework_letter (case_id, kind, number, addressed_to, text, made_by, made_at, entry_id)"
        " VALUES (%s, 'extension', '文-1', '某单位', '延长', 'clerk', now(), 1)"
    )
    _refused(CLERK, "declared relation", letter, case.pk)


def _review(record: Record) -> Case:
    first = repair_ready(record)
    settled(first, "granted", first=LIAISON, second=HEAD)
    close_case(by=LIAISON, case_id=first.pk, delivered="网上送达", at=AT)
    return request_review(by=OWNER, case_id=first.pk, applicant=APPLICANT, request="请复核。", at=AT)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("by", [LIAISON, HEAD], ids=lambda by: by.name)
def test_who_made_a_decision_changes_nothing_of_its_review(record: Record, by: Actor, change: str) -> None:
    review = _review(record)
    take_case(by=THIRD, case_id=review.pk, at=AT)
    statement = f"UPDATE casework_case SET {CHANGES[change]} WHERE id = %s"
    _refused(by, "others take this step", statement, review.pk)
    with acting(actor=FOURTH), connection.cursor() as cursor:
        cursor.execute(statement, [review.pk])
        assert cursor.rowcount == 1
