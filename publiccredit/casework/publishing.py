"""
Counts of cases as they may be published period after period, so that no two publications tell one decision (DP-38).

A body's counts wait until each of them is none or enough, and are then published together, once: so every publication
differs from the one before by none or enough in each count, and nothing published is ever revised. Bodies that wait are
published together as soon as that is enough. At the end of a year what cannot be told apart is told as one number.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from publiccredit.catalogue.types import StatisticsPeriod

TOGETHER = ""  # the bodies that have too few for themselves
Cells = tuple[int, ...]


@dataclass(frozen=True)
class Happened:
    """One case came to count for a body, on a day, in one of the counts that exclude one another."""

    on: date
    body: str
    cell: int


@dataclass(frozen=True)
class Block:
    """What one publication adds to the counts of one body; ``undivided`` are told without saying which they are."""

    last: date
    body: str
    cells: Cells
    undivided: int = 0


def blocks(*, happened: Iterable[Happened], periods: Sequence[StatisticsPeriod], cells: int) -> tuple[Block, ...]:
    """Give what is published at the end of each period, in order, of what happened up to then."""
    coming = sorted(happened, key=lambda one: one.on, reverse=True)
    waiting: dict[str, Counter[int]] = {}
    made: list[Block] = []
    for period in periods:
        while coming and coming[-1].on <= period.last:
            one = coming.pop()
            waiting.setdefault(one.body, Counter())[one.cell] += 1
        made += _published(waiting, period, cells, divided=True)
        if period.ends_year:
            made += _published(waiting, period, cells, divided=False)
    return tuple(made)


def _published(waiting: dict[str, Counter[int]], period: StatisticsPeriod, cells: int, *, divided: bool) -> list[Block]:
    """Take what can be published out of what waits: of each body by itself first, then of all that is left together."""
    made = []
    for body in sorted(waiting):
        block = _block(waiting[body], body, period, cells, divided)
        if block is not None:
            made.append(block)
            del waiting[body]
    left: Counter[int] = sum(waiting.values(), Counter())
    # Bodies of which each has too few have together at most so many: that many would tell each one's number.
    most = len(waiting) * (period.fewest - 1)
    forced = left.total() == most and all(one.total() < period.fewest for one in waiting.values())
    block = None if forced else _block(left, TOGETHER, period, cells, divided)
    if block is not None:
        made.append(block)
        waiting.clear()
    return made


def _block(counted: Counter[int], body: str, period: StatisticsPeriod, cells: int, divided: bool) -> Block | None:
    found = tuple(counted[n] for n in range(cells))
    if divided:
        enough = any(found) and all(n == 0 or n >= period.fewest for n in found)
        return Block(period.last, body, found) if enough else None
    whole = sum(found)
    return Block(period.last, body, (0,) * cells, whole) if whole >= period.fewest else None
