"""One data sheet: its rows written again, and around them no more than the marks need."""

import re
from collections.abc import Collection, Iterable, Iterator

from publiccredit.intake.annotation.marking.cells import ATTRIBUTES, RowPiece, Spelling
from publiccredit.intake.annotation.marking.notes import Notes
from publiccredit.intake.annotation.marking.outline import (
    TAG,
    Change,
    Element,
    Unsure,
    edited,
    has_islands,
    outline,
    require_plain_text,
    start_tag,
)
from publiccredit.intake.annotation.marking.package import Package, Relations, relation
from publiccredit.intake.reading.headers import column_index, column_letter

ROOT = re.compile(rb"<([\w.-]+:)?worksheet[\s>]")
# What stands behind the boxes of notes in a sheet (ISO/IEC 29500-1, 18.3.1.99).
BEHIND_DRAWING = {
    "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
    "AlternateContent",
}  # fmt: skip


class Sheet:
    """
    The XML of a sheet, in three pieces: before its rows, the rows, behind them.

    :raises Unsure: it is written in a way in which its rows cannot be found for certain.
    """

    def __init__(self, package: Package, part: str) -> None:
        self.package, self.part = package, part
        self.xml = xml = package.read(part)
        require_plain_text(xml)
        root = ROOT.search(xml)
        if root is None or has_islands(xml):
            raise Unsure("a sheet of another kind")
        self.spelling = Spelling((root[1] or b"").decode())
        p = self.spelling.prefix.encode()
        opening = re.search(rb"<" + re.escape(p) + rb"sheetData" + ATTRIBUTES + rb"\s*>", xml)
        self.closing = b"</%bsheetData>" % p
        if opening is None or xml.count(self.closing) != 1 or xml.count(b"<%bsheetData" % p) != 1:
            raise Unsure("rows that cannot be found")
        self.first, self.behind = opening.end(), xml.index(self.closing)
        root_tag = TAG.match(xml, root.start())
        assert root_tag is not None
        self.root_tag = root_tag[0]
        # Each piece is made whole so that a parser tells where its elements stand.
        self.head = xml[: opening.start()]
        self.tail = xml[self.behind + len(self.closing) :]
        self.head_outline = outline(self.head + b"</%bworksheet>" % p, depth=2)
        self.tail_outline = outline(self.root_tag + self.tail, depth=2)

    @property
    def namespace(self) -> str:
        prefix = self.spelling.prefix.rstrip(":")
        return self.head_outline.attributes[f"xmlns:{prefix}" if prefix else "xmlns"]

    def column_styles(self) -> dict[int, int]:
        """Give how cells that are not there would look, by their columns from 0."""
        columns = self.head_outline.child("cols")
        said = (column.attributes for column in (columns.children if columns else ()))
        return {
            number - 1: int(one["style"])
            for one in said
            if one.get("style", "0") != "0"
            for number in range(int(one["min"]), min(int(one["max"]), 1_000) + 1)
        }

    def rows(self) -> Iterator[RowPiece]:
        """:raises Unsure: something else is among them, or they are not in order."""
        return self.spelling.rows(self.xml, self.first, self.behind)

    def notes(self, relations: Relations) -> Notes:
        return Notes(self.package, relations, self.namespace, self.drawing)

    @property
    def drawing(self) -> str:
        """The name of the relation to the boxes of notes."""
        known = self.tail_outline.child("legacyDrawing")
        return known.attribute("id") if known else ""

    def around(self, *, before: Iterable[Change] = (), behind: Iterable[Change] = ()) -> tuple[bytes, bytes]:
        """Give what stands before the rows and behind them, with changes."""
        return edited(self.head, before), edited(self.root_tag + self.tail, behind)[len(self.root_tag) :]

    def put(self, rows: Iterable[bytes], *, around: tuple[bytes, bytes]) -> None:
        """Write the sheet with other rows, and what is to stand before and behind them."""
        opening = self.xml[len(self.head) : self.first]
        self.package.write(self.part, b"".join((around[0], opening, *rows, self.closing, around[1])))

    def dimension(self, last: int) -> list[Change]:
        """Give what makes the sheet say that it reaches as far as a column."""
        element = self.head_outline.child("dimension")
        corner = re.fullmatch(r"([A-Z]+\d+)(?::([A-Z]+)(\d+))?", element.attributes.get("ref", "")) if element else None
        if element is None or corner is None or not corner[2] or column_index(corner[2]) >= last:
            return []
        tag = start_tag(element, ref=f"{corner[1]}:{column_letter(last)}{corner[3]}")
        return [(element.start, element.end, tag.removesuffix(b">") + b"/>" if element.empty else tag)]

    def without_links(self, relations: Relations, rows: Collection[int]) -> list[Change]:
        """Take out the links of some rows, and where they lead."""
        listed = self.tail_outline.child("hyperlinks")
        if listed is None or not rows:
            return []
        gone = [link for link in listed.children if _touches(_rows_of(link), rows)]
        left = {link.attribute("id") for link in listed.children if link not in gone}
        relations.remove(*({link.attribute("id") for link in gone} - left))
        if len(gone) == len(listed.children):
            return [(listed.start, listed.end, b"")]
        return [(link.start, link.end, b"") for link in gone]

    def reference(self, named: str) -> Change:
        """Give what refers to the boxes of notes by the name of a relation."""
        root = self.tail_outline
        at = next((child.start for child in root.children if child.name in BEHIND_DRAWING), root.behind)
        if any(child.start > at for child in root.children_named("drawing")):
            raise Unsure("what is drawn stands where it should not")
        return at, at, f"<{root.prefix}legacyDrawing {relation(root, self.package.kind, named)}/>".encode()


def _rows_of(link: Element) -> range:
    first, _, last = link.attributes.get("ref", "").replace("$", "").partition(":")
    top = int(first.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") or 0)
    return range(top, int((last or first).lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") or top) + 1)


def _touches(linked: range, rows: Collection[int]) -> bool:
    if len(linked) < len(rows):
        return any(row in rows for row in linked)
    return any(row in linked for row in rows)
