"""The papers of a case, for the desks."""

from pathlib import PurePath

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from publiccredit.accounts.access import actor_of, open_to
from publiccredit.casework.pages.shared import LARGEST_NUMBER, READERS, case_for, may_open, named_to
from publiccredit.casework.paper_files import paper_as_answer


@open_to(READERS)
@require_GET
def paper(request: HttpRequest, case_id: int, paper_id: int) -> HttpResponse:
    """
    Give a paper: ``?download`` as a file, otherwise in the browser where it is a PDF or a picture.

    :raises Http404: there is none, or it would tell a department who a reader is.
    """
    case, actor = case_for(request, case_id), actor_of(request)
    found = case.papers.filter(pk=paper_id).first() if paper_id < LARGEST_NUMBER else None
    if found is None or not may_open(found, case=case, actor=actor):
        raise Http404
    named = named_to(found, case=case, actor=actor) or f"paper-{found.pk}{PurePath(found.file_name).suffix}"
    return paper_as_answer(paper=found, download=request.GET.get("download"), named=named)
