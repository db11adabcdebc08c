"""Sending: a file, the doubts its sender confirms, the templates to fill in."""

import uuid
from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from publiccredit.accounts.access import SENDERS, SENDERS_AND_OFFICE, actor_of, open_to
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.queries import NotInPacks
from publiccredit.intake import desk, operations, received, tasks
from publiccredit.intake.forms import ConfirmIssuesForm, SubmissionForm
from publiccredit.intake.models import SubmissionState
from publiccredit.intake.operations import IdempotencyKeyReused, UnableToSubmit
from publiccredit.intake.pages.results import XLSX, confirmable, submission_page
from publiccredit.intake.pages.shared import rows_of, submission_for
from publiccredit.matching import queries as matching

RECENT = 8


@open_to(SENDERS)
@require_http_methods(["GET", "POST"])
def desk_page(request: HttpRequest) -> HttpResponse:
    """Take a file in, and show what is due and what was sent."""
    actor, today = actor_of(request), timezone.localdate()
    sources = catalogue.sources_of(department=actor.department_code, on=today)
    earlier = None
    if request.method == "POST":
        form = SubmissionForm(request.POST, request.FILES, sources=sources, today=today)
        if form.is_valid():
            try:
                return redirect("intake:submission", _receive(request, form))
            except UnableToSubmit as refusal:
                earlier = _refused(form, refusal)
    else:
        form = SubmissionForm(initial={"key": uuid.uuid4().hex}, sources=sources, today=today)
    named = {
        "form": form,
        "department": catalogue.department(code=actor.department_code),
        "due": desk.sources_due(department_code=actor.department_code, on=today),
        "recent": rows_of(desk.submissions_before(department_code=actor.department_code, before=None)[:RECENT]),
        "today": today,
        "sent_back": matching.sent_back(department_code=actor.department_code),
        "earlier": earlier,
    }
    return render(request, "intake/desk.html", named, status=422 if form.errors else 200)


def _receive(request: HttpRequest, form: SubmissionForm) -> int:
    actor, given = actor_of(request), form.cleaned_data
    received = operations.receive_submission(
        by=actor,
        department_code=actor.department_code,
        file=given["file"].file,
        file_name=given["file"].name,
        channel="page",
        at=timezone.now(),
        source=given["source"] or None,
        served_on=given["served_on"],
        idempotency_key=given["key"],
    )
    tasks.file_soon(submission_id=received.pk)
    return received.pk


def _refused(form: SubmissionForm, refusal: UnableToSubmit) -> int | None:
    """Say why in the form; give the submission that was sent from the same page before, where that is the reason."""
    if not isinstance(refusal, IdempotencyKeyReused):
        form.add_error("file", str(refusal))
        return None
    form.begin_anew(key=uuid.uuid4().hex)
    form.add_error(
        "file",
        f"这一页刚才已经报送过一次，是第 {refusal.earlier} 号报送；这次的文件或填写与那次不同，没有收下。"
        "要按现在填写的另报一次，请重新选择文件，再点“核验并入库”。",
    )
    return refusal.earlier


@open_to(SENDERS_AND_OFFICE)
@require_POST
def confirm_issues(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Send the kept file again with its overridable doubts confirmed: what is on file already stays as it is."""
    found = submission_for(request, submission_id)
    codes, places = confirmable(found, desk.issue_groups(submission=found))
    form = ConfirmIssuesForm(request.POST, codes=codes, places=places)
    if found.state == SubmissionState.FILED and form.is_valid():
        confirmed = form.confirmed(form.cleaned_data)
        reason = form.cleaned_data["reason"]
        digest = sha256("\n".join([*sorted(confirmed), "", reason]).encode()).hexdigest()
        try:
            again = operations.receive_submission(
                by=actor_of(request),
                department_code=found.department_code,
                file=received.kept_path_of(submission=found),
                file_name=received.kept_name_of(submission=found),
                channel="page",
                at=timezone.now(),
                source=found.source,
                overrides=[*found.overrides, *confirmed],
                override_reason=reason,
                idempotency_key=f"confirm-{found.pk}-{digest}",
            )
        except UnableToSubmit as refusal:
            form.add_error(None, str(refusal))
        else:
            tasks.file_soon(submission_id=again.pk)
            return redirect("intake:submission", again.pk)
    return submission_page(request, found, confirm_form=form)


@open_to(SENDERS_AND_OFFICE)
@require_GET
def template(request: HttpRequest, name: str) -> HttpResponse:
    """Give the workbook to fill in for a source."""
    del request
    try:
        source = catalogue.source(name=name)
    except NotInPacks as error:
        raise Http404 from error
    response = HttpResponse(catalogue.template(source=source, on=timezone.localdate()), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name.replace("/", "-")}.xlsx"'
    return response
