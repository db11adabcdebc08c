"""Letters as pages that print on A4, and as PDF files."""

import re
from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from publiccredit.accounts.access import OFFICE, SENDERS_AND_OFFICE, actor_of, open_to
from publiccredit.casework import queries
from publiccredit.casework.models import Letter
from publiccredit.casework.pages.guidance import MOST
from publiccredit.casework.pages.shared import LARGEST_NUMBER, READERS, case_for
from publiccredit.casework.printing import Printed, printed_letter
from publiccredit.subjects import queries as subjects
from publiccredit.subjects.operations import note_officers_look
from publiccredit.subjects.queries import Record, record_type_of, shown_to_everybody, verify_open

_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\s]+')  # what one system or another does not take in the name of a file


@open_to(READERS)
@require_GET
def letter(request: HttpRequest, case_id: int, letter_id: int) -> HttpResponse:
    """Show a letter as it prints."""
    found = _letter(request, case_id, letter_id)
    address = reverse("casework:letter_pdf", args=[case_id, letter_id])
    back = reverse("casework:case", args=[case_id])
    return _page(request, [printed_letter(letter=found)], pdf_url=address, back=back, back_words=found.case.number)


@open_to(READERS)
@require_GET
def letter_pdf(request: HttpRequest, case_id: int, letter_id: int) -> HttpResponse:
    """Give a letter as a PDF file."""
    found = _letter(request, case_id, letter_id)
    return _file([printed_letter(letter=found)], f"{found.get_kind_display()}-{found.number}.pdf")


@open_to(OFFICE)
@require_GET
def several(request: HttpRequest) -> HttpResponse:
    """Show several letters to print at once, each on pages of its own."""
    numbers = [int(n) for n in request.GET.getlist("letter") if n.isascii() and n.isdigit() and len(n) < 19][:MOST]
    found = Letter.objects.filter(pk__in=numbers).select_related("case").order_by("pk")
    if not found:
        raise Http404
    about = [one.case.subject_id for one in found]
    note_officers_look(actor=actor_of(request), subject_ids=about, what="打印案件文书", at=timezone.now())
    letters = [printed_letter(letter=one) for one in found]
    return _page(request, letters, pdf_url="", back=reverse("casework:desk"), back_words="案件")


@open_to(SENDERS_AND_OFFICE)
@require_GET
def notice(request: HttpRequest, record_id: int) -> HttpResponse:
    """Show the repair notice that goes out with a penalty (两书同达), or say why a record has none."""
    about = _about(request, record_id)
    written = queries.repair_notice(record_id=record_id, on=timezone.localdate())
    if written is None:
        return _none(request, about)
    address = reverse("casework:notice_pdf", args=[record_id])
    shown = shown_to_everybody(about, on=timezone.localdate())
    back = reverse("disclosure:record", args=[record_id]) if shown else reverse("casework:desk")
    return _page(request, [written], pdf_url=address, back=back, back_words="记录" if shown else "案件")


@open_to(SENDERS_AND_OFFICE)
@require_GET
def notice_pdf(request: HttpRequest, record_id: int) -> HttpResponse:
    """Give the repair notice as a PDF file."""
    about = _about(request, record_id)
    written = queries.repair_notice(record_id=record_id, on=timezone.localdate())
    return (
        _none(request, about)
        if written is None
        else _file([written], f"{written.title}-{about.document_number or record_id}.pdf")
    )


def _letter(request: HttpRequest, case_id: int, letter_id: int) -> Letter:
    """:raises Http404: there is none, or the case is another department's."""
    case = case_for(request, case_id)
    found = case.letters.select_related("case").filter(pk=letter_id).first() if letter_id < LARGEST_NUMBER else None
    if found is None:
        raise Http404
    return found


def _about(request: HttpRequest, record_id: int) -> Record:
    """
    Give the record a notice is wanted of; whoever prints it of one that nobody is shown stands on the subject's log.

    :raises Http404: there is none, or another department determined it; which of the two is not said.
    :raises FileClosed: who asks has declared a relation to its subject.
    """
    actor, found = actor_of(request), None
    if record_id < LARGEST_NUMBER:
        found = subjects.records().filter(pk=record_id).first()
    if found is None or (actor.of_department and queries.determined_by(record=found) != actor.department_code):
        raise Http404
    verify_open(actor=actor, subject_ids=[found.subject_id])
    if not shown_to_everybody(found, on=timezone.localdate()):
        what = f"打印第 {record_id} 号记录的信用修复告知书"
        note_officers_look(actor=actor, subject_ids=[found.subject_id], what=what, at=timezone.now())
    return found


def _none(request: HttpRequest, about: Record) -> HttpResponse:
    """Say why there is no notice: only what burdens somebody is repaired."""
    shown = shown_to_everybody(about, on=timezone.localdate())
    named = {"title": record_type_of(about).title, "record": about, "shown": shown}
    return render(request, "casework/no_notice.html", named, status=404)


def _page(
    request: HttpRequest, letters: Sequence[Printed], *, pdf_url: str, back: str, back_words: str
) -> HttpResponse:
    named = {"letters": letters, "pdf_url": pdf_url, "back": back, "back_words": back_words}
    return render(request, "casework/letter.html", named)


def _file(letters: Sequence[Printed], name: str) -> HttpResponse:
    answer = HttpResponse(queries.letters_as_pdf(letters=letters), content_type="application/pdf")
    answer["Content-Disposition"] = str(
        content_disposition_header(as_attachment=False, filename=_NOT_IN_NAMES.sub("_", name))
    )
    return answer
