"""The OLE compound file in which an xls, and an encrypted xlsx, is wrapped: its directory and its streams."""

import struct
from dataclasses import dataclass
from pathlib import Path

from publiccredit.intake.reading.damage import refusing_damage

LAST = 0xFFFFFFFA  # sector numbers from here on are marks, not sectors
ENTRY = 128


@dataclass(frozen=True)
class Compound:
    """``streams``: the first sector and the size of each, by its name."""

    content: bytes
    sector_size: int
    table: tuple[int, ...]
    mini_size: int
    mini_table: tuple[int, ...]
    mini_below: int
    streams: dict[str, tuple[int, int]]
    root: tuple[int, int]

    def stream(self, name: str) -> bytes:
        """
        Give a stream.

        :raises UnableToRead: its sectors run in a circle or beyond the file.
        """
        first, size = self.streams[name]
        if size >= self.mini_below:
            return self._chain(first)[:size]
        minis = self._chain(self.root[0])
        size_of = self.mini_size
        numbers = _follow(first, self.mini_table)
        return b"".join(minis[n * size_of : (n + 1) * size_of] for n in numbers)[:size]

    def _chain(self, first: int) -> bytes:
        return b"".join(_sector(self.content, n, self.sector_size) for n in _follow(first, self.table))


def open_compound(path: Path) -> Compound:
    """
    Read the directory of a compound file.

    :raises UnableToRead: it is cut off or damaged.
    """
    content = path.read_bytes()
    with refusing_damage():
        return _open(content)


def _open(content: bytes) -> Compound:
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    mini = 1 << struct.unpack_from("<H", content, 32)[0]
    directory, _, mini_below, mini_first = struct.unpack_from("<IIII", content, 48)
    more = struct.unpack_from("<I", content, 68)[0]
    parts = [n for n in struct.unpack_from("<109I", content, 76) if n < LAST]
    seen: set[int] = set()
    while more < LAST and more not in seen:
        seen.add(more)
        *numbers, more = _numbers(_sector(content, more, size))
        parts += [n for n in numbers if n < LAST]
    table = tuple(n for part in parts for n in _numbers(_sector(content, part, size)))
    entries = b"".join(_sector(content, n, size) for n in _follow(directory, table))
    streams: dict[str, tuple[int, int]] = {}
    root = (0, 0)
    for at in range(0, len(entries) - ENTRY + 1, ENTRY):
        length, kind = struct.unpack_from("<HB", entries, at + 64)
        place = struct.unpack_from("<II", entries, at + 116)
        if kind == 5:
            root = place
        elif kind in {1, 2}:
            streams[entries[at : at + max(0, length - 2)].decode("utf-16-le")] = place
    minis = tuple(n for s in _follow(mini_first, table) for n in _numbers(_sector(content, s, size)))
    return Compound(content, size, table, mini, minis, mini_below, streams, root)


def _sector(content: bytes, number: int, size: int) -> bytes:
    found = content[(number + 1) * size : (number + 2) * size]
    if not found:
        raise IndexError(number)
    return found.ljust(size, b"\0")


def _numbers(sector: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(sector) // 4}I", sector)


def _follow(first: int, table: tuple[int, ...]) -> list[int]:
    """:raises IndexError: the chain leads out of the table or into itself."""
    chain: list[int] = []
    while first < LAST:
        chain.append(first)
        if len(chain) > len(table):
            raise IndexError(first)
        first = table[first]
    return chain
