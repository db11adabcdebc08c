"""The sender's own xlsx, marked where it stands."""

from pathlib import Path

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from publiccredit.intake.annotation.marks import (
    AUTHOR,
    COMMENTS_PER_SHEET,
    SUMMARY_HEADERS,
    WORDS,
    Marks,
    outcome_column,
)
from publiccredit.intake.annotation.privacy import CLEARED, shown, text_columns
from publiccredit.intake.annotation.style import HEADER, RETURN, SUMMARY_WIDTHS, WARN
from publiccredit.intake.reading.recognition import OUTCOME_HEADER, SUMMARY_SHEET
from publiccredit.intake.types import RETURNED, RecognisedSheet, Recognition

FILLS = {True: PatternFill("solid", fgColor=RETURN), False: PatternFill("solid", fgColor=WARN)}
OURS = {fill.fgColor.rgb for fill in FILLS.values()}
NOTHING = PatternFill()


def mark_in_place(*, original: Path, recognition: Recognition, marks: Marks, target: Path) -> None:
    """Mark the cells of the workbook and save it as ``target``."""
    # By its content: openpyxl judges a path by its ending, and a kept file is named by its hash alone.
    with original.open("rb") as stream:
        book = openpyxl.load_workbook(stream)
    if SUMMARY_SHEET in book.sheetnames:
        del book[SUMMARY_SHEET]
    for header in recognition.sheets:
        _hide_persons(book[header.sheet], header, marks, recognition.record_type)
        _mark(book[header.sheet], header, marks)
    _summarise(book, marks)
    book.save(target)


def cells_there_are(sheet: Worksheet) -> list[Cell]:
    """
    Give the cells there are.

    Not ``iter_rows``: a lone formatted cell in the last corner would make it walk, and create, 17 thousand million.
    """
    return [cell for cell in sheet._cells.values() if isinstance(cell, Cell)]


def _clear(sheet: Worksheet, header: RecognisedSheet, last: int) -> None:
    """Take away what an earlier answer marked: the sender has corrected it, or it will be marked again."""
    for cell in cells_there_are(sheet):
        if cell.row <= header.header_row:
            continue
        if cell.comment is not None and cell.comment.author == AUTHOR:
            cell.comment = None
        if cell.has_style and cell.fill.fgColor.rgb in OURS:
            cell.fill = NOTHING
        if cell.column == last + 1:
            cell.value = None


def _hide_persons(sheet: Worksheet, header: RecognisedSheet, marks: Marks, record_type: str) -> None:
    """Clear the rows about natural persons, notes and links included, and mask identity numbers inside other text."""
    texts = text_columns(record_type=record_type, header=header)
    for cell in cells_there_are(sheet):
        if cell.row <= header.header_row:
            continue
        if (header.sheet, cell.row) in marks.persons:
            cell.value = cell.comment = cell.hyperlink = None
        elif cell.column - 1 in texts and (masked := shown(cell.value)) is not None:
            cell.value = masked


def _mark(sheet: Worksheet, header: RecognisedSheet, marks: Marks) -> None:
    last = outcome_column(header)
    _clear(sheet, header, last)
    title = sheet.cell(header.header_row, last + 1, OUTCOME_HEADER)
    title.font = Font(bold=True)
    commented = 0
    for row in sorted(row for name, row in marks.outcomes if name == header.sheet):
        word = marks.outcomes[header.sheet, row]
        outcome = sheet.cell(row, last + 1, word)
        outcome.fill = FILLS[True] if word == WORDS[RETURNED] else NOTHING
        for column, mark in marks.cells.get((header.sheet, row), {}).items():
            cell = sheet.cell(row, (column if column >= 0 else last) + 1)
            cell.fill = FILLS[mark.returns]
            if (header.sheet, row) in marks.persons and column >= 0:
                cell.value = CLEARED
            if commented < COMMENTS_PER_SHEET:
                cell.comment = Comment(mark.comment, AUTHOR, width=320, height=120)
                commented += 1


def _summarise(book: Workbook, marks: Marks) -> None:
    sheet = book.create_sheet(SUMMARY_SHEET)
    sheet.append(SUMMARY_HEADERS)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor=HEADER)
    for row in marks.summary_rows():
        sheet.append(row)
    for index, width in enumerate(SUMMARY_WIDTHS):
        sheet.column_dimensions[sheet.cell(1, index + 1).column_letter].width = width
    for cells in sheet.iter_rows(min_row=2, min_col=len(SUMMARY_HEADERS), max_col=len(SUMMARY_HEADERS)):
        cells[0].alignment = Alignment(wrap_text=True, vertical="top")
    for row_cells in sheet.iter_rows(min_row=2):
        for cell in row_cells:
            if cell.data_type == "f":  # what the sender typed may look like a formula here; it is only quoted
                cell.data_type = "s"
    sheet.freeze_panes = "A2"
