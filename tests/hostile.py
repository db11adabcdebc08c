"""Files made to break a reader, or broken by accident: each function writes one kind and gives its path."""

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import xlwt
from openpyxl.worksheet.worksheet import Worksheet

from tests.files import HEADERS, ROW_1, ROW_2, csv_text, write_xlsx

SHEET = "xl/worksheets/sheet1.xml"


def honest(folder: Path) -> Path:
    return write_xlsx(folder, {"数据": [HEADERS, ROW_1, ROW_2]})


def rewritten(path: Path, change: Callable[[str, bytes], bytes], added: dict[str, bytes] | None = None) -> Path:
    """Write a workbook's package again with its parts changed and others added."""
    target = path.with_name("改.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name in source.namelist():
            package.writestr(name, change(name, source.read(name)))
        for name, content in (added or {}).items():
            package.writestr(name, content)
    return target


def with_part(folder: Path, name: str, content: bytes = b"x") -> Path:
    return rewritten(honest(folder), lambda _, part: part, {name: content})


def with_sheet_xml(folder: Path, old: bytes, new: bytes) -> Path:
    def change(name: str, content: bytes) -> bytes:
        return content.replace(old, new, 1) if name == SHEET else content

    return rewritten(honest(folder), change)


def edited(folder: Path, edit: Callable[[Worksheet], object]) -> Path:
    path = honest(folder)
    book = openpyxl.load_workbook(path)
    edit(book["数据"])
    book.save(path)
    return path


def named(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def text(folder: Path, content: bytes) -> Path:
    return named(folder, "报送.csv", content)


GOOD_CSV = csv_text([HEADERS, ROW_1, ROW_2]).encode()


def bomb(folder: Path) -> Path:
    return with_part(folder, "xl/media/zeros.xml", b"\0" * (64 << 20))


def far_cell(folder: Path) -> Path:
    return edited(folder, lambda sheet: sheet.cell(5, 16_384, "远"))


def far_row(folder: Path) -> Path:
    # xlsxwriter and openpyxl know no such row; a hostile writer does.
    return with_sheet_xml(folder, b"</sheetData>", b'<row r="9000000"><c r="A9000000"><v>1</v></c></row></sheetData>')


def distant_cells(folder: Path) -> Path:
    return edited(folder, lambda sheet: sheet.cell(1_000_000, 400, "远"))


def million_columns(folder: Path) -> Path:
    return text(folder, b",".join([b"x"] * 1_000_000) + b"\n")


def long_line(folder: Path) -> Path:
    return text(folder, GOOD_CSV + b"x" * (20 << 20))


def entities(folder: Path) -> Path:
    doctype = b'<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet'
    return with_sheet_xml(folder, b"<worksheet", doctype)


def external_entity_late(folder: Path) -> Path:
    """A DTD behind so long a comment that the first bytes do not show it."""
    doctype = b"<!--" + b" " * 10_000 + b'--><!DOCTYPE w SYSTEM "file:///etc/passwd"><worksheet'
    return with_sheet_xml(folder, b"<worksheet", doctype)


def encrypted_xlsx(folder: Path) -> Path:
    return named(folder, "报送.xlsx", compound({"EncryptedPackage": b"x" * 5000, "EncryptionInfo": b"y" * 5000}))


def truncated(folder: Path) -> Path:
    path = honest(folder)
    path.write_bytes(path.read_bytes()[:-2000])
    return path


def truncated_sheet(folder: Path) -> Path:
    return with_sheet_xml(folder, b"</sheetData>", b"")


def zip_of_papers(folder: Path) -> Path:
    path = folder / "报送.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("决定书.pdf", b"%PDF")
    return path


def word(folder: Path) -> Path:
    path = folder / "报送.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("[Content_Types].xml", b"<Types/>")
        package.writestr("word/document.xml", b"<document/>")
    return path


def old_workbook(folder: Path, edit: Callable[[xlwt.Worksheet], object] = lambda sheet: None) -> Path:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("数据")
    for number, row in enumerate((HEADERS, ROW_1, ROW_2)):
        for column, cell in enumerate(row):
            if cell:
                sheet.write(number, column, cell)
    edit(sheet)
    path = folder / "报送.xls"
    book.save(str(path))
    return path


def compound(streams: dict[str, bytes]) -> bytes:
    """Give a small OLE compound file with these streams, each of at least 4,096 bytes."""
    size = 512
    names = ["Root Entry", *streams]
    bodies = [content.ljust(-(-len(content) // size) * size, b"\0") for content in streams.values()]
    table, firsts, at = [0xFFFFFFFD, 0xFFFFFFFE], [], 2
    for body in bodies:
        count = len(body) // size
        firsts.append(at)
        table += [*range(at + 1, at + count), 0xFFFFFFFE]
        at += count
    table += [0xFFFFFFFF] * (128 - len(table))
    entries = b""
    for index, name in enumerate(names):
        encoded = name.encode("utf-16-le") + b"\0\0"
        kind = 5 if index == 0 else 2
        first, length = (0xFFFFFFFE, 0) if index == 0 else (firsts[index - 1], len(streams[name]))
        entries += encoded.ljust(64, b"\0") + struct.pack("<HBB", len(encoded), kind, 1)
        entries += struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, 1 if index == 0 else 0xFFFFFFFF)
        entries += b"\0" * 36 + struct.pack("<III", first, length, 0)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6)
    header += b"\0" * 10 + struct.pack("<IIIII", 1, 1, 0, 4096, 0xFFFFFFFE) + struct.pack("<III", 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return header + struct.pack("<128I", *table) + entries.ljust(size, b"\0") + b"".join(bodies)
