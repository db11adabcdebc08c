"""
The public figures of casework (DP-38): how clocks are kept, what became of reviews, how often records were wrong.

Each is counted by what happened up to the end of a period that is over, never as it stands today: see ``publishing``.
What the office decides too late is not held against the department whose record it is about.
"""

import functools
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from threading import Lock

from django.core.cache import cache

from publiccredit.accounts.operations import acting
from publiccredit.accounts.types import PROGRAM
from publiccredit.casework import clocks
from publiccredit.casework.models import Case, CaseStep, Decision
from publiccredit.casework.publishing import Block, Happened, blocks
from publiccredit.casework.types import DEADLINE_OF_CASE, DecisionState, Happening, PublicFigures, Published
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Effect, Packs, Party, ProcedureName, StatisticsPeriod
from publiccredit.ledger import queries as ledger
from publiccredit.ledger.types import CHINA, Head, china_day

AGAINST_THE_RECORD = frozenset({Effect.CORRECT.value, Effect.WITHDRAW.value})
NEXT_DAY = timedelta(days=1)
# The counts of one table exclude one another: each case is in one of them.
IN_TIME, LATE = 0, 1
OVERTURNED, CONFIRMED, LAPSED = 0, 1, 2
PUT_RIGHT, LEFT = 0, 1
UPHELD, UNFOUNDED = 0, 1
CELLS = (2, 3, 2, 1, 2)  # of the tables, in their order
FIGURES_YEARS = 10  # that can be asked for
KEPT_FOR = 86_400  # seconds after which what nobody asks for any more leaves the memory
_one_at_a_time = Lock()


@dataclass(frozen=True)
class _Counted:
    """What all periods that are over have published, table by table, and up to which entry of the ledger it is so."""

    head: Head | None
    periods: tuple[StatisticsPeriod, ...]
    tables: tuple[tuple[Block, ...], ...]


def published_figures(*, year: int, on: date) -> PublicFigures:
    """Give the figures for whoever asks: cases are their departments' own, what is counted here is nobody's (DP-38)."""
    with acting(actor=PROGRAM):
        return public_figures(year=year, on=on)


def public_figures(*, year: int, on: date, within: Packs | None = None) -> PublicFigures:
    """
    Give what has been published in a year by a day: the same on every day of one period, and never revised.

    ``clocks``: first decisions in time, and last days that passed without one. ``reviews``: ended otherwise, as before,
    or not by their last day. ``records``: decided cases that asked whether a record is right, by the department that
    determined it, that changed it or left it. ``taken_back``: requests their applicants took back. ``complaints``: what
    the rules call upheld or not, by the department complained of. A review is counted in ``records`` and ``complaints``
    only where it answers otherwise than the decision it reviews.
    """
    found = _up_to_date(on, within or catalogue.packs())
    shown = [p.last for p in found.periods if p.last.year <= year]
    tables = (_of_year(one, cells, year) for one, cells in zip(found.tables, CELLS, strict=True))
    return PublicFigures(year, max(shown, default=None), *tables)


def _up_to_date(on: date, packs: Packs) -> _Counted:
    """
    Give what was counted before, for as long as it is right: until a period ends, the packs are others, or an act is
    entered that is dated before the end of the last period. One of its last second may still be under way at the next.
    """
    last = catalogue.closed_periods(since=date(on.year - 1, 1, 1), on=on, within=packs)[-1].last
    rules = hashlib.sha256(repr((packs.version, packs.statistics_rules)).encode()).hexdigest()
    key = f"case_figures:{last}:{rules}"
    with _one_at_a_time:
        head = ledger.head()  # before the counting: what is entered meanwhile is looked at the next time
        kept: _Counted | None = cache.get(key)
        if kept is not None and kept.head == head is not None:
            return kept
        ends = datetime.combine(last + NEXT_DAY, time(), tzinfo=CHINA)
        stands = kept is not None and _stands(kept.head, ends)
        found = replace(kept, head=head) if kept is not None and stands else _counted(head, on, packs)
        cache.set(key, found, KEPT_FOR)
    return found


def _stands(before: Head | None, ends: datetime) -> bool:
    """Tell whether no act behind an entry is dated before an instant, and the entry is still part of the ledger."""
    if before is None:
        return False
    entry = ledger.entry_at(position=before.position)
    if entry is None or bytes(entry.hash).hex() != before.hash:  # another database stands in the place of one
        return False
    return not ledger.entries(after=before.position).filter(at__lt=ends).exists()


def _counted(head: Head | None, on: date, packs: Packs) -> _Counted:
    found = _Found()
    first = min((one.on for each in found.tables for one in each), default=on)
    periods = catalogue.closed_periods(since=first, on=on, within=packs)
    tables = (blocks(happened=one, periods=periods, cells=n) for one, n in zip(found.tables, CELLS, strict=True))
    return _Counted(head, periods, tuple(tables))


def _of_year(published: Iterable[Block], cells: int, year: int) -> tuple[Published, ...]:
    added: dict[str, Published] = {}
    for block in published:
        if block.last.year == year:
            before = added.get(block.body, Published(block.body, (0,) * cells, 0))
            counts = tuple(a + b for a, b in zip(before.counts, block.cells, strict=True))
            added[block.body] = Published(block.body, counts, before.undivided + block.undivided)
    return tuple(added[body] for body in sorted(added))


class _Found:
    """What happened in every case, table by table."""

    def __init__(self) -> None:
        made = Decision.objects.filter(state=DecisionState.EFFECTIVE)
        self.decisions = {
            case: (outcome, set(effects))
            for case, outcome, effects in made.values_list("case_id", "outcome", "effects")
        }
        # Of the case itself: the days of a paper or an answer settle nothing of when it came to be late.
        of_case = {"step": Happening.DEADLINE_SETTLED.value, "text__startswith": DEADLINE_OF_CASE}
        steps = CaseStep.objects.filter(**of_case)
        self.settled = {case: china_day(at=at) for case, at in steps.order_by("at").values_list("case_id", "at")}
        self.office = catalogue.credit_office().code
        self.tables: tuple[list[Happened], ...] = ([], [], [], [], [])
        for case in Case.objects.defer("request").iterator(chunk_size=2000):
            self._add(case)

    def _add(self, case: Case) -> None:
        decider = self.office if case.decided_by_party == Party.OFFICE.value else case.department_code
        table, cell_late = (self.tables[0], LATE) if case.reviews_id is None else (self.tables[1], LAPSED)
        decided_on = china_day(at=case.decided_at) if case.decided_at is not None else None
        late_on = self._late_on(case, decided_on)
        if late_on is not None:
            table.append(Happened(late_on, decider, cell_late))
        elif decided_on is not None and case.reviews_id is not None:
            table.append(Happened(decided_on, decider, CONFIRMED if self._confirmed(case) else OVERTURNED))
        elif decided_on is not None:
            table.append(Happened(decided_on, decider, IN_TIME))
        if decided_on is not None:
            self._answer(self.tables[2], case, decided_on, self._of_record)
            self._answer(self.tables[4], case, decided_on, self._of_complaint)
        if case.taken_back_at is not None:
            self.tables[3].append(Happened(china_day(at=case.taken_back_at), decider, 0))

    def _answer(self, table: list[Happened], case: Case, on: date, given: Callable[[Case, int], int | None]) -> None:
        """Count what a decided case answers, once: what a review answers alike was counted when it was first asked."""
        answer = given(case, case.pk)
        if answer is not None and (case.reviews_id is None or answer != given(case, case.reviews_id)):
            table.append(Happened(on, case.department_code, answer))

    def _of_record(self, case: Case, decided: int) -> int | None:
        if not _asks(case.procedure, case.opened_on):
            return None
        return PUT_RIGHT if self.decisions[decided][1] & AGAINST_THE_RECORD else LEFT

    def _of_complaint(self, case: Case, decided: int) -> int | None:
        upheld = _upheld(case.procedure, case.opened_on).get(self.decisions[decided][0])
        return None if upheld is None else UPHELD if upheld else UNFOUNDED

    def _confirmed(self, case: Case) -> bool:
        """Tell whether a decided case is a review that ended as the first decision did."""
        return case.reviews_id is not None and self.decisions[case.pk][0] == self.decisions[case.reviews_id][0]

    def _late_on(self, case: Case, decided_on: date | None) -> date | None:
        """
        Give the day on which a case came to be late, which no later day changes; nothing where it is or may be in time.

        A case that waits for papers has all the days they may take; one in a year not decreed is late once decided so.
        """
        last = clocks.last_day(case=case)
        over = decided_on or (china_day(at=case.taken_back_at) if case.taken_back_at else date.max)
        if over <= last:
            return None
        if case.provisional:
            return decided_on
        return max(last + NEXT_DAY, china_day(at=case.opened_at), self.settled.get(case.pk, date.min))


@functools.cache
def _asks(procedure: str, on: date) -> bool:
    """Whether a record is right is asked only where an answer can change it: a repair or a complaint never does."""
    outcomes = catalogue.procedure(name=ProcedureName(procedure), on=on).outcomes
    return any(AGAINST_THE_RECORD & {effect.value for effect in outcome.effects} for outcome in outcomes)


@functools.cache
def _upheld(procedure: str, on: date) -> dict[str, bool]:
    """Give the outcomes of which the rules say themselves whether what was asked was right."""
    outcomes = catalogue.procedure(name=ProcedureName(procedure), on=on).outcomes
    return {outcome.name: outcome.upheld for outcome in outcomes if outcome.upheld is not None}
