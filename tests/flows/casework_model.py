"""The plain model that casework is held against: what the law says about a record and a case, without a database."""

from calendar import monthrange
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from publiccredit.accounts.types import Actor
from publiccredit.casework.types import Applicant
from publiccredit.catalogue.types import Party, ProcedureName
from tests.flows.cases import CLERK, FOURTH, HEAD, LIAISON, OFFICE_HEAD, SECOND_CLERK, SECOND_OFFICE_HEAD, THIRD

MONTHS = {"general": (3, 12), "serious": (12, 36)}
SOURCE_APPLICANT = Applicant(party=Party.SOURCE, name="濉溪县市场监督管理局")
# What a kind of penalty is judged as by the rules of the packs, and the rule that says so.
KINDS = {"吊销许可证件": ("serious", "licence_revoked_or_barred"), "责令停产停业": ("general", "otherwise")}
FACTS = ("销售的水泥强度不合格", "销售未经检验的水泥", "销售过期的水泥")  # as filed first, and what else it may be
SUSPENDS = {
    ProcedureName.OBJECTION,
    ProcedureName.CREDIT_REPAIR,
    ProcedureName.REVOCATION_OR_CHANGE,
    ProcedureName.CORRECTION,
}
FIRST_PAIR = {Party.OFFICE: (CLERK, OFFICE_HEAD), Party.SOURCE: (LIAISON, HEAD)}
SECOND_PAIR = {Party.OFFICE: (SECOND_CLERK, SECOND_OFFICE_HEAD), Party.SOURCE: (THIRD, FOURTH)}


def months_after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, min(day.day, monthrange(day.year + years, month + 1)[1]))


@dataclass
class ModelRecord:
    """What the law says about one record, without a database."""

    id: int
    number: int
    decided_on: date
    served_on: date | None
    severity: str
    shown_from: date | None = None  # empty: not served yet
    released_on: date | None = None  # it waited for its service so long that it begins, and may end, on this day
    ended_on: date | None = None  # its term was over then, and no correction makes it longer (DP-10)
    last_sent: tuple[int | None, str] = (None, FACTS[0])
    fine: int | None = None  # as it reads now
    facts: str = FACTS[0]
    set_aside_facts: set[str] = field(default_factory=set)  # what they said before a case corrected them
    facts_decided: bool = False
    rule: str | None = "otherwise"  # that gave the severity; none once a department or a case has stated it
    corrected_by_case: bool = False  # any field of it
    repaired: bool = False
    withdrawn: bool = False
    stay: tuple[date, date | None] | None = None
    shield: tuple[date, date] | None = None
    noted: set[str] = field(default_factory=set)  # fields nobody could tell of; "" is the whole record
    suit: bool = False
    statement: str = ""
    holders: dict[int, date] = field(default_factory=dict)  # since when
    open_objections: dict[int, str] = field(default_factory=dict)  # of each open case the field it contests
    suspended_by: set[int] = field(default_factory=set)

    @property
    def opens_on(self) -> date:
        return months_after(self.decided_on, MONTHS[self.severity][0])

    @property
    def ends_on(self) -> date:
        by_rule = months_after(self.decided_on, MONTHS[self.severity][1])
        if self.released_on is not None:
            by_rule = max(by_rule, self.released_on)
        return by_rule if self.ended_on is None else min(self.ended_on, by_rule)

    def corrected(self, severity: str, on: date) -> None:
        self.written_anew(on)
        self.severity, self.rule = severity, None

    def kind_corrected(self, kind: str, on: date) -> None:
        """A severity that follows from the kind of penalty follows it in the same act; one that was stated stays."""
        judged = KINDS[kind]
        if self.rule is not None and (self.severity, self.rule) != judged:
            self.written_anew(on)
            self.severity, self.rule = judged

    def facts_corrected(self, facts: str) -> None:
        self.set_aside_facts = (self.set_aside_facts | {self.facts}) - {facts}
        self.facts, self.facts_decided = facts, True

    def sent_again(self, fine: int | None, facts: str, on: date) -> str:
        """What becomes of its row: what a case corrected stays, and a third value goes back to its sender."""
        if (fine, facts) == self.last_sent:
            return "on_file"
        if self.withdrawn:
            return "withdrawn"
        if self.facts_decided and facts not in self.set_aside_facts | {self.facts}:
            return "decided_otherwise"
        kept = self.facts if self.facts_decided else facts
        if self.corrected_by_case and (fine, kept) == (self.fine, self.facts):
            return "on_file"
        self.written_anew(on)
        self.last_sent, self.fine, self.facts = (fine, facts), fine, kept
        return "changes"

    def written_anew(self, on: date) -> None:
        """Its term is reckoned from the document anew; what was over stays over, and a late release stays late."""
        if self.shown_from is not None and self.shown_from < self.ends_on <= on:
            self.ended_on = self.ends_on
        if self.released_on is not None and self.released_on == self.served_on:
            self.released_on = None  # it was not late

    def in_term(self, on: date) -> bool:
        return self.shown_from is not None and self.shown_from <= on < self.ends_on

    def set_aside(self, on: date) -> bool:
        stayed = self.stay is not None and self.stay[0] <= on and (self.stay[1] is None or on < self.stay[1])
        shielded = self.shield is not None and self.shield[0] <= on < self.shield[1]
        return self.repaired or self.withdrawn or bool(self.suspended_by) or stayed or shielded

    def shown(self, on: date) -> bool:
        return self.in_term(on) and not self.set_aside(on)

    @property
    def change(self) -> str:
        """What a reader of a former copy must know."""
        return "撤回" if self.withdrawn else "修复" if self.repaired else ""

    @property
    def dispute(self) -> str:
        return "open" if self.open_objections else "undetermined" if self.noted else ""

    @property
    def contested(self) -> list[str]:
        """What every open case contests, together; with none open, what none could tell."""
        return sorted(set(self.open_objections.values()) or self.noted)

    def objection_decided(self, case_id: int, undetermined: bool) -> None:
        contested = self.open_objections.pop(case_id)
        if undetermined:
            self.noted.add(contested)  # under an open objection it waits for that one's end
        else:
            self.noted = self.noted - {contested} if contested else set()


@dataclass
class ModelCase:
    id: int
    procedure: ProcedureName
    record: ModelRecord
    ground: str
    decided_by: Party
    deciders: set[str] = field(default_factory=set)
    first_deciders: frozenset[str] = frozenset()
    proposed: tuple[str, Callable[[], None]] | None = None
    decided: bool = False
    is_review: bool = False
    reviewed: bool = False
    lapsed: bool = False
    taken_back: bool = False
    closed: bool = False
    extended: bool = False
    asked_for_papers: bool = False
    papers_until: date = date.min  # while it waits for papers: nothing is refused before that day is over
    contested: str = ""  # the field an objection names; empty: the record as a whole
    state: str = "in_hand"  # of an undecided one: in hand, waiting for papers, or with its source

    @property
    def pair(self) -> tuple[Actor, Actor]:
        return (SECOND_PAIR if self.is_review else FIRST_PAIR)[self.decided_by]


WIDTHS = {"clocks": 2, "reviews": 3, "records": 2, "taken_back": 1}


def published(happened: list[tuple[str, str, int, str]], *, until: date, fewest: int) -> dict[Any, tuple[int, ...]]:
    """What months that are over have published, table by table: counts that are none or enough, each case once."""
    told: dict[Any, list[int]] = {}
    for table, width in WIDTHS.items():
        left = [one for one in happened if one[0] == table]
        month = date(2026, 1, 1)
        while (after := months_after(month, 1)) <= until:
            for whole in (False, True) if after.month == 1 else (False,):
                bodies = sorted({one[1] for one in left if one[3] < after.isoformat()})
                for body in (*bodies, ""):
                    these = [one for one in left if body in ("", one[1]) and one[3] < after.isoformat()]
                    counts = [sum(one[2] == cell for one in these) for cell in range(width)]
                    added = [0] * width + [len(these)] if whole else [*counts, 0]
                    if body == "" and _tells_each(these, fewest):
                        continue  # it would tell the number of each
                    if these and all(n == 0 or n >= fewest for n in added):
                        row = told.setdefault((month.year, table, body), [0] * (width + 1))
                        told[(month.year, table, body)] = [a + b for a, b in zip(row, added, strict=True)]
                        taken = {id(one) for one in these}
                        left = [one for one in left if id(one) not in taken]
            month = after
    return {key: tuple(row) for key, row in told.items()}


def _tells_each(these: list[tuple[str, str, int, str]], fewest: int) -> bool:
    each = Counter(one[1] for one in these)
    return all(n < fewest for n in each.values()) and len(these) == len(each) * (fewest - 1)
