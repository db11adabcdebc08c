"""The worker's tasks: asked twice, a submission is filed once; what nobody filed is taken up."""

import logging
import os
import time
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publiccredit.intake import operations, received, tasks
from publiccredit.intake.models import DuplicateRow, RowIssue
from publiccredit.ledger.models import Entry
from publiccredit.subjects import store
from publiccredit.subjects.models import Record
from tests.factories import penalty_row
from tests.flows.filing import AT, check_here, outcome, receive, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program")]


@pytest.fixture(autouse=True)
def _checked_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations.file_submission, "__kwdefaults__", {"check": check_here})


def _jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'file_submission'")
        return int(cursor.fetchone()[0])


def test_a_submission_waits_once_for_the_worker() -> None:
    submission = receive([penalty_row(1)])
    for _ in range(2):
        tasks.file_soon(submission_id=submission.pk)
    assert _jobs() == 1


def test_the_task_files_the_submission_and_again_changes_nothing() -> None:
    submission = receive([penalty_row(1)])
    for _ in range(2):
        tasks.file_received(submission.pk)
    submission.refresh_from_db()
    assert outcome(submission) == ("filed", 1, 1, 0, 0)
    assert Entry.objects.filter(operation="file_submission").count() == 1


def test_the_sweep_takes_up_what_nobody_filed() -> None:
    waiting = [receive([penalty_row(n)]).pk for n in (1, 2)]
    tasks.resume(0)
    assert Record.objects.count() == len(waiting)
    assert operations.resume_submissions(now=lambda: AT + timedelta(hours=1)) == []


@pytest.mark.parametrize("name", ["57", "57.cleared", "57~", "57 (1)", "٥٧", "taking-abc", "unheld-abc"])
def test_what_the_sweep_can_do_nothing_with_does_not_stop_it(name: str, caplog: pytest.LogCaptureFixture) -> None:
    waiting = receive([penalty_row(1)])
    odd = received.path_of(submission=waiting).with_name(name.replace("57", str(waiting.pk + 57)))
    odd.mkdir()  # refuses to be opened, read or removed like a file of another account
    os.utime(odd, (0, 0))
    try:
        with caplog.at_level(logging.WARNING, logger="publiccredit"):
            assert operations.resume_submissions(now=lambda: AT) == [waiting.pk]
        assert odd.exists()
        assert (str(odd) in caplog.text) == (name in ("57", "57.cleared", "taking-abc", "unheld-abc"))
    finally:
        odd.rmdir()


def test_the_sweep_leaves_an_upload_that_is_about_to_be_held() -> None:
    folder = received.path_of(submission=receive([penalty_row(1)])).parent
    begun, left = folder / f"{store.UNHELD}begun", folder / f"{store.UNHELD}left"
    for path in (begun, left):
        path.touch()
    old = time.time() - store.NEVER_HELD - 1
    os.utime(left, (old, old))
    received.tidy()
    assert (begun.exists(), left.exists()) == (True, False)
    begun.unlink()


ROW = st.tuples(st.integers(1, 4), st.sampled_from(["甲", "乙"]), st.sampled_from(["1.2", "-1"]))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, min_size=1, max_size=8), step=st.integers(1, 10**6))
def test_no_row_is_lost_whatever_repeats_clashes_or_is_wrong(rows: list[tuple[int, str, str]], step: int) -> None:
    before = Record.objects.count()
    sent = [penalty_row(number, violation_facts=facts, fine_fen=fine) for number, facts, fine in rows]
    submission = send(sent, later=step)
    assert submission.state == "filed"
    assert submission.rows == submission.counted_independently == len(rows)
    assert submission.accepted + submission.returned + submission.duplicates == len(rows)
    returned = RowIssue.objects.filter(submission=submission, severity="return").values("row_number").distinct()
    assert returned.count() == submission.returned
    assert DuplicateRow.objects.filter(submission=submission).count() == submission.duplicates
    assert Record.objects.count() - before <= submission.accepted
    again = send(sent, later=step + 1)
    assert (again.accepted, again.returned) == (0, submission.returned)
