"""Four eyes on permissions from the shell: grant list, show, propose, approve, refuse, withdraw, collect."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from publiccredit.site.commands.acting import acting_account, proved, ready, refusal_code, word_of
from publiccredit.site.commands.running import now, today
from publiccredit.site.commands.speaking import Command, Group, NumberBetween, Refused, answer, say

if TYPE_CHECKING:
    from publiccredit.accounts.queries import GrantProposal
    from publiccredit.accounts.types import Actor, Grant, Wanted

_by = click.option("--by", "account", metavar="账号", required=True, help="办理的系统管理员的账号。")
_number = click.argument("number", metavar="拟办编号", type=int)


@click.group("grant", cls=Group)
def grant() -> None:
    """权限：一位管理员拟办，另一位审核。"""


@grant.command("list", cls=Command)
@click.option("--waiting-for", "account", metavar="账号", help="只列等这位管理员审核的。")
def list_grants(account: str | None) -> None:
    """列出权限拟办，最近的在前。"""
    with ready():
        from publiccredit.accounts import queries

        chosen = queries.grant_proposals()
        if account:
            chosen = queries.waiting_grants(by=acting_account(account), at=now())
        rows = [_in_short(found) for found in chosen]
    answer(rows)
    for row in rows:
        say(f"{row['number']}  {row['kind_title']}  {row['about']}  {row['state_title']}  {row['reason']}")
    say(f"共 {len(rows)} 件。")


@grant.command("show", cls=Command)
@_number
def show(number: int) -> None:
    """显示一件拟办：内容、理由、谁拟办、谁审核。"""
    with ready():
        data = _in_short(_found(number))
    answer(data)
    say(f"第 {number} 号  {data['kind_title']}  {data['about']}  {data['state_title']}")
    for title, value in data["facts"].items():
        say(f"  {title}：{value}")
    say(f"  理由：{data['reason']}")
    say(f"  拟办：{data['proposed_by'] or '服务器上的操作员'}，{data['proposed_at']}")
    if data["decided_by"]:
        say(f"  审核：{data['decided_by']}，{data['decided_at']} {data['refused_because']}".rstrip())


@grant.command("propose", cls=Command)
@click.argument("kind", metavar="事项")
@click.option("--account", "about", metavar="账号", help="对哪个账号；开户时是新的账号名。")
@click.option("--name", metavar="文字", default="", help="开户时的姓名，或者令牌的用途。")
@click.option("--role", metavar="岗位", default="", help="liaison、department_head、office_clerk 等。")
@click.option("--department", metavar="部门代码", default="", help="联络员和部门负责人必填。")
@click.option("--scope", "scopes", metavar="范围", multiple=True, help="send_submissions 或 read_submissions，可重复。")
@click.option("--days", type=NumberBetween(1, 366), default=90, help="令牌的有效期，默认 90 天。")
@click.option("--recipient", metavar="编号", type=int, help="接收方的编号。")
@click.option("--reason", metavar="理由", required=True, help="审核人凭它判断。")
@_by
def propose(kind: str, **given: Any) -> None:
    """拟办一件权限，等另一位管理员审核。事项如 open_account、assign_role、reset_password、issue_token。"""
    with ready(), refusals():
        from publiccredit.accounts.types import Grant

        made = _proposed(word_of(Grant, kind, "事项"), acting_account(given["account"]), given)
        data = _in_short(made)
    answer(data)
    say(f"第 {data['number']} 号拟办已提交，最迟 {data['ends_at']} 审核。")


@grant.command("approve", cls=Command)
@_number
@click.option("--code", metavar="动态口令", help="绑定了动态口令的，填手机上现在显示的 6 位数字。")
@_by
def approve(number: int, code: str | None, account: str) -> None:
    """同意一件拟办；没有密码可领的立即生效，其余由拟办人领取。"""
    with ready(), refusals():
        from publiccredit.accounts import operations
        from publiccredit.catalogue import queries as catalogue

        by = acting_account(account)
        by = proved(by, code, now()) if code else by
        term = catalogue.grant_term(on=today())
        operations.approve_grant(by=by, proposal_id=_found(number).pk, term=term, at=now())
        _report(number, "已同意")


@grant.command("refuse", cls=Command)
@_number
@click.option("--because", metavar="理由", required=True, help="拟办人看得到。")
@_by
def refuse(number: int, because: str, account: str) -> None:
    """不同意一件拟办，写明理由。"""
    with ready(), refusals():
        from publiccredit.accounts import operations

        by = acting_account(account)
        operations.refuse_grant(by=by, proposal_id=_found(number).pk, because=because, at=now())
        _report(number, "已不予同意")


@grant.command("withdraw", cls=Command)
@_number
@_by
def withdraw(number: int, account: str) -> None:
    """撤回自己的拟办。"""
    with ready(), refusals():
        from publiccredit.accounts import operations

        operations.withdraw_grant(by=acting_account(account), proposal_id=_found(number).pk, at=now())
        _report(number, "已撤回")


@grant.command("collect", cls=Command)
@_number
@_by
def collect(number: int, account: str) -> None:
    """拟办人领取已经同意的初始密码、令牌或者密钥，只显示这一次。"""
    with ready(), refusals():
        from publiccredit.accounts import operations
        from publiccredit.accounts.types import Grant
        from publiccredit.recipients import operations as recipients

        of_recipients = {
            Grant.ISSUE_RECIPIENT_TOKEN: recipients.issue_token,
            Grant.RENEW_RECIPIENT_KEY: recipients.renew_key,
        }
        give = of_recipients.get(_found(number).grant, operations.collect_grant)
        made = give(by=acting_account(account), proposal_id=number, at=now())
        about = _found(number).about
        key = made.key if isinstance(made, recipients.IssuedToken) else ""
    say(f"{about}（只显示这一次）：{made.secret}")
    if key:
        say(f"变更通知的签名密钥（只显示这一次）：{key}")
    answer({"number": number, "about": about, "secret": made.secret, **({"key": key} if key else {})})


# --- what the commands share ----------------------------------------------------------------------------------------


@contextmanager
def refusals() -> Iterator[None]:
    from publiccredit.accounts import operations
    from publiccredit.recipients.operations import UnableToRegister

    try:
        yield
    except (
        operations.NotAllowed,
        operations.NotAwaited,
        operations.SecondFactorMissing,
        operations.UnableToOpenAccount,
        operations.UnableToPropose,
        UnableToRegister,
    ) as refusal:
        raise Refused(code=refusal_code(type(refusal)), message=str(refusal)) from refusal


def _found(number: int) -> "GrantProposal":
    from publiccredit.accounts import queries

    found = queries.grant_proposals().filter(pk=number).first()
    if found is None:
        raise Refused(
            code="proposal_not_found", message=f"没有第 {number} 号拟办。用 grant list 查看编号。", where="拟办编号"
        )
    return found


def _proposed(kind: "Grant", by: "Actor", given: dict[str, Any]) -> "GrantProposal":
    from publiccredit.accounts import operations
    from publiccredit.accounts.types import Grant
    from publiccredit.catalogue import queries as catalogue
    from publiccredit.recipients import operations as recipients
    from publiccredit.recipients import queries as recipients_known

    term, reason = catalogue.grant_term(on=today()), given["reason"]
    if kind not in (Grant.ISSUE_RECIPIENT_TOKEN, Grant.RENEW_RECIPIENT_KEY):
        return operations.propose_grant(by=by, wanted=_wanted(kind, given), reason=reason, term=term, at=now())
    found = recipients_known.recipients().filter(pk=given["recipient"]).first()
    if found is None:
        raise Refused(code="no_recipient", message="请用 --recipient 写明接收方的编号。", where="--recipient")
    if kind is Grant.RENEW_RECIPIENT_KEY:
        return recipients.propose_key(by=by, recipient_id=found.pk, reason=reason, term=term, at=now())
    return recipients.propose_token(
        by=by, recipient_id=found.pk, purpose=given["name"], days=given["days"], reason=reason, term=term, at=now()
    )  # fmt: skip


def _wanted(kind: "Grant", given: dict[str, Any]) -> "Wanted":
    from publiccredit.accounts import queries
    from publiccredit.accounts.types import Grant, Role, TokenScope, Wanted

    about = given["about"] or ""
    post = {"role": given["role"], "department_code": given["department"]}
    if kind in (Grant.OPEN_ACCOUNT, Grant.ASSIGN_ROLE):
        word_of(Role, given["role"], "--role")
    if kind is Grant.OPEN_ACCOUNT:
        _needed(about, "--account")
        _needed(given["name"], "--name")
        return Wanted(kind=kind, about=about, terms={"username": about, "display_name": given["name"], **post})
    officer = queries.officers().filter(username=about).first()
    if officer is None:
        raise Refused(code="no_account", message=f"没有账号“{about}”。用 account list 查看。", where="--account")
    terms: dict[str, Any] = post if kind is Grant.ASSIGN_ROLE else {}
    if kind is Grant.ISSUE_TOKEN:
        _needed(given["name"], "--name")
        scopes = sorted(word_of(TokenScope, word, "--scope").value for word in given["scopes"])
        terms = {"name": given["name"], "scopes": scopes, "days": given["days"]}
    return Wanted(kind=kind, about=about, officer_id=officer.pk, terms=terms)


def _needed(value: str, option: str) -> None:
    if not value:
        raise Refused(code="missing", message=f"请写明 {option}。", where=option)


def _report(number: int, done: str) -> None:
    data = _in_short(_found(number))
    answer(data)
    say(f"第 {number} 号拟办{done}，现为“{data['state_title']}”。")


def _in_short(found: "GrantProposal") -> dict[str, Any]:
    from publiccredit.accounts import queries
    from publiccredit.catalogue import queries as catalogue

    at = now()
    return {
        "number": found.pk,
        "kind": found.kind,
        "kind_title": found.get_kind_display(),
        "about": found.about,
        "facts": dict(queries.grant_facts(proposal=found, departments=catalogue.department_names())),
        "reason": found.reason,
        "state": "lapsed" if found.has_lapsed(at=at) else found.state,
        "state_title": queries.grant_standing(proposal=found, at=at)[1],
        "proposed_by": found.proposed_by_id or "",
        "proposed_at": found.proposed_at.isoformat(),
        "decided_by": found.decided_by_id or "",
        "decided_at": found.decided_at.isoformat() if found.decided_at else "",
        "refused_because": found.refused_because,
        "ends_at": found.ends_at.isoformat() if found.ends_at else "",
    }
