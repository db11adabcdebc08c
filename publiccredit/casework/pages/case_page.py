"""A case: what is asked, what there is, how its clock stands, what happened, and what this person may do now."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from publiccredit.accounts import queries as accounts
from publiccredit.accounts.access import actor_of, note_proof, open_to
from publiccredit.accounts.operations import NotAllowed, WrongCode
from publiccredit.accounts.types import Actor
from publiccredit.casework import desk, queries
from publiccredit.casework.changes import changes_of, disagreements_of
from publiccredit.casework.following import would_follow
from publiccredit.casework.keeping import reader_is_over
from publiccredit.casework.letters import decider_name, department_name
from publiccredit.casework.models import Case, CaseRecord, Decision
from publiccredit.casework.operations import CaseRefused
from publiccredit.casework.pages.decision_form import DecisionForm
from publiccredit.casework.pages.forms import FORMS, ApproveForm, PaperForm, StepForm, step_form
from publiccredit.casework.pages.shared import (
    LOOKS,
    READERS,
    case_for,
    clock_look,
    content_of,
    field_titles,
    known_case,
    may_open,
    may_print_notice,
    named_to,
    reader_stays_unnamed,
    record_words,
    rows_of,
)
from publiccredit.casework.returns import returned_proposal, words_of_returns
from publiccredit.casework.reviewers import (
    bound_to_others,
    took_part,
    who_can_review,
    who_else,
    why_others,
    without_reviewer,
)
from publiccredit.casework.rules import PARTY_TITLES, against_decider, outcomes_of, procedure_of, unit_title
from publiccredit.casework.severity import obstacle
from publiccredit.casework.types import UNDECIDED, CaseState, Channel, DecisionState
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Effect, Party, Procedure, ProcedureName, StepName
from publiccredit.recipients.queries import told_of
from publiccredit.subjects.queries import STAY_AWAY, shown_to_everybody

AGAINST_US = (
    "投诉的是本机构：办理过所投诉事项的人员不办理。没有写明案件的，请对照所述的经过核对，是您办理的请交由他人。"
)
EFFECT_WORDS = {
    Effect.LIFT_DISPUTE: "解除异议标注",
    Effect.KEEP_NOTE: "保留异议标注",
    Effect.CORRECT: "更正记录",
    Effect.END_DISCLOSURE: "停止公示、停止共享和使用、解除惩戒措施、更新评价结果",
    Effect.UNDO_REPAIR: "撤销修复，恢复公示至原定期满",
    Effect.WITHDRAW: "撤回记录，原处显示理由",
    Effect.SHIELD: "按期间暂时屏蔽",
    Effect.STAY: "按期间停止公示",
    Effect.LIFT_STAY: "恢复公示",
    Effect.FLAG_SUIT: "标注复议或者诉讼中",
    Effect.LIFT_SUIT: "解除复议或者诉讼标注",
}


@open_to(READERS)
@require_http_methods(["GET", "POST"])
def case_page(request: HttpRequest, case_id: int) -> HttpResponse:
    """Show a case and take the steps in it: each form is one operation, and a refused one keeps what was written."""
    known = known_case(request, case_id)
    if request.method == "GET" and desk.related(case=known, actor=actor_of(request)):
        return _closed(request, known)
    found = case_for(request, case_id)
    sent: StepForm | None = None
    if request.method == "POST":
        sent = _sent(request, found)
        if sent is None:
            words = "这一步现在不能办理：案件的状态已经改变，或者不由您办理。请看本页列出的步骤。"
            messages.error(request, words, extra_tags="adverse")
            return _again(found)
        if isinstance(sent, DecisionForm) and sent.only_stores:
            sent = _with_paper(request, found, sent)
        elif _carried_out(request, sent):
            messages.success(request, sent.done, extra_tags="ended-well")
            return _again(found)
    actor, today = actor_of(request), timezone.localdate()
    named = shown(case=found, actor=actor, on=today) | {"forms": _forms(request, found, sent), "sent": sent}
    named["reader_url"] = _reader_url(found, actor)
    return render(request, "casework/case.html", named, status=422 if sent is not None and sent.errors else 200)


def _closed(request: HttpRequest, case: Case) -> HttpResponse:
    """Show one who is related to the subject that the case is there, how far it is, and who handles it (DP-34)."""
    (row,) = rows_of([case], on=timezone.localdate(), actor=actor_of(request))
    return render(
        request, "casework/closed.html", {"row": row, "stay_away": STAY_AWAY, "who_else": who_else(case=case)}
    )


def _again(case: Case) -> HttpResponse:
    """Lead back to the head of the page, where it is said what was done: a browser would keep the form's own place."""
    return redirect(f"{reverse('casework:case', args=[case.pk])}#main")


def _carried_out(request: HttpRequest, form: StepForm) -> bool:
    if not form.is_valid():
        return False
    try:
        form.carry_out(by=actor_of(request), at=timezone.now())
    except (CaseRefused, NotAllowed, WrongCode) as refusal:
        form.refuse(refusal)
        return False
    finally:
        if isinstance(form, ApproveForm) and form.proved_at is not None:
            note_proof(request, at=form.proved_at)
    return True


def _with_paper(request: HttpRequest, case: Case, sent: DecisionForm) -> DecisionForm:
    """Store the paper sent with a decision that is still being written, and give its form again with what was typed."""
    sent.is_valid()
    wrong: dict[str, list[str]] = {
        name: [str(said) for said in sent.errors[name]] for name in ("paper_kind", "paper") if name in sent.errors
    }
    if not wrong and not request.FILES.get("paper"):
        wrong = {"paper": ["请选择要存入的文件。"]}
    if not wrong:
        try:
            sent.store_paper(by=actor_of(request), at=timezone.now())
            messages.success(request, "材料已存入。决定还没有提交，请继续填写。", extra_tags="ended-well")
        except (CaseRefused, NotAllowed) as refusal:
            wrong = {"paper": [str(refusal)]}
    rules = procedure_of(case=case)
    again = DecisionForm(outcome=sent.chosen, case=case, rules=rules, typed=request.POST)
    again.say_of_paper(wrong)
    return again


def _made(request: HttpRequest, kind: type[StepForm], case: Case, *sent: Any) -> StepForm:
    rules = procedure_of(case=case)
    return step_form(kind, *sent, case=case, rules=rules, by=actor_of(request), at=timezone.now())


def _sent(request: HttpRequest, case: Case) -> StepForm | None:
    """Give the form that was sent, filled; nothing where its step is not this person's to take now."""
    rules, name = procedure_of(case=case), request.POST.get("step", "")
    may = desk.steps_open(case=case, actor=actor_of(request), on=timezone.localdate())
    if name == DecisionForm.name:
        outcome = next((o for o in outcomes_of(case=case, rules=rules) if o.name == request.POST.get("outcome")), None)
        fits = StepName.PROPOSE in may and outcome is not None
        returned = returned_proposal(case=case)
        if not fits or outcome is None:
            return None
        return DecisionForm(request.POST, request.FILES, outcome=outcome, case=case, rules=rules, returned=returned)
    by = actor_of(request)
    kind = next((f for f in FORMS if f.name == name and f.fits(case=case, by=by, may=may)), None)
    return _made(request, kind, case, request.POST, request.FILES) if kind else None


def _forms(request: HttpRequest, case: Case, sent: StepForm | None) -> list[StepForm]:
    rules = procedure_of(case=case)
    by = actor_of(request)
    may = desk.steps_open(case=case, actor=by, on=timezone.localdate())
    kinds = [kind for kind in FORMS if kind.fits(case=case, by=by, may=may)]
    made = [sent if sent and sent.name == kind.name else _made(request, kind, case) for kind in kinds]
    if StepName.PROPOSE in may:
        returned = returned_proposal(case=case)
        wanted = request.GET.get("outcome") or (returned.outcome if returned else "")
        chosen = next((o for o in outcomes_of(case=case, rules=rules) if o.name == wanted), None)
        if isinstance(sent, DecisionForm):
            made.insert(0, sent)
        elif chosen is not None:
            made.insert(0, DecisionForm(outcome=chosen, case=case, rules=rules, returned=returned))
    if any(isinstance(form, DecisionForm) and "paper" in form.fields for form in made):
        return [form for form in made if not isinstance(form, PaperForm)]  # the decision takes it, and loses no word
    return made


def shown(*, case: Case, actor: Actor, on: date) -> dict[str, Any]:
    """Give what an officer is shown of a case, on the page and at the shell."""
    rules, clock = procedure_of(case=case), desk.clock_of(case=case, on=on)
    may = desk.steps_open(case=case, actor=actor, on=on)
    records = [r for r in case.records.select_related("record").order_by("pk")]
    return {
        "case": case,
        "rules": rules,
        "state_look": LOOKS[CaseState(case.state)],
        "clock": clock,
        "clock_look": clock_look(clock),
        "facts": _facts(case, rules, actor, on),
        "records": [
            {
                "about": r,
                "words": record_words(r.record),
                "shown": shown_to_everybody(r.record, on=on),
                "content": content_of(r.record, contested=r.field),
                "field": field_titles(r.record).get(r.field, r.field) if r.field else "",
                "told": told_of(record_id=r.record_id),
                "notice": may_print_notice(r.record, actor=actor),
                "effects": queries.repair_effects(record_id=r.record_id),
            }
            for r in records
        ],
        "papers": _papers(case, rules, actor),
        "missing": _missing(case, rules),
        "eligibility": queries.eligibility_of(case=case, on=on),
        "decisions": _decisions(case, rules, on),
        "letters": list(case.letters.all()),
        "events": queries.timeline(case=case, among_officers=True),
        "outcomes": _choices(case, rules) if StepName.PROPOSE in may else [],
        "returned": words_of_returns(cases=[case]).get(case.pk) if StepName.PROPOSE in may else None,
        "by_another": _by_another(case, actor),
        "review": Case.objects.filter(reviews=case).first(),
        "may_declare": case.subject is not None and desk.party_at_desk(actor=actor) is not None,
        "re_verify": _re_verification(case, records) if desk.party_at_desk(actor=actor) else "",
    }


def _by_another(case: Case, actor: Actor) -> str:
    """Say who can decide a review, to whoever may not, and to everybody where nobody may."""
    if case.state not in UNDECIDED or not bound_to_others(case=case):
        return ""
    if took_part(case=case, name=actor.name):
        return f"{why_others(case=case)}。{who_can_review(case=case)}"
    if without_reviewer(cases=[case]):
        return who_can_review(case=case)
    return AGAINST_US if against_decider(case=case) else ""


def _reader_url(case: Case, actor: Actor) -> str:
    """Lead the office to how a reader that opened a case by itself is reached; nobody else may know."""
    by_reader = case.applicant == Party.READER.value and case.channel == Channel.ONLINE
    return reverse("subjectdesk:challenge_contact", args=[case.pk]) if by_reader and actor.of_office else ""


def _applicant(case: Case, actor: Actor, on: date) -> tuple[tuple[str, str, str], ...]:
    """Say who asks and how they are reached; of a reader, to the office alone."""
    party = PARTY_TITLES[Party(case.applicant)]
    if reader_stays_unnamed(case=case, actor=actor):
        return (("申请人", party, "姓名和联系方式由信用办掌握"),)
    if reader_is_over(case=case, on=on):
        return (("申请人", party, "姓名和联系方式的保存期限已届满"),)
    return (
        ("申请人", case.applicant_name, party),
        ("联系方式", case.contact, ""),
        ("经办人", case.handler_name, "受委托" if case.handler_name else ""),
    )


def _facts(case: Case, rules: Procedure, actor: Actor, on: date) -> list[dict[str, str]]:
    ground = rules.ground(case.ground)
    names = accounts.spoken_names(names=[case.owner], departments=catalogue.department_names())
    owner = names.get(case.owner, case.owner)
    rows = (
        ("主体", case.subject.name if case.subject else "不涉及具体主体", (case.subject and case.subject.uscc) or ""),
        ("理由类别", ground.title if ground else case.ground, ""),
        ("请求和理由", case.request, ""),
        *_applicant(case, actor, on),
        ("收件", f"{case.opened_on}，{case.get_channel_display()}", ""),
        (unit_title(case=case), department_name(code=case.department_code), ""),
        ("由谁决定", decider_name(case=case), ""),
        ("承办", owner or "尚未受理", ""),
    )
    return [{"title": t, "value": v, "note": n} for t, v, n in rows if v]


def _papers(case: Case, rules: Procedure, actor: Actor) -> list[dict[str, Any]]:
    shown = []
    for paper in case.papers.all():
        kind = rules.paper(paper.kind)
        shown.append(
            {
                "paper": paper,
                "title": kind.title if kind else paper.kind,
                "named": named_to(paper, case=case, actor=actor),
                "opens": may_open(paper, case=case, actor=actor),
            }
        )
    return shown


def _missing(case: Case, rules: Procedure) -> list[str]:
    there = set(case.papers.values_list("kind", flat=True))
    return [p.title for p in rules.papers_for(case.ground) if p.required and p.name not in there]


def _decisions(case: Case, rules: Procedure, on: date) -> list[dict[str, Any]]:
    made = list(case.decisions.all())
    people = accounts.spoken_names(
        names=[n for d in made for n in (d.proposed_by_id, d.approved_by_id) if n],
        departments=catalogue.department_names(),
    )
    titles = {o.name: o.title for o in rules.outcomes}
    return [
        {
            "decision": decision,
            "title": titles.get(decision.outcome, decision.outcome),
            "corrections": changes_of(decision=decision) if decision.corrections else (),
            "disagreements": disagreements_of(decision=decision),
            "follows": _follows(case, decision, on),
            "proposed_by": people[decision.proposed_by_id],
            "approved_by": people[decision.approved_by_id] if decision.approved_by_id else "",
        }
        for decision in made
    ]


def _follows(case: Case, decision: Decision, on: date) -> tuple[str, ...]:
    """Say what approving a proposed correction changes besides."""
    if decision.state != DecisionState.PROPOSED or not decision.corrections:
        return ()
    rows = [of_case.record for of_case in case.records.select_related("record").order_by("pk")]
    said = (
        words
        for row in rows
        if not obstacle(record=row, on=on)
        for words in would_follow(decision=decision, record=row, on=on)
    )
    return tuple(dict.fromkeys(said))


def _choices(case: Case, rules: Procedure) -> list[dict[str, Any]]:
    return [
        {"outcome": o, "effects": "；".join(EFFECT_WORDS[e] for e in o.effects) or "记录不变"}
        for o in outcomes_of(case=case, rules=rules)
    ]


def _re_verification(case: Case, records: list[CaseRecord]) -> str:
    """A granted repair may stand on false papers: where to report that."""
    granted = case.decisions.filter(state="effective", outcome="granted").exists()
    if case.procedure != ProcedureName.CREDIT_REPAIR.value or not granted or not records:
        return ""
    return f"procedure={ProcedureName.RE_VERIFICATION.value}&record={records[0].record_id}"
