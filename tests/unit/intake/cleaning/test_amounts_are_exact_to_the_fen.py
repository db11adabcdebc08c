"""Amounts as whole fen: no fen is lost either way, in any unit people write."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from publiccredit.intake.cleaning import amounts

fen = st.integers(min_value=0, max_value=10**15)
WAN = [
    ("1.2", 1_200_000), ("0.000001", 1), ("1,234.5", 1_234_500_000), ("１．２万", 1_200_000), ("12000元", 1_200_000),
    ("12,000.05元", 1_200_005), ("0.5万元", 500_000), ("1亿元", 10**10), ("100(万元)", 10**8), ("14000万元人民币", 14 * 10**9),
    ("1,200(万人民币元)", 1_200_000_000), ("7.3000(万元)", 7_300_000), ("75万人民币", 75_000_000), ("¥3元", 300),
    ("人民币5万元整", 5_000_000), ("5元整", 500), (" 1 000 ", 1_000_000_000), ("007", 7_000_000), ("-0", 0), ("1.", 1_000_000),
]  # fmt: skip
PROBLEMS = [
    ("壹万元", "unreadable"), ("1e5", "unreadable"), ("1,23", "unreadable"), ("12,00", "unreadable"), ("1.2.3", "unreadable"),
    ("3万美元", "unreadable"), ("约5", "unreadable"), ("1000000000000000000", "unreadable"), ("-1", "negative"),
    ("－0.5万元", "negative"), ("0.1234567", "decimals"), ("1.005元", "decimals"), ("0.30000000000000004", "decimals"),
]  # fmt: skip


def read(text: str, *, unit: str = "万元", currencies: dict[str, str] | None = None) -> tuple[int | None, str | None]:
    series = pl.Series("a", [text])
    slow = amounts.read(series, unit=unit, currencies=currencies or {}).row(0)[:2]
    fast = amounts.fast(series, unit=unit).item()
    assert fast in (None, slow[0])
    return slow


@pytest.mark.parametrize(("text", "expected"), WAN)
def test_an_amount_is_read_in_this_form(text, expected):
    assert read(text) == (expected, None)


@pytest.mark.parametrize(("text", "problem"), PROBLEMS)
def test_what_is_no_amount_is_refused_for_its_reason(text, problem):
    assert read(text) == (None, problem)


@given(fen)
def test_fen_survive_the_way_to_text_and_back(number):
    in_wan = f"{Decimal(number).scaleb(-6):f}"
    in_yuan = f"{Decimal(number).scaleb(-2):f}"
    assert read(in_wan) == (number, None)
    assert read(f"{in_yuan}元") == (number, None)
    assert read(in_yuan, unit="元") == (number, None)
    assert read(f"{Decimal(number).scaleb(-6):,f}") == (number, None)


@given(st.decimals(min_value=0, max_value=10**9, places=6))
def test_the_fast_look_and_the_slow_one_agree(number):
    text = f"{number:f}"
    assert amounts.fast(pl.Series("a", [text]), unit="万元").item() == int(number * 1_000_000) == read(text)[0]


def test_another_currency_is_named_where_the_record_type_has_a_place_for_it():
    words = {"美元": "美元", "香港元": "港元"}
    text = pl.Series(["50(万美元)", "1,000万香港元", "3(万日元)", "5(万人民币元)", "5"])
    read_back = amounts.read(text, unit="万元", currencies=words)
    assert read_back["value"].to_list() == [50_000_000, 1_000_000_000, None, 5_000_000, 5_000_000]
    assert read_back["currency"].to_list() == ["美元", "港元", None, "人民币", None]
