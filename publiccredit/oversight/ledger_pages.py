"""The ledger for those who audit: what was done, as sentences; the proof of the chain; the head to keep elsewhere."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from publiccredit.accounts.access import Access, open_to
from publiccredit.accounts.types import Role
from publiccredit.catalogue.queries import NotInPacks, department, term
from publiccredit.ledger import queries as ledger

AUDIT = Access(roles=frozenset({Role.AUDITOR, Role.OFFICE_HEAD}))
PAGE = 50


@dataclass(frozen=True)
class Line:
    """<actor> <verb> <object> <time>, and what else was noted."""

    position: int
    at: datetime
    actor: str
    department: str
    verb: str
    object: str
    notes: str
    hash: str


@open_to(AUDIT)
@require_GET
def entries(request: HttpRequest) -> HttpResponse:
    """Show the newest acts, fifty a page; ``before`` continues behind a position, ``operation`` keeps one kind."""
    found = ledger.latest_entries()
    before, operation = request.GET.get("before", ""), request.GET.get("operation", "")
    if before.isdecimal() and len(before) < 19:
        found = found.filter(position__lt=int(before))
    if operation:
        found = found.filter(operation=operation)
    page = list(found[: PAGE + 1])
    next_url = ""
    if len(page) > PAGE:
        next_url = f"?before={page[PAGE - 1].position}" + (f"&operation={operation}" if operation else "")
    lines = [
        Line(
            position=entry.position,
            at=entry.at,
            actor=entry.actor,
            department=_department(entry.department_code),
            verb=_word(entry.operation),
            object=f"{_word(entry.object_kind)} {entry.object_id}",
            notes=_notes(entry.payload),
            hash=bytes(entry.hash).hex(),
        )
        for entry in page[:PAGE]
    ]
    context = {
        "lines": lines,
        "next_url": next_url,
        "operation": _word(operation) if operation else "",
        "verdict": None,
    }
    return render(request, "oversight/ledger.html", context)


@open_to(AUDIT)
@require_POST
def verification(request: HttpRequest) -> HttpResponse:
    """Recompute the chain now and show the verdict."""
    verdict = ledger.verify()
    context = {"verdict": verdict, "verified_at": timezone.now()}
    return render(request, "oversight/ledger.html", context)


@open_to(AUDIT)
@require_GET
def head(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Hand out the present head as a file to keep outside the platform."""
    present = ledger.head()
    body = {"head": asdict(present) if present else None, "exported_at": timezone.now().isoformat()}
    response = HttpResponse(json.dumps(body, ensure_ascii=False, indent=2) + "\n", content_type="application/json")
    name = f"ledger-head-{present.position if present else 0}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _word(code: str) -> str:
    try:
        return term(code=code).zh
    except NotInPacks:
        return code


def _department(code: str) -> str:
    try:
        return department(code=code).name if code else ""
    except NotInPacks:
        return code


def _notes(payload: str) -> str:
    noted = json.loads(payload)
    return ";".join(f"{_word(key)} {_value(value)}" for key, value in noted.items() if value not in (None, ""))


def _value(value: object) -> str:
    text = str(value)
    return f"{text[:12]}…" if len(text) == 64 else text
