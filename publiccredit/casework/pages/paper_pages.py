"""The papers of a case, for the desks."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from publiccredit.accounts.access import open_to
from publiccredit.casework.pages.shared import LARGEST_NUMBER, READERS, case_for
from publiccredit.casework.paper_files import paper_as_answer


@open_to(READERS)
@require_GET
def paper(request: HttpRequest, case_id: int, paper_id: int) -> HttpResponse:
    """Give a paper: ``?download`` as a file, otherwise in the browser where it is a PDF or a picture."""
    case = case_for(request, case_id)
    found = case.papers.filter(pk=paper_id).first() if paper_id < LARGEST_NUMBER else None
    return paper_as_answer(paper=found, download=request.GET.get("download"))
