"""What the tests of filing share: officers, and sending a file from its receipt to its end."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from publiccredit.accounts.types import Actor, Role
from publiccredit.intake.checking import check_stored_file
from publiccredit.intake.filing import Checked, to_be_checked
from publiccredit.intake.models import Submission
from publiccredit.intake.operations import file_submission, receive_submission
from tests.factories import sent_csv

AT = datetime(2026, 11, 10, 2, tzinfo=UTC)  # ten in the morning in China
LIAISON = Actor(name="market-liaison", role=Role.LIAISON, department_code="market_regulation")
OTHER_LIAISON = Actor(name="emergency-liaison", role=Role.LIAISON, department_code="emergency_management")
CLERK = Actor(name="clerk", role=Role.OFFICE_CLERK)


def receive(
    rows: list[dict[str, str]],
    *,
    by: Actor = LIAISON,
    at: datetime = AT,
    record_type: str = "administrative_penalty",
    **others: object,
) -> Submission:
    return receive_submission(
        by=by,
        department_code=by.department_code or "market_regulation",
        file=io.BytesIO(sent_csv(rows, record_type=record_type)),
        file_name="双公示.csv",
        channel="command",
        at=at,
        **others,
    )


def send(rows: list[dict[str, str]], *, later: int = 0, served_on: date | None = None, **others: object) -> Submission:
    """Send rows as market regulation does, some seconds later than usual."""
    at = AT + timedelta(seconds=later)
    submission = receive(rows, at=at, served_on=served_on, **others)
    return file_submission(submission_id=submission.pk, at=at, check=check_here)


def check_here(submission: Submission) -> Iterator[Checked]:
    """Check in this process: the same, without the two seconds a child needs to begin."""
    return check_stored_file(**to_be_checked(submission))


def outcome(submission: Submission) -> tuple[str, int | None, int | None, int | None, int | None]:
    return (
        submission.state,
        submission.rows,
        submission.accepted,
        submission.returned,
        submission.duplicates,
    )
