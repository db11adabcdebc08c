"""The cheap look at a whole column may say too much, and never too little."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from publiccredit.catalogue.types.identity_numbers import WITHIN
from publiccredit.intake.checks.long_numbers import suspect

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
    frame = pl.DataFrame({"text": pl.Series(cells, dtype=pl.String)})
    looked = frame.select(suspected=suspect(pl.col("text")), found=pl.col("text").str.contains(WITHIN))
    assert looked.filter(pl.col("found") & ~pl.col("suspected").fill_null(value=False)).height == 0


def test_a_column_without_a_long_number_is_not_searched():
    frame = pl.DataFrame({"text": ["2026年11月3日，金额 12345678 元", None, "：；？"]})
    assert frame.select(suspect(pl.col("text"))).to_series().to_list() == [False, False, False]
