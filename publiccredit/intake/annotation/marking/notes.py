"""The notes of one sheet: the words stand in one part, the boxes they are shown in, in another."""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from publiccredit.intake.annotation.marking.outline import Element, Unsure, edited, inserted, outline
from publiccredit.intake.annotation.marking.package import Package, Relations
from publiccredit.intake.annotation.marks import AUTHOR
from publiccredit.intake.annotation.texts import escaped
from publiccredit.intake.reading.headers import column_index, column_letter

Place = tuple[int, int]  # row from 1, column from 0
THREAD = "tc="  # how the author of the first note of a conversation is called
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/>'
    "</o:shapelayout></xml>"
)
SHAPE_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
BOX = (
    '<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;margin-left:59.25pt;margin-top:1.5pt;'
    'width:320px;height:120px;z-index:{number};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
    '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>'
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
BOXES = re.compile(rb"<([\w.-]+:)?shape\s.*?</(?:[\w.-]+:)?shape\s*>", re.DOTALL)
BOX_PLACE = re.compile(rb"<(?:[\w.-]+:)?(Row|Column)\s*>\s*(\d+)\s*<")
BOX_NUMBER = re.compile(rb"_x0000_s(\d+)")
NOTE = re.compile(rb"""ObjectType\s*=\s*["']Note["']""")
CLOSING = re.compile(rb"</(?:[\w.-]+:)?xml\s*>\s*$")
VOCABULARY = {b"v": b"vml", b"o": b"office:office", b"x": b"office:excel"}


@dataclass
class Notes:
    """The notes of a sheet as they came, to be written again without some of them and with others."""

    package: Package
    relations: Relations
    namespace: str  # of the sheet
    drawing: str  # the name of the sheet's relation to the boxes, where it has one

    def __post_init__(self) -> None:
        parts = [self.relations.target(element) for element in self.relations.of_kind("comments")]
        if len(parts) > 1:
            raise Unsure("two parts of notes")
        self.part = parts[0] if parts else ""
        empty = (
            f'{DECLARATION}<comments xmlns="{self.namespace}"><authors></authors><commentList></commentList></comments>'
        )
        self.xml = self.package.read(self.part) if self.part else empty.encode()
        self.root = outline(self.xml, depth=3)
        authors = self.root.needed("authors")
        self.authors = [self._said(author) for author in authors.children_named("author")]
        self.notes = {_place(note): note for note in self.root.needed("commentList").children_named("comment")}

    def _said(self, element: Element) -> str:
        return html.unescape(self.xml[element.inside : element.behind].decode())

    def _author(self, note: Element) -> str:
        return self.authors[int(note.attributes.get("authorId", "0"))]

    def write(self, added: Mapping[Place, str], *, is_gone: Callable[[Place, str], bool]) -> str:
        """
        Write the notes and give the name of the sheet's relation to their boxes, nothing where there are none left.

        What ``is_gone`` is told of each is its place and its author. Where another is put in its place, it goes too.

        :raises Unsure: one that goes is the first of a conversation, or the boxes are not those of notes.
        """
        gone = {place for place, note in self.notes.items() if place in added or is_gone(place, self._author(note))}
        if any(self._author(self.notes[place]).startswith(THREAD) for place in gone):
            raise Unsure("a conversation at a marked cell")
        if not added and not gone:
            return self.drawing
        self._write_words(added, gone)
        return self._write_boxes(added, gone) if added or self.drawing else ""

    def _write_words(self, added: Mapping[Place, str], gone: set[Place]) -> None:
        p = self.root.prefix
        authors, listed = self.root.needed("authors"), self.root.needed("commentList")
        changes = [(note.start, note.end, b"") for place, note in self.notes.items() if place in gone]
        number = self.authors.index(AUTHOR) if AUTHOR in self.authors else len(self.authors)
        if number == len(self.authors) and added:
            changes.append(inserted(authors, f"<{p}author>{AUTHOR}</{p}author>".encode(), self.xml))
        words = "".join(
            f'<{p}comment ref="{column_letter(column)}{row}" authorId="{number}"><{p}text>'
            f'<{p}t xml:space="preserve">{escaped(text)}</{p}t></{p}text></{p}comment>'
            for (row, column), text in sorted(added.items())
        )
        if words:
            changes.append(inserted(listed, words.encode(), self.xml))
        content = edited(self.xml, changes)
        if self.part:
            self.package.write(self.part, content)
        else:
            self.part = self.package.free_name("xl/comments{}.xml")
            self.package.add(self.part, content, kind="comments")
            self.relations.add(kind="comments", part=self.part)

    def _write_boxes(self, added: Mapping[Place, str], gone: set[Place]) -> str:
        boxes = [*sorted(added)]
        if not self.drawing:
            boxes += sorted(self.notes.keys() - gone)
            part = self.package.free_name("xl/drawings/vmlDrawing{}.vml")
            self.package.add(part, _with_boxes(VML.encode(), boxes), kind="vmlDrawing")
            return self.relations.add(kind="vmlDrawing", part=part)
        part = self.relations.target(self.relations.by_id(self.drawing))
        vml = self.package.read(part)
        found = list(BOXES.finditer(vml))
        others = [box for box in found if not NOTE.search(box[0])]
        if _speaks_usual_words(vml):
            left = edited(
                vml, [(*box.span(), b"") for box in found if NOTE.search(box[0]) and _place_of(box[0]) in gone]
            )
        elif others:
            raise Unsure("boxes of other things, in other words")
        else:
            boxes += sorted(self.notes.keys() - gone)
            left = VML.encode()
        self.package.write(part, _with_boxes(left, boxes))
        return self.drawing


def _speaks_usual_words(vml: bytes) -> bool:
    head = vml[: vml.find(b">", vml.find(b"<xml")) + 1]
    named = all(re.search(rb"xmlns:" + p + rb"\s*=\s*[\"'][^\"']*" + end, head) for p, end in VOCABULARY.items())
    return named and CLOSING.search(vml) is not None


def _with_boxes(vml: bytes, places: list[Place]) -> bytes:
    closing = CLOSING.search(vml)
    assert closing is not None
    first = max([1024, *map(int, BOX_NUMBER.findall(vml))]) + 1
    kind = "" if b'id="_x0000_t202"' in vml else SHAPE_TYPE
    boxes = "".join(
        BOX.format(number=number, row=row - 1, column=column) for number, (row, column) in enumerate(places, first)
    )
    return edited(vml, [(closing.start(), closing.start(), (kind + boxes).encode())])


def _place_of(box: bytes) -> Place | None:
    said = dict(BOX_PLACE.findall(box))
    return (int(said[b"Row"]) + 1, int(said[b"Column"])) if len(said) == 2 else None


def _place(note: Element) -> Place:
    reference = note.attributes.get("ref", "")
    letters = reference.rstrip("0123456789")
    return int(reference[len(letters) :]), column_index(letters)
