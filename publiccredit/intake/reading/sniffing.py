"""What a file is, told by its first bytes: the name says only what somebody called it."""

import zipfile
from enum import StrEnum
from pathlib import Path

from publiccredit.intake.reading.compound import open_compound
from publiccredit.intake.reading.damage import refusing_damage
from publiccredit.intake.reading.limits import MIB, Limits
from publiccredit.intake.reading.refusals import refusal

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
OTHERS = {
    b"%PDF": "PDF 文档",
    b"\x89PNG": "PNG 图片",
    b"\xff\xd8\xff": "JPEG 图片",
    b"GIF8": "GIF 图片",
    b"Rar!": "RAR 压缩包",
    b"7z\xbc\xaf": "7z 压缩包",
    b"\x1f\x8b": "gzip 压缩包",
    b"MZ": "程序",
    b"\x7fELF": "程序",
    b"{\\rtf": "RTF 文档",
}
MARKUP = (b"<!doctype html", b"<html", b"<?xml", b"<table")


class Kind(StrEnum):
    XLSX = "xlsx 工作簿"
    XLS = "xls 工作簿"
    TEXT = "文本"
    JSON_LINES = "JSON 行"


EXTENSIONS = {
    ".xlsx": Kind.XLSX,
    ".xls": Kind.XLS,
    ".csv": Kind.TEXT,
    ".tsv": Kind.TEXT,
    ".txt": Kind.TEXT,
    ".jsonl": Kind.JSON_LINES,
    ".ndjson": Kind.JSON_LINES,
    ".json": Kind.JSON_LINES,
}
RIGHT = {Kind.XLSX: ".xlsx", Kind.XLS: ".xls", Kind.TEXT: ".csv", Kind.JSON_LINES: ".jsonl"}


def sniff(*, path: Path, name: str, limits: Limits) -> Kind:
    """
    Tell what the file is, and hold its name to it.

    :raises UnableToRead: it is empty, too large, no table, or its extension says something else.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        start = stream.read(4096)
    if not start.strip(b"\xef\xbb\xbf \t\r\n"):
        raise refusal("empty")
    limit = limits.workbook_bytes if start.startswith((*ZIP, OLE)) else limits.text_bytes
    if size > limit:
        raise refusal("too_large", found=-(-size // MIB), limit=limit // MIB)
    kind = _kind(path, start)
    extension = Path(name).suffix.lower()
    if extension in {".xlsm", ".xltm", ".xlsb"}:
        raise refusal("macro", found=f"扩展名 {extension}")
    if EXTENSIONS.get(extension) is not kind:
        raise refusal("wrong_extension", extension=extension or "无", found=kind.value, right=RIGHT[kind])
    return kind


def _kind(path: Path, start: bytes) -> Kind:
    if start.startswith(ZIP):
        _refuse_other_packages(path)
        return Kind.XLSX
    if start.startswith(OLE):
        # A locked xlsx is an OLE file around the encrypted package: its extension is right, its content out of reach.
        if "EncryptedPackage" in open_compound(path).streams:
            raise refusal("encrypted")
        return Kind.XLS
    for mark, what in OTHERS.items():
        if start.startswith(mark):
            raise refusal("unknown_content", found=what)
    plain = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if plain.lower().startswith(MARKUP):
        # Many systems export an HTML table and call it .xls.
        raise refusal("web_page")
    return Kind.JSON_LINES if plain.startswith((b"{", b"[")) else Kind.TEXT


def _refuse_other_packages(path: Path) -> None:
    """Tell a workbook from the other things that are zip files inside."""
    with refusing_damage(), zipfile.ZipFile(path) as package:
        names = set(package.namelist())
    for member, what in (
        ("word/document.xml", "Word 文档"),
        ("ppt/presentation.xml", "PowerPoint 演示文稿"),
        ("xl/workbook.bin", "xlsb 二进制工作簿"),
        ("content.xml", "OpenDocument 文档"),
    ):
        if member in names:
            raise refusal("unknown_content", found=what)
    if "[Content_Types].xml" not in names:
        raise refusal("unknown_content", found="zip 压缩包")
