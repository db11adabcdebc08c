"""Sealed files as a browser gets them, papers of a case above all: shown where safe, and otherwise handed out."""

from pathlib import Path

from django.http import FileResponse, Http404, HttpResponse

from publiccredit.casework.models import Paper
from publiccredit.subjects import store

# What a browser may show by itself, by its first bytes: a name or a sender's word is no proof of what a file is.
SHOWN = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
LONGEST_MARK = 8
# Nothing in a paper may run, load or send anything, nor be framed by another page.
POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def paper_as_answer(*, paper: Paper | None, download: str | None, named: str = "") -> HttpResponse:
    """
    Give a paper, under another name where its own is not for its reader.

    :raises Http404: there is none, or its bytes are gone.
    """
    if paper is None:
        raise Http404
    return file_as_answer(sha256=paper.sha256, file_name=named or paper.file_name, download=download)


def file_as_answer(*, sha256: str, file_name: str, download: str | None) -> HttpResponse:
    """
    Give a file in the browser where it is a PDF or a picture, and to keep otherwise or where ``download`` is asked.

    :raises Http404: its bytes are gone.
    """
    path = store.path_of(sha256=sha256)
    if not path.exists():
        raise Http404
    kind = _kind_of(path)
    answer: HttpResponse = FileResponse(  # type: ignore[assignment]  # what the guards of pages wrap
        path.open("rb"),
        as_attachment=not kind or download is not None,
        filename=file_name,
        content_type=kind or "application/octet-stream",
    )
    answer["Content-Security-Policy"] = POLICY
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def _kind_of(path: Path) -> str:
    """Tell which kind of file a browser may show a file as; empty for none."""
    with path.open("rb") as file:
        first = file.read(LONGEST_MARK)
    return next((kind for mark, kind in SHOWN.items() if first.startswith(mark)), "")
