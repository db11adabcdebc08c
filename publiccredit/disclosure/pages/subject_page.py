"""What is on file about one subject."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from publiccredit.accounts.access import EVERYBODY, open_to
from publiccredit.catalogue.types import Audience
from publiccredit.disclosure import queries
from publiccredit.disclosure.pages.answers import answered
from publiccredit.disclosure.pages.entries import entry_of
from publiccredit.disclosure.presenting import CHINA
from publiccredit.disclosure.types import SubjectFile, VisibleRecord
from publiccredit.disclosure.words import KIND_TITLES, REGISTRATION_STATUSES, Status


@dataclass(frozen=True)
class Tab:
    title: str
    count: int
    url: str
    current: bool


@open_to(EVERYBODY)
@require_GET
def subject_page(request: HttpRequest, identifier: str) -> HttpResponse:
    """
    Show a subject and its records; ``known`` as they were known at the end of a day, ``type`` those of one type.

    :raises Http404: nothing of it is visible, whether it is hidden or absent.
    """
    today = timezone.localdate()
    known = _day(request.GET.get("known", ""), today)
    file = queries.subject_file(
        identifier=identifier, audience=Audience.PUBLIC, on=today, as_known_at=_end_of(known) if known else None
    )
    if file is None:
        raise Http404
    chosen = request.GET.get("type", "")
    kept = [record for record in file.records if chosen in ("", record.record_type)]
    context = {
        "subject": file.subject,
        "kind": KIND_TITLES.get(file.subject.kind, file.subject.kind),
        "status": Status(*REGISTRATION_STATUSES[file.subject.registration_status]),
        "tabs": _tabs(file.records, chosen, known),
        "entries": [entry_of(record) for record in kept],
        "complete": file.complete,
        "shown": queries.FILE,
        "known": known,
        "today": today,
        "address": request.build_absolute_uri(request.path),
        "cited": _cited(request, file, known or today),
    }
    return answered(request, "disclosure/subject.html", context, adverse=file.adverse)


def _day(text: str, today: date) -> date | None:
    """Give a past day a reader chose; today and what is no day are as things stand now."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day is not None and day < today else None


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


def _cited(request: HttpRequest, file: SubjectFile, day: date) -> str:
    address = request.build_absolute_uri(request.path)
    return f"{file.subject.name}的公共信用信息，公共信用信息平台，{day.isoformat()} 查阅，{address}"
