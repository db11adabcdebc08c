"""How a letter's lines break on paper."""

import pytest
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph

from publiccredit.casework.pdf_face import FACE

SIZE = 12
STYLE = ParagraphStyle("narrow", fontName=FACE, fontSize=SIZE, wordWrap="CJK")


@pytest.mark.parametrize("mark", list("，。；：、？！）》"))
def test_no_line_begins_with_a_mark_that_closes(mark: str) -> None:
    broken = Paragraph(f"可以随时提出异议{mark}对决定不服的", STYLE).breakLinesCJK([8 * SIZE])
    lines = ["".join(words) for _, words in broken.lines]
    assert lines == [f"可以随时提出异议{mark}", "对决定不服的"]
