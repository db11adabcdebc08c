"""A reader contests a field of a record, and follows what became of it. Nobody logs in; nothing needs a script."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from publiccredit.accounts.access import EVERYBODY, OFFICE, actor_of, open_to
from publiccredit.casework import queries as casework
from publiccredit.casework.operations import CaseRefused
from publiccredit.casework.queries import Case
from publiccredit.casework.types import UNDECIDED, CaseState
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Audience, ClockName, Party, ProcedureName, RecordType
from publiccredit.disclosure import queries as disclosure
from publiccredit.disclosure.types import VisibleRecord
from publiccredit.subjectdesk import operations, queries
from publiccredit.subjectdesk.access import source_of
from publiccredit.subjectdesk.challenge_forms import ChallengeForm, FollowForm, MoreForm
from publiccredit.subjectdesk.operations import Contested, Receipt
from publiccredit.subjectdesk.pages.letters import as_page, as_pdf
from publiccredit.subjectdesk.rules import DeskRefused
from publiccredit.subjects.queries import verify_open

LARGEST_NUMBER = 2**63


def _kind(record: VisibleRecord) -> RecordType:
    return catalogue.record_type(name=record.record_type, on=timezone.localdate())


@open_to(EVERYBODY)
@sensitive_post_parameters("contact")
@never_cache
@require_http_methods(["GET", "POST"])
def challenge(request: HttpRequest, record_id: int) -> HttpResponse:
    """
    Take down what a reader contests of a record, and give the receipt with its code, which is shown here alone.

    :raises Http404: nobody sees the record, whether it is hidden or absent.
    """
    now = timezone.now()
    found = _record(record_id)
    rules = catalogue.procedure(name=ProcedureName.OBJECTION, on=timezone.localdate())
    form = ChallengeForm(
        request.POST or None,
        grounds=[(g.name, g.title) for g in casework.grounds_for(rules=rules, record_type=_kind(found))],
        fields=[(f.name, f.title) for f in found.fields],
        initial={"key": operations.new_form_key(), "field": request.GET.get("field", "")},
    )
    if request.method == "POST" and form.is_valid():
        receipt = _challenged(request, form, record_id, now)
        if receipt is not None:
            # Read anew: it bears the mark now. Whatever became of it meanwhile, the code on the receipt is shown once.
            marked = (
                disclosure.visible_record(record_id=record_id, audience=Audience.PUBLIC, on=timezone.localdate())
                or found
            )
            named = {"receipt": receipt, "record": marked, "address": request.build_absolute_uri(_follow_address())}
            return render(request, "subjectdesk/challenge_receipt.html", named)
    named = {
        "form": form,
        "record": found,
        "decided_by": catalogue.credit_office().short_name,
        "days": rules.days(ClockName.DECIDE),
        "days_with_source": rules.days(ClockName.DECIDE_WITH_SOURCE),
    }
    return render(request, "subjectdesk/challenge.html", named, status=422 if form.errors else 200)


@open_to(EVERYBODY)
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Show a reader how its challenge stands, and take papers and the request for a review, by number and code."""
    form = FollowForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _asked(request, form)
    number, code = form.cleaned_data["number"], form.cleaned_data["code"]
    try:
        case = operations.followed(number=number, code=code)
    except DeskRefused as refusal:
        form.add_error(refusal.where, str(refusal))
        return _asked(request, form)
    if (wanted := request.POST.get("letter", "")) and (printed := _printed(request, case, wanted)):
        return printed
    more = MoreForm(request.POST, request.FILES) if request.POST.get("act") in MoreForm.ACTS else MoreForm()
    if more.is_bound and more.is_valid() and _added(more, number, code, timezone.now()):
        return _state(request, operations.followed(number=number, code=code), number, code, MoreForm(), done=True)
    return _state(request, case, number, code, more)


@open_to(OFFICE)
@require_GET
def contact(request: HttpRequest, case_id: int) -> HttpResponse:
    """
    Show the office how to reach the reader of a case; nobody else sees it.

    :raises Http404: no reader opened this case by itself.
    :raises FileClosed: the officer has declared a relation to the subject of the case.
    """
    today = timezone.localdate()
    asked = casework.case(case_id=case_id) if case_id < LARGEST_NUMBER else None
    if asked is not None:
        verify_open(actor=actor_of(request), subject_ids=[asked.subject_id])
    found = queries.contact_of_reader(case_id=case_id, on=today) if asked is not None else None
    if found is None:
        raise Http404
    return render(request, "subjectdesk/challenge_contact.html", {"reader": found, "case": found.case})


def _record(record_id: int) -> VisibleRecord:
    found = (
        disclosure.visible_record(record_id=record_id, audience=Audience.PUBLIC, on=timezone.localdate())
        if record_id < LARGEST_NUMBER
        else None
    )
    if found is None or found.subject_id is None:
        raise Http404
    return found


def _challenged(request: HttpRequest, form: ChallengeForm, record_id: int, at: datetime) -> Receipt | None:
    given = dict(form.cleaned_data)
    key = given.pop("key")
    try:
        return operations.challenge_record(
            contested=Contested(record_id=record_id, **given), key=key, source=source_of(request), at=at
        )
    except DeskRefused as refusal:
        form.add_error(refusal.where, str(refusal))
    except CaseRefused as refusal:
        form.add_error(None, str(refusal))
    return None


def _added(more: MoreForm, number: str, code: str, at: datetime) -> bool:
    try:
        if more.is_paper:
            operations.add_to_challenge(number=number, code=code, paper=more.paper, at=at)
        else:
            operations.review_challenge(number=number, code=code, request=more.cleaned_data["request"], at=at)
    except (DeskRefused, CaseRefused) as refusal:
        more.add_error("file" if more.is_paper else "request", str(refusal))
        return False
    return True


def _printed(request: HttpRequest, case: Case, wanted: str) -> HttpResponse | None:
    """Give one of the letters of the case whose code was shown, as it prints or as a file; or nothing."""
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else 0
    found = queries.letter_of_case(case=case, letter_id=number)
    if found is None:
        return None
    return (
        as_pdf(found)
        if request.POST.get("as") == "pdf"
        else as_page(request, found, pdf_url="", back=_follow_address())
    )


def _asked(request: HttpRequest, form: FollowForm) -> HttpResponse:
    named = {"form": form, "office": catalogue.credit_office()}
    return render(request, "subjectdesk/challenge_follow.html", named, status=422 if form.errors else 200)


def _state(
    request: HttpRequest, case: Case, number: str, code: str, more: MoreForm, *, done: bool = False
) -> HttpResponse:
    state, papers = queries.state_and_papers(case=case)
    named = {
        "case": case,
        "state": state,
        "due": casework.due_in_words(case=case),
        "moved": queries.moved_deadlines(case=case),
        "letters": queries.letters_of_case(case=case),
        "papers": papers,
        "may_add": case.state in UNDECIDED and case.state != CaseState.PROPOSED,
        "may_review": queries.may_ask_for_review(case=case, by=Party.READER, on=timezone.localdate()),
        "review_until": casework.review_until_in_words(case=case),
        "review": queries.review_of(case=case),
        "records": queries.public_records_of_case(case=case, on=timezone.localdate()),
        "title": casework.procedure_of_case(case=case).title,
        "number": number,
        "code": code,
        "more": more,
        "done": done,
    }
    return render(request, "subjectdesk/challenge_state.html", named, status=422 if more.errors else 200)


def _follow_address() -> str:
    return reverse("subjectdesk:follow_challenge")
