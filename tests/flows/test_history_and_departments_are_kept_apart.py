"""Corrections leave the former state behind; what one department sent, another neither sees nor touches."""

import io
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from publiccredit.accounts.operations import acting
from publiccredit.intake.models import RowIssue, Submission
from publiccredit.intake.operations import IdempotencyKeyReused, NotYourDepartment, UnableToSubmit, receive_submission
from publiccredit.subjects.models import Record, RecordColumns, RecordVersion
from publiccredit.subjects.versioning import keeping_versions
from tests.factories import penalty_row, sent_csv
from tests.flows.cases import withdrawn
from tests.flows.filing import AT, LIAISON, OTHER_LIAISON, outcome, receive, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program")]


def _known_at(seconds: int) -> list[str]:
    """What the platform held of the record's content at an instant, from both tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT content->>'penalty_content' FROM subjects_record WHERE known_from <= %(at)s
            UNION ALL SELECT content->>'penalty_content' FROM subjects_recordversion
            WHERE known_from <= %(at)s AND known_until > %(at)s
            """,
            {"at": AT + timedelta(seconds=seconds)},
        )
        return [row[0] for row in cursor.fetchall()]


def test_a_correction_is_a_new_version_and_every_instant_can_be_told() -> None:
    for later, content in ((0, "甲"), (60, "乙"), (120, "甲")):
        assert outcome(send([penalty_row(1, penalty_content=content)], later=later)) == ("filed", 1, 1, 0, 0)
    assert (Record.objects.count(), RecordVersion.objects.count()) == (1, 2)
    assert [_known_at(s) for s in (-1, 0, 59, 60, 119, 120)] == [[], ["甲"], ["甲"], ["乙"], ["乙"], ["甲"]]
    record = Record.objects.get()
    assert (record.received_at, record.working_days_taken) == (AT, 5)


def test_two_versions_of_one_instant_stand_in_order() -> None:
    send([penalty_row(1, penalty_content="甲")])
    send([penalty_row(1, penalty_content="乙")])
    assert Record.objects.get().known_from == AT + timedelta(microseconds=1)


def test_a_decision_another_department_reported_is_returned_with_its_name() -> None:
    send([penalty_row(1)])
    Record.objects.update(department_code="emergency_management", known_from=AT + timedelta(seconds=1))
    submission = send([penalty_row(1), penalty_row(2)], later=60)
    assert outcome(submission) == ("filed", 2, 1, 1, 0)
    issue = RowIssue.objects.get(submission=submission, severity="return")
    assert (issue.row_number, issue.code, issue.expected) == (2, "K-102", "濉溪县应急管理局")


def test_what_was_withdrawn_does_not_come_back_under_the_same_document() -> None:
    send([penalty_row(1)])
    withdrawn(Record.objects.get(), at=AT + timedelta(seconds=1))
    same = send([penalty_row(1)], later=60)
    changed = send([penalty_row(1, penalty_content="另一内容")], later=120)
    assert [outcome(s)[2:] for s in (same, changed)] == [(0, 0, 1), (0, 1, 0)]
    assert Record.objects.get().state == "withdrawn"


COUNTS = (
    "intake_submission", "intake_rowissue", "intake_duplicaterow", "intake_servicedeclaration", "matching_question",
    "matching_questionedrecord", "matching_judgement",
)  # fmt: skip


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def _everything_of_a_submission() -> None:
    stall = {"subject_category": "个体工商户", "subject_uscc": "00000000000000000X", "subject_name": "老王早餐店"}
    unserved = {"served_on": ""}
    rows = [penalty_row(1, **unserved), penalty_row(1, **unserved), penalty_row(2, fine_fen="-1")]
    send([*rows, penalty_row(3, **stall)], served_on=AT.date())


def test_another_department_sees_nothing_of_what_was_sent() -> None:
    _everything_of_a_submission()
    own = {table: _count(table) for table in COUNTS}
    assert own == dict.fromkeys(COUNTS, 1) | {"matching_judgement": 0, "intake_rowissue": own["intake_rowissue"]}
    assert own["intake_rowissue"] >= 1
    with acting(actor=LIAISON):
        assert {table: _count(table) for table in COUNTS} == own
    with acting(actor=OTHER_LIAISON):
        assert {table: _count(table) for table in COUNTS} == dict.fromkeys(COUNTS, 0)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE subjects_record SET state = 'withdrawn', known_from = now() + interval '1 day'",
        "UPDATE intake_submission SET state = 'received'",
        "UPDATE matching_question SET answered_at = now()",
        "DELETE FROM intake_rowissue",
    ],
)
def test_another_department_changes_nothing(statement: str) -> None:
    _everything_of_a_submission()
    with acting(actor=OTHER_LIAISON), connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount == 0


def test_another_department_adds_no_record_in_the_name_of_the_first() -> None:
    _everything_of_a_submission()
    columns = ", ".join(f.column for f in Record._meta.local_fields if f.column not in ("id", "natural_key"))
    statement = (
        f"INSERT INTO subjects_record (natural_key, {columns})"
        f" SELECT gen_random_uuid(), {columns} FROM subjects_record LIMIT 1"
    )
    with acting(actor=OTHER_LIAISON), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        connection.cursor().execute(statement)
    assert Record.objects.filter(department_code="market_regulation").count() == 2


def test_a_liaison_sends_for_the_own_department_only() -> None:
    with pytest.raises(NotYourDepartment):
        receive_submission(
            by=OTHER_LIAISON,
            department_code="market_regulation",
            file=io.BytesIO(sent_csv([penalty_row(1)])),
            file_name="双公示.csv",
            channel="page",
            at=AT,
        )
    assert Submission.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"source": "work_safety/penalty"}, "可报送"),
        ({"served_on": AT.date() + timedelta(days=1)}, "晚于今天"),
        ({"overrides": ["K-101"], "override_reason": "已核实"}, "不能以确认放行"),
        ({"overrides": ["I-102"]}, "理由"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_a_sentence(given: dict[str, object], says: str) -> None:
    with pytest.raises(UnableToSubmit, match=says):
        receive([penalty_row(1)], **given)
    assert Submission.objects.count() == 0


def test_an_idempotency_key_stands_for_one_file() -> None:
    first = receive([penalty_row(1)], idempotency_key="k")
    assert receive([penalty_row(1)], idempotency_key="k").pk == first.pk
    with pytest.raises(IdempotencyKeyReused):
        receive([penalty_row(2)], idempotency_key="k")


def test_a_wrong_check_digit_is_filed_where_an_officer_confirms_it() -> None:
    wrong = penalty_row(1)["subject_uscc"][:-1] + ("0" if penalty_row(1)["subject_uscc"][-1] != "0" else "1")
    row = penalty_row(1, subject_uscc=wrong)
    returned = send([row])
    assert outcome(returned) == ("filed", 1, 0, 1, 0)
    codes = sorted(set(RowIssue.objects.filter(submission=returned, severity="return").values_list("code", flat=True)))
    confirmed = send([row], later=60, overrides=codes, override_reason="老代码,已与登记机关核实")
    assert outcome(confirmed) == ("filed", 1, 1, 0, 0)
    assert Record.objects.get().subject.uscc == wrong


def test_the_database_keeps_every_column_of_a_record_there_is_now() -> None:
    """A new column whose migration forgets ``keeping_versions`` would be lost from history."""
    columns = [field.attname for field in RecordColumns._meta.local_fields] + ["subject_id"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'subjects_keep_version'")
        (kept,) = cursor.fetchone()
    assert kept == keeping_versions(columns).split("$$")[1]
