"""What a department declares beside its files: service, nothing to send; and the decision documents it deposits."""

from datetime import date, timedelta

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from publiccredit.accounts.access import SENDERS, SENDERS_AND_OFFICE, actor_of, open_to
from publiccredit.intake import desk, operations, queries
from publiccredit.intake.forms import DocumentsForm, NilReturnForm, ServiceForm, TakeOffForm
from publiccredit.intake.operations import Attached, UnableToAttach, UnableToSubmit, UnableToTakeOff
from publiccredit.intake.pages.results import submission_page
from publiccredit.intake.pages.shared import submission_for
from publiccredit.intake.types import WEEKS_WATCHED
from publiccredit.subjects import queries as subjects

RECENT = 10
NAMES_TOLD = 10
FOLDED = timedelta(weeks=WEEKS_WATCHED)  # what ended longer ago is offered, but out of the way


@open_to(SENDERS_AND_OFFICE)
@require_POST
def declare_service(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Declare that every decision of a submission has been served: what was held is shown from then on."""
    found = submission_for(request, submission_id)
    form = ServiceForm(request.POST, today=timezone.localdate())
    if form.is_valid():
        try:
            released = operations.declare_service(
                by=actor_of(request),
                submission_id=found.pk,
                served_on=form.cleaned_data["served_on"],
                at=timezone.now(),
            )
        except UnableToSubmit as refusal:
            form.add_error("served_on", str(refusal))
        else:
            messages.success(request, f"送达声明已存档，{released} 条记录开始公示。", extra_tags="ended-well")
            return redirect("intake:submission", found.pk)
    return submission_page(request, found, service_form=form)


@open_to(SENDERS)
@require_http_methods(["GET", "POST"])
def nil_return(request: HttpRequest) -> HttpResponse:
    """Take a department's word that it decided nothing in one or several periods: each is a declaration of its own."""
    actor, today = actor_of(request), timezone.localdate()
    open_periods = _open_periods(actor.department_code, on=today)
    apart = {key for key, (_, _, _, until) in open_periods.items() if until <= today - FOLDED}
    form = NilReturnForm(
        request.POST or None,
        choices=[(key, text) for key, (text, _, _, _) in open_periods.items() if key not in apart],
        older=[(key, text) for key, (text, _, _, _) in open_periods.items() if key in apart],
    )
    if request.method == "POST" and form.is_valid():
        chosen = [open_periods[key] for key in form.chosen()]
        try:
            with transaction.atomic():  # all that was ticked, or nothing
                for _, source, period_from, period_until in chosen:
                    operations.declare_nil_return(
                        by=actor,
                        department_code=actor.department_code,
                        source=source,
                        period_from=period_from,
                        period_until=period_until,
                        at=timezone.now(),
                    )
        except UnableToSubmit as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已零报送：{'；'.join(c[0] for c in chosen)}。", extra_tags="ended-well")
            return redirect("intake:desk")
    return render(request, "intake/nil_return.html", {"form": form}, status=422 if form.errors else 200)


def _open_periods(department_code: str, *, on: date) -> dict[str, tuple[str, str, date, date]]:
    """Give every period that nothing was sent for, this one first, by a key for the form."""
    due = desk.sources_due(department_code=department_code, on=on)
    wanted = [(item.source, item.period) for item in due if item.is_open]
    wanted += [(item.source, item.missed) for item in due if item.missed]
    found: dict[str, tuple[str, str, date, date]] = {}
    for source, period in [*wanted, *desk.missed_periods(department_code=department_code, on=on)]:
        last = period.until - timedelta(days=1)
        days = f"（{period.start:%m-%d} 至 {last:%m-%d}）" if last > period.start else ""
        late = "，已过期限，记为迟报" if period.due_on < on else ""
        text = f"{source.title}，{period.title}{days}{late}"
        found.setdefault(f"{source.name}@{period.start}", (text, source.name, period.start, period.until))
    return found


@open_to(SENDERS)
@require_http_methods(["GET", "POST"])
def documents(request: HttpRequest) -> HttpResponse:
    """Take decision documents in: one, with its number or named by it, or a zip of such."""
    actor = actor_of(request)
    form = DocumentsForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _attach(request, form):
        return redirect("intake:documents")
    latest = list(queries.documents(department_code=actor.department_code)[:RECENT])
    bearing = subjects.records().filter(
        department_code=actor.department_code, document_sha256__in=[d.sha256 for d in latest]
    )
    placed = list(bearing.order_by("pk").values_list("document_number", "document_sha256", "pk"))
    named = {
        "form": form,
        "documents": [(d, [pk for *what, pk in placed if what == [d.document_number, d.sha256]]) for d in latest],
    }
    return render(request, "intake/documents.html", named, status=422 if form.errors else 200)


@open_to(SENDERS)
@require_http_methods(["GET", "POST"])
def record_document(request: HttpRequest, record_id: int) -> HttpResponse:
    """
    Show the decision document of a record with what was taken off it, and take it off with a reason.

    :raises Http404: there is no such record, or it is another department's; which of the two is not said.
    :raises FileClosed: the officer has declared a relation to its subject.
    """
    actor = actor_of(request)
    found = (
        subjects.records().filter(pk=record_id, department_code=actor.department_code) if record_id < 2**63 else None
    )
    record = found.select_related("subject").first() if found is not None else None
    if record is None:
        raise Http404
    subjects.verify_open(actor=actor, subject_ids=[record.subject_id])
    form = TakeOffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.take_off_document(
                by=actor, record_id=record.pk, reason=form.cleaned_data["reason"], at=timezone.now()
            )
        except UnableToTakeOff as refusal:
            form.add_error("reason", str(refusal))
        else:
            messages.success(request, "已取下，该主体从现在起打不开这份决定书。", extra_tags="ended-well")
            return redirect("intake:record_document", record.pk)
    deposited = queries.documents(department_code=actor.department_code).filter(sha256=record.document_sha256)
    named = {
        "record": record,
        "title": subjects.with_marks(record.document_number or "无文书号", marks=subjects.marks_of(record)),
        "subject_name": record.subject.name if record.subject else "",
        "document": deposited.filter(document_number=record.document_number).first(),
        "form": form if record.document_sha256 or form.errors else None,
        "taken_off": queries.taken_off_documents(record_id=record.pk),
    }
    return render(request, "intake/record_document.html", named, status=422 if form.errors else 200)


def _attach(request: HttpRequest, form: DocumentsForm) -> bool:
    """Take the documents of a form in; where a single one is on no record, say in the form what is wanted."""
    actor, given = actor_of(request), form.cleaned_data
    file = given["file"]
    try:
        attached = operations.attach_documents(
            by=actor,
            department_code=actor.department_code,
            file=file.file,
            file_name=file.name,
            document_number=given["document_number"],
            subject=given["subject"],
            at=timezone.now(),
        )
    except (UnableToAttach, UnableToSubmit) as refusal:
        form.add_error("file", str(refusal))
        return False
    if not file.name.lower().endswith(".zip"):
        if attached.undetermined:
            form.add_error("subject", f"没有保存。{attached.undetermined[0]}")
            return False
        if attached.unmatched and not given["document_number"]:
            form.add_error(
                "document_number",
                f"单份决定书要填写文书号，与报送表中的写法一致；文件名“{file.name}”不是已报送的文书号。",
            )
            return False
    _tell(request, attached)
    return True


def _tell(request: HttpRequest, attached: Attached) -> None:
    if attached.attached:
        written = "、".join(attached.written_to[:NAMES_TOLD])
        more = f"等 {attached.number} 份" if attached.number > NAMES_TOLD else ""
        messages.success(
            request,
            f"已封存 {attached.number} 份决定书，摘要已写入对应记录：{written}{more}。该主体本人从现在起可以打开。",
            extra_tags="ended-well",
        )
    if attached.undetermined:
        told = "".join(attached.undetermined[:NAMES_TOLD])
        more = f"这样的文件共 {len(attached.undetermined)} 个。" if len(attached.undetermined) > NAMES_TOLD else ""
        messages.error(request, f"拿不准是谁的，未保存：{told}{more}", extra_tags="adverse")
    if attached.unmatched:
        names = "、".join(attached.unmatched[:NAMES_TOLD])
        more = f"等 {len(attached.unmatched)} 个文件" if len(attached.unmatched) > NAMES_TOLD else ""
        messages.error(
            request,
            f"没有找到文书号对应的记录，未保存：{names}{more}。请先报送记录，或检查文件名与表中的文书号是否一致。",
            extra_tags="adverse",
        )
