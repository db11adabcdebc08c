"""
What a paper may be: one list, held against the content, for the counter, the subject, a reader and decision documents.

A door of the package beside the store: whoever seals a paper asks here first. A name says only what somebody called a
file, and six bytes called docx prove nothing.
"""

from collections.abc import Callable, Mapping
from io import SEEK_END
from pathlib import PurePosixPath
from typing import IO, Any

from django import forms

ENDINGS: Mapping[str, str] = {
    ".pdf": "PDF",
    ".ofd": "OFD",
    ".jpg": "JPEG 图片",
    ".jpeg": "JPEG 图片",
    ".png": "PNG 图片",
    ".doc": "Word 97 文档",
    ".docx": "Word 文档",
}
ACCEPT = ",".join(ENDINGS)
ALLOWED = "PDF、OFD、图片（JPEG、PNG）或者 Word 文件"
MEGABYTE = 2**20
LARGEST = 20 * MEGABYTE
TAIL = 64 * 1024 + 22  # as far from its end as a zip may keep its table, for the comment behind it
LONGEST_TABLE = 4 * MEGABYTE
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class NotAPaper(Exception):
    """The file is no paper that can be read; the message says why and what would be right."""


def help_text(*, at_most: int = LARGEST) -> str:
    """Give what is said of the files that can be taken."""
    return f"{ALLOWED}，不超过 {at_most // MEGABYTE} MB。"


def verify(*, name: str, stream: IO[bytes], at_most: int = LARGEST) -> None:
    """
    Refuse a file that is of no allowed kind, is called what it is not, is broken off, empty or too large.

    :raises NotAPaper: it is.
    """
    size = stream.seek(0, SEEK_END)
    called = PurePosixPath(name).suffix.lower()
    if called not in ENDINGS:
        raise NotAPaper(f"不能接收“{name}”。请改为 {ALLOWED}。")
    if size == 0:
        raise NotAPaper(f"“{name}”是空的。请重新扫描或者另存后提交。")
    if size > at_most:
        raise NotAPaper(f"“{name}”为 {-(-size // MEGABYTE)} MB，应不超过 {at_most // MEGABYTE} MB。请压缩后再提交。")
    found = next((kind for kind, is_one in _KINDS.items() if is_one(stream, size)), None)
    stream.seek(0)
    if found == ENDINGS[called]:
        return
    if found:
        right = next(ending for ending, kind in ENDINGS.items() if kind == found)
        raise NotAPaper(f"“{name}”的内容是 {found}，不是 {ENDINGS[called]}。请把扩展名改为 {right} 后提交。")
    raise NotAPaper(f"“{name}”打不开：内容不是 {ENDINGS[called]}，或者文件不完整。请打开核对，重新扫描或者另存后提交。")


class PaperField(forms.FileField):
    """A paper: of a readable kind, not empty, not too large."""

    def __init__(self, *, note: str = "", at_most: int = LARGEST, **named: Any) -> None:
        self.at_most = at_most
        super().__init__(
            help_text=f"{note}{help_text(at_most=at_most)}",
            widget=forms.FileInput(attrs={"accept": ACCEPT}),
            error_messages={"required": "请选择文件。", "empty": "这个文件是空的。请重新扫描或者另存后提交。"},
            **named,
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if file:
            try:
                verify(name=str(file.name), stream=file.file, at_most=self.at_most)
            except NotAPaper as refusal:
                raise forms.ValidationError(str(refusal)) from refusal
        return file


def _start(stream: IO[bytes], length: int) -> bytes:
    stream.seek(0)
    return stream.read(length)


def _end(stream: IO[bytes], size: int) -> bytes:
    stream.seek(max(0, size - TAIL))
    return stream.read(TAIL)


def _is_pdf(stream: IO[bytes], size: int) -> bool:
    return b"%PDF-" in _start(stream, 1024) and b"%%EOF" in _end(stream, size)


def _is_jpeg(stream: IO[bytes], size: int) -> bool:
    return _start(stream, 3) == b"\xff\xd8\xff" and b"\xff\xd9" in _end(stream, size)


def _is_png(stream: IO[bytes], size: int) -> bool:
    return _start(stream, 8) == b"\x89PNG\r\n\x1a\n" and b"IEND" in _end(stream, size)


def _is_doc(stream: IO[bytes], size: int) -> bool:
    # The stream of that name holds the text; the format's sectors have 512 bytes.
    return _start(stream, 8) == OLE and size > 512 and "WordDocument".encode("utf-16-le") in _start(stream, size)


def _holds(*entries: bytes) -> Callable[[IO[bytes], int], bool]:
    def is_one(stream: IO[bytes], size: int) -> bool:
        table = _table_of_zip(stream, size)
        return all(entry in table for entry in entries)

    return is_one


def _table_of_zip(stream: IO[bytes], size: int) -> bytes:
    """Give the table at the end of a zip, which one broken off has not; nothing of it is unpacked."""
    end = _end(stream, size)
    at = end.rfind(b"PK\x05\x06")
    if _start(stream, 4) != b"PK\x03\x04" or at < 0 or len(end) < at + 22:
        return b""
    length, begins = (int.from_bytes(end[at + i : at + i + 4], "little") for i in (12, 16))
    if length > LONGEST_TABLE:
        return b""
    stream.seek(begins)
    return stream.read(length)


_KINDS: Mapping[str, Callable[[IO[bytes], int], bool]] = {
    "PDF": _is_pdf,
    "JPEG 图片": _is_jpeg,
    "PNG 图片": _is_png,
    "OFD": _holds(b"OFD.xml"),
    "Word 文档": _holds(b"[Content_Types].xml", b"word/document.xml"),
    "Word 97 文档": _is_doc,
}
