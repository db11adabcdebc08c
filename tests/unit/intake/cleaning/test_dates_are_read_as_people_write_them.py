"""Days in every form people write, and what is refused."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from publiccredit.intake.cleaning import dates
from tests.penalty_rows import check, found, row

DAY = date(2026, 11, 3)
WRITTEN = [
    "2026-11-03", "2026-11-3", "2026/11/3", "2026/11/03", "2026.11.3", "20261103", "2026年11月3日", "2026年11月03日",
    "二〇二六年十一月三日", "二○二六年十一月三日", "二零二六年十一月三号", "２０２６－１１－０３", " 2026-11-03 ", "46329", "46329.75",
    "2026-11-03 00:00:00", "2026-11-03T08:30:00+08:00", "2026/11/3 8:30", "2026年11月3日 8时30分", "2026-11-03 00:00:00.000",
    "2026 年 11 月 3 日", "2026年 11月 3日", "2026　年　11　月　3　日",
]  # fmt: skip
REFUSED = [
    "26-11-03", "26/11/3", "2026-11", "2026年11月", "2026-02-30", "2026-13-01", "2026-00-10", "11/3/2026", "2026-11-03日前",
    "二六年十一月三日", "二〇二六年十三月三日", "二〇二六年十一月四十日", "4632", "463290", "2O26-11-03", "待定", "0226-11-03", "1899/12/31", "2026-11-031", "+2026-1-1",
]  # fmt: skip
ways = st.sampled_from(["{0:%Y-%m-%d}", "{0.year}/{0.month}/{0.day}", "{0:%Y%m%d}", "{0.year}年{0.month}月{0.day}日"])


def read(*text: str, long_term: bool = False) -> list[date | None]:
    return dates.read(pl.Series(text), long_term=long_term).to_list()


@pytest.mark.parametrize("text", WRITTEN)
def test_a_day_is_read_in_this_form(text):
    assert read(text) == [DAY]
    assert check(row(decided_on=text)).rows["decided_on"].to_list() == [DAY]


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_day_is_refused(text):
    assert read(text) == [None]
    assert found(check(row(decided_on=text))) == [(2, "decided_on", "D-101", text)]


@given(st.dates(min_value=date(1941, 1, 24), max_value=date(2099, 12, 31)), ways)
def test_every_day_is_read_back_from_every_form(day, way):
    assert read(way.format(day)) == [day]


@given(st.dates(min_value=date(1941, 1, 24), max_value=date(2099, 12, 31)))
def test_every_day_is_read_back_from_a_serial_number_and_from_chinese_words(day):
    words = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(day.year))
    assert read(str((day - date(1899, 12, 30)).days)) == [day]
    assert read(f"{words}年{counted(day.month)}月{counted(day.day)}日") == [day]


def counted(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("", "十", "二十", "三十")[tens] + ("", *"一二三四五六七八九")[ones]


def test_long_term_is_a_day_only_where_something_may_last_for_ever():
    assert read("长期", "9999-12-31", "2099/12/31", long_term=True) == [date(2099, 12, 31)] * 3
    assert read("长期", "永久") == [None, None]


def test_other_ways_to_write_are_kept_beside_the_day():
    chunk = check(row(decided_on="2026/11/3"), row(document_number="乙"))
    assert chunk.rows["_original"].to_list() == ['{"decided_on":"2026/11/3"}', None]
