"""Proposals that are to be made anew: whose they are, who sent them back or took them back, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import OuterRef, Q, Subquery

from publiccredit.accounts import queries as accounts
from publiccredit.casework.models import Case, CaseStep, Decision
from publiccredit.casework.types import MADE_ANEW, CaseState, DecisionState, Happening

_VERBS = {DecisionState.RETURNED: "退回", DecisionState.TAKEN_BACK: "撤回自己的拟办意见"}
_STEPS = (Happening.RETURNED.value, Happening.PROPOSAL_TAKEN_BACK.value)


@dataclass(frozen=True)
class SentBack:
    """That the last proposal of a case is to be made anew, in a few words, and by whom and why."""

    title: str = ""
    words: str = ""


def returned_to(*, name: str) -> Q:
    """Choose the cases in hand whose last proposal was an officer's and is to be made anew."""
    last = Decision.objects.filter(case=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    theirs = Decision.objects.filter(state__in=MADE_ANEW, proposed_by__username=name)
    cases = Case.objects.filter(state=CaseState.IN_HAND).annotate(last_decision=Subquery(last))
    return Q(pk__in=cases.filter(last_decision__in=theirs.values("pk")).values("pk"))


def returned_proposal(*, case: Case) -> Decision | None:
    """Give the last proposal of a case in hand where it is to be made anew; nothing otherwise."""
    last = case.decisions.order_by("pk").last() if case.state == CaseState.IN_HAND else None
    return last if last is not None and last.state in MADE_ANEW else None


def words_of_returns(*, cases: Iterable[Case]) -> Mapping[int, SentBack]:
    """Say who sent or took back the last proposal of each of some cases, and why; the same looks for any number."""
    in_hand = [case.pk for case in cases if case.state == CaseState.IN_HAND]
    made = Decision.objects.filter(case_id__in=in_hand).order_by("pk") if in_hand else Decision.objects.none()
    last = {decision.case_id: decision for decision in made}
    returned = {pk: decision for pk, decision in last.items() if decision.state in MADE_ANEW}
    if not returned:
        return {}
    steps = CaseStep.objects.filter(case_id__in=returned, step__in=_STEPS).order_by("pk")
    by = dict(steps.values_list("case_id", "by"))
    people = accounts.spoken_names(names=by.values(), departments={})
    return {pk: _said(decision, people.get(by.get(pk, ""), "负责人")) for pk, decision in returned.items()}


def _said(decision: Decision, who: str) -> SentBack:
    state = DecisionState(decision.state)
    return SentBack(title=str(state.label), words=f"{who}{_VERBS[state]}：{decision.returned_because}")
