"""Every write of intake: files received and filed, service declared, nil returns, decision documents."""

import logging
import traceback
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from django.db import IntegrityError, OperationalError, transaction

from publiccredit.accounts.operations import acting
from publiccredit.accounts.types import PROGRAM, Actor
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types.identity_numbers import without
from publiccredit.intake import received
from publiccredit.intake.checking import sources_for
from publiccredit.intake.clearing.limited import cleared_here, cleared_limited
from publiccredit.intake.confirmations import refuse_what_cannot_be_confirmed
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
from publiccredit.intake.models import NilReturn, ServiceDeclaration, Submission, SubmissionState
from publiccredit.intake.taking_off import UnableToTakeOff, take_off_document
from publiccredit.intake.types import NotYourDepartment, Overrides, UnableToRead, UnableToSubmit
from publiccredit.ledger.operations import next_entry_id, record_entry
from publiccredit.ledger.types import china_day
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

Incoming = Path | IO[bytes]


class IdempotencyKeyReused(UnableToSubmit):
    """The key was used before, with another file or with other words about the same one."""

    def __init__(self, message: str, *, earlier: int) -> None:
        super().__init__(message)
        self.earlier = earlier


class BeingFiled(Exception):
    """Another process is filing this submission."""


def receive_submission(  # noqa: PLR0913 - what a sender may say about a file, each by its name
    *,
    by: Actor,
    department_code: str,
    file: Incoming,
    file_name: str,
    channel: str,
    at: datetime,
    source: str | None = None,
    idempotency_key: str = "",
    served_on: date | None = None,
    overrides: Sequence[str] = (),
    override_reason: str = "",
) -> Submission:
    """
    Take a file in as a submission of a department; the same idempotency key gives the same submission.

    ``served_on`` declares that every decision in it has been served, at the latest on that day.

    :raises NotYourDepartment: the officer may not submit for this department.
    :raises IdempotencyKeyReused: the key stands for another file, or for this one declared otherwise: who sends a
        declaration under a used key must not believe that it was heard.
    :raises UnableToSubmit: the source is not the department's, the declaration lies in the future, a doubt is
        confirmed that cannot be, or without a reason, or the file is too large.
    """
    _refuse_other_department(by, department_code)
    _refuse_what_cannot_be(department_code, source or "", served_on, Overrides(tuple(overrides), override_reason), at)
    try:
        with received.taken(file=file) as copy:
            values = {
                "department_code": department_code, "source": source or "", "officer": by.name, "channel": channel,
                "file_name": without(Path(file_name).name[:255]), "file_sha256": copy.sha256, "file_size": copy.size,
                "idempotency_key": idempotency_key, "received_at": at, "overrides": sorted(set(overrides)),
                "override_reason": without(override_reason.strip()),
            }  # fmt: skip
            with acting(actor=by):
                return _taken_in_once(by, copy, values, served_on, at)
    except store.FileTooLarge as error:
        raise UnableToSubmit(str(error)) from error


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
    _refuse_other_department(by, department_code)
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
    _refuse_other_department(by, department_code)
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
    _refuse_other_department(by, department_code)
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


def _refuse_other_department(by: Actor, department_code: str) -> None:
    if by.role is None or by.of_office or (by.of_department and by.department_code == department_code):
        return
    raise NotYourDepartment("只能为本部门报送。请用本部门的联络员账号登录，或请信用办代为报送。")


def _refuse_what_cannot_be(
    department_code: str, source: str, served_on: date | None, overrides: Overrides, at: datetime
) -> None:
    today = china_day(at=at)
    try:
        sources_for(department_code=department_code, source=source or None, on=today)
    except (UnableToRead, catalogue.NotInPacks) as error:
        raise UnableToSubmit(str(error), about="source") from error
    if served_on is not None and served_on > today:
        raise UnableToSubmit(
            f"声明的送达日期 {served_on} 晚于今天。送达是已经发生的事，请填写不晚于今天的日期。", about="served_on"
        )
    refuse_what_cannot_be_confirmed(overrides=overrides.codes)
    if overrides.codes and not overrides.reason.strip():
        raise UnableToSubmit(
            "确认疑问须写明理由，例如“老代码，校验位不符，已与登记机关核实”。", about="override_reason"
        )


def _earlier(values: dict[str, Any], served_on: date | None) -> Submission | None:
    """
    Give what was sent under the same key before.

    :raises IdempotencyKeyReused: it was not the same.
    """
    number = values["idempotency_key"]
    earlier = (
        Submission.objects.filter(department_code=values["department_code"], idempotency_key=number)
        .select_related("service_declaration")
        .first()
    )
    if earlier is None:
        return None
    if earlier.file_sha256 != values["file_sha256"]:
        raise IdempotencyKeyReused(
            f"幂等键“{number}”已用于另一份文件（报送编号 {earlier.pk}）。新的文件请换一个键。", earlier=earlier.pk
        )
    if other := _said_otherwise(earlier, values, served_on):
        raise IdempotencyKeyReused(
            f"幂等键“{number}”已用于这份文件（报送编号 {earlier.pk}），但{'、'.join(other)}与那次不同，没有改动。"
            "要改的请换一个键重新报送；补充送达声明也可以在报送页面办理。",
            earlier=earlier.pk,
        )
    return earlier


def _said_otherwise(earlier: Submission, values: dict[str, Any], served_on: date | None) -> list[str]:
    declared = getattr(earlier, "service_declaration", None)  # one made later, on the page, is no part of the sending
    then = declared.served_on if declared and declared.declared_at == earlier.received_at else None
    source = values["source"]  # where none was named, the recognised one stands there by now
    compared = {
        "送达日期": then != served_on,
        "数据来源": bool(source and earlier.source and source != earlier.source),
        "确认的疑问": (earlier.overrides, earlier.override_reason) != (values["overrides"], values["override_reason"]),
    }
    return [words for words, differs in compared.items() if differs]


def _taken_in_once(
    by: Actor, copy: store.Taken, values: dict[str, Any], served_on: date | None, at: datetime
) -> Submission:
    if values["idempotency_key"] and (earlier := _earlier(values, served_on)):
        return earlier
    try:
        return _take_in(by, copy, values, served_on, at)
    except IntegrityError:
        # Two presses of one button at once: the other one was first.
        if values["idempotency_key"] and (earlier := _earlier(values, served_on)):
            return earlier
        raise


def _take_in(by: Actor, copy: store.Taken, values: dict[str, Any], served_on: date | None, at: datetime) -> Submission:
    with transaction.atomic(), ExitStack() as placing:
        entry_id = next_entry_id()
        submission = Submission.objects.create(**values)
        placing.enter_context(received.placed(copy=copy, submission_id=submission.pk))
        if served_on is not None:
            ServiceDeclaration.objects.create(
                submission=submission, served_on=served_on, declared_by=by.name, declared_at=at, entry_id=entry_id
            )
        record_entry(
            actor=by.name, operation="receive_submission", object_kind="submission", object_id=submission.pk,
            department_code=submission.department_code, at=at, entry_id=entry_id,
            payload={
                "file_sha256": submission.file_sha256,
                "channel": submission.channel,
                "served_on": served_on.isoformat() if served_on else None,
                "overrides": ",".join(submission.overrides),
            },
        )  # fmt: skip
    return submission


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
