"""A file taken in as a submission of a department: once for each key, with what its sender says of it."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from django.db import IntegrityError, transaction

from publiccredit.accounts.operations import acting
from publiccredit.accounts.types import Actor
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types.identity_numbers import without
from publiccredit.intake import received
from publiccredit.intake.checking import sources_for
from publiccredit.intake.confirmations import refuse_what_cannot_be_confirmed
from publiccredit.intake.models import ServiceDeclaration, Submission
from publiccredit.intake.types import NotYourDepartment, Overrides, UnableToRead, UnableToSubmit
from publiccredit.ledger.operations import next_entry_id, record_entry
from publiccredit.ledger.types import china_day
from publiccredit.subjects import store

Incoming = Path | IO[bytes]


class IdempotencyKeyReused(UnableToSubmit):
    """The key was used before, with another file or with other words about the same one."""

    def __init__(self, message: str, *, earlier: int) -> None:
        super().__init__(message)
        self.earlier = earlier


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
    refuse_other_department(by, department_code)
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


def refuse_other_department(by: Actor, department_code: str) -> None:
    """
    Refuse whoever acts for a department that is not their own; the office and the program act for each.

    :raises NotYourDepartment: the officer may not act for this department.
    """
    if by.role is None or by.of_office or (by.of_department and by.department_code == department_code):
        return
    raise NotYourDepartment("只能为本部门报送。请用本部门的联络员账号登录，或请信用办代为报送。")


# --- steps ----------------------------------------------------------------------------------------------------------


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
                "documents_held": True,  # every way of sending says that who sends declares it (DP-01)
            },
        )  # fmt: skip
    return submission
