"""What no program confirmed: the letter to print, and the recipient's word taken down by a named person."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from publiccredit.accounts.access import OFFICE, actor_of, open_to
from publiccredit.recipients import operations, queries
from publiccredit.recipients.forms import ConfirmationForm
from publiccredit.recipients.operations import UnableToConfirm
from publiccredit.recipients.types import ConfirmedBy
from publiccredit.subjects.operations import note_officers_look
from publiccredit.subjects.queries import verify_open

PAGE = 50


@open_to(OFFICE)
@require_GET
def escalated(request: HttpRequest) -> HttpResponse:
    """List what waits for a person, the oldest first."""
    after = request.GET.get("after", "")
    found = queries.escalated()
    if after.isascii() and after.isdigit() and len(after) < 19:
        found = found.filter(pk__gt=int(after))
    rows = list(found[: PAGE + 1])
    shown, more = rows[:PAGE], len(rows) > PAGE
    named = {"rows": shown, "next_url": f"?after={shown[-1].pk}" if more else "", "counts": queries.notice_counts()}
    return render(request, "recipients/escalated.html", named)


@open_to(OFFICE)
@require_GET
def notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Show one notice with its calls, its letter, and who confirmed it how; the look stands on the subject's log."""
    found = get_object_or_404(queries.notices().select_related("record"), pk=notice_id)
    words, now = f"办理向“{found.recipient.name}”的变更通知", timezone.now()
    note_officers_look(actor=actor_of(request), subject_ids=[found.record.subject_id], what=words, at=now)
    return _page(request, found, ConfirmationForm())


def _page(request: HttpRequest, found: queries.Notice, form: ConfirmationForm) -> HttpResponse:
    named = {
        "notice": found,
        "letter": queries.letter_of(notice=found, on=timezone.localdate()),
        "attempts": list(queries.attempts_of(notice_id=found.pk)),
        "form": None if found.confirmed_at else form,
    }
    return render(request, "recipients/notice.html", named, status=422 if form.errors else 200)


@open_to(OFFICE)
@require_POST
def confirm(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Take down that the recipient confirmed by post or by phone."""
    found = get_object_or_404(queries.notices().select_related("record"), pk=notice_id)
    verify_open(actor=actor_of(request), subject_ids=[found.record.subject_id])
    form = ConfirmationForm(request.POST)
    if form.is_valid():
        try:
            operations.confirm_by_person(
                by=actor_of(request),
                notice_id=found.pk,
                how=ConfirmedBy(form.cleaned_data["how"]),
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
            )
        except UnableToConfirm as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已登记“{found.recipient.name}”的确认。", extra_tags="ended-well")
            return redirect("recipients:escalated")
    return _page(request, found, form)
