"""Check digits of whole columns, against python-stdnum as a second opinion."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_10

from publiccredit.intake.checks import check_digits
from tests.factories import organisation_code, synthetic_uscc

SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
numbers = st.integers(min_value=0, max_value=99_999_999)


def holds(*values: str | None) -> list[bool | None]:
    return check_digits.uscc_holds(pl.Series(values, dtype=pl.String)).to_list()


@given(numbers, st.sampled_from(["91", "92", "93", "11", "12", "52"]))
def test_a_valid_identifier_is_taken_and_says_its_own_check_character(number, kind):
    valid = synthetic_uscc(number, kind=kind)
    assert holds(valid) == [True]
    assert uscc.is_valid(valid)
    assert check_digits.uscc_check_characters(pl.Series([valid])).to_list() == [valid[17]]


@given(numbers, st.integers(min_value=0, max_value=17), st.sampled_from(SYMBOLS))
def test_an_identifier_with_one_changed_character_is_refused(number, place, symbol):
    valid = synthetic_uscc(number)
    changed = valid[:place] + symbol + valid[place + 1 :]
    assert holds(changed) == [changed == valid]


@given(numbers, st.integers(min_value=0, max_value=16))
def test_an_identifier_with_two_neighbours_swapped_is_refused(number, place):
    valid = synthetic_uscc(number)
    swapped = valid[:place] + valid[place + 1] + valid[place] + valid[place + 2 :]
    assert holds(swapped) == [swapped == valid]


@given(st.lists(st.one_of(st.none(), st.text(max_size=20), numbers.map(synthetic_uscc)), max_size=8))
def test_a_column_is_judged_cell_by_cell_whatever_stands_beside(values):
    alone = [holds(value)[0] for value in values]
    assert holds(*values) == alone
    assert [value is not None and uscc.is_valid(value) for value in values if len(value or "") == 18] == [
        answer for value, answer in zip(values, alone, strict=True) if len(value or "") == 18
    ]


@given(numbers, st.integers(min_value=0, max_value=7), st.sampled_from("0123456789"))
def test_an_organisation_code_with_one_changed_digit_is_refused(number, place, digit):
    valid = organisation_code(number)
    changed = valid[:place] + digit + valid[place + 1 :]
    judged = check_digits.organisation_code_holds(pl.Series([valid, changed, valid[:8], None]))
    assert judged.to_list() == [True, changed == valid, False, None]


def test_the_letter_x_counts_differently_in_the_body_and_at_the_end_of_an_organisation_code():
    # Both end in the number 10: once written X, once as the digit that 33, the letter's value in the body, leaves.
    ten = next(code for code in map(organisation_code, range(100)) if code.endswith("X"))
    judged = check_digits.organisation_code_holds(pl.Series([ten, ten[:8] + "A", "X" * 9]))
    assert judged.to_list() == [True, False, False]


@given(
    st.from_regex(r"[0-9]{14}", fullmatch=True), st.integers(min_value=0, max_value=14), st.sampled_from("0123456789")
)
def test_a_registration_number_with_one_changed_digit_is_refused(body, place, digit):
    valid = body + mod_11_10.calc_check_digit(body)
    changed = valid[:place] + digit + valid[place + 1 :]
    judged = check_digits.registration_number_holds(pl.Series([valid, changed, body, None]))
    assert judged.to_list() == [True, changed == valid, False, None]
