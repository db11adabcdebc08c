"""The cells of one row as they are written, and as they are written again."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from publiccredit.intake.annotation.marking.outline import Unsure
from publiccredit.intake.annotation.texts import escaped, quoted
from publiccredit.intake.reading.headers import column_index, column_letter

ATTRIBUTES = rb"""(?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*"""
ATTRIBUTE = re.compile(rb"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]+)(\d+)["']""")
NUMBER = re.compile(rb"""\sr\s*=\s*["'](\d+)["']""")
RUN = re.compile(r"<(?:[\w.-]+:)?r[\s>]")  # of letters that look alike
CONTENT = {"t", "cm", "vm", "ph"}  # attributes of what stands in a cell, not of how it looks


@lru_cache(1 << 12)
def attributes_of(said: bytes) -> Mapping[str, str]:
    """Give attributes as they are written in a tag; but for the place, those of most cells are the same few."""
    return {name.decode(): html.unescape((a or b).decode()) for name, a, b in ATTRIBUTE.findall(said)}


@dataclass(frozen=True)
class Cell:
    """One cell: its column from 0, its attributes but for the place, and what stands between its tags."""

    column: int
    attributes: Mapping[str, str]
    inner: bytes
    raw: bytes = b""  # as it came; nothing where it was changed

    @property
    def style(self) -> int:
        return int(self.attributes.get("s", "0"))

    @property
    def kind(self) -> str:
        return self.attributes.get("t", "n")

    def styled(self, style: int) -> "Cell":
        if style == self.style:
            return self
        attributes = {name: value for name, value in self.attributes.items() if name != "s"}
        return replace(self, attributes=({"s": str(style)} if style else {}) | attributes, raw=b"")

    def emptied(self) -> "Cell":
        kept = {name: value for name, value in self.attributes.items() if name not in CONTENT}
        return self if not self.inner and len(kept) == len(self.attributes) else Cell(self.column, kept, b"")


@dataclass(frozen=True)
class RowPiece:
    """One row as it came: all of it, its start tag but for the end of that, and what stands between its tags."""

    number: int
    raw: bytes
    tag: bytes
    attributes: bytes
    body: bytes


@dataclass(frozen=True)
class Spelling:
    """How the cells of one sheet are spelled: with the prefix of its vocabulary."""

    prefix: str

    @cached_property
    def cell(self) -> re.Pattern[bytes]:
        p = re.escape(self.prefix.encode())
        return re.compile(rb"\s*(<" + p + rb"c(" + ATTRIBUTES + rb")\s*(?:/>|>(.*?)</" + p + rb"c>))\s*", re.DOTALL)

    @cached_property
    def value(self) -> re.Pattern[bytes]:
        p = re.escape(self.prefix.encode())
        return re.compile(rb"<" + p + rb"v(?:\s[^>]*)?>([^<]*)</" + p + rb"v>")

    @cached_property
    def texts(self) -> re.Pattern[bytes]:
        """What is said in a string; how it is pronounced apart."""
        p = re.escape(self.prefix.encode())
        sound = rb"<" + p + rb"rPh\b.*?</" + p + rb"rPh>"
        return re.compile(sound + rb"|<" + p + rb"t(?:\s[^>]*)?>([^<]*)</" + p + rb"t>", re.DOTALL)

    @cached_property
    def row(self) -> re.Pattern[bytes]:
        p = re.escape(self.prefix.encode())
        return re.compile(rb"\s*(<" + p + rb"row(" + ATTRIBUTES + rb"))\s*(/?)>")

    def rows(self, xml: bytes, start: int, end: int) -> Iterator[RowPiece]:
        """
        Give the rows that stand between two places of a sheet.

        :raises Unsure: something else is among them, or they are not in order.
        """
        closing = f"</{self.prefix}row>".encode()
        number = 0
        while start < end:
            found = self.row.match(xml, start, end)
            if found is None:
                if xml[start:end].strip():
                    raise Unsure("something else among the rows")
                return
            said = NUMBER.search(found[2])
            before, number = number, int(said[1]) if said else number + 1
            if number <= before:
                raise Unsure("rows out of order")
            behind = found.end() if found[3] else xml.index(closing, found.end())
            start = behind if found[3] else behind + len(closing)
            yield RowPiece(number, xml[found.start(1) : start], found[1], found[2], xml[found.end() : behind])

    def cells(self, body: bytes, row: int) -> Iterator[Cell]:
        """
        Give the cells of a row in their order.

        :raises Unsure: there is something else among them, or they are not in order.
        """
        at, column = 0, -1
        while at < len(body):
            found = self.cell.match(body, at)
            if found is None:
                if body[at:].strip():
                    raise Unsure("something else among the cells")
                return
            place = REFERENCE.search(found[2])
            column = _place(place, row=row, before=column)
            rest = found[2] if place is None else found[2][: place.start()] + found[2][place.end() :]
            yield Cell(column, attributes_of(rest), found[3] or b"", found[1])
            at = found.end()

    def text(self, cell: Cell) -> str | None:
        """Give the text a cell holds itself; nothing of a shared one or a number."""
        if cell.kind == "inlineStr":
            return self.said(cell.inner)
        if cell.kind == "str" and (found := self.value.search(cell.inner)):
            return html.unescape(found[1].decode())
        return None

    def said(self, string: bytes) -> str:
        return "".join(html.unescape(text.decode()) for text in self.texts.findall(string))

    def shared(self, cell: Cell) -> int | None:
        """Give the number of the shared string a cell shows."""
        found = self.value.search(cell.inner) if cell.kind == "s" else None
        return int(found[1]) if found else None

    def filled(self, cell: Cell, text: str) -> Cell:
        """Give the cell with a text in it."""
        p = self.prefix
        inner = f'<{p}is><{p}t xml:space="preserve">{escaped(text)}</{p}t></{p}is>'
        return replace(
            cell.emptied(), attributes={**cell.emptied().attributes, "t": "inlineStr"}, inner=inner.encode(), raw=b""
        )

    def written(self, cell: Cell, row: int) -> bytes:
        if cell.raw:
            return cell.raw
        p = self.prefix
        place = f"{column_letter(cell.column)}{row}"
        said = "".join(f" {name}={quoted(value)}" for name, value in cell.attributes.items())
        head = f'<{p}c r="{place}"{said}'.encode()
        return head + b">" + cell.inner + f"</{p}c>".encode() if cell.inner else head + b"/>"


def _place(said: re.Match[bytes] | None, *, row: int, before: int) -> int:
    """Give the column of a cell; one that names no place stands behind the one before."""
    if said is None:
        return before + 1
    column = _column(said[1])
    if int(said[2]) != row or column <= before:
        raise Unsure("cells out of order")
    return column


@lru_cache(1 << 10)
def _column(letters: bytes) -> int:
    return column_index(letters.decode())
