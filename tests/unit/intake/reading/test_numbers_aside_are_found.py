"""However a part of a workbook writes a number of a person, it is found; what is as long and no such number is not."""

import io
import zipfile
from pathlib import Path

import pytest

from publiccredit.intake.reading import aside
from publiccredit.intake.reading.limits import USUAL
from publiccredit.intake.reading.meter import Meter
from publiccredit.intake.reading.survey import SheetSurveyor, Survey

NUMBER = "000000198706057014"
WIDE = NUMBER.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
NOTE = "xl/comments/comment1.xml"
RUNS = f"<t>对照{NUMBER[:6]}</t></r><r><t>{NUMBER[6:]}</t>"


@pytest.mark.parametrize(
    ("part", "content", "found"),
    [
        (NOTE, f"<t>对照{NUMBER}</t>".encode(), True),
        (NOTE, f"<t>对照{WIDE}</t>".encode(), True),
        (NOTE, f"<t>{''.join(f'&#{ord(digit)};' for digit in NUMBER)}</t>".encode(), True),
        (NOTE, f"<t>对照{NUMBER}</t>".encode("utf-16"), True),
        (NOTE, RUNS.encode(), True),
        ("xl/drawings/drawing1.xml", RUNS.encode(), True),
        ("xl/worksheets/_rels/sheet1.xml.rels", f'<R Target="https://example.invalid/{NUMBER}"/>'.encode(), True),
        (NOTE, b" " * (aside.PIECE - 9) + NUMBER.encode(), True),
        (NOTE, f"<t>对照{NUMBER}0</t>".encode(), False),
        (NOTE, b"<t>20261126</t>", False),
        ("xl/charts/chart1.xml", RUNS.encode(), False),
        ("xl/worksheets/sheet1.xml", f"<t>{NUMBER}</t>".encode(), False),
        ("xl/sharedStrings.xml", f"<t>{NUMBER}</t>".encode(), False),
    ],
)
def test_a_number_is_found_however_it_is_written(part: str, content: bytes, found: bool, tmp_path: Path) -> None:
    path = tmp_path / "报送.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr(part, content)
    assert aside.parts_hold_number(path=path, but_parts={"xl/worksheets/sheet1.xml"}) is found


ROWS = '<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'


def surveyed(around: str) -> Survey:
    sheet = f"<worksheet>{around}</worksheet>".encode()
    surveyor = SheetSurveyor(
        sheet="数据", part="xl/worksheets/sheet1.xml", blank_strings=frozenset(), limits=USUAL, meter=Meter()
    )
    return surveyor.walk(io.BytesIO(sheet))


@pytest.mark.parametrize(
    ("behind", "found"),
    [
        (f"<headerFooter><oddHeader>&amp;L填表人 {NUMBER}</oddHeader></headerFooter>", True),
        (f"<headerFooter><firstFooter>&amp;R{NUMBER[:6]}&amp;B{NUMBER[6:]}</firstFooter></headerFooter>", True),
        (f'<dataValidations><dataValidation prompt="照 {NUMBER} 填"/></dataValidations>', True),
        (f'<dataValidations><dataValidation error="{WIDE}"/></dataValidations>', True),
        (
            f'<dataValidations><dataValidation><formula1>"甲,{NUMBER}"</formula1></dataValidation></dataValidations>',
            True,
        ),
        (f'<hyperlinks><hyperlink ref="A1" tooltip="{NUMBER}"/></hyperlinks>', True),
        (f'<extLst><ext><x14:dataValidation prompt="{NUMBER}"/></ext></extLst>', True),
        ("<headerFooter><oddFooter>第 &amp;P 页，共 &amp;N 页</oddFooter></headerFooter>", False),
        (f'<dataValidations><dataValidation prompt="{NUMBER}0"/></dataValidations>', False),
    ],
)
def test_a_number_is_found_in_what_is_printed_and_in_the_words_of_drop_downs(behind: str, found: bool) -> None:
    survey = surveyed(ROWS + behind)
    assert (survey.has_numbers_aside, survey.filled) == (found, {1})


def test_a_number_in_a_cell_is_for_the_checks_and_rows_behind_all_else_are_counted() -> None:
    assert surveyed(f'<sheetData><row r="1"><c r="A1"><v>{NUMBER}</v></c></row></sheetData>').has_numbers_aside is False
    late = surveyed(f'<headerFooter/><mergeCells><mergeCell ref="A1:B1"/></mergeCells>{ROWS}')
    assert (late.filled, late.merged) == ({1}, [(1, 1, 1, 2)])
