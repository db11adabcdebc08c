"""
How many rows a text file holds, by a second parser: what was accepted, returned and repeated must add up to this.

Shares with reading nothing but the place of the header. Polars (and, where a file is out of order, the csv module)
reads; here lines are counted on their bytes, with quotation marks told apart by their number. Workbooks have their own
second parsers: ``survey`` (expat over the XML) and ``biff`` (the records of an xls), where reading uses calamine.
"""

import re
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

from publiccredit.intake.reading.line_tally import QUOTE, WIDE_BLANK, LineTally, tally_of

BLOCK = 1 << 20  # fits the cache
BOM = b"\xef\xbb\xbf"


def count_text_rows(*, path: Path, delimiter: str, header_row: int, tally: LineTally | None = None) -> int:
    """
    Give the number of records below the header that have at least one filled cell.

    ``tally`` is what was counted while the same bytes were proved; where quotation marks may join lines it is no help.
    """
    if tally is not None and not tally.quoted:
        with path.open("rb") as stream:
            head = tally_of([stream.readline() for _ in range(header_row)])
        return tally.filled(delimiter=delimiter) - head.filled(delimiter=delimiter)
    separator = delimiter.encode()
    nothing = b' \t\r"' + separator + WIDE_BLANK
    above = header_row
    filled = 0
    for records in _records(path, separator):
        filled += sum(map(bool, map(bytes.strip, records[above:], repeat(nothing))))
        above = max(0, above - len(records))
    return filled


def _records(path: Path, separator: bytes) -> Iterator[list[bytes]]:
    """Give the records of the file, block by block; one that spans several lines comes as one, its lines joined."""
    opened: list[bytes] = []  # the lines so far of a record with a line break inside a cell
    unclosed = re.compile(rb"(?:\A|(?<=" + re.escape(separator) + rb'))"(?:[^"]++|"")*+(?:"|(\Z))')
    for lines, quoted in _lines(path):
        odd = [count & 1 for count in map(bytes.count, lines, repeat(QUOTE))] if quoted or opened else []
        yield _joined(lines, odd, opened, unclosed) if opened or any(odd) else lines
    if opened:
        yield [b"".join(opened)]


def _joined(lines: list[bytes], odd: list[int], opened: list[bytes], unclosed: re.Pattern[bytes]) -> list[bytes]:
    """Join the lines of each record; ``opened`` holds those of one that runs on into the next block."""
    records = []
    for line, is_odd in zip(lines, odd, strict=True):
        if opened:
            opened.append(line)
            if is_odd:
                records.append(b"".join(opened))
                opened.clear()
        elif is_odd and any(cell.group(1) is not None for cell in unclosed.finditer(line)):
            opened.append(line)
        else:  # a quotation mark inside a plain value (24"显示器) opens nothing
            records.append(line)
    return records


def _lines(path: Path) -> Iterator[tuple[list[bytes], bool]]:
    """Give whole lines, block by block, and whether there is a quotation mark among them."""
    rest = b""
    with path.open("rb", buffering=0) as stream:
        if stream.read(3) != BOM:
            stream.seek(0)
        while fresh := stream.read(BLOCK):
            lines = fresh.split(b"\n")
            lines[0] = rest + lines[0]
            rest = lines.pop()
            yield lines, QUOTE in fresh or (bool(lines) and QUOTE in lines[0])
    if rest:
        yield [rest], QUOTE in rest


# A value that fills a row: text with something in it, a number, true or false.
FILLED = re.compile(rb':\s*(?:"(?!(?:\\[nrt]|\\u3000|\xe3\x80\x80|\s)*")|[-0-9tf])')


def count_json_lines(*, path: Path) -> int:
    """Give the number of lines with at least one filled value, told by the signs behind the colons."""
    return sum(1 for lines, _ in _lines(path) for line in lines if FILLED.search(line))
