"""The counter: the contact kept for a subject, and the letter with a code that is handed over."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from publiccredit.accounts import queries as accounts
from publiccredit.accounts.access import OFFICE, actor_of, open_to
from publiccredit.accounts.types import Actor
from publiccredit.catalogue import queries as catalogue
from publiccredit.subjectdesk import operations, queries
from publiccredit.subjectdesk.forms import LetterEvidenceForm, RegisterContactForm
from publiccredit.subjectdesk.keeping import former_contact
from publiccredit.subjectdesk.rules import DeskRefused
from publiccredit.subjects import operations as subjects
from publiccredit.subjects.queries import Subject, verify_open

SHOWN = 20


@open_to(OFFICE)
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Find a subject by its identifier, and lead to what is to be told."""
    identifier = request.GET.get("identifier", "").strip().upper()
    found = queries.subject_by_identifier(identifier=identifier) if identifier else None
    if found is not None and found.uscc:
        return redirect("subjectdesk:proof", found.uscc)
    named = {
        "identifier": identifier,
        "waiting": sum(1 for lying in queries.outbox(at=timezone.now()) if lying.can_be_read),
    }
    return render(request, "subjectdesk/proofs.html", named, status=404 if identifier else 200)


@open_to(OFFICE)
@require_GET
def subject(request: HttpRequest, identifier: str) -> HttpResponse:
    """
    Show the contacts and letters of a subject; the look stands on the subject's own log.

    :raises Http404: there is no such subject.
    """
    found = _subject(request, identifier)
    _note(actor_of(request), found, "登记联系方式和核验函")
    return _page(request, found, status=200)


@open_to(OFFICE)
@require_POST
def register_contact(request: HttpRequest, identifier: str) -> HttpResponse:
    found = _subject(request, identifier)
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
    return _page(request, found, form=form, status=422)


@open_to(OFFICE)
@never_cache
@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """Show what is to be told by telephone or in print, without the texts."""
    return render(request, "subjectdesk/outbox.html", {"rows": queries.outbox(at=timezone.now())})


@open_to(OFFICE)
@never_cache
@require_POST
def read_out(request: HttpRequest, message_id: int) -> HttpResponse:
    """Show the text of one message, to be read out or printed, and enter who did."""
    try:
        lying = operations.read_out(by=actor_of(request), message_id=message_id, at=timezone.now())
    except DeskRefused as refusal:
        messages.error(request, str(refusal), extra_tags="adverse")
        return redirect("subjectdesk:outbox")
    return render(request, "subjectdesk/message.html", {"lying": lying, "today": timezone.localdate()})


@open_to(OFFICE)
@never_cache
@require_POST
def issue_letter(request: HttpRequest, identifier: str) -> HttpResponse:
    """Make a letter and show it once, ready to print; what was checked for it stays in the ledger."""
    found = _subject(request, identifier)
    form = _letter_form(request.POST)
    if not form.is_valid():
        return _page(request, found, letter_form=form, status=422)
    try:
        letter = operations.issue_letter(
            by=actor_of(request), subject_id=found.pk, at=timezone.now(), **form.cleaned_data
        )  # fmt: skip
    except DeskRefused as refusal:
        form.add_error(refusal.where, str(refusal))
        return _page(request, found, letter_form=form, status=422)
    address = request.build_absolute_uri("/mine/")
    return render(
        request,
        "subjectdesk/letter.html",
        {"letter": letter, "address": address, "office": catalogue.credit_office().name, "today": timezone.localdate()},
    )


def _letter_form(given: QueryDict | None = None) -> LetterEvidenceForm:
    """Give the form with fields of its own names for the page: the other form there asks for evidence too."""
    return LetterEvidenceForm(given, auto_id="letter_%s")


def _page(
    request: HttpRequest,
    found: Subject,
    *,
    status: int,
    form: RegisterContactForm | None = None,
    letter_form: LetterEvidenceForm | None = None,
) -> HttpResponse:
    today = timezone.localdate()
    contacts = list(queries.contacts(subject_id=found.pk))
    letters = list(queries.letters(subject_id=found.pk)[:SHOWN])
    names = accounts.spoken_names(
        names=[*(c.entered_by for c in contacts), *(letter.made_by for letter in letters)],
        departments=catalogue.department_names(),
    )
    named = {
        "subject": found,
        "form": form or RegisterContactForm(),
        "letter_form": letter_form or _letter_form(),
        "contacts": [
            (contact, former_contact(kept=contact, on=today), names.get(contact.entered_by, contact.entered_by))
            for contact in contacts
        ],
        "letters": [(letter, names.get(letter.made_by, letter.made_by)) for letter in letters],
        "now": timezone.now(),
    }
    return render(request, "subjectdesk/proof.html", named, status=status)


def _note(actor: Actor, found: Subject, what: str) -> None:
    subjects.note_officers_look(actor=actor, subject_ids=[found.pk], what=what, at=timezone.now())


def _subject(request: HttpRequest, identifier: str) -> Subject:
    """
    Give the subject at the counter.

    :raises Http404: there is none of this identifier.
    :raises FileClosed: the officer has declared a relation to it.
    """
    found = queries.subject_by_identifier(identifier=identifier)
    if found is None:
        raise Http404
    verify_open(actor=actor_of(request), subject_ids=[found.pk])
    return found
