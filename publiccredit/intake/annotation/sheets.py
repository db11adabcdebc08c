"""The rows of an original, as they are to be written again: cells in their places, numbers as numbers, text as text."""

import csv
import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from python_calamine import CalamineWorkbook, SheetVisibleEnum

from publiccredit.intake.reading.encoding import lines_for_csv, readable_text
from publiccredit.intake.reading.headers import column_index
from publiccredit.intake.reading.limits import USUAL
from publiccredit.intake.reading.recognition import SUMMARY_SHEET
from publiccredit.intake.reading.text import DELIMITERS
from publiccredit.intake.reading.workbook import Cell
from publiccredit.intake.types import Recognition

WIDTH = re.compile(rb"<(?:\w+:)?col\s[^>]*?>")
ATTRIBUTE = re.compile(rb'\b(min|max|width)="([\d.]+)"')
TEXT_SHEET = "报送数据"  # a sheet must have a name; a text file has none


@dataclass(frozen=True)
class OriginalSheet:
    """One sheet: ``sheet`` as the marks call it, ``title`` as it is called in the answer."""

    sheet: str
    title: str
    visible: bool
    rows: Iterator[tuple[int, list[Cell]]]
    widths: dict[tuple[int, int], float] = field(default_factory=dict)  # by first and last column from 0


@contextmanager
def open_sheets(*, original: Path, recognition: Recognition) -> Iterator[list[OriginalSheet]]:
    """Give the sheets of the original; of a text file the one it is."""
    if recognition.encoding == "workbook":
        with CalamineWorkbook.from_path(original) as book:
            yield _sheets(original, book)
    else:
        text = readable_text(path=original, limits=USUAL)
        header = recognition.sheets[0]
        names = [column.header for column in header.columns]
        rows = _json_rows(text.path, names) if header.header_row == 0 else _separated_rows(text.path, recognition)
        yield [OriginalSheet("", TEXT_SHEET, True, rows)]


def _sheets(original: Path, book: CalamineWorkbook) -> list[OriginalSheet]:
    widths = _widths(original)
    sheets = []
    for index, known in enumerate(book.sheets_metadata):
        if known.name == SUMMARY_SHEET:
            continue
        cells = book.get_sheet_by_index(index)
        left = [""] * (cells.start[1] if cells.start else 0)
        rows = ((number, [*left, *row]) for number, row in enumerate(cells.iter_rows(), 1))
        visible = known.visible == SheetVisibleEnum.Visible
        sheets.append(OriginalSheet(known.name, known.name, visible, rows, widths.get(index, {})))
    return sheets


def _widths(original: Path) -> dict[int, dict[tuple[int, int], float]]:
    """Read the column widths, which stand before the rows, of sheets whose parts have their usual names."""
    if not zipfile.is_zipfile(original):
        return {}
    widths = {}
    with zipfile.ZipFile(original) as package:
        for index in range(USUAL.sheets):
            part = f"xl/worksheets/sheet{index + 1}.xml"
            if part not in package.NameToInfo:
                break
            with package.open(part) as stream:
                start = stream.read(1 << 16).partition(b"sheetData")[0]
            known = [dict(ATTRIBUTE.findall(column)) for column in WIDTH.findall(start)]
            widths[index] = {(int(c[b"min"]) - 1, int(c[b"max"]) - 1): float(c[b"width"]) for c in known if len(c) == 3}
    return widths


def _separated_rows(path: Path, recognition: Recognition) -> Iterator[tuple[int, list[Cell]]]:
    csv.field_size_limit(USUAL.line_bytes)
    with path.open(encoding="utf-8-sig", newline="\n") as stream:
        yield from enumerate(csv.reader(lines_for_csv(stream), delimiter=delimiter_of(path, recognition)), 1)


def delimiter_of(path: Path, recognition: Recognition) -> str:
    """Find the delimiter again, under which the header reads as it was recognised."""
    header = recognition.sheets[0]
    places = {column_index(column.letter): column.header for column in header.columns}
    for delimiter in DELIMITERS:
        with path.open(encoding="utf-8-sig", newline="\n") as stream:
            above = islice(csv.reader(lines_for_csv(stream), delimiter=delimiter), header.header_row - 1, None)
            row = next(above, [])
        if all(index < len(row) and row[index].strip() == name for index, name in places.items()):
            return delimiter
    raise ValueError("the header is not where it was recognised: this is another file")


def _json_rows(path: Path, names: list[str]) -> Iterator[tuple[int, list[Cell]]]:
    yield 0, list(names)
    with path.open(encoding="utf-8-sig", newline="\n") as stream:
        for number, line in enumerate(stream, 1):
            if line.strip():
                said = json.loads(line, parse_float=str, parse_int=str)
                yield number, [_json_cell(said.get(name)) for name in names]


def _json_cell(value: object) -> Cell:
    if value is None:
        return ""
    return value if isinstance(value, bool) else str(value)
