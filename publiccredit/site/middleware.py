"""What happens around every request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from publiccredit.accounts.operations import act_as, act_as_nobody


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
