"""The first page: the box, three figures, the newest records, the departments."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from publiccredit.accounts.access import EVERYBODY, open_to
from publiccredit.catalogue.types import Audience
from publiccredit.disclosure import queries
from publiccredit.disclosure.pages.answers import answered
from publiccredit.disclosure.pages.entries import entries_with_subjects
from publiccredit.disclosure.pages.record_list import month_parameter
from publiccredit.disclosure.types import Figures
from publiccredit.disclosure.words import department_name

LATEST = 8
NOTHING_YET = "还没有数据"
TARGET = 95  # per cent of decisions in time: the line in the chart


@dataclass(frozen=True)
class Figure:
    """One number, for the component ``figures``."""

    title: str
    value: str
    unit: str
    url: str
    note: str
    kind: str = ""


@dataclass(frozen=True)
class Bar:
    """One bar or point, for the components ``bar_chart`` and ``line_chart``."""

    label: str
    value: float | None
    url: str = ""
    note: str = ""
    adverse: bool = False


@open_to(EVERYBODY)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what there is, and the box to find it."""
    today = timezone.localdate()
    counted = queries.figures(audience=Audience.PUBLIC, on=today)
    page = queries.record_page(audience=Audience.PUBLIC, on=today, limit=LATEST)
    context = {
        "main_search": True,
        "figures": three_figures(counted),
        "months": month_lines(counted),
        "entries": entries_with_subjects(page.records, on=today),
        "departments": timeliness(counted),
        "target": TARGET,
        "year": counted.year,
    }
    return answered(request, "disclosure/home.html", context, adverse=any(r.adverse for r in page.records))


def three_figures(counted: Figures) -> list[Figure]:
    """Give the three numbers of the year, each with its last two months and the records it counts."""
    records = reverse("disclosure:records")
    months = counted.months[-2:]
    return [
        Figure(
            title=f"{counted.year} 年公示",
            value=f"{counted.published:,}",
            unit="条",
            url=f"{records}?year={counted.year}" if counted.published else "",
            note="，".join(f"{_month(m.month)} {m.published:,} 条" for m in months),
        ),
        Figure(
            title="按时报送",
            value=NOTHING_YET if counted.on_time is None else f"{counted.on_time * 100:.1f}",
            unit="" if counted.on_time is None else "%",
            url="" if counted.on_time is None else f"{records}?year={counted.year}&time=on-time",
            note="，".join(f"{_month(m.month)} {m.on_time * 100:.1f}%" for m in months if m.on_time is not None),
        ),
        Figure(
            title="从决定到公示（中位数）",
            value=NOTHING_YET if counted.median_days is None else f"{counted.median_days:g}",
            unit="" if counted.median_days is None else "个工作日",
            url="" if counted.median_days is None else reverse("disclosure:departments"),
            note="，".join(
                f"{_month(m.month)} {m.median_days:g} 个工作日" for m in months if m.median_days is not None
            ),
        ),
    ]


def _month(day: date) -> str:
    return f"{day.month} 月"


def month_lines(counted: Figures) -> dict[str, list[Bar]]:
    """Give the year month by month, for each of the three numbers, each month with the records it counts."""
    return {
        "published": [Bar(_month(m.month), m.published, url=_records_of(m.month)) for m in counted.months],
        "on_time": [
            Bar(
                _month(m.month),
                None if m.on_time is None else m.on_time * 100,
                url=f"{_records_of(m.month)}&time=on-time",
            )
            for m in counted.months
        ],
        "median": [Bar(_month(m.month), m.median_days, url=_records_of(m.month)) for m in counted.months],
    }


def _records_of(month: date) -> str:
    return f"{reverse('disclosure:records')}?month={month_parameter(month)}"


def timeliness(counted: Figures) -> list[Bar]:
    """Give the departments by the share they sent in time, the best first; without dated decisions, last."""
    rows = [
        Bar(
            label=department_name(d.department_code),
            value=d.on_time / d.dated * 100 if d.dated else None,
            url=reverse("disclosure:department", args=[d.department_code]),
            note=f"{d.on_time:,} / {d.dated:,} 件",
            adverse=bool(d.dated) and d.on_time * 2 < d.dated,  # the provinces single out a late share above one half
        )
        for d in counted.departments
        if d.dated
    ]
    return sorted(rows, key=lambda bar: (-(bar.value or 0), bar.label))
