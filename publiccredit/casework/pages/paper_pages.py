"""Papers of a case, shown in the browser where that is safe, and otherwise handed out as files."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from publiccredit.accounts.access import open_to
from publiccredit.casework.models import Paper
from publiccredit.casework.pages.shared import LARGEST_NUMBER, READERS, case_for
from publiccredit.subjects import store

# What a browser may show by itself, by its first bytes: a name or a sender's word is no proof of what a file is.
SHOWN = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
LONGEST_MARK = 8
# Nothing in a paper may run, load or send anything, nor be framed by another page.
POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@open_to(READERS)
@require_GET
def paper(request: HttpRequest, case_id: int, paper_id: int) -> HttpResponse:
    """Give a paper: ``?download`` as a file, otherwise in the browser where it is a PDF or a picture."""
    case = case_for(request, case_id)
    found = case.papers.filter(pk=paper_id).first() if paper_id < LARGEST_NUMBER else None
    path = store.path_of(sha256=found.sha256) if found is not None else None
    if found is None or path is None or not path.exists():
        raise Http404
    kind = kind_of(paper=found)
    answer: HttpResponse = FileResponse(  # type: ignore[assignment]  # what open_to wraps
        path.open("rb"),
        as_attachment=not kind or "download" in request.GET,
        filename=found.file_name,
        content_type=kind or "application/octet-stream",
    )
    answer["Content-Security-Policy"] = POLICY
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def kind_of(*, paper: Paper) -> str:
    """Tell which kind of file a browser may show a paper as; empty for none."""
    path = store.path_of(sha256=paper.sha256)
    if not path.exists():
        return ""
    with path.open("rb") as file:
        first = file.read(LONGEST_MARK)
    return next((kind for mark, kind in SHOWN.items() if first.startswith(mark)), "")
