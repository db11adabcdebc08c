"""Workbooks, read by calamine; what calamine does not tell (formulas, merged and hidden cells) the survey knows."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice
from pathlib import Path

import polars as pl
from python_calamine import CalamineSheet, CalamineWorkbook

from publiccredit.intake.reading.aside import parts_hold_number
from publiccredit.intake.reading.candidates import Candidate, chosen
from publiccredit.intake.reading.damage import refusing_damage
from publiccredit.intake.reading.data_area import refuse_unclear_cells
from publiccredit.intake.reading.fields import letters_of_fields, number_of_field, text_of_field
from publiccredit.intake.reading.headers import BLANK, column_index
from publiccredit.intake.reading.limits import Limits
from publiccredit.intake.reading.meter import Meter
from publiccredit.intake.reading.opened import OpenedFile
from publiccredit.intake.reading.package import SheetPart, survey_workbook
from publiccredit.intake.reading.recognition import OUTCOME_HEADER, SheetHead, recognise
from publiccredit.intake.reading.refusals import refusal
from publiccredit.intake.reading.skipped_sheets import looked_into
from publiccredit.intake.reading.survey import Survey
from publiccredit.intake.types import ROW, SHEET, TYPED_NUMBER, RawChunk, RecognisedSheet, SkippedSheet

Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta
NUMBERS = frozenset({int, float})
DAYS_TO_1904 = 1462  # from the day workbooks count from to the first of 1904
SERIALS = range(10_000, 100_000)  # numbers that can be days; 20261103 is a date written in digits
Surveyed = Sequence[tuple[SheetPart, Survey]]
TOLD_EVERY = 1_024  # rows: counting each one would cost more than it tells


@dataclass(frozen=True)
class SheetTable:
    """One data sheet: its cells, what the survey says of them, and which columns fill which fields."""

    cells: CalamineSheet
    survey: Survey
    header: RecognisedSheet
    candidate: Candidate
    limits: Limits
    meter: Meter

    @property
    def marks_column(self) -> int | None:
        return marks_column(self.header)


def open_xlsx(*, path: Path, candidates: Sequence[Candidate], limits: Limits, meter: Meter) -> OpenedFile:
    """
    Open an xlsx workbook.

    :raises UnableToRead: it is damaged, hostile, too large, in no known form, or unclear in its data area.
    """
    surveyed = survey_workbook(path=path, limits=limits, meter=meter)
    opened = open_surveyed(path=path, candidates=candidates, limits=limits, surveyed=surveyed, meter=meter)
    if not parts_hold_number(path=path, but_parts={part.part for part, _ in surveyed}):
        return opened
    return replace(opened, recognition=replace(opened.recognition, has_numbers_aside=True))


def open_surveyed(
    *, path: Path, candidates: Sequence[Candidate], limits: Limits, surveyed: Surveyed, meter: Meter
) -> OpenedFile:
    """
    Open a workbook whose sheets a second parser has surveyed.

    :raises UnableToRead: as ``open_xlsx``.
    """
    with refusing_damage():
        book = CalamineWorkbook.from_path(path)
        sheets = {part.sheet: book.get_sheet_by_name(part.sheet) for part, survey in surveyed if survey.filled}
    heads = [_head(part, survey, sheets.get(part.sheet), limits) for part, survey in surveyed]
    if not sheets:
        raise refusal("empty")
    surveys = {part.sheet: survey for part, survey in surveyed}
    recognition = recognise(heads=heads, candidates=candidates, encoding="workbook")
    recognition = replace(
        recognition,
        skipped=tuple(
            _told(skipped, sheets.get(skipped.sheet), surveys[skipped.sheet]) for skipped in recognition.skipped
        ),
        has_numbers_aside=any(survey.has_numbers_aside for _, survey in surveyed),
    )
    candidate = chosen(recognition, candidates)
    tables = []
    for header in recognition.sheets:
        refuse_unclear_cells(survey=surveys[header.sheet], header=header)
        tables.append(SheetTable(sheets[header.sheet], surveys[header.sheet], header, candidate, limits, meter))
    return OpenedFile(
        recognition=recognition,
        read=lambda: (chunk for table in tables for chunk in _chunks(table)),
        count=lambda: sum(
            table.survey.rows_below(table.header.header_row, but_column=table.marks_column) for table in tables
        ),
    )


def marks_column(header: RecognisedSheet) -> int | None:
    """Give the column, from 1, in which an annotated workbook carries the platform's own mark."""
    marked = [c for c in header.columns if c.field is None and c.header == OUTCOME_HEADER]
    return column_index(marked[0].letter) + 1 if marked else None


def _head(part: SheetPart, survey: Survey, cells: CalamineSheet | None, limits: Limits) -> SheetHead:
    rows: tuple[tuple[int, tuple[str, ...]], ...] = ()
    if cells is not None and cells.start is not None:
        left = ("",) * cells.start[1]
        first = cells.to_python(nrows=limits.header_within_rows)
        rows = tuple(
            (number, left + tuple((text_of(cell) or "").replace("\0", "") for cell in row))
            for number, row in enumerate(first, cells.start[0] + 1)
            if number in survey.filled and number <= limits.header_within_rows
        )
    return SheetHead(sheet=part.sheet, visible=part.visible, rows=rows)


def _told(skipped: SkippedSheet, cells: CalamineSheet | None, survey: Survey) -> SkippedSheet:
    rows = ([text_of(cell) or "" for cell in row] for row in (cells.iter_rows() if cells else ()))
    return looked_into(skipped, rows=rows, filled=len(survey.filled))


def _chunks(table: SheetTable) -> Iterator[RawChunk]:
    start = table.cells.start
    if start is None:
        return
    rows = table.cells.iter_rows()
    number = table.header.header_row
    for _ in islice(rows, number):
        pass
    while batch := _batch(table, rows):
        chunk = _raw_chunk(table, batch, first=number + 1, left=start[1])
        number += len(batch)
        if chunk.height:
            yield RawChunk(rows=chunk)


def _batch(table: SheetTable, rows: Iterator[list[Cell]]) -> list[list[Cell]]:
    """Take the rows of one chunk, telling now and then how many there are so far."""
    batch: list[list[Cell]] = []
    left = table.limits.chunk_rows
    while left and (some := list(islice(rows, min(left, TOLD_EVERY)))):
        batch += some
        left -= len(some)
        table.meter.read += len(some)
    return batch


def _raw_chunk(table: SheetTable, batch: list[list[Cell]], *, first: int, left: int) -> pl.DataFrame:
    columns = list(zip(*batch, strict=True))
    height = len(batch)
    identifiers, dates = table.candidate.identifier_fields, table.candidate.date_fields
    series = [pl.Series(ROW, range(first, first + height), dtype=pl.Int64)]
    errors = {at: text for at, text in table.survey.errors.items() if first <= at[0] < first + height}
    for column in table.header.columns:
        if column.field is None:
            continue
        index = column_index(column.letter)
        values = columns[index - left] if 0 <= index - left < len(columns) else ("",) * height
        if table.survey.from_1904 and column.field in dates:
            values = tuple(_counted_as_usual(value) for value in values)
        wrong = {row - first: text for (row, at), text in errors.items() if at == index + 1}
        series.append(_text_series(column.letter, values, wrong))
        if column.field in identifiers:
            flags = [type(value) in NUMBERS for value in values]
            series.append(pl.Series(column.letter + TYPED_NUMBER, flags, dtype=pl.Boolean))
    kept = _filled_rows(batch, marks=(table.marks_column or 0) - 1 - left)
    for row, _ in errors:
        kept[row - first] = True
    frame = _fields(table, pl.DataFrame(series))
    return frame if all(kept) else frame.filter(pl.Series(kept))


def _counted_as_usual(value: Cell) -> Cell:
    """Give the number of a day counted from 1904 as all other workbooks count it; what is formatted as a day is one."""
    if isinstance(value, int | float) and int(value) in SERIALS:
        return value + DAYS_TO_1904
    return value


def _fields(table: SheetTable, frame: pl.DataFrame) -> pl.DataFrame:
    letters = letters_of_fields(table.header)
    return frame.select(
        pl.lit(table.header.sheet).alias(SHEET),
        pl.col(ROW),
        *(text_of_field(field, columns, table.candidate.separators) for field, columns in letters.items()),
        *(number_of_field(f, columns) for f, columns in letters.items() if f in table.candidate.identifier_fields),
    )


def _filled_rows(batch: list[list[Cell]], *, marks: int) -> list[bool]:
    """Tell of each row whether it has a filled cell; nearly always the first cell settles it."""
    return [
        any(index != marks and (not isinstance(cell, str) or cell.strip(BLANK) != "") for index, cell in enumerate(row))
        for row in batch
    ]


def _text_series(name: str, values: Sequence[Cell], errors: dict[int, str]) -> pl.Series:
    if not errors and set(map(type, values)) == {str}:
        text = pl.Series(name, values, dtype=pl.String)
        return text.set(text == "", None) if "" in values else text
    texts = [text_of(value) for value in values]
    for index, error in errors.items():
        texts[index] = error
    return pl.Series(name, texts, dtype=pl.String)


def text_of(cell: Cell) -> str | None:
    """
    Give the text of a cell: a date as YYYY-MM-DD, a number as its shortest exact text, nothing for an empty cell.

    A number of more than 15 digits has lost its last ones before it came here; the flag beside the field says so.
    """
    if isinstance(cell, str):
        return cell or None
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return _number(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell)


def _number(number: int | float) -> str:
    if isinstance(number, float) and not number.is_integer():
        return format(Decimal(repr(number)), "f")
    return str(int(number))
