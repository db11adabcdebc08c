"""44,096 real registrations, as the county would receive them: every row accounted for, and every refusal right."""

from pathlib import Path

import pytest
from stdnum.cn import uscc

from publiccredit.intake.models import RowIssue
from publiccredit.intake.operations import file_submission, receive_submission
from publiccredit.subjects.models import Record, Subject
from tests.environment import ROOT
from tests.flows.filing import AT, LIAISON, check_here

NAME = "shared/data/enterprise_registry_anhui.csv"
FOUND: Path | None = next((folder / NAME for folder in ROOT.parents if (folder / NAME).exists()), None)
ROWS = 44_096
WRONG_CHECK_DIGIT = 8

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program")]


@pytest.mark.skipif(FOUND is None, reason=f"../{NAME} is not present here: the real registrations were not filed")
def test_every_real_registration_is_accounted_for_and_only_wrong_identifiers_are_returned() -> None:
    assert FOUND is not None
    submission = receive_submission(
        by=LIAISON, department_code="market_regulation", file=FOUND, file_name=FOUND.name, channel="command", at=AT
    )
    submission = file_submission(submission_id=submission.pk, at=AT, check=check_here)
    assert submission.refusal == ""
    assert (submission.rows, submission.counted_independently) == (ROWS, ROWS)
    assert (submission.accepted, submission.returned, submission.duplicates) == (
        ROWS - WRONG_CHECK_DIGIT,
        WRONG_CHECK_DIGIT,
        0,
    )
    returned = RowIssue.objects.filter(submission=submission, severity="return")
    assert returned.count() == WRONG_CHECK_DIGIT
    assert [uscc.is_valid(issue.found) for issue in returned] == [False] * WRONG_CHECK_DIGIT
    assert Record.objects.filter(state="filed").count() == ROWS - WRONG_CHECK_DIGIT
    named = Subject.objects.get(uscc="913404001502282463")
    assert (named.name, named.region, named.registration_status) == ("淮南市奔达机械有限公司", "340400", "active")
