"""The office's desk: the board of departments and weeks, one department, the late records."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from publiccredit.accounts.access import OFFICE_AND_AUDIT, open_to
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.queries import NotInPacks
from publiccredit.catalogue.types import Audience
from publiccredit.disclosure import queries as disclosure
from publiccredit.intake.types import WEEKS_WATCHED
from publiccredit.matching import queries as matching
from publiccredit.oversight import queries
from publiccredit.oversight.types import Board, Cell, CellKind

PAGE = 50
SHAPES = {CellKind.LATE: "waiting", CellKind.RETURNED: "returned", CellKind.MISSING: "adverse"}


@dataclass(frozen=True)
class ShownCell:
    kind: str
    shape: str
    text: str
    spoken: str
    url: str


@dataclass(frozen=True)
class Figure:
    title: str
    value: str
    unit: str
    url: str
    note: str
    kind: str = ""


@open_to(OFFICE_AND_AUDIT)
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Show at a glance who has not sent, who is late, who keeps being returned."""
    today = timezone.localdate()
    held = queries.board(on=today, weeks=WEEKS_WATCHED)
    rows = [
        {
            "code": row.figures.department_code,
            "name": catalogue.department(code=row.figures.department_code).short_name,
            "cells": [_shown(cell) for cell in row.cells],
        }
        for row in held.rows
    ]
    timely = [
        {
            "label": row.figures.name,
            "value": None if row.figures.on_time_share is None else row.figures.on_time_share * 100,
            "url": _of_department(row.figures.department_code, held.weeks[0]),
            "note": f"{row.figures.timed:,} 件",
            "adverse": (row.figures.late_share or 0) > 0.5,  # a late rate above half is singled out by the province
        }
        for row in sorted(
            held.rows, key=lambda r: -(r.figures.on_time_share if r.figures.on_time_share is not None else -1)
        )
    ]
    named = {
        "weeks": [{"text": f"{week:%m-%d}", "day": week} for week in held.weeks],
        "rows": rows,
        "numbers": _numbers(held),
        "timely": timely,
        "since": held.weeks[0],
        "often_returned": [r.figures for r in queries.often_returned(board=held)],
    }
    return render(request, "oversight/board.html", named)


def _numbers(held: Board) -> tuple[Figure, ...]:
    this_week = [row.cells[-2] if len(row.cells) > 1 else row.cells[-1] for row in held.rows]
    missing = sum(c.kind is CellKind.MISSING for c in this_week)
    late = sum(row.figures.late for row in held.rows)
    waiting = matching.open_questions().count()
    return (
        Figure(
            "上周未报齐的部门",
            f"{missing}",
            "个",
            "#board",
            "应报的来源没有收到文件或零报送",
            "adverse" if missing else "",
        ),
        Figure(
            "迟报的记录",
            f"{late:,}",
            "件",
            _list_of("oversight:late", since=held.weeks[0]),
            f"{held.weeks[0]} 以来到达",
            "adverse" if late else "",
        ),
        Figure("主体待判定", f"{waiting:,}", "项", reverse("oversight:questions"), "判定前不归档、不公示"),
    )


def _list_of(name: str, **asked: str | date) -> str:
    """Give the address of a list with its filter."""
    return f"{reverse(name)}?{urlencode({key: str(value) for key, value in asked.items()})}"


def _months(code: str, since: date, today: date) -> list[dict[str, object]]:
    """Give the share in time of each month that has one, with the records it is a share of."""
    return [
        {"label": f"{start:%Y-%m}", "value": found.on_time_share * 100, "url": _timed_in_month(code, start)}
        for start, found in queries.monthly(since=since, on=today, department_code=code)
        if found.on_time_share is not None
    ]


def _timed_in_month(code: str, start: date) -> str:
    last = (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return _list_of("oversight:late", department=code, since=start, until=last, timed="1")


def _of_department(code: str, since: date) -> str:
    return f"{reverse('oversight:department', args=[code])}?{urlencode({'since': since.isoformat()})}"


def _shown(cell: Cell) -> ShownCell:
    text, spoken = _words(cell)
    url = _list_of("intake:submissions", department=cell.department_code, week=cell.week)
    if cell.kind is CellKind.LATE:
        last = cell.week + timedelta(days=6)
        url = _list_of("oversight:late", department=cell.department_code, since=cell.week, until=last)
    if cell.kind is CellKind.NOTHING_DUE:
        url = ""
    return ShownCell(kind=cell.kind.value, shape=SHAPES.get(cell.kind, ""), text=text, spoken=spoken, url=url)


def _words(cell: Cell) -> tuple[str, str]:
    """Give what a cell shows, and the whole of it for those who hear the page."""
    parts = [f"{cell.week:%m-%d} 起一周"]
    if cell.missing:
        parts.append(f"缺 {'、'.join(cell.missing)}")
    if cell.submissions:
        parts.append(f"报送 {cell.submissions} 次，接受 {cell.accepted} 行，退回 {cell.returned} 行")
    if cell.late:
        parts.append(f"迟报 {cell.late} 件")
    if cell.nil:
        parts.append(f"零报送 {cell.nil} 项" + (f"，其中 {cell.nil_late} 项在期限之后" if cell.nil_late else ""))
    shown = {
        CellKind.MISSING: f"缺 {len(cell.missing)}" if cell.sent or cell.nil else "未报",
        CellKind.LATE: f"{cell.late} 迟",
        CellKind.RETURNED: f"{cell.returned} 退" if cell.returned else "整退",
        CellKind.ON_TIME: f"{cell.accepted:,}",
        CellKind.NIL: "零报（迟）" if cell.nil_late else "零报",
        CellKind.NOTHING_DUE: "—",
    }
    return shown[cell.kind], "，".join(parts)


@open_to(OFFICE_AND_AUDIT)
@require_GET
def department(request: HttpRequest, code: str) -> HttpResponse:
    """Show one department's figures with their formulas, from a day on or of the year so far, and by month."""
    try:
        stated = catalogue.department(code=code)
    except NotInPacks as error:
        raise Http404 from error
    today = timezone.localdate()
    since = min(_day(request.GET.get("since", ""), today.replace(month=1, day=1)), today)
    found = queries.figures(since=since, until=today + timedelta(days=1), department_code=code)[0]
    submissions = _list_of("intake:submissions", department=code, since=since)
    refused = _list_of("intake:submissions", department=code, since=since, state="refused")
    late = _list_of("oversight:late", department=code, since=since)
    timed = _list_of("oversight:late", department=code, since=since, timed="1")
    named = {
        "department": stated,
        "figures": found,
        "since": since,
        "submissions_url": submissions,
        "late_url": late,
        "timed_url": timed,
        "public": _public(code, today) if since == today.replace(month=1, day=1) else None,
        "months": _months(code, since, today),
        "numbers": (
            Figure("报送", f"{found.submissions:,}", "次", submissions, "收到的文件，含整体退回的"),
            Figure("整体退回", f"{found.refused:,}", "次", refused, f"÷ 报送 {found.submissions:,} 次"),
            Figure(
                "合规率",
                _share(found.compliance),
                "",
                submissions,
                f"接受 {found.accepted:,} ÷ 接受和退回 {found.judged:,} 行",
            ),
            Figure("迟报率", _share(found.late_share), "", late, f"迟报 {found.late:,} ÷ 计时 {found.timed:,} 件"),
        ),
    }
    return render(request, "oversight/department.html", named)


def _public(code: str, today: date) -> dict[str, Any] | None:
    """Give what the public page of the department counts: of the same records, those the public may see today."""
    seen = disclosure.figures(audience=Audience.PUBLIC, on=today).departments
    return next(
        ({"late": d.late, "timed": d.dated, "share": d.late_share} for d in seen if d.department_code == code), None
    )


def _share(share: float | None) -> str:
    return "—" if share is None else f"{share * 100:.1f}%"


@open_to(OFFICE_AND_AUDIT)
@require_GET
def late(request: HttpRequest) -> HttpResponse:
    """List the records that arrived after their working days, or with ``timed`` all that have a clock."""
    today = timezone.localdate()
    since = _day(request.GET.get("since", ""), today - timedelta(days=7 * WEEKS_WATCHED))
    until = _day(request.GET.get("until", ""), today)
    code, before = request.GET.get("department", ""), request.GET.get("before", "")
    every = request.GET.get("timed") == "1"
    listed = queries.timed_records if every else queries.late_records
    found = listed(since=since, until=until + timedelta(days=1), department_code=code)
    if before.isascii() and before.isdigit() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    records = list(found[: PAGE + 1])
    shown, more = records[:PAGE], len(records) > PAGE
    kept = {"since": str(since), "until": str(until), "department": code, "timed": "1" if every else ""}
    kept = {key: value for key, value in kept.items() if value}
    named = {
        "records": [{"record": r, "department": _department(r.department_code)} for r in shown],
        "department": _department(code) if code else "",
        "since": since,
        "until": until if until < today else None,
        "every": every,
        "next_url": f"?{urlencode({**kept, 'before': shown[-1].pk})}" if more else "",
    }
    return render(request, "oversight/late.html", named)


def _department(code: str) -> str:
    try:
        return catalogue.department(code=code).short_name
    except NotInPacks:
        return code


def _day(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise
