"""Proposals that a head sent back: whose they are, who sent them back, and why."""

from collections.abc import Iterable, Mapping

from django.db.models import OuterRef, Q, Subquery

from publiccredit.accounts import queries as accounts
from publiccredit.casework.models import Case, CaseStep, Decision
from publiccredit.casework.types import CaseState, DecisionState, Happening


def returned_to(*, name: str) -> Q:
    """Choose the cases in hand whose last proposal was an officer's and was sent back."""
    last = Decision.objects.filter(case=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    theirs = Decision.objects.filter(state=DecisionState.RETURNED, proposed_by__username=name)
    cases = Case.objects.filter(state=CaseState.IN_HAND).annotate(last_decision=Subquery(last))
    return Q(pk__in=cases.filter(last_decision__in=theirs.values("pk")).values("pk"))


def returned_proposal(*, case: Case) -> Decision | None:
    """Give the last proposal of a case in hand where it was sent back, to be made anew; nothing otherwise."""
    last = case.decisions.order_by("pk").last() if case.state == CaseState.IN_HAND else None
    return last if last is not None and last.state == DecisionState.RETURNED else None


def words_of_returns(*, cases: Iterable[Case]) -> Mapping[int, str]:
    """Say who sent back the last proposal of each of some cases, and why; the same looks for one or for many."""
    in_hand = [case.pk for case in cases if case.state == CaseState.IN_HAND]
    made = Decision.objects.filter(case_id__in=in_hand).order_by("pk") if in_hand else Decision.objects.none()
    last = {decision.case_id: decision for decision in made}
    returned = {pk: d.returned_because for pk, d in last.items() if d.state == DecisionState.RETURNED}
    if not returned:
        return {}
    steps = CaseStep.objects.filter(case_id__in=returned, step=Happening.RETURNED.value).order_by("pk")
    by = dict(steps.values_list("case_id", "by"))
    people = accounts.spoken_names(names=by.values(), departments={})
    return {pk: f"{people.get(by.get(pk, ''), '负责人')}退回：{because}" for pk, because in returned.items()}
