"""The copy as a PDF: text, not pictures, with digits and dates in the text layer."""

import io
from functools import partial

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Paragraph, SimpleDocTemplate, Spacer

from publiccredit.casework.pdf_face import FACE, paragraph
from publiccredit.ledger.types import CHINA
from publiccredit.subjectdesk.copying import CopiedRecord, Copy

TITLE = ParagraphStyle("title", fontName=FACE, fontSize=18, leading=26, wordWrap="CJK")
HEAD = ParagraphStyle("head", fontName=FACE, fontSize=13, leading=20, spaceBefore=8, wordWrap="CJK", keepWithNext=1)
TEXT = ParagraphStyle("text", fontName=FACE, fontSize=10, leading=15, wordWrap="CJK")
MARGIN = 20 * mm


def pdf_of(*, copy: Copy) -> bytes:
    """Give a copy as a PDF."""
    target = io.BytesIO()
    document = SimpleDocTemplate(
        target,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=f"{copy.name} 公共信用信息（本人副本）",
        lang="zh-CN",
    )
    foot = partial(_foot, f"{copy.name}公共信用信息（本人副本）")
    document.build(story_of(copy=copy), onFirstPage=foot, onLaterPages=foot)
    return target.getvalue()


def _foot(words: str, canvas: Canvas, document: BaseDocTemplate) -> None:
    """Say on every sheet what it is a sheet of."""
    canvas.setFont(FACE, 9)
    canvas.drawString(MARGIN, MARGIN / 2, words)
    canvas.drawRightString(A4[0] - MARGIN, MARGIN / 2, f"第 {document.page} 页")


def story_of(*, copy: Copy) -> list[Flowable]:
    """Give the paragraphs of a copy, in order."""
    story: list[Flowable] = [
        paragraph(f"{copy.name}公共信用信息", TITLE),
        _line("统一社会信用代码", copy.identifier),
        _line("取得时间", f"{copy.made_at.astimezone(CHINA):%Y-%m-%d %H:%M}"),
        paragraph("本副本由信用信息主体本人免费取得，列出平台所存的全部记录，包括已经停止公示的。", TEXT),
        paragraph(f"一、记录（{len(copy.records)} 条）", HEAD),
    ]
    for record in copy.records:
        story += _record(record)
    story.append(paragraph(f"二、案件（{len(copy.cases)} 件）", HEAD))
    for case in copy.cases:
        state = "，".join(said for said in (case.state, case.due) if said)
        story.append(paragraph(f"{case.number} {case.title}：{state}", TEXT))
        story += [paragraph(sentence, TEXT) for sentence in case.history]
    story.append(paragraph(f"三、查阅记录（{len(copy.looks)} 次）", HEAD))
    story += [
        paragraph(f"{look.at.astimezone(CHINA):%Y-%m-%d %H:%M} {look.department} {look.role}：{look.what}", TEXT)
        for look in copy.looks
    ]
    story.append(paragraph(f"四、依据记录作出的不利决定（{len(copy.adverse_uses)} 件）", HEAD))
    for use in copy.adverse_uses:
        changed = f"，该记录此后已经{use.changed_since}" if use.changed_since else ""
        story.append(
            paragraph(f"告知书第 {use.number} 号：{use.recipient}，{use.decided_on}，{use.what}{changed}", TEXT)
        )
        story += [paragraph(line, TEXT) for line in use.text.splitlines() if line.strip()]
    return story


def _record(record: CopiedRecord) -> list[Flowable]:
    rows = [*record.lines, *((field.title, field.line) for field in record.fields)]
    head = paragraph(f"{record.title} {record.document_number}", HEAD)
    return [head, *(_line(title, value) for title, value in rows if value), Spacer(1, 4 * mm)]


def _line(title: str, value: str) -> Paragraph:
    return paragraph(f"{title}：{value}", TEXT)
