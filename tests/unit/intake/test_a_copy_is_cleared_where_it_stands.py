"""The copy that is kept says nothing of persons, and is otherwise the workbook that was sent, formats and all."""

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from publiccredit.intake.clearing import CLEARED, cleared
from publiccredit.intake.reading import open_file
from tests.files import HEADERS, ROW_1, ROW_2, own_form
from tests.marked import (
    IDENTITY_NUMBER,
    PERSON,
    SHEET_1,
    STRINGS,
    cells,
    changed,
    edited,
    in_sheet,
    inline,
    notes_of,
    nowhere,
    parts,
    written,
)

MASKED = "110000************"
ROWS = (HEADERS, ROW_1, ROW_2, PERSON)


def copied(original: Path, *, persons: dict[tuple[str, int], int] | None = None) -> Path | None:
    """Clear a workbook and give the copy, or nothing where nothing was to be taken out."""
    target = original.with_name("留存.xlsx")
    recognition = open_file(path=original, candidates=own_form()).recognition
    # The small form of the tests is in no pack: which of its columns identify is not known there.
    done = cleared(
        original=original,
        recognition=replace(recognition, record_type="administrative_penalty"),
        persons={("数据", 4): 1} if persons is None else persons,
        target=target,
    )
    assert done is target.exists()
    if done:
        assert nowhere(target, IDENTITY_NUMBER, PERSON[0])
    return target if done else None


def test_rows_of_persons_are_emptied_and_everything_else_stays(tmp_path: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        for column, value in enumerate(PERSON, 1):
            sheet.cell(4, column).value = value
        listed = DataValidation(type="list", formula1='"甲,乙"')
        listed.add("F2:F100")
        sheet.add_data_validation(listed)
        sheet["A4"].comment = Comment(f"{PERSON[0]}到场", "经办人")
        sheet["A2"].comment = Comment("请核对", "经办人")
        sheet["B4"].hyperlink = f"https://example.invalid/{IDENTITY_NUMBER}"
        sheet["B2"].hyperlink = "https://example.invalid/2"
        sheet["C2"].fill = sheet["C4"].fill = PatternFill("solid", fgColor="FF00FF00")
        sheet.freeze_panes = "B2"
        assert sheet.parent is not None
        sheet.parent.properties.title = PERSON[0]

    original = edited(tmp_path, edit)
    copy = copied(original)
    assert copy is not None
    assert cells(copy) == [list(HEADERS), list(ROW_1), list(ROW_2), ["", CLEARED, "", "", "", ""]]
    sheet = openpyxl.load_workbook(copy)["数据"]
    assert [one.formula1 for one in sheet.data_validations.dataValidation] == ['"甲,乙"']
    assert (sheet["C2"].fill.fgColor.rgb, sheet["C4"].fill.fgColor.rgb) == ("FF00FF00", "FF00FF00")
    assert sheet.freeze_panes == "B2"
    assert sheet["B2"].hyperlink.target == "https://example.invalid/2"
    assert notes_of(copy) == {"A2": ("请核对", "经办人")}
    assert [name for name in parts(copy) if name.startswith("docProps")] == []
    before, after = parts(original), parts(copy)
    assert [name for name in before if name in after and name.startswith(("xl/styles", "xl/theme"))] == [
        name for name in after if name.startswith(("xl/styles", "xl/theme")) and before[name] == after[name]
    ]


def test_rows_that_name_nobody_keep_their_bytes(tmp_path: Path) -> None:
    original = written(tmp_path, rows=ROWS)
    copy = copied(original)
    assert copy is not None
    before, after = parts(original)[SHEET_1], parts(copy)[SHEET_1]
    start = before.index(b'<row r="4"')
    assert after.startswith(before[:start])
    assert after.endswith(before[before.index(b"</sheetData>") :])


def test_a_file_that_names_nobody_is_not_copied(tmp_path: Path) -> None:
    assert copied(written(tmp_path), persons={}) is None


@pytest.mark.parametrize("spelled", ["shared", "in its cell", "as a number", "as a number with an exponent"])
def test_numbers_elsewhere_keep_their_region(tmp_path: Path, spelled: str) -> None:
    path = written(tmp_path, rows=(HEADERS, ROW_1, ROW_2, (*ROW_2[:5], f"见{IDENTITY_NUMBER}")))
    if spelled == "in its cell":
        path = changed(tmp_path, inline(path), original=path)
        path = changed(tmp_path, _without_strings, original=path.rename(tmp_path / "原.xlsx"))
    elif spelled != "shared":
        value = {"as a number": IDENTITY_NUMBER, "as a number with an exponent": "1.10000199001011E+17"}[spelled]
        path = changed(tmp_path, in_sheet(lambda xml: _number_in(xml, value)), original=path)
    copy = copied(path, persons={})
    assert copy is not None
    assert cells(copy)[3][5] == (f"见{MASKED}" if spelled in ("shared", "in its cell") else MASKED)


def _without_strings(name: str, content: bytes) -> bytes:
    return b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>' if name == STRINGS else content


def _number_in(xml: bytes, value: str) -> bytes:
    start = xml.index(b'<c r="F4"')
    end = xml.index(b"</c>", start)
    return xml[:start] + f'<c r="F4"><v>{value}</v>'.encode() + xml[end:]


def test_of_a_sheet_no_check_looks_at_the_whole_row_goes(tmp_path: Path) -> None:
    path = tmp_path / "报送.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet, aside = book.add_worksheet("数据"), book.add_worksheet("名单")
        for number, row in enumerate((HEADERS, ROW_1, ROW_2, ROW_2)):
            sheet.write_row(number, 0, row)
        aside.write_row(0, 0, ["姓名", "证件"])
        aside.write_row(1, 0, [PERSON[0], IDENTITY_NUMBER])
        aside.write_comment("A2", f"{PERSON[0]}本人")
        aside.write_row(2, 0, ["合计", 1])
    copy = copied(path, persons={})
    assert copy is not None
    assert cells(copy, "名单") == [["姓名", "证件"], ["", ""], ["合计", 1.0]]


def test_what_is_said_around_the_rows_is_masked(tmp_path: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        sheet.oddHeader.center.text = f"填表人 {IDENTITY_NUMBER}"
        listed = DataValidation(type="list", formula1=f'"甲,{IDENTITY_NUMBER}"', prompt=f"照 {IDENTITY_NUMBER} 填")
        listed.add("F2:F100")
        sheet.add_data_validation(listed)
        sheet["C2"].comment = Comment(f"对照 {IDENTITY_NUMBER}", "经办人")
        sheet["C2"].hyperlink = f"https://example.invalid/{IDENTITY_NUMBER}"

    copy = copied(edited(tmp_path, edit), persons={})
    assert copy is not None
    sheet = openpyxl.load_workbook(copy)["数据"]
    (listed,) = sheet.data_validations.dataValidation
    assert sheet.oddHeader.center.text == f"填表人 {MASKED}"
    assert (listed.formula1, listed.prompt) == (f'"甲,{MASKED}"', f"照 {MASKED} 填")
    assert (sheet["C2"].comment.text, sheet["C2"].hyperlink.target) == (
        f"对照 {MASKED}",
        f"https://example.invalid/{MASKED}",
    )


def _with_a(kind: str, folder: Path) -> Path:
    path = folder / "报送.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("数据")
        for number, row in enumerate(ROWS):
            sheet.write_row(number, 0, row)
        if kind == "chart":
            chart = book.add_chart({"type": "column"})
            chart.add_series({"values": "=数据!$E$2:$E$4"})
            sheet.insert_chart("J2", chart)
        else:
            aside = book.add_worksheet("汇总")
            aside.write_formula("A1", "=数据!A4", None, PERSON[0])
            aside.write("B1", IDENTITY_NUMBER if kind == "formula beside a number" else "共一人")
    return path


def test_formulas_are_kept_without_what_they_came_to(tmp_path: Path) -> None:
    copy = copied(_with_a("formula", tmp_path))
    assert copy is not None
    assert cells(copy, "汇总") == [["", "共一人"]]
    assert openpyxl.load_workbook(copy)["汇总"]["A1"].value == "=数据!A4"


@pytest.mark.parametrize("kind", ["chart", "formula beside a number"])
def test_where_something_may_repeat_a_person_only_the_cells_are_kept(tmp_path: Path, kind: str) -> None:
    copy = copied(_with_a(kind, tmp_path))
    assert copy is not None
    assert cells(copy) == [list(HEADERS), list(ROW_1), list(ROW_2), ["", CLEARED, "", "", "", ""]]
    assert [name for name in parts(copy) if "chart" in name] == []
    assert b"<f>" not in b"".join(parts(copy).values())


def test_a_number_cut_into_runs_in_a_note_is_not_kept(tmp_path: Path) -> None:
    path = edited(tmp_path, lambda sheet: setattr(sheet["C2"], "comment", Comment(f"对照{IDENTITY_NUMBER}", "经办人")))
    half = f"{IDENTITY_NUMBER[:9]}</t></r><r><t>{IDENTITY_NUMBER[9:]}"

    def cut(name: str, content: bytes) -> bytes:
        text = content.replace(IDENTITY_NUMBER.encode(), half.encode())
        return (
            text.replace(b"<t>", b"<r><t>").replace(b"</t></text>", b"</t></r></text>")
            if "comment" in name
            else content
        )

    copy = copied(changed(tmp_path, cut, original=path), persons={})
    assert copy is not None
    assert nowhere(copy, IDENTITY_NUMBER[9:])


def test_a_row_of_a_person_that_is_not_there_is_not_passed_over(tmp_path: Path) -> None:
    copy = copied(written(tmp_path, rows=ROWS), persons={("数据", 4): 1, ("数据", 9): 0})
    assert copy is not None
    assert cells(copy)[3] == ["", CLEARED, "", "", "", ""]
