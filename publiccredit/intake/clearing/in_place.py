"""A workbook without persons, cleared in its own XML: all that says nothing of a person stays as it was."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from publiccredit.catalogue.types.identity_numbers import without
from publiccredit.intake.annotation.marking.cells import Cell, RowPiece
from publiccredit.intake.annotation.marking.formulas import has_formula, leave_out_results
from publiccredit.intake.annotation.marking.outline import Unsure, require_plain_text
from publiccredit.intake.annotation.marking.package import Package, Relations
from publiccredit.intake.annotation.marking.sheet import Sheet
from publiccredit.intake.annotation.marking.strings import NumberSearch, SharedStrings, shown_in
from publiccredit.intake.annotation.marking.workbook import refuse_what_may_repeat, sheets_of
from publiccredit.intake.clearing import CLEARED, Row
from publiccredit.intake.reading.workbook import text_of

READ = (".xml", ".rels", ".vml")
# What is said of the file, and a picture of its first page.
SAID = {"core-properties", "extended-properties", "custom-properties", "thumbnail"}
LONG_NUMBER = re.compile(rb">\s*\d{17}|\d[eE]\+?1[67]\s*<")  # a number typed as one, too long to be an amount


def clear_in_place(*, original: Path, rows: Sequence[Row], target: Path) -> bool:
    """
    Write the workbook without persons and tell whether anything was taken out; else nothing is written.

    :raises Unsure: nothing in it can be changed without risk to the rest, or something may be left of a person.
    """
    with Package(original) as package:
        changed = _Workbook(package, {row.header.sheet: row for row in rows}).clear()
        if changed:
            package.save(target)
    return changed


@dataclass
class _Workbook:
    package: Package
    rows: Mapping[str, Row]

    def clear(self) -> bool:
        package = self.package
        relations = Relations(package, package.workbook)
        sheets = sheets_of(package)
        refuse_what_may_repeat(package)
        (strings_part, strings), changed = self._strings(relations), False
        for name, part in sheets.items():
            sheet = Sheet(package, part)
            changed |= _clear_sheet(sheet, _Rows(name, self.rows.get(name), sheet, strings))
        for part in package.parts:
            if part.lower().endswith(READ) and part not in sheets.values() and part != strings_part:
                changed |= _mask(package, part)
        if changed:
            self._leave_out_what_is_said()
            leave_out_results(package, sheets=sheets.values())
            if strings is not None:
                seen = shown_in(package.read(part) for part in sheets.values())
                package.write(strings_part, strings.without(set(range(len(strings.pieces) - 1)) - seen))
        return changed

    def _strings(self, relations: Relations) -> tuple[str, SharedStrings | None]:
        found = relations.of_kind("sharedStrings")
        if not found:
            return "", None
        part = relations.target(found[0])
        return part, SharedStrings(self.package.read(part))

    def _leave_out_what_is_said(self) -> None:
        relations = Relations(self.package, "")
        gone = [element for element in relations.elements if element.attribute("Type").rpartition("/")[2] in SAID]
        for element in gone:
            self.package.drop(relations.target(element))
        relations.remove(*(element.attribute("Id") for element in gone))


@dataclass
class _Rows:
    """The rows of one sheet: of data where ``row`` says what becomes of them, else of a sheet no check looks at."""

    name: str
    row: Row | None
    sheet: Sheet
    strings: SharedStrings | None
    cleared: set[int] = field(default_factory=set)
    changed: bool = False

    def written(self, pieces: Iterable[RowPiece]) -> Iterator[bytes]:
        """:raises Unsure: a row about a person is not where it was read."""
        search = NumberSearch(self.strings.masked if self.strings else {})
        spelling = self.sheet.spelling
        for piece in pieces:
            person = self.row.person_at(piece.number) if self.row else None
            if person is None and not search.may_be_in(piece.body) and not LONG_NUMBER.search(piece.body):
                yield piece.raw
                continue
            there = list(spelling.cells(piece.body, piece.number))
            kept = self._emptied(there, person, piece.number) if person is not None else self._kept(there, piece.number)
            if kept == there:
                yield piece.raw
                continue
            self.changed = True
            yield piece.tag + b">"
            yield b"".join(spelling.written(cell, piece.number) for cell in kept)
            yield f"</{spelling.prefix}row>".encode()
        persons = {number for sheet, number in self.row.persons if sheet == self.name} if self.row else set()
        if not persons <= self.cleared:
            raise Unsure("a row about a person that is not there")

    def _emptied(self, there: list[Cell], person: int, number: int) -> list[Cell]:
        self.cleared.add(number)
        cells = {cell.column: cell.emptied() for cell in there}
        cells[person] = self.sheet.spelling.filled(cells.get(person, Cell(person, {}, b"")), CLEARED)
        return [cells[column] for column in sorted(cells)]

    def _kept(self, there: list[Cell], number: int) -> list[Cell]:
        kept = [self._without_number(cell, number) for cell in there]
        if self.row is not None or kept == there:
            return kept
        # Beside the number stands a name, and no check has looked at it.
        self.cleared.add(number)
        if any(has_formula(cell.inner) for cell in there):
            raise Unsure("a formula in a row that is cleared")
        return [cell.emptied() for cell in there]

    def _without_number(self, cell: Cell, number: int) -> Cell:
        if has_formula(cell.inner):
            # Its result is left out; what is written in it may be a number all the same.
            return (
                cell
                if (inner := without(cell.inner.decode()).encode()) == cell.inner
                else replace(cell, inner=inner, raw=b"")
            )
        text = self._text(cell)
        kept = self.row.text(number, cell.column, text) if self.row else without(text)
        return cell if kept == text else self.sheet.spelling.filled(cell, kept)

    def _text(self, cell: Cell) -> str:
        """Give the text of a cell, of a shared one only where it may hold a number."""
        spelling = self.sheet.spelling
        shared = spelling.shared(cell)
        if shared is not None and self.strings is not None:
            return spelling.said(self.strings.pieces[shared]) if shared in self.strings.masked else ""
        found = spelling.value.search(cell.inner) if cell.kind == "n" else None
        if found is not None:
            value = found[1].decode().strip()
            return value if value.isdigit() else text_of(float(value)) or ""
        return spelling.text(cell) or ""


def _clear_sheet(sheet: Sheet, rows: _Rows) -> bool:
    data = list(rows.written(sheet.rows()))
    relations = Relations(sheet.package, sheet.part)
    behind = sheet.without_links(relations, rows.cleared)
    if rows.cleared:
        sheet.notes(relations).write({}, is_gone=lambda at, _: at[0] in rows.cleared)
    before, after = sheet.around(behind=behind)
    masked = without(before.decode()).encode(), without(after.decode()).encode()
    sheet.put(data, around=masked)
    return rows.changed or masked != (before, after)


def _mask(package: Package, part: str) -> bool:
    """Mask the numbers of persons in a part beside those of cells and tell whether there were any."""
    content = package.read(part)
    require_plain_text(content)
    said = content.decode()
    kept = without(said)
    if kept != said:
        package.write(part, kept.encode())
    return kept != said
