"""A department corrects how severe its own decisions are held to be: choose, see what follows, propose."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from publiccredit.accounts.access import SENDERS, actor_of, open_to
from publiccredit.accounts.operations import NotAllowed
from publiccredit.accounts.types import Actor
from publiccredit.casework import operations, queries
from publiccredit.casework.forms import SeverityForm, SeverityProposalForm
from publiccredit.casework.models import Case
from publiccredit.casework.operations import CaseRefused
from publiccredit.casework.pages.shared import may_print_notice
from publiccredit.casework.queries import SeverityStanding, SeverityTerm
from publiccredit.casework.types import PaperIn
from publiccredit.catalogue.types import SEVERITY_TITLES, Severity
from publiccredit.subjects.queries import marks_of, verify_open

PAGE = 30


@open_to(SENDERS)
@require_GET
def records(request: HttpRequest) -> HttpResponse:
    """List the department's records that have a severity: all, or those a search finds."""
    text, before = request.GET.get("q", "").strip(), request.GET.get("before", "")
    by_rule = request.GET.get("given") == "rule"
    found = queries.severity_records(
        department_code=actor_of(request).department_code,
        text=text,
        by_rule=by_rule,
        before_id=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,
    )
    listed = list(found[: PAGE + 1])
    shown, more = listed[:PAGE], len(listed) > PAGE
    kept = ({"q": text} if text else {}) | ({"given": "rule"} if by_rule else {})
    named = {
        "query": text,
        "by_rule": by_rule,
        "rows": [
            {
                "record": r,
                "marks": marks_of(r),
                "severity": SEVERITY_TITLES[Severity(r.severity)],
                "notice": may_print_notice(r, actor=actor_of(request)),
            }
            for r in shown
        ],
        "next_url": "?" + urlencode(kept | {"before": str(shown[-1].pk)}) if more else "",
    }
    return render(request, "casework/severity_records.html", named)


@open_to(SENDERS)
@require_http_methods(["GET", "POST"])
def record(request: HttpRequest, record_id: int) -> HttpResponse:
    """
    Show the severity of a record with its rule and term, take another one with a reason, show what follows from it,
    and lead to the case that proposes it to a head of the department.

    :raises Http404: there is no such record, or it is another department's; which of the two is not said.
    :raises FileClosed: the officer has declared a relation to its subject.
    """
    actor, today = actor_of(request), timezone.localdate()
    standing = None
    if record_id < 2**63:
        standing = queries.severity_standing(record_id=record_id, department_code=actor.department_code, on=today)
    if standing is None:
        raise Http404
    verify_open(actor=actor, subject_ids=[standing.subject_id])
    choices = [(t.severity.value, f"{t.title}：{t.shown_words}") for t in standing.others]
    under_way = queries.severity_case_under_way(record_id=record_id)
    proposes = request.POST.get("step") == "propose"
    form: SeverityForm = (
        SeverityProposalForm(request.POST, request.FILES, choices=choices)
        if proposes
        else SeverityForm(request.POST or None, choices=choices)
    )
    chosen = None
    if request.method == "POST":
        valid = form.is_valid()
        chosen = next((t for t in standing.others if t.severity == form.cleaned_data.get("severity")), None)
        opened = _proposed(form, actor, record_id) if valid and proposes else None
        if opened is not None:
            words = f"已提出，编号 {opened.number}，由本单位另一位负责人审核后生效；审核以前记录不变。"
            messages.success(request, words, extra_tags="ended-well")
            return redirect("casework:case", opened.pk)
    return _answer(request, standing, form, chosen, under_way)


def _proposed(form: SeverityForm, actor: Actor, record_id: int) -> Case | None:
    given = form.cleaned_data
    paper = PaperIn(kind="", file_name=given["paper"].name, content=given["paper"].read())
    try:
        return operations.propose_severity(
            by=actor,
            record_id=record_id,
            severity=Severity(given["severity"]),
            reason=given["reason"],
            paper=paper,
            at=timezone.now(),
        )
    except operations.UnableToTakePaper as refusal:
        form.add_error("paper", str(refusal))
    except (CaseRefused, NotAllowed) as refusal:
        form.add_error(None, str(refusal))
    return None


def _answer(
    request: HttpRequest,
    standing: SeverityStanding,
    form: SeverityForm,
    chosen: SeverityTerm | None,
    under_way: Case | None,
) -> HttpResponse:
    wrong = {"severity", "reason"} & form.errors.keys()
    editing = chosen is None or bool(wrong) or request.POST.get("step") == "edit"
    named = {
        "standing": standing,
        "now_shown": standing.now.shown_words,
        "notice": standing.determined_by == standing.department_code,
        "under_way": under_way,
        "form": None if standing.obstacle or under_way else form,
        "preview": None if editing or chosen is None else _preview(standing, form, chosen),
    }
    return render(request, "casework/severity_record.html", named, status=422 if form.errors else 200)


def _preview(standing: SeverityStanding, form: SeverityForm, chosen: SeverityTerm) -> dict[str, Any]:
    until, now_until = chosen.disclosed_until, standing.now.disclosed_until
    asks = form if isinstance(form, SeverityProposalForm) else SeverityProposalForm(choices=())
    return {
        "chosen": chosen,
        "shown": chosen.shown_words,
        "ends_now": until is not None and until <= timezone.localdate(),
        "longer": bool(until and now_until and until > now_until),
        "reason": form.cleaned_data["reason"],
        "form": asks,
    }
