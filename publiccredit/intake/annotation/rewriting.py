"""An annotated workbook written anew, for originals that are no xlsx, are too long, or cannot be marked safely."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, cast

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from publiccredit.intake.annotation.marks import (
    AUTHOR,
    COMMENTS_PER_SHEET,
    SUMMARY_HEADERS,
    WHOLE_ROWS,
    WORDS,
    Marks,
    Place,
    outcome_column,
)
from publiccredit.intake.annotation.privacy import CLEARED, shown, text_columns
from publiccredit.intake.annotation.sheets import OriginalSheet
from publiccredit.intake.annotation.style import HEADER, RETURN, SUMMARY_WIDTHS, WARN
from publiccredit.intake.annotation.texts import UNPRINTABLE, escaped
from publiccredit.intake.reading.headers import column_index, column_letter
from publiccredit.intake.reading.recognition import ORIGINAL_ROW_HEADER, OUTCOME_HEADER, SUMMARY_SHEET
from publiccredit.intake.reading.workbook import Cell, text_of
from publiccredit.intake.types import RETURNED, RecognisedSheet, Recognition

EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a workbook's dates have no zone
WRITTEN_ANEW = (
    "原工作簿为旧格式、超过 10 万行或有平台不能原样改写的内容，本文件由平台重新写成："
    "数值和文字保留，颜色、边框、下拉列表等未保留。"
)
EMPTY = ("", "")
BEFORE_TEXT, BEHIND_TEXT = '<is><t xml:space="preserve">', "</t></is>"
LOOKS: dict[str, dict[str, object]] = {
    "text": {"num_format": "@"},  # or an identifier typed into a corrected cell would become a number
    "date": {"num_format": "yyyy-mm-dd"},
    "number": {},
    "header": {"bold": True, "text_wrap": True, "border": 1},
}
Row = tuple[int, Sequence[Cell]]


class StreamedSheet(Worksheet):
    """
    A sheet whose rows are written as XML text while the workbook is closed.

    XlsxWriter's own way through one method call a cell takes 4 s for 20,000 rows × 30 columns; this takes 0.6 s. All
    else of the sheet (comments, widths, panes) is XlsxWriter's.
    """

    lines: Iterator[str] = iter(())

    def _write_sheet_data(self) -> None:
        self._xml_start_tag("sheetData")
        out = cast("IO[str]", self.fh)
        for line in self.lines:
            out.write(line)
        self._xml_end_tag("sheetData")


@dataclass
class Styles:
    """The styles of the answer, by what is said of a cell."""

    book: Workbook
    known: dict[tuple[str, str], int] = field(default_factory=dict)

    def number(self, kind: str, colour: str = "") -> int:
        """Give the number of the style for a kind of cell: text, number, date or header."""
        if (kind, colour) not in self.known:
            self.known[kind, colour] = self._format(kind, colour)._get_xf_index()  # type: ignore[no-untyped-call]
        return self.known[kind, colour]

    def _format(self, kind: str, colour: str) -> Format:
        look = LOOKS[kind]
        if colour:
            look = {**look, "bg_color": f"#{colour[2:]}"}
        return self.book.add_format(look)


def write_marked(*, sheets: Sequence[OriginalSheet], recognition: Recognition, marks: Marks, target: Path) -> None:
    """Write the sheets with their marks, and the sheet of issues, to ``target``."""
    headers = {header.sheet: header for header in recognition.sheets}
    with _book(target) as book:
        styles = Styles(book)
        for sheet in sheets:
            page = _opened_page(book, sheet)
            if sheet.sheet in headers:
                header = headers[sheet.sheet]
                texts = text_columns(record_type=recognition.record_type, header=header)
                _write_data(page, sheet, header, marks, styles, texts)
            else:
                page.lines = _plain_lines(sheet.rows, styles)
        _summarise(book, marks, styles, rewritten=recognition.encoding == "workbook")


def write_plain(*, sheets: Sequence[OriginalSheet], target: Path) -> None:
    """Write the sheets as they are, each row in its place, to ``target``."""
    with _book(target) as book:
        styles = Styles(book)
        for sheet in sheets:
            page = _opened_page(book, sheet)
            page.lines = _plain_lines(sheet.rows, styles)


@contextmanager
def _book(target: Path) -> Iterator[Workbook]:
    """:raises OSError: the system does not let it be written."""
    try:
        with Workbook(target, {"constant_memory": False}) as book:
            yield book
    except FileCreateError as error:
        raise OSError(*error.args[0].args) from error


def _opened_page(book: Workbook, sheet: OriginalSheet) -> StreamedSheet:
    page = _page(book, sheet.title)
    for (first, last), width in sheet.widths.items():
        page.set_column(first, last, width)
    if not sheet.visible:
        page.hide()
    return page


def _page(book: Workbook, title: str) -> StreamedSheet:
    page = book.add_worksheet(title, worksheet_class=StreamedSheet)
    assert isinstance(page, StreamedSheet)
    return page


def _write_data(
    page: StreamedSheet,
    sheet: OriginalSheet,
    header: RecognisedSheet,
    marks: Marks,
    styles: Styles,
    texts: frozenset[int],
) -> None:
    # JSON lines have no header row of their own: theirs is written above line 1.
    below = max(header.header_row, 1)
    last = outcome_column(header)
    rows = sorted(row for at, row in marks.outcomes if at == header.sheet)
    whole = len(rows) <= WHOLE_ROWS
    if not whole:
        rows = [row for row in rows if marks.needs_attention((header.sheet, row))]
    moved = {row: below + 1 + index for index, row in enumerate(rows)} if not whole else {}
    shift = below - header.header_row

    def target_row(row: int) -> int | None:
        return row + shift if whole or row <= header.header_row else moved.get(row)

    _comment(page, rows, header.sheet, last, marks, target_row)
    page.freeze_panes(below, 0)
    page.lines = _data_lines(sheet.rows, DataPlan(header, last, whole, target_row, marks, styles, texts))


def _comment(
    page: StreamedSheet, rows: list[int], sheet: str, last: int, marks: Marks, target_row: Callable[[int], int | None]
) -> None:
    left = COMMENTS_PER_SHEET
    for row in rows:
        at = target_row(row)
        for column, mark in marks.cells.get((sheet, row), {}).items():
            if left == 0 or at is None:
                return
            place = column if column >= 0 else last
            page.write_comment(at - 1, place, mark.comment, {"author": AUTHOR, "x_scale": 2.5, "y_scale": 1.5})
            left -= 1


@dataclass(frozen=True)
class DataPlan:
    """How the rows of one data sheet are written."""

    header: RecognisedSheet
    last: int
    whole: bool
    target_row: Callable[[int], int | None]
    marks: Marks
    styles: Styles
    texts: frozenset[int]  # columns in which identity numbers are masked

    @cached_property
    def width(self) -> int:
        return max(self.last, *(column_index(column.letter) for column in self.header.columns)) + 1


def _plain_lines(rows: Iterator[Row], styles: Styles) -> Iterator[str]:
    for number, row in rows:
        yield _line(number, _cells(row, styles))


def _data_lines(rows: Iterator[Row], plan: DataPlan) -> Iterator[str]:
    for number, values in rows:
        at = plan.target_row(number)
        if at is None:
            continue
        if number < plan.header.header_row:
            cells = _cells(values, plan.styles)
        elif number == plan.header.header_row:
            head = plan.styles.number("header", HEADER)
            titles = _with_marks(values, plan, OUTCOME_HEADER, ORIGINAL_ROW_HEADER)
            cells = [_styled(str(title), head) if title != "" else EMPTY for title in titles]
        elif line := _plain_line(at, number, values, plan):
            yield line
            continue
        else:
            cells = _marked_cells(number, values, plan)
        yield _line(at, cells)


def _plain_line(at: int, number: int, values: Sequence[Cell], plan: DataPlan) -> str:
    """
    Give the line of a row of plain text of which there is nothing to say but its outcome, or nothing of any other row.

    Nearly all rows are such. One look at all their text together takes a third of the time of a look at each cell.
    """
    place = (plan.header.sheet, number)
    word = plan.marks.outcomes.get(place, "")
    marked = word == WORDS[RETURNED] or place in plan.marks.cells or place in plan.marks.persons
    if marked or not plan.whole or len(values) > plan.last:
        return ""
    try:
        together = "\n".join(cast("Sequence[str]", values))
    except TypeError:  # a number or a date among them
        return ""
    if UNPRINTABLE.search(together) or shown(together) is not None:
        return ""
    written = [*values, *[""] * (plan.last - len(values)), word]
    before, behind = f'{at}"{_text_attributes(plan.styles.number("text"))}>{BEFORE_TEXT}', f"{BEHIND_TEXT}</c>"
    inner = [f'<c r="{letter}{before}{value}{behind}' for letter, value in zip(LETTERS, written, strict=False) if value]
    return f'<row r="{at}">{"".join(inner)}</row>'


def _marked_cells(number: int, values: Sequence[Cell], plan: DataPlan) -> list[tuple[str, str]]:
    place = (plan.header.sheet, number)
    word = plan.marks.outcomes.get(place, "")
    values = _with_marks(_without_persons(place, values, plan), plan, word, number)
    cells = _cells(values, plan.styles)
    if word == WORDS[RETURNED]:
        cells[plan.last] = _cell(word, plan.styles, RETURN)
    for column, mark in plan.marks.cells.get(place, {}).items():
        index = column if column >= 0 else plan.last
        cells[index] = _cell(values[index], plan.styles, RETURN if mark.returns else WARN)
    return cells


def _without_persons(place: Place, values: Sequence[Cell], plan: DataPlan) -> list[Cell]:
    """Give nothing of a row about a natural person but that it was cleared; elsewhere no identity number in a text."""
    if place not in plan.marks.persons:
        # One look at the whole row: hardly any holds such a number, and a look at each cell takes twice as long.
        texts = [values[index] for index in plan.texts if index < len(values)]
        if shown("\n".join([text for text in texts if isinstance(text, str)])) is None:
            return list(values)
        return [
            value if index not in plan.texts or (masked := shown(value)) is None else masked
            for index, value in enumerate(values)
        ]
    marked = plan.marks.cells.get(place, {})
    return [CLEARED if index in marked else "" for index in range(len(values))]


def _with_marks(values: Sequence[Cell], plan: DataPlan, word: str, number: Cell) -> list[Cell]:
    """Give the row with its outcome in its column, and behind it the number of the row where others were left out."""
    width = max(len(values), plan.last + 1, plan.width)
    marked = [*values, *[""] * (width - len(values))]
    marked[plan.last] = word
    return marked if plan.whole else [*marked[: plan.width], number]


def _line(number: int, cells: list[tuple[str, str]]) -> str:
    inner = "".join(
        [
            f'<c r="{letter}{number}"{attributes}>{content}</c>'
            for letter, (attributes, content) in zip(LETTERS, cells, strict=False)
            if attributes
        ]
    )
    return f'<row r="{number}">{inner}</row>'


LETTERS = [column_letter(index) for index in range(16_384)]


def _cells(values: Sequence[Cell], styles: Styles) -> list[tuple[str, str]]:
    """Give the cells of a row without marks; nearly all of them are text in which nothing is to be escaped."""
    text = _text_attributes(styles.number("text"))
    return [
        EMPTY
        if value == ""
        else (text, f"{BEFORE_TEXT}{value}{BEHIND_TEXT}")
        if type(value) is str and not UNPRINTABLE.search(value)
        else _cell(value, styles, "")
        for value in values
    ]


def _cell(value: Cell, styles: Styles, colour: str) -> tuple[str, str]:
    """Give the attributes of a cell and what stands in it."""
    if isinstance(value, str):
        return _styled(value, styles.number("text", colour))
    if isinstance(value, bool):
        return f' s="{styles.number("number", colour)}" t="b"', f"<v>{int(value)}</v>"
    if isinstance(value, int | float):
        return f' s="{styles.number("number", colour)}"', f"<v>{text_of(value)}</v>"
    if isinstance(value, dt.date):
        moment = value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())
        return f' s="{styles.number("date", colour)}"', f"<v>{(moment - EPOCH) / dt.timedelta(days=1)}</v>"
    return _styled(str(value), styles.number("text", colour))


def _styled(text: str, style: int) -> tuple[str, str]:
    return _text_attributes(style), f"{BEFORE_TEXT}{escaped(text)}{BEHIND_TEXT}"


def _text_attributes(style: int) -> str:
    return f' s="{style}" t="inlineStr"'


def _summarise(book: Workbook, marks: Marks, styles: Styles, *, rewritten: bool) -> None:
    page = _page(book, SUMMARY_SHEET)
    if rewritten:
        page.write_comment(0, 0, WRITTEN_ANEW, {"author": AUTHOR, "x_scale": 2.5})
    for index, width in enumerate(SUMMARY_WIDTHS):
        page.set_column(index, index, width)
    page.freeze_panes(1, 0)
    head = styles.number("header", HEADER)
    rows = enumerate(marks.summary_rows(), 2)
    page.lines = iter(
        (
            _line(1, [_styled(title, head) for title in SUMMARY_HEADERS]),
            *(_line(number, [_cell("" if v is None else v, styles, "") for v in row]) for number, row in rows),
        )
    )
