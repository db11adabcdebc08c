"""Requests that no honest reader sends are refused before anything is done with them."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from publiccredit.site.errors import bad_request


class RefuseNulMiddleware:
    """
    Refuse an address with a NUL character: no name, number or identifier has one, and the database takes it for a fault
    of the program. Forms refuse it by themselves.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request)
        return self.get_response(request)
