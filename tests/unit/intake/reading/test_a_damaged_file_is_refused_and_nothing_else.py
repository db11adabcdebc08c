"""Bytes changed at random: whatever becomes of a workbook, reading gives rows that add up, or a sentence."""

import random
import zipfile
from pathlib import Path

import pytest

from publiccredit.intake.reading import open_file
from publiccredit.intake.types import UnableToRead
from tests import hostile
from tests.files import own_form

PIECES = [b"99999999999", b"<", b'"', b"-1", b"A", b"\0", b"&x;", b"</c>", b"\xff\xff\xff\x7f"]


def changed(content: bytes, chance: random.Random) -> bytes:
    letters = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(max(1, len(letters)))
        match chance.randrange(3):
            case 0:
                letters[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del letters[at : at + chance.randint(1, 20)]
            case _:
                letters[at:at] = chance.choice(PIECES)
    return bytes(letters)


def damaged(folder: Path, chance: random.Random) -> Path:
    if chance.random() < 0.4:
        return hostile.named(folder, "坏.xls", changed(hostile.old_workbook(folder).read_bytes(), chance))
    honest = hostile.honest(folder)
    if chance.random() < 0.3:
        return hostile.named(folder, "坏.xlsx", changed(honest.read_bytes(), chance))
    with zipfile.ZipFile(honest) as package:
        part = chance.choice([n for n in package.namelist() if "theme" not in n])
    return hostile.rewritten(honest, lambda name, content: changed(content, chance) if name == part else content)


@pytest.mark.parametrize("seed", range(150))
def test_a_file_with_changed_bytes_is_read_whole_or_refused(tmp_path: Path, seed: int) -> None:
    path = damaged(tmp_path, random.Random(seed))
    try:
        opened = open_file(path=path, candidates=own_form())
        read = sum(chunk.rows.height for chunk in opened.chunks())
    except UnableToRead as refusal:
        assert refusal.code.startswith("F-")
    else:
        assert read == opened.counted()
