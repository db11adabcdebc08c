"""A department corrects how severe its own decisions are held to be: choose, see what follows, confirm."""

from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from publiccredit.accounts.access import SENDERS, actor_of, open_to
from publiccredit.accounts.operations import NotAllowed
from publiccredit.casework import operations, queries
from publiccredit.casework.forms import SeverityForm
from publiccredit.casework.operations import CaseRefused
from publiccredit.casework.pages.shared import may_print_notice
from publiccredit.casework.queries import SeverityStanding, SeverityTerm
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
    Show the severity of a record with its rule and term, take another one with a reason, and show what follows from it
    before it is confirmed.

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
    form = SeverityForm(request.POST or None, choices=[(t.severity.value, _choice(t)) for t in standing.others])
    chosen = None
    if request.method == "POST" and form.is_valid():
        chosen = next(t for t in standing.others if t.severity == form.cleaned_data["severity"])
        if request.POST.get("step") == "correct":
            try:
                operations.correct_severity(
                    by=actor,
                    record_id=record_id,
                    severity=chosen.severity,
                    reason=form.cleaned_data["reason"],
                    at=timezone.now(),
                )
            except (CaseRefused, NotAllowed) as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, f"已更正为“{chosen.title}”，{shown_words(chosen)}。", extra_tags="ended-well")
                return redirect("severity:record", record_id)
    return _answer(request, standing, form, chosen, today)


def _answer(
    request: HttpRequest, standing: SeverityStanding, form: SeverityForm, chosen: SeverityTerm | None, today: date
) -> HttpResponse:
    editing = chosen is None or bool(form.errors) or request.POST.get("step") == "edit"
    named = {
        "standing": standing,
        "now_shown": shown_words(standing.now),
        "notice": standing.determined_by == standing.department_code,
        "form": None if standing.obstacle else form,
        "preview": None
        if editing or chosen is None
        else {
            "chosen": chosen,
            "shown": shown_words(chosen),
            "ends_now": chosen.disclosed_until is not None and chosen.disclosed_until <= today,
            "longer": bool(
                chosen.disclosed_until
                and standing.now.disclosed_until
                and chosen.disclosed_until > standing.now.disclosed_until
            ),
            "reason": form.cleaned_data["reason"],
        },
    }
    return render(request, "casework/severity_record.html", named, status=422 if form.errors else 200)


def _choice(term: SeverityTerm) -> str:
    return f"{term.title}：{shown_words(term)}"


def shown_words(term: SeverityTerm) -> str:
    """Say until when a record is shown under a severity."""
    if not term.published:
        return "不公示"
    if term.disclosed_until is None:
        return "规则没有规定期限"
    return f"公示至 {term.last_day}"
