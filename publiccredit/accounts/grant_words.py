"""A proposal of a right as a person reads it: its terms as facts, and how it stands."""

from collections.abc import Mapping
from datetime import datetime

from publiccredit.accounts.models import GrantProposal
from publiccredit.accounts.types import ROLE_TITLES, SCOPE_TITLES, WITH_APPROVAL, Grant, ProposalState, Role, TokenScope

LOOKS = {
    ProposalState.PROPOSED: "waiting",
    ProposalState.APPROVED: "waiting",
    ProposalState.REFUSED: "adverse",
    ProposalState.WITHDRAWN: "ended",
    ProposalState.CARRIED_OUT: "ended-well",
}
NO_DEPARTMENT = "不属于报送部门"
FOLLOWS: dict[Grant, str] = {
    Grant.OPEN_ACCOUNT: "同意后由拟办人领取初始密码，当面交给本人；本人首次登录时更换。",
    Grant.ASSIGN_ROLE: "同意后立即生效，这个账号现有的接口令牌随即吊销。",
    Grant.REOPEN_ACCOUNT: "同意后立即生效。原有令牌不会恢复，需要时另行签发。",
    Grant.RESET_PASSWORD: "同意后由拟办人领取新的初始密码，当面交给本人；本人下次登录时更换。",
    Grant.RESET_SECOND_FACTOR: "同意后立即生效，本人的登录全部退出，重新登录后再绑定。",
    Grant.ISSUE_TOKEN: "同意后由拟办人领取令牌，只显示一次。",
    Grant.ISSUE_RECIPIENT_TOKEN: "同意后由拟办人领取令牌，首个令牌连同签名密钥，只显示一次，交给对方的技术人员。",
    Grant.RENEW_RECIPIENT_KEY: "同意后由拟办人领取密钥，从那时起通知改用新密钥签名，请同时交给对方。",
}


def facts_of(*, proposal: GrantProposal, departments: Mapping[str, str]) -> list[tuple[str, str]]:
    """Give what is proposed, fact by fact; where something changes, what it is now stands beside it."""
    terms = proposal.terms
    facts = [("接收方" if proposal.object_id else "账号", proposal.about)]
    if "display_name" in terms:
        facts.append(("姓名", terms["display_name"]))
    if "role" in terms:
        facts.append(("岗位", ROLE_TITLES[Role(terms["role"])]))
        facts.append(("部门", departments.get(terms["department_code"], terms["department_code"]) or NO_DEPARTMENT))
    if proposal.officer is not None:
        facts += _now(proposal, departments)
    if said := terms.get("name") or terms.get("purpose"):
        facts.append(("用途", said))
    if "scopes" in terms:
        facts.append(("权限范围", "、".join(SCOPE_TITLES[TokenScope(scope)] for scope in terms["scopes"])))
    if "days" in terms:
        facts.append(("有效期", f"{terms['days']} 天"))
    return facts


def _now(proposal: GrantProposal, departments: Mapping[str, str]) -> list[tuple[str, str]]:
    """Whose account it is; before anything has happened also its post, which is what a change is judged by."""
    officer = proposal.officer
    assert officer is not None
    facts = [("姓名", officer.display_name)]
    if proposal.state in (ProposalState.PROPOSED, ProposalState.APPROVED):
        of = departments.get(officer.department_code, officer.department_code) or NO_DEPARTMENT
        facts.append(("现在的岗位", f"{officer.get_role_display()}，{of}"))
    return facts


def standing_of(*, proposal: GrantProposal, at: datetime) -> tuple[str, str]:
    """Give how a proposal stands, as a look and its words."""
    if proposal.has_lapsed(at=at):
        return "ended", "过期未审核，已失效" if proposal.awaits_answer else "过期未领取，已失效"
    state = ProposalState(proposal.state)
    words = proposal.get_state_display()
    if state is ProposalState.CARRIED_OUT and proposal.grant not in WITH_APPROVAL:
        words = "已领取"
    return LOOKS[state], words
