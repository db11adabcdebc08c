"""A workbook without persons, cleared where it stands."""

from collections.abc import Sequence
from pathlib import Path

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.packaging.core import DocumentProperties
from openpyxl.packaging.custom import CustomPropertyList
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from publiccredit.catalogue.types.identity_numbers import without
from publiccredit.intake.clearing import CLEARED, Row
from publiccredit.intake.reading.workbook import text_of
from publiccredit.intake.types import Recognition


def clear_in_place(*, original: Path, recognition: Recognition, rows: Sequence[Row], target: Path) -> bool:
    """Write the workbook without persons and tell whether anything was taken out."""
    with original.open("rb") as stream:
        book = openpyxl.load_workbook(stream)
    by_sheet = {row.header.sheet: row for row in rows}
    changed = [
        _clear_data(sheet, by_sheet[sheet.title]) if sheet.title in by_sheet else _clear_other(sheet)
        for sheet in book.worksheets
    ]
    if not (any(changed) or recognition.has_numbers_aside):
        return False
    for sheet in book.worksheets:
        _mask_beside(sheet)
    _leave_out_copies(book)
    book.save(target)
    return True


def _cells_there_are(sheet: Worksheet) -> list[Cell]:
    """
    Give the cells there are.

    Not ``iter_rows``: a lone formatted cell in the last corner would make it walk, and create, 17 thousand million.
    """
    return [cell for cell in sheet._cells.values() if isinstance(cell, Cell)]


def _clear_data(sheet: Worksheet, row: Row) -> bool:
    changed = False
    for cell in _cells_there_are(sheet):
        person = row.person_at(cell.row)
        if person is not None:
            cell.value = cell.comment = cell.hyperlink = None
            changed = True
        else:
            changed |= _mask(cell, row.text(cell.row, cell.column - 1, _text(cell)))
    for (name, number), column in row.persons.items():
        if name == sheet.title:
            sheet.cell(number, column + 1).value = CLEARED
    return changed


def _clear_other(sheet: Worksheet) -> bool:
    """Clear the rows with an identity number: beside it stands a name, and no check has looked at them."""
    cells = _cells_there_are(sheet)
    named = {cell.row for cell in cells if without(_text(cell)) != _text(cell)}
    changed = bool(named)
    for cell in cells:
        if cell.row in named:
            cell.value = cell.comment = cell.hyperlink = None
        else:
            changed |= _mask(cell, _text(cell))
    return changed


def _mask(cell: Cell, kept: str) -> bool:
    """Put the kept text in the place of a cell's, and say whether it, its note or its link was changed."""
    changed = kept != _text(cell)
    if changed:
        cell.value = kept
    note = cell.comment
    if note is not None and (shown := without(note.text)) != note.text:
        cell.comment = Comment(shown, note.author, width=note.width, height=note.height)
        changed = True
    link = cell.hyperlink
    if link is not None and any(without(said) != said for said in (link.target, link.tooltip, link.display) if said):
        cell.hyperlink = None
        changed = True
    return changed


def _mask_beside(sheet: Worksheet) -> None:
    """Mask the words of drop-downs and what is printed above and below the rows."""
    for validation in sheet.data_validations.dataValidation:
        _mask_attributes(validation, "prompt", "promptTitle", "error", "errorTitle", "formula1", "formula2")
    for page in ("odd", "even", "first"):
        for end in ("Header", "Footer"):
            item = getattr(sheet.HeaderFooter, f"{page}{end}")
            for part in ("left", "center", "right"):
                _mask_attributes(getattr(item, part), "text")


def _mask_attributes(said: object, *names: str) -> None:
    for name in names:
        if value := getattr(said, name):
            setattr(said, name, without(value))


def _text(cell: Cell) -> str:
    value = cell.value
    return (text_of(value) if isinstance(value, int | float) else str(value)) or "" if value is not None else ""


def _leave_out_copies(book: Workbook) -> None:
    """Leave out what may repeat the rows: the caches of pivot tables and charts, pictures, what is said of the file."""
    for sheet in book.worksheets:
        for kept in ("_pivots", "_charts", "_images"):
            setattr(sheet, kept, [])
    book.properties = DocumentProperties()
    setattr(book, "custom_doc_props", CustomPropertyList())  # noqa: B010 - the types of openpyxl do not know it
