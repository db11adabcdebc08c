"""However a part of a workbook writes a number of a person, it is found; what is as long and no such number is not."""

import zipfile
from pathlib import Path

import pytest

from publiccredit.intake.reading import aside

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
