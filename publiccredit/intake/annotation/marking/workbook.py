"""A whole workbook, marked in its own XML."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from publiccredit.intake.annotation.marking.formulas import leave_out_results
from publiccredit.intake.annotation.marking.notes import Place
from publiccredit.intake.annotation.marking.outline import Unsure, outline
from publiccredit.intake.annotation.marking.package import Package, Relations
from publiccredit.intake.annotation.marking.rows import RowWriter
from publiccredit.intake.annotation.marking.sheet import Sheet
from publiccredit.intake.annotation.marking.strings import SharedStrings, shown_in
from publiccredit.intake.annotation.marking.styles import PLAIN, Styles
from publiccredit.intake.annotation.marking.summary import write_summary
from publiccredit.intake.annotation.marks import AUTHOR, COMMENTS_PER_SHEET, WHOLE_ROWS, Marks
from publiccredit.intake.annotation.privacy import text_columns
from publiccredit.intake.reading.recognition import SUMMARY_SHEET
from publiccredit.intake.types import RecognisedSheet, Recognition

# Parts of which it is known that they do not repeat what stands in cells: notes and links are looked at by themselves.
# Charts, pictures, text boxes, caches of pivot tables and whatever comes next may.
NOT_REPEATING = re.compile(
    r"\[Content_Types\]\.xml|.*\.rels|docProps/.*|xl/workbook\.xml|xl/worksheets/[^/]*|xl/styles\.xml|xl/sharedStrings\.xml"
    r"|xl/theme/.*|xl/tables/.*|xl/printerSettings/.*|xl/metadata\.xml|xl/calcChain\.xml|xl/(comments/?|drawings/)?comments?\d*\.xml"
    r"|xl/drawings/[^/]*\.vml|.*/",
    re.IGNORECASE,
)


def mark(*, original: Path, recognition: Recognition, marks: Marks, target: Path) -> None:
    """
    Mark the workbook and save it as ``target``.

    :raises Unsure: nothing in it can be changed without risk to the rest, and nothing is saved.
    """
    with Package(original) as package:
        Book(package, recognition, marks).mark()
        package.save(target)


def sheets_of(package: Package) -> dict[str, str]:
    """Give the part of each sheet by its name."""
    relations = Relations(package, package.workbook)
    root = outline(package.read(package.workbook), depth=2)
    return {
        sheet.attributes["name"]: relations.target(relations.by_id(sheet.attribute("id")))
        for sheet in root.needed("sheets").children
    }


def refuse_what_may_repeat(package: Package) -> None:
    """:raises Unsure: parts may repeat what is cleared in cells."""
    if not all(NOT_REPEATING.fullmatch(part) for part in package.parts):
        raise Unsure("parts that may repeat what is cleared")


def _write(sheet: Sheet, rows: RowWriter) -> None:
    data = list(rows.written(sheet.rows()))
    relations = Relations(sheet.package, sheet.part)
    behind = sheet.without_links(relations, rows.persons)
    notes = sheet.notes(relations)

    def is_gone(at: Place, author: str) -> bool:
        return at[0] in rows.persons or (author == AUTHOR and at[0] > rows.header.header_row)

    named = notes.write(_notes(rows), is_gone=is_gone)
    if named != sheet.drawing:
        behind.append(sheet.reference(named))
    sheet.put(data, around=sheet.around(before=sheet.dimension(rows.last), behind=behind))


def _notes(rows: RowWriter) -> dict[Place, str]:
    """Give the notes of the marked cells, as many as a spreadsheet program bears."""
    marked = (
        ((row, column if column >= 0 else rows.last), mark.comment)
        for row in sorted(rows.outcomes)
        for column, mark in rows.cells.get(row, {}).items()
    )
    return dict(place for place, _ in zip(marked, range(COMMENTS_PER_SHEET), strict=False))


@dataclass
class Book:
    package: Package
    recognition: Recognition
    marks: Marks
    rows: list[RowWriter] = field(default_factory=list)

    def mark(self) -> None:
        if len(self.marks.outcomes) > WHOLE_ROWS:
            raise Unsure("more rows than are given back")
        for header in self.recognition.sheets:
            sheet = Sheet(self.package, self.parts[header.sheet])
            writer = self._writer(header, sheet)
            _write(sheet, writer)
            self.rows.append(writer)
        known = self.parts.get(SUMMARY_SHEET, "")
        write_summary(self.package, known=known, marks=self.marks, styles=self.styles, namespace=self.namespace)
        if any(rows.has_hidden for rows in self.rows):
            self._hide()
        self.package.write(self.styles_part, self.styles.written())

    @cached_property
    def relations(self) -> Relations:
        return Relations(self.package, self.package.workbook)

    @cached_property
    def parts(self) -> dict[str, str]:
        return sheets_of(self.package)

    @cached_property
    def namespace(self) -> str:
        root = outline(self.package.read(self.package.workbook), depth=0)
        prefix = root.prefix.rstrip(":")
        return root.attributes[f"xmlns:{prefix}" if prefix else "xmlns"]

    @cached_property
    def styles_part(self) -> str:
        found = self.relations.of_kind("styles")
        if found:
            return self.relations.target(found[0])
        part = "xl/styles.xml"  # readers look for it by this name
        if part in self.package.parts:
            raise Unsure("styles nothing refers to")
        self.package.add(part, PLAIN.format(self.namespace).encode(), kind="styles")
        self.relations.add(kind="styles", part=part)
        return part

    @cached_property
    def styles(self) -> Styles:
        return Styles(self.package.read(self.styles_part))

    @cached_property
    def strings(self) -> SharedStrings | None:
        found = self.relations.of_kind("sharedStrings")
        return SharedStrings(self.package.read(self.relations.target(found[0]))) if found else None

    def _writer(self, header: RecognisedSheet, sheet: Sheet) -> RowWriter:
        return RowWriter(
            header=header,
            marks=self.marks,
            styles=self.styles,
            spelling=sheet.spelling,
            texts=text_columns(record_type=self.recognition.record_type, header=header),
            masked=self.strings.masked if self.strings else {},
            column_styles=sheet.column_styles(),
        )

    def _hide(self) -> None:
        """
        Leave nothing of a person where it stood only for a cell that no longer shows it.

        :raises Unsure: other parts may repeat it.
        """
        refuse_what_may_repeat(self.package)
        leave_out_results(self.package, sheets=self.parts.values())
        released = set().union(*(rows.released for rows in self.rows))
        if released and self.strings is not None:
            gone = released - shown_in(self.package.read(part) for part in self.parts.values())
            part = self.relations.target(self.relations.of_kind("sharedStrings")[0])
            self.package.write(part, self.strings.without(gone))
