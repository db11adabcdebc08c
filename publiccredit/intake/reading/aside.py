"""Numbers of persons in a workbook where no reader of cells comes: notes, links, drawings, what is said of the file."""

import html
import io
import re
import zipfile
from collections.abc import Collection
from pathlib import Path

from publiccredit.catalogue.types.identity_numbers import without
from publiccredit.intake.reading.damage import refusing_damage

PIECE = 1 << 20
OVERLAP = 1 << 10  # a number with the marks of its letters between two pieces
READ = (".xml", ".rels", ".vml")
STRINGS = "sharedstrings.xml"
RUNS = re.compile("comment|drawing", re.IGNORECASE)  # parts whose texts are cut into runs of letters that look alike
TAG = re.compile("<[^>]*>")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def holds_number(text: str) -> bool:
    """Tell whether a text holds a resident identity number."""
    return without(text) != text


def parts_hold_number(*, path: Path, but_parts: Collection[str]) -> bool:
    """
    Tell whether a part of an xlsx beside those of its cells holds the number of a person.

    :raises UnableToRead: it is damaged.
    """
    with refusing_damage(), zipfile.ZipFile(path) as package:
        names = [name for name in package.namelist() if name.lower().endswith(READ) and name not in but_parts]
        return any(_holds_number(package, name) for name in names if not name.lower().endswith(STRINGS))


def _holds_number(package: zipfile.ZipFile, name: str) -> bool:
    with package.open(name) as stream:
        coding = "utf-16" if stream.read(2) in UTF_16 else "utf-8"
    with package.open(name) as stream, io.TextIOWrapper(stream, encoding=coding, errors="replace") as words:
        text = ""
        while piece := words.read(PIECE):
            text = text[-OVERLAP:] + piece
            said = html.unescape(text) if "&#" in text else text
            if holds_number(said) or (RUNS.search(name) and holds_number(TAG.sub("", said))):
                return True
    return False
