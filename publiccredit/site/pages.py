"""Pages that belong to no package: health, the reader's rights, how the site treats them."""

from dataclasses import dataclass

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from publiccredit.accounts.access import EVERY_OFFICER, EVERYBODY, actor_of, open_to
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import CONFIDENCE_TITLES, SEVERITY_TITLES, DisclosureTerm
from publiccredit.disclosure import queries as disclosure
from publiccredit.oversight import queries as oversight
from publiccredit.site.context import TYPE_SIZE_COOKIE, own_desk

A_DAY = 24 * 60 * 60
A_YEAR = 365 * A_DAY


@dataclass(frozen=True)
class ShownTerm:
    words: str
    term: DisclosureTerm
    known: str


@open_to(EVERYBODY)
def health(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer 200 when the database answers, 503 when it does not: who watches the site asks for nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (InterfaceError, OperationalError):
        return HttpResponse("database does not answer", content_type="text/plain", status=503)
    return HttpResponse("ok", content_type="text/plain")


@open_to(EVERYBODY)
@require_safe
def icon(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer where a browser looks for the site's sign when it shows something that is no page and names none."""
    response = redirect(static("site/seal.svg"))
    response["Cache-Control"] = f"max-age={A_DAY}"
    return response


@open_to(EVERYBODY)
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Show what the platform is, and what the last night's check of the rules it lives by has found."""
    found = oversight.last_published()
    checked = {"checked_at": found[0], "checked": found[1]} if found else {}
    return render(request, "site/about.html", checked | {"office": catalogue.credit_office()})


@open_to(EVERYBODY)
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "site/accessibility.html")


@open_to(EVERYBODY)
@require_safe
def rights(request: HttpRequest) -> HttpResponse:
    """Show what a subject may expect, from packs/rights.yml and the terms in force today."""
    today = timezone.localdate()
    stated = [{"right": right, "known": CONFIDENCE_TITLES[right.confidence]} for right in catalogue.packs().rights]
    terms = catalogue.disclosure_terms_in_force(record_type="administrative_penalty", on=today)
    shown = [
        ShownTerm(words=SEVERITY_TITLES[t.severity], term=t, known=CONFIDENCE_TITLES[t.confidence])
        for t in (terms.terms if terms else ())
    ]
    named = {"remedies": disclosure.remedies(on=today), "office": catalogue.credit_office()}
    context = {"rights": stated, "terms": terms, "shown": shown} | named
    return render(request, "site/rights.html", context)


@open_to(EVERY_OFFICER)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Send an officer to the desk of the role."""
    return redirect(own_desk(role=actor_of(request).role))


@open_to(EVERYBODY)
@csrf_exempt  # a size of type harms nobody, and without a token public pages set no cookie at all
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
