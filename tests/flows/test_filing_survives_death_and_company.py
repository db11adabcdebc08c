"""Killed at any moment, filing leaves nothing half done; done by several at once, it is done once."""

import signal
import subprocess
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM
from publiccredit.intake import operations, received
from publiccredit.intake.models import DuplicateRow, RowIssue, Submission
from publiccredit.intake.queries import annotated_workbook
from publiccredit.ledger.models import Entry
from publiccredit.site import embedded_postgres
from publiccredit.subjects.filing import BUCKETS
from publiccredit.subjects.filing import LOCK_SPACE as KEYS
from publiccredit.subjects.models import Record, Subject
from publiccredit.subjects.store import path_of
from tests.factories import penalty_row, sent_csv
from tests.flows.dying import PATIENCE, kill, running, until
from tests.flows.filing import AT, check_here, outcome, receive, send

ROWS = [penalty_row(n) for n in range(1, 40)] + [penalty_row(40, fine_fen="-1")]
JUST_AFTER = "just after the filing is committed"
LEDGER_LOCK = 7310577230416  # of the trigger that chains entries, publiccredit/ledger/migrations/0002_chain.py


@pytest.fixture
def database(fresh_database: str) -> str:
    act_as(actor=PROGRAM)
    return fresh_database


def _filing(submission: Submission, database: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
    return running("tests.flows.filing_process", str(submission.pk), database=database)


def _waits_for_a_lock(watch: psycopg.Connection) -> bool:
    """Whether a session of this database waits: other tests use the same cluster."""
    waiting = "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = %s"
    return bool(watch.execute(waiting, [watch.info.dbname]).fetchone()[0])


def _filed_nothing(submission: Submission) -> None:
    submission.refresh_from_db()
    assert submission.state in ("received", "checking", "filing")
    held = (Record, Subject, RowIssue, DuplicateRow)
    assert [model.objects.count() for model in held] == [0, 0, 0, 0]
    assert list(Entry.objects.values_list("operation", flat=True)) == ["receive_submission"]


def _taken_up_and_filed_once(submission: Submission, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations.file_submission, "__kwdefaults__", {"check": check_here})
    # The server keeps the dead process's locks until it notices the death: a sweep before that finds nothing to do.
    taken: list[int] = []
    until(lambda: bool(taken.extend(operations.resume_submissions(now=lambda: AT + timedelta(minutes=5))) or taken))
    assert taken == [submission.pk]
    submission.refresh_from_db()
    assert outcome(submission) == ("filed", 40, 39, 1, 0)
    assert Record.objects.count() == 39
    assert list(Entry.objects.values_list("operation", flat=True)) == ["receive_submission", "file_submission"]
    assert operations.resume_submissions(now=lambda: AT + timedelta(minutes=6)) == []


def test_killed_while_checking_it_is_filed_afterwards(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    submission = receive(ROWS)
    with _filing(submission, database) as process:
        until(lambda: Submission.objects.get(pk=submission.pk).state == "checking")
        kill(process)
    _filed_nothing(submission)
    _taken_up_and_filed_once(submission, monkeypatch)


@pytest.mark.parametrize("moment", ["before_the_records", "before_the_entry"])
def test_killed_in_the_filing_transaction_it_is_filed_afterwards(
    moment: str, database: str, cluster: embedded_postgres.Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = receive(ROWS)
    with cluster.connect(embedded_postgres.APPLICATION, database) as holder:
        with holder.transaction():
            if moment == "before_the_records":
                holder.execute("SELECT pg_advisory_xact_lock(%s, n) FROM generate_series(0, %s) n", [KEYS, BUCKETS])
            else:
                holder.execute("SELECT pg_advisory_xact_lock(%s)", [LEDGER_LOCK])
            with _filing(submission, database) as process:
                until(lambda: _waits_for_a_lock(holder))
                kill(process)
        until(lambda: not _waits_for_a_lock(holder))
    _filed_nothing(submission)
    _taken_up_and_filed_once(submission, monkeypatch)


def test_killed_just_after_the_commit_it_is_filed_already_and_its_file_comes_to_its_place(
    database: str, tmp_path: Path
) -> None:
    path = tmp_path / "处罚.csv"
    path.write_bytes(sent_csv(ROWS))
    with running("tests.flows.persons_process", JUST_AFTER, str(path), database=database) as process:
        assert process.wait(timeout=PATIENCE) == -signal.SIGKILL
    submission = Submission.objects.get()
    assert outcome(submission) == ("filed", 40, 39, 1, 0)
    assert Record.objects.count() == 39
    assert list(Entry.objects.values_list("operation", flat=True)) == ["receive_submission", "file_submission"]
    with annotated_workbook(submission_id=submission.pk) as answer:
        assert answer.read(2) == b"PK"
    assert operations.resume_submissions(now=lambda: AT + timedelta(minutes=5)) == []
    assert path_of(sha256=submission.kept_sha256).read_bytes() == path.read_bytes()
    assert not received.path_of(submission=submission).exists()
    assert (Record.objects.count(), Entry.objects.count()) == (39, 2)


def _at_once(*acts: Callable[[], object]) -> list[object]:
    """Run acts in threads of their own, each with its own connection, all let go together."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results[place] = act()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.usefixtures("database")
def test_two_people_sending_one_file_at_once_change_nothing_twice() -> None:
    rows = ROWS[:39]
    results = _at_once(lambda: send(rows), lambda: send(list(reversed(rows))))
    assert sorted(outcome(s) for s in results) == [("filed", 39, 0, 0, 39), ("filed", 39, 39, 0, 0)]
    assert (Record.objects.count(), Subject.objects.count()) == (39, 39)


@pytest.mark.usefixtures("database")
def test_files_that_share_some_rows_and_subjects_are_filed_side_by_side() -> None:
    files = [[penalty_row(n) for n in range(first, first + 20)] for first in (1, 11, 21)]
    results = _at_once(*(lambda rows=rows: send(rows) for rows in files))
    assert [s.state for s in results] == ["filed"] * 3
    assert sum(s.accepted for s in results) == Record.objects.count() == Subject.objects.count() == 40
    assert sum(s.duplicates for s in results) == 20


@pytest.mark.usefixtures("database")
def test_two_workers_never_file_one_submission_both() -> None:
    submission = receive(ROWS)

    def file() -> object:
        return operations.file_submission(submission_id=submission.pk, at=AT, check=check_here)

    results = _at_once(file, file, file)
    # Whoever comes while one is at it is told so; whoever comes after is given what became of it.
    given = [r for r in results if not isinstance(r, operations.BeingFiled)]
    assert given
    assert [outcome(s) for s in given] == [("filed", 40, 39, 1, 0)] * len(given)
    submission.refresh_from_db()
    assert outcome(submission) == ("filed", 40, 39, 1, 0)
    assert (Record.objects.count(), Subject.objects.count()) == (39, 39)
    assert Entry.objects.filter(operation="file_submission").count() == 1


@pytest.mark.usefixtures("database")
def test_one_button_pressed_twice_is_one_submission() -> None:
    act = lambda: receive(ROWS, idempotency_key="one").pk  # noqa: E731
    results = _at_once(act, act, act)
    assert len(set(results)) == 1
    assert (Submission.objects.count(), Entry.objects.count()) == (1, 1)


@pytest.mark.usefixtures("database")
def test_a_sealed_original_cannot_be_written_again() -> None:
    submission = send(ROWS)
    sealed = path_of(sha256=submission.kept_sha256)
    assert (sealed.stat().st_mode & 0o777, sealed.stat().st_size) == (0o440, submission.file_size)
    assert not list(Path(sealed.parents[2] / "incoming").iterdir())
