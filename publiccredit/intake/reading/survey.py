"""
What stands in the XML of one worksheet, told by expat before calamine spends memory on it.

It is the second parser of workbooks: it knows which rows are filled, and it sees what calamine does not tell: formulas,
merged and hidden cells, error values, and a lone cell so far away that a dense table down to it would fill the memory.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from publiccredit.intake.reading.headers import BLANK, column_index
from publiccredit.intake.reading.limits import Limits
from publiccredit.intake.reading.refusals import refusal

BLOCK = 1 << 20
NAMED_CELLS = 200  # formulas and the like are counted beyond this and no longer named


@dataclass
class Survey:
    """The shape of one sheet. Rows and columns are numbered from 1 as the sender's program shows them."""

    sheet: str
    filled: set[int] = field(default_factory=set)  # rows with at least one filled cell
    lone: dict[int, int] = field(default_factory=dict)  # rows with exactly one filled cell: its column
    last_column: int = 0
    errors: dict[tuple[int, int], str] = field(default_factory=dict)  # #REF! and the like
    formulas: list[tuple[int, int]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)  # first row, column; last row, column
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)

    @property
    def area(self) -> int:
        """The cells a dense table from the first filled row to the last would have."""
        return (max(self.filled) - min(self.filled) + 1) * self.last_column if self.filled else 0

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
    """Walks one worksheet's XML. Attribute lists come ordered, names with the prefix the document chose."""

    def __init__(self, *, sheet: str, part: str, blank_strings: frozenset[int], limits: Limits) -> None:
        self.survey = Survey(sheet)
        self.limits = limits
        self.blank_strings = blank_strings
        self.row = self.column = 0
        self.kind = ""
        self.taking = False  # between the tags of a value
        self.letters: dict[str, int] = {}
        self.handlers = {
            "c": self._cell,
            "v": self._value,
            "t": self._value,
            "row": self._row,
            "f": self._formula,
            "mergeCell": self._merged,
            "col": self._hidden_columns,
        }
        self.prefix = ""
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
            if self.survey.area > self.limits.cells:
                raise refusal(
                    "too_many_cells", sheet=self.survey.sheet, found=self.survey.area, limit=self.limits.cells
                )
        self.parser.Parse(b"", True)
        return self.survey

    def _root(self, name: str, _: list[str]) -> None:
        prefix, colon, _local = name.rpartition(":")
        self.handlers = {f"{prefix}{colon}{local}": handler for local, handler in self.handlers.items()}
        self.parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: list[str]) -> None:
        self.taking = False
        if handler := self.handlers.get(name):
            handler(attributes)

    def _row(self, attributes: list[str]) -> None:
        row, hidden = self.row + 1, False
        for index in range(0, len(attributes), 2):
            if attributes[index] == "r":
                row = int(attributes[index + 1])
            elif attributes[index] == "hidden":
                hidden = attributes[index + 1] in {"1", "true"}
        self.row, self.column = row, 0
        if hidden:
            self.survey.hidden_rows.append(row)

    def _cell(self, attributes: list[str]) -> None:
        self.column += 1
        self.kind = ""
        for index in range(0, len(attributes), 2):
            if attributes[index] == "r":
                self._place(attributes[index + 1])
            elif attributes[index] == "t":
                self.kind = attributes[index + 1]

    def _place(self, reference: str) -> None:
        letters = reference.rstrip("0123456789")
        column = self.letters.get(letters)
        if column is None:
            column = self.letters[letters] = column_index(letters) + 1
        self.column = column
        digits = reference[len(letters) :]
        if digits:
            self.row = int(digits)

    def _value(self, _: list[str]) -> None:
        self.taking = True

    def _formula(self, _: list[str]) -> None:
        if len(self.survey.formulas) < NAMED_CELLS:
            self.survey.formulas.append((self.row, self.column))

    def _text(self, text: str) -> None:
        if not self.taking or self._is_blank(text):
            return
        survey = self.survey
        if self.kind == "e":
            survey.errors[self.row, self.column] = text
        if self.column > survey.last_column or self.row > self.limits.rows:
            self._outermost()
        if self.row not in survey.filled:
            survey.filled.add(self.row)
            survey.lone[self.row] = self.column
        elif survey.lone.get(self.row, self.column) != self.column:
            del survey.lone[self.row]

    def _is_blank(self, text: str) -> bool:
        if self.kind != "s":
            return not text.strip(BLANK)
        return bool(self.blank_strings) and text.isdigit() and int(text) in self.blank_strings

    def _outermost(self) -> None:
        if self.column > self.limits.columns or self.row > self.limits.rows:
            cell = f"{next(k for k, v in self.letters.items() if v == self.column)}{self.row}"
            raise refusal(
                "far_cell",
                sheet=self.survey.sheet,
                cell=cell,
                rows=self.limits.rows,
                columns=self.limits.columns,
            )
        self.survey.last_column = self.column

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
