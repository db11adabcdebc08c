"""Cleaning is idempotent, keeps what was sent, and reads known words; unknown ones it leaves alone."""

import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publiccredit.intake.cleaning import invisible, text
from publiccredit.intake.cleaning.column_bytes import ColumnBytes
from publiccredit.intake.cleaning.columns import Cleaner
from publiccredit.intake.types import ORIGINAL, ROW, SHEET
from tests.penalty_rows import check, frame, row, rulebook

TIDIERS = [text.prose, text.name, text.document_number, text.identifier, text.organisation_code]
dirty = st.text(
    alphabet=st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from("()（）[]〔〕【】 \u3000\u200b\ufeff\u00a0\n\t濉溪县２０２６年A-ｂiİ\u0307"),
    ),
    max_size=30,
)


def tidied(tidy, *values: str | None) -> list[str | None]:
    return pl.DataFrame({"t": values}, schema={"t": pl.String}).select(tidy(pl.col("t"))).to_series().to_list()


@pytest.mark.parametrize("tidy", TIDIERS, ids=lambda tidy: tidy.__name__)
@given(st.lists(dirty, min_size=1, max_size=5))
def test_a_tidied_text_is_tidy(tidy, values):
    once = tidied(tidy, *values)
    assert tidied(tidy, *once) == once


@pytest.mark.parametrize(
    "looks", [text.odd_prose, text.odd_name, text.odd_document_number], ids=lambda look: look.__name__
)
@given(st.lists(dirty, min_size=1, max_size=5))
def test_what_does_not_look_odd_would_not_be_changed(looks, values):
    tidy = {"odd_prose": text.prose, "odd_name": text.name, "odd_document_number": text.document_number}[looks.__name__]
    odd = looks(ColumnBytes(pl.Series(values)))
    changed = [
        before
        for before, after, is_odd in zip(values, tidied(tidy, *values), odd, strict=True)
        if not is_odd and before != after
    ]
    assert [value for value in changed if value != ""] == []


LOOKS = {
    "[()﹙﹚\\s０-９Ａ-Ｚａ-ｚ]": text.odd_name,
    "[\\s０-９Ａ-Ｚａ-ｚ\\[\\]（）()【】［］<>〈〉]": text.odd_document_number,
    "^[^0-9A-Z]*$|[^0-9A-Z]": text.odd_identifier,
    "^\\s|\\s$|^$": text.odd_prose,
}


@pytest.mark.parametrize(("pattern", "looks"), LOOKS.items(), ids=lambda told: getattr(told, "__name__", ""))
@given(values=st.lists(st.none() | dirty | st.text(alphabet="0123456789ABCXYZ甲〔〕、“”—é", max_size=9), max_size=9))
def test_bytes_find_what_a_pattern_over_every_cell_finds(pattern, looks, values):
    column = pl.Series(values, dtype=pl.String)
    expected = column.str.contains(pattern) | column.str.contains(f"[{invisible.MARKS}]")
    assert looks(ColumnBytes(column)).fill_null(value=False).to_list() == expected.fill_null(value=False).to_list()


@pytest.mark.parametrize("seldom", [False, True])
def test_every_sign_is_found_in_its_own_cell_whatever_stands_beside_it(seldom):
    signs = [chr(c) for c in range(0x20000) if not 0xD800 <= c < 0xE000]
    cells = pl.Series([cell for sign in signs for cell in (None, f"甲{sign}乙", "丙", "", "丁", "戊")])
    for pattern, looks in LOOKS.items():
        expected = cells.str.contains(pattern) | cells.str.contains(f"[{invisible.MARKS}]")
        among = cells if not seldom else cells.filter(expected | (cells.hash() % 2 == 0))
        assert looks(ColumnBytes(among)).fill_null(value=False).sum() == expected.sum()


@settings(max_examples=40)
@given(st.fixed_dictionaries({
    name: st.one_of(st.none(), dirty, st.sampled_from([";", "N/A", "1.5万元", "2026/1/2", "罚款、警告", "二〇二六年一月二日", "长期"]))
    for name in ("subject_name", "document_number", "penalty_kind", "fine_fen", "decided_on", "effective_until", "remarks", "subject_uscc")
}))  # fmt: skip
def test_cleaned_rows_cleaned_again_are_the_same(cells):
    book = rulebook()
    cleaner = Cleaner(book)
    names = list(book.record_type.field_names)
    once = cleaner.clean(frame([row(**cells)], book=book)).values
    amount = pl.format("{}元", (pl.col("fine_fen") / 100).cast(pl.Decimal(20, 2)))
    written = (
        once.select(SHEET, ROW, *names).with_columns(amount.alias("fine_fen")).cast(dict.fromkeys(names, pl.String))
    )
    again = cleaner.clean(written).values
    assert again.select(names).rows() == once.select(names).rows()


@settings(max_examples=40)
@given(st.dictionaries(st.sampled_from(["subject_name", "remarks", "violation_facts", "penalty_kind"]), dirty))
def test_what_cleaning_changed_is_kept_as_it_was_sent(cells):
    book = rulebook()
    sent = row(**cells)
    values = Cleaner(book).clean(frame([sent], book=book)).values.row(0, named=True)
    original = json.loads(values[ORIGINAL] or "{}")
    # An empty cell never comes from reading as empty text, so that case says nothing.
    changed = {name: cell for name, cell in sent.items() if name in cells and values[name] != cell}
    assert original == {name: cell.replace("\0", "") for name, cell in changed.items()}  # no database keeps a NUL


@pytest.mark.parametrize(
    ("sent", "cleaned"),
    [
        ("濉溪县宏达建材(集团)有限公司", "濉溪县宏达建材（集团）有限公司"),
        ("濉溪县 宏达　建材 有限公司\u200b", "濉溪县宏达建材有限公司"),
        ("ＡＢＣ Trading　Ltd", "ABC Trading Ltd"),
    ],
)
def test_a_name_is_written_one_way(sent, cleaned):
    assert tidied(text.name, sent) == [cleaned]


@pytest.mark.parametrize(
    "sent",
    ["濉市监处罚[2026]15号", "濉市监处罚（２０２６）15号", "濉市监处罚 【2026】 15 号", "濉市监处罚〔2026〕15号"],
)
def test_one_decision_has_one_number(sent):
    assert tidied(text.document_number, sent) == ["濉市监处罚〔2026〕15号"]


@pytest.mark.parametrize(
    ("sent", "cleaned"),
    [
        ("罚款;没收违法所得", "罚款;没收违法所得"),
        ("罚款；没收违法所得", "罚款;没收违法所得"),
        ("罚款、没收违法所得，警告", "罚款;没收违法所得;警告"),
        ("罚款 ; 罚款", "罚款"),
        ("暂扣许可证、暂扣执照", "暂扣许可证件"),
        ("吊销执照;其他-责令限期拆除", "吊销许可证件;其他-责令限期拆除"),
        ("打屁股、罚款", "打屁股;罚款"),
    ],
)
def test_words_are_read_as_the_code_table_knows_them(sent, cleaned):
    assert check(row(penalty_kind=sent)).rows["penalty_kind"].to_list() == [cleaned]


def test_words_that_mean_nothing_are_nothing():
    chunk = check(
        row(remarks="N/A", suspended_licence="——", disclosed_until="/", severity="无", subject_tax_number="暂无")
    )
    names = ["remarks", "suspended_licence", "disclosed_until", "severity", "subject_tax_number"]
    assert chunk.rows.select(names).rows() == [(None,) * 5]
    assert chunk.issues.height == 0
    assert json.loads(chunk.rows[ORIGINAL][0])["remarks"] == "N/A"
