"""One record with all that can be known of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from publiccredit.accounts.access import EVERYBODY, OFFICE_AND_AUDIT, actor_of, open_to
from publiccredit.accounts.types import Role
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import CONFIDENCE_TITLES, Audience, ProcedureName
from publiccredit.disclosure import queries
from publiccredit.disclosure.pages.answers import answered
from publiccredit.disclosure.remedies import Remedy, remedy
from publiccredit.disclosure.types import VisibleField, VisibleRecord
from publiccredit.disclosure.words import (
    WITHDRAWAL_WORDS,
    department_name,
    last_day,
    severity_words,
    source_title,
    status_of,
)
from publiccredit.recipients.queries import told_of
from publiccredit.recipients.types import Told
from publiccredit.subjects.operations import note_officers_look
from publiccredit.subjects.queries import closed_files

ELSEWHERE = frozenset(
    {
        "subject_name",
        "subject_category",
        "subject_uscc",
        "document_number",
        "decided_on",
        "served_on",
        "severity",
        "authority_uscc",
        "provider_name",
        "provider_uscc",
        "use_scope",
    }
)  # told at the head, in the course of the record or beside it; all fields stand folded below


@dataclass(frozen=True)
class Step:
    """One moment of a record's way, for the component ``timeline``."""

    title: str
    day: date | None
    working_days: int | None = None
    late: bool = False
    note: str = ""


@dataclass(frozen=True)
class Version:
    period: str
    changed: tuple[str, ...]  # titles of the fields that differ from the version before


@open_to(EVERYBODY)
@require_safe
def record_page(request: HttpRequest, record_id: int) -> HttpResponse:
    """
    Show one record.

    :raises Http404: it is not visible, whether it is hidden or absent.
    """
    today = timezone.localdate()
    if record_id >= 2**63:
        raise Http404
    found = queries.versions(record_id=record_id, audience=Audience.PUBLIC, on=today)
    if not found or found[0].subject_id is None:
        return _in_its_place(request, record_id)
    course = queries.courses(records=found[:1], on=today)[record_id]
    known = queries.known_subjects(subject_ids=[found[0].subject_id], audience=Audience.PUBLIC, on=today)
    record, subject = course.record, known[found[0].subject_id]
    edition, item = catalogue.item(name=record.item)
    context = {
        "record": record,
        "subject": subject,
        "status": status_of(record),
        "main_fields": _main_fields(record),
        "empty_fields": sum(not field.value for field in record.fields),
        "steps": _steps(record),
        "severity": severity_words(record),
        "severity_url": _severity_url(request, record),
        "item": item,
        "edition": edition,
        "item_url": reverse("disclosure:item", args=[edition.name, item.code]),
        "item_known": CONFIDENCE_TITLES[item.confidence],
        "department": department_name(record.department_code),
        "source": source_title(record.source),
        "versions": _versions(found),
        "history": course.happened,
        "last_day": last_day(record),
        "objection": remedy(name=ProcedureName.OBJECTION, on=today),
        "repair": _repair(record, today),
        "own_page": _own_page(record_id),
        "repairable": record.repairable_from is not None and record.repairable_from <= today,
        **_addressed(request, f"{subject.name}，{record.named}", today),
        "today": today,
        "desk": _desk(request, record),
        "told": _told(request, record_id, record.subject_id, record.department_code),
    }
    return answered(request, "disclosure/record.html", context, adverse=record.adverse)


def _addressed(request: HttpRequest, named: str, today: date) -> dict[str, str]:
    """Give the address of the page, and how it is cited."""
    address = request.build_absolute_uri(request.path)
    return {"address": address, "cited": f"{named}，公共信用信息平台，{today} 查阅，{address}"}


def _severity_url(request: HttpRequest, record: VisibleRecord) -> str:
    """Lead an officer of the department to where its severity is corrected; nobody else."""
    if not request.user.is_authenticated or record.severity is None:
        return ""
    actor = actor_of(request)
    own = actor.of_department and actor.department_code == record.department_code
    away = own and closed_files(account=actor.name, subject_ids=[record.subject_id])
    return reverse("severity:record", args=[record.id]) if own and not away else ""


def _desk(request: HttpRequest, record: VisibleRecord) -> dict[str, bool]:
    """Tell what an officer may begin here: the office anything, a department what it determined itself."""
    if not request.user.is_authenticated:
        return {}
    actor = actor_of(request)
    determined = _determined_by(record) == actor.department_code
    opens = actor.of_office or (actor.of_department and determined)
    if opens and closed_files(account=actor.name, subject_ids=[record.subject_id]):
        return {}  # others handle what is asked about a subject one is related to (DP-34)
    looks = actor.role is Role.AUDITOR and record.subject_id is not None
    return {"opens": opens, "notice": opens and record.adverse, "looks": looks}


def _determined_by(record: VisibleRecord) -> str:
    return catalogue.determined_by(authority_uscc=record.authority_uscc, department_code=record.department_code)


def _repair(record: VisibleRecord, on: date) -> Remedy | None:
    """Tell who would repair an adverse record, and how soon; nothing for one that burdens nobody."""
    if not record.adverse:
        return None
    name = department_name(_determined_by(record))
    return remedy(name=ProcedureName.CREDIT_REPAIR, on=on, determined_by=name)


def _own_page(record_id: int) -> str:
    """Lead the subject to the record at its own desk, through the door where it proves itself."""
    door = reverse("subjectdesk:log_in")
    return f"{door}?{urlencode({'next': reverse('subjectdesk:record', args=[record_id])})}"


def _main_fields(record: VisibleRecord) -> list[VisibleField]:
    """
    Give what a reader came for: what is filled in and is not already at the head, in the timeline or the source; and
    whatever was corrected, for nowhere else is that said.
    """
    return [field for field in record.fields if field.correction or (field.value and field.name not in ELSEWHERE)]


def _in_its_place(request: HttpRequest, record_id: int) -> HttpResponse:
    """
    Say why a record that was public is gone (DP-18).

    :raises Http404: it never was.
    """
    gone = queries.withdrawal(record_id=record_id)
    if gone is None:
        raise Http404
    context = {
        "gone": gone,
        "reason": WITHDRAWAL_WORDS.get(gone.reason, gone.notice),
        "told": _told(request, record_id, gone.subject_id, gone.department_code),
    }
    return answered(request, "disclosure/withdrawn.html", context, adverse=True, status=410)


def _told(
    request: HttpRequest, record_id: int, subject_id: int | None, department_code: str
) -> tuple[Told, ...] | None:
    """
    Give who was given the record, for the office, the auditor and the department whose record it is; that they looked
    stands on the subject's log.
    """
    if not request.user.is_authenticated:
        return None
    actor = actor_of(request)
    if OFFICE_AND_AUDIT.admits(actor.role) or actor.department_code == department_code:
        if closed_files(account=actor.name, subject_ids=[subject_id]):
            return None  # who is related sees what everybody sees (DP-34)
        words, now = f"查看谁取得过第 {record_id} 号记录", timezone.now()
        note_officers_look(actor=actor, subject_ids=[subject_id], what=words, at=now)
        return told_of(record_id=record_id)
    return None


def _steps(record: VisibleRecord) -> list[Step]:
    """
    Decided, served where the record burdens somebody, received, published, with the working days between.

    A registration is nobody's decision: it has no such day.
    """
    days = [("作出决定", record.decided_on)] if record.decided_on or record.adverse else []
    if record.adverse:
        days.append(("送达", record.served_on))
    days += [("平台收到", record.received_on), ("公示", record.published_on)]
    due = _due(record)
    steps, previous = [], None
    for title, day in days:
        passed = _working_days(previous, day)
        late = title == "平台收到" and record.late
        note = f"迟报：应在决定后 {due} 个工作日内到达，实用 {record.working_days_taken} 个" if late else ""
        if late is None:
            note = f"没有 {record.decided_on:%Y} 年的工作日历，不计用时" if record.decided_on else ""
        steps.append(Step(title=title, day=day, working_days=passed, late=bool(late), note=note))
        previous = day or previous
    return steps


def _due(record: VisibleRecord) -> int | None:
    on = record.decided_on or record.received_on
    try:
        return catalogue.record_type(name=record.record_type, on=on).due_working_days
    except catalogue.NotInPacks:
        return None


def _working_days(start: date | None, end: date | None) -> int | None:
    if start is None or end is None or end < start:
        return None
    try:
        return catalogue.working_days_between(start=start, end=end)
    except catalogue.UnknownYear:
        return None  # no decree is held for the year, so the number would be a guess


def _versions(found: Sequence[VisibleRecord]) -> list[Version]:
    following = [*found[1:], None]
    return [
        Version(
            period=_period(timezone.localtime(version.known_from), version.known_until),
            changed=_changed(version, before) if before else (),
        )
        for version, before in zip(found, following, strict=True)
    ]


def _period(begins: datetime, until: datetime | None) -> str:
    """Say from when to when the platform knew no other version; to the second where the minute tells nothing."""
    if until is None:
        return f"{begins:%Y-%m-%d %H:%M} 起，现行"
    ends = timezone.localtime(until)
    to_the_second = f"{begins:%Y-%m-%d %H:%M:%S}", f"{ends:%Y-%m-%d %H:%M:%S}"
    if to_the_second[0] == to_the_second[1]:
        return f"{to_the_second[0]}，不到一秒即被下一版本取代"
    if begins.replace(second=0, microsecond=0) == ends.replace(second=0, microsecond=0):
        return " 至 ".join(to_the_second)
    return f"{begins:%Y-%m-%d %H:%M} 至 {ends:%Y-%m-%d %H:%M}"


def _changed(version: VisibleRecord, before: VisibleRecord) -> tuple[str, ...]:
    former = {field.name: field.value for field in before.fields}
    changed = [field.title for field in version.fields if former.get(field.name, "") != field.value]
    if version.disclosed_until != before.disclosed_until:
        changed.append("公示截止日")
    if (version.dispute, version.contested) != (before.dispute, before.contested):
        changed.append(f"异议标注（{version.disputed_as or '取消'}）")
    changed += [title for title, differs in _beside_the_fields(version, before) if differs]
    return tuple(changed)


def _beside_the_fields(version: VisibleRecord, before: VisibleRecord) -> list[tuple[str, bool]]:
    """Give what else may differ between two versions, by what it is called; a statement is told, and not repeated."""
    stated = "主体声明（更改）" if version.statement and before.statement else "主体声明（作出）"
    severity = (version.severity, version.severity_rule, version.severity_correction)
    return [
        (stated if version.statement else "主体声明（撤回）", version.statement != before.statement),
        ("复议或诉讼标注" + ("" if version.suit_pending else "（取消）"), version.suit_pending != before.suit_pending),
        ("决定文书", version.document_sha256 != before.document_sha256),
        (
            "失信严重程度的认定",
            severity != (before.severity, before.severity_rule, before.severity_correction),
        ),
    ]
