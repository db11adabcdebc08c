"""
The records of an xls (BIFF8), walked one by one: the second parser of old workbooks, where calamine is the first.

Like the survey of an xlsx it knows which rows are filled, and sees formulas, merged and hidden cells, error values.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from publiccredit.intake.reading.aside import holds_number
from publiccredit.intake.reading.headers import BLANK
from publiccredit.intake.reading.refusals import refusal
from publiccredit.intake.reading.survey import Survey

BOF, END, CONTINUE, FILEPASS, DATE_MODE, BOUNDSHEET, SST = 0x809, 0x0A, 0x3C, 0x2F, 0x22, 0x85, 0xFC
LINK, DROP_DOWN = 0x1B8, 0x1BE
PRINTED = (0x14, 0x15, 0x89C)  # above each page, below it, and both on first and even pages
BIFF8, WORKSHEET = 0x0600, 0
ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}


@dataclass(frozen=True)
class BoundSheet:
    sheet: str
    offset: int
    visible: bool
    from_1904: bool = False  # how the workbook counts its days


def sheets_of(book: bytes) -> tuple[list[BoundSheet], frozenset[int]]:
    """
    Give the worksheets of a workbook stream, and the indexes of its shared strings that are empty.

    :raises UnableToRead: it is locked, or older than Excel 97.
    """
    sheets, blank, from_1904 = [], frozenset[int](), False
    strings: list[bytes] = []
    for number, (kind, data) in enumerate(_records(book, 0)):
        if number == 0 and (kind != BOF or struct.unpack_from("<H", data)[0] != BIFF8):
            raise refusal("unknown_content", found="Excel 97 以前的工作簿")
        if kind == FILEPASS:
            raise refusal("encrypted")
        if kind == DATE_MODE:  # stands before the sheets
            from_1904 = data[:1] == b"\x01"
        if kind == BOUNDSHEET and data[5] == WORKSHEET:
            width = 2 if data[7] & 1 else 1
            name = data[8 : 8 + data[6] * width].decode("utf-16-le" if width == 2 else "latin-1")
            sheets.append(BoundSheet(name, struct.unpack_from("<I", data)[0], data[4] & 3 == 0, from_1904))
        if kind == SST or (kind == CONTINUE and strings):
            strings.append(data)
        elif strings:
            blank = _blank_strings(strings)
            strings = []
    return sheets, blank


def survey_sheet(book: bytes, *, sheet: BoundSheet, blank: frozenset[int]) -> Survey:
    """Give the survey of one worksheet."""
    walk = _SheetWalk(Survey(sheet.sheet, from_1904=sheet.from_1904), blank)
    for kind, data in _records(book, sheet.offset):
        if reader := walk.readers.get(kind):
            reader(data)
    return walk.survey


def _records(book: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Give the records of one substream, to its end; charts lie inside a sheet as substreams of their own."""
    depth = 0
    while at + 4 <= len(book):
        kind, size = struct.unpack_from("<HH", book, at)
        depth += (kind == BOF) - (kind == END)
        if depth <= 1:
            yield kind, book[at + 4 : at + 4 + size]
        if depth == 0:
            return
        at += 4 + size


class _SheetWalk:
    def __init__(self, survey: Survey, blank: frozenset[int]) -> None:
        self.survey = survey
        self.blank = blank
        self.readers: dict[int, Callable[[bytes], None]] = {
            0xFD: self._shared_text,
            0x204: self._own_text,
            0xD6: self._own_text,
            0x203: self._number,
            0x27E: self._number,
            0xBD: self._numbers,
            0x205: self._truth_or_error,
            0x06: self._formula,
            0x208: self._row,
            0x7D: self._columns,
            0xE5: self._merged,
            LINK: self._aside,
            CONTINUE: self._aside,  # the words of a note or a text box
            **dict.fromkeys(PRINTED, self._aside),
            DROP_DOWN: self._aside,
        }

    def _fill(self, row: int, column: int) -> None:
        survey = self.survey
        survey.last_column = max(survey.last_column, column)
        if row not in survey.filled:
            survey.filled.add(row)
            survey.lone[row] = column
        elif survey.lone.get(row, column) != column:
            del survey.lone[row]

    def _number(self, data: bytes) -> None:
        row, column = struct.unpack_from("<HH", data)
        self._fill(row + 1, column + 1)

    def _shared_text(self, data: bytes) -> None:
        if struct.unpack_from("<I", data, 6)[0] not in self.blank:
            self._number(data)

    def _own_text(self, data: bytes) -> None:
        letters = data[9:].decode("utf-16-le" if data[8] & 1 else "latin-1", errors="replace")
        if letters.strip(BLANK):
            self._number(data)

    def _numbers(self, data: bytes) -> None:
        row, first = struct.unpack_from("<HH", data)
        last = struct.unpack_from("<H", data, len(data) - 2)[0]
        for column in range(first, last + 1):
            self._fill(row + 1, column + 1)

    def _truth_or_error(self, data: bytes) -> None:
        self._number(data)
        row, column, _, value, is_error = struct.unpack_from("<HHHBB", data)
        if is_error:
            self.survey.errors[row + 1, column + 1] = ERRORS.get(value, "#N/A")

    def _formula(self, data: bytes) -> None:
        self._number(data)
        row, column = struct.unpack_from("<HH", data)
        self.survey.formulas.append((row + 1, column + 1))

    def _row(self, data: bytes) -> None:
        if struct.unpack_from("<I", data, 12)[0] & 0x20:
            self.survey.hidden_rows.append(struct.unpack_from("<H", data)[0] + 1)

    def _columns(self, data: bytes) -> None:
        first, last, _, _, options = struct.unpack_from("<HHHHH", data)
        if options & 1:
            self.survey.hidden_columns.append((first + 1, last + 1))

    def _merged(self, data: bytes) -> None:
        for number in range(struct.unpack_from("<H", data)[0]):
            top, bottom, left, right = struct.unpack_from("<HHHH", data, 2 + 8 * number)
            self.survey.merged.append((top + 1, left + 1, bottom + 1, right + 1))

    def _aside(self, data: bytes) -> None:
        wide = (data[at:].decode("utf-16-le", errors="replace") for at in (0, 1))
        self.survey.has_numbers_aside |= any(map(holds_number, (data.decode("latin-1"), *wide)))


def _blank_strings(parts: list[bytes]) -> frozenset[int]:
    """Walk the shared strings, which run on over records of at most 8,224 bytes, and keep the empty ones."""
    reader = _StringReader(parts)
    _, count = struct.unpack("<II", reader.take(8))
    return frozenset(index for index in range(count) if not reader.string().strip(BLANK))


class _StringReader:
    def __init__(self, parts: list[bytes]) -> None:
        self.parts = parts
        self.part = self.at = 0

    def take(self, size: int) -> bytes:
        """Give the next bytes; what is not characters runs on over a record's end as if there were none."""
        taken = b""
        while len(taken) < size:
            self._next_part_at_end()
            piece = self.parts[self.part][self.at : self.at + size - len(taken)]
            self.at += len(piece)
            taken += piece
        return taken

    def string(self) -> str:
        """Give the next string and pass over how its letters look and sound."""
        length, flags = struct.unpack("<HB", self.take(3))
        runs = struct.unpack("<H", self.take(2))[0] if flags & 8 else 0
        more = struct.unpack("<I", self.take(4))[0] if flags & 4 else 0
        wide, text, left = flags & 1, "", length
        while left:
            if self._next_part_at_end():
                wide = self.take(1)[0] & 1  # each record says anew how wide its letters are
            here = min(left, (len(self.parts[self.part]) - self.at) >> wide)
            text += self.take(here << wide).decode("utf-16-le" if wide else "latin-1", errors="replace")
            left -= here
        self.take(4 * runs + more)
        return text

    def _next_part_at_end(self) -> bool:
        if self.at < len(self.parts[self.part]):
            return False
        self.part, self.at = self.part + 1, 0
        return True
