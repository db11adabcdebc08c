"""Letters as PDF files, laid out without any font installed. Loaded by who asks for one: it takes a while to load."""

import io
from collections.abc import Iterable

from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, PageBreak, SimpleDocTemplate, Spacer

from publiccredit.casework.pdf_face import FACE, paragraph
from publiccredit.casework.printing import Printed

_BODY = ParagraphStyle("body", fontName=FACE, fontSize=12, leading=22, firstLineIndent=24, wordWrap="CJK")
_FLUSH = ParagraphStyle("flush", parent=_BODY, firstLineIndent=0)
_RIGHT = ParagraphStyle("right", parent=_FLUSH, alignment=TA_RIGHT)
_TITLE = ParagraphStyle("title", parent=_FLUSH, fontSize=20, leading=32, alignment=TA_CENTER)


def pdf(*, letters: Iterable[Printed]) -> bytes:
    """Give letters as one PDF file, each on pages of its own."""
    file = io.BytesIO()
    flow: list[Flowable] = []
    chosen = list(letters)
    for letter in chosen:
        flow += [*_flowables(letter), PageBreak()]
    document = SimpleDocTemplate(
        file,
        pagesize=A4,
        leftMargin=28 * mm,
        rightMargin=26 * mm,
        topMargin=37 * mm,
        bottomMargin=35 * mm,
        title="、".join(dict.fromkeys(f"{letter.title} {letter.number}" for letter in chosen)),
        author=chosen[0].heading if chosen else "",
        lang="zh-CN",
        invariant=True,  # the same letter is the same file, byte for byte
    )
    document.build(flow[:-1])
    return file.getvalue()


def _flowables(letter: Printed) -> list[Flowable]:
    return [
        paragraph(letter.heading, _TITLE),
        paragraph(letter.title, _TITLE),
        Spacer(1, 6 * mm),
        paragraph(letter.number, _RIGHT),
        Spacer(1, 4 * mm),
        paragraph(letter.addressee, _FLUSH),
        *(paragraph(line, _BODY) for line in letter.paragraphs),
        Spacer(1, 12 * mm),
        *(paragraph(line, _RIGHT) for line in letter.signature),
    ]
