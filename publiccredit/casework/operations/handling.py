"""The steps between opening and deciding: taking, asking for papers, asking the source, extending; and closing."""

from datetime import date, datetime
from io import BytesIO

from publiccredit.accounts.operations import Act, one_act
from publiccredit.accounts.types import Actor
from publiccredit.casework import letters
from publiccredit.casework.clocks import set_due, working_days_used
from publiccredit.casework.marking import mark_at_acceptance
from publiccredit.casework.models import Case, Paper
from publiccredit.casework.reviewers import verify_reviewer
from publiccredit.casework.rules import (
    CaseRefused,
    WrongMoment,
    against_decider,
    case_for_step,
    party_of,
    unit_title,
    write_step,
)
from publiccredit.casework.types import CaseState, Happening, PaperIn
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import ClockName, Procedure, StepName
from publiccredit.subjects import papers, store

WORKING = (CaseState.OPENED, CaseState.IN_HAND, CaseState.WAITING_FOR_PAPERS, CaseState.WITH_SOURCE)


class UnableToTakePaper(CaseRefused):
    """The paper is of no kind the procedure knows, empty, too large, or there already."""


class UnableToExtend(CaseRefused):
    """The clock cannot be extended: no reason was given, it was extended before, or the days are too many."""


def take_case(*, by: Actor, case_id: int, at: datetime) -> Case:
    """
    Make the actor the owner of a case; the first time this accepts it, and marks what a reader has challenged.

    :raises AlreadyDecided: it is decided.
    :raises NotAllowed: it is the review of a decision the actor had a hand in.
    """
    with one_act(by=by, at=at, operation="take_case", object_kind="case") as act:
        case, rules = case_for_step(act=act, case_id=case_id, step=StepName.TAKE)
        verify_reviewer(case=case, by=by)
        accepts, case.owner = case.state == CaseState.OPENED, by.name
        if accepts:
            case.state = CaseState.IN_HAND
        case.save(update_fields=["state", "owner"])
        if accepts:
            mark_at_acceptance(act=act, case=case, rules=rules)
        write_step(act=act, case=case, step=StepName.TAKE.value)
    return case


def request_papers(*, by: Actor, case_id: int, asked: str, at: datetime) -> Case:
    """
    Ask the applicant for papers; the clock rests until they come, or until the days for them have passed.

    It rests as often as the rules say and never once the last day has passed: asking again, or late, does not make good
    what was not done in time. The applicant is then told that the clock runs on.

    :raises WrongMoment: the case is not in hand.
    :raises NotAllowed: it is the review of a decision the actor had a hand in.
    """
    with one_act(by=by, at=at, operation="request_papers", object_kind="case") as act:
        case, rules = case_for_step(
            act=act, case_id=case_id, step=StepName.REQUEST_PAPERS, states=(CaseState.IN_HAND,)
        )  # fmt: skip
        verify_reviewer(case=case, by=by)
        if not asked.strip():
            raise CaseRefused("请写明需要补充哪些材料。")
        rests = may_rest(case=case, rules=rules, on=act.on)
        if rests:
            days = rules.days(ClockName.PAPERS) or 0
            case.state = CaseState.WAITING_FOR_PAPERS
            case.waiting_since = act.on
            case.papers_due_on = catalogue.deadline(day=act.on, number=days).on
            case.save(update_fields=["state", "waiting_since", "papers_due_on"])
        write_step(act=act, case=case, step=StepName.REQUEST_PAPERS.value, text=asked)
        letters.request_for_papers(act=act, case=case, asked=asked)
    return case


def may_rest(*, case: Case, rules: Procedure, on: date) -> bool:
    """Tell whether a request for papers would rest the clock of a case: in time, and as often as its rules say."""
    asked = case.steps.filter(step=StepName.REQUEST_PAPERS.value).count()
    return on <= case.due_on and asked < rules.times(ClockName.PAPERS)


def hand_in_paper(*, by: Actor, case_id: int, paper: PaperIn, at: datetime) -> Paper:
    """
    Seal a paper into a case; a case that waited for papers goes on. The same paper twice is the same paper.

    :raises UnableToTakePaper: the procedure knows no such paper, or it is no file that can be read.
    """
    with one_act(by=by, at=at, operation="hand_in_paper", object_kind="case") as act:
        case, rules = case_for_step(act=act, case_id=case_id, step=StepName.HAND_IN_PAPER, states=WORKING)
        if rules.paper(paper.kind) is None:
            known = "、".join(f"{p.name}（{p.title}）" for p in rules.papers)
            raise UnableToTakePaper(f"“{rules.title}”没有材料“{paper.kind}”。请改为下列之一：{known}。")
        try:
            papers.verify(name=paper.file_name, stream=BytesIO(paper.content))
        except papers.NotAPaper as refusal:
            raise UnableToTakePaper(str(refusal)) from refusal
        kept, new = _keep(act, case, paper)
        if new:
            write_step(act=act, case=case, step=StepName.HAND_IN_PAPER.value, text=paper.kind)
        if case.state == CaseState.WAITING_FOR_PAPERS:
            go_on(act=act, case=case, rules=rules)
        act.payload |= {"paper": paper.kind, "sha256": kept.sha256}
    return kept


def _keep(act: Act, case: Case, paper: PaperIn) -> tuple[Paper, bool]:
    return Paper.objects.get_or_create(
        case=case,
        kind=paper.kind,
        sha256=store.seal(stream=BytesIO(paper.content), at_most=len(paper.content)).sha256,
        defaults={
            "file_name": paper.file_name[:255],
            "file_size": len(paper.content),
            "handed_in_by": act.by.name,
            "party": party_of(actor=act.by).value,
            "at": act.at,
            "entry_id": act.entry_id,
        },
    )


def go_on(*, act: Act, case: Case, rules: Procedure, program: bool = False) -> None:
    """Let the clock of a case that waited for papers run again, later by the working days it waited, and say so."""
    since, last = case.waiting_since or act.on, min(act.on, case.papers_due_on or act.on)
    days = working_days_used(start=since, end=last)
    case.waited_days += days
    case.state, case.waiting_since, case.papers_due_on = CaseState.IN_HAND, None, None
    before = case.due_on
    set_due(case=case)
    case.save(update_fields=["state", "waiting_since", "papers_due_on", "waited_days", "due_on", "provisional"])
    because = f"{since} 通知补正，等待材料至 {last}，停止计算 {days} 个工作日"
    _tell_moved(act, case, before, _by(rules, ClockName.PAPERS, because), program=program)


def _tell_moved(act: Act, case: Case, before: date, because: str, *, program: bool = False) -> None:
    """Whoever was told a last day is told the new one, and why; one that stays is not told anew."""
    if case.due_on == before:
        return
    provisional = "（暂定，以放假安排公布后核定的为准）" if case.provisional else ""
    text = f"办理期限由 {before} 改为 {case.due_on}{provisional}：{because}"
    write_step(act=act, case=case, step=Happening.DEADLINE_SETTLED.value, text=text, program=program)


def _by(rules: Procedure, clock: ClockName, because: str) -> str:
    """Say why a last day moves, and by which rule."""
    basis = next((c.basis for c in rules.clocks if c.name is clock), "")
    return f"{because}。依据：{basis}" if basis else because


def forward_to_source(*, by: Actor, case_id: int, question: str, at: datetime) -> Case:
    """
    Ask the department that determined the record; its own clock runs, and the case's is the one with a source.

    Asked after the last day, the case's clock stays over: a question does not make good what was not done in time.

    :raises WrongMoment: the case is not in hand.
    :raises CaseRefused: it is about the office itself: there is nobody else to ask.
    :raises NotAllowed: it is the review of a decision the actor had a hand in.
    """
    with one_act(by=by, at=at, operation="forward_to_source", object_kind="case") as act:
        case, rules = case_for_step(act=act, case_id=case_id, step=StepName.FORWARD, states=(CaseState.IN_HAND,))
        verify_reviewer(case=case, by=by)
        if against_decider(case=case):
            raise CaseRefused("投诉的就是本机构，不能转给自己核实。请直接调查处理。")
        if not question.strip():
            raise CaseRefused(f"请写明需要{unit_title(case=case)}核实的问题。")
        case.state = CaseState.WITH_SOURCE
        case.forwarded_at, case.answered_at = at, None
        if act.on <= case.due_on:
            case.total_days = max(case.total_days, rules.days(ClockName.DECIDE_WITH_SOURCE) or 0)
        number = rules.days(ClockName.SOURCE_ANSWERS) or 0
        case.source_due_on = catalogue.deadline(day=act.on, number=number).on
        before = case.due_on
        set_due(case=case)
        case.save()
        write_step(act=act, case=case, step=StepName.FORWARD.value, text=question)
        because = f"转{unit_title(case=case)}核实的，合计 {case.total_days} 个工作日"
        _tell_moved(act, case, before, _by(rules, ClockName.DECIDE_WITH_SOURCE, because))
    return case


def answer_as_source(*, by: Actor, case_id: int, answer: str, at: datetime) -> Case:
    """
    Give the source's answer to the office's question.

    :raises WrongMoment: the source was not asked.
    """
    with one_act(by=by, at=at, operation="answer_as_source", object_kind="case") as act:
        case, _ = case_for_step(act=act, case_id=case_id, step=StepName.ANSWER, states=(CaseState.WITH_SOURCE,))
        if len(answer.strip()) < 4:
            raise CaseRefused("请写明核实的情况和依据。")
        case.state, case.answered_at = CaseState.IN_HAND, at
        case.save(update_fields=["state", "answered_at"])
        write_step(act=act, case=case, step=StepName.ANSWER.value, text=answer)
    return case


def extend_deadline(*, by: Actor, case_id: int, days: int, reason: str, at: datetime) -> Case:
    """
    Extend the clock of a case once, with a signed reason that the applicant is told.

    :raises UnableToExtend: no reason, too many days, a second time, or after the last day.
    :raises NotAllowed: it is the review of a decision the actor had a hand in.
    """
    with one_act(by=by, at=at, operation="extend_deadline", object_kind="case") as act:
        case, rules = case_for_step(act=act, case_id=case_id, step=StepName.EXTEND, states=WORKING)
        verify_reviewer(case=case, by=by)
        most = rules.days(ClockName.EXTENSION) or 0
        if not 1 <= days <= most:
            raise UnableToExtend(f"一次最多延长 {most} 个工作日，实为 {days} 个。")
        if case.extended_days:
            raise UnableToExtend(f"案件 {case.number} 已经延长过一次，不能再延。")
        if len(reason.strip()) < 4:
            raise UnableToExtend("延长期限须写明理由，理由将告知申请人。")
        if act.on > case.due_on:
            raise UnableToExtend(f"期限已于 {case.due_on} 届满，逾期后不能延长。请尽快作出处理。")
        case.extended_days, before = days, case.due_on
        set_due(case=case)
        case.save(update_fields=["extended_days", "due_on", "provisional"])
        write_step(act=act, case=case, step=StepName.EXTEND.value, text=reason)
        _tell_moved(act, case, before, _by(rules, ClockName.EXTENSION, f"延长 {days} 个工作日"))
        letters.extension(act=act, case=case, days=days, reason=reason.strip("。"))
        act.payload["days"] = days
    return case


def close_case(*, by: Actor, case_id: int, delivered: str, at: datetime) -> Case:
    """
    Close a decided case: its letter was delivered, and how.

    :raises WrongMoment: it is not decided yet.
    """
    with one_act(by=by, at=at, operation="close_case", object_kind="case") as act:
        case, _ = case_for_step(act=act, case_id=case_id, step=StepName.CLOSE, states=(CaseState.DECIDED,))
        if not delivered.strip():
            raise WrongMoment("请写明决定书如何送达，例如“网上送达”“邮寄，单号…”。")
        case.state, case.closed_at = CaseState.CLOSED, at
        case.save(update_fields=["state", "closed_at"])
        write_step(act=act, case=case, step=StepName.CLOSE.value, text=delivered)
    return case
