"""Separated text and JSON lines without persons: line by line, and every line without them as it came."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from publiccredit.catalogue.types.identity_numbers import without
from publiccredit.intake.annotation.sheets import delimiter_of
from publiccredit.intake.clearing import CLEARED, Row
from publiccredit.intake.reading.encoding import lines_for_csv, readable_text
from publiccredit.intake.reading.headers import BLANK, column_index
from publiccredit.intake.reading.json_lines import Number
from publiccredit.intake.reading.limits import USUAL
from publiccredit.intake.types import Recognition

BOM = b"\xef\xbb\xbf"
LINE_ENDS = ("\r\n", "\n")


def clear_text(*, original: Path, recognition: Recognition, rows: Sequence[Row], target: Path) -> bool:
    """Write the text without persons, in its own encoding, and tell whether anything was taken out."""
    (row,) = rows
    text = readable_text(path=original, limits=USUAL)
    with _opened(original, text.path, recognition.encoding, target) as (source, out):
        if row.header.header_row == 0:
            return _copied(enumerate(source, 1), lambda number, line: _json_line(number, line, row), row, out)
        delimiter = delimiter_of(text.path, recognition)
        return _copied(_records(source, delimiter), lambda n, raw: _record(n, raw, row, delimiter), row, out)


@contextmanager
def _opened(original: Path, text: Path, encoding: str, target: Path) -> Iterator[tuple[IO[str], IO[str]]]:
    with original.open("rb") as stream:
        marked = stream.read(3) == BOM
    written_as = "utf-8-sig" if marked else encoding
    with (
        text.open(encoding="utf-8-sig", newline="\n") as source,
        target.open("w", encoding=written_as, newline="") as out,
    ):
        yield source, out


def _copied(pieces: Iterator[tuple[int, str]], change: Callable[[int, str], str], row: Row, out: IO[str]) -> bool:
    left = {number for sheet, number in row.persons if sheet == row.header.sheet}
    changed = False
    for number, raw in pieces:
        kept = change(number, raw)
        changed = changed or kept != raw
        out.write(kept)
        if kept != raw:
            left.discard(number)
    if left:
        raise ValueError("a row about a person is not where it was read: the copy would hold it")
    return changed


# --- separated text -------------------------------------------------------------------------------------------------


@dataclass
class _Lines:
    """The lines of a text, remembering those the reader has taken since it was last asked."""

    stream: IO[str]
    taken: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[str]:
        for line in self.stream:
            self.taken.append(line)
            yield line


def _records(source: IO[str], delimiter: str) -> Iterator[tuple[int, str]]:
    """Give each record by its number, as it stands in the file: a quoted one may take several lines."""
    csv.field_size_limit(USUAL.line_bytes)
    lines = _Lines(source)
    for number, _ in enumerate(csv.reader(lines_for_csv(lines), delimiter=delimiter), 1):
        yield number, "".join(lines.taken)
        lines.taken.clear()


def _record(number: int, raw: str, row: Row, delimiter: str) -> str:
    person = row.person_at(number)
    if person is None and without(raw) == raw:
        return raw
    cells = next(csv.reader(lines_for_csv(io.StringIO(raw)), delimiter=delimiter))
    if person is None:
        kept = [row.text(number, column, cell) for column, cell in enumerate(cells)]
        if kept == cells:
            return raw
    else:
        kept = [CLEARED if column == min(person, len(cells) - 1) else "" for column in range(len(cells))]
    line = io.StringIO(newline="")
    end = next((end for end in LINE_ENDS if raw.endswith(end)), "")
    csv.writer(line, delimiter=delimiter, lineterminator=end).writerow(kept)
    return line.getvalue()


# --- JSON lines -----------------------------------------------------------------------------------------------------


def _json_line(number: int, raw: str, row: Row) -> str:
    person = row.person_at(number)
    if person is None and "\\u" not in raw and without(raw) == raw:
        return raw
    if not raw.strip(BLANK):
        return raw
    said = json.loads(raw, parse_int=Number, parse_float=Number)
    columns = {column.header: column_index(column.letter) for column in row.header.columns}
    if person is not None:
        # All keys stay: those of the first lines are the header of the file.
        kept: dict[str, object] = {key: CLEARED if columns.get(key.strip()) == person else None for key in said}
        if CLEARED not in kept.values():
            kept[next(iter(said))] = CLEARED
    else:
        kept = {key: _kept(value, number, columns.get(key.strip(), -1), row) for key, value in said.items()}
        if kept == said:
            return raw
    return _written(kept) + next((end for end in LINE_ENDS if raw.endswith(end)), "")


def _kept(value: object, number: int, column: int, row: Row) -> object:
    if not isinstance(value, str):
        return value
    kept = row.text(number, column, value)
    return value if kept == value else kept


def _written(said: dict[str, object]) -> str:
    """Write an object as JSON, its numbers as they were written."""
    members = (
        f"{json.dumps(key, ensure_ascii=False)}: "
        f"{value if isinstance(value, Number) else json.dumps(value, ensure_ascii=False)}"
        for key, value in said.items()
    )
    return f"{{{', '.join(members)}}}"
