"""Commands on accounts, for whoever may enter the server: the first two administrators, and the way back in."""

from typing import TYPE_CHECKING

import click

from publiccredit.site.commands.running import database_ready, now
from publiccredit.site.commands.speaking import Command, Group, Refused, answer, say

if TYPE_CHECKING:
    from publiccredit.accounts.operations import IssuedSecret
    from publiccredit.accounts.types import Grant, Wanted

_account = click.argument("username", metavar="账号")
_reason = click.option("--reason", metavar="理由", required=True, help="写入留痕，如“手机遗失，本人到场核对”。")


@click.group("account", cls=Group)
def account() -> None:
    """账号：开最初的两位管理员；管理员登录不了时让他重新登录。其余由一位管理员拟办、另一位审核（grant）。"""


@account.command("list", cls=Command)
def list_accounts() -> None:
    """列出全部账号、岗位、是否启用、是否绑定动态口令。"""
    database_ready()
    from publiccredit.accounts import queries

    rows = [
        {
            "account": officer.username,
            "role": officer.role,
            "department": officer.department_code,
            "active": officer.is_active,
            "second_factor": officer.second_factor_since is not None,
        }
        for officer in queries.officers()
    ]
    answer(rows)
    for row, officer in zip(rows, queries.officers(), strict=True):
        state = "启用" if row["active"] else "已停用"
        bound = "已绑定动态口令" if row["second_factor"] else "没有绑定动态口令"
        say(f"{officer.username}  {officer.get_role_display()}  {state}  {bound}")
    say(f"共 {len(rows)} 个账号。")


@account.command("open-administrator", cls=Command)
@_account
@click.option("--name", metavar="姓名", required=True, help="管理员的姓名或者岗位名。")
@_reason
def open_administrator(username: str, name: str, reason: str) -> None:
    """开一个系统管理员账号，到有两位为止；初始密码只显示一次，首次登录时更换。"""
    database_ready()
    from publiccredit.accounts import queries
    from publiccredit.accounts.types import Grant, Role, Wanted

    terms: dict[str, str | int | list[str]] = {
        "username": username, "display_name": name, "role": Role.ADMINISTRATOR.value, "department_code": "",
    }  # fmt: skip
    made = _granted(Wanted(kind=Grant.OPEN_ACCOUNT, about=username, terms=terms), reason)
    assert made is not None
    alone = not queries.administrators_besides(username)
    say(f"已开设管理员账号 {username}。初始密码（只显示这一次）：{made.secret}")
    if alone:
        say("增加权限须由一位管理员拟办、另一位审核：请用本命令再开设第二位管理员。")
    answer({"account": username, "password": made.secret, "second_needed": alone})


@account.command("reset-password", cls=Command)
@_account
@_reason
def reset_password(username: str, reason: str) -> None:
    """给一位管理员新的初始密码，只显示一次，下次登录须更换。"""
    database_ready()
    from publiccredit.accounts.types import Grant

    made = _granted(_about(username, Grant.RESET_PASSWORD), reason)
    assert made is not None
    say(f"{username} 的新初始密码（只显示这一次）：{made.secret}")
    answer({"account": username, "password": made.secret})


@account.command("reset-second-factor", cls=Command)
@_account
@_reason
def reset_second_factor(username: str, reason: str) -> None:
    """解除一位管理员的动态口令；其登录全部退出，登录后重新绑定。"""
    database_ready()
    from publiccredit.accounts.types import Grant

    _granted(_about(username, Grant.RESET_SECOND_FACTOR), reason)
    say(f"已解除 {username} 的动态口令。")
    answer({"account": username})


@account.command("reopen", cls=Command)
@_account
@_reason
def reopen(username: str, reason: str) -> None:
    """重新启用一位管理员的账号。"""
    database_ready()
    from publiccredit.accounts.types import Grant

    _granted(_about(username, Grant.REOPEN_ACCOUNT), reason)
    say(f"已重新启用 {username}。")
    answer({"account": username})


@account.command("close", cls=Command)
@_account
def close(username: str) -> None:
    """立即停用一个账号：登录状态和令牌随之失效。收回权限不须审核。"""
    database_ready()
    from publiccredit.accounts import operations
    from publiccredit.accounts.types import PROGRAM
    from publiccredit.ledger.types import typed_at_shell

    try:
        with typed_at_shell():
            operations.close_account(by=PROGRAM, officer_id=_number_of(username), at=now())
    except operations.NotAllowed as error:
        raise Refused(code="not_allowed", message=str(error), where="账号") from error
    say(f"已停用 {username}。")
    answer({"account": username})


def _about(username: str, kind: "Grant") -> "Wanted":
    from publiccredit.accounts.types import Wanted

    return Wanted(kind=kind, about=username, officer_id=_number_of(username))


def _granted(wanted: "Wanted", reason: str) -> "IssuedSecret | None":
    from publiccredit.accounts import operations
    from publiccredit.accounts.types import PROGRAM

    try:
        return operations.grant_at_shell(by=PROGRAM, wanted=wanted, reason=reason, at=now())
    except operations.UnableToOpenAccount as error:
        raise Refused(code="unable_to_open_account", message=str(error), where="账号") from error
    except operations.UnableToPropose as error:
        raise Refused(code="unable_to_propose", message=str(error), where="--reason") from error
    except operations.NotAllowed as error:
        raise Refused(code="not_allowed", message=str(error), where="账号") from error


def _number_of(username: str) -> int:
    from publiccredit.accounts import queries

    officer = queries.officers().filter(username=username).first()
    if officer is None:
        raise Refused(code="no_account", message=f"没有账号“{username}”。用 account list 查看。", where="账号")
    return officer.pk
