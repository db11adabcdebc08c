"""Every write of intake: files received and filed, service declared, nil returns, decision documents."""

import logging
import traceback
from collections.abc import Callable
from datetime import date, datetime

from django.db import OperationalError, transaction

from publiccredit.accounts.operations import acting
from publiccredit.accounts.types import PROGRAM, Actor
from publiccredit.catalogue.types.identity_numbers import without
from publiccredit.intake import received
from publiccredit.intake.clearing.limited import cleared_here, cleared_limited
from publiccredit.intake.declaring import declare_nothing_sent, declare_service_of
from publiccredit.intake.documents import (
    Attached,
    UnableToAttach,
    document_in,
    documents_in,
    file_document,
    is_zip,
    opened,
    outcome_of,
    whose,
)
from publiccredit.intake.filing import (
    Check,
    check_here,
    check_in_child,
    only_one_filing,
    sender,
    stage_and_file,
)
from publiccredit.intake.keeping import Clear
from publiccredit.intake.models import NilReturn, Submission, SubmissionState
from publiccredit.intake.receiving import (
    IdempotencyKeyReused,
    Incoming,
    receive_submission,
    refuse_other_department,
)
from publiccredit.intake.taking_off import UnableToTakeOff, take_off_document
from publiccredit.intake.types import NotYourDepartment, UnableToRead, UnableToSubmit
from publiccredit.ledger.operations import next_entry_id, record_entry
from publiccredit.subjects import store

__all__ = [
    "Attached",
    "BeingFiled",
    "IdempotencyKeyReused",
    "NotYourDepartment",
    "UnableToAttach",
    "UnableToSubmit",
    "UnableToTakeOff",
    "attach_documents",
    "check_here",
    "cleared_here",
    "declare_nil_return",
    "declare_service",
    "file_submission",
    "receive_submission",
    "resume_submissions",
    "settle_filed_submissions",
    "take_off_document",
]

log = logging.getLogger(__name__)


class BeingFiled(Exception):
    """Another process is filing this submission."""


def file_submission(
    *, submission_id: int, at: datetime, check: Check = check_in_child, clear: Clear = cleared_limited
) -> Submission:
    """
    Check, match and file a submission, or refuse it as a whole with a sentence; what is filed or refused stays so.

    What is kept of the file then lies in the store: the file itself or, where it names persons, a copy without them; of
    a refused file nothing.

    :raises BeingFiled: another process is at it.
    """
    with only_one_filing(submission_id=submission_id) as mine:
        if not mine:
            raise BeingFiled("这份报送正在处理，请稍后查看结果。")
        with acting(actor=PROGRAM):
            submission = Submission.objects.get(pk=submission_id)
        if submission.state in received.FINAL:
            received.settle(submission=submission)
            return submission
        with acting(actor=sender(submission)):
            try:
                stage_and_file(submission=submission, check=check, clear=clear, at=at)
            except UnableToRead as refusal:
                _refuse(submission, refusal.code, refusal.message, at)
            except OperationalError:
                raise  # the database went away: the submission waits as it is and is taken up again
            except Exception as error:
                # The text of an exception may quote a cell, and a cell may be about a person: only its kind is kept.
                frame = traceback.extract_tb(error.__traceback__)[-1]
                log.error(
                    "filing submission %s failed: %s at %s:%s",
                    submission_id,
                    type(error).__name__,
                    frame.filename,
                    frame.lineno,
                )
                _refuse(submission, "failed", _FAILED.format(number=submission_id), at)
            submission.refresh_from_db()
            received.settle(submission=submission)
    return submission


_FAILED = "系统处理这份文件时出错，本次未入库任何内容。请重新上传；再次出错请联系信用办，并告知报送编号 {number}。"


def resume_submissions(*, now: Callable[[], datetime]) -> list[int]:
    """
    Take up every submission that was received and neither filed nor refused, and give those that were finished.

    What killed processes left of files goes: half taken, of no submission, or of one that is filed or refused.
    """
    received.tidy()
    with acting(actor=PROGRAM):
        waiting = list(Submission.objects.exclude(state__in=received.FINAL).order_by("pk").values_list("pk", flat=True))
    finished = []
    for submission_id in waiting:
        try:
            file_submission(submission_id=submission_id, at=now())
        except BeingFiled:
            continue
        finished.append(submission_id)
    return finished


def settle_filed_submissions() -> None:
    """Bring into the store what is kept of every filed submission, though the process that filed it was killed."""
    received.tidy()


def declare_service(*, by: Actor, submission_id: int, served_on: date, at: datetime) -> int:
    """
    Declare that every decision of a submission has been served, at the latest on a day (DP-01): what was held for want
    of it takes effect. Gives the number of records released.

    :raises NotYourDepartment: the submission is another department's.
    :raises UnableToSubmit: it is not filed, needs no declaration, has one, or the day lies in the future or before the
        last of its decisions that wait.
    """
    with acting(actor=PROGRAM):
        department_code = Submission.objects.values_list("department_code", flat=True).get(pk=submission_id)
    refuse_other_department(by, department_code)
    with acting(actor=by):
        return declare_service_of(by=by, submission_id=submission_id, served_on=served_on, at=at)


def declare_nil_return(
    *, by: Actor, department_code: str, source: str, period_from: date, period_until: date, at: datetime
) -> NilReturn:
    """
    Declare that a department decided nothing of a source during ``[period_from, period_until)``; said again, it stands.

    :raises NotYourDepartment: the officer may not speak for this department.
    :raises UnableToSubmit: the source is not the department's, or the period has not begun or has no days.
    """
    refuse_other_department(by, department_code)
    with acting(actor=by):
        return declare_nothing_sent(
            by=by, department_code=department_code, source=source, period_from=period_from,
            period_until=period_until, at=at,
        )  # fmt: skip


def attach_documents(
    *,
    by: Actor,
    department_code: str,
    file: Incoming,
    file_name: str,
    at: datetime,
    document_number: str = "",
    subject: str = "",
) -> Attached:
    """
    Seal a decision document, or a zip of them named by document number, and put their hashes on the records.

    Without ``document_number`` a single file is named by it too. A file whose name is no number on file is reported
    and not kept on any record; so is one whose number is on records of several subjects, until ``subject``, or
    NUMBER_IDENTIFIER as the file's name, says whose it is: who is on a record opens its document.

    :raises NotYourDepartment: the officer may not act for this department.
    :raises UnableToAttach: a document is none, or the zip cannot be opened, or is too large.
    """
    refuse_other_department(by, department_code)
    with opened(file) as stream:
        if is_zip(file_name=file_name):
            deposits = list(documents_in(stream=stream))
        else:
            deposits = [
                document_in(stream=stream, file_name=file_name, document_number=document_number, subject=subject)
            ]
    with acting(actor=by), transaction.atomic():
        entry_id = next_entry_id()
        deposits.sort(key=lambda d: d.document_number)
        found = {d: whose(deposited=d, department_code=department_code) for d in deposits}
        kept = {
            d.sealed.sha256
            for d, place in found.items()
            if file_document(
                deposited=d, found=place, department_code=department_code, by_name=by.name, at=at, entry_id=entry_id
            )
        }
        attached = outcome_of(found=found)
        record_entry(
            actor=by.name, operation="attach_documents", object_kind="department", object_id=department_code,
            department_code=department_code, at=at, entry_id=entry_id,
            payload={"attached": attached.number, "unmatched": len(found) - attached.number},
        )  # fmt: skip
    # What no record names is not kept: it may be about anybody.
    for deposited in found:
        if deposited.sealed.sha256 not in kept:
            store.discard(sealed=deposited.sealed)
    return attached


# --- steps ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def _refuse(submission: Submission, code: str, message: str, at: datetime) -> None:
    entry_id = next_entry_id()
    Submission.objects.filter(pk=submission.pk).update(
        state=SubmissionState.REFUSED, refusal=without(message), finished_at=at, entry_id=entry_id
    )
    record_entry(
        actor=submission.officer,
        operation="refuse_submission",
        object_kind="submission",
        object_id=submission.pk,
        department_code=submission.department_code,
        at=at,
        entry_id=entry_id,
        payload={"reason": code, "file_sha256": submission.file_sha256},
    )
