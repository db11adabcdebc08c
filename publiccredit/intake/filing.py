"""
From a received file to filed records: checked in a child process, staged as it comes, filed in one transaction.

Until that transaction commits, nothing of the file is to be seen but its progress; whoever kills the process leaves a
submission that can be filed again from the beginning.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
from django.db import IntegrityError, OperationalError, connection, transaction

from publiccredit.accounts.types import Actor, Role
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import FieldRole, Nature, RecordType, Source
from publiccredit.intake import received
from publiccredit.intake.checking import check_stored_file, source_of, sources_for
from publiccredit.intake.keeping import Clear, PersonsFound
from publiccredit.intake.models import ServiceDeclaration, Submission, SubmissionState
from publiccredit.intake.outcomes import (
    close_outcomes,
    file_outcomes,
    open_outcomes,
    say_what_was_corrected,
    say_whose_is_in_doubt,
    say_whose_number_it_is_too,
    send_back_by_store,
    stage_duplicates,
    stage_issues,
)
from publiccredit.intake.preparing import Preparation, Prepared
from publiccredit.intake.reading.limited import run_limited
from publiccredit.intake.types import (
    ACCEPTED,
    DUPLICATE,
    OUTCOME,
    RETURNED,
    CheckedChunk,
    CheckSummary,
    Progress,
    Recognition,
    UnableToRead,
)
from publiccredit.ledger.operations import next_entry_id, record_entry
from publiccredit.ledger.types import china_day
from publiccredit.matching.operations import ask_questions, match_staged
from publiccredit.recipients.operations import tell_of_filed
from publiccredit.recipients.types import Cause
from publiccredit.subjects.operations import (
    analyse_staging,
    close_staging,
    copy_in,
    file_staged,
    numbers_in_question,
    open_staging,
    set_apart_staged,
)
from publiccredit.subjects.types import FiledCounts, Filing

log = logging.getLogger(__name__)

LOCK_SPACE = 7310578  # advisory locks by submission
ATTEMPTS = 5

Checked = Recognition | CheckedChunk | CheckSummary
Check = Callable[[Submission], Iterable[Checked]]


@dataclass
class Staged:
    """What is known of a file once it has been staged."""

    recognition: Recognition
    record_type: RecordType
    source: Source
    preparation: Preparation
    accepted: int = 0
    returned: int = 0
    duplicates: int = 0
    summary: CheckSummary | None = None
    persons: PersonsFound = field(default_factory=PersonsFound)
    kept_sha256: str = ""

    @property
    def rows(self) -> int:
        return self.accepted + self.returned + self.duplicates


def sender(submission: Submission) -> Actor:
    """Give the actor who may write what the sending department may write, and no more."""
    return Actor(name=submission.officer, role=Role.LIAISON, department_code=submission.department_code)


def check_in_child(submission: Submission) -> Iterator[Checked]:
    """Check the file as it was received in a process with limits."""

    def watch(progress: Progress) -> None:
        _mark(
            submission,
            surveyed_percent=progress.surveyed_percent,
            rows_read=progress.rows_read,
            counted_independently=progress.rows_counted,
        )

    arguments = to_be_checked(submission)
    return run_limited(target="publiccredit.intake.checking:check_stored_file", arguments=arguments, watch=watch)


def check_here(submission: Submission) -> Iterator[Checked]:
    """Check the file as it was received in this process: for files the program itself has made, which harm nobody."""
    return check_stored_file(**to_be_checked(submission))


def to_be_checked(submission: Submission) -> dict[str, Any]:
    """
    Give what the check of a file is to know, as plain values.

    :raises UnableToRead: the file is not there any more.
    """
    served_on = declared_service(submission)
    return {
        "path": str(_received(submission)),
        "file_name": submission.file_name,
        "department_code": submission.department_code,
        "source": submission.source or None,
        "submitted_on": china_day(at=submission.received_at).isoformat(),
        "served_on": served_on.isoformat() if served_on else None,
        "overrides": list(submission.overrides),
    }


def _received(submission: Submission) -> Path:
    try:
        return received.path_to_read(submission=submission)
    except FileNotFoundError as error:
        raise UnableToRead(
            code="file_gone", message="平台上已找不到这份文件，本次未入库任何内容。请重新报送。"
        ) from error


def declared_service(submission: Submission) -> date | None:
    """Give the day on which, at the latest, everything in a submission was declared served."""
    found = ServiceDeclaration.objects.filter(submission=submission).values_list("served_on", flat=True).first()
    return found


@contextmanager
def only_one_filing(*, submission_id: int) -> Iterator[bool]:
    """Tell whether this session may file the submission: one session at a time; a dead one lets go by itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, submission_id])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine and connection.connection is not None and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_SPACE, submission_id])


def stage_and_file(*, submission: Submission, check: Check, clear: Clear, at: datetime) -> None:
    """
    Check, stage and file one submission.

    :raises UnableToRead: the file is refused as a whole; nothing was filed.
    """
    open_staging()
    open_outcomes()
    try:
        staged = _stage(submission, check)
        _refuse_unless_conserved(staged)
        recognition = staged.recognition
        staged.kept_sha256 = staged.persons.kept(submission=submission, recognition=recognition, clear=clear)
        _mark(submission, state=SubmissionState.FILING, rows=staged.rows)
        analyse_staging()
        _file_with_patience(submission, staged, at)
    finally:
        if not connection.needs_rollback:
            close_staging()
            close_outcomes()


def _stage(submission: Submission, check: Check) -> Staged:
    begun = {"surveyed_percent": None, "recognised": None, "rows_read": 0, "progress": 0, "counted_independently": None}
    _mark(submission, state=SubmissionState.CHECKING, **begun)
    staged: Staged | None = None
    earlier: _Chunk | None = None
    # One chunk is prepared while the database takes in the one before it, and while the child checks the next.
    with ThreadPoolExecutor(1, thread_name_prefix="preparing") as beside:
        for value in check(submission):
            if isinstance(value, Recognition):
                staged = _recognised(submission, value)
            elif staged is None:
                raise UnableToRead(
                    code="not_recognised", message="未能识别文件的格式。请使用下载的模板填报后重新上传。"
                )
            elif isinstance(value, CheckSummary):
                staged.summary = value
            else:
                later = _Chunk(value, beside.submit(_prepared, staged.preparation, value))
                _stage_chunk(submission, staged, earlier)
                earlier = later
        if staged is None or staged.summary is None:
            raise UnableToRead(code="check_unfinished", message="核验没有完成，本次未入库任何内容。请重新上传。")
        _stage_chunk(submission, staged, earlier)
    return staged


def _recognised(submission: Submission, recognition: Recognition) -> Staged:
    received_on = china_day(at=submission.received_at)
    sources = sources_for(department_code=submission.department_code, source=submission.source or None, on=received_on)
    source = source_of(recognition=recognition, sources=sources)
    record_type = catalogue.record_type(name=recognition.record_type, on=received_on)
    department = catalogue.department(code=submission.department_code)
    _mark(submission, source=source.name, recognised=asdict(recognition))
    preparation = Preparation(
        record_type=record_type,
        received_on=received_on,
        default_authority={"authority_name": department.name, "authority_uscc": department.uscc},
    )
    return Staged(recognition=recognition, record_type=record_type, source=source, preparation=preparation)


@dataclass(frozen=True)
class _Chunk:
    checked: CheckedChunk
    prepared: Future[Prepared | None]


def _prepared(preparation: Preparation, chunk: CheckedChunk) -> Prepared | None:
    """What of a chunk becomes records. Runs in a thread of its own and asks the database nothing."""
    accepted = chunk.rows.filter(pl.col(OUTCOME) == ACCEPTED)
    return preparation.prepare(accepted=accepted) if accepted.height else None


def _stage_chunk(submission: Submission, staged: Staged, chunk: _Chunk | None) -> None:
    if chunk is None:
        return
    rows = chunk.checked.rows
    outcomes = dict(rows[OUTCOME].value_counts().iter_rows())
    staged.accepted += outcomes.get(ACCEPTED, 0)
    staged.returned += outcomes.get(RETURNED, 0)
    staged.duplicates += outcomes.get(DUPLICATE, 0)
    if prepared := chunk.prepared.result():
        copy_in(table="staged_party", frame=prepared.parties)
        copy_in(table="staged_row", frame=prepared.rows)
    if outcomes.get(DUPLICATE):
        stage_duplicates(rows=rows.filter(pl.col(OUTCOME) == DUPLICATE))
    stage_issues(issues=chunk.checked.issues)
    staged.persons.note(issues=chunk.checked.issues)
    _mark(submission, progress=staged.rows)


def _refuse_unless_conserved(staged: Staged) -> None:
    summary = staged.summary
    assert summary is not None
    if staged.rows == summary.rows == summary.counted_independently:
        return
    raise UnableToRead(
        code="rows_not_conserved",
        message=(
            f"行数对不上：核验了 {staged.rows} 行，另一种方式数得 {summary.counted_independently} 行。"
            "为防遗漏，整份文件未入库。"
            "请检查文件中是否有隐藏行、合并单元格或损坏的内容，另存为新文件后重新上传；仍不行请联系信用办。"
        ),
    )


def _mark(submission: Submission, **values: object) -> None:
    """Let others see how far it is."""
    Submission.objects.filter(pk=submission.pk).update(**values)


# --- the one transaction --------------------------------------------------------------------------------------------


def _file_with_patience(submission: Submission, staged: Staged, at: datetime) -> None:
    # Every submission takes its locks in one order, but a person at a desk may hold a record meanwhile: the database
    # then ends one of the two, and that one begins again.
    for attempt in range(ATTEMPTS):
        try:
            _file(submission, staged, at)
        except (OperationalError, IntegrityError) as error:
            if attempt == ATTEMPTS - 1 or not _may_pass(error):
                raise
        else:
            return


def _may_pass(error: Exception) -> bool:
    return getattr(error.__cause__, "sqlstate", None) in ("40P01", "40001", "23505") and not connection.in_atomic_block


@transaction.atomic
def _file(submission: Submission, staged: Staged, at: datetime) -> None:
    filing = _filing(submission, staged, at)
    set_apart_staged(filing=filing)
    match_staged(filing=filing)
    in_question = numbers_in_question(filing=filing)
    counts = file_staged(filing=filing)
    told = _tell_holders(filing) if counts.changed else 0
    questions = ask_questions(filing=filing)
    sent_back = send_back_by_store(record_type=staged.record_type, recognition=staged.recognition)
    say_what_was_corrected(record_type=staged.record_type, recognition=staged.recognition)
    say_whose_is_in_doubt(record_type=staged.record_type, recognition=staged.recognition)
    say_whose_number_it_is_too(
        filing=filing, numbers=in_question, record_type=staged.record_type, recognition=staged.recognition
    )
    duplicates = file_outcomes(submission_id=submission.pk)
    assert staged.summary is not None
    Submission.objects.filter(pk=submission.pk).update(
        state=SubmissionState.FILED,
        rows=staged.rows,
        counted_independently=staged.summary.counted_independently,
        accepted=counts.new + counts.changed,
        returned=staged.returned + sent_back,
        duplicates=duplicates,
        persons_refused=staged.summary.persons_refused,
        progress=staged.rows,
        kept_sha256=staged.kept_sha256,
        refusal="",
        finished_at=at,
        entry_id=filing.entry_id,
    )
    returned = staged.returned + sent_back
    _enter(
        submission, filing, counts, kept_sha256=staged.kept_sha256, questions=questions, duplicates=duplicates,
        returned=returned, notices=told,
    )  # fmt: skip


def _tell_holders(filing: Filing) -> int:
    """A department that corrects its record by filing it again reaches everybody who was given it (DP-20)."""
    authority = catalogue.department(code=filing.department_code).name
    return tell_of_filed(cause=Cause(entry_id=filing.entry_id, at=filing.at, authority=authority))


def _filing(submission: Submission, staged: Staged, at: datetime) -> Filing:
    served = staged.record_type.field_in_role(FieldRole.SERVED_ON)
    severity = staged.record_type.field_in_role(FieldRole.SEVERITY)
    return Filing(
        entry_id=next_entry_id(),
        submission_id=submission.pk,
        department_code=submission.department_code,
        record_type=staged.record_type.name,
        adverse=staged.record_type.nature is Nature.ADVERSE,
        authoritative="registered_on" in staged.record_type.field_names,
        source=staged.source.name,
        item=staged.source.item,
        pack_version=catalogue.packs().version,
        declared_on=declared_service(submission),
        served_field=served.name if served else "",
        severity_field=severity.name if severity else "",
        received_at=submission.received_at,
        received_on=staged.preparation.received_on,
        at=at,
    )


def _enter(submission: Submission, filing: Filing, counts: FiledCounts, **others: int | str) -> None:
    record_entry(
        actor=submission.officer,
        operation="file_submission",
        object_kind="submission",
        object_id=submission.pk,
        department_code=submission.department_code,
        at=filing.at,
        entry_id=filing.entry_id,
        payload={**asdict(counts), **others, "source": filing.source, "file_sha256": submission.file_sha256},
    )
