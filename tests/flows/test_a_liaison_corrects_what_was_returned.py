"""The workbook comes back from its sealed original with its cells marked, and what is corrected in it is filed alone."""

import io
from pathlib import Path
from typing import IO

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from publiccredit.intake.models import Submission
from publiccredit.intake.operations import file_submission, receive_submission
from publiccredit.intake.queries import annotated_workbook
from publiccredit.subjects.models import Record
from tests.factories import penalty_row, sent_csv
from tests.flows.filing import AT, LIAISON, check_here, outcome

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program")]

ROWS = [
    penalty_row(1),
    penalty_row(2, penalty_kind="罚酒三杯"),
    penalty_row(3),
    penalty_row(4, decided_on="2027-01-01"),
]


def _lines(rows: list[dict[str, str]] | None = None) -> list[list[str]]:
    import csv

    return list(csv.reader(io.StringIO(sent_csv(rows or ROWS).decode())))


def _xlsx(rows: list[dict[str, str]] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.append(["濉溪县市场监督管理局行政处罚信息"])
    for line in _lines(rows):
        sheet.append(line)
    return _saved(book)


def _saved(book: openpyxl.Workbook) -> bytes:
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _xls(folder: Path) -> bytes:
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("数据")
    for number, line in enumerate(_lines()):
        for column, cell in enumerate(line):
            if cell:
                sheet.write(number, column, cell)
    book.save(str(folder / "a.xls"))
    return (folder / "a.xls").read_bytes()


def _jsonl() -> bytes:
    import json

    titles, *rows = _lines()
    return "\n".join(json.dumps(dict(zip(titles, row, strict=True)), ensure_ascii=False) for row in rows).encode()


def _send(content: bytes | IO[bytes], name: str) -> Submission:
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    received = receive_submission(
        by=LIAISON, department_code="market_regulation", file=stream, file_name=name, channel="page", at=AT
    )
    return file_submission(submission_id=received.pk, at=AT, check=check_here)


@pytest.mark.parametrize("kind", ["xlsx", "xls", "csv", "jsonl"])
def test_only_the_corrected_rows_of_the_annotated_workbook_are_filed(kind: str, tmp_path: Path) -> None:
    contents = {"xlsx": _xlsx, "xls": lambda: _xls(tmp_path), "csv": lambda: sent_csv(ROWS), "jsonl": _jsonl}
    first = _send(contents[kind](), f"双公示.{kind}")
    assert outcome(first) == ("filed", 4, 2, 2, 0)

    with annotated_workbook(submission_id=first.pk) as answer:
        book = openpyxl.load_workbook(io.BytesIO(answer.read()))
    corrected = 0
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value == "罚酒三杯":
                    cell.value, corrected = "罚款", corrected + (cell.comment is not None)
                elif cell.value == "2027-01-01":
                    cell.value, corrected = "2026-11-03", corrected + (cell.comment is not None)
    assert corrected == 2
    again = io.BytesIO()
    book.save(again)

    second = _send(again.getvalue(), "双公示-标注.xlsx")
    assert outcome(second) == ("filed", 4, 2, 0, 2)
    assert Record.objects.count() == 4
    third = _send(again.getvalue(), "双公示-标注.xlsx")
    assert outcome(third) == ("filed", 4, 0, 0, 4)


def test_the_annotated_workbook_comes_back_as_it_went_out_with_its_cleared_person_and_notes_of_the_liaison() -> None:
    person = penalty_row(5, subject_category="自然人", subject_name="示例某人", subject_uscc="")
    first = _send(_xlsx([*ROWS, person]), "双公示.xlsx")
    assert outcome(first) == ("filed", 5, 2, 3, 0)
    with annotated_workbook(submission_id=first.pk) as answer:
        book = openpyxl.load_workbook(answer)
    again = _send(_saved(book), "标注.xlsx")
    assert outcome(again) == ("filed", 5, 0, 3, 2)
    assert [i.code for i in again.issues.filter(row_number=7)] == ["N-105"]

    sheet = book.worksheets[0]
    kinds = [cell.value for cell in sheet[2]]
    sheet.cell(4, kinds.index("处罚类别") + 1).value = "罚款"
    sheet.cell(2, len(kinds) + 1).value = "我的备注"
    sheet.cell(4, len(kinds) + 1).value = "已改"
    book.create_sheet("给科长看的").append(["本周改了一行"])
    corrected = _send(_saved(book), "标注-改.xlsx")
    assert outcome(corrected) == ("filed", 5, 1, 2, 2)
    found = set(corrected.issues.values_list("row_number", "code"))
    assert {(row, code) for row, code in found if row in (2, 4, 7)} == {(2, "T-103"), (7, "N-105")}
