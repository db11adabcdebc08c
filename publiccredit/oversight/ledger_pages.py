"""The ledger for those who audit: what was done, as sentences; the proof of the chain; the head to keep elsewhere."""

import json
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from publiccredit.accounts.access import Access, actor_of, open_to
from publiccredit.accounts.types import Role
from publiccredit.ledger import queries as ledger
from publiccredit.ledger.types import Sought
from publiccredit.oversight.forms import LedgerForm
from publiccredit.oversight.ledger_lines import actors_called, lines_of, objects_called

AUDIT = Access(roles=frozenset({Role.AUDITOR, Role.OFFICE_HEAD}))
PAGE = 50
FILTERS = ("actor", "since", "until", "operation", "kind", "object")


@open_to(AUDIT)
@require_GET
def entries(request: HttpRequest) -> HttpResponse:
    """Show the newest acts that meet the filter, fifty a page; ``before`` continues behind a position."""
    form = LedgerForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    found = ledger.sought_entries(sought=_sought(asked))
    if asked.get("before"):
        found = found.filter(position__lt=asked["before"])
    page = list(found[: PAGE + 1]) if form.is_valid() else []
    kept = {name: text for name in FILTERS if (text := request.GET.get(name, "").strip())}
    context = {
        "lines": lines_of(entries=page[:PAGE], reader=actor_of(request), on=timezone.localdate()),
        "next_url": f"?{urlencode({**kept, 'before': page[PAGE - 1].position})}" if len(page) > PAGE else "",
        "first_url": f"?{urlencode(kept)}" if asked.get("before") else "",
        "form": form,
        "is_filtered": bool(kept),
        "verdict": None,
    }
    return render(request, "oversight/ledger.html", context, status=200 if form.is_valid() else 422)


def _sought(asked: dict[str, Any]) -> Sought:
    return Sought(
        actors=actors_called(words=asked["actor"]) if asked.get("actor") else None,
        operation=asked.get("operation", ""),
        object_kind=asked.get("kind", ""),
        objects=objects_called(words=asked["object"]) if asked.get("object") else None,
        since=_midnight(asked["since"]) if asked.get("since") else None,
        until=_midnight(asked["until"] + timedelta(days=1)) if asked.get("until") else None,
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@open_to(AUDIT)
@require_GET
def verification(request: HttpRequest) -> HttpResponse:
    """Recompute the chain now and show the verdict: nothing is changed, so that the page may be loaded again."""
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
