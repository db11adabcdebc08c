"""The parts of a workbook, which of them are changed, and the package they make up together."""

import posixpath
import zipfile
from pathlib import Path
from typing import Self

from publiccredit.intake.annotation.marking.outline import Change, Element, Unsure, edited, inserted, outline
from publiccredit.intake.annotation.texts import quoted

CONTENT_TYPES = "[Content_Types].xml"
EMPTY_RELATIONS = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)
OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES = {
    "comments": f"{OFFICE}spreadsheetml.comments+xml",
    "styles": f"{OFFICE}spreadsheetml.styles+xml",
    "worksheet": f"{OFFICE}spreadsheetml.worksheet+xml",
}
VML = f"{OFFICE}vmlDrawing"
SPEED = 5  # of compression: 6 takes nearly twice the time and makes a sheet a thirtieth smaller


class Package:
    """A workbook whose parts are read as they are asked for; what was changed is written when it is saved."""

    def __init__(self, path: Path) -> None:
        self.zip = zipfile.ZipFile(path)
        self.parts = dict.fromkeys(self.zip.namelist())
        self.changed: dict[str, bytes] = {}
        if len(self.parts) != len(self.zip.infolist()):
            raise Unsure("two parts of one name")
        (main,) = Relations(self, "").of_kind("officeDocument")
        self.kind = main.attribute("Type").removesuffix("/officeDocument")  # differs in strict workbooks
        self.workbook = main.attribute("Target").lstrip("/")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.zip.close()

    def read(self, part: str) -> bytes:
        """:raises KeyError: there is no such part."""
        return self.changed[part] if part in self.changed else self.zip.read(part)

    def write(self, part: str, content: bytes) -> None:
        self.changed[part] = content

    def drop(self, part: str) -> None:
        """Leave a part out, and what is said of its type."""
        self.parts.pop(part, None)
        self.changed.pop(part, None)
        types = self.read(CONTENT_TYPES)
        named = [e for e in outline(types, depth=1).children if e.attribute("PartName").lstrip("/") == part]
        self.write(CONTENT_TYPES, edited(types, [(e.start, e.end, b"") for e in named]))

    def add(self, part: str, content: bytes, *, kind: str) -> None:
        """Take in a new part of a kind: comments, styles, worksheet or vmlDrawing."""
        self.parts[part] = None
        self.write(part, content)
        types = self.read(CONTENT_TYPES)
        root = outline(types, depth=1)
        if kind == "vmlDrawing":
            if any(e.attribute("Extension").lower() == "vml" for e in root.children):
                return
            said = f'Default Extension="vml" ContentType="{VML}"'
        else:
            said = f'Override PartName="/{part}" ContentType="{TYPES[kind]}"'
        self.write(CONTENT_TYPES, edited(types, [inserted(root, f"<{root.prefix}{said}/>".encode(), types)]))

    def free_name(self, pattern: str) -> str:
        """Give a name, of a pattern with a place for a number, that no part bears in any case of its letters."""
        taken = {part.lower() for part in self.parts}
        return next(name for n in range(1, len(taken) + 2) if (name := pattern.format(n)).lower() not in taken)

    def save(self, target: Path) -> None:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=SPEED) as out:
            for part in self.parts:
                known = self.zip.NameToInfo.get(part)
                info = zipfile.ZipInfo(part, known.date_time if known else (1980, 1, 1, 0, 0, 0))
                info.compress_type = known.compress_type if known else zipfile.ZIP_DEFLATED
                info.external_attr = known.external_attr if known else 0
                out.writestr(info, self.read(part), compresslevel=SPEED)


class Relations:
    """What a part refers to; of the package itself where the part has no name."""

    def __init__(self, package: Package, part: str) -> None:
        self.package = package
        self.folder, name = posixpath.split(part)
        self.part = posixpath.join(self.folder, "_rels", f"{name}.rels")
        self.xml = package.read(self.part) if self.part in package.parts else EMPTY_RELATIONS
        self.root = outline(self.xml, depth=1)

    @property
    def elements(self) -> list[Element]:
        return self.root.children

    def target(self, element: Element) -> str:
        """Give the part an inner relation leads to."""
        said = element.attribute("Target")
        return said.lstrip("/") if said.startswith("/") else posixpath.normpath(posixpath.join(self.folder, said))

    def of_kind(self, kind: str) -> list[Element]:
        return [
            element
            for element in self.elements
            if element.attribute("Type").rpartition("/")[2] == kind and element.attribute("TargetMode") != "External"
        ]

    def by_id(self, identifier: str) -> Element:
        """:raises Unsure: there is none."""
        for element in self.elements:
            if element.attribute("Id") == identifier:
                return element
        raise Unsure("a relation that is not there")

    def add(self, *, kind: str, part: str) -> str:
        """Refer to a part and give the name of the relation."""
        taken = {element.attribute("Id") for element in self.elements}
        name = next(name for n in range(1, len(taken) + 2) if (name := f"rIdMarks{n}") not in taken)
        target = posixpath.relpath(part, self.folder)
        said = f'Id="{name}" Type="{self.package.kind}/{kind}" Target={quoted(target)}'
        self._edit([inserted(self.root, f"<{self.root.prefix}Relationship {said}/>".encode(), self.xml)])
        return name

    def remove(self, *identifiers: str) -> None:
        self._edit([(e.start, e.end, b"") for e in self.elements if e.attribute("Id") in identifiers])

    def _edit(self, changes: list[Change]) -> None:
        if changes:
            self.xml = edited(self.xml, changes)
            self.root = outline(self.xml, depth=1)
            self.package.parts.setdefault(self.part, None)
            self.package.write(self.part, self.xml)


def relation(root: Element, namespace: str, name: str) -> str:
    """Give the attribute that names a relation, with what says what its prefix means where the document does not."""
    for key, value in root.attributes.items():
        if value == namespace and key.startswith("xmlns:"):
            return f'{key.removeprefix("xmlns:")}:id="{name}"'
    return f'xmlns:r="{namespace}" r:id="{name}"'
