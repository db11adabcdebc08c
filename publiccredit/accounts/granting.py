"""
Giving a right that was approved: by its proposer, who is shown the secret once, or with the approval itself where there
is no secret; and the operator at the server's shell, who sees to it that there are two administrators.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from publiccredit.accounts.acts import (
    IssuedSecret,
    NotAllowed,
    acting,
    as_its_actor,
    end_sessions,
    enter,
    token_hash,
)
from publiccredit.accounts.models import LEAST_REASON, AccessToken, GrantProposal, Officer, RecoveryCode, SecondFactor
from publiccredit.accounts.passwords import new_password
from publiccredit.accounts.types import OF_RECIPIENTS, OFFICER_TOKEN, PROGRAM, Actor, Grant, ProposalState, Role, Wanted
from publiccredit.accounts.verifying import UnableToPropose, administrators_besides, only_administrator, verify_wanted
from publiccredit.ledger.operations import record_entry

OF_THE_SHELL = frozenset({Grant.OPEN_ACCOUNT, Grant.REOPEN_ACCOUNT, Grant.RESET_PASSWORD, Grant.RESET_SECOND_FACTOR})
ENOUGH = 2  # administrators besides the account concerned: then the pages can do it


class NotAwaited(Exception):
    """The proposal does not wait for this any more: it was answered, withdrawn or used, or has lapsed."""


@dataclass(frozen=True)
class Taking:
    """A right being given: who acts, on which proposal, when."""

    by: Actor
    proposal: GrantProposal
    at: datetime
    from_shell: bool = False

    @property
    def at_shell(self) -> bool | str:
        """What the ledger notes of an act at the shell; of any other, nothing."""
        return self.from_shell or ""

    @property
    def officer(self) -> Officer:
        assert self.proposal.officer_id is not None
        return Officer.objects.select_for_update().get(pk=self.proposal.officer_id)

    @property
    def number(self) -> str:
        return "" if self.from_shell else str(self.proposal.pk)

    @property
    def reason(self) -> str:
        """The reason as the ledger keeps it: the operator's; that of a proposal is read there."""
        return self.proposal.reason if self.from_shell else ""


def wanted_of(*, proposal: GrantProposal) -> Wanted:
    """Give what a proposal asks for."""
    return Wanted(
        kind=proposal.grant,
        about=proposal.about,
        officer_id=proposal.officer_id,
        object_id=proposal.object_id,
        terms=proposal.terms,
    )


def take_proposal(*, by: Actor, proposal_id: int, kind: Grant, at: datetime) -> GrantProposal:
    """
    Mark an approved proposal as carried out, for the act that gives the right in the same transaction.

    :raises NotAllowed: only its proposer collects what was approved.
    :raises NotAwaited: it is not approved, was collected before, or its time is over.
    """
    only_administrator(by)
    proposal = GrantProposal.objects.select_for_update(of=("self",)).get(pk=proposal_id)
    if proposal.proposed_by_id != by.name:
        raise NotAllowed("审核同意后由拟办人领取：密码和令牌只给拟办人看一次。")
    if proposal.grant is not kind or proposal.state != ProposalState.APPROVED:
        raise NotAwaited(f"这件拟办现为“{proposal.get_state_display()}”，不能领取。")
    if proposal.has_lapsed(at=at):
        raise NotAwaited("同意以后没有按期领取，已经失效。请重新拟办。")
    proposal.state, proposal.carried_out_at = ProposalState.CARRIED_OUT, at
    proposal.save(update_fields=["state", "carried_out_at"])
    return proposal


@as_its_actor
def collect_grant(*, by: Actor, proposal_id: int, at: datetime) -> IssuedSecret:
    """
    Give what was approved about an account, and show its secret to the proposer, once.

    :raises NotAllowed: somebody else proposed it.
    :raises NotAwaited: it is not approved, was collected before, or its time is over.
    :raises UnableToOpenAccount: the name was taken in the meantime.
    """
    kind = Grant(GrantProposal.objects.values_list("kind", flat=True).get(pk=proposal_id))
    if kind in OF_RECIPIENTS:
        raise NotAwaited("接收方的令牌和密钥在接收方的页面领取。")
    proposal = take_proposal(by=by, proposal_id=proposal_id, kind=kind, at=at)
    verify_wanted(wanted=wanted_of(proposal=proposal))
    made = give(taking=Taking(by=by, proposal=proposal, at=at))
    assert made is not None
    return made


@as_its_actor
def grant_at_shell(*, by: Actor, wanted: Wanted, reason: str, at: datetime) -> IssuedSecret | None:
    """
    Open an administrator's account or let an administrator in again, as the operator at the server's shell.

    :raises NotAllowed: two other administrators are there and can do it, or it is about no administrator.
    :raises UnableToPropose: there is no reason, or it is so already.
    :raises UnableToOpenAccount: the name is taken.
    """
    verify_reason(reason)
    verify_wanted(wanted=wanted)
    concerned = None if wanted.officer_id is None else Officer.objects.get(pk=wanted.officer_id)
    role = wanted.terms.get("role") if concerned is None else concerned.role
    if by.role is not None or wanted.kind not in OF_THE_SHELL or role != Role.ADMINISTRATOR.value:
        raise NotAllowed("服务器上的命令只用来开设管理员账号，或者让管理员重新登录。其他账号由管理员在“账号”页拟办。")
    others = administrators_besides(concerned.username if concerned else "")
    if len(others) >= ENOUGH:
        raise NotAllowed(
            f"已有 {len(others)} 位其他管理员（{'、'.join(others)}）：请由其中一位在“账号”页拟办，另一位审核。"
            "他们也登录不了的，先停用他们的账号（account close），再执行本命令。"
        )
    proposal = GrantProposal.objects.create(
        kind=wanted.kind.value, about=wanted.about, officer=concerned, terms=dict(wanted.terms), reason=reason.strip(),
        state=ProposalState.CARRIED_OUT, proposed_at=at, lapses_at=at + timedelta(days=1), carried_out_at=at,
    )  # fmt: skip
    return give(taking=Taking(by=by, proposal=proposal, at=at, from_shell=True))


def verify_reason(reason: str) -> None:
    """Refuse what gives no reason."""
    if len(reason.strip()) < LEAST_REASON:
        raise UnableToPropose("请写明理由，如“新任联络员，部门来函”或者“手机遗失，本人到场核对”。")


# --- what each right is ---------------------------------------------------------------------------------------------


def give(*, taking: Taking) -> IssuedSecret | None:
    """Give the right and enter it; the database looks the proposal up once more."""
    match taking.proposal.grant:
        case Grant.OPEN_ACCOUNT:
            return _open_account(taking)
        case Grant.RESET_PASSWORD:
            return _reset_password(taking)
        case Grant.ISSUE_TOKEN:
            return _issue_token(taking)
        case Grant.ASSIGN_ROLE:
            _assign_role(taking)
        case Grant.REOPEN_ACCOUNT:
            _reopen_account(taking)
        case Grant.RESET_SECOND_FACTOR:
            _reset_second_factor(taking)
        case Grant.ISSUE_RECIPIENT_TOKEN | Grant.RENEW_RECIPIENT_KEY:
            raise AssertionError("the package of recipients gives its own rights")
    return None


def _open_account(taking: Taking) -> IssuedSecret:
    terms, password = taking.proposal.terms, new_password()
    officer = Officer(
        username=terms["username"],
        display_name=terms["display_name"],
        role=terms["role"],
        department_code=terms["department_code"],
        must_change_password=True,
        created_at=taking.at,
    )
    officer.set_password(password)
    officer.save(force_insert=True)
    enter(
        taking.by, "open_account", officer, taking.at, role=officer.role, department=officer.department_code,
        grant_proposal=taking.number, reason=taking.reason, at_shell=taking.at_shell,
    )  # fmt: skip
    return IssuedSecret(object_id=officer.pk, secret=password)


def _reset_password(taking: Taking) -> IssuedSecret:
    officer, password = taking.officer, new_password()
    officer.set_password(password)
    officer.must_change_password = True
    officer.save(update_fields=["password", "must_change_password"])
    enter(
        taking.by, "reset_password", officer, taking.at, grant_proposal=taking.number, reason=taking.reason,
        at_shell=taking.at_shell,
    )  # fmt: skip
    return IssuedSecret(object_id=officer.pk, secret=password)


def _issue_token(taking: Taking) -> IssuedSecret:
    terms, officer, secret = taking.proposal.terms, taking.officer, f"{OFFICER_TOKEN}{secrets.token_urlsafe(32)}"
    token = AccessToken.objects.create(
        officer=officer, name=terms["name"], secret_sha256=token_hash(secret), scopes=sorted(terms["scopes"]),
        created_at=taking.at, expires_at=taking.at + timedelta(days=terms["days"]),
    )  # fmt: skip
    record_entry(
        actor=taking.by.name, operation="issue_token", object_kind="access_token", object_id=token.pk, at=taking.at,
        payload={
            "officer": officer.username, "scopes": ",".join(token.scopes), "grant_proposal": taking.number,
        },
    )  # fmt: skip
    return IssuedSecret(object_id=token.pk, secret=secret)


def _assign_role(taking: Taking) -> None:
    """The officer's tokens end: they were issued for the former post."""
    officer, terms = taking.officer, taking.proposal.terms
    former_role, former_department = officer.role, officer.department_code
    officer.role, officer.department_code = terms["role"], terms["department_code"]
    officer.save(update_fields=["role", "department_code"])
    AccessToken.objects.filter(officer=officer, revoked_at__isnull=True).update(revoked_at=taking.at)
    enter(
        taking.by, "assign_role", officer, taking.at, role=officer.role, department=officer.department_code,
        former_role=former_role, former_department=former_department, grant_proposal=taking.number,
    )  # fmt: skip


def _reopen_account(taking: Taking) -> None:
    """Its tokens stay revoked, its sessions ended."""
    officer = taking.officer
    officer.is_active = True
    officer.save(update_fields=["is_active"])
    enter(
        taking.by, "reopen_account", officer, taking.at, grant_proposal=taking.number, reason=taking.reason,
        at_shell=taking.at_shell,
    )  # fmt: skip


def _reset_second_factor(taking: Taking) -> None:
    """Every session of the officer ends with it."""
    officer = taking.officer
    with acting(actor=PROGRAM):  # nobody else reads or removes another's second factor
        RecoveryCode.objects.filter(officer=officer).delete()
        SecondFactor.objects.filter(officer=officer).delete()
    officer.second_factor_since = None
    officer.save(update_fields=["second_factor_since"])
    end_sessions(officer, taking.at)
    enter(
        taking.by, "reset_second_factor", officer, taking.at, grant_proposal=taking.number, reason=taking.reason,
        at_shell=taking.at_shell,
    )  # fmt: skip
