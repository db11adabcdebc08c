"""What is masked, refused or let through as an identity number: the same shape, with four degrees of strictness."""

import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from publiccredit.catalogue.types.identity_numbers import ANYWHERE, EIGHTEEN, FIFTEEN, WITHIN, may_hold_one, without

NUMBER = "110000199001011234"  # no check digit fits: nobody's number
WIDE = "".join(chr(ord(digit) + 0xFEE0) for digit in NUMBER)
AROUND = st.text(alphabet="甲乙（、）X-的 ", max_size=8)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"员工{NUMBER}无证上岗", "员工110000************无证上岗"),
        (f"{NUMBER}、{NUMBER[:-1]}x", "110000************、110000************"),
        (f"{NUMBER},{NUMBER}", "110000************,110000************"),
        (f"（{WIDE}）", "（１１００００************）"),
        (f"发票号{NUMBER}56", f"发票号{NUMBER}56"),
        (f"发票号0{NUMBER}", f"发票号0{NUMBER}"),
        ("110000199013011234", "110000199013011234"),  # no such month
        ("皖市监罚〔2026〕12号", "皖市监罚〔2026〕12号"),
    ],
)
def test_a_text_on_its_way_out_keeps_only_the_region_of_a_number(text: str, masked: str) -> None:
    assert without(text) == masked


@given(AROUND, AROUND, st.sampled_from([NUMBER, WIDE, NUMBER[:-1] + "X", NUMBER[:-1] + "ｘ"]))
def test_what_is_found_before_it_is_kept_is_masked_on_its_way_out(before: str, behind: str, number: str) -> None:
    text = before + number + behind
    assert re.search(WITHIN, text)
    assert number not in without(text)
    assert not re.search(WITHIN, without(text))


@given(st.from_regex(re.compile(EIGHTEEN, re.ASCII), fullmatch=True))
def test_a_number_in_an_identifier_is_one_to_every_use(number: str) -> None:
    assert re.fullmatch(ANYWHERE, number)
    assert re.search(WITHIN, number)
    assert may_hold_one(number)
    assert without(number) == number[:6] + "*" * 12


def test_what_is_said_of_a_cell_masks_a_number_in_a_longer_row_of_digits_too() -> None:
    said = pl.Series([f"9{NUMBER}9"]).str.replace_all(ANYWHERE, "$1").to_list()
    assert said == ["91100009"]


@pytest.mark.parametrize(
    ("text", "may"),
    [
        (f"身份证{NUMBER}", True),
        (f"身份证{WIDE}", True),
        ("110000900101123", True),  # of fifteen digits, as until 1999
        ("340100202600012", True),  # a registration number: where a person is described, it has no business either
        ("13900000000", False),
        ("营业执照原件、登记表 2026-11-03", False),
    ],
)
def test_words_about_a_person_hold_nothing_of_that_length(text: str, may: bool) -> None:
    assert may_hold_one(text) is may


def test_an_old_number_has_a_day_of_birth() -> None:
    assert re.fullmatch(FIFTEEN, "110000900101123")
    assert not re.fullmatch(FIFTEEN, "340100000012345")
