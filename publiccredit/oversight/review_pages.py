"""The review desk: whose records they are, where the program is not certain. Always a named person, with a reason."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from publiccredit.accounts import queries as accounts
from publiccredit.accounts.access import OFFICE, OFFICE_AND_AUDIT, actor_of, open_to
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.queries import NotInPacks
from publiccredit.catalogue.types import FieldType
from publiccredit.disclosure.queries import subject_identifier
from publiccredit.matching import operations, queries
from publiccredit.matching.operations import AlreadyAnswered, JudgementIncomplete, NotAnswered
from publiccredit.matching.queries import Candidate, Judgement, Question
from publiccredit.matching.types import (
    AGREEMENT_TITLES,
    DOUBT_TITLES,
    VERDICT_TITLES,
    Agreement,
    Doubt,
    Verdict,
)
from publiccredit.oversight.forms import JudgementForm, ReopenForm
from publiccredit.subjects.queries import Record, record_type_of, subjects, verify_open

PAGE = 50
RECORDS_SHOWN = 20
SHAPES = {Agreement.SAME: "active", Agreement.NEAR: "waiting", Agreement.DIFFERENT: "adverse"}
LONGEST_SEARCH = 100


@dataclass(frozen=True)
class ShownFact:
    title: str
    written: str
    known: str
    shape: str
    words: str


@dataclass(frozen=True)
class ShownCandidate:
    """A subject that may be meant, with the button that chooses it (none for who only looks)."""

    name: str
    url: str
    status: str
    records: int
    likeness: int
    facts: tuple[ShownFact, ...]
    button: object


@dataclass(frozen=True)
class ShownRecord:
    title: str
    day: date | None
    authority: str
    place: str
    url: str
    fields: tuple[tuple[str, str], ...]


@open_to(OFFICE_AND_AUDIT)
@require_GET
def questions(request: HttpRequest) -> HttpResponse:
    """List what waits for a judgement, the oldest first."""
    after = _number(request, "after")
    waiting = queries.open_questions()
    found = waiting if after is None else waiting.filter(pk__gt=after)
    listed = list(found[: PAGE + 1])
    shown, more = listed[:PAGE], len(listed) > PAGE
    named = {
        "rows": [
            {"question": q, "doubt": doubt_title(q.reason), "department": _department(q.department_code)} for q in shown
        ],
        "tabs": _tabs("open"),
        "waiting": waiting.count(),
        "next_url": f"?after={shown[-1].pk}" if more else "",
    }
    return render(request, "oversight/questions.html", named)


@open_to(OFFICE_AND_AUDIT)
@require_GET
def judged(request: HttpRequest) -> HttpResponse:
    """List what was judged, the latest first: by whom, when, why, and whether it still holds."""
    asked = request.GET.get("verdict", "")
    verdict = Verdict(asked) if asked in set(Verdict) else None
    before = _number(request, "before")
    found = queries.judged(verdict=verdict)
    listed = list((found if before is None else found.filter(pk__lt=before))[: PAGE + 1])
    shown, more = listed[:PAGE], len(listed) > PAGE
    kept = {"verdict": verdict.value} if verdict else {}
    named = {
        "rows": _judged_rows(shown),
        "tabs": _tabs(verdict.value if verdict else "judged"),
        "next_url": f"?{urlencode({**kept, 'before': shown[-1].pk})}" if more else "",
    }
    return render(request, "oversight/judged.html", named)


def _tabs(current: str) -> list[dict[str, object]]:
    address = reverse("oversight:judged")
    choices = [("open", "待判定", reverse("oversight:questions")), ("judged", "全部判定", address)]
    choices += [(v.value, VERDICT_TITLES[v], f"{address}?verdict={v.value}") for v in Verdict]
    return [{"text": text, "url": url, "current": key == current} for key, text, url in choices]


def _judged_rows(shown: list[Judgement]) -> list[dict[str, object]]:
    names = accounts.spoken_names(names=[j.judged_by for j in shown], departments=catalogue.department_names())
    over = queries.superseded(judgement_ids=[j.pk for j in shown])
    meant = {s.pk: s for s in subjects().filter(pk__in=[j.subject_id for j in shown if j.subject_id])}
    return [
        {
            "judgement": j,
            "question": j.question,
            "words": VERDICT_TITLES[Verdict(j.verdict)],
            "subject": meant.get(j.subject_id or 0),
            "subject_url": _subject_url(j.subject_id, meant[j.subject_id].uscc) if j.subject_id in meant else "",
            "by": names.get(j.judged_by, j.judged_by),
            "department": _department(j.question.department_code),
            "holds": j.pk not in over and j.verdict != Verdict.REOPENED,
        }
        for j in shown
    ]


@open_to(OFFICE_AND_AUDIT)
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, question_id: int) -> HttpResponse:
    """Show what was written beside who may be meant, fact by fact, take the verdict, and go on to the next question."""
    asked = _question(request, question_id)
    actor = actor_of(request)
    wanted = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    is_open = asked.answered_at is None
    found, likely = _candidates(asked, wanted) if is_open else ((), ())
    before, behind = queries.neighbours(question_id=asked.pk)
    form = None
    if actor.of_office and is_open:
        form = JudgementForm(
            request.POST or None, candidates=(*found, *likely), may_be_new=queries.may_be_new(question=asked)
        )
    elif request.method == "POST" and actor.of_office:
        messages.error(request, "此项已有判定。如判定有误，请先撤回原判定。", extra_tags="adverse")
    if request.method == "POST" and form is not None and form.is_valid() and _answered(request, asked, form):
        return redirect("oversight:question", behind) if behind else redirect("oversight:questions")
    buttons = [button for _, button in form.compared] if form else [""] * (len(found) + len(likely))
    shown = [_shown(c, button) for c, button in zip((*found, *likely), buttons, strict=True)]
    named = {
        "question": asked,
        "doubt": doubt_title(asked.reason),
        "department": _department(asked.department_code),
        "searched": wanted,
        "found": shown[: len(found)],
        "candidates": shown[len(found) :],
        "may_be_new": form is None or any(b.data["value"] == Verdict.NEW.value for b in form.others),
        "records": _records(asked),
        "judgements": (history := _judgements(asked.pk)),
        "came_again": is_open and bool(history) and history[0]["verdict"] == Verdict.SENT_BACK,
        "form": form,
        "reopen_form": ReopenForm() if asked.answered_at and actor.of_office else None,
        "before": before,
        "behind": behind,
        "waiting": queries.open_questions().count(),
    }
    wrong = (form is not None and bool(form.errors)) or (request.method == "POST" and form is None)
    return render(request, "oversight/question.html", named, status=422 if wrong else 200)


def _candidates(asked: Question, wanted: str) -> tuple[tuple[Candidate, ...], tuple[Candidate, ...]]:
    """Give who was searched for, and of the likely ones those that are not among them."""
    found = queries.searched(question=asked, text=wanted) if wanted else ()
    known = {candidate.subject_id for candidate in found}
    return found, tuple(c for c in queries.candidates_of(question=asked) if c.subject_id not in known)


def _answered(request: HttpRequest, asked: Question, form: JudgementForm) -> bool:
    verdict, subject_id = form.verdict
    try:
        operations.answer_question(
            by=actor_of(request),
            question_id=asked.pk,
            verdict=verdict,
            subject_id=subject_id,
            reason=form.cleaned_data["reason"],
            at=timezone.now(),
        )
    except (AlreadyAnswered, JudgementIncomplete, NotAnswered) as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, f"已判定“{asked.written_name}”：{VERDICT_TITLES[verdict]}。", extra_tags="ended-well")
    return True


def _shown(candidate: Candidate, button: object) -> ShownCandidate:
    return ShownCandidate(
        name=candidate.name,
        url=_subject_url(candidate.subject_id, candidate.uscc),
        status=candidate.status,
        records=candidate.records,
        likeness=candidate.likeness,
        facts=tuple(
            ShownFact(f.title, f.written, f.known, SHAPES.get(f.agreement, "ended"), AGREEMENT_TITLES[f.agreement])
            for f in candidate.facts
        ),
        button=button,
    )


def _subject_url(subject_id: int, uscc: str | None) -> str:
    return reverse("disclosure:subject", args=[subject_identifier(subject_id=subject_id, uscc=uscc or None)])


def _records(asked: Question) -> list[ShownRecord]:
    return [
        ShownRecord(
            title=record.document_number or "无文书号",
            day=record.decided_on,
            authority=record.authority_name,
            place=f"{f'工作表“{record.sheet}”' if record.sheet else ''}第 {record.row_number} 行",
            url=reverse("intake:submission", args=[record.submission_id]),
            fields=_said(record),
        )
        for record in queries.records_of(question_id=asked.pk)[:RECORDS_SHOWN]
    ]


def _said(record: Record) -> tuple[tuple[str, str], ...]:
    """What the row says, for comparing it with papers; no document number of a person."""
    try:
        fields = record_type_of(record).fields
    except NotInPacks:
        return ()
    return tuple(
        (field.title, _amount(value) if field.type is FieldType.AMOUNT else str(value))
        for field in fields
        if (value := record.content.get(field.name)) not in (None, "")
        and field.type is not FieldType.PERSON_DOCUMENT_NUMBER
    )


def _amount(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d} 元"


def _judgements(question_id: int) -> list[dict[str, object]]:
    held = list(queries.judgements(question_id=question_id))
    names = accounts.spoken_names(names=[j.judged_by for j in held], departments=catalogue.department_names())
    meant = {s.pk: s for s in subjects().filter(pk__in=[j.subject_id for j in held if j.subject_id])}
    return [
        {
            "judgement": j,
            "verdict": j.verdict,
            "words": VERDICT_TITLES[Verdict(j.verdict)],
            "subject": meant.get(j.subject_id or 0),
            "subject_url": _subject_url(j.subject_id, meant[j.subject_id].uscc) if j.subject_id in meant else "",
            "by": names.get(j.judged_by, j.judged_by),
        }
        for j in held
    ]


@open_to(OFFICE)
@require_POST
def reopen(request: HttpRequest, question_id: int) -> HttpResponse:
    """Take an answer back with all its effects."""
    asked = _question(request, question_id)
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


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _question(request: HttpRequest, question_id: int) -> Question:
    """
    Give a question to who may judge it.

    :raises Http404: there is none of this number.
    :raises FileClosed: the officer has declared a relation to a subject it concerns.
    """
    found = queries.questions().filter(pk=question_id).first()
    if found is None:
        raise Http404
    verify_open(actor=actor_of(request), subject_ids=queries.subjects_concerned(question=found))
    return found


def doubt_title(reason: str) -> str:
    """Give a doubt in words."""
    return DOUBT_TITLES.get(Doubt(reason), reason) if reason in set(Doubt) else reason


def _department(code: str) -> str:
    try:
        return catalogue.department(code=code).short_name
    except NotInPacks:
        return code
