"""From which day to which day each adverse record of a subject is shown, as bars on one line of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from publiccredit.disclosure.types import VisibleRecord
from publiccredit.disclosure.words import last_day


@dataclass(frozen=True)
class Term:
    """One adverse record on the line of time; the places are percentages of its length."""

    title: str
    url: str
    marks: tuple[str, ...]  # what is in dispute about it
    begins: date
    last_day: str  # empty: shown without an end known yet
    days_left: int | None  # 0 on the last one
    start: str
    width: str
    today: str


def terms_of(records: Sequence[VisibleRecord], *, on: date) -> list[Term]:
    """Give the adverse records by the day they end, the first to end first."""
    if not records:
        return []
    first = min(_begins(record) for record in records)
    last = max([on, *(record.disclosed_until for record in records if record.disclosed_until)])
    length = max((last - first).days, 1)

    def place(day: date) -> float:
        return (day - first).days / length * 100

    ordered = sorted(records, key=lambda record: (record.disclosed_until or date.max, record.id))
    return [
        Term(
            title=record.heading,
            url=reverse("disclosure:record", args=[record.id]),
            marks=record.marks,
            begins=_begins(record),
            last_day=last_day(record),
            days_left=(record.last_day - on).days if record.last_day else None,
            start=f"{place(_begins(record)):.2f}%",
            width=f"{place(record.disclosed_until or last) - place(_begins(record)):.2f}%",
            today=f"{place(on):.2f}%",
        )
        for record in ordered
    ]


def _begins(record: VisibleRecord) -> date:
    return record.decided_on or record.received_on
