"""What the ledger tells about itself, and the day on which an act was done."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


def china_day(*, at: datetime) -> date:
    """Give the calendar day of an instant in China, where every term and clock of law is counted."""
    return at.astimezone(CHINA).date()


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


@dataclass(frozen=True)
class Proof:
    """One entry held against what stands in it and against its neighbours in the chain."""

    computed: str  # the hash recomputed from what stands in the entry
    faults: tuple[Fault, ...]

    @property
    def holds(self) -> bool:
        return not self.faults


@dataclass(frozen=True)
class Sought:
    """What a reader of the ledger looks for; what is left out is not asked for."""

    actors: Collection[str] | None = None  # the names under which they acted
    operation: str = ""
    object_kind: str = ""
    objects: Collection[tuple[str, str]] | None = None  # kind and number; an empty kind: whatever bears the number
    since: datetime | None = None
    until: datetime | None = None  # up to, and not including
    at_shell: bool = False  # only what was typed at the server


_typed_at_shell: ContextVar[bool] = ContextVar("typed_at_shell", default=False)


@contextmanager
def typed_at_shell() -> Iterator[None]:
    """Mark every act entered meanwhile as typed at the server: there an account is named, and no password asked."""
    before = _typed_at_shell.set(True)
    try:
        yield
    finally:
        _typed_at_shell.reset(before)


def is_typed_at_shell() -> bool:
    """Tell whether what is done now is done by a command at the server."""
    return _typed_at_shell.get()
