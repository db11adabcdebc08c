"""The zip package of a workbook, looked through before any part of it is unpacked into memory."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO
from xml.parsers import expat

from publiccredit.intake.reading.aside import parts_hold_number
from publiccredit.intake.reading.damage import refusing_damage
from publiccredit.intake.reading.headers import BLANK
from publiccredit.intake.reading.limits import MIB, USUAL, Limits
from publiccredit.intake.reading.meter import Meter
from publiccredit.intake.reading.refusals import refusal
from publiccredit.intake.reading.survey import BLOCK, SheetSurveyor, Survey, refuse_entities

MACRO = re.compile(r"vbaProject|macrosheets/|activeX/|ctrlProps/|dialogsheets/", re.IGNORECASE)
LINKED = re.compile(r"externalLinks?/", re.IGNORECASE)
BLANK_STRING = re.compile(
    rb"<(?:\w+:)?t(?:\s[^>]*)?(?:/>|>(?:\s|\xe3\x80\x80|&#(?:12288|x3000);)*</)|<(?:\w+:)?si\s*/>"
)
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class SheetPart:
    sheet: str
    part: str
    visible: bool
    from_1904: bool = False  # how the workbook counts its days


def survey_workbook(*, path: Path, limits: Limits, meter: Meter) -> list[tuple[SheetPart, Survey]]:
    """
    Look through an xlsx file and give its worksheets in their order, each with its survey.

    :raises UnableToRead: it is damaged, a bomb, or holds macros, links to other files, entities or a far cell.
    """
    with refusing_damage(), zipfile.ZipFile(path) as package:
        _refuse_dangers(package, limits)
        blank = _blank_strings(package)
        sheets = [sheet for sheet in _sheets(package, limits) if sheet.part in package.NameToInfo]
        meter.to_survey = sum(package.NameToInfo[sheet.part].file_size for sheet in sheets)
        return [(sheet, _survey(package, sheet, blank, limits, meter)) for sheet in sheets]


def holds_numbers_aside(path: Path) -> bool:
    """
    Tell whether an xlsx the program itself has made says the number of a person anywhere beside its cells.

    :raises UnableToRead: it is damaged.
    """
    surveyed = survey_workbook(path=path, limits=USUAL, meter=Meter())
    return any(survey.has_numbers_aside for _, survey in surveyed) or parts_hold_number(
        path=path, but_parts={part.part for part, _ in surveyed}
    )


def _refuse_dangers(package: zipfile.ZipFile, limits: Limits) -> None:
    parts = package.infolist()
    if len(parts) > limits.parts:
        raise refusal("too_many_parts", found=len(parts), what="部件", limit=limits.parts)
    total = 0
    for part in parts:
        _refuse_foreign(part)
        total += part.file_size
        ratio = part.file_size // max(1, part.compress_size)
        if total > limits.unzipped_bytes or (ratio > limits.ratio and part.file_size > MIB):
            raise refusal("bomb", part=part.filename, found=part.file_size // MIB, ratio=f"{ratio}:1")
    for part in parts:
        if part.filename.endswith((".xml", ".rels", ".vml")):
            _refuse_declared_entities(package, part)


def _refuse_foreign(part: zipfile.ZipInfo) -> None:
    """Refuse what is not a plain table: locked, able to run, or reaching into another file."""
    if part.flag_bits & 1:
        raise refusal("encrypted")
    if MACRO.search(part.filename):
        raise refusal("macro", found=part.filename)
    if LINKED.search(part.filename):
        raise refusal("external_links", found=part.filename)


def _refuse_declared_entities(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """A DTD must stand before the root element, so the first bytes tell; in UTF-16 every other byte is nought."""
    with package.open(part) as stream:
        start = stream.read(4096).replace(b"\0", b"").upper()
    if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
        raise refusal("entities", part=part.filename)


def _sheets(package: zipfile.ZipFile, limits: Limits) -> list[SheetPart]:
    main = _main_part(package)
    folder = PurePosixPath(main).parent
    relations = {
        item["Id"]: item["Target"] for name, item in _elements(package, _relations_of(main)) if name == "Relationship"
    }
    sheets, from_1904 = [], False
    for name, item in _elements(package, main):
        if name == "workbookPr":  # stands before the sheets
            from_1904 = item.get("date1904") in {"1", "true"}
        if name == "sheet":
            target = relations.get(next((v for k, v in item.items() if k.endswith("id") and k != "sheetId"), ""), "")
            part = target.lstrip("/") if target.startswith("/") else str(folder / target)
            sheets.append(SheetPart(item.get("name", ""), part, item.get("state", "visible") == "visible", from_1904))
    if len(sheets) > limits.sheets:
        raise refusal("too_many_parts", found=len(sheets), what="工作表", limit=limits.sheets)
    return sheets


def _main_part(package: zipfile.ZipFile) -> str:
    for name, item in _elements(package, "_rels/.rels"):
        if name == "Relationship" and item.get("Type", "").endswith("/officeDocument"):
            return item["Target"].lstrip("/")
    raise refusal("damaged", found="没有工作簿")


def _relations_of(part: str) -> str:
    path = PurePosixPath(part)
    return str(path.parent / "_rels" / f"{path.name}.rels")


def _elements(package: zipfile.ZipFile, part: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Give the elements of a small part, without their prefix, with their attributes."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse_entities(part)
    parser.StartElementHandler = lambda name, attributes: found.append((name.rpartition(":")[2], attributes))
    if part not in package.NameToInfo:
        raise refusal("damaged", found=f"缺少 {part}")
    with package.open(part) as stream:
        parser.ParseFile(stream)
    yield from found


def _survey(package: zipfile.ZipFile, sheet: SheetPart, blank: frozenset[int], limits: Limits, meter: Meter) -> Survey:
    surveyor = SheetSurveyor(sheet=sheet.sheet, part=sheet.part, blank_strings=blank, limits=limits, meter=meter)
    surveyor.survey.from_1904 = sheet.from_1904
    with package.open(sheet.part) as stream:
        return surveyor.walk(stream)


def _blank_strings(package: zipfile.ZipFile) -> frozenset[int]:
    """Give the indexes of shared strings that are empty, so that a cell pointing at one is not taken for filled."""
    part = next((name for name in package.NameToInfo if name.lower().endswith("sharedstrings.xml")), None)
    if part is None:
        return frozenset()
    with package.open(part) as stream:
        if not _has_blank(stream):
            return frozenset()
    strings = _StringSurveyor(part)
    with package.open(part) as stream:
        strings.parser.ParseFile(stream)
    return frozenset(strings.blank)


def _has_blank(stream: IO[bytes]) -> bool:
    """Spare the walk through a hundred thousand strings where a search for an empty one finds none."""
    rest = b""
    while block := stream.read(BLOCK):
        if BLANK_STRING.search(rest + block):
            return True
        rest = block[-256:]
    return False


class _StringSurveyor:
    def __init__(self, part: str) -> None:
        self.index, self.filled, self.taking = -1, True, False
        self.blank: list[int] = []
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = refuse_entities(part)
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _start(self, name: str, _: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        self.taking = local == "t"
        if local == "si":
            self.index, self.filled = self.index + 1, False

    def _end(self, name: str) -> None:
        self.taking = False
        if name.rpartition(":")[2] == "si" and not self.filled:
            self.blank.append(self.index)

    def _text(self, text: str) -> None:
        if self.taking and text.strip(BLANK):
            self.filled = True
