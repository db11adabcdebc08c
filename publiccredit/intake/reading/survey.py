"""
What stands in the XML of one worksheet, told by expat before calamine spends memory on it.

It is the second parser of workbooks: it knows which rows are filled, and it sees what calamine does not tell: formulas,
merged and hidden cells, error values, and a lone cell so far away that a dense table down to it would fill the memory.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from publiccredit.intake.reading.aside import holds_number
from publiccredit.intake.reading.headers import BLANK, column_index, column_letter
from publiccredit.intake.reading.limits import Limits
from publiccredit.intake.reading.meter import Meter
from publiccredit.intake.reading.refusals import refusal

BLOCK = 1 << 20
# What a person reads of a sheet beside its cells: links, words of drop-downs, what is printed above and below, and what
# later versions say of all these. It stands behind the rows.
BESIDE = ("conditionalFormatting", "dataValidations", "hyperlinks", "headerFooter", "extLst")
CODES = re.compile('&(?:"[^"]*"|[A-Za-z])')  # how what is printed is to look
NAMED_CELLS = 200  # formulas and the like are counted beyond this and no longer named


Starter = Callable[[str, list[str]], None]


@dataclass
class Survey:
    """The shape of one sheet. Rows and columns are numbered from 1 as the sender's program shows them."""

    sheet: str
    filled: set[int] = field(default_factory=set)  # rows with at least one filled cell
    lone: dict[int, int] = field(default_factory=dict)  # rows with exactly one filled cell: its column
    first_row: int = 0
    last_row: int = 0
    last_column: int = 0
    errors: dict[tuple[int, int], str] = field(default_factory=dict)  # #REF! and the like
    formulas: list[tuple[int, int]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)  # first row, column; last row, column
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    from_1904: bool = False  # the workbook counts its days from 1904, as those made on a Macintosh did
    has_numbers_aside: bool = False  # of persons, in what stands behind the rows and, of an xls, in notes

    @property
    def area(self) -> int:
        """The cells a dense table from the first filled row to the last would have."""
        return (self.last_row - self.first_row + 1) * self.last_column

    def rows_below(self, header_row: int, *, but_column: int | None) -> int:
        """Count the filled rows below the header, without those that only hold the platform's own mark."""
        marked = sum(row > header_row and column == but_column for row, column in self.lone.items())
        return sum(row > header_row for row in self.filled) - marked


def refuse_entities(part: str) -> Callable[..., None]:
    """Give a handler for the start of a DTD: expat would expand its entities, a spreadsheet program writes none."""

    def refuse(*_: object) -> None:
        raise refusal("entities", part=part)

    return refuse


class SheetSurveyor:
    """
    Walks one worksheet's XML. Attribute lists come ordered, names with the prefix the document chose.

    A sheet has millions of cells, so what a cell says of itself is taken apart only where it can still change the
    survey: the first two filled cells of a row, its last one, errors, and whatever lies further out than any before.
    """

    def __init__(self, *, sheet: str, part: str, blank_strings: frozenset[int], limits: Limits, meter: Meter) -> None:
        self.survey = Survey(sheet)
        self.limits = limits
        self.meter = meter
        self.blank_strings = blank_strings
        self.row = self.column = 0
        self.cell: list[str] = []
        self.last: list[str] = []  # the last filled cell of the row, not yet taken apart
        self.taking = False  # between the tags of a value
        self.settled = False  # the row has two filled cells: that it is filled is known, and that it is not lone
        self.reach = 0  # length of the longest reference seen in the row
        self.letters: dict[str, int] = {}
        self.handlers = {
            "row": self._row,
            "f": self._formula,
            "mergeCell": self._merged,
            "col": self._hidden_columns,
        }
        self.parser = expat.ParserCreate()
        self.parser.ordered_attributes = True
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = refuse_entities(part)
        self.parser.StartElementHandler = self._root
        self.parser.CharacterDataHandler = self._text

    def walk(self, stream: IO[bytes]) -> Survey:
        """
        Give the survey of the sheet.

        :raises UnableToRead: a cell lies too far out, there are too many cells, or the XML holds a DTD.
        :raises expat.ExpatError: it is not XML.
        """
        while block := stream.read(BLOCK):
            self.parser.Parse(block, False)
            self.meter.surveyed += len(block)
            if self.survey.area > self.limits.cells:
                raise refusal(
                    "too_many_cells", sheet=self.survey.sheet, found=self.survey.area, limit=self.limits.cells
                )
        self.parser.Parse(b"", True)
        self._end_row()
        return self.survey

    def _root(self, name: str, _: list[str]) -> None:
        prefix, colon, _local = name.rpartition(":")
        named = f"{prefix}{colon}"
        self.handlers = {f"{named}{local}": handler for local, handler in self.handlers.items()}
        among_rows = self._starter(f"{named}c", f"{named}v", f"{named}t")
        beside = self._starter_beside(frozenset(f"{named}{local}" for local in ("row", "c", "v", "t")), among_rows)

        def step_aside(attributes: list[str]) -> None:
            self.parser.StartElementHandler, self.parser.CharacterDataHandler = beside, self._text_beside
            self._look(attributes)

        self.handlers |= {f"{named}{local}": step_aside for local in BESIDE}
        self.parser.StartElementHandler = among_rows

    def _starter_beside(self, rows: frozenset[str], among_rows: Starter) -> Starter:
        def start(name: str, attributes: list[str]) -> None:
            if name in rows:
                self.parser.StartElementHandler, self.parser.CharacterDataHandler = among_rows, self._text
                among_rows(name, attributes)
                return
            self._look(attributes)
            if handler := self.handlers.get(name):
                handler(attributes)

        return start

    def _text_beside(self, text: str) -> None:
        self.survey.has_numbers_aside |= holds_number(text) or ("&" in text and holds_number(CODES.sub("", text)))

    def _look(self, attributes: list[str]) -> None:
        self.survey.has_numbers_aside |= holds_number("\n".join(attributes))

    def _starter(self, cell: str, value: str, text: str) -> Starter:
        handlers, values = self.handlers, frozenset({value, text})

        def start(name: str, attributes: list[str]) -> None:
            if name in values:
                self.taking = True
                return
            self.taking = False
            if name == cell:
                self.cell = attributes
                self.column += 1
            elif handler := handlers.get(name):
                handler(attributes)

        return start

    def _text(self, text: str) -> None:
        if not self.taking:
            return
        cell = self.cell
        if self.settled and len(cell) > 1 and len(cell[1]) <= self.reach and "e" not in cell and cell[0] == "r":
            self.last = cell
        else:
            self._fill(cell, text)

    def _fill(self, cell: list[str], text: str) -> None:
        kind = self._take_apart(cell)
        if self._is_blank(kind, text):
            return
        survey = self.survey
        if kind == "e":
            survey.errors[self.row, self.column] = text
        self._reach_out()
        if self.row not in survey.filled:
            survey.filled.add(self.row)
            survey.lone[self.row] = self.column
            survey.first_row = min(survey.first_row or self.row, self.row)
            survey.last_row = max(survey.last_row, self.row)
        elif survey.lone.get(self.row, self.column) != self.column:
            del survey.lone[self.row]
        self.settled = self.row not in survey.lone

    def _take_apart(self, cell: list[str]) -> str:
        """Go to the cell's place and give its kind; a cell that names no place stands behind the one before."""
        kind = ""
        for index in range(0, len(cell), 2):
            if cell[index] == "r":
                reference = cell[index + 1]
                letters = reference.rstrip("0123456789")
                self.reach = max(self.reach, len(reference))
                if letters not in self.letters:
                    self.letters[letters] = column_index(letters) + 1
                self.column = self.letters[letters]
                self.row = int(reference[len(letters) :])
            elif cell[index] == "t":
                kind = cell[index + 1]
        return kind

    def _is_blank(self, kind: str, text: str) -> bool:
        if not text.strip(BLANK):
            return True
        return kind == "s" and bool(self.blank_strings) and text.isdigit() and int(text) in self.blank_strings

    def _reach_out(self) -> None:
        if self.column > self.limits.columns or self.row > self.limits.rows:
            raise refusal(
                "far_cell",
                sheet=self.survey.sheet,
                cell=f"{column_letter(self.column - 1)}{self.row}",
                rows=self.limits.rows,
                columns=self.limits.columns,
            )
        self.survey.last_column = max(self.survey.last_column, self.column)

    def _row(self, attributes: list[str]) -> None:
        self._end_row()
        row, hidden = self.row + 1, False
        for index in range(0, len(attributes), 2):
            if attributes[index] == "r":
                row = int(attributes[index + 1])
            elif attributes[index] == "hidden":
                hidden = attributes[index + 1] in {"1", "true"}
        self.row, self.column, self.settled, self.reach = row, 0, False, 0
        if hidden:
            self.survey.hidden_rows.append(row)

    def _end_row(self) -> None:
        if self.last:
            self._take_apart(self.last)
            self._reach_out()
            self.last = []

    def _formula(self, _: list[str]) -> None:
        self._take_apart(self.cell)
        if len(self.survey.formulas) < NAMED_CELLS:
            self.survey.formulas.append((self.row, self.column))

    def _merged(self, attributes: list[str]) -> None:
        named = dict(zip(attributes[::2], attributes[1::2], strict=True))
        first, _, last = named.get("ref", "A1").partition(":")
        self.survey.merged.append((*_corner(first), *_corner(last or first)))

    def _hidden_columns(self, attributes: list[str]) -> None:
        named = dict(zip(attributes[::2], attributes[1::2], strict=True))
        if named.get("hidden") in {"1", "true"}:
            self.survey.hidden_columns.append((int(named["min"]), int(named["max"])))


def _corner(reference: str) -> tuple[int, int]:
    plain = reference.replace("$", "")
    letters = plain.rstrip("0123456789")
    return int(plain[len(letters) :] or 1), column_index(letters) + 1
