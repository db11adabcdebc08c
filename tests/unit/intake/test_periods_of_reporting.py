"""Which period a day lies in, and by when its files are due."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publiccredit.intake.periods import Period, Rhythm, period_before, period_of


@pytest.mark.parametrize(
    ("rhythm", "on", "period"),
    [
        ("daily", date(2026, 11, 23), Period(date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 23), "2026-11-23")),
        (
            "weekly",
            date(2026, 11, 29),
            Period(date(2026, 11, 23), date(2026, 11, 30), date(2026, 11, 27), "2026 年第 48 周"),
        ),
        (
            "weekly",
            date(2027, 1, 1),
            Period(date(2026, 12, 28), date(2027, 1, 4), date(2027, 1, 1), "2026 年第 53 周"),
        ),
        (
            "monthly",
            date(2026, 12, 31),
            Period(date(2026, 12, 1), date(2027, 1, 1), date(2026, 12, 31), "2026 年 12 月"),
        ),
        (
            "quarterly",
            date(2026, 11, 23),
            Period(date(2026, 10, 1), date(2027, 1, 1), date(2026, 12, 31), "2026 年第 4 季度"),
        ),
    ],
)
def test_a_day_lies_in_its_period(rhythm: Rhythm, on: date, period: Period) -> None:
    assert period_of(rhythm=rhythm, on=on) == period


@given(st.dates(date(2000, 1, 10), date(2100, 1, 1)), st.sampled_from(["daily", "weekly", "monthly", "quarterly"]))
def test_periods_follow_each_other_without_gap_or_overlap(on: date, rhythm: Rhythm) -> None:
    period = period_of(rhythm=rhythm, on=on)
    assert period.start <= on < period.until
    assert period.start <= period.due_on < period.until
    assert period_before(rhythm=rhythm, period=period).until == period.start
    assert period_of(rhythm=rhythm, on=period.until - timedelta(days=1)) == period
