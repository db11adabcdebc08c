"""The strings that cells share: which of them hold the number of a person, and which nothing shows any more."""

import re
from collections.abc import Collection, Iterable
from functools import cached_property

from publiccredit.intake.annotation.marking.cells import ATTRIBUTES, RUN, Spelling
from publiccredit.intake.annotation.marking.outline import Unsure, has_islands, require_plain_text
from publiccredit.intake.annotation.privacy import shown

ROOT = re.compile(rb"<([\w.-]+:)?sst[\s>]")
USUAL_CELL = re.compile(rb't="s"><v>(\d+)</v>')  # as nearly all programs write it; the other takes six times as long
CELL = re.compile(rb"""["']s["'][^>]*>\s*<(?:[\w.-]+:)?v(?:\s[^>]*)?>\s*(\d+)\s*<""")


class SharedStrings:
    """
    The part of a workbook that holds its strings.

    :raises Unsure: it is written in a way that cannot be searched.
    """

    def __init__(self, xml: bytes) -> None:
        require_plain_text(xml)
        root = ROOT.search(xml)
        p = (root[1] or b"") if root else b""
        if root is None or has_islands(xml) or xml.find(b"<%bsi/" % p) >= 0:
            raise Unsure("shared strings of another kind")
        self.spelling = Spelling(p.decode())
        self.opening = re.compile(rb"<" + re.escape(p) + rb"si" + ATTRIBUTES + rb"\s*>")
        self.closing = b"</%bsi>" % p
        # Each with what stands before its end; behind the last one, the end of the part.
        self.pieces = xml.split(self.closing)

    @cached_property
    def masked(self) -> dict[int, str]:
        """What the strings that hold the number of a person are to say instead, by their numbers."""
        found = {}
        for number, piece in enumerate(self.closing.join(self.pieces).decode().split(self.closing.decode())):
            # One look at all of it: hardly any string holds such a number, or is cut into pieces.
            if shown(piece) is None and "&#" not in piece and not RUN.search(piece):
                continue
            text = shown(self.spelling.said(self.pieces[number]))
            if text is not None:
                found[number] = text
        return found

    def without(self, numbers: Collection[int]) -> bytes:
        """
        Give the part with nothing in these strings; all others keep their numbers.

        :raises Unsure: one is not there.
        """
        p = self.spelling.prefix.encode()
        pieces = list(self.pieces)
        for number in numbers:
            opening = self.opening.search(pieces[number])
            if opening is None:
                raise Unsure("a shared string that is not there")
            pieces[number] = pieces[number][: opening.end()] + b"<%bt/>" % p
        return self.closing.join(pieces)


def still_shown(numbers: Collection[int], *, sheets: Iterable[bytes]) -> set[int]:
    """
    Give which of these strings a cell of the sheets shows.

    :raises Unsure: a sheet is written in a way that cannot be searched.
    """
    left: set[int] = set()
    wanted = {str(number).encode() for number in numbers}
    for xml in sheets:
        require_plain_text(xml)
        count, shared = xml.count(b'"s"') + xml.count(b"'s'"), USUAL_CELL.findall(xml)
        if len(shared) != count and len(shared := CELL.findall(xml)) != count:
            raise Unsure("cells of shared strings that cannot be searched")
        left.update(int(number) for number in wanted.intersection(shared))
    return left
