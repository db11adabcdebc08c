"""A department's file becomes records, and sending it again changes nothing."""

from datetime import date

import pytest

from publiccredit.intake.models import DuplicateRow, RowIssue
from publiccredit.ledger.models import Entry
from publiccredit.subjects.models import Record, Subject
from tests.factories import penalty_row, synthetic_uscc
from tests.flows.filing import outcome, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program")]


def test_a_right_row_is_on_file_under_its_subject() -> None:
    submission = send([penalty_row(1)])
    assert (submission.refusal, outcome(submission)) == ("", ("filed", 1, 1, 0, 0))
    record = Record.objects.get()
    assert record.subject == Subject.objects.get(uscc=synthetic_uscc(1))
    assert (record.state, record.matched_by, record.document_number) == (
        "filed",
        "new_subject",
        "濉市监处罚〔2026〕1号",
    )
    assert (record.fine_fen, record.working_days_taken) == (1_200_000, 5)
    assert (record.decided_on, record.served_on, record.disclosed_from) == (
        date(2026, 11, 3), date(2026, 11, 5), date(2026, 11, 5),
    )  # fmt: skip
    assert record.content["violation_facts"] == "销售以不合格产品冒充合格产品的建材"
    assert "confiscated_fen" not in record.content


def test_the_same_file_twice_changes_nothing() -> None:
    rows = [penalty_row(n) for n in range(1, 4)]
    send(rows)
    before = list(Record.objects.order_by("pk").values())
    second = send(rows, later=60)
    assert outcome(second) == ("filed", 3, 0, 0, 3)
    assert list(Record.objects.order_by("pk").values()) == before
    assert DuplicateRow.objects.filter(submission=second, record_id__isnull=False).count() == 3


@pytest.mark.parametrize("written", ["濉市监处罚〔2026〕第1号", "濉市监处罚〔2026〕1"])
def test_a_decision_sent_again_under_its_number_written_otherwise_stays_one_record(written: str) -> None:
    first = penalty_row(1, document_number="濉市监处罚〔2026〕1号")
    send([first])
    again = send([first | {"document_number": written}], later=60)
    assert outcome(again) == ("filed", 1, 1, 0, 0)
    assert Record.objects.get().document_number == written


def test_a_wrong_row_is_returned_and_its_correction_alone_is_filed() -> None:
    wrong = [penalty_row(1), penalty_row(2, decided_on="2027-01-01")]
    first = send(wrong)
    assert outcome(first) == ("filed", 2, 1, 1, 0)
    assert RowIssue.objects.filter(submission=first, severity="return").values_list("row_number", flat=True)[0] == 3
    second = send([penalty_row(1), penalty_row(2)], later=60)
    assert outcome(second) == ("filed", 2, 1, 0, 1)
    assert Record.objects.count() == 2


def test_every_act_leaves_one_entry() -> None:
    send([penalty_row(1)])
    assert list(Entry.objects.values_list("operation", flat=True)) == ["receive_submission", "file_submission"]
