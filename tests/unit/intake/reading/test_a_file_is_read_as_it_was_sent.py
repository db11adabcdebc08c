import datetime as dt
import json
from pathlib import Path

import openpyxl
import pytest

from publiccredit.intake.reading import open_file
from publiccredit.intake.types import ROW, SHEET
from tests import hostile
from tests.files import HEADERS, ROW_1, ROW_2, Rows, own_form, write_csv, write_xlsx

FIELDS = ("name", "uscc", "document_number", "decided_on", "amount", "remark")
EXPECTED_1 = tuple(cell or None for cell in ROW_1)
EXPECTED_2 = tuple(cell or None for cell in ROW_2)


def read(path: Path) -> list[tuple[object, ...]]:
    opened = open_file(path=path, candidates=own_form())
    rows = [row for chunk in opened.chunks() for row in chunk.rows.select(SHEET, ROW, *FIELDS).rows()]
    assert opened.counted() == len(rows)
    return rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_separated_text_is_read_in_every_encoding(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = write_csv(tmp_path, [HEADERS, ROW_1, ROW_2], encoding=encoding, delimiter=delimiter)
    assert read(path) == [("", 2, *EXPECTED_1), ("", 3, *EXPECTED_2)]


def test_a_workbook_is_read_with_the_numbers_its_rows_show(tmp_path: Path) -> None:
    rows: Rows = [["2026年11月样例决定"], [], HEADERS, ROW_1, [], ROW_2, [], []]
    path = write_xlsx(tmp_path, {"十一月": rows, "填写说明": [["请逐行填写"]]})
    assert read(path) == [("十一月", 4, *EXPECTED_1), ("十一月", 6, *EXPECTED_2)]
    recognition = open_file(path=path, candidates=own_form()).recognition
    assert [(s.sheet, s.header_row) for s in recognition.sheets] == [("十一月", 3)]
    assert [(s.sheet, s.reason) for s in recognition.skipped] == [("填写说明", "没有表头的说明或代码表")]


def test_line_breaks_inside_quotation_marks_belong_to_the_cell(tmp_path: Path) -> None:
    first = ("甲\n公司", *ROW_1[1:])
    assert read(write_csv(tmp_path, [HEADERS, first, ROW_2])) == [
        ("", 2, "甲\n公司", *EXPECTED_1[1:]),
        ("", 3, *EXPECTED_2),
    ]


def test_json_lines_are_read_with_headers_or_field_codes(tmp_path: Path) -> None:
    path = tmp_path / "报送.jsonl"
    first = {"YL_0": "甲", "YL_1": 913, "YL_2": "1号", "YL_3": "2026-01-01", "YL_4": 1.50, "YL_5": None}
    second = {"YL_0": "乙", "YL_1": "X", "YL_2": "2号", "YL_3": True, "YL_5": " "}
    path.write_text(f"{json.dumps(first)}\n\n{json.dumps(second)}\n{json.dumps({'YL_0': ''})}\n")
    assert read(path) == [
        ("", 1, "甲", "913", "1号", "2026-01-01", "1.5", None),
        ("", 3, "乙", "X", "2号", "TRUE", None, " "),
    ]
    opened = open_file(path=path, candidates=own_form())
    assert [f for chunk in opened.chunks() for f in chunk.rows["uscc_number"]] == [True, False]


def test_cells_of_a_workbook_keep_what_they_say(tmp_path: Path) -> None:
    path = tmp_path / "报送.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEADERS)
    sheet.append([123456, 913406, dt.datetime.fromisoformat("2026-01-02 03:04:05"), dt.date(2026, 1, 2), 0.1, False])
    sheet["F3"], sheet["F3"].data_type = "#REF!", "e"
    sheet["A4"], sheet["B4"] = dt.time(3, 4), 1e20
    book.save(path)
    rows = [row for chunk in open_file(path=path, candidates=own_form()).chunks() for row in chunk.rows.rows()]
    assert [row[1:] for row in rows] == [
        (2, "123456", "913406", "2026-01-02 03:04:05", "2026-01-02", "0.1", "FALSE", True),
        (3, None, None, None, None, None, "#REF!", False),
        (4, "03:04:00", "100000000000000000000", None, None, None, None, True),
    ]


def test_an_old_workbook_is_read_alike(tmp_path: Path) -> None:
    path = hostile.old_workbook(tmp_path, lambda sheet: [sheet.write(5, c, v) for c, v in enumerate((7, 12.5, "  "))])
    assert read(path) == [
        ("数据", 2, *EXPECTED_1),
        ("数据", 3, *EXPECTED_2),
        ("数据", 6, "7", "12.5", "  ", None, None, None),
    ]


@pytest.mark.parametrize("kind", ["xlsx", "csv", "jsonl"])
def test_a_row_of_wide_blanks_is_no_row_for_either_parser(tmp_path: Path, kind: str) -> None:
    wide = ("\u3000", " \u3000 ", "\u3000\u3000", "", "", "\u3000")
    if kind == "xlsx":
        path = write_xlsx(tmp_path, {"数据": [HEADERS, ROW_1, wide, ROW_2]})
    elif kind == "csv":
        path = write_csv(tmp_path, [HEADERS, ROW_1, wide, ROW_2])
    else:
        path = tmp_path / "a.jsonl"
        lines = [json.dumps(dict(zip(HEADERS, row, strict=True)), ensure_ascii=False) for row in (ROW_1, wide, ROW_2)]
        escaped = json.dumps(dict(zip(HEADERS, wide, strict=True)))
        path.write_text("\n".join([lines[0], lines[1], escaped, lines[2]]), encoding="utf-8")
    assert [row[2] for row in read(path)] == [ROW_1[0], ROW_2[0]]
