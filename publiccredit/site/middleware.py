"""What happens around every request."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from publiccredit.accounts.operations import act_as, act_as_nobody
from publiccredit.site.demo.progress import read_progress
from publiccredit.site.errors import not_allowed, too_large

FORM_BYTES = 1024 * 1024  # what a form carries beside its file


class DatabaseSessionMiddleware:
    """
    Tell the database who acts, for exactly the length of the request.

    An anonymous reader costs no statement: a connection is always handed back acting as nobody.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        by_session = "sessionid" in request.COOKIES and request.user.is_authenticated
        if not by_session and "Authorization" not in request.headers:
            return self.get_response(request)
        if by_session:
            act_as(actor=request.user.actor)  # type: ignore[union-attr]
        try:
            return self.get_response(request)
        finally:
            act_as_nobody()


class UploadLimitMiddleware:
    """Refuse a body above the limit by its stated length, before a byte of it is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        stated = request.META.get("CONTENT_LENGTH") or "0"
        limit = settings.UPLOAD_MAX_BYTES + FORM_BYTES
        if not stated.isdigit() or int(stated) <= limit:
            return self.get_response(request)
        return too_large(request, limit_megabytes=settings.UPLOAD_MAX_BYTES // 2**20)


class HelpfulRefusalMiddleware:
    """Give a page to who opens an address that only a form may be sent to; a bare refusal would be an empty screen."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or response.content:
            return response
        return not_allowed(request, allowed=response["Allow"])


class FillingMiddleware:
    """While the demonstration is being filled its pages say how far that is: a page kept would say it for ever."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        state = read_progress(folder=settings.DATA_FOLDER)
        response = self.get_response(request)
        if state is not None and not state.complete:
            response["Cache-Control"] = "no-store"
        return response
