"""The lines of a PDF: half-wide quotes, and no line that begins or ends with what may not."""

import pytest
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import stringWidth

from publiccredit.casework.pdf_face import FACE, paragraph

STYLE = ParagraphStyle("body", fontName=FACE, fontSize=12, leading=22, wordWrap="CJK")
SENTENCE = "更正内容：“罚款金额（万元）”由“5 万元（50,000 元）”更正为“6.37 万元（63,700 元）”，而“处罚内容”写的是“罚款五万元”。"


def _lines(text: str, width: float) -> list[str]:
    set_in = paragraph(text, STYLE)
    set_in.wrap(width, 1000)
    return ["".join(word.text for word in line.words) for line in set_in.blPara.lines]


@pytest.mark.parametrize("width", range(80, 400, 7))
def test_no_line_begins_or_ends_with_what_may_not_and_nothing_is_lost(width: int) -> None:
    lines = _lines(SENTENCE, width)
    assert "".join(lines) == SENTENCE
    assert not [line for line in lines if line[0] in "）”，。：" or line[-1] in "（“"]
    assert all("50,000" in line for line in lines if "50," in line)


@pytest.mark.parametrize("mark", list("，。；：、？！）》"))
def test_no_line_begins_with_a_mark_that_closes(mark: str) -> None:
    lines = _lines(f"可以随时提出异议{mark}对决定不服的", 8 * STYLE.fontSize)
    assert lines == ["可以随时提出异", f"议{mark}对决定不服的"]


def test_quotes_are_of_a_face_with_its_own_width_and_the_words_keep_theirs() -> None:
    frags = paragraph("由“五万元”改", STYLE).frags
    assert [(frag.text, frag.fontName) for frag in frags] == [
        ("由", FACE), ("“", "Times-Roman"), ("五万元", FACE), ("”", "Times-Roman"), ("改", FACE),
    ]  # fmt: skip
    assert stringWidth("“", "Times-Roman", 12) < 6 < stringWidth("“", FACE, 12)


def test_a_word_longer_than_a_line_is_parted_all_the_same() -> None:
    assert "".join(_lines("x" * 90, 100)) == "x" * 90


def test_what_is_typed_is_no_markup() -> None:
    assert _lines("<a> & “b”", 300) == ["<a> & “b”"]
