"""The ledger for those who audit: what was done, as sentences; the proof of the chain; the head to keep elsewhere."""

import json
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from publiccredit.accounts.access import Access, actor_of, open_to
from publiccredit.accounts.types import Role
from publiccredit.ledger import queries as ledger
from publiccredit.ledger.queries import Entry, hashed_fields
from publiccredit.ledger.types import Sought
from publiccredit.oversight.forms import LedgerForm
from publiccredit.oversight.ledger_lines import actors_called, lines_of, objects_called
from publiccredit.oversight.ledger_words import facts

AUDIT = Access(roles=frozenset({Role.AUDITOR, Role.OFFICE_HEAD}))
PAGE = 50
FILTERS = ("actor", "since", "until", "operation", "kind", "object", "at_shell")


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
        at_shell=asked.get("at_shell", False),
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
def entry(request: HttpRequest, position: int) -> HttpResponse:
    """
    Show one act whole, and its hash recomputed and held against its neighbours; with ``chain`` up to the head.

    :raises Http404: the chain does not reach so far.
    """
    found, last = _entry(position), ledger.head()
    context = {
        "entry": found,
        "last": last.position if last else 0,
        "line": lines_of(entries=[found], reader=actor_of(request), on=timezone.localdate())[0],
        "facts": facts(found.payload, whole=True),
        "hash": bytes(found.hash).hex(),
        "previous_hash": bytes(found.previous_hash).hex(),
        "proof": ledger.prove(entry=found),
        "chain": ledger.verify(since=position) if "chain" in request.GET else None,
        "verified_at": timezone.now(),
    }
    return render(request, "oversight/ledger_entry.html", context)


@open_to(AUDIT)
@require_GET
def entry_file(request: HttpRequest, position: int) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """
    Hand out one act with everything its hash is made of, in that order, to be proved by another program.

    :raises Http404: the chain does not reach so far.
    """
    found, present = _entry(position), ledger.head()
    body = {
        "entry": hashed_fields(found),
        "previous_hash": bytes(found.previous_hash).hex(),
        "hash": bytes(found.hash).hex(),
        "head": asdict(present) if present else None,
        "exported_at": timezone.now().isoformat(),
    }
    return _file(body, f"ledger-entry-{found.position}.json")


def _entry(position: int) -> Entry:
    found = ledger.entry_at(position=position)
    if found is None:
        raise Http404
    return found


def _file(body: dict[str, Any], name: str) -> HttpResponse:
    response = HttpResponse(json.dumps(body, ensure_ascii=False, indent=2) + "\n", content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@open_to(AUDIT)
@require_GET
def head(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Hand out the present head as a file to keep outside the platform."""
    present = ledger.head()
    body = {"head": asdict(present) if present else None, "exported_at": timezone.now().isoformat()}
    return _file(body, f"ledger-head-{present.position if present else 0}.json")
