"""What is on file about one subject."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from publiccredit.accounts.access import EVERYBODY, actor_of, open_to
from publiccredit.accounts.types import Role
from publiccredit.catalogue.types import Audience
from publiccredit.disclosure import queries
from publiccredit.disclosure.pages.answers import answered
from publiccredit.disclosure.pages.entries import entry_of
from publiccredit.disclosure.pages.terms import terms_of
from publiccredit.disclosure.types import SubjectPage, VisibleRecord
from publiccredit.disclosure.words import KIND_TITLES, REGISTRATION_STATUSES, Status, said_of_days_to_come
from publiccredit.ledger.types import CHINA

PAGE = 100  # records; hardly any subject has more


@dataclass(frozen=True)
class Tab:
    title: str
    count: int
    url: str
    current: bool


@open_to(EVERYBODY)
@require_safe
def subject_page(request: HttpRequest, identifier: str) -> HttpResponse:
    """
    Show a subject and its records: ``known`` as they were known at the end of a day, ``type`` those of one type,
    ``before`` those filed before one of them.

    :raises Http404: nothing of it is visible, whether it is hidden or absent.
    """
    today = timezone.localdate()
    asked_day = _day(request.GET.get("known", ""), today)
    known = asked_day if asked_day != today else None  # as things stand now
    as_known_at = _end_of(known) if known else None
    before = request.GET.get("before", "")
    page = queries.subject_page(
        identifier=identifier,
        audience=Audience.PUBLIC,
        on=today,
        as_known_at=as_known_at,
        before_id=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,
        limit=PAGE,
    )
    if page is None:
        raise Http404
    chosen = request.GET.get("type", "")
    whole = not before and page.next_cursor is None
    records = sorted(page.records, key=lambda r: (r.decided_on or r.received_on, r.id), reverse=True)
    adverse = queries.adverse_records(
        page=page, audience=Audience.PUBLIC, on=today, whole=whole, as_known_at=as_known_at
    )
    context = {
        "subject": page.subject,
        "kind": KIND_TITLES.get(page.subject.kind, page.subject.kind),
        "status": Status(*REGISTRATION_STATUSES[page.subject.registration_status]),
        "tabs": _tabs(records, chosen, known) if whole else [],
        "terms": terms_of(adverse, on=today),
        "entries": [entry_of(record) for record in records if chosen in ("", record.record_type)],
        "later": before,
        "next_url": _next_url(page, known),
        "known": known,
        "today": today,
        "audits": request.user.is_authenticated and actor_of(request).role is Role.AUDITOR,
        "not_yet": _not_yet(request.GET.get("known", ""), today),
        **_addressed(request, page, asked_day, today),
    }
    return answered(request, "disclosure/subject.html", context, adverse=bool(adverse))


def _next_url(page: SubjectPage, known: date | None) -> str:
    if page.next_cursor is None:
        return ""
    return "?" + urlencode({**({"known": known.isoformat()} if known else {}), "before": page.next_cursor})


def _day(text: str, today: date) -> date | None:
    """Give a day that a reader chose, today or past; for what is no day, and for days to come, nothing."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day is not None and day <= today else None


def _not_yet(text: str, today: date) -> str:
    """Say of a day to come that nobody can look back to it; the interface refuses it in the same words."""
    day = _day(text, date.max)
    return said_of_days_to_come(day=day) if day is not None and day > today else ""


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=CHINA) - timedelta(microseconds=1)


def _tabs(records: Sequence[VisibleRecord], chosen: str, known: date | None) -> list[Tab]:
    """A tab for each type there is a record of; none where there is one type only."""
    counts: dict[str, tuple[str, int]] = {}
    for record in records:
        counts[record.record_type] = (record.title, counts.get(record.record_type, ("", 0))[1] + 1)
    if len(counts) < 2:
        return []
    dated = {"known": known.isoformat()} if known else {}
    every = Tab("全部", len(records), "?" + urlencode(dated), chosen == "")
    by_type = [
        Tab(title, count, "?" + urlencode({**dated, "type": name}), chosen == name)
        for name, (title, count) in sorted(counts.items())
    ]
    return [every, *by_type]


def _addressed(request: HttpRequest, page: SubjectPage, asked: date | None, today: date) -> dict[str, str]:
    """Give the address of the page, and how it is cited: where a day was asked for, both lead to that day again."""
    dated = f"?{urlencode({'known': asked.isoformat()})}" if asked else ""
    address = request.build_absolute_uri(request.path) + dated
    as_of = f"截至 {asked.isoformat()}，" if asked and asked != today else ""
    cited = f"{page.subject.name}的公共信用信息，公共信用信息平台，{as_of}{today.isoformat()} 查阅，{address}"
    return {"address": address, "cited": cited}
