"""The numbers of oversight. Every one of them can be asked for the submissions or records it counts."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from publiccredit.disclosure.types import Compliance


@dataclass(frozen=True)
class Figures(Compliance):
    """
    What a department sent in a period, by the formulas of the third-party assessment.

    迟报率 = late ÷ timed, over the records first received in the period that have a clock.
    """

    department_code: str
    name: str
    submissions: int
    refused: int  # files returned as a whole
    accepted: int
    returned: int
    duplicates: int  # rows sent again: already on file, or back once more from a file that was sent before
    timed: int
    late: int

    @property
    def late_share(self) -> float | None:
        return self.late / self.timed if self.timed else None

    @property
    def on_time_share(self) -> float | None:
        return None if self.late_share is None else 1 - self.late_share


class CellKind(StrEnum):
    """What a week of a department comes to; the gravest that applies."""

    MISSING = "missing"  # something was due and neither a file nor a nil return came
    LATE = "late"
    RETURNED = "returned"
    ON_TIME = "on-time"
    NIL = "nothing"
    NOTHING_DUE = "none"


@dataclass(frozen=True)
class Cell:
    """One department in one week."""

    department_code: str
    week: date  # its Monday
    kind: CellKind
    submissions: int = 0
    refused: int = 0
    accepted: int = 0
    returned: int = 0
    late: int = 0
    missing: tuple[str, ...] = ()  # titles of the sources nothing came for
    nil: int = 0
    nil_late: int = 0  # of these, declared after the last day of the week's round

    @property
    def sent(self) -> bool:
        return self.submissions > 0


@dataclass(frozen=True)
class BoardRow:
    figures: Figures
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Board:
    weeks: tuple[date, ...]
    rows: tuple[BoardRow, ...]


@dataclass(frozen=True)
class Found:
    """One thing on file that breaks a rule of due process."""

    object_kind: str
    object_id: int
    words: str


@dataclass(frozen=True)
class RuleKept:
    """A rule of due process, how many things on file break it, and the first of them."""

    number: str
    rule: str
    count: int
    found: tuple[Found, ...] = ()


@dataclass(frozen=True)
class CheckedRules:
    rules: tuple[RuleKept, ...]

    @property
    def total(self) -> int:
        return sum(rule.count for rule in self.rules)
