"""The strings that cells share: which of them hold the number of a person, and which nothing shows any more."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from publiccredit.catalogue.types.identity_numbers import ANYWHERE
from publiccredit.intake.annotation.marking.cells import ATTRIBUTES, RUN, Spelling
from publiccredit.intake.annotation.marking.outline import Unsure, has_islands, require_plain_text
from publiccredit.intake.annotation.privacy import shown

FEW = 32  # values that are sooner looked for one by one than all values of a row are found
VALUE = re.compile(rb">\d+<")
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
        pieces = self.closing.join(self.pieces).decode().split(self.closing.decode())
        # Hardly any string may hold such a number or is cut into pieces: Polars finds them in a sixth of the time.
        doubtful = pl.Series(pieces).str.contains(f"{ANYWHERE}|&#|{RUN.pattern}").arg_true()
        told = ((number, shown(self.spelling.said(self.pieces[number]))) for number in doubtful)
        return {number: text for number, text in told if text is not None}

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


@dataclass(frozen=True)
class NumberSearch:
    """Tells of a whole row at once whether a text in it may hold the number of a person: hardly any does."""

    masked: Mapping[int, str]  # the shared strings that hold one

    @cached_property
    def values(self) -> frozenset[bytes]:
        return frozenset(b">%d<" % number for number in self.masked)

    def may_be_in(self, body: bytes) -> bool:
        if b"inlineStr" in body or b"str" in body:
            text = body.decode()
            if "&#" in text or RUN.search(text) or shown(text) is not None:
                return True
        if len(self.values) <= FEW:
            return any(value in body for value in self.values)
        return not self.values.isdisjoint(VALUE.findall(body))


def shown_in(sheets: Iterable[bytes]) -> set[int]:
    """
    Give the shared strings that a cell of these sheets shows.

    :raises Unsure: a sheet is written in a way that cannot be searched.
    """
    numbers: set[bytes] = set()
    for xml in sheets:
        require_plain_text(xml)
        count, shared = xml.count(b'"s"') + xml.count(b"'s'"), USUAL_CELL.findall(xml)
        if len(shared) != count and len(shared := CELL.findall(xml)) != count:
            raise Unsure("cells of shared strings that cannot be searched")
        numbers.update(shared)
    return {int(number) for number in numbers}
