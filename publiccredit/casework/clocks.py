"""
Deadlines of cases: working days by decree, and provisional where a year is not decreed yet.

In such a year Mondays to Fridays are counted without holidays, so that a provisional day never lies later than holidays
would put it; the sweep settles it as soon as the decree is held.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from publiccredit.casework.types import Deadline
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Packs

CHINA = ZoneInfo("Asia/Shanghai")


def china_day(*, at: datetime) -> date:
    """Give the calendar day of an instant in China, where every clock of law runs."""
    return at.astimezone(CHINA).date()


def deadline(*, start: date, days: int, within: Packs | None = None) -> Deadline:
    """Give the last day in time: the ``days``-th working day after ``start``."""
    try:
        return Deadline(catalogue.add_working_days(day=start, number=days, within=within), provisional=False)
    except catalogue.UnknownYear:
        day, left, provisional = start, days, False
        while left:
            day += timedelta(days=1)
            working, decreed = _working(day, within)
            provisional |= not decreed
            left -= working
        return Deadline(day, provisional=provisional)


def working_days_used(*, start: date, end: date, within: Packs | None = None) -> int:
    """Count the working days after ``start`` up to and including ``end``; 0 where ``end`` is not after it."""
    if end <= start:
        return 0
    try:
        return catalogue.working_days_between(start=start, end=end, within=within)
    except catalogue.UnknownYear:
        days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        return sum(_working(day, within)[0] for day in days)


def _working(day: date, within: Packs | None) -> tuple[bool, bool]:
    """Tell whether a day is a working day, and whether its year is decreed."""
    try:
        return catalogue.is_working_day(day=day, within=within), True
    except catalogue.UnknownYear:
        return day.weekday() < 5, False
