"""The letters of a case on paper, for whom they were written: the page that prints on A4, and the PDF file."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from publiccredit.casework import queries as casework
from publiccredit.casework.queries import Letter
from publiccredit.subjectdesk import queries
from publiccredit.subjectdesk.access import open_to_subject
from publiccredit.subjectdesk.pages.desk import own_case
from publiccredit.subjectdesk.types import Visitor

LARGEST_NUMBER = 2**63


@open_to_subject
@require_GET
def letter(request: HttpRequest, visitor: Visitor, case_id: int, letter_id: int) -> HttpResponse:
    """Show a letter of one of the subject's own cases as it prints."""
    found = _own_letter(visitor, case_id, letter_id)
    pdf_url = reverse("subjectdesk:letter_pdf", args=[case_id, letter_id])
    back = reverse("subjectdesk:case", args=[case_id])
    return as_page(request, found, pdf_url=pdf_url, back=back)


@open_to_subject
@require_GET
def letter_pdf(request: HttpRequest, visitor: Visitor, case_id: int, letter_id: int) -> HttpResponse:
    """Give a letter of one of the subject's own cases as a PDF file."""
    del request
    return as_pdf(_own_letter(visitor, case_id, letter_id))


def _own_letter(visitor: Visitor, case_id: int, letter_id: int) -> Letter:
    """:raises Http404: the subject has no such case, or the case no such letter."""
    case = own_case(visitor, case_id)
    found = queries.letter_of_case(case=case, letter_id=letter_id) if letter_id < LARGEST_NUMBER else None
    if found is None:
        raise Http404
    return found


def as_page(request: HttpRequest, found: Letter, *, pdf_url: str, back: str) -> HttpResponse:
    """Give a letter as the page that prints."""
    letters = [casework.printed_letter(letter=found)]
    named = {"letters": letters, "pdf_url": pdf_url, "back": back, "back_words": found.case.number}
    return render(request, "casework/letter.html", named)


def as_pdf(found: Letter) -> HttpResponse:
    """Give a letter as a PDF file, under the name the office's own has."""
    file = casework.letters_as_pdf(letters=[casework.printed_letter(letter=found)])
    answer = HttpResponse(file, content_type="application/pdf")
    name = f"{found.get_kind_display()}-{found.number}.pdf"
    answer["Content-Disposition"] = str(content_disposition_header(as_attachment=False, filename=name))
    return answer
