"""Anybody complains of a body: of how it handles things, of fees, of leaks. Nobody logs in; nothing needs a script."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from publiccredit.accounts.access import EVERYBODY, open_to
from publiccredit.casework.operations import CaseRefused
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import ClockName, ProcedureName
from publiccredit.subjectdesk import operations
from publiccredit.subjectdesk.access import source_of
from publiccredit.subjectdesk.challenge_forms import ComplaintForm
from publiccredit.subjectdesk.operations import Complained, Receipt
from publiccredit.subjectdesk.rules import DeskRefused


@open_to(EVERYBODY)
@sensitive_post_parameters("contact")
@never_cache
@require_http_methods(["GET", "POST"])
def complain(request: HttpRequest) -> HttpResponse:
    """Take down a reader's complaint, and give the receipt with its code, which is shown here alone."""
    now = timezone.now()
    rules = catalogue.procedure(name=ProcedureName.COMPLAINT, on=timezone.localdate())
    form = ComplaintForm(
        request.POST or None,
        grounds=[(g.name, g.title) for g in rules.grounds],
        departments=[(d.code, d.name) for d in catalogue.departments()],
        initial={"key": operations.new_form_key(), "department": request.GET.get("department", "")},
    )
    if request.method == "POST" and form.is_valid():
        receipt = _complained(request, form, now)
        if receipt is not None:
            address = request.build_absolute_uri(reverse("subjectdesk:follow_challenge"))
            shown = {"receipt": receipt, "record": None, "address": address}
            return render(request, "subjectdesk/challenge_receipt.html", shown)
    office = catalogue.credit_office()
    above = catalogue.department(code=office.superior) if office.superior else None
    named = {"form": form, "office": office, "above": above, "days": rules.days(ClockName.DECIDE)}
    return render(request, "subjectdesk/complaint.html", named, status=422 if form.errors else 200)


def _complained(request: HttpRequest, form: ComplaintForm, at: datetime) -> Receipt | None:
    given = dict(form.cleaned_data)
    key = given.pop("key")
    try:
        return operations.complain(complained=Complained(**given), key=key, source=source_of(request), at=at)
    except DeskRefused as refusal:
        form.add_error(refusal.where, str(refusal))
    except CaseRefused as refusal:
        form.add_error(None, str(refusal))
    return None
