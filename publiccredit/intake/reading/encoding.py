"""Text as UTF-8, whatever it was sent as: proved byte by byte before a row is read."""

import codecs
import mmap
import struct
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import polars as pl

from publiccredit.intake.reading.limits import Limits
from publiccredit.intake.reading.line_tally import QUOTE, LineTally, line_tally
from publiccredit.intake.reading.refusals import refusal

BLOCK = 1 << 20  # what is looked at several times stays in the cache
SIDE_BY_SIDE = 2  # blocks that are proved at once
SURELY_UTF_8 = 10  # Chinese characters read as UTF-8 in a row: no text in GB18030 begins so
CR = "\r"
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class ReadableText:
    """A file of UTF-8 text, with line feeds at its line ends; ``folder`` holds it where it had to be rewritten."""

    path: Path
    encoding: str  # as sent
    folder: "tempfile.TemporaryDirectory[str] | None" = field(default=None, repr=False)
    tally: LineTally | None = None  # its lines, counted on the way; None where the file was rewritten


@dataclass(frozen=True)
class _Facts:
    """What one look at a block says, while it is in the cache."""

    nul: int  # its place in the file, -1 where there is none
    utf_8: bool
    tally: LineTally


def readable_text(*, path: Path, limits: Limits) -> ReadableText:
    """
    Give the file as UTF-8 text.

    UTF-8 is tried first because a GB18030 text practically never happens to be valid UTF-8, while any text can pass for
    GB18030; detectors that guess by frequency take short Chinese texts for Japanese.

    :raises UnableToRead: it is neither UTF-8 nor GB18030, or UTF-8 with damaged bytes; it holds a NUL byte, or a line
        is too long.
    """
    with path.open("rb") as stream:
        if stream.read(2) in UTF_16:
            raise refusal("utf_16")
    utf_8, tally = True, LineTally()
    for facts in _looked_at(path, limits):
        if facts.nul >= 0:
            raise refusal("nul_byte", row=_line_at(path, facts.nul))
        utf_8, tally = utf_8 and facts.utf_8, tally + facts.tally
    if not utf_8:
        _refuse_damaged_utf_8(path)
    old_macintosh = _without_line_feeds(path)
    if utf_8 and not old_macintosh:
        return ReadableText(path, "utf-8", tally=tally)
    folder = tempfile.TemporaryDirectory(prefix="reading-")
    target = Path(folder.name) / "text.csv"
    _rewrite(path, target, "utf-8-sig" if utf_8 else "gb18030", line_end="\r" if old_macintosh else "\n")
    return ReadableText(target, "utf-8" if utf_8 else "gb18030", folder)


def lines_for_csv(lines: Iterable[str]) -> Iterator[str]:
    """
    Give lines, each up to its line feed, as the csv module takes them for the lines that Polars sees.

    To the csv module a lone carriage return ends a row: one inside a cell, or doubled at a line's end as Python writes
    it on Windows, would shift the numbers of all rows below.
    """
    for line in lines:
        said = line.rstrip("\r\n")
        yield f"{said.replace(CR, ' ')}\n" if CR in said or line.endswith("\r\r\n") else line


def _looked_at(path: Path, limits: Limits) -> Iterator[_Facts]:
    """Give what is to be known of the blocks, in their order."""
    if not path.stat().st_size:
        return
    # The pages of the file itself: reading them into memory first costs as much as proving them. Polars does the same.
    with path.open("rb") as stream:
        mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="proving") as pool:
        yield from pool.map(partial(_facts, mapped), *zip(*_blocks(mapped, path, limits), strict=True))


def _facts(mapped: mmap.mmap, start: int, end: int) -> _Facts:
    block = memoryview(mapped)[start:end]
    quoted = mapped.find(QUOTE, start, end) >= 0
    tally = LineTally(quoted=True) if quoted else line_tally(block)
    return _Facts(mapped.find(b"\0", start, end), _is_utf_8(block), tally)


def _blocks(mapped: mmap.mmap, path: Path, limits: Limits) -> Iterator[tuple[int, int]]:
    """Give the places in the file where blocks of whole lines begin and end."""
    start, end = 0, BLOCK
    while end < len(mapped):
        cut = mapped.rfind(b"\n", start, end) + 1
        if cut:
            yield start, cut
            start, end = cut, cut + BLOCK
            continue
        # Old Macintosh programs end a line with a carriage return alone.
        if end - start > limits.line_bytes and max(map(len, mapped[start:end].split(b"\r"))) > limits.line_bytes:
            raise refusal("long_line", row=_line_at(path, start), limit=limits.line_bytes >> 20)
        end += BLOCK
    yield start, len(mapped)


def _without_line_feeds(path: Path) -> bool:
    """Whether lines end with carriage returns alone, as old Macintosh programs left them."""
    returns = False
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            if b"\n" in block:
                return False
            returns = returns or b"\r" in block
    return returns


def _line_at(path: Path, place: int) -> int:
    """Give the number of the line at a place of the file."""
    number = 1
    with path.open("rb") as stream:
        while place > 0 and (block := stream.read(min(place, BLOCK))):
            number += block.count(b"\n")
            place -= len(block)
    return number


def _is_utf_8(block: memoryview) -> bool:
    """Tell by Polars' vectorised validation, without a copy: 20 times as fast as decoding to a Python string."""
    from pyarrow import lib as arrow  # loaded for text alone, see line_tally

    data, ends = arrow.py_buffer(block), arrow.py_buffer(struct.pack("=qq", 0, len(block)))
    try:
        pl.Series(arrow.LargeBinaryArray.from_buffers(arrow.large_binary(), 1, [None, ends, data])).cast(pl.String)
    except pl.exceptions.PolarsError:
        return False
    return True


def _rewrite(path: Path, target: Path, encoding: str, *, line_end: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as source, target.open("w", encoding="utf-8", newline="") as out:
            while block := source.read(BLOCK):
                out.write(decoder.decode(block).replace(line_end, "\n"))
            out.write(decoder.decode(b"", final=True))
    except UnicodeDecodeError as error:
        wrong = _undecodable(path, encoding)
        raise refusal("undecodable", byte=wrong.at + 1, row=wrong.row, found=wrong.found) from error


@dataclass(frozen=True)
class _Wrong:
    """The bytes where a text stops being text."""

    at: int
    row: int
    found: str


def _refuse_damaged_utf_8(path: Path) -> None:
    """
    Name the damaged place of a text that is UTF-8 down to there.

    Taken for GB18030 it would be refused for its first line, where nothing is wrong, or read as gibberish.
    """
    wrong = _undecodable(path, "utf-8")
    with path.open("rb") as stream:
        sound = stream.read(min(wrong.at, BLOCK)).decode("utf-8", errors="ignore")
    if sum("一" <= character <= "鿿" for character in sound) >= SURELY_UTF_8:
        raise refusal("damaged_utf_8", byte=wrong.at + 1, row=wrong.row, found=wrong.found)


def _undecodable(path: Path, encoding: str) -> _Wrong:
    start, number = 0, 1
    with path.open("rb") as stream:
        for line in stream:
            try:
                line.decode(encoding)
            except UnicodeDecodeError as error:
                return _Wrong(start + error.start, number, line[error.start : error.end].hex())
            start, number = start + len(line), number + 1
    return _Wrong(start, number, "")
