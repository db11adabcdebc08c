"""What waits for the credit office today: its cases, what to approve, whose records are whose, who has to be told."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from publiccredit.accounts.access import OFFICE, actor_of, open_to
from publiccredit.accounts.types import Actor
from publiccredit.casework import queries as casework
from publiccredit.catalogue import queries as catalogue
from publiccredit.matching import queries as matching
from publiccredit.oversight import queries as oversight
from publiccredit.oversight.types import BoardRow, CellKind
from publiccredit.recipients import queries as recipients
from publiccredit.subjectdesk import queries as subjectdesk

SHOWN = 8
SOON = timedelta(days=7)


@open_to(OFFICE)
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Show what waits for the office, the head's approvals first. A bounded number of statements."""
    actor, today = actor_of(request), timezone.localdate()
    ours = casework.desk_of_office(on=today)
    new, overdue = casework.to_accept_by_office(), casework.overdue_at_office(on=today)
    due = ours.filter(due_on__lte=today + SOON) | overdue
    proposals = casework.proposals_of_office(besides=actor.name)
    questions, notices = matching.open_questions(), recipients.escalated()
    lying = [m for m in subjectdesk.outbox(at=timezone.now()) if m.can_be_read]
    silent = _silent(today)
    named: dict[str, Any] = {
        "today": today,
        "undecreed": catalogue.year_wanting_decree(on=today),
        "is_head": actor.is_head,
        "proposals": [_words(c) for c in proposals[:SHOWN]] if actor.is_head else [],
        "due": [_words(c) for c in due[:SHOWN]],
        "more_due": due.count() > SHOWN,
        "new": [_words(c) for c in new[:SHOWN]],
        "more_new": new.count() > SHOWN,
        "to_deliver": casework.to_deliver_by_office()[:SHOWN],
        "questions": questions[:SHOWN],
        "notices": notices[:SHOWN],
        "lying": len(lying),
        "silent": silent,
        "watched": casework.overdue_cases(on=today).exclude(pk__in=overdue.values("pk"))[:SHOWN],
    }
    named["numbers"] = _numbers(actor, today, named)
    return render(request, "site/office_start.html", named)


def _numbers(actor: Actor, today: date, named: dict[str, Any]) -> list[dict[str, str]]:
    desk = reverse("casework:desk")
    late = casework.overdue_at_office(on=today).count()
    first = []
    if actor.is_head:
        number = casework.proposals_of_office(besides=actor.name).count()
        first = [_figure("待您审核的决定", number, "件", "#proposals", "由信用办其他人拟办")]
    return [
        *first,
        _figure("逾期的案件", late, "件", f"{desk}?queue=overdue", "由信用办办理", "adverse"),
        _figure("待受理", casework.to_accept_by_office().count(), "件", f"{desk}?queue=new", "由信用办受理"),
        _figure("主体待判定", matching.open_questions().count(), "项", reverse("oversight:questions"),
                "判定前不归档、不公示"),
        _figure("转人工的通知", recipients.escalated().count(), "件", reverse("recipients:escalated"),
                "接收方没有确认变更通知"),
        _figure("上周未报齐的部门", len(named["silent"]), "个", reverse("oversight:board"),
                "应报的来源没有收到文件或零报送", "adverse"),
    ]  # fmt: skip


def _silent(today: date) -> list[BoardRow]:
    """Give the departments of which something was due last week and did not come."""
    held = oversight.board(on=today, weeks=2)
    return [row for row in held.rows if row.cells[0].kind is CellKind.MISSING]


def _figure(title: str, number: int, unit: str, url: str, note: str, kind: str = "") -> dict[str, str]:
    return {
        "title": title,
        "value": f"{number:,}",
        "unit": unit,
        "url": url if number else "",
        "note": note,
        "kind": kind if number else "",
    }


def _words(case: casework.Case) -> dict[str, object]:
    return {"case": case, "title": casework.procedure_of_case(case=case).title}
