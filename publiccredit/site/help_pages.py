"""帮助: the guides, for everybody; an officer is led to the own one."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from publiccredit.accounts.access import EVERYBODY, open_to
from publiccredit.site import guides


@open_to(EVERYBODY)
@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """List the guides by who reads them."""
    return render(request, "site/help.html", {"guides": guides.guides()})


@open_to(EVERYBODY)
@require_GET
def guide(request: HttpRequest, name: str) -> HttpResponse:
    """
    Show one guide.

    :raises Http404: there is none of this name.
    """
    found = guides.read_guide(name=name)
    if found is None:
        raise Http404
    return render(request, "site/guide.html", {"guide": found})
