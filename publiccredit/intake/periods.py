"""
The rhythm of reporting: which period a day lies in, and by when its files are expected.

The county's plan chases departments on Fridays (濉政办秘〔2022〕59号), so a week is due on its Friday. The seven
working days of a single decision are another clock, kept on the record itself.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Rhythm = Literal["daily", "weekly", "monthly", "quarterly"]
FRIDAY = 4


@dataclass(frozen=True)
class Period:
    """The days ``[start, until)`` a file reports on, and the last day to send it."""

    start: date
    until: date
    due_on: date
    title: str


def period_of(*, rhythm: Rhythm, on: date) -> Period:
    """Give the period of a rhythm in which a day lies."""
    if rhythm == "daily":
        return Period(start=on, until=on + timedelta(days=1), due_on=on, title=f"{on:%Y-%m-%d}")
    if rhythm == "weekly":
        monday = on - timedelta(days=on.weekday())
        year, week, _ = monday.isocalendar()
        return Period(
            start=monday,
            until=monday + timedelta(days=7),
            due_on=monday + timedelta(days=FRIDAY),
            title=f"{year} 年第 {week} 周",
        )
    months = 1 if rhythm == "monthly" else 3
    first = (on.month - 1) // months * months + 1
    start = on.replace(month=first, day=1)
    until = _months_later(start, months)
    title = f"{on.year} 年 {first} 月" if months == 1 else f"{on.year} 年第 {first // 3 + 1} 季度"
    return Period(start=start, until=until, due_on=until - timedelta(days=1), title=title)


def period_before(*, rhythm: Rhythm, period: Period) -> Period:
    """Give the period before one."""
    return period_of(rhythm=rhythm, on=period.start - timedelta(days=1))


def _months_later(day: date, months: int) -> date:
    whole = day.year * 12 + day.month - 1 + months
    return date(whole // 12, whole % 12 + 1, 1)
