"""Properties of recognition and of the two counts, on files made up by Hypothesis."""

import tempfile
from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publiccredit.catalogue.types import Form
from publiccredit.intake.reading import OpenedFile, candidates, open_file
from publiccredit.intake.types import ROW, UnableToRead
from tests.files import HEADERS, ROW_1, own_form, record_type, write_csv, write_xlsx

FIELDS = ("name", "uscc", "document_number", "decided_on", "amount", "remark")
NOISE = st.sampled_from(["", "*", "（必填）", " ", "【选填】", "\n"])
CELL = st.one_of(
    st.just(""),
    st.text(alphabet='甲乙1a,;"\t \n\\:', max_size=6),
)
files = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def opened(rows: list[list[str]], kind: str, delimiter: str = ",") -> tuple[OpenedFile, list[dict[str, object]]]:
    with tempfile.TemporaryDirectory() as folder:
        path = (
            write_xlsx(Path(folder), {"数据": rows})
            if kind == "xlsx"
            else write_csv(Path(folder), rows, delimiter=delimiter)
        )
        file = open_file(path=path, candidates=own_form())
        read = pl.concat([chunk.rows for chunk in file.chunks()]).to_dicts()
        assert file.counted() == len(read)
        return file, read


def full_width(header: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in header)


@files
@given(
    order=st.permutations(range(len(HEADERS))),
    above=st.integers(0, 10),
    left=st.integers(0, 3),
    noise=st.tuples(*[NOISE] * len(HEADERS)),
    wide=st.booleans(),
    kind=st.sampled_from(["xlsx", "csv"]),
)
def test_columns_in_any_order_and_headers_in_any_dress_are_the_same_form(
    order: list[int], above: int, left: int, noise: tuple[str, ...], wide: bool, kind: str
) -> None:
    titles = [full_width(HEADERS[i]) if wide else HEADERS[i] for i in order]
    header = [""] * left + [title + noise[i] for title, i in zip(titles, order, strict=True)]
    row = [""] * left + [ROW_1[i] for i in order]
    file, read = opened([[f"说明 {n}"] for n in range(above)] + [header, row], kind)
    assert file.recognition.form == "sample_decision"
    assert file.recognition.sheets[0].header_row == above + 1
    assert [{name: r[name] for name in (ROW, *FIELDS)} for r in read] == [
        {ROW: above + 2, **{f: cell or None for f, cell in zip(FIELDS, ROW_1, strict=True)}}
    ]


@files
@given(
    rows=st.lists(st.lists(CELL, min_size=len(HEADERS), max_size=len(HEADERS)), min_size=1, max_size=12),
    delimiter=st.sampled_from([",", "\t", ";", "|"]),
)
def test_both_counts_of_a_text_file_agree(rows: list[list[str]], delimiter: str) -> None:
    filled = [(n, row) for n, row in enumerate(rows, 2) if any(cell.strip(" \t\r\n") for cell in row)]
    # A value that is nothing but quotation marks and separators: the counting parser may take its row for empty.
    telling = [row for _, row in filled if any(cell.strip(' \t\r\n"' + delimiter) for cell in row)]
    if len(telling) < len(filled) or not filled:
        return
    _, read = opened([list(HEADERS), *rows], "csv", delimiter)
    assert [(r[ROW], *(r[f] for f in FIELDS)) for r in read] == [(n, *(c or None for c in row)) for n, row in filled]


@files
@given(rows=st.lists(st.lists(CELL, min_size=len(HEADERS), max_size=len(HEADERS)), min_size=1, max_size=12))
def test_both_counts_of_a_workbook_agree(rows: list[list[str]]) -> None:
    numbers = [n for n, row in enumerate(rows, 2) if any(cell.strip(" \t\r\n") for cell in row)]
    if numbers:
        assert [r[ROW] for r in opened([list(HEADERS), *rows], "xlsx")[1]] == numbers


@files
@given(lines=st.lists(st.text(alphabet='甲a,;"', min_size=1, max_size=8), min_size=1, max_size=8))
def test_text_that_follows_no_rule_is_refused_or_counted_alike(lines: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_csv(Path(folder), [HEADERS])
        path.write_text(path.read_text() + "\n".join(lines))
        file = open_file(path=path, candidates=own_form())
        try:
            read = sum(chunk.rows.height for chunk in file.chunks())
        except UnableToRead as error:
            assert error.code in {"F-102", "F-134", "F-135"}
        else:
            # Where quotation marks stand anyhow the counts may differ, and the file is refused as a whole for it.
            if not any('"' in line for line in lines):
                assert read == file.counted() == sum(line.strip(",") != "" for line in lines)


def test_a_form_of_another_platform_wins_where_its_own_words_stand(tmp_path: Path) -> None:
    form = Form.model_validate(
        {
            "name": "sample_pinyin",
            "title": "省平台格式",
            "record_type": "sample_decision",
            "source": "tests",
            "confidence": "K",
            "from": "2020-01-01",
            "fingerprint": ["YL_0", "YL_2"],
            "waived": ["uscc"],
            "columns": [
                {"header": "YL_0", "field": "name"},
                {"header": "YL_2", "field": "document_number"},
                {"header": "YL_3", "field": "decided_on"},
                {"header": "YL_5", "set_aside": "不用"},
            ],
        }
    )
    known = candidates(record_types=[record_type()], forms=[form])
    path = write_csv(tmp_path, [["YL_0", "YL_2", "YL_3", "YL_5", "又一列"], ["甲", "1", "2026-01-01", "x", "y"]])
    recognition = open_file(path=path, candidates=known).recognition
    assert recognition.form == "sample_pinyin"
    assert [(c.letter, c.field, c.set_aside) for c in recognition.sheets[0].columns] == [
        ("A", "name", None),
        ("B", "document_number", None),
        ("C", "decided_on", None),
        ("D", None, "不用"),
        ("E", None, None),
    ]


def test_two_forms_that_fit_equally_are_named(tmp_path: Path) -> None:
    twin = record_type().model_copy(update={"name": "other_decision", "standard": "另一标准"})
    known = candidates(record_types=[record_type(), twin], forms=[])
    try:
        open_file(path=write_csv(tmp_path, [HEADERS, ROW_1]), candidates=known)
    except UnableToRead as error:
        assert (error.code, error.message[:30]) == ("F-105", "第 1 行的表头同样符合多个模板：“none”、“另一标准”。"[:30])
    else:
        raise AssertionError("one of two equal forms was taken")


def test_a_header_in_two_rows_is_followed_to_its_last(tmp_path: Path) -> None:
    codes = [f"YL_{n}" for n in range(6)]
    path = write_xlsx(tmp_path, {"数据": [HEADERS, codes, ROW_1]})
    file = open_file(path=path, candidates=own_form())
    assert file.recognition.sheets[0].header_row == 2
    assert [row for chunk in file.chunks() for row in chunk.rows[ROW]] == [3]
    assert file.counted() == 1
