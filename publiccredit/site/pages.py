"""Pages that belong to no package: health, the reader's rights, how the site treats them."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from publiccredit.accounts.access import EVERYBODY, open_to
from publiccredit.site.context import TYPE_SIZE_COOKIE

A_YEAR = 365 * 24 * 60 * 60


@open_to(EVERYBODY)
def health(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer 200 when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@open_to(EVERYBODY)
@require_GET
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "site/about.html")


@open_to(EVERYBODY)
@require_GET
def rights(request: HttpRequest) -> HttpResponse:
    return render(request, "site/rights.html")


@open_to(EVERYBODY)
@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "site/accessibility.html")


@open_to(EVERYBODY)
@require_POST
def choose_type_size(request: HttpRequest) -> HttpResponse:
    """Keep the size of type the reader chose, and go back to where they were."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = redirect(back)
    if request.POST.get("size") == "large":
        response.set_cookie(
            TYPE_SIZE_COOKIE, "large", max_age=A_YEAR, samesite="Lax", httponly=True, secure=request.is_secure()
        )
    else:
        response.delete_cookie(TYPE_SIZE_COOKIE)
    return response
