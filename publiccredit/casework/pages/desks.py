"""The desk: queues with their counts, filters, and the cases of one queue by the day they fall due."""

import unicodedata
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from publiccredit.accounts.access import actor_of, open_to
from publiccredit.accounts.types import Actor
from publiccredit.casework import desk
from publiccredit.casework.letters import department_name
from publiccredit.casework.models import Case
from publiccredit.casework.numbering import as_numbered
from publiccredit.casework.pages.shared import READERS, rows_of
from publiccredit.casework.types import CaseState
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import ProcedureName

PAGE = 50
FILTERS = ("procedure", "state", "record", "department")


@open_to(READERS)
@require_GET
def desk_page(request: HttpRequest) -> HttpResponse:
    """Show what waits for whom, the case due first at the head."""
    actor, today = actor_of(request), timezone.localdate()
    usual = "open" if actor.role == "auditor" else "ours"
    name = request.GET.get("queue") or usual
    asked = {f: request.GET.get(f, "").strip() for f in FILTERS}
    chosen = _filtered(desk.queue(name=name, actor=actor, on=today), asked)
    listed = list(_after(chosen, request.GET.get("after", "")).prefetch_related("records__record")[: PAGE + 1])
    shown, more = listed[:PAGE], len(listed) > PAGE
    kept = {"queue": name} | {f: value for f, value in asked.items() if value}
    named = {
        "queues": _tabs(actor, today, name),
        "queue": name,
        "rows": rows_of(shown, on=today, actor=actor),
        "filters": _choices(asked, actor),
        "filtered": any(asked.values()),
        "number": chosen.count(),
        "next_url": f"?{urlencode({**kept, 'after': _place(shown[-1])})}" if more else "",
        "first_url": f"?{urlencode(kept)}" if request.GET.get("after") else "",
        "may_guide": actor.of_office,
        "home": "信用办" if not actor.of_department else department_name(code=actor.department_code),
        "may_open": actor.of_office or actor.of_department,
    }
    return render(request, "casework/desk.html", named)


def _tabs(actor: Actor, today: date, current: str) -> list[dict[str, Any]]:
    return [
        {
            "title": q.title,
            "number": q.number,
            "url": f"{reverse('casework:desk')}?queue={q.name}",
            "current": q.name == current,
        }
        for q in desk.queues(actor=actor, on=today)
    ]


def _filtered(chosen: QuerySet[Case], asked: dict[str, str]) -> QuerySet[Case]:
    if asked["procedure"]:
        chosen = chosen.filter(procedure=asked["procedure"])
    if asked["state"]:
        chosen = chosen.filter(state=asked["state"])
    if asked["department"]:
        chosen = chosen.filter(department_code=asked["department"])
    if asked["record"]:
        chosen = chosen.filter(pk__in=Case.objects.filter(_named(asked["record"].replace("\0", ""))).values("pk"))
    return chosen


def _named(words: str) -> Q:
    """Find by part of the number of a case, of its subject's name or identifier, or of a document; or by a record."""
    number = as_numbered(unicodedata.normalize("NFKC", words))
    named = (
        Q(number__icontains=number)
        | Q(subject__name__icontains=words.strip())
        | Q(subject__uscc__icontains=number)
        | Q(records__record__document_number__icontains=number)
    )
    whole = words.isascii() and words.isdigit() and len(words) < 19
    # Only a number: compared with none, what has no record at all would be found by whatever is typed.
    return named | Q(records__record_id=int(words)) if whole else named


def _after(chosen: QuerySet[Case], place: str) -> QuerySet[Case]:
    """Go on after a case by its day and number, so that what is decided meanwhile moves nothing."""
    day, _, number = place.partition(".")
    try:
        due_on = date.fromisoformat(day)
    except ValueError:
        return chosen
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return chosen
    return chosen.filter(Q(due_on__gt=due_on) | Q(due_on=due_on, pk__gt=int(number)))


def _place(case: Case) -> str:
    return f"{case.due_on}.{case.pk}"


def _choices(asked: dict[str, str], actor: Actor) -> dict[str, Any]:
    today = timezone.localdate()
    titles = [(p.value, catalogue.procedure(name=p, on=today).title) for p in ProcedureName]
    departments = [] if actor.of_department else [(d.code, d.short_name) for d in catalogue.departments()]
    return {
        "procedures": [{"value": v, "title": t, "chosen": v == asked["procedure"]} for v, t in titles],
        "states": [{"value": s.value, "title": s.label, "chosen": s.value == asked["state"]} for s in CaseState],
        "departments": [{"value": c, "title": t, "chosen": c == asked["department"]} for c, t in departments],
        "record": asked["record"],
    }
