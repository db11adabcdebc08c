"""The public figures of casework as of the end of the last period: clocks, reviews, records put right. Never of one."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from publiccredit.accounts.access import EVERYBODY, open_to
from publiccredit.accounts.operations import acting
from publiccredit.accounts.types import PROGRAM
from publiccredit.casework.letters import department_name
from publiccredit.casework.queries import public_figures
from publiccredit.casework.types import Published
from publiccredit.catalogue import queries as catalogue

PERIODS = {"month": "月", "quarter": "季"}


@open_to(EVERYBODY)
@require_GET
def figures_page(request: HttpRequest) -> HttpResponse:
    """Show what a year's periods have published of cases; what is too little by itself is counted together or later."""
    today = timezone.localdate()
    year = _year(request.GET.get("year", ""), today)
    # Cases are their departments' own; what is counted here is nobody's in particular (DP-38).
    with acting(actor=PROGRAM):
        found = public_figures(year=year, on=today)
    rule = catalogue.statistics_rule(on=today)
    named = {
        "clocks": [_row(one) for one in found.clocks],
        "reviews": [_row(one) for one in found.reviews],
        "records": [_row(one) for one in found.records],
        "taken_back": [_row(one) for one in found.taken_back],
        "as_of": found.as_of,
        "year": year,
        "years": [y for y in range(today.year, today.year - 3, -1) if y != year],
        "fewest": rule.fewest,
        "most_hidden": rule.fewest - 1,
        "period": PERIODS[rule.period.value],
    }
    answer = render(request, "casework/figures.html", named)
    answer["Cache-Control"] = "no-cache"
    return answer


def _year(text: str, today: date) -> int:
    asked = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else today.year
    return asked if today.year - 10 < asked <= today.year else today.year


def _row(found: Published) -> dict[str, object]:
    divided = sum(found.counts)
    return {
        "name": department_name(code=found.department_code) if found.department_code else "其他单位合计",
        "whole": divided + found.undivided,
        "counts": found.counts,
        "undivided": found.undivided,
        "share": found.counts[0] / divided if divided else None,
    }
