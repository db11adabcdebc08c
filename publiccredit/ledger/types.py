"""What the ledger tells about itself."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Head:
    """The last entry of the chain at some moment. Whoever keeps one can later prove what stood before it."""

    position: int
    hash: str  # 64 hexadecimal digits


@dataclass(frozen=True)
class Fault:
    """One place where the chain does not hold: what stands there, and what would have to."""

    position: int
    found: str
    expected: str


@dataclass(frozen=True)
class Verdict:
    """The outcome of a verification: every entry that was looked at, and every fault."""

    entries: int
    head: Head | None
    faults: tuple[Fault, ...]

    @property
    def holds(self) -> bool:
        return not self.faults
