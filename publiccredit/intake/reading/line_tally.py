"""
Lines counted on their bytes while a file is proved, so that it need not be walked through a second time.

No parser and no table: line feeds are counted, and only a line that begins like an empty one is looked at. What it says
holds for files without a single quotation mark; in all others a line may be part of a record, and ``counting`` walks.
"""

from dataclasses import dataclass
from itertools import compress

import polars as pl

QUOTE = b'"'
WIDE_BLANK = b"\xe3\x80"  # the bytes of U+3000; no other character is made of these two alone
SEPARATORS = (b",", b"\t", b";", b"|")
_FEED = 0x0A
# An empty line begins with one of these or a control character.
_BLANK, _COMMA, _SEMICOLON, _BAR, _WIDE = 0x20, 0x2C, 0x3B, 0x7C, 0xE3


@dataclass(frozen=True)
class LineTally:
    """``empty`` by separator: a line of nothing but semicolons is empty in one dialect and text in another."""

    lines: int = 0
    empty: tuple[int, ...] = (0,) * len(SEPARATORS)
    quoted: bool = False

    def __add__(self, other: "LineTally") -> "LineTally":
        empty = tuple(mine + theirs for mine, theirs in zip(self.empty, other.empty, strict=True))
        return LineTally(self.lines + other.lines, empty, self.quoted or other.quoted)

    def filled(self, *, delimiter: str) -> int:
        """Give the number of lines with something between their separators."""
        return self.lines - self.empty[SEPARATORS.index(delimiter.encode())]


def line_tally(block: bytes | memoryview) -> LineTally:
    """Count the lines of a block without quotation marks that begins and ends with whole lines."""
    from pyarrow import lib as arrow  # loaded for text alone: workbooks, and programs that only mark them, need none

    if not block:
        return LineTally()
    data = pl.Series(arrow.UInt8Array.from_buffers(arrow.uint8(), len(block), [None, arrow.py_buffer(block)]))
    feeds = data == _FEED
    lines = int(feeds.sum()) + (block[-1] != _FEED)
    behind = data.slice(1).filter(feeds.slice(0, len(block) - 1))
    doubtful = _like_empty(data.head(1).append(behind))
    if not doubtful.any():
        return LineTally(lines)
    every = bytes(block).removesuffix(b"\n").split(b"\n")
    return LineTally(lines, tally_of(list(compress(every, doubtful))).empty)


def _like_empty(first: pl.Series) -> pl.Series:
    """Whether a line may be empty, by its first byte."""
    return (first <= _BLANK) | (first == _COMMA) | (first == _SEMICOLON) | (first == _BAR) | (first == _WIDE)


def tally_of(lines: list[bytes]) -> LineTally:
    """Count lines one by one."""
    blank = b" \t\r\n" + WIDE_BLANK
    return LineTally(len(lines), tuple(sum(not line.strip(blank + s) for line in lines) for s in SEPARATORS))
