"""Of a workbook that is marked where it stands, no part repeats what was cleared of a person."""

import re
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from publiccredit.intake.annotation.marks import Marks
from tests.files import HEADERS, ROW_1, ROW_2
from tests.marked import (
    IDENTITY_NUMBER,
    PERSON,
    ROW_3,
    STRINGS,
    answered,
    cells,
    changed,
    edited,
    inline,
    issues,
    marks,
    notes_of,
    nowhere,
    parts,
    refused,
    written,
)


def of_a_person() -> Marks:
    return marks(issues(code="P-101", column="B"))


def test_a_string_is_emptied_only_where_nothing_shows_it_any_more(tmp_path: Path) -> None:
    shared = (*ROW_2[:4], "", "某村")
    path = written(tmp_path, rows=(HEADERS, ROW_1, shared, PERSON))
    answer = answered(path, of_a_person())
    assert nowhere(answer, IDENTITY_NUMBER, PERSON[0])
    assert cells(answer)[2:] == [[*shared, "重复"], ["", "（自然人的记录，内容已清空）", "", "", "", "", "退回"]]
    assert len(re.findall(b"<si>", parts(answer)[STRINGS])) == len(re.findall(b"<si>", parts(path)[STRINGS]))


def test_notes_and_links_of_a_person_go(tmp_path: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        for column, value in enumerate(PERSON, 1):
            sheet.cell(4, column).value = value
        sheet["A4"].comment = Comment(f"{PERSON[0]}到场", "经办人")
        sheet["A2"].comment = Comment("请核对", "经办人")
        sheet["A4"].hyperlink = f"https://example.invalid/{IDENTITY_NUMBER}"
        sheet["A2"].hyperlink = "https://example.invalid/2"

    answer = answered(edited(tmp_path, edit), of_a_person())
    assert nowhere(answer, IDENTITY_NUMBER, PERSON[0])
    assert notes_of(answer).keys() == {"A2", "B4"}
    assert openpyxl.load_workbook(answer)["数据"]["A2"].hyperlink.target == "https://example.invalid/2"


@pytest.mark.parametrize("runs", ["whole", "in runs", "in references", "in its cell"])
def test_a_number_in_a_text_is_masked_however_it_is_written(tmp_path: Path, runs: str) -> None:
    path = written(tmp_path, rows=(HEADERS, (f"甲公司{IDENTITY_NUMBER}", *ROW_1[1:]), ROW_2, ROW_3))
    text = f"<t>甲公司{IDENTITY_NUMBER}</t>"
    instead = {
        "whole": text,
        "in runs": f"<r><t>甲公司{IDENTITY_NUMBER[:5]}</t></r><r><t>{IDENTITY_NUMBER[5:]}</t></r>",
        "in references": f"<t>甲公司{''.join(f'&#{ord(digit)};' for digit in IDENTITY_NUMBER)}</t>",
        "in its cell": text,
    }[runs]
    path = changed(tmp_path, lambda _, content: content.replace(text.encode(), instead.encode()), original=path)
    if runs == "in its cell":
        path = changed(tmp_path, inline(path), original=path.rename(tmp_path / "原.xlsx"))
        path = changed(
            tmp_path,
            lambda name, c: b'<sst xmlns="x"/>' if name == STRINGS else c,
            original=path.rename(tmp_path / "二.xlsx"),
        )
    answer = answered(path)
    assert cells(answer)[1][0] == "甲公司110000************"
    assert nowhere(answer, IDENTITY_NUMBER, IDENTITY_NUMBER[5:], "&#49;&#49;")


@pytest.mark.parametrize("kind", ["a chart", "a text box"])
def test_a_workbook_with_persons_that_may_repeat_them_is_written_anew(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "报送.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet, aside = book.add_worksheet("数据"), book.add_worksheet("汇总")
        for number, row in enumerate((HEADERS, ROW_1, ROW_2, PERSON)):
            sheet.write_row(number, 0, row)
        if kind == "a chart":
            chart = book.add_chart({"type": "column"})
            chart.add_series({"values": "=数据!$E$2:$E$4"})
            aside.insert_chart("A1", chart)
        else:
            aside.insert_textbox("A1", PERSON[0])
    assert refused(path, of_a_person())


def test_formulas_stay_without_what_they_came_to(tmp_path: Path) -> None:
    path = tmp_path / "报送.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet, aside = book.add_worksheet("数据"), book.add_worksheet("汇总")
        for number, row in enumerate((HEADERS, ROW_1, ROW_2, PERSON)):
            sheet.write_row(number, 0, row)
        aside.write_row(0, 0, ["首个", 7])
        aside.write_formula("C1", "=数据!A4", None, PERSON[0])
    answer = answered(path, of_a_person())
    assert nowhere(answer, PERSON[0], IDENTITY_NUMBER)
    assert cells(answer, "汇总") == [["首个", 7.0]]
    book = openpyxl.load_workbook(answer)
    assert book["汇总"]["C1"].value == "=数据!A4"
    assert book.calculation.fullCalcOnLoad is True
