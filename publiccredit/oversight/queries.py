"""
Who has sent what, how late, how often returned. A bounded number of statements, however many departments.

Figures by department and period follow standards of the third-party assessment; their formulas stand in ``types`` and
on the pages that show them.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Sum, When
from django.db.models.functions import TruncWeek
from django.utils import timezone

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Department
from publiccredit.intake import queries as intake
from publiccredit.oversight.types import Board, BoardRow, Cell, CellKind, Figures
from publiccredit.oversight.violations import check_rules, last_published
from publiccredit.subjects import queries as subjects
from publiccredit.subjects.queries import Record

__all__ = [
    "board",
    "check_rules",
    "figures",
    "last_published",
    "late_condition",
    "late_records",
    "monthly",
    "often_returned",
]
A_WEEK = timedelta(days=7)
MONTHS = 12
OFTEN_RETURNED = 0.2  # share of returned rows from which a week is shown as returned; the packs expect at most this


def figures(*, since: date, until: date, department_code: str = "") -> tuple[Figures, ...]:
    """Give the figures of every department, or of one, for what arrived on the days ``[since, until)``."""
    sent = _sent(since, until, department_code).values("department_code").annotate(**_SUMS)
    timed = _timed(since, until, department_code).values("department_code").annotate(**_timed_sums())
    by_sent = {row["department_code"]: row for row in sent.order_by()}
    by_timed = {row["department_code"]: row for row in timed.order_by()}
    chosen = [d for d in catalogue.departments() if not department_code or d.code == department_code]
    return tuple(_figures(d, by_sent.get(d.code, {}), by_timed.get(d.code, {})) for d in chosen)


# Of a file that was sent before, what comes back was counted when it first came back (Compliance).
_AGAIN = Case(When(was_sent_before=True, then=F("returned")), default=0)
_SUMS: dict[str, Any] = {
    "submissions": Count("id"),
    "refused": Count("id", filter=Q(state="refused")),
    "accepted_rows": Sum("accepted"),
    "returned_rows": Sum(F("returned") - _AGAIN),
    "duplicate_rows": Sum(F("duplicates") + _AGAIN),
}


def _figures(department: Department, sent: dict[str, Any], timed: dict[str, Any]) -> Figures:
    return Figures(
        department_code=department.code,
        name=department.name,
        submissions=sent.get("submissions", 0),
        refused=sent.get("refused", 0),
        accepted=sent.get("accepted_rows") or 0,
        returned=sent.get("returned_rows") or 0,
        duplicates=sent.get("duplicate_rows") or 0,
        timed=timed.get("timed", 0),
        late=timed.get("late", 0),
    )


def board(*, on: date, weeks: int) -> Board:
    """Give every department that has something to send, week by week, the week of ``on`` last. Four statements."""
    this_week = on - timedelta(days=on.weekday())
    mondays = tuple(this_week - A_WEEK * back for back in range(weeks - 1, -1, -1))
    since, until = mondays[0], this_week + A_WEEK
    sent = _by_week(_sent(since, until, ""), "department_code", "source", **_SUMS)
    late = _by_week(_timed(since, until, ""), "department_code", **_timed_sums())
    nil = {
        (row.department_code, row.source, row.period_from): timezone.localdate(row.declared_at)
        for row in intake.nil_returns().filter(period_from__gte=since, period_from__lt=until)
    }
    held = _Held(sent=sent, late=late, nil=nil)
    totals = {f.department_code: f for f in figures(since=since, until=until)}
    rows = []
    for department in catalogue.departments():
        weekly = [s for s in catalogue.sources_of(department=department.code, on=on) if s.update == "weekly"]
        if not weekly and not totals[department.code].submissions:
            continue
        titles = {s.name: s.title for s in weekly}
        cells = tuple(_cell(department.code, titles, monday, on, held) for monday in mondays)
        rows.append(BoardRow(figures=totals[department.code], cells=cells))
    return Board(weeks=mondays, rows=tuple(rows))


def _by_week(rows: QuerySet[Any], *keys: str, **sums: Any) -> dict[tuple[str, date], list[dict[str, Any]]]:
    grouped: dict[tuple[str, date], list[dict[str, Any]]] = defaultdict(list)
    week = TruncWeek("received_at", tzinfo=timezone.get_current_timezone())
    for row in rows.annotate(week=week).values("week", *keys).annotate(**sums).order_by():
        grouped[row["department_code"], timezone.localdate(row["week"])].append(row)
    return grouped


@dataclass(frozen=True)
class _Held:
    """What the statements of the board gave, by department and week."""

    sent: dict[tuple[str, date], list[dict[str, Any]]]
    late: dict[tuple[str, date], list[dict[str, Any]]]
    nil: dict[tuple[str, str, date], date]  # and the day on which it was declared


def _cell(code: str, titles: dict[str, str], monday: date, on: date, held: _Held) -> Cell:
    rows = held.sent.get((code, monday), [])
    filed = {row["source"] for row in rows if row["submissions"] > row["refused"]}
    friday = monday + timedelta(days=4)
    is_due = friday < on
    missing = [s for s in titles if s not in filed and (code, s, monday) not in held.nil] if is_due else []
    nils = [held.nil[code, s, monday] for s in titles if (code, s, monday) in held.nil]
    values = {
        "submissions": sum(row["submissions"] for row in rows),
        "refused": sum(row["refused"] for row in rows),
        "accepted": sum(row["accepted_rows"] or 0 for row in rows),
        "returned": sum(row["returned_rows"] or 0 for row in rows),
        "late": sum(row["late"] for row in held.late.get((code, monday), [])),
    }
    return Cell(
        department_code=code,
        week=monday,
        kind=_kind(missing=bool(missing), nil=bool(nils), **values),
        missing=tuple(titles[s] for s in missing),
        nil=len(nils),
        nil_late=sum(declared > friday for declared in nils),
        **values,
    )


def _kind(
    *, missing: bool, nil: bool, submissions: int, refused: int, accepted: int, returned: int, late: int
) -> CellKind:
    if missing:
        return CellKind.MISSING
    if late:
        return CellKind.LATE
    if refused or returned > (accepted + returned) * OFTEN_RETURNED:
        return CellKind.RETURNED
    if submissions:
        return CellKind.ON_TIME
    return CellKind.NIL if nil else CellKind.NOTHING_DUE


def late_records(*, since: date, until: date, department_code: str = "") -> QuerySet[Record]:
    """Give the records first received in a period after their time, the newest first."""
    return timed_records(since=since, until=until, department_code=department_code).filter(late_condition())


def timed_records(*, since: date, until: date, department_code: str = "") -> QuerySet[Record]:
    """Give the records first received in a period that have a clock, late or not, the newest first."""
    return _timed(since, until, department_code).select_related("subject").order_by("-pk")


def _sent(since: date, until: date, department_code: str) -> QuerySet[Any]:
    found = intake.submissions().filter(received_at__gte=_midnight(since), received_at__lt=_midnight(until))
    found = found.annotate(was_sent_before=intake.same_file_before())
    return found.filter(department_code=department_code) if department_code else found


def _timed(since: date, until: date, department_code: str) -> QuerySet[Any]:
    """Records that have a clock."""
    found = subjects.records().filter(
        received_at__gte=_midnight(since), received_at__lt=_midnight(until), working_days_taken__isnull=False
    )
    if department_code:
        found = found.filter(department_code=department_code)
    return found.filter(record_type__in=_clocks())


def _timed_sums() -> dict[str, Any]:
    return {"timed": Count("id"), "late": Count("id", filter=late_condition())}


def late_condition() -> Q:
    """Give the condition on records that arrived after the working days of their record type."""
    condition = Q(pk__in=[])
    for name, days in _clocks().items():
        condition |= Q(record_type=name, working_days_taken__gt=days)
    return condition


def _clocks() -> dict[str, int]:
    return {r.name: r.due_working_days for r in catalogue.packs().record_types if r.due_working_days is not None}


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def often_returned(*, board: Board, at_least: int = 3) -> Iterable[BoardRow]:
    """Give the departments whose weeks were mostly returned at least so many times on the board."""
    return [
        row
        for row in board.rows
        if sum(c.returned > (c.accepted + c.returned) * OFTEN_RETURNED or c.refused > 0 for c in row.cells) >= at_least
    ]


def monthly(*, since: date, on: date, department_code: str) -> list[tuple[date, Figures]]:
    """Give a department's figures month by month, from the month of ``since`` to that of ``on``: at most twelve."""
    found: list[tuple[date, Figures]] = []
    start = since.replace(day=1)
    while start <= on and len(found) < MONTHS:
        after = (start + timedelta(days=31)).replace(day=1)
        found.append((start, figures(since=start, until=after, department_code=department_code)[0]))
        start = after
    return found
