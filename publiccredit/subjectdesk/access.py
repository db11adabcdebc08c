"""Who may open an address of the desk: a subject that has proved itself, by a cookie that no other address is sent."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from publiccredit.accounts.access import SUBJECT_ITSELF, address_of
from publiccredit.accounts.operations import NotAllowed, acting
from publiccredit.subjectdesk import queries
from publiccredit.subjectdesk.types import Opened, Visitor

COOKIE = "mine"
COOKIE_PATH = "/mine/"
View = Callable[..., HttpResponse]


def open_to_subject(view: View) -> View:
    """
    Open a page to a subject that has proved itself, as a second argument; everybody else is sent to prove it.

    An officer's log-in counts for nothing here; what a handler has no right to is answered in words. While the page is
    made the database gives the subject its own rows.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        visitor = visitor_of(request)
        if visitor is None:
            return redirect(f"{reverse('subjectdesk:log_in')}?{urlencode({'next': request.path})}")
        request.visitor = visitor  # type: ignore[attr-defined]  # the masthead names who is here
        with acting(actor=visitor.actor):
            try:
                response = view(request, visitor, *arguments, **named)
            except NotAllowed as refusal:
                told = {"visitor": visitor, "refusal": str(refusal)}
                response = render(request, "subjectdesk/not_allowed.html", told, status=403)
        add_never_cache_headers(response)
        return response

    guarded.access = SUBJECT_ITSELF  # type: ignore[attr-defined]
    return guarded


def visitor_of(request: HttpRequest) -> Visitor | None:
    """Give who is at the desk, or nothing."""
    secret = request.COOKIES.get(COOKIE, "")
    return queries.visitor_of(secret=secret, at=timezone.now()) if secret else None


def give_session(response: HttpResponse, opened: Opened) -> None:
    """Put a session into an answer. The browser sends it to the desk alone, and no script reads it."""
    response.set_cookie(
        COOKIE,
        opened.secret,
        expires=opened.expires_at,
        path=COOKIE_PATH,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def take_session(response: HttpResponse) -> None:
    """Take the session out of the browser."""
    response.delete_cookie(COOKIE, path=COOKIE_PATH, samesite="Lax")


def source_of(request: HttpRequest) -> str:
    """Give the address a request came from; it is kept as a keyed hash only."""
    return address_of(request)
