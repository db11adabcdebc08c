"""What waits for a department beside the page it is on: ``{% load waiting %}``. A page of intake knows no case."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import template
from django.utils import timezone

from publiccredit.accounts.access import actor_of
from publiccredit.casework import queries as casework
from publiccredit.casework.types import CaseState

register = template.Library()
SHOWN = 8
_WHAT = {
    CaseState.OPENED.value: "待受理",
    CaseState.WITH_SOURCE.value: "信用办转来核实，待答复",
    CaseState.PROPOSED.value: "待负责人审核",
}


@dataclass(frozen=True)
class Waiting:
    """One case, what is to be done about it and by when: asked by the office, a department has a day of its own."""

    case: casework.Case
    title: str
    what: str
    until: date


@register.inclusion_tag("components/cases_waiting.html", takes_context=True)
def cases_waiting(context: template.Context) -> dict[str, Any]:
    """List the cases a department has to act on now, the one due first at the head: those of its queue of cases."""
    actor, today = actor_of(context["request"]), timezone.localdate()
    waiting: list[Waiting] = []
    if actor.of_department and actor.department_code:
        cases = casework.desk_of_department(department_code=actor.department_code, on=today)
        waiting = sorted((_waiting(case) for case in cases), key=lambda w: (w.until, w.case.pk))
    return {"waiting": waiting[:SHOWN], "number": len(waiting), "today": today, "request": context["request"]}


def _waiting(case: casework.Case) -> Waiting:
    asked = case.source_due_on if case.state == CaseState.WITH_SOURCE else None
    title = casework.procedure_of_case(case=case).title
    return Waiting(case, title, _WHAT.get(case.state, "办理中"), asked or case.due_on)
