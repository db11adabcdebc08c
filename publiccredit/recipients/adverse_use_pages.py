"""Where the office takes a use down for a recipient without a program, and prints the notice it owes the subject."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from publiccredit.accounts.access import OFFICE, actor_of, open_to
from publiccredit.recipients import operations, queries
from publiccredit.recipients.forms import AdverseUseForm
from publiccredit.recipients.operations import UnableToGiveNotice
from publiccredit.subjects.queries import verify_open

SHOWN = 100


@open_to(OFFICE)
@require_http_methods(["GET", "POST"])
def adverse_uses(request: HttpRequest, recipient_id: int) -> HttpResponse:
    """List the notices a recipient owes, and take down another use."""
    found = get_object_or_404(queries.recipients(), pk=recipient_id)
    form = AdverseUseForm(request.POST or None, initial={"decided_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.take_down_adverse_use(
                by=actor_of(request), recipient_id=found.pk, used=form.used, at=timezone.now()
            )
        except UnableToGiveNotice as refusal:
            form.add_error(refusal.where, str(refusal))
        else:
            return redirect("recipients:adverse_use", found.pk, made.pk)
    rows = list(queries.adverse_uses_of_recipient(recipient_id=found.pk)[:SHOWN])
    named = {"recipient": found, "rows": rows, "form": form}
    return render(request, "recipients/adverse_uses.html", named, status=422 if form.errors else 200)


@open_to(OFFICE)
@require_GET
def adverse_use(request: HttpRequest, recipient_id: int, use_id: int) -> HttpResponse:
    """Show one notice as it prints."""
    use = get_object_or_404(queries.adverse_uses_of_recipient(recipient_id=recipient_id), pk=use_id)
    verify_open(actor=actor_of(request), subject_ids=[use.subject_id])
    named = {"use": use, "change": queries.change_since(use=use), "warning": queries.warning_of(use=use)}
    return render(request, "recipients/adverse_use.html", named)
