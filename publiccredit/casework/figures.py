"""
The public figures of casework (DP-38): how a body keeps its clocks, and how often a department's records were wrong.

The two are counted apart: what the office decides too late is not held against the department whose record it is about.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from django.db.models import QuerySet

from publiccredit.casework import clocks
from publiccredit.casework.models import Case, Decision
from publiccredit.casework.rules import procedure_of
from publiccredit.casework.types import DecisionState, DepartmentCases, RecordsPutRight
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Effect, Party
from publiccredit.ledger.types import china_day

FEWEST_SHOWN = 10  # DP-38: statistics only k >= 10
COUNTED = ("opened", "decided", "in_time", "overdue", "overturned", "taken_back")
AGAINST_THE_RECORD = frozenset({Effect.CORRECT, Effect.WITHDRAW})


def department_figures(*, first: date, last: date, on: date) -> tuple[DepartmentCases, ...]:
    """
    Count the cases opened in a span of days by the body that must decide them, as they stand on a day: decided, in
    time, still undecided after their last day, overturned on review, taken back.

    A body with fewer than ten cases is counted together with the others of its kind.
    """
    found = _gathered(
        ((_decider(case), ("opened", *_counted(case, on))) for case in _opened(first, last)), whole="opened"
    )
    return tuple(DepartmentCases(code, **{name: c[name] for name in COUNTED}) for code, c in found.items())


def records_put_right(*, first: date, last: date) -> tuple[RecordsPutRight, ...]:
    """
    Count the decided cases that asked whether a record is right by the department that determined it, and in how many
    the record was corrected or withdrawn; of cases opened in a span of days, and fewer than ten never by themselves.
    """
    rows = ((case.department_code, tuple(_put_right(case))) for case in _opened(first, last))
    found = _gathered(((code, names) for code, names in rows if names), whole="decided")
    return tuple(RecordsPutRight(code, c["decided"], c["upheld"]) for code, c in found.items())


def _opened(first: date, last: date) -> Iterator[Case]:
    rows: QuerySet[Case] = Case.objects.filter(opened_on__gte=first, opened_on__lte=last)
    return rows.select_related("reviews").prefetch_related("decisions", "reviews__decisions").iterator(chunk_size=2000)


def _gathered(rows: Iterable[tuple[str, Iterable[str]]], *, whole: str) -> Mapping[str, Counter[str]]:
    """Add up what was counted by body; those with too few of the ``whole`` together, under an empty code."""
    each: dict[str, Counter[str]] = {}
    for code, names in rows:
        each.setdefault(code, Counter()).update(names)
    gathered: dict[str, Counter[str]] = {}
    for code, counted in each.items():
        gathered.setdefault(code if counted[whole] >= FEWEST_SHOWN else "", Counter()).update(counted)
    return {code: c for code, c in sorted(gathered.items()) if c[whole] >= FEWEST_SHOWN}


def _decider(case: Case) -> str:
    if case.decided_by_party == Party.OFFICE.value:
        return catalogue.credit_office().code
    return case.department_code


def _counted(case: Case, on: date) -> Iterable[str]:
    if case.taken_back_at is not None:
        yield "taken_back"
    elif case.decided_at is None and clocks.clock_day(case=case, on=on) > case.due_on:
        yield "overdue"  # what is never decided is not to look better than what is decided late
    if case.decided_at is None:
        return
    yield "decided"
    if china_day(at=case.decided_at) <= case.due_on:
        yield "in_time"
    effective = _effective(case)
    first = _effective(case.reviews) if case.reviews is not None else None
    if effective is not None and first is not None and effective.outcome != first.outcome:
        yield "overturned"


def _put_right(case: Case) -> Iterable[str]:
    """Whether a record is right is asked only where an answer can change it: a repair or a complaint never does."""
    asks = any(AGAINST_THE_RECORD & set(outcome.effects) for outcome in procedure_of(case=case).outcomes)
    if case.decided_at is None or not asks:
        return
    yield "decided"
    effective = _effective(case)
    if effective is not None and {effect.value for effect in AGAINST_THE_RECORD} & set(effective.effects):
        yield "upheld"


def _effective(case: Case) -> Decision | None:
    return next((d for d in case.decisions.all() if d.state == DecisionState.EFFECTIVE), None)
