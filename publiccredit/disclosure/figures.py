"""What the public pages count: of records that are visible, and of submissions as the ledger states them."""

import json
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, TypeVar

from django.core.cache import cache
from django.db import connection
from django.db.models import Q

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Audience
from publiccredit.disclosure.types import DepartmentFigure, Figures, MonthFigure, SubmissionFigure
from publiccredit.disclosure.visibility import visible
from publiccredit.ledger import queries as ledger
from publiccredit.ledger.types import CHINA
from publiccredit.subjects import queries as subjects

Counted = TypeVar("Counted")
KEPT_FOR = 300  # seconds; counting a million records takes about one


def beginning_of(*, year: int) -> datetime:
    """Give the instant at which a year begins in China."""
    return datetime.combine(date(year, 1, 1), time(), tzinfo=CHINA)


def _kept(key: str, count: Callable[[], Counted]) -> Counted:
    found: Counted | None = cache.get(key)
    if found is None:
        found = count()
        cache.set(key, found, KEPT_FOR)
    return found


def timely(*, late: bool) -> Q:
    """Give the condition of records that arrived within, or after, the working days their type allows."""
    condition = Q(pk__in=())
    for name, due in _due().items():
        taken = Q(working_days_taken__gt=due) if late else Q(working_days_taken__lte=due)
        condition |= Q(record_type=name) & taken
    return condition


def figures(*, audience: Audience, on: date) -> Figures:
    """Give what was published since the year began, month by month and department by department."""
    key = f"figures:{audience.value}:{on.isoformat()}:{catalogue.packs().version[:12]}"
    return _kept(key, lambda: _counted(audience, on))


_COUNTED = """
SELECT month, department_code, count(*), count(due), count(*) FILTER (WHERE working_days_taken <= due),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY working_days_taken) FILTER (WHERE due IS NOT NULL)
FROM (
    SELECT date_trunc('month', seen.received_at AT TIME ZONE 'Asia/Shanghai')::date AS month, seen.department_code,
        seen.working_days_taken, CASE WHEN seen.working_days_taken IS NOT NULL THEN rule.due END AS due
    FROM ({seen}) AS seen
    LEFT JOIN (SELECT * FROM unnest(%s::text[], %s::int[])) AS rule (record_type, due) USING (record_type)
) AS dated
GROUP BY GROUPING SETS ((month), (department_code), ())
"""


def _counted(audience: Audience, on: date) -> Figures:
    condition = visible(audience=audience, on=on, packs=catalogue.packs())
    seen, values = (
        subjects.records()
        .filter(condition, received_at__gte=beginning_of(year=on.year))
        .values("record_type", "department_code", "received_at", "working_days_taken")
        .query.sql_with_params()
    )
    due = _due()
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED.format(seen=seen), [*values, list(due), list(due.values())])
        rows = cursor.fetchall()
    total = next((row for row in rows if row[0] is None and row[1] is None), (None, None, 0, 0, 0, None))
    months = sorted((row for row in rows if row[0] is not None), key=lambda row: row[0])
    departments = sorted((row for row in rows if row[1] is not None), key=lambda row: row[1])
    return Figures(
        year=on.year,
        published=total[2],
        on_time=_share(total),
        median_days=total[5],
        months=tuple(
            MonthFigure(month=row[0], published=row[2], on_time=_share(row), median_days=row[5]) for row in months
        ),
        departments=tuple(
            DepartmentFigure(department_code=row[1], published=row[2], dated=row[3], on_time=row[4], median_days=row[5])
            for row in departments
        ),
    )


def submission_figures(*, on: date) -> dict[str, SubmissionFigure]:
    """Give what each department sent since the year began, and what of it is on file, by its code."""
    return _kept(f"submission_figures:{on.isoformat()}", lambda: _sent(on))


def _sent(on: date) -> dict[str, SubmissionFigure]:
    # Intake stands beside this package, not below it: what was sent is learnt from the ledger, as every package may.
    acts = ledger.latest_entries().filter(operation="file_submission", at__gte=beginning_of(year=on.year))
    totals: dict[str, SubmissionFigure] = {}
    for code, payload in acts.values_list("department_code", "payload").iterator():
        stated = json.loads(payload)
        before = totals.get(code, SubmissionFigure(submissions=0, accepted=0, returned=0, repeated=0))
        totals[code] = SubmissionFigure(
            submissions=before.submissions + 1,
            accepted=before.accepted + stated.get("new", 0) + stated.get("changed", 0),
            returned=before.returned + stated.get("returned", 0),
            repeated=before.repeated + stated.get("duplicates", 0),
        )
    return totals


def _share(row: tuple[Any, ...]) -> float | None:
    return row[4] / row[3] if row[3] else None


def _due() -> dict[str, int]:
    return {t.name: t.due_working_days for t in catalogue.packs().record_types if t.due_working_days is not None}
