"""What is verified before a right is proposed, and again before it is given: things may have changed in between."""

from collections.abc import Callable

from publiccredit.accounts.acts import NotAllowed, UnableToOpenAccount
from publiccredit.accounts.models import Officer
from publiccredit.accounts.types import DEPARTMENT_ROLES, Actor, Grant, Role, TokenScope, Wanted


class UnableToPropose(Exception):
    """The right cannot be proposed as asked; the message says why and what would be right."""


def verify_wanted(*, wanted: Wanted) -> None:
    """
    Refuse what could not be given as it is asked for.

    :raises UnableToOpenAccount: the name is taken, or role and department do not fit.
    :raises UnableToPropose: it is so already, or the account is not in a state for it.
    """
    officer = None if wanted.officer_id is None else Officer.objects.get(pk=wanted.officer_id)
    verify = _VERIFY.get(wanted.kind)
    if verify is not None:
        verify(wanted, officer)


def administrators_besides(*names: str) -> list[str]:
    """Give the active administrators other than those named."""
    active = Officer.objects.filter(role=Role.ADMINISTRATOR.value, is_active=True).exclude(username__in=names)
    return list(active.values_list("username", flat=True))


def only_administrator(by: Actor) -> None:
    """Refuse whoever is no administrator, the program itself included: a right has two people behind it."""
    if by.role is not Role.ADMINISTRATOR:
        raise NotAllowed("权限由系统管理员拟办，由另一位系统管理员审核。请联系系统管理员办理。")


def role_fits_department(role: Role, department_code: str) -> None:
    """Refuse a role of a department without one, and any other role with one."""
    if (role in DEPARTMENT_ROLES) != bool(department_code):
        raise UnableToOpenAccount(
            "联络员和部门负责人须选择所属部门；信用办、审计和管理员账号不属于任何报送部门，请留空。"
        )


def _account(wanted: Wanted, officer: Officer | None) -> None:
    del officer
    username = str(wanted.terms["username"])
    if Officer.objects.filter(username=username).exists():
        raise UnableToOpenAccount(f"账号“{username}”已存在。请换一个账号名，或启用原账号。")
    role_fits_department(Role(str(wanted.terms["role"])), str(wanted.terms["department_code"]))


def _role(wanted: Wanted, officer: Officer | None) -> None:
    assert officer is not None
    role, department = str(wanted.terms["role"]), str(wanted.terms["department_code"])
    role_fits_department(Role(role), department)
    if (officer.role, officer.department_code) == (role, department):
        raise UnableToPropose("岗位和部门与现在的一样，没有更改。")
    if officer.role == Role.ADMINISTRATOR.value and not administrators_besides(officer.username):
        raise NotAllowed("这是唯一启用的系统管理员，不能改任其他岗位。请先开设或者启用另一个管理员账号。")


def _closed(wanted: Wanted, officer: Officer | None) -> None:
    if officer is None or officer.is_active:
        raise UnableToPropose(f"账号“{wanted.about}”没有停用，不必重新启用。")


def _open(wanted: Wanted, officer: Officer | None) -> None:
    if officer is None or not officer.is_active:
        raise UnableToPropose(f"账号“{wanted.about}”已停用。请先重新启用。")


def _second_factor(wanted: Wanted, officer: Officer | None) -> None:
    if officer is None or officer.second_factor_since is None:
        raise UnableToPropose(f"账号“{wanted.about}”没有绑定动态口令，不必解除。")


def _token(wanted: Wanted, officer: Officer | None) -> None:
    _open(wanted, officer)
    scopes = wanted.terms["scopes"]
    if not isinstance(scopes, list) or not scopes or not set(scopes) <= set(TokenScope):
        raise UnableToPropose("请至少写明一项权限范围：" + "、".join(TokenScope) + "。")


_VERIFY: dict[Grant, Callable[[Wanted, Officer | None], None]] = {
    Grant.OPEN_ACCOUNT: _account,
    Grant.ASSIGN_ROLE: _role,
    Grant.REOPEN_ACCOUNT: _closed,
    Grant.RESET_PASSWORD: _open,
    Grant.RESET_SECOND_FACTOR: _second_factor,
    Grant.ISSUE_TOKEN: _token,
}
