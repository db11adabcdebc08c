"""Where the elements of a part stand, byte by byte: one is changed, and all else stays as it came."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.parsers import expat

from publiccredit.intake.annotation.texts import quoted

TAG = re.compile(rb"""<[^"'>]*(?:"[^"]*"[^"'>]*|'[^']*'[^"'>]*)*>""")
ENCODING = re.compile(rb"""<\?xml[^>]*\bencoding\s*=\s*["']([^"']*)""")
KNOWN_ENCODINGS = {b"utf-8", b"utf8", b"us-ascii", b"ascii"}
UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")

Change = tuple[int, int, bytes]  # first byte, byte behind the last, what stands there instead


class Unsure(Exception):
    """The workbook is written in a way in which nothing can be changed without risk to the rest."""


@dataclass
class Element:
    """One element and where it stands: ``[start, end)`` with its tags, ``[inside, behind)`` between them."""

    tag: str
    attributes: dict[str, str]
    start: int
    inside: int
    behind: int = 0
    end: int = 0
    children: list["Element"] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.tag.rpartition(":")[2]

    @property
    def prefix(self) -> str:
        """What stands before the names of the document's own vocabulary: nothing, or ``x:``."""
        return self.tag[: -len(self.name)]

    @property
    def empty(self) -> bool:
        return self.inside == self.end

    def child(self, name: str) -> "Element | None":
        """Give the first child of this name in the element's own vocabulary."""
        return next((child for child in self.children if child.tag == f"{self.prefix}{name}"), None)

    def needed(self, name: str) -> "Element":
        """:raises Unsure: there is no such child."""
        if (found := self.child(name)) is None:
            raise Unsure(f"{self.name} without {name}")
        return found

    def children_named(self, name: str) -> list["Element"]:
        return [child for child in self.children if child.tag == f"{self.prefix}{name}"]

    def attribute(self, name: str) -> str:
        """Give an attribute whatever its prefix is."""
        return next((value for key, value in self.attributes.items() if key.rpartition(":")[2] == name), "")


def require_plain_text(xml: bytes) -> None:
    """:raises Unsure: its bytes are not those of UTF-8."""
    said = ENCODING.search(xml[:200])
    if xml.startswith(UTF_16) or (said and said[1].lower() not in KNOWN_ENCODINGS):
        raise Unsure("another encoding")


def has_islands(xml: bytes) -> bool:
    """Tell whether there are comments or literal stretches, in which what looks like a tag is none."""
    return b"<!--" in xml or b"<![CDATA[" in xml


def outline(xml: bytes, *, depth: int) -> Element:
    """
    Give the root of a part with its descendants down to a depth, the root's children being the first.

    :raises Unsure: its bytes are not those of UTF-8.
    :raises expat.ExpatError: it is not XML.
    """
    require_plain_text(xml)
    roots: list[Element] = []
    open_elements: list[Element] = []
    level = 0
    parser = expat.ParserCreate()

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal level
        level += 1
        if level > depth + 1:
            return
        at = parser.CurrentByteIndex
        found = TAG.match(xml, at)
        if found is None:
            raise Unsure("a tag that cannot be read")
        element = Element(tag, attributes, at, found.end())
        if found[0].endswith(b"/>"):
            element.behind = element.end = found.end()
        (open_elements[-1].children if open_elements else roots).append(element)
        open_elements.append(element)

    def end(_: str) -> None:
        nonlocal level
        level -= 1
        if level > depth:
            return
        element = open_elements.pop()
        if not element.end:
            element.behind = parser.CurrentByteIndex
            element.end = xml.index(b">", element.behind) + 1

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.Parse(xml, True)
    return roots[0]


def edited(xml: bytes, changes: Iterable[Change]) -> bytes:
    """Give the bytes with some stretches replaced; none of them overlap."""
    pieces, at = [], 0
    for start, end, instead in sorted(changes):
        pieces += [xml[at:start], instead]
        at = end
    return b"".join((*pieces, xml[at:]))


def inserted(element: Element, addition: bytes, xml: bytes) -> Change:
    """Give the change that puts something behind the last child of an element."""
    if not element.empty:
        return element.behind, element.behind, addition
    opened = xml[element.start : element.end].removesuffix(b"/>").rstrip() + b">"
    return element.start, element.end, opened + addition + f"</{element.tag}>".encode()


def start_tag(element: Element, **changed: str) -> bytes:
    """Give the start tag of an element with some attributes set to other values; never the tag of an empty one."""
    attributes = element.attributes | changed
    said = "".join(f" {key}={quoted(value)}" for key, value in attributes.items())
    return f"<{element.tag}{said}>".encode()
