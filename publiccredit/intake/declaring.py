"""What a department declares beside its files: service of decisions, and that there was nothing to send."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from publiccredit.accounts.types import Actor
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import FieldRole
from publiccredit.intake.models import NilReturn, ServiceDeclaration, Submission, SubmissionState
from publiccredit.intake.types import UnableToSubmit
from publiccredit.ledger.operations import next_entry_id, record_entry
from publiccredit.ledger.types import china_day
from publiccredit.subjects import queries as subjects
from publiccredit.subjects.operations import declare_served
from publiccredit.subjects.queries import RecordState


@transaction.atomic
def declare_service_of(*, by: Actor, submission_id: int, served_on: date, at: datetime) -> int:
    """:raises UnableToSubmit: see ``operations.declare_service``."""
    submission = Submission.objects.select_for_update().get(pk=submission_id)
    if submission.state != SubmissionState.FILED:
        raise UnableToSubmit("这份报送还没有入库，不能声明送达。请等处理完成，或在报送时一并声明。")
    if served_on > china_day(at=at):
        raise UnableToSubmit(f"声明的送达日期 {served_on} 晚于今天。送达是已经发生的事，请填写不晚于今天的日期。")
    if ServiceDeclaration.objects.filter(submission=submission).exists():
        raise UnableToSubmit("这份报送已有送达声明。个别文书的送达日期有误的，请更正该行后重新报送。")
    source = catalogue.source(name=submission.source)
    record_type = catalogue.record_type(name=source.record_type, on=china_day(at=submission.received_at))
    served = record_type.field_in_role(FieldRole.SERVED_ON)
    if served is None:
        raise UnableToSubmit(f"“{record_type.title}”不需要声明送达。")
    _refuse_before_decision(submission, served_on)
    entry_id = next_entry_id()
    ServiceDeclaration.objects.create(
        submission=submission, served_on=served_on, declared_by=by.name, declared_at=at, entry_id=entry_id
    )
    released = declare_served(
        submission_id=submission.pk, served_on=served_on, served_field=served.name, at=at, entry_id=entry_id
    )
    record_entry(
        actor=by.name,
        operation="declare_service",
        object_kind="submission",
        object_id=submission.pk,
        department_code=submission.department_code,
        at=at,
        entry_id=entry_id,
        payload={"served_on": served_on.isoformat(), "released": released},
    )
    return released


def _refuse_before_decision(submission: Submission, served_on: date) -> None:
    """There is one declaration for a submission: one that frees only some of its rows would hold the rest for good."""
    waiting = subjects.records().filter(submission_id=submission.pk, state=RecordState.HELD_UNSERVED)
    decided_on: date | None = waiting.aggregate(last=Max("decided_on"))["last"]
    if decided_on is not None and served_on < decided_on:
        raise UnableToSubmit(
            f"本批最后一份决定作出于 {decided_on}，声明的送达日期 {served_on} 比它还早。请填写最后一份决定书"
            "送达的日期；各份送达日期不同的，也可以在表中逐行填写“送达日期”后重新报送。"
        )


@transaction.atomic
def declare_nothing_sent(
    *, by: Actor, department_code: str, source: str, period_from: date, period_until: date, at: datetime
) -> NilReturn:
    """:raises UnableToSubmit: see ``operations.declare_nil_return``."""
    today = china_day(at=at)
    if source not in {s.name for s in catalogue.sources_of(department=department_code, on=today)}:
        raise UnableToSubmit(f"本部门不报送数据来源“{source}”，不需要零报送。")
    if not period_from < period_until:
        raise UnableToSubmit(f"期间止 {period_until} 应晚于期间起 {period_from}。")
    if period_from > today:
        raise UnableToSubmit(f"期间自 {period_from} 起，还没有开始。零报送说的是已经开始的期间。")
    entry_id = next_entry_id()
    declared, fresh = NilReturn.objects.get_or_create(
        department_code=department_code,
        source=source,
        period_from=period_from,
        period_until=period_until,
        defaults={"declared_by": by.name, "declared_at": at, "entry_id": entry_id},
    )
    if fresh:
        record_entry(
            actor=by.name,
            operation="declare_nil_return",
            object_kind="nil_return",
            object_id=declared.pk,
            department_code=department_code,
            at=at,
            entry_id=entry_id,
            payload={"source": source, "from": period_from.isoformat(), "until": period_until.isoformat()},
        )
    return declared
