"""A workbook is given back with its marks, and with all else byte for byte as the sender's program wrote it."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Border, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from publiccredit.intake.annotation.marking import marked_in_place
from publiccredit.intake.reading import open_file
from tests import hostile
from tests.files import HEADERS, ROW_1, ROW_2, own_form
from tests.marked import (
    RETURN_FILL,
    ROW_3,
    SHEET_1,
    STRINGS,
    answered,
    cells,
    changed,
    edited,
    in_sheet,
    inline,
    is_marked,
    issues,
    marks,
    parts,
    refused,
    written,
)


def test_only_what_a_mark_needs_is_written_again(tmp_path: Path) -> None:
    original = written(tmp_path)
    before, after = parts(original), parts(answered(original))
    new = {"xl/comments1.xml", "xl/drawings/vmlDrawing1.vml", "xl/worksheets/sheet2.xml"}
    assert after.keys() - before.keys() == {*new, "xl/worksheets/_rels/sheet1.xml.rels"}
    assert {name for name in before if before[name] != after[name]} == {
        "[Content_Types].xml", SHEET_1, "xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels",
    }  # fmt: skip
    added = rb'<c r="G\d" t="inlineStr"><is><t>[^<]*</t></is></c>'
    accepted, duplicate = (re.search(rb'<row r="%d".*?</row>' % n, after[SHEET_1])[0] for n in (2, 3))
    for row in (accepted, duplicate):
        assert re.sub(added, b"", row) in re.sub(rb' spans="[^"]*"', b"", before[SHEET_1])
        assert len(re.findall(added, row)) == 1
    head, tail = (before[SHEET_1].partition(b"<sheetData>")[0], before[SHEET_1].rpartition(b"</sheetData>")[2])
    assert after[SHEET_1].startswith(head.replace(b"A1:F4", b"A1:G4"))
    assert after[SHEET_1].endswith(tail.replace(b"</worksheet>", b'<legacyDrawing r:id="rIdMarks2"/></worksheet>'))


def test_drop_downs_fills_borders_widths_panes_and_notes_stay(tmp_path: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        listed = DataValidation(type="list", formula1='"甲,乙"', prompt="请选")
        listed.add("F2:F100")
        sheet.add_data_validation(listed)
        sheet.conditional_formatting.add("E2:E9", CellIsRule(operator="greaterThan", formula=["1"], fill=None))
        sheet.freeze_panes = "B2"
        sheet.column_dimensions["C"].width = 31
        sheet.column_dimensions["H"].hidden = True
        sheet.row_dimensions[3].height = 40
        sheet["B3"].fill = sheet["D4"].fill = PatternFill("solid", fgColor="FF00FF00")
        sheet["D4"].border = sheet["C3"].border = Border(left=Side("thick"))
        sheet["D4"].number_format = "@"
        sheet["C2"].comment = Comment("请核对文号", "经办人", width=99, height=33)
        sheet["A1"].hyperlink = "https://example.invalid/form"
        sheet.oddHeader.center.text = "濉溪县行政处罚"
        sheet.print_title_rows = "1:1"

    original = edited(tmp_path, edit)
    answer = answered(original)
    assert is_marked(answer)
    book = openpyxl.load_workbook(answer)
    sheet = book["数据"]
    (listed,) = sheet.data_validations.dataValidation
    assert (listed.formula1, listed.prompt, str(listed.sqref)) == ('"甲,乙"', "请选", "F2:F100")
    assert [str(one.sqref) for one in sheet.conditional_formatting] == ["E2:E9"]
    assert (sheet.freeze_panes, sheet.column_dimensions["C"].width, sheet.row_dimensions[3].height) == ("B2", 31, 40)
    assert sheet.column_dimensions["H"].hidden
    assert sheet["B3"].fill.fgColor.rgb == "FF00FF00"
    assert (sheet["D4"].border.left.style, sheet["C3"].border.left.style) == ("thick", "thick")
    assert sheet["D4"].number_format == "@"
    assert (sheet["C2"].comment.text, sheet["C2"].comment.author) == ("请核对文号", "经办人")
    assert sheet["A1"].hyperlink.target == "https://example.invalid/form"
    assert sheet.oddHeader.center.text == "濉溪县行政处罚"
    assert sheet.print_title_rows == "$1:$1"
    boxes = parts(answer)[next(name for name in parts(answer) if name.endswith(".vml"))]
    assert boxes.count(b'ObjectType="Note"') == 2


def test_pictures_and_charts_stay(tmp_path: Path) -> None:
    path = tmp_path / "报送.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("数据")
        for number, row in enumerate((HEADERS, ROW_1, ROW_2, ROW_3)):
            sheet.write_row(number, 0, row)
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=数据!$E$2:$E$4"})
        sheet.insert_chart("J2", chart)
        sheet.insert_textbox("J20", "填表说明")
        sheet.add_sparkline("I2", {"range": "数据!E2:E4"})
    before, after = parts(path), parts(answered(path))
    assert is_marked(path.with_name("核验.xlsx"))
    for name in ("xl/charts/chart1.xml", "xl/drawings/drawing1.xml", "xl/drawings/_rels/drawing1.xml.rels"):
        assert after[name] == before[name]
    assert b"sparklineGroup" in after[SHEET_1]
    order = [after[SHEET_1].index(word) for word in (b"<drawing ", b"<legacyDrawing ", b"<extLst>")]
    assert order == sorted(order)


def test_a_missing_cell_is_marked_as_its_column_looks(tmp_path: Path) -> None:
    path = tmp_path / "报送.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("数据")
        sheet.set_column(1, 1, 20, book.add_format({"num_format": "@", "border": 1}))
        sheet.set_row(2, None, book.add_format({"num_format": "0.00"}))
        for number, row in enumerate((HEADERS, ROW_1, ROW_2, ROW_3)):
            for column, value in enumerate(row):
                if column != 1 or number < 2:
                    sheet.write(number, column, value)
    book = openpyxl.load_workbook(answered(path, marks(pl.concat([issues(column="B"), issues(row=3, column="B")]))))
    looks = [
        (c.fill.fgColor.rgb, c.number_format, c.border.left.style) for c in (book["数据"]["B3"], book["数据"]["B4"])
    ]
    assert looks == [(RETURN_FILL, "0.00", None), (RETURN_FILL, "@", "thin")]


def prefixed(content: bytes, prefix: bytes = b"x") -> bytes:
    """Spell a part with a prefix before every name of its own vocabulary."""
    named = re.sub(rb"<(/?)(?![?!/])([A-Za-z]\w*)(?=[\s/>])", rb"<\1" + prefix + rb":\2", content)
    return re.sub(rb'\sxmlns="', b" xmlns:" + prefix + b'="', named, count=1)


def test_names_with_a_prefix_are_kept(tmp_path: Path) -> None:
    spelled = (SHEET_1, STRINGS, "xl/styles.xml", "xl/workbook.xml")
    path = changed(tmp_path, lambda name, content: prefixed(content) if name in spelled else content)
    answer = answered(path)
    assert is_marked(answer)
    assert b"<x:legacyDrawing r:id=" in parts(answer)[SHEET_1]


def with_every_cell(xml: bytes) -> bytes:
    return xml.replace(b'<c r="F3"', b'<c r="E3"/><c r="F3"')


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: re.sub(rb'<c r="[A-Z]+\d+"', b"<c", with_every_cell(xml)),
        lambda xml: re.sub(rb'(<row) r="\d+"', rb"\1", re.sub(rb'<c r="[A-Z]+\d+"', b"<c", with_every_cell(xml))),
        lambda xml: re.sub(rb'(<row r="\d+") spans="[^"]*"', rb"\1", xml),
        lambda xml: xml.replace(b"<dimension", b"<dimension ").replace(b"><", b">\n  <"),
        lambda xml: re.sub(rb'(r|t)="([^"]*)"', rb"\1 = '\2'", xml).replace(b"r:id = ", b"r:id="),
        lambda xml: re.sub(rb"<dimension[^>]*>", b"", xml),
        lambda xml: xml.replace(b'<row r="2"', b'<row  ht="20" customHeight="1"  r="2"'),
        lambda xml: b"\xef\xbb\xbf" + xml,
        lambda xml: xml.replace(b' xmlns:r="', b' xmlns:anders="'),
        lambda xml: xml.replace(b"</sheetData>", b'<row r="9"/><row r="12" ht="3"><c r="B12" s="0"/></row></sheetData>'),
    ],
    ids=[
        "cells without places",
        "rows and cells without places",
        "rows without spans",
        "on lines of their own",
        "in single quotes",
        "without dimension",
        "attributes in another order",
        "with a byte order mark",
        "another prefix of relations",
        "empty rows behind",
    ],
)  # fmt: skip
def test_a_sheet_is_marked_however_it_is_spelled(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    assert is_marked(answered(changed(tmp_path, in_sheet(change))))


def test_texts_in_the_cells_themselves_are_marked(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert is_marked(answered(changed(tmp_path, inline(path), original=path)))


def test_a_strict_workbook_is_marked(tmp_path: Path) -> None:
    def strict(name: str, content: bytes) -> bytes:
        if name == "[Content_Types].xml":
            return content
        content = content.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        )
        return content.replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        )

    answer = answered(changed(tmp_path, strict))
    assert cells(answer)[3] == [*ROW_3, "退回"]
    after = parts(answer)
    assert b'xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"' in after["xl/comments1.xml"]
    said = after["xl/worksheets/_rels/sheet1.xml.rels"]
    assert said.count(b'Type="http://purl.oclc.org/ooxml/officeDocument/relationships/') == 2


def test_a_workbook_without_styles_is_given_some(tmp_path: Path) -> None:
    def change(name: str, content: bytes) -> bytes:
        return re.sub(rb"<(?:Override|Relationship)\s[^>]*styles[^>]*>", b"", content)

    path = changed(tmp_path, change)
    with zipfile.ZipFile(path) as package, zipfile.ZipFile(tmp_path / "无样式.xlsx", "w") as bare:
        for name in package.namelist():
            if name != "xl/styles.xml":
                bare.writestr(name, package.read(name))
    assert is_marked(answered(tmp_path / "无样式.xlsx"))


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml.replace(b"<sheetData>", b"<sheetData><!-- <row r='1'/> -->"),
        lambda xml: xml.replace(b'encoding="UTF-8"', b'encoding="ISO-8859-1"'),
        lambda xml: re.sub(rb"(<row r=\"2\".*?</row>)(<row r=\"3\".*?</row>)", rb"\2\1", xml),
        lambda xml: xml.replace(b"</sheetData>", b"<?kein Mensch?></sheetData>"),
        lambda xml: xml.replace(b'<c r="D4"', b'<c r="D4" s="77"'),
        lambda xml: re.sub(rb'(<c r="C4".*?</c>)(<c r="D4".*?</c>)', rb"\2\1", xml),
    ],
    ids=["a comment", "another encoding", "rows out of order", "an instruction", "no such style", "cells out of order"],
)  # fmt: skip
def test_what_cannot_be_marked_without_risk_is_left_to_be_written_anew(
    tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    assert refused(changed(tmp_path, in_sheet(change)))


def test_a_conversation_at_a_marked_cell_is_not_cut(tmp_path: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        sheet["D4"].comment = Comment("[Threaded comment]", "tc={00000000-0001-0000-0000-000000000001}")

    assert refused(edited(tmp_path, edit))


def test_of_too_many_rows_none_is_marked_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publiccredit.intake.annotation.marking.workbook.WHOLE_ROWS", 2)
    assert refused(written(tmp_path))


def test_what_is_no_workbook_is_not_marked(tmp_path: Path) -> None:
    recognition = open_file(path=written(tmp_path), candidates=own_form()).recognition
    old = hostile.old_workbook(tmp_path)
    assert marked_in_place(original=old, recognition=recognition, marks=marks(), target=tmp_path / "不标.xlsx") is False
