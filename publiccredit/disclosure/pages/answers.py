"""How a public page is answered: with what robots and caches may do with it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

NO_INDEX = "noindex, nofollow, noarchive"


def answered(
    request: HttpRequest, template: str, context: dict[str, Any], *, adverse: bool = False, status: int = 200
) -> HttpResponse:
    """
    Answer with a page. One with adverse facts asks not to be indexed, in its head and in its headers (DP-12).

    Every page is to be asked for again before it is shown again: a term may have ended since.
    """
    response = render(request, template, {**context, "noindex": adverse}, status=status)
    response["Cache-Control"] = "no-cache"
    if adverse:
        response["X-Robots-Tag"] = NO_INDEX
    return response
