"""
The public figures of casework (DP-38): how clocks are kept, what became of reviews, how often records were wrong.

Each is counted by what happened up to the end of a period that is over, never as it stands today: see ``publishing``.
What the office decides too late is not held against the department whose record it is about.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import cache

from publiccredit.casework import clocks
from publiccredit.casework.models import Case, CaseStep, Decision
from publiccredit.casework.publishing import Happened, blocks
from publiccredit.casework.types import DecisionState, Happening, PublicFigures, Published
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Effect, Packs, Party, ProcedureName, StatisticsPeriod
from publiccredit.ledger.types import china_day

AGAINST_THE_RECORD = frozenset({Effect.CORRECT.value, Effect.WITHDRAW.value})
NEXT_DAY = timedelta(days=1)
# The counts of one table exclude one another: each case is in one of them.
IN_TIME, LATE = 0, 1
OVERTURNED, CONFIRMED, LAPSED = 0, 1, 2
PUT_RIGHT, LEFT = 0, 1


def public_figures(*, year: int, on: date, within: Packs | None = None) -> PublicFigures:
    """
    Give what has been published in a year by a day: the same on every day of one period, and never revised.

    ``clocks``: first decisions in time, and last days that passed without one. ``reviews``: ended otherwise, as before,
    or not by their last day. ``records``: decided cases that asked whether a record is right, by the department that
    determined it, that changed it or left it. ``taken_back``: requests their applicants took back.
    """
    found = _Found()
    first = min((one.on for each in found.tables for one in each), default=on)
    periods = catalogue.closed_periods(since=first, on=on, within=within)
    shown = [p.last for p in periods if p.last.year <= year]
    clocks_kept, reviews, records, taken_back = (
        _of_year(one, periods, cells, year) for one, cells in zip(found.tables, (2, 3, 2, 1), strict=True)
    )
    return PublicFigures(year, max(shown, default=None), clocks_kept, reviews, records, taken_back)


def _of_year(
    happened: Iterable[Happened], periods: Sequence[StatisticsPeriod], cells: int, year: int
) -> tuple[Published, ...]:
    added: dict[str, Published] = {}
    for block in blocks(happened=happened, periods=periods, cells=cells):
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
        steps = CaseStep.objects.filter(step=Happening.DEADLINE_SETTLED.value)
        self.settled = {case: china_day(at=at) for case, at in steps.order_by("at").values_list("case_id", "at")}
        self.office = catalogue.credit_office().code
        self.tables: tuple[list[Happened], ...] = ([], [], [], [])
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
            same = self.decisions[case.pk][0] == self.decisions[case.reviews_id][0]
            table.append(Happened(decided_on, decider, CONFIRMED if same else OVERTURNED))
        elif decided_on is not None:
            table.append(Happened(decided_on, decider, IN_TIME))
        if decided_on is not None and _asks(case.procedure, case.opened_on):
            right = bool(self.decisions[case.pk][1] & AGAINST_THE_RECORD)
            self.tables[2].append(Happened(decided_on, case.department_code, PUT_RIGHT if right else LEFT))
        if case.taken_back_at is not None:
            self.tables[3].append(Happened(china_day(at=case.taken_back_at), decider, 0))

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


@cache
def _asks(procedure: str, on: date) -> bool:
    """Whether a record is right is asked only where an answer can change it: a repair or a complaint never does."""
    outcomes = catalogue.procedure(name=ProcedureName(procedure), on=on).outcomes
    return any(AGAINST_THE_RECORD & {effect.value for effect in outcome.effects} for outcome in outcomes)
