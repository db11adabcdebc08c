"""A workbook without persons, written anew because it is no xlsx or may repeat its cells elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from publiccredit.catalogue.types.identity_numbers import without
from publiccredit.intake.annotation.rewriting import write_plain
from publiccredit.intake.annotation.sheets import open_sheets
from publiccredit.intake.clearing import CLEARED, Row
from publiccredit.intake.reading.workbook import Cell, text_of
from publiccredit.intake.types import Recognition

Numbered = Iterator[tuple[int, list[Cell]]]


@dataclass
class _Change:
    """Whether anything was taken out so far."""

    made: bool = False


def clear_anew(*, original: Path, recognition: Recognition, rows: Sequence[Row], target: Path) -> bool:
    """Write the workbook without persons and tell whether anything was taken out."""
    by_sheet = {row.header.sheet: row for row in rows}
    change = _Change(made=recognition.has_numbers_aside)  # of notes, links and drawings nothing is written
    with open_sheets(original=original, recognition=recognition) as sheets:
        kept = [
            replace(
                sheet,
                rows=_of_data(sheet.rows, by_sheet[sheet.sheet], change)
                if sheet.sheet in by_sheet
                else _of_other(sheet.rows, change),
            )
            for sheet in sheets
        ]
        write_plain(sheets=kept, target=target)
    return change.made


def _of_data(rows: Numbered, row: Row, change: _Change) -> Numbered:
    for number, values in rows:
        person = row.person_at(number)
        if person is not None:
            change.made = True
            width = max(len(values), person + 1)
            yield number, [CLEARED if column == person else "" for column in range(width)]
        elif _holds_number(values):
            kept = [_kept(value, row.text(number, column, _text(value))) for column, value in enumerate(values)]
            change.made = change.made or kept != values
            yield number, kept
        else:
            yield number, values


def _of_other(rows: Numbered, change: _Change) -> Numbered:
    for number, values in rows:
        if _holds_number(values):
            change.made = True
            yield number, []
        else:
            yield number, values


def _holds_number(values: Sequence[Cell]) -> bool:
    # One look at the whole row: hardly any holds such a number.
    text = "\n".join(map(_text, values))
    return without(text) != text


def _text(value: Cell) -> str:
    return value if isinstance(value, str) else text_of(value) or ""


def _kept(value: Cell, text: str) -> Cell:
    return value if text == _text(value) else text
