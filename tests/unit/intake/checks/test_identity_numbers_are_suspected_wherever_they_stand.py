"""The cheap look at a whole column may say too much, and never too little."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publiccredit.catalogue.types.identity_numbers import WITHIN
from publiccredit.intake.checks.long_numbers import suspect
from publiccredit.intake.cleaning.column_bytes import ColumnBytes
from publiccredit.intake.cleaning.columns import Cleaner
from tests.penalty_rows import frame, row, rulebook

BOOK = rulebook()
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
NUMBER = "000000199001011234".replace("000000", "110000")
AROUND = st.text(alphabet="员工，（：20 1９a", max_size=12)
parts = st.sampled_from([NUMBER[:6], NUMBER[:6].translate(WIDE)])
century = st.sampled_from(["19", "20", "１９", "２０"])
rest = st.lists(st.booleans(), min_size=10, max_size=10).map(
    lambda wide: "".join(d.translate(WIDE) if w else d for d, w in zip(NUMBER[8:], wide, strict=True))
)
texts = st.lists(st.one_of(st.none(), AROUND, st.tuples(AROUND, parts, century, rest, AROUND).map("".join)), max_size=6)


@given(texts)
def test_every_text_with_an_identity_number_is_suspected(cells):
    column = pl.Series("text", cells, dtype=pl.String)
    looked = column.to_frame().select(suspected=suspect(pl.col("text")), found=pl.col("text").str.contains(WITHIN))
    assert looked.filter(pl.col("found") & ~pl.col("suspected").fill_null(value=False)).height == 0
    assert ColumnBytes(column).may_hold_long_number() or not looked["found"].any()


@pytest.mark.parametrize("among", [1, 200], ids=["a spelling each", "more than are numbered"])
@settings(max_examples=25)
@given(text=st.tuples(AROUND, parts, century, rest, AROUND).map("".join))
def test_a_field_with_an_identity_number_is_told_from_the_others(among, text):
    rows = [row(violation_facts=f"{n}：{text}", subject_name=f"甲{n}", penalty_basis=f"第{n}条") for n in range(among)]
    cleaned = Cleaner(BOOK).clean(frame(rows, book=BOOK))
    assert "violation_facts" in cleaned.long_numbers
    assert not {"subject_name", "penalty_basis"} & cleaned.long_numbers


def test_digits_that_cleaning_brings_together_are_one_number():
    rows = [row(document_number=f"甲〔2026〕{n}号") for n in range(200)] + [row(document_number="110000 19900101 1234")]
    assert "document_number" in Cleaner(BOOK).clean(frame(rows, book=BOOK)).long_numbers


def test_a_column_without_a_long_number_is_not_searched():
    column = pl.Series(["2026年11月3日，金额 12345678 元", None, "：；？"])
    assert not ColumnBytes(column).may_hold_long_number()
