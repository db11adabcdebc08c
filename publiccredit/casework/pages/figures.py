"""The public figures of casework as of the end of the last period: clocks, reviews, records put right. Never of one."""

import csv
import io
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from publiccredit.accounts.access import EVERYBODY, open_to
from publiccredit.casework.figure_tables import Row, Table, filled, lines
from publiccredit.casework.figures import FIGURES_YEARS
from publiccredit.casework.queries import published_figures
from publiccredit.catalogue import queries as catalogue

PERIODS = {"month": "个月", "quarter": "个季度"}
CHOICE = 3  # years


@open_to(EVERYBODY)
@require_GET
def figures_page(request: HttpRequest) -> HttpResponse:
    """Show what a year's periods have published of cases; what is too little by itself is counted together or later."""
    today = timezone.localdate()
    year = _year(request.GET.get("year", ""), today)
    found = published_figures(year=year, on=today)
    rule = catalogue.statistics_rule(on=today)
    named = {
        "tables": [_shown(table) for table in filled(found=found) if table.rows],
        "as_of": found.as_of,
        "year": year,
        "years": [y for y in range(today.year, today.year - CHOICE, -1) if y != year],
        "fewest": rule.fewest,
        "most_hidden": rule.fewest - 1,
        "period": PERIODS[rule.period.value],
    }
    answer = render(request, "casework/figures.html", named)
    answer["Cache-Control"] = "no-cache"
    return answer


@open_to(EVERYBODY)
@require_GET
def figures_file(request: HttpRequest) -> HttpResponse:
    """Give the same as a file that a spreadsheet opens."""
    today = timezone.localdate()
    found = published_figures(year=_year(request.GET.get("year", ""), today), on=today)
    text = io.StringIO()
    csv.writer(text).writerows(lines(found=found))
    # With its mark: without it, the usual spreadsheet takes the Chinese of a file for another encoding.
    answer = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="case-statistics-{found.year}.csv"'
    answer["Cache-Control"] = "no-cache"
    return answer


def _year(text: str, today: date) -> int:
    asked = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else today.year
    return asked if today.year - FIGURES_YEARS < asked <= today.year else today.year


def _shown(table: Table) -> dict[str, object]:
    return {
        "title": table.title,
        "explained": table.explained,
        "undivided": any(row.undivided for row in table.rows),
        "of": table.of,
        "titles": [column.title for column in table.columns],
        "share": table.share,
        "rows": [_shown_row(table, row) for row in table.rows],
    }


def _shown_row(table: Table, row: Row) -> dict[str, object]:
    divided = sum(row.counts)
    return {
        "name": row.name,
        "whole": row.whole,
        "cells": [{"title": c.title, "number": n} for c, n in zip(table.columns, row.counts, strict=True)],
        "undivided": row.undivided,
        "share": row.counts[0] / divided if divided else None,
    }
