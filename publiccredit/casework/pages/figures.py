"""The public figures of casework: by who must decide, in time and overturned; by whose record, upheld. Never of one."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from publiccredit.accounts.access import EVERYBODY, open_to
from publiccredit.accounts.operations import acting
from publiccredit.accounts.types import PROGRAM
from publiccredit.casework.letters import department_name
from publiccredit.casework.queries import FEWEST_SHOWN, department_figures, records_put_right
from publiccredit.casework.types import DepartmentCases


@open_to(EVERYBODY)
@require_GET
def figures_page(request: HttpRequest) -> HttpResponse:
    """Show a year's cases by department; those with too few to be counted by themselves are counted together."""
    today = timezone.localdate()
    year = _year(request.GET.get("year", ""), today)
    # Cases are their departments' own; what is counted here is nobody's in particular (DP-38).
    with acting(actor=PROGRAM):
        found = department_figures(first=date(year, 1, 1), last=date(year, 12, 31), on=today)
        put_right = records_put_right(first=date(year, 1, 1), last=date(year, 12, 31))
    named = {
        "rows": [_row(one) for one in found],
        "records": [{"name": _name(one.department_code), "figures": one} for one in put_right],
        "year": year,
        "years": [y for y in range(today.year, today.year - 3, -1) if y != year],
        "fewest": FEWEST_SHOWN,
    }
    answer = render(request, "casework/figures.html", named)
    answer["Cache-Control"] = "no-cache"
    return answer


def _year(text: str, today: date) -> int:
    asked = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else today.year
    return asked if today.year - 10 < asked <= today.year else today.year


def _name(code: str) -> str:
    return department_name(code=code) if code else "其他单位合计"


def _row(found: DepartmentCases) -> dict[str, object]:
    return {
        "name": _name(found.department_code),
        "figures": found,
        "in_time": found.in_time / owed if (owed := found.decided + found.overdue) else None,
    }
