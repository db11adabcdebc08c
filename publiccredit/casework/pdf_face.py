"""
The face of every PDF, and where its lines may break. A door of the package: the subject's copy is set in it too.

The face is the Chinese one that every reader of PDFs knows by name, so no font file travels with the program. Loaded by
who writes a PDF: it takes a while to load.
"""

import re
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import textsplit
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph
from reportlab.platypus.paragraph import (  # type: ignore[attr-defined]
    ParaLines,
    cjkU,
    makeCJKParaLine,
)

FACE = "STSong-Light"
# Where a reader has another face in its place, the Chinese quotes stand lost in the middle of a full square. These are
# of a face that every reader has with its own widths.
_FACE_OF_QUOTES = "Times-Roman"
_QUOTES = re.compile("[“”‘’]+")
_NEVER_FIRST = frozenset(
    f"{textsplit.ALL_CANNOT_START}，；：？！”’》〉…—"
)  # ReportLab knows only the marks of Japanese
_NEVER_LAST = frozenset(f"{textsplit.ALL_CANNOT_END}《〈")
_ROOM_FOR_ROUNDING = 1e-6
pdfmetrics.registerFont(UnicodeCIDFont(FACE))


class _Lines(Paragraph):
    """A paragraph whose lines neither begin nor end with what may not, nor part a number or a word."""

    def breakLinesCJK(self, maxWidths: float | Sequence[float]) -> ParaLines:  # noqa: N802, N803 - the library's names
        widths = maxWidths if isinstance(maxWidths, Sequence) else [maxWidths]
        signs = [cjkU(sign, frag, "utf8") for frag in self.frags for sign in frag.text]
        lines: list[Any] = []
        start = 0
        while start < len(signs):
            room = widths[min(len(lines), len(widths) - 1)]
            end = _end_of_line(signs, start, room)
            used = sum(sign.width for sign in signs[start:end])
            lines.append(makeCJKParaLine(signs[start:end], room, used, room - used, False, False))
            start = end
        return ParaLines(kind=1, lines=lines)


def paragraph(text: str, style: ParagraphStyle) -> Paragraph:
    """Set plain text as a paragraph of that style."""
    quoted = _QUOTES.sub(lambda found: f'<font face="{_FACE_OF_QUOTES}">{found.group()}</font>', escape(text))
    return _Lines(quoted, style)


def _end_of_line(signs: Sequence[cjkU], start: int, room: float) -> int:
    end, used = start, 0.0
    while end < len(signs) and used + signs[end].width <= room + _ROOM_FOR_ROUNDING:
        used += signs[end].width
        end += 1
    allowed = end
    while start < allowed < len(signs) and not _may_part(signs[allowed - 1], signs[allowed]):
        allowed -= 1
    return allowed if allowed > start else max(end, start + 1)


def _may_part(last: str, first: str) -> bool:
    inside_a_word = last.isascii() and first.isascii() and not last.isspace()
    return not (first in _NEVER_FIRST or last in _NEVER_LAST or inside_a_word)
