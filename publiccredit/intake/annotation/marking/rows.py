"""The rows of a data sheet: behind each its outcome, and those that bear a mark with their cells marked."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from publiccredit.intake.annotation.marking.cells import REFERENCE, Cell, RowPiece, Spelling, attributes_of
from publiccredit.intake.annotation.marking.outline import Unsure
from publiccredit.intake.annotation.marking.strings import NumberSearch
from publiccredit.intake.annotation.marking.styles import Styles
from publiccredit.intake.annotation.marks import WORDS, Marks, outcome_column
from publiccredit.intake.annotation.privacy import CLEARED, shown
from publiccredit.intake.reading.headers import column_letter
from publiccredit.intake.reading.recognition import OUTCOME_HEADER
from publiccredit.intake.types import RETURNED, RecognisedSheet

SPANS = re.compile(rb"""\s+spans\s*=\s*(?:"[^"]*"|'[^']*')""")


@dataclass
class RowWriter:
    """Writes the rows of one data sheet again, and remembers which shared strings it took out of them."""

    header: RecognisedSheet
    marks: Marks
    styles: Styles
    spelling: Spelling
    texts: frozenset[int]  # columns in which numbers of persons are masked
    masked: dict[int, str]  # shared strings that hold one, and what they are to say
    column_styles: dict[int, int]  # of cells that are not there
    released: set[int] = field(default_factory=set)
    has_hidden: bool = False  # a person, or the number of one

    def __post_init__(self) -> None:
        name = self.header.sheet
        self.last = outcome_column(self.header)
        self.search = NumberSearch(self.masked)
        self.letters = column_letter(self.last).encode()
        self.outcomes = {row: word for (sheet, row), word in self.marks.outcomes.items() if sheet == name}
        self.persons = {row for sheet, row in self.marks.persons if sheet == name}
        self.cells = {row: found for (sheet, row), found in self.marks.cells.items() if sheet == name}
        self.titled = any(column.header == OUTCOME_HEADER for column in self.header.columns)
        ours = b"|".join(str(style).encode() for style in sorted(self.styles.ours))
        self.earlier = re.compile(rb"""\ss=["'](?:""" + ours + rb""")["']""") if ours else None
        self.careful = {row for row, word in self.outcomes.items() if word == WORDS[RETURNED]}
        self.careful |= self.persons | self.cells.keys()

    def written(self, rows: Iterable[RowPiece]) -> Iterator[bytes]:
        """
        Give the rows of the sheet as they are to be.

        :raises Unsure: a row that has an outcome is not there.
        """
        closing = f"</{self.spelling.prefix}row>".encode()
        left = set(self.outcomes)
        for row in rows:
            left.discard(row.number)
            if row.number < self.header.header_row:
                yield row.raw
                continue
            yield SPANS.sub(b"", row.tag) + b">"
            if row.number == self.header.header_row:
                yield self._header(row.number, row.body)
            elif self._is_plain(row.number, row.body):
                yield row.body
                yield self._outcome(row.number)
            else:
                yield self._marked(row)
            yield closing
        if left:
            raise Unsure("a row that is not there")

    def _header(self, number: int, body: bytes) -> bytes:
        if self.titled:
            return body
        cells = {cell.column: cell for cell in self.spelling.cells(body, number)}
        title = cells.get(self.last, Cell(self.last, {}, b""))
        cells[self.last] = self.spelling.filled(title.styled(self.styles.bold(title.style)), OUTCOME_HEADER)
        return b"".join(self.spelling.written(cells[column], number) for column in sorted(cells))

    def _outcome(self, number: int) -> bytes:
        word = self.outcomes.get(number)
        if word is None:
            return b""
        p = self.spelling.prefix.encode()
        place = self.letters + str(number).encode()
        said = word.encode()
        return b'<%bc r="%b" t="inlineStr"><%bis><%bt>%b</%bt></%bis></%bc>' % (p, place, p, p, said, p, p, p)

    def _is_plain(self, number: int, body: bytes) -> bool:
        """
        Tell whether there is nothing to say of a row but its outcome, behind its last cell.

        Nearly all rows are such. One look at all their cells together takes a tenth of the time of taking them apart.
        """
        if number in self.careful or (self.earlier is not None and self.earlier.search(body)):
            return False
        if self.search.may_be_in(body):
            return False
        at = body.rfind(b"<%bc " % self.spelling.prefix.encode())
        last = self.spelling.cell.match(body, at) if at >= 0 else None
        if last is None or last.end() != len(body):
            return not body.strip()
        place = REFERENCE.search(last[2])
        if place is None or int(place[2]) != number:
            return False
        return (len(place[1]), place[1].upper()) < (len(self.letters), self.letters)

    def _marked(self, row: RowPiece) -> bytes:
        number = row.number
        there = {cell.column: cell for cell in self.spelling.cells(row.body, number)}
        cells = {column: self._kept(cell, number) for column, cell in there.items()}
        usual = self._usual_style(row.attributes)

        def marked(column: int, *, returns: bool) -> Cell:
            style = there[column].style if column in there else usual(column)
            return cells.get(column, Cell(column, {}, b"")).styled(self.styles.marked(style, returns=returns))

        word = self.outcomes.get(number)
        if word is not None:
            cells[self.last] = self.spelling.filled(self._outcome_cell(there.get(self.last), word), word)
            for column, mark in self.cells.get(number, {}).items():
                at = column if column >= 0 else self.last
                cells[at] = marked(at, returns=mark.returns)
                if number in self.persons and column >= 0:
                    cells[at] = self.spelling.filled(cells[at], CLEARED)
        return b"".join(self.spelling.written(cells[column], number) for column in sorted(cells))

    def _outcome_cell(self, there: Cell | None, word: str) -> Cell:
        cell = there or Cell(self.last, {}, b"")
        if word == WORDS[RETURNED]:
            return cell.styled(self.styles.marked(cell.style, returns=True))
        return cell.styled(self.styles.unfilled(cell.style))

    def _kept(self, cell: Cell, number: int) -> Cell:
        """Give a cell without an earlier mark, and without what it says of a person."""
        kept = cell.styled(self.styles.unmarked(cell.style))
        if number in self.persons:
            self._release(cell)
            return kept.emptied()
        if cell.column == self.last:
            return kept.emptied()
        if cell.column in self.texts and (text := self._text_instead(cell)) is not None:
            self._release(cell)
            return self.spelling.filled(kept, text)
        return kept

    def _text_instead(self, cell: Cell) -> str | None:
        shared = self.spelling.shared(cell)
        return self.masked.get(shared) if shared is not None else shown(self.spelling.text(cell))

    def _release(self, cell: Cell) -> None:
        self.has_hidden = True
        if (shared := self.spelling.shared(cell)) is not None:
            self.released.add(shared)

    def _usual_style(self, attributes: bytes) -> Callable[[int], int]:
        """Give how a cell that is not there would look: like its row, else like its column."""
        row = attributes_of(attributes)
        if row.get("customFormat") in {"1", "true"}:
            return lambda _: int(row.get("s", "0"))
        return lambda column: self.column_styles.get(column, 0)
