"""The newest records, and those a figure counts."""

import re
from datetime import date
from typing import Any
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
from publiccredit.disclosure.types import Wanted
from publiccredit.disclosure.words import department_name

YEARS = 2  # of months to choose from: the present year and the one before
COUNTED_TO = 10_000  # records of a list by month; beyond, that there are more is said, and not how many
TIMES = {"late": "迟报", "on-time": "按时"}


@open_to(EVERYBODY)
@require_safe
def records_page(request: HttpRequest) -> HttpResponse:
    """
    Show the newest records: of one ``department``, of one ``type``, of the ``month`` of their arrival or the month in
    which they were ``decided``, of one ``year`` of arrival (the present one only), in or out of ``time``; ``before``
    continues behind a record.
    """
    today = timezone.localdate()
    department, record_type = request.GET.get("department", ""), request.GET.get("type", "")
    before, time = request.GET.get("before", ""), request.GET.get("time", "")
    usable = before.isascii() and before.isdigit() and len(before) < 19
    arrived, decided = _month(request.GET.get("month", "")), _month(request.GET.get("decided", ""))
    of_year = request.GET.get("year", "") == str(today.year) and arrived is None
    wanted = Wanted(
        department_code=department or None,
        record_type=record_type or None,
        received_since=beginning_of(year=today.year) if of_year else None,
        arrived=arrived,
        decided=decided,
        late={"late": True, "on-time": False}.get(time),
    )
    public: Any = {"audience": Audience.PUBLIC, "on": today, "wanted": wanted}
    page = queries.record_page(**public, before_id=int(before) if usable else None)
    counted = queries.record_count(**public, at_most=COUNTED_TO) if of_year or arrived or decided else 0
    asked = (
        ("department", department),
        ("type", record_type),
        ("year", str(today.year) if of_year else ""),
        ("month", month_parameter(arrived)),
        ("decided", month_parameter(decided)),
        ("time", time if time in TIMES else ""),
    )
    kept = {key: value for key, value in asked if value}
    next_url = "?" + urlencode({**kept, "before": page.next_cursor}) if page.next_cursor else ""
    context = {
        "entries": entries_with_subjects(page.records, on=today),
        "department": department_name(department) if department else "",
        "record_type": record_type,
        "number": _counted(counted),
        "only": _only(today.year if of_year else None, arrived, decided, TIMES.get(time, "")),
        "months": (_choice("month", "到达的月份", arrived, today), _choice("decided", "决定的月份", decided, today)),
        **_further(kept),
        "next_url": next_url,
    }
    return answered(request, "disclosure/records.html", context, adverse=any(r.adverse for r in page.records))


def _further(kept: dict[str, str]) -> dict[str, Any]:
    """Give where this list leads to: the same of another type or of every one, and without months."""
    besides = {k: v for k, v in kept.items() if k not in ("month", "decided", "year")}
    return {
        "types": [
            {"title": t.title, "name": t.name, "url": "?" + urlencode({**kept, "type": t.name})}
            for t in {t.name: t for t in catalogue.packs().record_types}.values()
        ],
        "every_url": "?" + urlencode({k: v for k, v in kept.items() if k != "type"}),
        "kept": besides,
        "without_months_url": "?" + urlencode(besides),
    }


def _month(text: str) -> date | None:
    """Read ``2026-11``; whatever else somebody has typed asks for no month."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}", text, re.ASCII) is None:
        return None
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def month_parameter(month: date | None) -> str:
    """Write a month as an address of this page names it."""
    return "" if month is None else f"{month.year:04d}-{month.month:02d}"


def _in_words(month: date) -> str:
    return f"{month.year} 年 {month.month} 月"


def _only(year: int | None, arrived: date | None, decided: date | None, time: str) -> str:
    arrival = _in_words(arrived) if arrived else f"{year} 年" if year else ""
    said = (
        f"{arrival}到达" if arrival else "",
        f"{_in_words(decided)}作出决定" if decided else "",
        f"{time}报送" if time else "",
    )
    only = "、".join(part for part in said if part)
    return f" {only}" if arrival or decided else only


def _counted(number: int) -> str:
    """Say how many records a list has: everybody may read each of them, so the number tells nothing more."""
    if not number:  # not counted, or said by the empty list itself
        return ""
    return f"超过 {COUNTED_TO:,} 条" if number > COUNTED_TO else f"共 {number:,} 条"


def _choice(name: str, title: str, chosen: date | None, today: date) -> dict[str, Any]:
    first = (today.year - YEARS + 1) * 12
    months = {date(n // 12, n % 12 + 1, 1) for n in range(first, today.year * 12 + today.month)}
    listed = sorted(months | ({chosen} if chosen else set()), reverse=True)
    return {
        "name": name,
        "title": title,
        "options": [{"value": month_parameter(m), "title": _in_words(m), "chosen": m == chosen} for m in listed],
    }
