"""
Four eyes on permissions (DP-35): what widens somebody's rights is proposed by one administrator, approved by another.

One kind of proposal serves all rights. What narrows them needs none: an account is closed and a token ended at once.
"""

from datetime import datetime

from publiccredit.accounts.acts import NotAllowed, as_its_actor
from publiccredit.accounts.granting import NotAwaited, Taking, give, verify_reason, wanted_of
from publiccredit.accounts.models import GrantProposal, Officer
from publiccredit.accounts.second_factor import second_factor_wanted
from publiccredit.accounts.types import Actor, ProposalState, ProposalTerm, SecondFactorWanted, Wanted
from publiccredit.accounts.verifying import UnableToPropose, administrators_besides, only_administrator, verify_wanted
from publiccredit.ledger.operations import record_entry


class SecondFactorMissing(Exception):
    """The approver has not proved the second factor within the last minutes, or has none."""


@as_its_actor
def propose_grant(*, by: Actor, wanted: Wanted, reason: str, term: ProposalTerm, at: datetime) -> GrantProposal:
    """
    Propose a right, with the reason, for another administrator to approve within the term.

    :raises NotAllowed: no administrator, the own account, or nobody is there who could approve it.
    :raises UnableToPropose: no reason, it is so already, or the same waits for an answer.
    :raises UnableToOpenAccount: the name is taken, or role and department do not fit.
    """
    only_administrator(by)
    verify_reason(reason)
    concerned = _concerned(wanted.officer_id)
    if concerned == by.name:
        raise NotAllowed("不能为自己的账号拟办。请由另一位管理员办理；密码可以自己修改。")
    verify_wanted(wanted=wanted)
    if not administrators_besides(by.name, concerned):
        raise NotAllowed(
            "现在没有可以审核的管理员：审核人须是拟办人和账号本人以外的另一位系统管理员。"
            "请在服务器上执行 publiccredit account open-administrator 再开设一个管理员账号。"
        )
    _nothing_alike_waits(wanted, at)
    proposal = GrantProposal.objects.create(
        kind=wanted.kind.value, about=wanted.about, officer_id=wanted.officer_id, object_id=wanted.object_id,
        terms=dict(wanted.terms), reason=reason.strip(), state=ProposalState.PROPOSED, proposed_by_id=by.name,
        proposed_at=at, proposed_session=by.session, lapses_at=at + term.length,
    )  # fmt: skip
    _enter(by, "propose_grant", proposal, at)
    return proposal


@as_its_actor
def approve_grant(*, by: Actor, proposal_id: int, term: ProposalTerm, at: datetime) -> GrantProposal:
    """
    Approve what another administrator proposed. A right without a secret takes effect with it, and is entered as such;
    any other one is collected by its proposer within the term.

    :raises NotAllowed: the proposer, the account concerned, the same log-in, or the proposer is no administrator now.
    :raises SecondFactorMissing: no fresh code of the second factor was typed.
    :raises NotAwaited: it was answered or withdrawn before, or has lapsed.
    """
    proposal = _waiting(by, proposal_id, at)
    if proposal.proposed_by_id not in administrators_besides():
        raise NotAllowed("拟办人已不是启用的系统管理员，不能按这份拟办同意。确有需要的，请重新拟办。")
    _prove_second_person(proposal, by, at)
    proposal.state, proposal.decided_by_id, proposal.decided_at = ProposalState.APPROVED, by.name, at
    proposal.decided_session, proposal.collect_until = by.session, at + term.length
    proposal.save(
        update_fields=[
            "state", "decided_by", "decided_at", "decided_session", "decided_by_second_factor", "collect_until",
        ]
    )  # fmt: skip
    if not proposal.takes_effect_with_approval:
        _enter(by, "approve_grant", proposal, at)
        return proposal
    verify_wanted(wanted=wanted_of(proposal=proposal))
    proposal.state, proposal.carried_out_at = ProposalState.CARRIED_OUT, at
    proposal.save(update_fields=["state", "carried_out_at"])
    give(taking=Taking(by=by, proposal=proposal, at=at))
    return proposal


@as_its_actor
def refuse_grant(*, by: Actor, proposal_id: int, because: str, at: datetime) -> GrantProposal:
    """
    Refuse what another administrator proposed, with the reason.

    :raises NotAllowed: the proposer, who may withdraw it, or the account concerned.
    :raises UnableToPropose: no reason.
    :raises NotAwaited: it was answered or withdrawn before, or has lapsed.
    """
    proposal = _waiting(by, proposal_id, at)
    verify_reason(because)
    proposal.state, proposal.decided_by_id, proposal.decided_at = ProposalState.REFUSED, by.name, at
    proposal.decided_session, proposal.refused_because = by.session, because.strip()
    proposal.save(update_fields=["state", "decided_by", "decided_at", "decided_session", "refused_because"])
    _enter(by, "refuse_grant", proposal, at)
    return proposal


@as_its_actor
def withdraw_grant(*, by: Actor, proposal_id: int, at: datetime) -> GrantProposal:
    """
    Withdraw an own proposal, as long as nothing has come of it.

    :raises NotAllowed: somebody else proposed it.
    :raises NotAwaited: it was refused, withdrawn or carried out, or has lapsed.
    """
    only_administrator(by)
    proposal = _locked(proposal_id)
    if proposal.proposed_by_id != by.name:
        raise NotAllowed("只有拟办人可以撤回。不应当办理的，请写明理由，不予同意。")
    if proposal.state not in (ProposalState.PROPOSED, ProposalState.APPROVED) or proposal.has_lapsed(at=at):
        raise NotAwaited(f"这件拟办{_standing(proposal, at)}，不必撤回。")
    proposal.state, proposal.withdrawn_at = ProposalState.WITHDRAWN, at
    proposal.save(update_fields=["state", "withdrawn_at"])
    _enter(by, "withdraw_grant", proposal, at)
    return proposal


# --- what is verified -----------------------------------------------------------------------------------------------


def _waiting(by: Actor, proposal_id: int, at: datetime) -> GrantProposal:
    only_administrator(by)
    proposal = _locked(proposal_id)
    if proposal.proposed_by_id == by.name:
        raise NotAllowed("拟办和审核须由两人分别办理。请交由另一位管理员审核。")
    if _concerned(proposal.officer_id) == by.name:
        raise NotAllowed("不能审核自己账号的权限。请交由另一位管理员审核。")
    if not proposal.awaits_answer or proposal.has_lapsed(at=at):
        raise NotAwaited(f"这件拟办{_standing(proposal, at)}，不能再审核。")
    return proposal


def _locked(proposal_id: int) -> GrantProposal:
    return GrantProposal.objects.select_for_update(of=("self",)).get(pk=proposal_id)


def _standing(proposal: GrantProposal, at: datetime) -> str:
    return "已经过期" if proposal.has_lapsed(at=at) else f"现为“{proposal.get_state_display()}”"


def _concerned(officer_id: int | None) -> str:
    return "" if officer_id is None else Officer.objects.values_list("username", flat=True).get(pk=officer_id)


def _nothing_alike_waits(wanted: Wanted, at: datetime) -> None:
    alike = GrantProposal.objects.filter(
        kind=wanted.kind.value, about=wanted.about, terms=dict(wanted.terms),
        state__in=[ProposalState.PROPOSED, ProposalState.APPROVED],
    )  # fmt: skip
    waiting = next((found for found in alike if not found.has_lapsed(at=at)), None)
    if waiting is not None:
        raise UnableToPropose(f"同样的第 {waiting.pk} 号拟办还没有办完（{waiting.get_state_display()}）。")


def _prove_second_person(proposal: GrantProposal, by: Actor, at: datetime) -> None:
    """Two people, at two log-ins, the second with a fresh code where there is a second factor."""
    if by.session and by.session == proposal.proposed_session:
        raise NotAllowed("拟办和审核须在两次登录中分别办理。请由审核人用本人的账号另行登录。")
    wanted = second_factor_wanted(by=by, at=at)
    if wanted is SecondFactorWanted.ENROLMENT:
        raise SecondFactorMissing("审核以前先要绑定动态口令：点右上角的姓名，再点“动态口令”。")
    if wanted is SecondFactorWanted.CODE:
        raise SecondFactorMissing("请输入手机上现在显示的 6 位动态口令；5 分钟以前输入的不算。")
    proposal.decided_by_second_factor = by.proved_at is not None


def _enter(by: Actor, operation: str, proposal: GrantProposal, at: datetime) -> None:
    """Enter what was proposed or answered; the reasons stand in the proposal, where they can be read in full."""
    terms = proposal.terms
    record_entry(
        actor=by.name,
        operation=operation,
        object_kind="grant_proposal",
        object_id=proposal.pk,
        at=at,
        payload={
            "grant": proposal.kind,
            "about": proposal.about,
            "role": terms.get("role", ""),
            "department": terms.get("department_code", ""),
        },
    )
