"""
What the public pages count: of records that are visible, and of submissions as the ledger states them.

Every process shows the same and at once: see ``counting``.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple

from django.core.cache import cache
from django.db.models import Count, DateField, Q
from django.db.models.functions import TruncMonth

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Audience
from publiccredit.disclosure.counting import A_DAY, Counted, up_to_date
from publiccredit.disclosure.types import DepartmentFigure, Figures, MonthFigure, SubmissionFigure
from publiccredit.disclosure.visibility import visible
from publiccredit.ledger import queries as ledger
from publiccredit.ledger.types import CHINA, Head
from publiccredit.subjects import queries as subjects

ACTS_LOOKED_AT = 1000  # since the last look; a process that nobody asked for longer counts everything again


def beginning_of(*, year: int) -> datetime:
    """Give the instant at which a year begins in China."""
    return datetime.combine(date(year, 1, 1), time(), tzinfo=CHINA)


def timely(*, late: bool) -> Q:
    """Give the condition of records that arrived within, or after, the working days their type allows."""
    condition = Q(pk__in=())
    for name, due in _due().items():
        taken = Q(working_days_taken__gt=due) if late else Q(working_days_taken__lte=due)
        condition |= Q(record_type=name) & taken
    return condition


class _Kind(NamedTuple):
    """Records that count alike."""

    department_code: str
    month: date
    record_type: str
    working_days_taken: int | None


_Tally = dict[_Kind, int]


def figures(*, audience: Audience, on: date) -> Figures:
    """Give what was published since the year began, month by month and department by department."""
    key = f"figures:{audience.value}:{on.isoformat()}:{catalogue.packs().version[:12]}"

    def renew(earlier: Counted[Figures] | None, _head: Head | None) -> Figures:
        tally: _Tally | None = cache.get(f"{key}:tally") if earlier else None
        touched = _departments_touched(since=earlier.position) if earlier and tally else None
        if earlier is None or tally is None or touched is None:
            tally = _tallied(audience, on)
        elif touched:
            kept = {kind: number for kind, number in tally.items() if kind.department_code not in touched}
            tally = kept | _tallied(audience, on, of=touched)
        else:
            return earlier.value
        cache.set(f"{key}:tally", tally, A_DAY)
        return _summed(tally, year=on.year)

    return up_to_date(key=key, renew=renew)


def _departments_touched(*, since: int) -> set[str] | None:
    """
    Give the departments of which any record was changed by an act behind a position of the ledger; nothing where so
    much was done that all may be counted anew.
    """
    acts = list(ledger.entries(after=since).values_list("pk", flat=True)[: ACTS_LOOKED_AT + 1])
    if len(acts) > ACTS_LOOKED_AT:
        return None
    # A record names the act that last changed it, and stays with its department for good.
    touched = subjects.records().filter(entry_id__in=acts).order_by().values_list("department_code", flat=True)
    return set(touched.distinct())


def _tallied(audience: Audience, on: date, *, of: Collection[str] | None = None) -> _Tally:
    """Count the visible records of the year, of all departments or of some."""
    seen = subjects.records().filter(
        visible(audience=audience, on=on, packs=catalogue.packs()), received_at__gte=beginning_of(year=on.year)
    )
    if of is not None:
        seen = seen.filter(department_code__in=sorted(of))
    month = TruncMonth("received_at", output_field=DateField(), tzinfo=CHINA)
    grouped = seen.order_by().values_list("department_code", month, "record_type", "working_days_taken")
    return {_Kind(*row[:4]): row[4] for row in grouped.annotate(number=Count("pk"))}


@dataclass(frozen=True)
class _Sum:
    """What some kinds of records come to."""

    published: int
    dated: int
    on_time: int
    median_days: float | None

    @property
    def share(self) -> float | None:
        return self.on_time / self.dated if self.dated else None


def _summed(tally: _Tally, *, year: int) -> Figures:
    by_month: dict[date, _Tally] = {}
    by_department: dict[str, _Tally] = {}
    for kind, number in tally.items():
        by_month.setdefault(kind.month, {})[kind] = number
        by_department.setdefault(kind.department_code, {})[kind] = number
    whole = _sum(tally.items())
    months = {month: _sum(of_month.items()) for month, of_month in sorted(by_month.items())}
    departments = {code: _sum(of_one.items()) for code, of_one in sorted(by_department.items())}
    return Figures(
        year=year,
        published=whole.published,
        on_time=whole.share,
        median_days=whole.median_days,
        months=tuple(
            MonthFigure(month=month, published=s.published, on_time=s.share, median_days=s.median_days)
            for month, s in months.items()
        ),
        departments=tuple(
            DepartmentFigure(
                department_code=code, published=s.published, dated=s.dated, on_time=s.on_time, median_days=s.median_days
            )
            for code, s in departments.items()
        ),
    )


def _sum(kinds: Iterable[tuple[_Kind, int]]) -> _Sum:
    due = _due()
    published = on_time = 0
    taken: Counter[int] = Counter()
    for kind, number in kinds:
        published += number
        if kind.working_days_taken is not None and kind.record_type in due:
            taken[kind.working_days_taken] += number
            on_time += number if kind.working_days_taken <= due[kind.record_type] else 0
    return _Sum(published=published, dated=taken.total(), on_time=on_time, median_days=_median(taken))


def _median(taken: Counter[int]) -> float | None:
    """Give the number in the middle, or half way between the two in the middle."""
    total = taken.total()
    if not total:
        return None
    middle = [(total - 1) // 2, total // 2]  # places in order, from nought
    found, passed = [], 0
    for days, number in sorted(taken.items()):
        found += [days for place in middle if passed <= place < passed + number]
        passed += number
    return sum(found) / 2


def submission_figures(*, on: date) -> dict[str, SubmissionFigure]:
    """Give what each department sent since the year began, and what of it is on file, by its code."""

    key = f"submission_figures:{on.year}"

    def renew(earlier: Counted[dict[str, SubmissionFigure]] | None, head: Head | None) -> dict[str, SubmissionFigure]:
        files: set[_File] | None = cache.get(f"{key}:files") if earlier else None
        before, after = ({}, 0) if earlier is None or files is None else (earlier.value, earlier.position)
        files = files if after and files else set()
        totals = _sent(before, files, since=beginning_of(year=on.year), after=after, until=head.position if head else 0)
        cache.set(f"{key}:files", files, A_DAY)
        return totals

    return up_to_date(key=key, renew=renew)


_File = tuple[str, str, str]  # department, source, and hash of what was received
_NOTHING_SENT = SubmissionFigure(submissions=0, accepted=0, returned=0, repeated=0)


def _sent(
    before: dict[str, SubmissionFigure], files: set[_File], *, since: datetime, after: int, until: int
) -> dict[str, SubmissionFigure]:
    """
    Add to what was sent before what the entries behind one position, and not behind another, say.

    ``files`` are those of all years that were filed before, and become those filed by then: what comes back of a file
    that was sent before was counted when it first came back.
    """
    # Intake stands beside this package, not below it: what was sent is learnt from the ledger, as every package may.
    acts = ledger.entries(after=after).filter(operation="file_submission", position__lte=until)
    totals = dict(before)
    for code, payload, at in acts.values_list("department_code", "payload", "at").iterator():
        stated = json.loads(payload)
        file = (code, stated.get("source", ""), stated.get("file_sha256", ""))
        again = stated.get("returned", 0) if file in files else 0
        files.add(file)
        if at < since:
            continue
        earlier = totals.get(code, _NOTHING_SENT)
        totals[code] = SubmissionFigure(
            submissions=earlier.submissions + 1,
            accepted=earlier.accepted + stated.get("new", 0) + stated.get("changed", 0),
            returned=earlier.returned + stated.get("returned", 0) - again,
            repeated=earlier.repeated + stated.get("duplicates", 0) + again,
        )
    return totals


def _due() -> dict[str, int]:
    return {t.name: t.due_working_days for t in catalogue.packs().record_types if t.due_working_days is not None}
