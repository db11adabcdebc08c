"""Who looked into one subject's file, for the auditor: the list the subject reads at its own desk."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from publiccredit.accounts import queries as accounts
from publiccredit.accounts.access import AUDIT, actor_of, open_to
from publiccredit.catalogue import queries as catalogue
from publiccredit.subjects import queries as subjects
from publiccredit.subjects.operations import note_officers_look

PAGE = 50


@open_to(AUDIT)
@require_GET
def looks(request: HttpRequest, subject_id: int) -> HttpResponse:
    """List who looked, the latest first; that the auditor reads it is a look of its own, and stands in the list."""
    subject = get_object_or_404(subjects.subjects(), pk=subject_id)
    note_officers_look(actor=actor_of(request), subject_ids=[subject.pk], what="查看谁看过", at=timezone.now())
    page = Paginator(subjects.looks(subject_id=subject.pk), PAGE).get_page(request.GET.get("page"))
    rows = list(page)
    names = accounts.spoken_names(names=[row.account for row in rows], departments=catalogue.department_names())
    named = {
        "subject": subject,
        "rows": [{"look": row, "name": names.get(row.account, "")} for row in rows],
        "previous_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
    }
    return render(request, "oversight/looks.html", named)
