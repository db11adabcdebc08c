"""Commands on accounts, for whoever may enter the server: the first administrator, and the way back in."""

import click

from publiccredit.site.commands.running import database_ready, now
from publiccredit.site.commands.speaking import Command, Group, Refused, answer, say

_account = click.argument("username", metavar="账号")


@click.group("account", cls=Group)
def account() -> None:
    """账号：开第一个管理员，管理员把自己锁在外面时重置。其余在“账号”页办理。"""


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
def open_administrator(username: str, name: str) -> None:
    """开一个系统管理员账号；初始密码只显示一次，首次登录时更换。"""
    database_ready()
    from publiccredit.accounts import operations
    from publiccredit.accounts.types import PROGRAM, Role

    try:
        made = operations.open_account_with_first_password(
            by=PROGRAM,
            username=username,
            display_name=name,
            role=Role.ADMINISTRATOR.value,
            department_code="",
            at=now(),
        )
    except operations.UnableToOpenAccount as error:
        raise Refused(code="unable_to_open_account", message=str(error), where="账号") from error
    say(f"已开设管理员账号 {username}。初始密码（只显示这一次）：{made.secret}")
    answer({"account": username, "password": made.secret})


@account.command("reset-password", cls=Command)
@_account
def reset_password(username: str) -> None:
    """给一个账号新的初始密码，只显示一次，下次登录须更换。"""
    database_ready()
    from publiccredit.accounts import operations
    from publiccredit.accounts.types import PROGRAM

    made = operations.reset_password(by=PROGRAM, officer_id=_number_of(username), at=now())
    say(f"{username} 的新初始密码（只显示这一次）：{made.secret}")
    answer({"account": username, "password": made.secret})


@account.command("reset-second-factor", cls=Command)
@_account
@click.option("--reason", metavar="理由", required=True, help="写入留痕，如“手机遗失，本人到场核对”。")
def reset_second_factor(username: str, reason: str) -> None:
    """解除一个账号的动态口令；其登录全部退出，登录后重新绑定。"""
    database_ready()
    from publiccredit.accounts import operations
    from publiccredit.accounts.types import PROGRAM

    try:
        operations.reset_second_factor(by=PROGRAM, officer_id=_number_of(username), reason=reason, at=now())
    except operations.NotAllowed as error:
        raise Refused(code="not_allowed", message=str(error), where="--reason") from error
    say(f"已解除 {username} 的动态口令。")
    answer({"account": username})


def _number_of(username: str) -> int:
    from publiccredit.accounts import queries

    officer = queries.officers().filter(username=username).first()
    if officer is None:
        raise Refused(code="no_account", message=f"没有账号“{username}”。用 account list 查看。", where="账号")
    return officer.pk
