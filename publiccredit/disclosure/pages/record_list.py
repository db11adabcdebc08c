"""The newest records, and those a figure counts."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from publiccredit.accounts.access import EVERYBODY, open_to
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Audience
from publiccredit.disclosure import queries
from publiccredit.disclosure.figures import beginning_of
from publiccredit.disclosure.pages.answers import answered
from publiccredit.disclosure.pages.entries import entries_with_subjects
from publiccredit.disclosure.words import department_name


@open_to(EVERYBODY)
@require_safe
def records_page(request: HttpRequest) -> HttpResponse:
    """
    Show the newest records: of one ``department``, of one ``type``, of one ``year`` of arrival (the present one only),
    in or out of ``time``; ``before`` continues behind a record.
    """
    today = timezone.localdate()
    department, record_type = request.GET.get("department", ""), request.GET.get("type", "")
    before, time = request.GET.get("before", ""), request.GET.get("time", "")
    usable = before.isascii() and before.isdigit() and len(before) < 19
    of_year = request.GET.get("year", "") == str(today.year)
    page = queries.record_page(
        audience=Audience.PUBLIC,
        on=today,
        department_code=department or None,
        record_type=record_type or None,
        received_since=beginning_of(year=today.year) if of_year else None,
        late={"late": True, "on-time": False}.get(time),
        before_id=int(before) if usable else None,
    )
    asked = (
        ("department", department),
        ("type", record_type),
        ("year", str(today.year) if of_year else ""),
        ("time", time),
    )
    kept = {key: value for key, value in asked if value}
    next_url = "?" + urlencode({**kept, "before": page.next_cursor}) if page.next_cursor else ""
    context = {
        "entries": entries_with_subjects(page.records, on=today),
        "department": department_name(department) if department else "",
        "types": [
            {"title": t.title, "name": t.name, "url": "?" + urlencode({**kept, "type": t.name})}
            for t in {t.name: t for t in catalogue.packs().record_types}.values()
        ],
        "record_type": record_type,
        "year": today.year if of_year else "",
        "time": {"late": "迟报", "on-time": "按时"}.get(time, ""),
        "every_url": "?" + urlencode({k: v for k, v in kept.items() if k != "type"}),
        "next_url": next_url,
    }
    return answered(request, "disclosure/records.html", context, adverse=any(r.adverse for r in page.records))
