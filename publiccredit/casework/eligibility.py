"""Whether a record can be repaired, condition by condition, each with its reason and the day from which it holds."""

from collections.abc import Callable, Collection
from datetime import date

from publiccredit.casework.types import ConditionState, Eligibility
from publiccredit.catalogue.types import Condition, ConditionName, Packs, Procedure
from publiccredit.subjects.queries import Record, repair_opens_on


def eligibility(
    *,
    record: Record,
    procedure: Procedure,
    ground: str,
    papers: Collection[str],
    on: date,
    within: Packs | None = None,
) -> Eligibility:
    """Compute every condition a ground of repair asks for, on a day, with the papers there are."""
    checks: dict[ConditionName, Callable[[Condition], ConditionState]] = {
        ConditionName.MINIMUM_TERM: lambda c: _minimum_term(c, repair_opens_on(record=record, within=within), on),
        ConditionName.REPAIRABLE: lambda c: _repairable(c, procedure, ground),
        ConditionName.DUTIES_PERFORMED: lambda c: _shown_by_paper(c, procedure, papers),
        ConditionName.COMMITMENT: lambda c: _shown_by_paper(c, procedure, papers),
        ConditionName.COURT_ORDER: lambda c: _shown_by_paper(c, procedure, papers),
    }
    return Eligibility(tuple(checks[c.name](c) for c in procedure.conditions_for(ground)))


def _minimum_term(condition: Condition, opens_on: date | None, on: date) -> ConditionState:
    if opens_on is None or opens_on <= on:
        return ConditionState(condition.name, condition.title, True, "最短公示期已满。", None)
    reason = f"最短公示期至 {opens_on} 届满，自该日起满足。"
    return ConditionState(condition.name, condition.title, False, reason, opens_on)


def _repairable(condition: Condition, procedure: Procedure, ground: str) -> ConditionState:
    named = procedure.ground(ground)
    if named is None or not named.unrepairable:
        return ConditionState(condition.name, condition.title, True, "没有不可修复的情形。", None)
    return ConditionState(condition.name, condition.title, False, f"{named.title}，不能修复。", None)


def _shown_by_paper(condition: Condition, procedure: Procedure, papers: Collection[str]) -> ConditionState:
    kind = procedure.paper(condition.paper or "")
    if kind is None or kind.name in papers:
        return ConditionState(condition.name, condition.title, True, "材料已齐。", None)
    reason = f"缺少“{kind.title}”，补交之日起满足。"
    return ConditionState(condition.name, condition.title, False, reason, None)
