"""What waits for the head of a department: proposals to approve, clocks, severities not looked at, what is late."""

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from publiccredit.accounts.access import Access, actor_of, open_to
from publiccredit.accounts.types import Role
from publiccredit.casework import queries as casework
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import SEVERITY_TITLES, Severity
from publiccredit.intake import queries as intake
from publiccredit.intake.types import WEEKS_WATCHED
from publiccredit.oversight import queries
from publiccredit.subjects import queries as subjects

HEADS = Access(roles=frozenset({Role.DEPARTMENT_HEAD}))
SHOWN = 8
SOON = timedelta(days=7)


@dataclass(frozen=True)
class Figure:
    title: str
    value: str
    unit: str
    url: str
    note: str
    kind: str = ""


@open_to(HEADS)
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Show what waits for the head of the department today. A bounded number of statements."""
    actor, today = actor_of(request), timezone.localdate()
    own, since = actor.department_code, today - timedelta(weeks=WEEKS_WATCHED)
    waiting = casework.desk_of_department(department_code=own, on=today)
    proposals = list(casework.proposals(department_code=own, besides=actor.name)[: SHOWN + 1])
    overdue = casework.overdue_at_department(department_code=own, on=today)
    soon = waiting.filter(due_on__lte=today + SOON) | overdue
    due = list(soon[: SHOWN + 1])
    new = casework.to_accept_by_department(department_code=own)
    judged = casework.severities_by_rule(department_code=own, since=timezone.now() - timedelta(weeks=WEEKS_WATCHED))
    late = queries.late_records(since=since, until=today + timedelta(days=1), department_code=own)
    sources = [d for d in intake.sources_due(department_code=own, on=today) if d.is_open or d.missed]
    numbers = (
        _figure("待您审核的决定", casework.proposals(department_code=own, besides=actor.name).count(), "件",
                "#proposals", "由本单位其他人拟办"),
        _figure("逾期的案件", overdue.count(), "件", reverse("casework:desk") + "?queue=overdue",
                "待本单位办理", "adverse"),
        _figure("待受理", new.count(), "件", reverse("casework:desk") + "?queue=new", "由本单位受理"),
        _figure("未填程度的处罚", judged.count(), "件", reverse("severity:records") + "?given=rule",
                f"近 {WEEKS_WATCHED} 周报送，程度由平台判定"),
        _figure("迟报的记录", late.count(), "件", "#late", f"近 {WEEKS_WATCHED} 周到达", "adverse"),
    )  # fmt: skip
    named = {
        "department": catalogue.department(code=own).name,
        "today": today,
        "numbers": numbers,
        "proposals": [_case_words(c) for c in proposals[:SHOWN]],
        "more_proposals": len(proposals) > SHOWN,
        "due": [_case_words(c) for c in due[:SHOWN]],
        "more_due": len(due) > SHOWN,
        "new": [_case_words(c) for c in new[:SHOWN]],
        "judged": [{"record": r, "severity": SEVERITY_TITLES[Severity(r.severity)]} for r in judged[:SHOWN]],
        "late": [(r, subjects.shown_to_everybody(r, on=today)) for r in late[:SHOWN]],
        "sources": sources,
    }
    return render(request, "oversight/start.html", named)


def _figure(title: str, number: int, unit: str, url: str, note: str, kind: str = "") -> Figure:
    return Figure(title, f"{number:,}", unit, url if number else "", note, kind if number else "")


def _case_words(case: casework.Case) -> dict[str, object]:
    return {"case": case, "title": casework.procedure_of_case(case=case).title}
