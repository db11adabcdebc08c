"""
Deciding: an outcome with reasons by a named human, and by a second one where the rules ask for it.

What the decision does to the record happens in the same transaction; every surface reads the record.
"""

from dataclasses import replace
from datetime import datetime

from django.db.models import Q

from publiccredit.accounts import queries as accounts
from publiccredit.accounts.operations import Act, NotAllowed, one_act
from publiccredit.accounts.types import Actor, Role, SecondFactorWanted
from publiccredit.casework import letters
from publiccredit.casework.awaited_papers import verify_days_for_papers, verify_papers_asked_for
from publiccredit.casework.changes import verify_changed
from publiccredit.casework.clocks import passed_percents, percents_in_words
from publiccredit.casework.correcting import corrected
from publiccredit.casework.doubts import CONFIRMED, verify_values
from publiccredit.casework.effects import REPAIR_EFFECTS, carry_out
from publiccredit.casework.eligibility import eligibility
from publiccredit.casework.models import Case, Decision, DeclaredRelation
from publiccredit.casework.operations.handling import go_on
from publiccredit.casework.public_words import verify_public_words
from publiccredit.casework.reasons import fault_of_reasons
from publiccredit.casework.reviewers import hands_in, verify_reviewer
from publiccredit.casework.rules import CaseRefused, WrongMoment, case_for_step, outcomes_of, papers_lacking, write_step
from publiccredit.casework.severity_corrections import verify_severity_alone
from publiccredit.casework.types import (
    CaseState,
    DecisionState,
    Eligibility,
    Happening,
    Verdict,
)
from publiccredit.catalogue.types import ConditionName, Effect, Outcome, Party, Procedure, StepName
from publiccredit.ledger.types import china_day
from publiccredit.subjects import operations as subjects
from publiccredit.subjects.queries import Record

DECIDABLE = (CaseState.IN_HAND, CaseState.WITH_SOURCE, CaseState.WAITING_FOR_PAPERS)
LEAST_BECAUSE = 4  # characters why a proposal is made anew
BY_OFFICER = frozenset(  # a paper may not convince
    {
        ConditionName.REPAIRABLE,  # what law excludes is found by who decides, and said by no applicant
        ConditionName.DUTIES_PERFORMED,
        ConditionName.COMMITMENT,
        ConditionName.COURT_ORDER,
    }
)


class ReasonsMissing(CaseRefused):
    """The decision gives no reasons, or the template as it was."""


class ConditionsNotMet(CaseRefused):
    """The repair cannot be granted yet, or not be refused on that condition; the message says which and from when."""


class NotAhead(CaseRefused):
    """The day from which one may apply again is today or past: the letter would send its reader back at once."""


class PapersMissing(CaseRefused):
    """A paper the outcome stands on is not in the case."""


class SecondFactorMissing(CaseRefused):
    """The second person has not proved the second factor within the last minutes, or has none."""


class WrongOutcome(CaseRefused):
    """The outcome does not belong to this kind of case or ground, or lacks what it stands on."""


def decide(*, by: Actor, case_id: int, verdict: Verdict, at: datetime) -> Decision:
    """
    Decide a case: at once where one person may, otherwise as a proposal for a second one.

    :raises ReasonsMissing: no reasons of its own.
    :raises PublicWordsMissing: a withdrawal without words for the public, or words nobody may read there.
    :raises WrongOutcome: the outcome does not fit the case.
    :raises ConditionsNotMet: a repair is granted too early, or refused on a condition that holds.
    :raises NotAhead: the day on which a refused repair is expected to be possible has come already.
    :raises PapersMissing: a paper the outcome stands on is missing.
    :raises PapersNotAskedFor: it refuses a repair for want of papers that were never asked for.
    :raises PapersAwaited: it gives the applicant nothing, who may still hand in the papers it was asked for.
    :raises NotAllowed: the case is not the actor's to decide.
    :raises AlreadyDecided: it is decided.
    """
    with one_act(by=by, at=at, operation="decide", object_kind="case") as act:
        case, rules = case_for_step(act=act, case_id=case_id, step=StepName.PROPOSE, states=DECIDABLE)
        _somebody_else(case, by)
        outcome = _outcome(rules, case, verdict)
        verify_days_for_papers(case=case, outcome=outcome, on=act.on)
        _verify_reasons(text=verdict.reasons, template=outcome.template)
        verify_public_words(text=verdict.public_notice, outcome=outcome, case=case)
        records = subjects.lock_records(record_ids=case.records.values_list("record_id", flat=True))
        verdict = _verify_substance(act, case, rules, outcome, verdict, list(records.values()))
        if case.state == CaseState.WAITING_FOR_PAPERS:  # a proposal ends the wait, so its clock runs again
            go_on(act=act, case=case, rules=rules)
        decision = _write(act, case, outcome, verdict)
        write_step(act=act, case=case, step=StepName.PROPOSE.value, text=outcome.title)
        act.payload["outcome"] = outcome.name
        if outcome.four_eyes:
            _somebody_can_approve(case, by)
            act.payload["proposed"] = True
            case.state = CaseState.PROPOSED
            case.save(update_fields=["state"])
        else:
            _take_effect(act, case, rules, decision)
    return decision


def approve(*, by: Actor, case_id: int, at: datetime, seen: int | None = None) -> Decision:
    """
    Let a proposed decision take effect, by a head of the deciding body who did not propose it (DP-35).

    ``seen`` is the proposal that was read: another one, made since, is not approved for it.

    :raises NotAllowed: the same person, the same log-in, no head, one with no part in the case, or whoever proposed it
        has declared a relation since.
    :raises SecondFactorMissing: no fresh code of the second factor was typed.
    :raises ConditionsNotMet: what a repair asks for held when it was proposed, and does so no longer.
    :raises UnableToCorrectSeverity: a record whose severity is corrected has ended since, or has that severity by now.
    :raises WrongMoment: nothing is proposed, or something else than what was seen.
    """
    with one_act(by=by, at=at, operation="approve_decision", object_kind="case") as act:
        case, rules = case_for_step(act=act, case_id=case_id, step=StepName.APPROVE, states=(CaseState.PROPOSED,))
        decision = _proposed(case, by, seen)
        _somebody_else(case, by)
        _still_free(case, decision)
        _still_holds(case, rules, decision, at)
        _prove_second_person(decision, by, at)
        decision.approved_by_id, decision.approved_at = by.name, at
        write_step(act=act, case=case, step=StepName.APPROVE.value)
        _take_effect(act, case, rules, decision)
    return decision


def return_proposal(*, by: Actor, case_id: int, because: str, at: datetime, seen: int | None = None) -> Case:
    """
    Send a proposed decision back to be made anew, with the reason.

    :raises NotAllowed: the same person, no head, one with no part in the case, or the first decider in a review.
    :raises ReasonsMissing: it does not say why.
    :raises WrongMoment: nothing is proposed, or something else than what was seen.
    """
    with one_act(by=by, at=at, operation="return_proposal", object_kind="case") as act:
        case, _ = case_for_step(act=act, case_id=case_id, step=StepName.APPROVE, states=(CaseState.PROPOSED,))
        decision = _proposed(case, by, seen)
        _somebody_else(case, by)
        if len(because.strip()) < LEAST_BECAUSE:
            raise ReasonsMissing("请写明退回的理由。")
        _to_be_made_anew(act, case, decision, DecisionState.RETURNED, because)
        write_step(act=act, case=case, step=Happening.RETURNED.value, text=because)
    return case


def take_back_proposal(*, by: Actor, case_id: int, because: str, at: datetime) -> Case:
    """
    Take back what one has proposed oneself, as long as no head has decided on it, to make it anew.

    :raises NotAllowed: somebody else proposed it; a head can send it back.
    :raises ReasonsMissing: it does not say why.
    :raises AlreadyDecided: a head has approved it.
    :raises WrongMoment: nothing is proposed; a head has sent it back.
    """
    with one_act(by=by, at=at, operation="take_back_proposal", object_kind="case") as act:
        case, _ = case_for_step(act=act, case_id=case_id, step=StepName.PROPOSE, states=(CaseState.PROPOSED,))
        decision = _standing(case)
        if decision.proposed_by_id != by.name:
            raise NotAllowed("拟办意见只由拟办人本人撤回。需要重新拟办的，请由负责人退回。")
        _somebody_else(case, by)
        if len(because.strip()) < LEAST_BECAUSE:
            raise ReasonsMissing("请写明撤回的理由。")
        _to_be_made_anew(act, case, decision, DecisionState.TAKEN_BACK, because)
        write_step(act=act, case=case, step=Happening.PROPOSAL_TAKEN_BACK.value, text=because)
    return case


def repair_eligibility(*, case: Case, rules: Procedure, record: Record, on: datetime) -> Eligibility:
    """Compute the conditions of a repair case with the papers that are in it."""

    kinds = set(case.papers.values_list("kind", flat=True))
    return eligibility(record=record, procedure=rules, ground=case.ground, papers=kinds, on=china_day(at=on))


# --- what is verified -----------------------------------------------------------------------------------------------


def _outcome(rules: Procedure, case: Case, verdict: Verdict) -> Outcome:
    outcome = rules.outcome(verdict.outcome)
    fitting = outcomes_of(case=case, rules=rules)
    if outcome is None or outcome not in fitting:
        known = "、".join(f"{o.name}（{o.title}）" for o in fitting)
        raise WrongOutcome(f"本案不能作出结果“{verdict.outcome}”。请改为下列之一：{known}。")
    if outcome.needs_order and (verdict.order is None or not verdict.order.number.strip()):
        raise WrongOutcome(f"“{outcome.title}”须凭法院或者复议机关的文书。请填写文书号和期间。")
    if Effect.SHIELD in outcome.effects and (verdict.order is None or verdict.order.until is None):
        raise WrongOutcome("暂时屏蔽须写明至哪一日止。")
    if verdict.order is not None and verdict.order.until is not None and verdict.order.until <= verdict.order.begins:
        raise WrongOutcome(f"文书所定的止日 {verdict.order.until} 应晚于起日 {verdict.order.begins}。请核对文书。")
    return outcome


def _verify_reasons(*, text: str, template: str) -> None:
    if fault := fault_of_reasons(text=text, template=template):
        raise ReasonsMissing(fault)


def _verify_substance(
    act: Act, case: Case, rules: Procedure, outcome: Outcome, verdict: Verdict, records: list[Record]
) -> Verdict:
    if outcome.effects:
        missing = papers_lacking(case=case, rules=rules)
        if missing and not rules.conditions:
            raise PapersMissing(f"缺少材料：{'、'.join(missing)}。请补交后再作决定。")
    if Effect.CORRECT in outcome.effects:
        for record in records:
            corrected(record_id=record.pk, wanted=verdict.corrections, on=act.on)
            verify_values(record=record, corrections=verdict.corrections, confirmed=verdict.confirmed, on=act.on)
            if outcome.of_severity:
                verify_severity_alone(record=record, corrections=verdict.corrections, on=act.on)
        verify_changed(records=records, corrections=verdict.corrections, on=act.on)
    if rules.conditions:
        return _verify_repair(act, case, rules, outcome, verdict, records[0])
    return verdict


def _verify_repair(
    act: Act, case: Case, rules: Procedure, outcome: Outcome, verdict: Verdict, record: Record
) -> Verdict:
    found = repair_eligibility(case=case, rules=rules, record=record, on=act.at)
    if {Effect.END_DISCLOSURE, Effect.SHIELD} & set(outcome.effects):
        if not found.holds:
            raise ConditionsNotMet(f"还不能作出“{outcome.title}”的决定：" + "".join(c.reason for c in found.failing))
        return verdict
    failing = {c.name for c in found.failing}
    verify_papers_asked_for(case=case, rules=rules, failing=failing)
    doubted = set(verdict.failing) & BY_OFFICER & {c.name for c in found.conditions}
    if unfounded := set(verdict.failing) - failing - doubted:
        titles = "、".join(c.title for c in rules.conditions if c.name in unfounded)
        raise ConditionsNotMet(f"“{titles}”已经满足，或者不是这一理由的条件，不能以此不予修复。")
    if not failing | doubted:
        raise ConditionsNotMet("各项条件均已满足，应当准予修复；确有疑问的，须写明哪一项条件未满足。")
    if verdict.holds_from is not None and verdict.holds_from <= act.on:
        raise NotAhead(f"预计何时满足应为今天（{act.on}）以后的日期，实为 {verdict.holds_from}。不能预计的，请留空。")
    known = [c.holds_from for c in found.failing if c.holds_from is not None]
    return replace(
        verdict,
        failing=tuple(sorted(failing | doubted)),
        holds_from=max([*known, *([verdict.holds_from] if verdict.holds_from else [])], default=None),
    )


def _somebody_else(case: Case, by: Actor) -> None:
    if not accounts.officers().filter(username=by.name, is_active=True).exists():
        raise NotAllowed("决定须由在册的工作人员本人作出。请用本人账号登录。")
    verify_reviewer(case=case, by=by)


def _somebody_can_approve(case: Case, by: Actor) -> None:
    """A proposal that nobody can approve would lie until it is overdue: say so before it is made."""
    body = Q(role=Role.OFFICE_HEAD)
    if case.decided_by_party == Party.SOURCE.value:
        body = Q(role=Role.DEPARTMENT_HEAD, department_code=case.department_code)
    heads = set(
        accounts.officers().filter(body, is_active=True).exclude(username=by.name).values_list("username", flat=True)
    )
    took_part = hands_in(cases=[case])[case.pk]
    related = DeclaredRelation.objects.filter(subject=case.subject).values_list("officer_id", flat=True)
    if not heads - took_part - set(related):
        raise NotAllowed(
            "这项决定须由本单位负责人审核，现在没有可以审核的负责人：本人拟办的、作过原决定的和应当回避的除外。"
            "请由其他工作人员拟办，或者请系统管理员为另一位负责人开设账号。"
        )


def _standing(case: Case) -> Decision:
    return Decision.objects.select_for_update(of=("self",)).get(case=case, state=DecisionState.PROPOSED)


def _proposed(case: Case, by: Actor, seen: int | None) -> Decision:
    decision = _standing(case)
    if seen not in (None, decision.pk):
        raise WrongMoment("您看过的拟办意见已经撤回或者退回，现在的是重新拟办的。请看过现在的拟办意见再办理。")
    if decision.proposed_by_id == by.name:
        raise NotAllowed("拟办和审核须由两人分别办理。请交由另一位负责人审核。")
    if not by.is_head:
        raise NotAllowed("审核由作出决定的单位的负责人办理。请交由负责人审核或者退回。")
    return decision


def _still_free(case: Case, decision: Decision) -> None:
    """What somebody proposed before declaring a relation is made anew by another (DP-34)."""
    if DeclaredRelation.objects.filter(subject=case.subject, officer_id=decision.proposed_by_id).exists():
        raise NotAllowed("拟办人在拟办以后申报了应当回避的关系，不能按这份拟办决定。请退回，由其他工作人员重新拟办。")


def _still_holds(case: Case, rules: Procedure, decision: Decision, at: datetime) -> None:
    """A severity or a day may have been put right since the proposal: a repair is granted on what holds when it is."""
    outcome = rules.outcome(decision.outcome)
    if outcome is not None and outcome.of_severity:
        rows = subjects.lock_records(record_ids=case.records.values_list("record_id", flat=True))
        for row in rows.values():
            verify_severity_alone(record=row, corrections=decision.corrections, on=china_day(at=at))
        return
    if not rules.conditions or not set(decision.effects) & {Effect.END_DISCLOSURE, Effect.SHIELD}:
        return
    (record,) = subjects.lock_records(record_ids=case.records.values_list("record_id", flat=True)).values()
    found = repair_eligibility(case=case, rules=rules, record=record, on=at)
    if not found.holds:
        because = "".join(c.reason for c in found.failing)
        raise ConditionsNotMet(f"拟办以后情况有变，现在不能准许：{because}请退回，由拟办人重新拟办。")


def _prove_second_person(decision: Decision, by: Actor, at: datetime) -> None:
    """Four eyes are two people, at two log-ins, the second with a fresh code where there is a second factor."""
    if by.session and by.session == decision.proposed_session:
        raise NotAllowed("拟办和审核须在两次登录中分别办理。请由审核人用本人的账号另行登录。")
    wanted = accounts.second_factor_wanted(by=by, at=at)
    if wanted is SecondFactorWanted.ENROLMENT:
        raise SecondFactorMissing("审核须两人办理的决定，先要绑定动态口令：点右上角的姓名，再点“动态口令”。")
    if wanted is SecondFactorWanted.CODE:
        raise SecondFactorMissing("请输入手机上现在显示的 6 位动态口令；5 分钟以前输入的不算。")
    decision.approved_session = by.session
    decision.approved_by_second_factor = by.proved_at is not None


# --- what is written ------------------------------------------------------------------------------------------------


def _write(act: Act, case: Case, outcome: Outcome, verdict: Verdict) -> Decision:
    return Decision.objects.create(
        case=case,
        outcome=outcome.name,
        effects=_effects_to_carry_out(case, outcome),
        withdrawn_as=outcome.withdrawn_as.value if outcome.withdrawn_as else "",
        reasons=_with_confirmation(verdict),
        template=outcome.template,
        public_notice=verdict.public_notice.strip() or outcome.title,
        corrections=dict(verdict.corrections),
        failing_conditions=[c.value for c in verdict.failing],
        holds_from=verdict.holds_from,
        order_number=verdict.order.number.strip() if verdict.order else "",
        order_from=verdict.order.begins if verdict.order else None,
        order_until=verdict.order.until if verdict.order else None,
        four_eyes=outcome.four_eyes,
        state=DecisionState.PROPOSED,
        proposed_by_id=act.by.name,
        proposed_at=act.at,
        proposed_session=act.by.session,
        entry_id=act.entry_id,
    )


def _to_be_made_anew(act: Act, case: Case, decision: Decision, state: DecisionState, because: str) -> None:
    decision.state, decision.returned_because = state, because.strip()
    decision.save(update_fields=["state", "returned_because"])
    case.state = CaseState.IN_HAND
    case.save(update_fields=["state"])
    act.payload["outcome"] = decision.outcome


def _effects_to_carry_out(case: Case, outcome: Outcome) -> list[str]:
    """A repair is undone once: a review that leaves it at that touches no repair granted since, on other papers."""
    undone = Decision.objects.filter(
        case__review=case, state=DecisionState.EFFECTIVE, effects__contains=[Effect.UNDO_REPAIR.value]
    )
    done = {Effect.UNDO_REPAIR} if case.reviews_id is not None and undone.exists() else set()
    return [e.value for e in outcome.effects if e not in done]


def _with_confirmation(verdict: Verdict) -> str:
    """Why a value that looks wrong is right belongs to the reasons: whoever approves it and whoever is told read it."""
    said = f"\n{CONFIRMED}{verdict.confirmed.strip()}" if verdict.confirmed.strip() else ""
    return verdict.reasons.strip() + said


def _take_effect(act: Act, case: Case, rules: Procedure, decision: Decision) -> None:
    decision.state, decision.effective_at, decision.entry_id = DecisionState.EFFECTIVE, act.at, act.entry_id
    approval = ("approved_by", "approved_at", "approved_session", "approved_by_second_factor")
    decision.save(update_fields=["state", "effective_at", "entry_id", *approval])
    if passed := passed_percents(case=case, rules=rules, on=act.on):  # while no worker ran
        act.payload["passed_percents"] = percents_in_words(passed)
    act.payload |= {"outcome": decision.outcome, **carry_out(act=act, case=case, rules=rules, decision=decision)}
    case.state, case.decided_at = CaseState.DECIDED, act.at
    case.save(update_fields=["state", "decided_at"])
    write_step(act=act, case=case, step=Happening.EFFECTIVE.value, text=decision.public_notice)
    repaired = Effect.END_DISCLOSURE in decision.effects
    ends = [(effect.title, effect.column) for effect in REPAIR_EFFECTS] if repaired else []
    letters.decision(act=act, case=case, procedure=rules, made=decision, ends=ends)
