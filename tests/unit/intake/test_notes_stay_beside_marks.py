"""The notes of the sender stay beside the marks, and the marks of an earlier answer go."""

import re
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from publiccredit.intake.annotation.marks import AUTHOR, Marks
from publiccredit.intake.reading import open_file
from publiccredit.intake.types import ACCEPTED, OUTCOME, ROW, SHEET
from tests.files import HEADERS, ROW_1, ROW_2, own_form
from tests.marked import (
    MESSAGE,
    ROW_3,
    answered,
    boxes_of,
    cells,
    changed,
    edited,
    is_marked,
    issues,
    marks,
    notes_of,
    parts,
    refused,
    written,
)


def noted(sheet: Worksheet) -> None:
    sheet["D4"].comment = Comment("旧批注", "经办人")
    sheet["C2"].comment = Comment("请核对文号", "经办人")


def excel_notes(folder: Path) -> Path:
    path = folder / "报送.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("数据")
        for number, row in enumerate((HEADERS, ROW_1, ROW_2, ROW_3)):
            sheet.write_row(number, 0, row)
        sheet.write_comment("D4", "旧批注", {"author": "经办人"})
        sheet.write_comment("C2", "请核对文号", {"author": "经办人", "x_scale": 3})
    return path


@pytest.mark.parametrize("by", ["openpyxl", "xlsxwriter"])
def test_notes_of_the_sender_stay_and_the_mark_takes_the_place_of_one(tmp_path: Path, by: str) -> None:
    path = edited(tmp_path, noted) if by == "openpyxl" else excel_notes(tmp_path)
    before = parts(path)
    answer = answered(path)
    assert is_marked(answer)
    assert notes_of(answer) == {"D4": (MESSAGE, AUTHOR), "C2": ("请核对文号", "经办人")}
    assert boxes_of(answer) == [(2, 2), (4, 3)]
    assert parts(answer).keys() - before.keys() == {"xl/worksheets/sheet2.xml"}
    if by == "xlsxwriter":
        (box,) = re.findall(rb"<v:shape [^>]*>.*?<x:Row>1</x:Row>.*?</v:shape>", before["xl/drawings/vmlDrawing1.vml"])
        assert box in parts(answer)["xl/drawings/vmlDrawing1.vml"]


@pytest.mark.parametrize("saved_by", ["nobody", "openpyxl"])
def test_an_answer_sent_again_loses_its_marks_and_keeps_the_notes_of_the_sender(tmp_path: Path, saved_by: str) -> None:
    once = answered(excel_notes(tmp_path))
    if saved_by == "openpyxl":
        openpyxl.load_workbook(once).save(once)
    right = pl.DataFrame({SHEET: ["数据"] * 3, ROW: [2, 3, 4], OUTCOME: [ACCEPTED] * 3})
    again = answered(once, Marks.of(issues=issues().clear(), outcomes=right), name="又核验.xlsx")
    assert notes_of(again) == {"C2": ("请核对文号", "经办人")}
    assert boxes_of(again) == [(2, 2)]
    book = openpyxl.load_workbook(again)
    assert book.sheetnames == ["数据", "核验问题"]
    assert book["核验问题"].max_row == 1
    assert [c.coordinate for row in book["数据"].iter_rows(min_row=2) for c in row if c.fill.fill_type] == []
    assert cells(again) == [[*HEADERS, "核验结果"], [*ROW_1, "接受"], [*ROW_2, "接受"], [*ROW_3, "接受"]]
    third = answered(again, name="三核验.xlsx")
    assert is_marked(third)
    assert parts(third).keys() == parts(once).keys()


def test_a_cell_marked_again_looks_as_it_did_the_first_time(tmp_path: Path) -> None:
    once = answered(edited(tmp_path, lambda sheet: setattr(sheet["D4"], "number_format", "@")))
    again = answered(once, name="又核验.xlsx")
    assert is_marked(again)
    assert openpyxl.load_workbook(again)["数据"]["D4"].number_format == "@"


def test_the_sheet_of_issues_of_a_workbook_written_anew_is_replaced_with_its_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from publiccredit.intake.annotation.rewriting import write_marked
    from publiccredit.intake.annotation.sheets import open_sheets

    original = written(tmp_path)
    recognition = open_file(path=original, candidates=own_form()).recognition
    anew = tmp_path / "重写.xlsx"
    with open_sheets(original=original, recognition=recognition) as sheets:
        write_marked(sheets=sheets, recognition=recognition, marks=marks(), target=anew)
    assert openpyxl.load_workbook(anew)["核验问题"]["A1"].comment is not None
    answer = answered(anew)
    assert is_marked(answer)
    assert openpyxl.load_workbook(answer)["核验问题"]["A1"].comment is None
    assert len([name for name in parts(answer) if "comments" in name]) == 1


def with_a_button(folder: Path) -> Path:
    path = folder / "报送.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("数据")
        for number, row in enumerate((HEADERS, ROW_1, ROW_2, ROW_3)):
            sheet.write_row(number, 0, row)
        sheet.insert_button("J1", {"caption": "按钮"})
    return path


def test_a_button_stays_among_the_boxes_of_notes(tmp_path: Path) -> None:
    answer = answered(with_a_button(tmp_path))
    assert is_marked(answer)
    (boxes,) = [content for name, content in parts(answer).items() if name.endswith(".vml")]
    assert (boxes.count(b'ObjectType="Button"'), boxes.count(b'ObjectType="Note"')) == (1, 1)
    assert boxes.count(b'id="_x0000_t202"') == 1


def test_a_button_in_words_of_its_own_is_not_touched(tmp_path: Path) -> None:
    def change(name: str, content: bytes) -> bytes:
        return (
            re.sub(rb"(</?|xmlns:)x:?(?=[:A-Z=])", rb"\1y:", content).replace(b"xmlns:y:", b"xmlns:y")
            if name.endswith(".vml")
            else content
        )

    assert refused(changed(tmp_path, change, original=with_a_button(tmp_path)))
