"""The review desk: whose records they are, where the program is not certain. Always a named person, with a reason."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from publiccredit.accounts import queries as accounts
from publiccredit.accounts.access import OFFICE, OFFICE_AND_AUDIT, actor_of, open_to
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.queries import NotInPacks
from publiccredit.matching import operations, queries
from publiccredit.matching.operations import AlreadyAnswered, JudgementIncomplete, NotAnswered
from publiccredit.matching.queries import Question
from publiccredit.matching.types import DOUBT_TITLES, VERDICT_TITLES, Doubt, Verdict
from publiccredit.oversight.forms import JudgementForm, ReopenForm
from publiccredit.subjects.operations import note_officers_look

PAGE = 50
RECORDS_SHOWN = 50


@open_to(OFFICE_AND_AUDIT)
@require_GET
def questions(request: HttpRequest) -> HttpResponse:
    """List what waits for a judgement, the oldest first."""
    after = request.GET.get("after", "")
    found = queries.open_questions()
    if after.isascii() and after.isdigit() and len(after) < 19:
        found = found.filter(pk__gt=int(after))
    listed = list(found.order_by("pk")[: PAGE + 1])
    shown, more = listed[:PAGE], len(listed) > PAGE
    named = {
        "rows": [
            {"question": q, "doubt": doubt_title(q.reason), "department": _department(q.department_code)} for q in shown
        ],
        "next_url": f"?after={shown[-1].pk}" if more else "",
    }
    return render(request, "oversight/questions.html", named)


@open_to(OFFICE_AND_AUDIT)
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, question_id: int) -> HttpResponse:
    """Show what was written, who may be meant and why, and take the verdict."""
    asked = _question(question_id)
    candidates = queries.candidates_of(question=asked) if asked.answered_at is None else ()
    actor = actor_of(request)
    meant = [candidate.subject_id for candidate in candidates]
    words = f"判定“{asked.written_name}”的记录归属时比对"
    note_officers_look(actor=actor, subject_ids=meant, what=words, at=timezone.now())
    form = JudgementForm(request.POST or None, candidates=candidates) if actor.of_office else None
    if request.method == "POST" and form is not None and form.is_valid():
        verdict, subject_id = form.verdict
        try:
            operations.answer_question(
                by=actor,
                question_id=asked.pk,
                verdict=verdict,
                subject_id=subject_id,
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
            )
        except (AlreadyAnswered, JudgementIncomplete, NotAnswered) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, f"已判定“{asked.written_name}”：{VERDICT_TITLES[verdict]}。", extra_tags="ended-well"
            )
            return redirect("oversight:questions" if verdict is not Verdict.UNSURE else request.path)
    named = {
        "question": asked,
        "doubt": doubt_title(asked.reason),
        "department": _department(asked.department_code),
        "candidates": candidates,
        "records": list(queries.records_of(question_id=asked.pk)[:RECORDS_SHOWN]),
        "judgements": _judgements(asked.pk),
        "form": form if asked.answered_at is None else None,
        "reopen_form": ReopenForm() if asked.answered_at and actor.of_office else None,
    }
    return render(request, "oversight/question.html", named, status=422 if form is not None and form.errors else 200)


def _judgements(question_id: int) -> list[dict[str, object]]:
    held = list(queries.judgements(question_id=question_id))
    names = accounts.spoken_names(names=[j.judged_by for j in held])
    return [
        {"judgement": j, "words": VERDICT_TITLES[Verdict(j.verdict)], "by": names.get(j.judged_by, j.judged_by)}
        for j in held
    ]


@open_to(OFFICE)
@require_POST
def reopen(request: HttpRequest, question_id: int) -> HttpResponse:
    """Take an answer back with all its effects."""
    asked = _question(question_id)
    form = ReopenForm(request.POST)
    if form.is_valid():
        try:
            operations.reopen_question(
                by=actor_of(request), question_id=asked.pk, reason=form.cleaned_data["reason"], at=timezone.now()
            )
        except (AlreadyAnswered, JudgementIncomplete, NotAnswered) as refusal:
            messages.error(request, str(refusal), extra_tags="adverse")
        else:
            messages.success(request, "原判定已撤回，相关记录重新待判定。", extra_tags="ended-well")
    else:
        messages.error(request, "没有撤回：请写明撤回理由，至少 5 个字。", extra_tags="adverse")
    return redirect("oversight:question", asked.pk)


def _question(question_id: int) -> Question:
    found = queries.questions().filter(pk=question_id).first()
    if found is None:
        raise Http404
    return found


def doubt_title(reason: str) -> str:
    """Give a doubt in words."""
    return DOUBT_TITLES.get(Doubt(reason), reason) if reason in set(Doubt) else reason


def _department(code: str) -> str:
    try:
        return catalogue.department(code=code).short_name
    except NotInPacks:
        return code
