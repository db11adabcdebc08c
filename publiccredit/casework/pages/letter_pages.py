"""Letters as pages that print on A4, and as PDF files."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from publiccredit.accounts.access import OFFICE, SENDERS_AND_OFFICE, actor_of, open_to
from publiccredit.casework import queries
from publiccredit.casework.models import Letter
from publiccredit.casework.pages.guidance import MOST
from publiccredit.casework.pages.shared import LARGEST_NUMBER, READERS, case_for
from publiccredit.casework.printing import Printed, printed_letter, repair_notice
from publiccredit.catalogue.types import Severity
from publiccredit.subjects import queries as subjects
from publiccredit.subjects.operations import note_officers_look

SEVERITIES = {Severity.SLIGHT: "轻微", Severity.GENERAL: "一般", Severity.SERIOUS: "严重"}


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
    return _file([printed_letter(letter=found)], f"letter-{found.pk}.pdf")


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
    """Show the repair notice that goes out with a penalty (两书同达)."""
    address = reverse("casework:notice_pdf", args=[record_id])
    back = reverse("disclosure:record", args=[record_id])
    return _page(request, [_notice(request, record_id)], pdf_url=address, back=back, back_words="记录")


@open_to(SENDERS_AND_OFFICE)
@require_GET
def notice_pdf(request: HttpRequest, record_id: int) -> HttpResponse:
    """Give the repair notice as a PDF file."""
    return _file([_notice(request, record_id)], f"notice-{record_id}.pdf")


def _letter(request: HttpRequest, case_id: int, letter_id: int) -> Letter:
    """:raises Http404: there is none, or the case is another department's."""
    case = case_for(request, case_id)
    found = case.letters.select_related("case").filter(pk=letter_id).first() if letter_id < LARGEST_NUMBER else None
    if found is None:
        raise Http404
    return found


def _notice(request: HttpRequest, record_id: int) -> Printed:
    """:raises Http404: the record burdens nobody, is over, or another department determined it."""
    actor, today = actor_of(request), timezone.localdate()
    if record_id >= LARGEST_NUMBER:
        raise Http404
    found = queries.navigator(record_id=record_id, on=today)
    record = subjects.records().select_related("subject").filter(pk=record_id).first()
    if found is None or record is None or record.subject is None or found.repaired or found.ended or found.withdrawn:
        raise Http404
    if actor.of_department and queries.determined_by(record=record) != actor.department_code:
        raise Http404
    severity = SEVERITIES[Severity(found.severity)] if found.severity else "未分级"
    return repair_notice(record=record, found=found, subject=record.subject.name, severity=severity, on=today)


def _page(
    request: HttpRequest, letters: Sequence[Printed], *, pdf_url: str, back: str, back_words: str
) -> HttpResponse:
    named = {"letters": letters, "pdf_url": pdf_url, "back": back, "back_words": back_words}
    return render(request, "casework/letter.html", named)


def _file(letters: Sequence[Printed], name: str) -> HttpResponse:
    from publiccredit.casework.letter_files import pdf  # few ask for files, and every process would load the library

    answer = HttpResponse(pdf(letters=letters), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer
