"""
Lines counted on their bytes while a file is proved, so that it need not be walked through a second time.

No parser and no table: line feeds are counted, and only a line that begins like an empty one is looked at. What it says
holds for files without a single quotation mark; in all others a line may be part of a record, and ``counting`` walks.
"""

from dataclasses import dataclass

import polars as pl
from pyarrow import lib as arrow

QUOTE = b'"'
WIDE_BLANK = b"\xe3\x80"  # the bytes of U+3000; no other character is made of these two alone
SEPARATORS = (b",", b"\t", b";")
_FEED = 0x0A
_BLANK, _COMMA, _SEMICOLON, _WIDE = (
    0x20,
    0x2C,
    0x3B,
    0xE3,
)  # an empty line begins with one of these or a control character


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


def line_tally(block: bytes) -> LineTally:
    """Count the lines of a block that begins and ends with whole lines."""
    if QUOTE in block:
        return LineTally(quoted=True)
    data = pl.Series(arrow.UInt8Array.from_buffers(arrow.uint8(), len(block), [None, arrow.py_buffer(block)]))
    feeds = data == _FEED
    behind = data.slice(1)
    like_empty = (behind <= _BLANK) | (behind == _COMMA) | (behind == _SEMICOLON) | (behind == _WIDE)
    doubtful = feeds.slice(0, len(behind)) & like_empty
    begins = [0, *(doubtful.arg_true() + 1)] if doubtful.any() else [0]
    looked_at = tally_of([block[begin : _end_of_line(block, begin)] for begin in begins])
    return LineTally(int(feeds.sum()) + (not block.endswith(b"\n")), looked_at.empty)


def _end_of_line(block: bytes, begin: int) -> int:
    end = block.find(b"\n", begin)
    return end if end >= 0 else len(block)


def tally_of(lines: list[bytes]) -> LineTally:
    """Count lines one by one."""
    blank = b" \t\r\n" + WIDE_BLANK
    return LineTally(len(lines), tuple(sum(not line.strip(blank + s) for line in lines) for s in SEPARATORS))
