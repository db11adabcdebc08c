"""Working days follow the decrees, and nothing is guessed beyond them."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from publiccredit.catalogue import queries
from publiccredit.catalogue.types import Calendar
from publiccredit.catalogue.working_days import working_days_between as between_in

DAYS = st.dates(date(2004, 1, 1), date(2026, 11, 30))


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 9, 30), True),
        (date(2026, 10, 1), False),  # 国庆节
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),  # a Saturday worked
        (date(2026, 10, 11), False),
        (date(2026, 2, 14), True),  # a Saturday worked before 春节
        (date(2026, 2, 16), False),
        (date(2020, 1, 31), False),  # 春节 of 2020, prolonged by decree
    ],
)
def test_a_day_is_working_as_decreed(day, working):
    assert queries.is_working_day(day=day) is working


@pytest.mark.parametrize(
    ("decided", "arrived", "taken"),
    [
        (date(2026, 11, 2), date(2026, 11, 2), 0),
        (date(2026, 11, 2), date(2026, 11, 11), 7),
        (date(2026, 11, 2), date(2026, 11, 12), 8),
        (date(2026, 9, 30), date(2026, 10, 8), 1),  # across 国庆节
        (date(2026, 11, 7), date(2026, 11, 9), 1),  # decided on a Saturday
        (date(2026, 11, 12), date(2026, 11, 2), -8),
    ],
)
def test_the_day_of_decision_is_not_counted_and_the_day_of_arrival_is(decided, arrived, taken):
    assert queries.working_days_between(start=decided, end=arrived) == taken


@given(day=DAYS, number=st.integers(0, 15))
def test_adding_and_counting_are_inverse(day, number):
    later = queries.add_working_days(day=day, number=number)
    assert queries.working_days_between(start=day, end=later) == number
    assert number == 0 or queries.is_working_day(day=later)


@given(start=DAYS, end=DAYS, later=DAYS)
def test_counting_is_monotone_and_adds_up(start, end, later):
    def count(one, other):
        return queries.working_days_between(start=one, end=other)

    assert count(start, end) + count(end, later) == count(start, later)
    assert (count(start, end) <= count(start, later)) or end > later
    assert count(start, end) == -count(end, start)


@given(start=DAYS, length=st.integers(0, 60))
def test_counting_agrees_with_asking_every_day(start, length):
    end = min(start + timedelta(days=length), date(2026, 12, 31))
    days = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert queries.working_days_between(start=start, end=end) == sum(queries.is_working_day(day=d) for d in days)


@pytest.mark.parametrize("day", [date(2003, 12, 31), date(2027, 1, 1)])
def test_an_undecreed_year_is_an_error_that_says_what_to_do(day):
    with pytest.raises(queries.UnknownYear, match=rf"没有 {day.year} 年.*packs/calendars/{day.year}.yml.*暂定期限"):
        queries.is_working_day(day=day)
    with pytest.raises(queries.UnknownYear):
        queries.working_days_between(start=date(2026, 1, 5), end=day)


def test_a_deadline_beyond_the_last_decree_is_an_error():
    assert queries.add_working_days(day=date(2026, 12, 30), number=1) == date(2026, 12, 31)
    with pytest.raises(queries.UnknownYear) as refusal:
        queries.add_working_days(day=date(2026, 12, 30), number=2)
    assert refusal.value.year == 2027


@pytest.mark.parametrize(
    ("day", "number", "on", "provisional"),
    [
        (date(2026, 11, 2), 7, date(2026, 11, 11), False),
        (date(2026, 12, 30), 1, date(2026, 12, 31), False),
        (
            date(2026, 12, 25),
            7,
            date(2027, 1, 6),
            True,
        ),  # 元旦 of 2027, a Friday, is off by law, the days around it unknown
        (date(2026, 12, 31), 1, date(2027, 1, 4), True),
        (date(2027, 9, 30), 2, date(2027, 10, 5), True),  # 1 October is a Friday; what is made up for is not known
        (date(2028, 4, 28), 1, date(2028, 5, 3), True),
        (date(2027, 3, 5), 1, date(2027, 3, 8), True),
        (date(2027, 3, 6), 0, date(2027, 3, 6), True),
    ],
)
def test_a_deadline_in_an_undecreed_year_is_provisional(day, number, on, provisional):
    assert queries.deadline(day=day, number=number) == queries.Deadline(on, provisional)


@given(year=st.integers(2027, 2100), holiday=st.sampled_from(["01-01", "05-01", "05-02", "10-01", "10-02", "10-03"]))
def test_a_presumed_deadline_never_falls_on_a_holiday_that_the_law_fixes_by_date(year, holiday):
    day = date.fromisoformat(f"{year}-{holiday}")
    found = queries.deadline(day=day - timedelta(days=1), number=1)
    assert found.provisional and found.on > day and not queries.presumed_working_day(day=day)


def test_what_the_law_of_a_day_fixed_holds_for_that_day():
    assert queries.presumed_working_day(day=date(2003, 5, 1))  # before the text the packs hold
    assert not queries.presumed_working_day(day=date(2027, 1, 2))  # a Saturday
    assert queries.presumed_working_day(day=date(2026, 10, 10))  # a Saturday worked by decree


@given(day=st.dates(date(2025, 1, 1), date(2028, 1, 1)), number=st.integers(0, 20), later=st.integers(0, 20))
def test_a_later_day_or_a_longer_period_never_ends_earlier(day, number, later):
    def ends(start, length):
        return queries.deadline(day=start, number=length).on

    assert ends(day, number) <= ends(day, number + later)
    assert ends(day, number) <= ends(day + timedelta(days=later), number)


def test_a_number_below_zero_is_refused():
    with pytest.raises(ValueError, match="at least 0, not -1"):
        queries.add_working_days(day=date(2026, 11, 2), number=-1)


def test_the_index_counts_a_column_as_the_clock_counts_one_day():
    decided = [date(2026, 9, 30), date(2026, 11, 2), date(1999, 1, 4)]
    index = queries.working_day_index()
    rows = (
        pl.DataFrame({"decided_on": decided})
        .join(index, left_on="decided_on", right_on="day", how="left", maintain_order="left")
        .with_columns(
            taken=index.filter(pl.col("day") == date(2026, 11, 23))["working_days"].item() - pl.col("working_days")
        )
    )
    expected = [queries.working_days_between(start=d, end=date(2026, 11, 23)) for d in decided[:2]]
    assert rows["taken"].to_list() == [*expected, None]


def test_the_index_may_be_cut_to_a_period():
    index = queries.working_day_index(first=date(2026, 11, 2), last=date(2026, 11, 8))
    assert index.height == 7
    assert index["working_days"].last() - index["working_days"].first() == 4
    with pytest.raises(queries.UnknownYear):
        queries.working_day_index(first=date(2026, 12, 1), last=date(2027, 1, 1))


def test_without_any_calendar_nothing_is_counted():
    from dataclasses import replace

    empty = replace(queries.packs(), calendars={})
    with pytest.raises(queries.UnknownYear):
        between_in(start=date(2026, 1, 5), end=date(2026, 1, 6), within=empty)


def test_a_calendar_knows_its_notice():
    calendar = queries.packs().calendars[2026]
    assert isinstance(calendar, Calendar)
    assert calendar.notice.startswith("国务院办公厅关于2026年部分节假日安排的通知")


@pytest.mark.parametrize(
    ("on", "wanting"),
    [
        (date(2026, 10, 31), None),
        (date(2026, 11, 1), 2027),
        (date(2027, 1, 1), 2027),
        (date(2025, 12, 31), None),
    ],
)
def test_the_year_to_come_wants_its_decree_from_november_on(on, wanting):
    assert queries.year_wanting_decree(on=on) == wanting
