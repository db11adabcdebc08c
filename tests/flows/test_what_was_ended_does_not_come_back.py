"""What was withdrawn or repaired does not come back under the same document, however its row is written (DP-10)."""

from datetime import UTC, date, datetime

import pytest

from publiccredit.casework import operations as casework
from publiccredit.catalogue.types import WithdrawalReason
from publiccredit.intake.models import RowIssue, Submission
from publiccredit.subjects.models import Record
from tests.factories import penalty_row, stored_record, stored_subject
from tests.flows.cases import LIAISON, PUBLIC_WORDS, REASONS, repaired, report_ready
from tests.flows.filing import outcome, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]
LATER = datetime(2027, 3, 1, 2, tzinfo=UTC)
WRITTEN = (
    "濉市监处罚〔2026〕1号",
    "濉市监处罚(2026)1号",
    "濉市监处罚［2026］ 1 号",
    "濉市监处罚〔2026〕第1号",
    "濉市监处罚〔2026〕1",
)


def _on_file(document_number: str = WRITTEN[0]) -> Record:
    """A record of the document of row 1, whose natural key is another: filed under another code of its authority."""
    return stored_record(
        subject=stored_subject(number=1),
        document_number=document_number,
        decided_on=date(2026, 11, 3),
        served_on=date(2026, 11, 5),
        disclosed_from=date(2026, 11, 5),
        repairable_from=date(2027, 2, 3),
        disclosed_until=date(2027, 11, 3),
    )


def _returned(submission: Submission) -> list[str]:
    issues = RowIssue.objects.filter(submission=submission, severity="return")
    return list(issues.values_list("code", flat=True))


@pytest.mark.parametrize("written", WRITTEN)
def test_a_withdrawn_document_is_sent_back_under_any_natural_key(written: str) -> None:
    case = report_ready(_on_file(written), ground="revoked", paper="new_decision", at=LATER)
    casework.withdraw_record(
        by=LIAISON,
        case_id=case.pk,
        because=WithdrawalReason.REVOKED,
        reasons=REASONS,
        public_notice=PUBLIC_WORDS,
        at=LATER,
    )
    again = send([penalty_row(1), penalty_row(2)], later=60)
    assert outcome(again) == ("filed", 2, 1, 1, 0)
    assert _returned(again) == ["K-103"]
    assert Record.objects.count() == 2


@pytest.mark.parametrize("written", WRITTEN)
def test_a_repaired_document_is_sent_back_under_any_natural_key(written: str) -> None:
    repaired(_on_file(written), at=LATER)
    again = send([penalty_row(1)], later=60)
    assert outcome(again) == ("filed", 1, 0, 1, 0)
    assert _returned(again) == ["K-104"]
    assert Record.objects.count() == 1


def test_another_party_of_the_same_document_is_filed() -> None:
    repaired(_on_file(), at=LATER)
    again = send([penalty_row(2, document_number=WRITTEN[0])], later=60)
    assert outcome(again) == ("filed", 1, 1, 0, 0)


def test_a_new_document_about_the_same_party_is_filed() -> None:
    repaired(_on_file(), at=LATER)
    again = send([penalty_row(1, document_number="濉市监处罚〔2026〕9号")], later=60)
    assert outcome(again) == ("filed", 1, 1, 0, 0)
