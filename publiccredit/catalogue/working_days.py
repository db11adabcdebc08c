"""
Working days by decree: Mondays to Fridays, less the decreed holidays, plus the decreed make-up days.

Periods of law counted in working days begin the day after the act (行政许可法第八十二条、行政处罚法第八十五条:
不含法定节假日), so a decision of Friday is published in time on the Tuesday after next at the latest when nothing
intervenes. A year without a decree is an error: its deadlines can only be provisional, and count as days off what the
law fixes by date. A lunar holiday, or the day made up for one on a weekend, is known by the decree alone.
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate

import polars as pl

from publiccredit.catalogue.types import Packs

# From when the screens ask for the next year: the notices of recent years came at the end of October or the start of
# November. It reminds and counts nothing: whether a year is decreed is told by its file in packs/calendars alone.
NEXT_YEAR_FROM_MONTH = 11


class UnknownYear(Exception):
    """No calendar of decreed days is held for a year, so its working days cannot be counted."""

    def __init__(self, *, year: int) -> None:
        self.year = year
        super().__init__(
            f"没有 {year} 年的法定节假日安排，无法计算工作日。请依国务院办公厅当年通知新建 packs/calendars/{year}.yml;"
            "在此之前涉及该年的期限只能作为暂定期限"
        )


@dataclass(frozen=True)
class _Days:
    """For each day from ``first``: is it a working day, and how many there were up to and including it."""

    first: date
    last: date
    working: tuple[bool, ...]
    counted: tuple[int, ...]

    def offset(self, day: date) -> int:
        if not self.first <= day <= self.last:
            raise UnknownYear(year=day.year)
        return (day - self.first).days


@lru_cache(maxsize=8)
def _days(calendars: tuple[tuple[int, frozenset[date], frozenset[date]], ...]) -> _Days:
    if not calendars:
        raise UnknownYear(year=date.min.year)
    first, last = date(calendars[0][0], 1, 1), date(calendars[-1][0], 12, 31)
    off = frozenset[date]().union(*(c[1] for c in calendars))
    on = frozenset[date]().union(*(c[2] for c in calendars))
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    working = tuple(day in on or (day.weekday() < 5 and day not in off) for day in every)
    return _Days(first, last, working, tuple(accumulate(working)))


def _days_of(packs: Packs) -> _Days:
    years = sorted(packs.calendars.items())
    return _days(tuple((y, frozenset(c.holidays), frozenset(c.working_weekends)) for y, c in years))


def is_working_day(*, day: date, within: Packs) -> bool:
    """
    Tell whether a day is a working day.

    :raises UnknownYear: no calendar is held for its year.
    """
    days = _days_of(within)
    return days.working[days.offset(day)]


def presumed_working_day(*, day: date, within: Packs) -> bool:
    """Tell whether a day is a working day; in an undecreed year a weekday that is no holiday of fixed date."""
    return _presumed(day, _days_of(within), within)


def _presumed(day: date, days: _Days, within: Packs) -> bool:
    if days.first <= day <= days.last:
        return days.working[days.offset(day)]
    return day.weekday() < 5 and not any(
        f"{day:%m-%d}" in h.days and h.in_force_on(day) for h in within.statutory_holidays
    )


def working_days_between(*, start: date, end: date, within: Packs) -> int:
    """
    Count the working days after ``start`` up to and including ``end``; below zero where ``end`` lies before ``start``.

    :raises UnknownYear: no calendar is held for one of the years.
    """
    days = _days_of(within)
    return days.counted[days.offset(end)] - days.counted[days.offset(start)]


def add_working_days(*, day: date, number: int, within: Packs) -> date:
    """
    Give the ``number``-th working day after ``day``; ``day`` itself for 0.

    :raises UnknownYear: no calendar is held for one of the years on the way.
    :raises ValueError: ``number`` is below zero.
    """
    if number < 0:
        message = f"a number of working days is at least 0, not {number}"
        raise ValueError(message)
    days = _days_of(within)
    offset = days.offset(day)
    if number == 0:
        return day
    found = bisect_left(days.counted, days.counted[offset] + number)
    if found == len(days.counted):
        raise UnknownYear(year=days.last.year + 1)
    return days.first + timedelta(days=found)


@dataclass(frozen=True)
class Deadline:
    """The last day of a period; ``provisional`` where no decree tells the working days on the way."""

    on: date
    provisional: bool


def deadline(*, day: date, number: int, within: Packs) -> Deadline:
    """
    Give the ``number``-th working day after ``day``; where a year is undecreed, provisional: by weekdays less
    the holidays whose dates the law fixes.

    :raises ValueError: ``number`` is below zero.
    """
    try:
        return Deadline(add_working_days(day=day, number=number, within=within), provisional=False)
    except UnknownYear:
        days = _days_of(within)
    found, left = day, number
    while left:
        found += timedelta(days=1)
        left -= _presumed(found, days, within)
    return Deadline(found, provisional=True)


def year_wanting_decree(*, on: date, within: Packs) -> int | None:
    """Give the year whose calendar has to be added: this one, or in its last two months the next; else nothing."""
    years = (on.year, on.year + 1) if on.month >= NEXT_YEAR_FROM_MONTH else (on.year,)
    return next((year for year in years if year not in within.calendars), None)


def working_day_index(*, within: Packs, first: date | None = None, last: date | None = None) -> pl.DataFrame:
    """
    Give ``day`` (Date) and ``working_days`` (Int32): how many working days there were up to and including the day.

    The working days between two days are the difference of their two numbers, so that a million rows need two joins.
    A day outside the calendars held has no row: after a left join its number is null, and the deadline provisional.

    :raises UnknownYear: ``first`` or ``last`` is given and its year has no calendar.
    """
    days = _days_of(within)
    begin = 0 if first is None else days.offset(first)
    end = len(days.counted) if last is None else days.offset(last) + 1
    return pl.DataFrame(
        {
            "day": [days.first + timedelta(days=n) for n in range(begin, end)],
            "working_days": days.counted[begin:end],
        },
        schema={"day": pl.Date, "working_days": pl.Int32},
    )
