"""A paper is held against its content: what is called docx and is six bytes of text is no proof of anything."""

import io

import pytest

from publiccredit.subjects import papers
from publiccredit.subjects.papers import NotAPaper, PaperField, verify
from tests.papers import a_doc, a_docx, a_jpeg, a_pdf, a_png, a_zip, an_ofd

WHOLE = {
    "决定书.pdf": a_pdf(),
    "决定书.OFD": an_ofd(),
    "照片.jpg": a_jpeg(),
    "照片.JPEG": a_jpeg(),
    "截图.png": a_png(),
    "承诺书.doc": a_doc(),
    "承诺书.docx": a_docx(),
}


def _said(name: str, content: bytes, **named: int) -> str:
    with pytest.raises(NotAPaper) as refusal:
        verify(name=name, stream=io.BytesIO(content), **named)
    return str(refusal.value)


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_file_of_an_allowed_kind_is_taken_and_can_be_read_from_its_beginning(name: str) -> None:
    stream = io.BytesIO(WHOLE[name])
    verify(name=name, stream=stream)
    assert stream.tell() == 0


@pytest.mark.parametrize("name", WHOLE)
def test_a_few_bytes_of_text_or_a_file_broken_off_is_none(name: str) -> None:
    for content in (b"a text", b"\0", WHOLE[name][: len(WHOLE[name]) * 2 // 3]):
        said = _said(name, content)
        assert said.startswith(f"“{name}”打不开：内容不是 ") and "或者文件不完整" in said


@pytest.mark.parametrize(
    ("name", "content", "right"),
    [
        ("照片.png", a_jpeg(), "的内容是 JPEG 图片，不是 PNG 图片。请把扩展名改为 .jpg 后提交。"),
        ("承诺书.doc", a_docx(), "的内容是 Word 文档，不是 Word 97 文档。请把扩展名改为 .docx 后提交。"),
        ("承诺书.docx", an_ofd(), "的内容是 OFD，不是 Word 文档。请把扩展名改为 .ofd 后提交。"),
    ],
)
def test_what_is_called_something_else_is_named(name: str, content: bytes, right: str) -> None:
    assert _said(name, content).endswith(right)


def test_what_is_empty_too_large_or_of_another_kind_is_refused_with_what_would_be_right() -> None:
    assert _said("a.pdf", b"") == "“a.pdf”是空的。请重新扫描或者另存后提交。"
    assert _said("a.pdf", a_pdf("x" * 2**20), at_most=2**20) == "“a.pdf”为 2 MB，应不超过 1 MB。请压缩后再提交。"
    for name in ("a.exe", "a.docm", "a"):
        assert _said(name, b"MZ") == f"不能接收“{name}”。请改为 PDF、OFD、图片（JPEG、PNG）或者 Word 文件。"
    assert "打不开" in _said("表.docx", a_zip("[Content_Types].xml", "xl/workbook.xml"))


def test_a_table_of_entries_beyond_measure_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "LONGEST_TABLE", 8)
    assert "打不开" in _said("承诺书.docx", a_docx())


def test_every_ending_is_offered_by_the_field() -> None:
    assert PaperField().widget.attrs["accept"] == ".pdf,.ofd,.jpg,.jpeg,.png,.doc,.docx"
    assert PaperField(at_most=5 * 2**20).help_text == "PDF、OFD、图片（JPEG、PNG）或者 Word 文件，不超过 5 MB。"
