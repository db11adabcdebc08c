"""
The copy as a PDF: text, not pictures, with digits and dates in the text layer.

The face is the Chinese one every reader of PDFs knows by name, so no font file travels with the program or the copy.
"""

import io
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer

from publiccredit.subjectdesk.copying import CopiedRecord, Copy

FACE = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FACE))
TITLE = ParagraphStyle("title", fontName=FACE, fontSize=18, leading=26, wordWrap="CJK")
HEAD = ParagraphStyle("head", fontName=FACE, fontSize=13, leading=20, spaceBefore=8, wordWrap="CJK")
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
    document.build(_story(copy))
    return target.getvalue()


def _story(copy: Copy) -> list[Flowable]:
    story: list[Flowable] = [
        Paragraph(escape(f"{copy.name}公共信用信息"), TITLE),
        _line("统一社会信用代码", copy.identifier),
        _line("取得时间", f"{copy.made_at:%Y-%m-%d %H:%M}"),
        Paragraph("本副本由信用信息主体本人免费取得，列出平台所存的全部记录，包括已经停止公示的。", TEXT),
        Paragraph(f"一、记录（{len(copy.records)} 条）", HEAD),
    ]
    for record in copy.records:
        story += _record(record)
    story.append(Paragraph(f"二、案件（{len(copy.cases)} 件）", HEAD))
    for case in copy.cases:
        story.append(Paragraph(escape(f"{case.number} {case.title}：{case.state}，办理期限至 {case.due_on}"), TEXT))
        story += [Paragraph(escape(sentence), TEXT) for sentence in case.history]
    story.append(Paragraph(f"三、查阅记录（{len(copy.looks)} 次）", HEAD))
    story += [
        Paragraph(escape(f"{look.at:%Y-%m-%d %H:%M} {look.department} {look.role}：{look.what}"), TEXT)
        for look in copy.looks
    ]
    return story


def _record(record: CopiedRecord) -> list[Flowable]:
    rows = [
        ("状态", record.status),
        ("决定机关", record.authority),
        ("报送部门", f"{record.department}，{record.source}"),
        ("作出决定", str(record.decided_on or "")),
        ("送达", str(record.served_on or "")),
        ("可以申请修复", str(record.repair_opens_on or "")),
        ("公示最后一日", record.shown_until),
        ("异议标注", record.dispute),
        ("主体声明", record.statement),
        ("决定文书摘要", record.document_sha256),
        *((field.title, field.value) for field in record.fields),
    ]
    head = Paragraph(escape(f"{record.title} {record.document_number}"), HEAD)
    return [head, *(_line(title, value) for title, value in rows if value), Spacer(1, 4 * mm)]


def _line(title: str, value: str) -> Paragraph:
    return Paragraph(escape(f"{title}：{value}"), TEXT)
