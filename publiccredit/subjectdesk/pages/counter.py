"""The counter: the contact kept for a subject, and the letter with a code that is handed over."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from publiccredit.accounts.access import OFFICE, actor_of, open_to
from publiccredit.accounts.types import ROLE_TITLES, Actor
from publiccredit.catalogue import queries as catalogue
from publiccredit.subjectdesk import operations, queries
from publiccredit.subjectdesk.acts import DeskRefused
from publiccredit.subjectdesk.forms import RegisterContactForm
from publiccredit.subjectdesk.outbox import LocalOutbox
from publiccredit.subjects import operations as subjects
from publiccredit.subjects.queries import Subject

OFFICE_NAME = "信用办"
SHOWN = 20


@open_to(OFFICE)
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Find a subject by its identifier; in a demonstration, show what lies in the outbox."""
    identifier = request.GET.get("identifier", "").strip().upper()
    found = queries.subject_by_identifier(identifier=identifier) if identifier else None
    if found is not None and found.uscc:
        return redirect("subjectdesk:proof", found.uscc)
    named = {
        "identifier": identifier,
        "outbox": list(LocalOutbox().messages())[:SHOWN] if settings.DEMO else [],
        "demo": settings.DEMO,
    }
    return render(request, "subjectdesk/proofs.html", named, status=404 if identifier else 200)


@open_to(OFFICE)
@require_GET
def subject(request: HttpRequest, identifier: str) -> HttpResponse:
    """
    Show the contacts and letters of a subject; the look stands on the subject's own log.

    :raises Http404: there is no such subject.
    """
    found = _subject(identifier)
    _note(actor_of(request), found, "登记联系方式和核验函")
    return _page(request, found, RegisterContactForm(), status=200)


@open_to(OFFICE)
@require_POST
def register_contact(request: HttpRequest, identifier: str) -> HttpResponse:
    found = _subject(identifier)
    form = RegisterContactForm(request.POST)
    if form.is_valid():
        try:
            operations.register_contact(
                by=actor_of(request), subject_id=found.pk, at=timezone.now(), **form.cleaned_data
            )  # fmt: skip
        except DeskRefused as refusal:
            form.add_error(refusal.where, str(refusal))
        else:
            messages.success(request, "联系方式已登记，原联系方式同时停用。", extra_tags="ended-well")
            return redirect("subjectdesk:proof", identifier)
    return _page(request, found, form, status=422)


@open_to(OFFICE)
@never_cache
@require_POST
def issue_letter(request: HttpRequest, identifier: str) -> HttpResponse:
    """Make a letter and show it once, ready to print."""
    found = _subject(identifier)
    letter = operations.issue_letter(by=actor_of(request), subject_id=found.pk, at=timezone.now())
    address = request.build_absolute_uri("/mine/")
    return render(
        request,
        "subjectdesk/letter.html",
        {"letter": letter, "address": address, "office": catalogue.credit_office().name, "today": timezone.localdate()},
    )


def _page(request: HttpRequest, found: Subject, form: RegisterContactForm, *, status: int) -> HttpResponse:
    named = {
        "subject": found,
        "form": form,
        "contacts": list(queries.contacts(subject_id=found.pk)),
        "letters": list(queries.letters(subject_id=found.pk)[:SHOWN]),
        "now": timezone.now(),
    }
    return render(request, "subjectdesk/proof.html", named, status=status)


def _note(actor: Actor, found: Subject, what: str) -> None:
    subjects.note_look(
        subject_id=found.pk,
        account=actor.name,
        role=ROLE_TITLES[actor.role] if actor.role else "",
        department=OFFICE_NAME,
        what=what,
        at=timezone.now(),
    )


def _subject(identifier: str) -> Subject:
    found = queries.subject_by_identifier(identifier=identifier)
    if found is None:
        raise Http404
    return found
