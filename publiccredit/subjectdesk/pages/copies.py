"""The free copy, as page, PDF and JSON. Taking one costs nothing and is not limited (DP-13)."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from publiccredit.subjectdesk.access import open_to_subject
from publiccredit.subjectdesk.copying import Copy, copy_of, take_copy
from publiccredit.subjectdesk.pdf import pdf_of
from publiccredit.subjectdesk.types import Visitor


@open_to_subject
@require_GET
def as_page(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show what a copy would hold: nothing is taken along by looking, so nothing is written down as given."""
    copy = copy_of(visitor=visitor, at=timezone.localtime(), on=timezone.localdate())
    return render(request, "subjectdesk/copy.html", {"visitor": visitor, "copy": copy})


@open_to_subject
@require_GET
def as_json(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    del request
    response = JsonResponse(_copy(visitor, "json").as_json(), json_dumps_params={"ensure_ascii": False, "indent": 2})
    return _to_keep(response, visitor, "json")


@open_to_subject
@require_GET
def as_pdf(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    del request
    return _to_keep(HttpResponse(pdf_of(copy=_copy(visitor, "pdf")), content_type="application/pdf"), visitor, "pdf")


def _copy(visitor: Visitor, form: str) -> Copy:
    return take_copy(visitor=visitor, form=form, at=timezone.localtime(), on=timezone.localdate())


def _to_keep(response: HttpResponse, visitor: Visitor, ending: str) -> HttpResponse:
    response["Content-Disposition"] = f'attachment; filename="{visitor.identifier}.{ending}"'
    return response
