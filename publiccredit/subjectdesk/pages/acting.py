"""What the subject does: it objects, applies, complains, adds papers, asks for a review, states, and names handlers."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from publiccredit.accounts.operations import NotAllowed
from publiccredit.casework import queries as casework
from publiccredit.casework.operations import CaseRefused
from publiccredit.casework.types import Asked
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import PaperKind, Party, Procedure, ProcedureName
from publiccredit.disclosure.types import VisibleRecord
from publiccredit.subjectdesk import operations, queries
from publiccredit.subjectdesk.access import open_to_subject
from publiccredit.subjectdesk.forms import (
    HandlerForm,
    PaperForm,
    RequestForm,
    ReviewForm,
    StatementForm,
    TakeBackForm,
    paper_in,
)
from publiccredit.subjectdesk.keeping import handler_contact
from publiccredit.subjectdesk.pages.desk import own_case
from publiccredit.subjectdesk.rules import DeskRefused, require, right_to, subject_itself
from publiccredit.subjectdesk.types import Right, Visitor

ON_A_RECORD = {"objection": ProcedureName.OBJECTION, "repair": ProcedureName.CREDIT_REPAIR}
FORM_METHODS = ["GET", "POST"]


@open_to_subject
@require_http_methods(FORM_METHODS)
def ask(request: HttpRequest, visitor: Visitor, record_id: int, procedure: str) -> HttpResponse:
    """
    Open an objection to a record or the application for its repair.

    :raises Http404: the subject has no such record, or there is no such procedure.
    """
    name = ON_A_RECORD.get(procedure)
    own = queries.own_record(visitor=visitor, record_id=record_id, on=timezone.localdate())
    if name is None or own is None:
        raise Http404
    require(visitor, right_to(name))
    return _ask(request, visitor, name, own.record, {"navigator": own.navigator})


@open_to_subject
@require_http_methods(FORM_METHODS)
def complain(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    require(visitor, right_to(ProcedureName.COMPLAINT))
    return _ask(request, visitor, ProcedureName.COMPLAINT, None, {})


@open_to_subject
@require_http_methods(FORM_METHODS)
def add_paper(request: HttpRequest, visitor: Visitor, case_id: int) -> HttpResponse:
    case = own_case(visitor, case_id)
    require(visitor, right_to(case.procedure))
    kinds = [(p.name, p.title) for p in casework.procedure_of_case(case=case).papers if p.obtained_by is Party.SUBJECT]
    kinds += [(p.name, p.title) for p in casework.procedure_of_case(case=case).papers if p.required]
    form = PaperForm(request.POST or None, request.FILES or None, kinds=list(dict.fromkeys(kinds)))
    if request.method == "POST" and form.is_valid():
        paper = paper_in(kind=form.cleaned_data["kind"], file=form.cleaned_data["file"])
        try:
            operations.hand_in_paper(visitor=visitor, case_id=case.pk, paper=paper, at=timezone.now())
        except (CaseRefused, DeskRefused, NotAllowed) as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, f"已收到“{paper.file_name}”。", extra_tags="ended-well")
            return redirect("subjectdesk:case", case.pk)
    return _form(request, visitor, form, "补充材料", f"案件 {case.number}", upload=True)


@open_to_subject
@require_http_methods(FORM_METHODS)
def review(request: HttpRequest, visitor: Visitor, case_id: int) -> HttpResponse:
    case = own_case(visitor, case_id)
    require(visitor, right_to(case.procedure))
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            opened = operations.request_review(
                visitor=visitor, case_id=case.pk, request=form.cleaned_data["request"], at=timezone.now()
            )
        except (CaseRefused, DeskRefused, NotAllowed) as refusal:
            form.add_error("request", str(refusal))
        else:
            messages.success(request, f"复核申请已收到，编号 {opened.number}。", extra_tags="ended-well")
            return redirect("subjectdesk:case", opened.pk)
    return _form(request, visitor, form, "申请复核", f"案件 {case.number}。复核只有一次，由另一人办理。")


@open_to_subject
@require_http_methods(FORM_METHODS)
def take_back(request: HttpRequest, visitor: Visitor, case_id: int) -> HttpResponse:
    case = own_case(visitor, case_id)
    require(visitor, right_to(case.procedure))
    form = TakeBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.take_back_request(
                visitor=visitor, case_id=case.pk, stated=form.cleaned_data["stated"], at=timezone.now()
            )
        except (CaseRefused, DeskRefused, NotAllowed) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已撤回，确认书在本页的文书中。以后可以重新提出。", extra_tags="ended-well")
            return redirect("subjectdesk:case", case.pk)
    about = f"案件 {case.number}。撤回后不再办理，也不作决定；以后可以就同一事项重新提出。"
    return _form(request, visitor, form, "撤回申请", about)


@open_to_subject
@require_http_methods(FORM_METHODS)
def statement(request: HttpRequest, visitor: Visitor, record_id: int) -> HttpResponse:
    own = queries.own_record(visitor=visitor, record_id=record_id, on=timezone.localdate())
    if own is None:
        raise Http404
    require(visitor, Right.STATE)
    form = StatementForm(request.POST or None, initial={"statement": own.record.statement})
    if request.method == "POST" and form.is_valid():
        try:
            operations.state(
                visitor=visitor, record_id=record_id, statement=form.cleaned_data["statement"], at=timezone.now()
            )
        except (CaseRefused, NotAllowed) as refusal:
            form.add_error("statement", str(refusal))
        else:
            said = (
                "声明已保存，随该信息一并展示。" if form.cleaned_data["statement"].strip() else "声明已撤回，不再展示。"
            )
            messages.success(request, said, extra_tags="ended-well")
            return redirect("subjectdesk:record", record_id)
    return _form(request, visitor, form, "声明", own.record.named)


@open_to_subject
@require_http_methods(FORM_METHODS)
def handlers(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    subject_itself(visitor)  # a handler does not read here what other persons are called and where they are reached
    today = timezone.localdate()
    usual = {"begins": today, "last_on": today + timedelta(days=180), "rights": [Right.SEE.value]}
    form = HandlerForm(request.POST or None, initial=usual)
    if request.method == "POST" and form.is_valid():
        try:
            operations.name_handler(visitor=visitor, asked=form.asked, at=timezone.now())
        except DeskRefused as refusal:
            form.add_error(refusal.where, str(refusal))
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已授权。经办人用其联系方式接收验证码登录。", extra_tags="ended-well")
            return redirect("subjectdesk:handlers")
    rows = [
        {
            "handler": h,
            "contact": handler_contact(handler=h, on=today),
            "rights": "、".join(Right(r).label for r in h.rights),
            "last_on": h.until - timedelta(days=1),
            "acts": queries.handler_acts(handler=h, on=today),
        }
        for h in queries.handlers(visitor=visitor)
    ]
    named = {"visitor": visitor, "form": form, "rows": rows}
    return render(request, "subjectdesk/handlers.html", named, status=422 if form.errors else 200)


@open_to_subject
@require_POST
def revoke_handler(request: HttpRequest, visitor: Visitor, handler_id: int) -> HttpResponse:
    try:
        operations.revoke_handler(visitor=visitor, handler_id=handler_id, at=timezone.now())
    except (DeskRefused, NotAllowed) as refusal:
        messages.error(request, str(refusal), extra_tags="adverse")
    else:
        messages.success(request, "授权已撤销，立即失效。", extra_tags="ended-well")
    return redirect("subjectdesk:handlers")


def _ask(
    request: HttpRequest, visitor: Visitor, name: ProcedureName, record: VisibleRecord | None, more: dict[str, object]
) -> HttpResponse:
    rules = catalogue.procedure(name=name, on=timezone.localdate())
    ground = _ground(rules, request.GET.get("ground", ""))
    form = _request_form(request, rules, ground, record)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        asked = Asked(
            ground=typed["ground"],
            request=typed["request"],
            record_ids=(record.id,) if record else (),
            field=typed.get("field", ""),
            department_code=typed.get("department_code", ""),
        )
        try:
            case = operations.open_case(
                visitor=visitor,
                procedure=name,
                asked=asked,
                papers=form.handed_in,
                key=typed["key"],
                at=timezone.now(),
            )
        except (CaseRefused, DeskRefused, NotAllowed) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{rules.title}申请已收到，编号 {case.number}。", extra_tags="ended-well")
            return redirect("subjectdesk:case", case.pk)
    named = {"visitor": visitor, "form": form, "rules": rules, "record": record, **_grounds(rules, ground), **more}
    named |= _before(visitor, rules, ground, record)
    return render(request, "subjectdesk/ask.html", named, status=422 if form.errors else 200)


def _before(visitor: Visitor, rules: Procedure, ground: str, record: VisibleRecord | None) -> dict[str, object]:
    """Say before the form what would be refused after it: the day is still to come, or the same is under way."""
    if record is None:
        return {}
    today = timezone.localdate()
    found = casework.navigator(record_id=record.id, on=today)
    opens_on = queries.repair_opens_later(rules=rules, ground=ground, navigator=found, on=today)
    titles = {field.name: field.title for field in record.fields}
    under_way = [
        {"case": one.case, "field": titles.get(one.field, one.field) or "整条记录"}
        for one in queries.requests_under_way(visitor=visitor, procedure=rules.name, record_id=record.id)
    ]
    repair = rules.name is ProcedureName.CREDIT_REPAIR
    over = repair and found is not None and found.over  # said by the navigator above the form
    closed = bool(over or opens_on or (repair and under_way))
    return {"opens_on": opens_on, "under_way": under_way, "closed": closed, "over": bool(over)}


def _request_form(request: HttpRequest, rules: Procedure, ground: str, record: VisibleRecord | None) -> RequestForm:
    kind = catalogue.record_type(name=record.record_type, on=timezone.localdate()) if record is not None else None
    offered = casework.grounds_for(rules=rules, record_type=kind)
    fixed = [g for g in offered if g.name == ground]
    fields = record.fields if record is not None and rules.name is ProcedureName.OBJECTION else ()
    ours = catalogue.departments() if rules.name is ProcedureName.COMPLAINT else ()
    return RequestForm(
        request.POST or None,
        request.FILES or None,
        grounds=[(g.name, g.title) for g in fixed or offered],
        papers=_papers(rules, ground),
        fields=[(f.name, f.title) for f in fields],
        departments=[(d.code, d.name) for d in ours],
        initial={"ground": ground} if ground else {},
    )


def _papers(rules: Procedure, ground: str) -> tuple[PaperKind, ...]:
    """Repair asks for exactly what the navigator names; elsewhere the subject brings what it has."""
    if rules.conditions:
        return tuple(p for p in rules.papers_for(ground) if p.required)
    wanted = rules.papers_for(ground) if ground else rules.papers
    return tuple(p for p in wanted if p.obtained_by is Party.SUBJECT)


def _ground(rules: Procedure, wanted: str) -> str:
    """Where the papers hang on the ground, one ground at a time is asked about; the others are a link away."""
    if not any(p.grounds for p in rules.papers):
        return ""
    possible = [g.name for g in rules.grounds if not g.unrepairable]
    return wanted if wanted in possible else possible[0]


def _grounds(rules: Procedure, ground: str) -> dict[str, object]:
    others = [g for g in rules.grounds if ground and not g.unrepairable and g.name != ground]
    return {"other_grounds": [{"title": g.title, "url": f"?ground={g.name}"} for g in others]}


def _form(
    request: HttpRequest,
    visitor: Visitor,
    form: PaperForm | ReviewForm | StatementForm | TakeBackForm,
    title: str,
    about: str,
    *,
    upload: bool = False,
) -> HttpResponse:
    named = {"visitor": visitor, "form": form, "title": title, "about": about, "upload": upload}
    return render(request, "subjectdesk/form.html", named, status=422 if form.errors else 200)
