from pathlib import Path

import pytest

from publiccredit.intake.reading import open_file
from publiccredit.intake.types import ROW, SHEET
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
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
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
