"""Repetitions within a file, over the borders of chunks; unknown columns; the report of a whole file."""

import json
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publiccredit.catalogue import queries as catalogue
from publiccredit.intake import checking
from publiccredit.intake.check_report import check_report
from publiccredit.intake.checks import unknown_column
from publiccredit.intake.checks.conflicting_duplicate import SeenRows
from publiccredit.intake.types import NATURAL_KEY, OUTCOME, REPEATS_ROW, CheckContext, RecognisedColumn, UnableToRead
from tests.penalty_rows import AUTHORITY_USCC, SUBJECT, TODAY, check, context, found, recognition, row, rulebook

TITLES = {f.name: f.title for f in rulebook().record_type.fields if not f.legacy}


@pytest.mark.parametrize("chunk_rows", [1, 2, 100])
def test_a_row_that_says_the_same_is_a_duplicate_and_one_that_says_something_else_is_returned(chunk_rows):
    again = row(document_number="濉市监处罚[2026]15号", decided_on="2026/11/3", fine_fen="12000元")
    chunk = check(row(), row(document_number="乙"), again, row(remarks="补录"), row(), chunk_rows=chunk_rows)
    assert chunk.rows.select(OUTCOME, REPEATS_ROW).rows() == [
        ("accepted", None), ("accepted", None), ("duplicate", 2), ("returned", None), ("duplicate", 2),
    ]  # fmt: skip
    assert found(chunk) == [(5, "document_number", "K-101", "濉市监处罚〔2026〕15号")]
    assert chunk.issues["expected"].to_list() == ["第 2 行"]


@pytest.mark.parametrize("written", ["濉市监处罚〔2026〕第15号", "濉市监处罚〔2026〕15", "濉市监处罚[2026]第15"])
def test_one_decision_is_one_record_however_its_number_is_written(written):
    chunk = check(row(), row(document_number=written))
    assert chunk.rows[NATURAL_KEY].n_unique() == 1
    assert [(line, field, code) for line, field, code, _ in found(chunk)] == [(3, "document_number", "K-101")]


def test_a_second_sheet_of_one_decision_keeps_its_own_number():
    chunk = check(row(), row(document_number="濉市监处罚〔2026〕15号之一"), row(document_number="JY13406210001234"))
    assert chunk.rows[NATURAL_KEY].n_unique() == 3


def test_a_returned_row_is_not_what_a_later_one_repeats():
    chunk = check(row(fine_fen="-1"), row(), row(fine_fen="-1"))
    assert chunk.rows[OUTCOME].to_list() == ["returned", "accepted", "returned"]
    assert [code for _, _, code, _ in found(chunk)] == ["A-102", "A-102"]


def test_what_is_doubted_is_said_once_for_rows_that_say_the_same():
    chunk = check(row(served_on=None), row(served_on=None))
    assert found(chunk) == [(2, "served_on", "D-106", "")]


def test_the_natural_key_of_a_stall_without_identifier_holds_its_name():
    stall = {"subject_category": "个体工商户", "subject_uscc": "00000000000000000X"}
    chunk = check(row(**stall, subject_name="甲摊"), row(**stall, subject_name="乙摊"), row())
    document = "濉市监处罚〔2026〕15号"
    assert chunk.rows[NATURAL_KEY].to_list() == [
        "\x1f".join((AUTHORITY_USCC, document, who)) for who in ("甲摊", "乙摊", SUBJECT)
    ]
    assert chunk.rows[OUTCOME].to_list() == ["accepted"] * 3


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 2)), max_size=30),
    st.integers(1, 7),
    st.sampled_from([1, 1 << 40, 11400714819323198485]),  # side by side, alike in their last bits, spread as hashes are
)
def test_the_memory_of_rows_agrees_with_a_plain_list(said, size, spread):
    said = [(key * spread % 2**64, content) for key, content in said]
    seen, told, first = SeenRows(), [], {}
    rows = pl.DataFrame(
        [(key, content, n) for n, (key, content) in enumerate(said)],
        schema={"key": pl.UInt64, "said": pl.UInt64, "row": pl.Int64},
        orient="row",
    )
    for part in rows.iter_slices(size):
        told += seen.first_said(part).rows()
    expected = []
    for n, (key, content) in enumerate(said):
        expected.append((first[key][0], first[key][1] == content) if key in first else (None, False))
        first.setdefault(key, (n, content))
    assert told == expected


def test_a_column_nobody_knows_is_pointed_at():
    known = recognition(rulebook())
    strange = RecognisedColumn(letter="AH", header="承办人手机", field=None)
    aside = RecognisedColumn(letter="AI", header="序号", field=None, set_aside="行号")
    sheet = known.sheets[0]
    wider = type(known)(**vars(known) | {"sheets": (type(sheet)("", 1, (*sheet.columns, strange, aside)),)})
    assert unknown_column.cells(wider).select("row", "column", "column_letter", "found").rows() == [
        (1, "承办人手机", "AH", "承办人手机")
    ]


def write(path, *rows, titles=TITLES, extra=None):
    cells = [{title: cells.get(name) for name, title in titles.items()} | (extra or {}) for cells in rows]
    pl.DataFrame(cells, schema=dict.fromkeys(cells[0], pl.String)).write_csv(path)
    return path


def test_a_file_is_accounted_for_row_by_row(tmp_path):
    person = row(subject_category="自然人", subject_uscc=None, document_number="丙")
    path = write(
        tmp_path / "a.csv", row(), row(), row(document_number="乙", fine_fen="-1"), person, extra={"承办人": "x"}
    )
    kinds = catalogue.packs().issues
    report = check_report(checked=checking.check_file(path=path, context=context()), issue_kinds=kinds)
    assert {name: report[name] for name in ("rows", "accepted", "returned", "duplicates")} == {
        "rows": 4, "accepted": 1, "returned": 2, "duplicates": 1,
    }  # fmt: skip
    assert list(report) == ["rows", "accepted", "returned", "duplicates", "issues", "duplicate_rows", "recognised"]
    assert [(i["row"], i["column"], i["code"]) for i in report["issues"]] == [
        (1, "承办人", "T-103"), (4, "罚款金额（万元）", "A-102"), (5, "行政相对人类别", "P-101"),
    ]  # fmt: skip
    assert list(report["issues"][1]) == ["sheet", "row", "column", "code", "found", "expected", "message"]
    assert report["issues"][1]["message"] == (
        "第 4 行“罚款金额（万元）”为“-1”，金额应为不小于 0 的数。"
        "请按决定文书改正；冲减、退还不作为负数报送，请另行更正原记录。（A-102，双公示数据标准，校验规则）"
    )
    assert report["recognised"]["record_type"] == "administrative_penalty"
    assert json.loads(json.dumps(report)) is not None


def test_the_child_process_gets_the_same_from_plain_arguments(tmp_path):
    path = write(tmp_path / "a.csv", row(served_on=None, subject_uscc=SUBJECT))
    *_, chunk, summary = checking.check_stored_file(
        path=str(path), file_name="处罚.csv", department_code="market_regulation", source="",
        submitted_on="2026-11-23", served_on="2026-11-20", overrides=["I-102"],
    )  # fmt: skip
    assert (summary.rows, summary.accepted, summary.counted_independently, summary.persons_refused) == (1, 1, 1, 0)
    assert chunk.rows["served_on"].to_list() == [date(2026, 11, 20)]


def test_a_file_whose_rows_do_not_add_up_is_refused_as_a_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("publiccredit.intake.reading.text.count_text_rows", lambda **_: 2)
    with pytest.raises(UnableToRead) as refused:
        list(checking.check_file(path=write(tmp_path / "a.csv", row()), context=context()))
    assert "读出 1 行，另一种方法清点为 2 行" in refused.value.message


@pytest.mark.parametrize(
    ("department", "source", "words"),
    [
        ("market_regulation", "taxation/penalty", "不报送数据来源“taxation/penalty”"),
        ("credit_office", None, "没有可报送的数据来源"),
    ],
)
def test_a_file_of_nobodys_source_is_refused(tmp_path, department, source, words):
    path = write(tmp_path / "a.csv", row())
    told = CheckContext(department_code=department, submitted_on=TODAY)
    with pytest.raises(UnableToRead) as refused:
        list(checking.check_file(path=path, context=told, source=source))
    assert words in refused.value.message


def test_a_record_type_that_two_sources_carry_asks_which_one():
    source = catalogue.source(name="market_regulation/penalty")
    other = source.model_copy(update={"name": "market_regulation/food_penalty", "title": "食品处罚"})
    with pytest.raises(UnableToRead) as refused:
        checking.source_of(recognition=recognition(rulebook()), sources=(source, other))
    assert "market_regulation/penalty" in refused.value.message
    assert "食品处罚（market_regulation/food_penalty）" in refused.value.message


def test_a_file_under_the_wrong_source_is_told_which_source_it_looks_like(tmp_path):
    path = write(tmp_path / "a.csv", row())
    with pytest.raises(UnableToRead) as refused:
        list(checking.check_file(path=path, context=context(), source="market_regulation/licence"))
    assert refused.value.code == "F-163"
    assert refused.value.message == (
        f"所选数据来源是“{catalogue.source(name='market_regulation/licence').title}”，文件的表头却是“行政处罚”。"
        f"请改选数据来源“{catalogue.source(name='market_regulation/penalty').title}”后重新报送；"
        "或者不指定，由系统按表头识别。（F-163，平台报送规则）"
    )
