"""How a subject comes in: by letter, by code, by the province's sign-on; and how it leaves."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from publiccredit.accounts.access import EVERYBODY, open_to
from publiccredit.subjectdesk import operations, queries, sign_on
from publiccredit.subjectdesk.access import (
    COOKIE_PATH,
    give_session,
    open_to_subject,
    source_of,
    take_session,
    visitor_of,
)
from publiccredit.subjectdesk.forms import CodeForm, ContactForm, LetterForm
from publiccredit.subjectdesk.gateway import connected, for_codes
from publiccredit.subjectdesk.rules import DeskRefused
from publiccredit.subjectdesk.types import Opened, Visitor

STATE_COOKIE = "mine_sign_on"
LARGEST_NUMBER = 2**63
STATE_LIVES = 600  # seconds


@open_to(EVERYBODY)
@never_cache
@require_GET
def log_in(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    if visitor is not None:
        onward = _onward(request)
        if _is_of_another(onward, visitor):
            messages.info(
                request,
                f"这条记录不在{visitor.subject_name}名下，不能在这里办理。要以另一个主体的身份办理，请先退出再登录。",
                extra_tags="told",
            )
            onward = reverse("subjectdesk:desk")
        return redirect(onward)
    return _ways(request, letter=LetterForm(), contact=ContactForm())


@open_to(EVERYBODY)
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "POST"])
def by_letter(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return _ways(request, letter=LetterForm(), contact=ContactForm())
    form = LetterForm(request.POST)
    if form.is_valid():
        try:
            opened = operations.enter_letter(**form.cleaned_data, source=source_of(request), at=timezone.now())
        except DeskRefused as refusal:
            form.add_error("code", str(refusal))
        else:
            return _in(request, opened)
    return _ways(request, letter=form, contact=ContactForm())


@open_to(EVERYBODY)
@never_cache
@require_http_methods(["GET", "POST"])
def send_code(request: HttpRequest) -> HttpResponse:
    """Send a code, and say the same whether the contact is kept or not."""
    if request.method == "GET":
        return _ways(request, letter=LetterForm(), contact=ContactForm())
    form = ContactForm(request.POST)
    if form.is_valid():
        now = timezone.now()
        try:
            operations.request_code(
                **form.cleaned_data, source=source_of(request), at=now, messenger=for_codes()
            )  # fmt: skip
        except DeskRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            ask = CodeForm(initial={"identifier": form.cleaned_data["identifier"]})
            return _ask_code(request, ask, status=200, sent_to=form.cleaned_data["contact"])
    return _ways(request, letter=LetterForm(), contact=form)


@open_to(EVERYBODY)
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "POST"])
def by_code(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return _ask_code(request, CodeForm(), status=200)
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            opened = operations.enter_code(**form.cleaned_data, source=source_of(request), at=timezone.now())
        except DeskRefused as refusal:
            form.add_error("code", str(refusal))
        else:
            return _in(request, opened)
    return _ask_code(request, form, status=422)


@open_to(EVERYBODY)
@never_cache
@require_GET
def to_sign_on(request: HttpRequest) -> HttpResponse:
    """
    Lead to the province's sign-on, with a state, a nonce and a challenge of this browser's own.

    :raises Http404: no sign-on is connected.
    """
    provider = sign_on.connected()
    if provider is None:
        raise Http404
    begun = sign_on.begin(provider=provider, back_to=_callback(request))
    response = HttpResponseRedirect(begun.address)
    response.set_signed_cookie(
        STATE_COOKIE,
        begun.kept,
        salt=STATE_COOKIE,
        max_age=STATE_LIVES,
        path=COOKIE_PATH,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@open_to(EVERYBODY)
@never_cache
@require_GET
def from_sign_on(request: HttpRequest) -> HttpResponse:
    """
    Take the answer of the province's sign-on; it counts once, in the browser that asked.

    :raises Http404: no sign-on is connected.
    """
    provider = sign_on.connected()
    if provider is None:
        raise Http404
    kept = request.get_signed_cookie(STATE_COOKIE, default="", salt=STATE_COOKIE, max_age=STATE_LIVES)
    now = timezone.now()
    try:
        identifier = sign_on.finish(
            provider=provider, kept=kept or "", answer=request.GET.dict(), back_to=_callback(request), at=now
        )
        response = _in(
            request, operations.enter_by_sign_on(identifier=identifier, source=source_of(request), at=now)
        )  # fmt: skip
    except sign_on.NotSignedOn as refusal:
        operations.refuse_sign_on(source=source_of(request), because=refusal.because, at=now)
        response = _not_signed_on(request, str(refusal))
    except operations.NotProved:  # its own words are about a code that nobody typed here
        response = _not_signed_on(request, sign_on.NOTHING_PROVED)
    except DeskRefused as refusal:
        response = _not_signed_on(request, str(refusal))
    response.delete_cookie(STATE_COOKIE, path=COOKIE_PATH, samesite="Lax")
    return response


@open_to_subject
@require_POST
def leave(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    del request
    operations.leave(visitor=visitor, at=timezone.now())
    response = redirect("/")
    take_session(response)
    return response


def _in(request: HttpRequest, opened: Opened) -> HttpResponse:
    response = redirect(_onward(request))
    give_session(response, opened)
    return response


def _onward(request: HttpRequest) -> str:
    """Give the page asked for, if it is one of the desk."""
    wanted = request.POST.get("next", request.GET.get("next", ""))
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith(COOKIE_PATH)
    return wanted if ours else reverse("subjectdesk:desk")


def _is_of_another(address: str, visitor: Visitor) -> bool:
    """Tell whether a record's own page was asked for by a visitor who has no such record: a public page led there."""
    try:
        found = resolve(urlsplit(address).path)
    except Resolver404:
        return False
    number = found.kwargs.get("record_id", 0)
    if found.view_name != "subjectdesk:record" or not 0 < number < LARGEST_NUMBER:
        return False
    return queries.own_record(visitor=visitor, record_id=number, on=timezone.localdate()) is None


def _ways(request: HttpRequest, *, letter: LetterForm, contact: ContactForm) -> HttpResponse:
    wrong = letter.errors or contact.errors
    # Two forms on a page ask for the same thing: the controls of the second carry names of their own on the screen.
    contact.auto_id = "contact_%s"
    named = {
        "letter": letter,
        "contact": contact,
        "next": request.POST.get("next", request.GET.get("next", "")),
        "sign_on": sign_on.connected() is not None,
    }
    return render(request, "subjectdesk/log_in.html", named, status=422 if wrong else 200)


def _ask_code(request: HttpRequest, form: CodeForm, *, status: int, sent_to: str = "") -> HttpResponse:
    """Ask for a code; how it comes is said by the contact that was typed, be it anybody's or nobody's."""
    named = {
        "form": form,
        "next": request.POST.get("next", request.GET.get("next", "")),
        "asked": bool(sent_to),
        "by_hand": connected() is None,
        "by_mail": "@" in sent_to,
    }
    return render(request, "subjectdesk/code.html", named, status=status)


def _not_signed_on(request: HttpRequest, message: str) -> HttpResponse:
    messages.error(request, message, extra_tags="adverse")
    return redirect("subjectdesk:log_in")


def _callback(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("subjectdesk:from_sign_on"))
