"""A small workbook, its marks, and what two other programs read of the answer."""

import re
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import openpyxl
import polars as pl
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from publiccredit.intake.annotation.marking import marked_in_place
from publiccredit.intake.annotation.marks import Marks
from publiccredit.intake.reading import open_file
from publiccredit.intake.types import ACCEPTED, DUPLICATE, OUTCOME, RETURNED, ROW, SHEET
from tests import hostile
from tests.files import HEADERS, ROW_1, ROW_2, own_form

ROW_3 = ("濉溪县丙公司", "91000000000000003X", "濉罚〔2026〕3号", "2026-13-40", 12, "")
MESSAGE = "第 4 行“决定日期”为“2026-13-40”，不是有效日期。"
SHEET_1 = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
RETURN_FILL = "FFF4CCCC"
IDENTITY_NUMBER = "110000199001011234"  # no check digit fits: nobody's number
PERSON = ("示例某人", IDENTITY_NUMBER, f"濉罚{IDENTITY_NUMBER}", "2026-11-03", 12, "某村")


def written(folder: Path, *, rows: Iterable[Iterable[object]] = (HEADERS, ROW_1, ROW_2, ROW_3)) -> Path:
    path = folder / "报送.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("数据")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


def issues(*, row: int = 4, column: str = "D", code: str = "D-101") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "sheet": ["数据"],
            "row": [row],
            "column": ["决定日期"],
            "column_letter": [column],
            "field": ["decided_on"],
            "code": [code],
            "severity": ["return"],
            "found": ["2026-13-40"],
            "expected": ["日期"],
            "message": [MESSAGE],
        }
    )


def marks(found: pl.DataFrame | None = None, *, first: int = 2) -> Marks:
    words = [ACCEPTED, DUPLICATE, RETURNED]
    outcomes = pl.DataFrame({SHEET: ["数据"] * 3, ROW: [first, first + 1, first + 2], OUTCOME: words})
    return Marks.of(issues=issues() if found is None else found, outcomes=outcomes)


def answered(original: Path, said: Marks | None = None, *, name: str = "核验.xlsx") -> Path:
    """Mark a workbook where it stands, and have it read by another program too."""
    target = original.with_name(name)
    recognition = open_file(path=original, candidates=own_form()).recognition
    assert marked_in_place(original=original, recognition=recognition, marks=said or marks(), target=target)
    return target


def refused(original: Path, said: Marks | None = None) -> bool:
    target = original.with_name("不标.xlsx")
    recognition = open_file(path=original, candidates=own_form()).recognition
    done = marked_in_place(original=original, recognition=recognition, marks=said or marks(), target=target)
    return not done and not target.exists()


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def cells(path: Path, sheet: str = "数据") -> list[list[object]]:
    """Give the cells as calamine reads them."""
    return CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def changed(folder: Path, change: Callable[[str, bytes], bytes], *, original: Path | None = None) -> Path:
    return hostile.rewritten(original or written(folder), change)


def in_sheet(change: Callable[[bytes], bytes]) -> Callable[[str, bytes], bytes]:
    return lambda name, content: change(content) if name == SHEET_1 else content


def edited(folder: Path, edit: Callable[[Worksheet], object]) -> Path:
    path = written(folder)
    book = openpyxl.load_workbook(path)
    edit(book["数据"])
    book.save(path)
    return path


def is_marked(path: Path) -> bool:
    """Tell whether both readers find the marks at their cells, and every value that was there."""
    book = openpyxl.load_workbook(path)
    sheet = book["数据"]
    values = [["" if c.value is None else c.value for c in row] for row in sheet.iter_rows(max_col=7)]
    said = [[*HEADERS, "核验结果"], [*ROW_1, "接受"], [*ROW_2, "重复"], [*ROW_3, "退回"]]
    fills = {c.coordinate: c.fill.fgColor.rgb for row in sheet.iter_rows() for c in row if c.fill.fill_type}
    notes = {c.coordinate: c.comment.text for row in sheet.iter_rows() for c in row if c.comment}
    assert (values[:4], [cell for row in values[4:] for cell in row if cell]) == (said, [])
    assert cells(path) == said
    assert (fills["D4"], fills["G4"], notes["D4"]) == (RETURN_FILL, RETURN_FILL, MESSAGE)
    assert [c.value for c in book["核验问题"][2]][:4] == ["数据", 4, "决定日期", "D"]
    return True


def inline(path: Path) -> Callable[[str, bytes], bytes]:
    strings = re.findall(rb"<si>(.*?)</si>", parts(path)[STRINGS])

    def spelled(found: re.Match[bytes]) -> bytes:
        return b'<c r="%b" t="inlineStr"><is>%b</is></c>' % (found[1], strings[int(found[2])])

    return in_sheet(lambda xml: re.sub(rb'<c r="(\w+)" t="s"><v>(\d+)</v></c>', spelled, xml))


def notes_of(path: Path) -> dict[str, tuple[str, str]]:
    sheet = openpyxl.load_workbook(path)["数据"]
    return {c.coordinate: (c.comment.text, c.comment.author) for r in sheet.iter_rows() for c in r if c.comment}


def boxes_of(path: Path) -> list[tuple[int, int]]:
    said = [content for name, content in parts(path).items() if name.endswith(".vml")]
    assert len(said) == 1
    found = re.findall(rb"<(?:\w+:)?Row>(\d+)</(?:\w+:)?Row><(?:\w+:)?Column>(\d+)<", said[0])
    numbers = re.findall(rb'id="(_x0000_s\d+)"', said[0])
    assert len(numbers) == len(set(numbers)) == len(found)
    return sorted((int(row) + 1, int(column)) for row, column in found)


def nowhere(path: Path, *words: str) -> bool:
    """Tell whether none of these words is in any part of a workbook."""
    said = b"".join(parts(path).values()).decode(errors="replace")
    return all(word not in said for word in words)
