"""
Text separated by commas, tabs, semicolons or bars, read by Polars.

Polars reads what is well formed; where it stops, at a quotation mark inside a value or at a row longer than the header,
the file is written out once more by the csv module in the form Polars takes, and reading goes on where it stopped.
"""

import csv
import io
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from publiccredit.intake.reading.candidates import Candidate, chosen
from publiccredit.intake.reading.counting import count_text_rows
from publiccredit.intake.reading.encoding import ReadableText, lines_for_csv, readable_text
from publiccredit.intake.reading.fields import letters_of_fields, text_of_field
from publiccredit.intake.reading.headers import BLANK, column_letter
from publiccredit.intake.reading.limits import Limits
from publiccredit.intake.reading.opened import OpenedFile
from publiccredit.intake.reading.recognition import SheetHead, best_fit, recognise
from publiccredit.intake.reading.refusals import refusal
from publiccredit.intake.types import ROW, SHEET, RawChunk, RecognisedSheet, UnableToRead

DELIMITERS = (",", "\t", ";", "|")
# What people type in their place; within Chinese text it means itself, so a file is not taken apart by it.
OTHER_DELIMITERS = {
    "，": "全角逗号“，”",
    "；": "全角分号“；”",
    "、": "顿号“、”",
    "｜": "全角竖线“｜”",
    "^": "“^”",
    "~": "“~”",
}
HEAD_BYTES = 1 << 20


@dataclass(frozen=True)
class Table:
    """Where the rows of a text file are: below so many lines, in so many columns."""

    text: ReadableText
    delimiter: str
    header: RecognisedSheet
    lines_above: int  # physical lines down to and with the header; a quoted header may take several
    named: int  # columns the header has
    width: int  # columns to read: some programs end every row with separators the header lacks
    separators: Mapping[str, str]
    limits: Limits


@dataclass(frozen=True)
class Head:
    """The first records of a text file under one delimiter, with the physical line on which each ends."""

    delimiter: str
    rows: tuple[tuple[str, ...], ...]
    ends: tuple[int, ...]

    @cached_property
    def sheet(self) -> SheetHead:
        numbered = tuple((number, row) for number, row in enumerate(self.rows, 1) if any(c.strip(BLANK) for c in row))
        return SheetHead(sheet="", visible=True, rows=numbered)


def open_text(*, path: Path, candidates: Sequence[Candidate], limits: Limits) -> OpenedFile:
    """
    Open a separated text file.

    :raises UnableToRead: it is not text, too large in some direction, or in no form that is known.
    """
    text = readable_text(path=path, limits=limits)
    start = _start(text)
    head = _head(start, candidates, limits)
    try:
        recognition = recognise(heads=[head.sheet], candidates=candidates, encoding=text.encoding)
    except UnableToRead:
        if found := _other_delimiter(start, candidates, limits):
            raise refusal("other_delimiter", found=found) from None
        raise
    header = recognition.sheets[0]
    table = Table(
        text=text,
        delimiter=head.delimiter,
        header=header,
        lines_above=head.ends[header.header_row - 1],
        named=len(head.rows[header.header_row - 1]),
        width=max(len(row) for row in head.rows[header.header_row - 1 :]),
        separators=chosen(recognition, candidates).separators,
        limits=limits,
    )
    return OpenedFile(
        recognition=recognition,
        read=lambda: _chunks(table),
        count=lambda: count_text_rows(
            path=text.path, delimiter=head.delimiter, header_row=header.header_row, tally=text.tally
        ),
    )


def _start(text: ReadableText) -> str:
    with text.path.open("rb") as stream:
        start = stream.read(HEAD_BYTES)
    whole_lines = start[: start.rfind(b"\n") + 1] or start
    return whole_lines.decode("utf-8-sig", errors="replace")


def _other_delimiter(words: str, candidates: Sequence[Candidate], limits: Limits) -> str | None:
    """Name the sign under which the header would be known, where it is none that separates columns."""
    for sign, name in OTHER_DELIMITERS.items():
        fit = best_fit(head=_records(words, sign, limits).sheet, candidates=candidates)
        if fit is not None and not fit.missing:
            return name
    return None


def _head(words: str, candidates: Sequence[Candidate], limits: Limits) -> Head:
    """Read the first records under each delimiter and keep the one whose headers are best known."""
    heads = [_records(words, delimiter, limits) for delimiter in DELIMITERS]
    if not any(head.sheet.rows for head in heads):
        raise refusal("empty")
    for head in heads:
        if max(map(len, head.rows)) > limits.columns:
            raise refusal("too_many_columns", limit=limits.columns)

    def known(head: Head) -> tuple[int, ...]:
        fit = best_fit(head=head.sheet, candidates=candidates)
        return fit.closeness if fit else (0, 0, 0)

    return max(heads, key=known)


def _records(words: str, delimiter: str, limits: Limits) -> Head:
    rows, ends = [], []
    csv.field_size_limit(limits.line_bytes)
    reader = csv.reader(lines_for_csv(io.StringIO(words)), delimiter=delimiter)
    for record in reader:
        rows.append(tuple(record))
        ends.append(reader.line_num)
        if len(rows) >= limits.header_within_rows:
            break
    return Head(delimiter, tuple(rows), tuple(ends))


def _chunks(table: Table) -> Iterator[RawChunk]:
    """:raises UnableToRead: a row cannot be taken, or there is none."""
    empty = True
    for chunk in _chunks_or_none(table):
        empty = False
        yield chunk
    if empty:
        raise refusal("header_only", row=table.header.header_row)


def _chunks_or_none(table: Table) -> Iterator[RawChunk]:
    done = 0  # data rows that were read, empty ones included
    try:
        for frame in _batches(table.text.path, table, table.lines_above):
            yield from _raw_chunk(frame, table, done)
            done += frame.height
    except pl.exceptions.PolarsError:
        with tempfile.TemporaryDirectory(prefix="reading-") as folder:
            mended = _mend(table, into=Path(folder) / "mended.csv", skip_rows=done)
            for frame in _batches(mended, table, 0):
                yield from _raw_chunk(frame, table, done)
                done += frame.height


def _batches(path: Path, table: Table, lines_above: int) -> Iterator[pl.DataFrame]:
    schema = {column_letter(index): pl.String for index in range(table.width)}
    if path.stat().st_size == 0:
        return
    lines = pl.scan_csv(
        path,
        has_header=False,
        schema=schema,
        separator=table.delimiter,
        skip_lines=lines_above,
        raise_if_empty=False,
        missing_columns="insert",  # the first row may be shorter than the header
        glob=False,
    )
    yield from lines.collect_batches(chunk_size=table.limits.chunk_rows, maintain_order=True)


def _raw_chunk(frame: pl.DataFrame, table: Table, done: int) -> Iterator[RawChunk]:
    if done + frame.height > table.limits.rows:
        raise refusal("too_many_rows", limit=table.limits.rows)
    first = table.header.header_row + 1 + done
    rows = frame.with_columns(pl.int_range(first, first + frame.height, dtype=pl.Int64).alias(ROW))
    _refuse_unnamed_cells(rows, frame.columns[table.named :], table)
    rows = _without_empty_rows(rows, frame.columns)
    if table.text.tally is None or table.text.tally.quoted:
        rows = _empty_text_as_null(rows, frame.columns)
    letters = letters_of_fields(table.header)
    rows = rows.select(
        pl.lit("").alias(SHEET),
        pl.col(ROW),
        *(text_of_field(field, columns, table.separators) for field, columns in letters.items()),
    )
    if rows.height:
        yield RawChunk(rows=rows)


def _refuse_unnamed_cells(rows: pl.DataFrame, beyond: list[str], table: Table) -> None:
    """Refuse a filled cell behind the last header: mostly a comma inside a value has pushed the row to the right."""
    filled = rows.filter(pl.any_horizontal(~_blank(column) for column in beyond)) if beyond else rows.clear()
    if filled.height:
        found = max(index for index, cell in enumerate(filled.row(0)[:-1], 1) if cell is not None)
        raise refusal("ragged_row", row=filled.item(0, ROW), found=found, expected=table.named)


def _without_empty_rows(rows: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Leave out rows without a single filled cell; the fullest column settles nearly all of them at once."""
    nulls = rows.select(pl.col(columns).null_count()).row(0)
    fullest = columns[min(range(len(columns)), key=lambda index: nulls[index])]
    doubtful = rows.select(_begins_blank(fullest).arg_true()).to_series()
    if doubtful.is_empty():
        return rows
    empty = rows[doubtful].filter(pl.all_horizontal(_blank(column) for column in columns)).get_column(ROW)
    return rows.filter(~pl.col(ROW).is_in(empty.implode())) if len(empty) else rows


def _blank(column: str) -> pl.Expr:
    return pl.col(column).is_null() | (pl.col(column).str.strip_chars(BLANK) == "")


def _begins_blank(column: str) -> pl.Expr:
    """
    Whether a cell may be blank, by where it sorts: comparing takes a fifth of the time of taking blanks away.

    All blanks are control characters and the space, which stand before every sign that is seen, and the wide blank.
    """
    cell = pl.col(column)
    return cell.is_null() | (cell < "!") | cell.is_between(pl.lit("\u3000"), pl.lit("\u3001"), closed="left")


def _empty_text_as_null(rows: pl.DataFrame, fields: list[str]) -> pl.DataFrame:
    """An empty cell in quotation marks, which Polars takes for text, is as empty as one without."""
    quoted = rows.select((pl.col(fields) == "").any()).row(0)
    spots = [name for name, found in zip(fields, quoted, strict=True) if found]
    return rows.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in spots)


def _mend(table: Table, *, into: Path, skip_rows: int) -> Path:
    """
    Write the rows from ``skip_rows`` on as Polars takes them.

    :raises UnableToRead: a quotation mark is not closed, or a row has filled cells beyond the last column.
    """
    csv.field_size_limit(table.limits.line_bytes)
    with (
        table.text.path.open(encoding="utf-8-sig", newline="\n") as source,
        into.open("w", encoding="utf-8", newline="") as target,
    ):
        reader = csv.reader(lines_for_csv(source), delimiter=table.delimiter, strict=True)
        writer = csv.writer(target, delimiter=table.delimiter, lineterminator="\n")
        number = 0
        try:
            for number, record in enumerate(reader, 1):
                if number > table.header.header_row + skip_rows:
                    writer.writerow(_as_wide(record, table, number))
        except csv.Error as error:
            raise refusal("broken_quotes", row=number + 1) from error
    return into


def _as_wide(record: list[str], table: Table, number: int) -> list[str]:
    if any(cell.strip(BLANK) for cell in record[table.width :]):
        raise refusal("ragged_row", row=number, found=len(record), expected=table.named)
    return record[: table.width]
