"""What a desk shows: its queues and their counts, the clock of a case, and what a person may do in it now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from publiccredit.accounts.types import Actor
from publiccredit.casework.clocks import (
    awaiting_papers,
    clock_day,
    due_in_words,
    late,
    lies_with,
    percent_used,
    provisional_in_words,
    why_no_review,
    working_days_used,
)
from publiccredit.casework.models import Case, Decision
from publiccredit.casework.operations.deciding import DECIDABLE
from publiccredit.casework.operations.handling import WORKING
from publiccredit.casework.operations.taking_back import BY_APPLICANTS
from publiccredit.casework.queries import cases
from publiccredit.casework.returns import returned_to
from publiccredit.casework.reviewers import REVIEWERS_STEPS, took_part
from publiccredit.casework.rules import against_decider, procedure_of, unit_title
from publiccredit.casework.types import UNDECIDED, CaseState, DecisionState
from publiccredit.catalogue.types import Party, StepName
from publiccredit.subjects.queries import closed_files

LEVELS = (100, 80, 50)  # per cent of the clock at which a row changes its look
HALF = 50
_UNDECIDED = Q(state__in=UNDECIDED)
QUEUE_TITLES = {
    "ours": "待本单位办理",
    "mine": "我承办的",
    "new": "待受理",
    "overdue": "逾期",
    "escalated": "期限过半",
    "papers": "待补正",
    "source": "认定单位核实中",
    "second": "待负责人审核",
    "delivery": "待送达",
    "late_elsewhere": "其他单位逾期",
    "undelivered_elsewhere": "其他单位待送达",
    "open": "全部在办",
    "closed": "已办结",
    "taken_back": "申请人已撤回",
}


@dataclass(frozen=True)
class Queue:
    name: str
    title: str
    number: int


@dataclass(frozen=True)
class Clock:
    """How much of a case's time has run, in words a desk acts on."""

    due_on: date
    provisional: bool
    percent: int
    days: int  # working days left; where the last day has passed, working days late
    running: bool  # it is neither decided nor waiting for papers
    papers_until: date | None = None  # the last day of the papers it waits for
    source_words: str = ""  # by when the source it was sent to is to answer

    @property
    def late(self) -> bool:
        return self.running and self.percent >= 100

    @property
    def level(self) -> int:
        """The highest of 50, 80 and 100 per cent that is reached, else 0."""
        return next((level for level in LEVELS if self.percent >= level), 0) if self.running else 0

    @property
    def words(self) -> str:
        if not self.running:
            until = self.papers_until
            return f"材料最迟 {until}{provisional_in_words(day=until)}" if until else "停表"
        if self.late:
            return f"逾期 {self.days} 个工作日"
        return f"还剩 {self.days} 个工作日" if self.days else "今天到期"


def queues(*, actor: Actor, on: date) -> tuple[Queue, ...]:
    """Give the queues of a desk with how many cases lie in each."""
    conditions = _conditions(actor, on)
    counted = _of(actor).aggregate(**{name: Count("pk", filter=chosen) for name, chosen in conditions.items()})
    return tuple(Queue(name, QUEUE_TITLES[name], counted[name]) for name in conditions)


def queue(*, name: str, actor: Actor, on: date) -> QuerySet[Case]:
    """Give the cases of a queue, the one due first at the head; of an unknown name, all that are open."""
    conditions = _conditions(actor, on)
    return _of(actor).filter(conditions.get(name, conditions["open"]))


def clock_of(*, case: Case, on: date) -> Clock:
    """Tell how the clock of a case stands on a day."""
    source_words = _source_in_words(case, on)
    on = clock_day(case=case, on=on)
    overdue = on > case.due_on
    running = case.state in UNDECIDED and (overdue or case.state != CaseState.WAITING_FOR_PAPERS)
    start, end = (case.due_on, on) if overdue else (on, case.due_on)
    return Clock(
        due_on=case.due_on,
        provisional=case.provisional,
        percent=percent_used(case=case, on=on),
        days=working_days_used(start=start, end=end),
        running=running,
        papers_until=case.papers_due_on if case.state == CaseState.WAITING_FOR_PAPERS and not running else None,
        source_words=source_words,
    )


def deadline_in_words(*, case: Case, on: date) -> str:
    """Say by when a case just taken down is decided, and that this day has passed where it came in late."""
    clock = clock_of(case=case, on=on)
    return f"{due_in_words(case=case)}{f'，已{clock.words}' if clock.late else ''}"


def _source_in_words(case: Case, on: date) -> str:
    """The source has a clock of its own within that of the case, and is late by it."""
    until = case.source_due_on
    if case.state != CaseState.WITH_SOURCE or until is None:
        return ""
    words = f"{unit_title(case=case)}最迟 {until}{provisional_in_words(day=until)} 答复"
    return f"{words}，已逾期 {working_days_used(start=until, end=on)} 个工作日" if on > until else words


def party_at_desk(*, actor: Actor) -> Party | None:
    """Tell as which party an officer works at a desk; nothing for one who only reads."""
    if actor.of_office:
        return Party.OFFICE
    return Party.SOURCE if actor.of_department else None


def steps_open(*, case: Case, actor: Actor, on: date) -> frozenset[StepName]:
    """
    Give the steps a person may take in a case now.

    What is offered is what the operations allow; they verify again, so that a page left open overnight refuses.
    """
    party = party_at_desk(actor=actor)
    if party is None or (party is Party.SOURCE and actor.department_code != case.department_code):
        return frozenset()
    if related(case=case, actor=actor):
        return frozenset()
    rules = procedure_of(case=case)
    barred = REVIEWERS_STEPS if took_part(case=case, name=actor.name) else frozenset()
    return frozenset(
        s for s, fits in _MOMENTS.items() if s not in barred and rules.allows(s, party) and fits(case, actor, on)
    )


def may_take_back_proposal(*, case: Case, actor: Actor) -> bool:
    """Tell whether an officer may take back what is proposed in a case: who proposed it, until a head has decided."""
    party = party_at_desk(actor=actor)
    if case.state != CaseState.PROPOSED or party is None or related(case=case, actor=actor):
        return False
    own = Decision.objects.filter(case=case, state=DecisionState.PROPOSED, proposed_by__username=actor.name)
    return procedure_of(case=case).allows(StepName.PROPOSE, party) and own.exists()


def related(*, case: Case, actor: Actor) -> bool:
    """Tell whether an officer has declared a relation to the subject of a case (DP-34)."""
    return bool(closed_files(account=actor.name, subject_ids=[case.subject_id]))


def _of(actor: Actor) -> QuerySet[Case]:
    """The cases of a desk: the office and audit read all, a department its own; the database says the same again."""
    return cases().filter(department_code=actor.department_code) if actor.of_department else cases()


def _conditions(actor: Actor, on: date) -> Mapping[str, Q]:
    party = party_at_desk(actor=actor)
    ours = lies_with(party=party or Party.OFFICE)
    # What is late, proposed or decided counts at the desk that has to act on it; who only reads has all of it in one.
    here, decides = (ours, Q(decided_by_party=party.value)) if party else (Q(), Q())
    elsewhere = {
        "late_elsewhere": late(on=on) & ~ours,
        "undelivered_elsewhere": Q(state=CaseState.DECIDED) & ~decides,
    }
    return {
        "ours": _UNDECIDED & ours & ~awaiting_papers(on=on),
        "mine": _UNDECIDED & (Q(owner=actor.name) | returned_to(name=actor.name)),
        "new": Q(state=CaseState.OPENED) & (ours if actor.of_office or actor.of_department else Q()),
        "overdue": late(on=on) & here,
        "escalated": Q(pk__in=_half_used(actor, on)),
        "papers": Q(state=CaseState.WAITING_FOR_PAPERS),
        "source": Q(state=CaseState.WITH_SOURCE),
        "second": Q(state=CaseState.PROPOSED) & decides,
        "delivery": Q(state=CaseState.DECIDED) & decides,
        **(elsewhere if party else {}),
        "open": _UNDECIDED,
        "closed": Q(state=CaseState.CLOSED),
        "taken_back": Q(state=CaseState.TAKEN_BACK),
    }


def _half_used(actor: Actor, on: date) -> list[int]:
    """
    By the clock each row shows, and not by what the sweep has reminded of: a worker that stands still hides nothing.
    """
    return [
        case.pk
        for case in _of(actor).filter(_UNDECIDED).select_related(None)
        if clock_of(case=case, on=on).level >= HALF
    ]


def _may_take(case: Case, actor: Actor, on: date) -> bool:  # noqa: ARG001 - the signature of every moment
    return case.state in UNDECIDED and case.owner != actor.name


def _may_forward(case: Case, actor: Actor, on: date) -> bool:  # noqa: ARG001 - the signature of every moment
    return case.state == CaseState.IN_HAND and not against_decider(case=case)


def _may_extend(case: Case, actor: Actor, on: date) -> bool:  # noqa: ARG001 - the signature of every moment
    return case.state in WORKING and not case.extended_days and on <= case.due_on


def _may_approve(case: Case, actor: Actor, on: date) -> bool:  # noqa: ARG001 - the signature of every moment
    if case.state != CaseState.PROPOSED or not actor.is_head:
        return False
    return not Decision.objects.filter(case=case, state="proposed", proposed_by__username=actor.name).exists()


def _may_review(case: Case, actor: Actor, on: date) -> bool:  # noqa: ARG001 - the signature of every moment
    return not why_no_review(case=case, rules=procedure_of(case=case), on=on)


def _may_take_back(case: Case, actor: Actor, on: date) -> bool:  # noqa: ARG001 - the signature of every moment
    return case.state in UNDECIDED and case.applicant in BY_APPLICANTS


def _in(*states: CaseState) -> Callable[[Case, Actor, date], bool]:
    return lambda case, _actor, _on: case.state in states


_MOMENTS: Mapping[StepName, Callable[[Case, Actor, date], bool]] = {
    StepName.TAKE: _may_take,
    StepName.REQUEST_PAPERS: _in(CaseState.IN_HAND),
    StepName.HAND_IN_PAPER: _in(*WORKING),
    StepName.FORWARD: _may_forward,
    StepName.ANSWER: _in(CaseState.WITH_SOURCE),
    StepName.EXTEND: _may_extend,
    StepName.PROPOSE: _in(*DECIDABLE),
    StepName.APPROVE: _may_approve,
    StepName.REQUEST_REVIEW: _may_review,
    StepName.TAKE_BACK: _may_take_back,
    StepName.CLOSE: _in(CaseState.DECIDED),
}
