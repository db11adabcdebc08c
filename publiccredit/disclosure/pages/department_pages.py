"""The departments that send, measured by what they send."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from publiccredit.accounts.access import EVERYBODY, open_to
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Audience, Department
from publiccredit.disclosure import queries
from publiccredit.disclosure.pages.answers import answered
from publiccredit.disclosure.pages.entries import entries_with_subjects
from publiccredit.disclosure.pages.home import TARGET, Figure, timeliness
from publiccredit.disclosure.types import Compliance, DepartmentFigure, SubmissionFigure, Wanted

LATEST = 20


@dataclass(frozen=True)
class Line:
    """A department in the table of all."""

    name: str
    url: str
    sent: SubmissionFigure
    published: int
    late: int
    timed: int
    late_share: float | None
    median_days: float | None


@open_to(EVERYBODY)
@require_safe
def departments(request: HttpRequest) -> HttpResponse:
    """Show all departments with what they sent this year."""
    today = timezone.localdate()
    counted = queries.figures(audience=Audience.PUBLIC, on=today)
    sent = queries.submission_figures(on=today)
    published = {d.department_code: d for d in counted.departments}
    lines = [_line(d, published.get(d.code), sent.get(d.code)) for d in catalogue.departments()]
    context = {
        "lines": [line for line in lines if line.sent.rows or line.published],
        "silent": [line for line in lines if not line.sent.rows and not line.published],
        "bars": timeliness(counted),
        "target": TARGET,
        "year": counted.year,
        "formula": Compliance.FORMULA,
        "repeated": Compliance.REPEATED,
    }
    return answered(request, "disclosure/departments.html", context)


@open_to(EVERYBODY)
@require_safe
def department(request: HttpRequest, code: str) -> HttpResponse:
    """
    Show one department: its figures, its sources, its newest records.

    :raises Http404: there is no such department.
    """
    today = timezone.localdate()
    try:
        found = catalogue.department(code=code)
    except catalogue.NotInPacks as error:
        raise Http404 from error
    counted = queries.figures(audience=Audience.PUBLIC, on=today)
    figure = next((d for d in counted.departments if d.department_code == code), None)
    line = _line(found, figure, queries.submission_figures(on=today).get(code))
    page = queries.record_page(audience=Audience.PUBLIC, on=today, wanted=Wanted(department_code=code), limit=LATEST)
    context = {
        "department": found,
        "line": line,
        "figures": _figures(line, code, counted.year),
        "sources": [
            {"title": s.title, "item": _item_title(s.item), "url": _item_url(s.item), "update": UPDATES[s.update]}
            for s in catalogue.sources_of(department=code, on=today)
        ],
        "entries": entries_with_subjects(page.records, on=today),
        "more_url": f"{reverse('disclosure:records')}?department={code}",
        "year": counted.year,
        "office": catalogue.credit_office(),
    }
    return answered(request, "disclosure/department.html", context, adverse=any(r.adverse for r in page.records))


UPDATES = {"daily": "每日", "weekly": "每周", "monthly": "每月", "quarterly": "每季"}


def _item_title(name: str) -> str:
    _, item = catalogue.item(name=name)
    return f"{item.code} {item.title}"


def _item_url(item: str) -> str:
    edition, _, code = item.partition("/")
    return reverse("disclosure:item", args=[edition, code])


def _line(department: Department, figure: DepartmentFigure | None, sent: SubmissionFigure | None) -> Line:
    return Line(
        name=department.name,
        url=reverse("disclosure:department", args=[department.code]),
        sent=sent or SubmissionFigure(submissions=0, accepted=0, returned=0, repeated=0),
        published=figure.published if figure else 0,
        late=figure.late if figure else 0,
        timed=figure.dated if figure else 0,
        late_share=figure.late_share if figure else None,
        median_days=figure.median_days if figure else None,
    )


def _figures(line: Line, code: str, year: int) -> list[Figure]:
    records = f"{reverse('disclosure:records')}?department={code}&year={year}"
    return [
        Figure("报送", f"{line.sent.rows:,}", "行", "", f"{year} 年以来所有文件的数据行"),
        Figure(
            "接受",
            f"{line.sent.accepted:,}",
            "行",
            "",
            f"另有退回 {line.sent.returned:,} 行，重复报送 {line.sent.repeated:,} 行",
        ),
        Figure(
            "合规率",
            _percent(line.sent.compliance),
            "%",
            "",
            f"接受 {line.sent.accepted:,} ÷ 接受和退回 {line.sent.judged:,} 行。{Compliance.REPEATED}，不计",
        ),
        Figure("公示中", f"{line.published:,}", "条", records, "今年到达、现在可以公开的"),
        Figure(
            "迟报",
            f"{line.late:,}",
            "条",
            f"{records}&time=late",
            f"占公示中有期限的 {line.timed:,} 条的 {_percent(line.late_share)}%，已不公示的不计"
            if line.late_share is not None
            else "决定后 7 个工作日以后到达",
            kind="adverse" if line.late else "",
        ),
    ]


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{share * 100:.1f}"
