"""Every write of accounts: opening, closing, passwords, tokens, second factors; and telling the database who acts."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime

from axes.models import AccessAttempt
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from publiccredit.accounts.acts import (
    Act,
    IssuedSecret,
    NotAllowed,
    UnableToOpenAccount,
    act_as,
    act_as_nobody,
    acting,
    administrator_only,
    as_its_actor,
    end_sessions,
    enter,
    one_act,
)
from publiccredit.accounts.lockouts import lockouts
from publiccredit.accounts.models import AccessToken, Officer
from publiccredit.accounts.second_factor import (
    Enrolment,
    WrongCode,
    enrol_second_factor,
    prove_second_factor,
    renew_recovery_codes,
    reset_second_factor,
)
from publiccredit.accounts.types import DEPARTMENT_ROLES, PROGRAM, Actor, Role, TokenScope
from publiccredit.ledger.operations import record_entry

__all__ = [
    "Act",
    "Enrolment",
    "IssuedSecret",
    "NotAllowed",
    "UnableToOpenAccount",
    "WrongCode",
    "act_as",
    "act_as_nobody",
    "acting",
    "assign_role",
    "change_password",
    "close_account",
    "enrol_second_factor",
    "issue_token",
    "note_token_use",
    "one_act",
    "open_account",
    "open_account_with_first_password",
    "prove_second_factor",
    "release_log_in",
    "renew_recovery_codes",
    "reopen_account",
    "reset_password",
    "reset_second_factor",
    "revoke_token",
    "token_hash",
]


@as_its_actor
def open_account(
    *, by: Actor, username: str, display_name: str, role: Role, department_code: str, password: str, at: datetime
) -> Officer:
    """
    Open an account for one person in one role.

    :raises NotAllowed: only an administrator, or the program at installation, opens accounts.
    :raises UnableToOpenAccount: the name is taken, or a role of a department comes without its department.
    """
    administrator_only(by)
    if Officer.objects.filter(username=username).exists():
        raise UnableToOpenAccount(f"账号“{username}”已存在。请换一个账号名，或启用原账号。")
    _role_fits_department(role, department_code)
    officer = Officer(
        username=username, display_name=display_name, role=role.value, department_code=department_code, created_at=at
    )
    validate_password(password, officer)
    officer.set_password(password)
    officer.save(force_insert=True)
    enter(by, "open_account", officer, at, role=role.value, department=department_code)
    return officer


@as_its_actor
def open_account_with_first_password(
    *, by: Actor, username: str, display_name: str, role: str, department_code: str, at: datetime
) -> IssuedSecret:
    """
    Open an account whose first password is made here, shown once, and changed at the first log-in.

    :raises NotAllowed: only an administrator opens accounts.
    :raises UnableToOpenAccount: as for ``open_account``.
    """
    password = secrets.token_urlsafe(12)
    officer = open_account(
        by=by,
        username=username,
        display_name=display_name,
        role=Role(role),
        department_code=department_code,
        password=password,
        at=at,
    )
    Officer.objects.filter(pk=officer.pk).update(must_change_password=True)
    return IssuedSecret(object_id=officer.pk, secret=password)


@as_its_actor
def close_account(*, by: Actor, officer_id: int, at: datetime) -> None:
    """
    Close an account: its sessions and tokens end with it.

    :raises NotAllowed: only an administrator closes accounts, and never the own one.
    """
    administrator_only(by)
    officer, others = _with_other_administrators(officer_id)
    if officer.username == by.name:
        raise NotAllowed("不能停用自己的账号。请由另一位管理员办理。")
    _keep_an_administrator(officer, others)
    officer.is_active = False
    officer.save(update_fields=["is_active"])
    AccessToken.objects.filter(officer=officer, revoked_at__isnull=True).update(revoked_at=at)
    end_sessions(officer, at)
    enter(by, "close_account", officer, at)


@as_its_actor
def assign_role(*, by: Actor, officer_id: int, role: str, department_code: str, at: datetime) -> None:
    """
    Give an officer another role or department: the officer's tokens end, for they were issued for the former one.

    :raises NotAllowed: only an administrator assigns roles, never the own one, and one administrator always remains.
    :raises UnableToOpenAccount: a role of a department comes without its department, or nothing would change.
    """
    administrator_only(by)
    officer, others = _with_other_administrators(officer_id)
    if officer.username == by.name:
        raise NotAllowed("不能更改自己的岗位。请由另一位管理员办理。")
    _role_fits_department(Role(role), department_code)
    if (officer.role, officer.department_code) == (role, department_code):
        raise UnableToOpenAccount("岗位和部门与现在的一样，没有更改。")
    if role != Role.ADMINISTRATOR.value:
        _keep_an_administrator(officer, others)
    former_role, former_department = officer.role, officer.department_code
    officer.role, officer.department_code = role, department_code
    officer.save(update_fields=["role", "department_code"])
    AccessToken.objects.filter(officer=officer, revoked_at__isnull=True).update(revoked_at=at)
    enter(
        by, "assign_role", officer, at, role=role, department=department_code, former_role=former_role,
        former_department=former_department,
    )  # fmt: skip


@as_its_actor
def release_log_in(*, by: Actor, officer_id: int, at: datetime) -> None:
    """
    Let an officer log in again at once whom too many wrong passwords have shut out.

    :raises NotAllowed: only an administrator releases accounts.
    """
    administrator_only(by)
    officer = Officer.objects.get(pk=officer_id)
    failures = sum(found.failures for found in lockouts(at=at, username=officer.username))
    AccessAttempt.objects.filter(username=officer.username).delete()
    enter(by, "release_log_in", officer, at, failures=str(failures))


def _with_other_administrators(officer_id: int) -> tuple[Officer, list[Officer]]:
    """
    Lock an officer and every administrator, in one order, and give the officer and the other active administrators.

    Two who shut each other out at the same moment come one after the other, and the second is refused.
    """
    wanted = Q(pk=officer_id) | Q(role=Role.ADMINISTRATOR.value)
    held = {found.pk: found for found in Officer.objects.select_for_update().filter(wanted).order_by("pk")}
    if officer_id not in held:
        raise Officer.DoesNotExist
    officer = held.pop(officer_id)
    return officer, [other for other in held.values() if other.is_active]


def _keep_an_administrator(officer: Officer, others: list[Officer]) -> None:
    """Refuse to take the last administrator away: nobody could give the role to anybody any more."""
    if officer.role == Role.ADMINISTRATOR.value and not others:
        raise NotAllowed("这是唯一启用的系统管理员，不能停用，也不能改任其他岗位。请先开设或者启用另一个管理员账号。")


def _role_fits_department(role: Role, department_code: str) -> None:
    if (role in DEPARTMENT_ROLES) != bool(department_code):
        raise UnableToOpenAccount(
            "联络员和部门负责人须选择所属部门；信用办、审计和管理员账号不属于任何报送部门，请留空。"
        )


@as_its_actor
def reopen_account(*, by: Actor, officer_id: int, at: datetime) -> None:
    """
    Open a closed account again. Its tokens stay revoked, its sessions ended.

    :raises NotAllowed: only an administrator opens accounts.
    """
    administrator_only(by)
    officer = Officer.objects.select_for_update().get(pk=officer_id)
    officer.is_active = True
    officer.save(update_fields=["is_active"])
    enter(by, "reopen_account", officer, at)


@as_its_actor
def reset_password(*, by: Actor, officer_id: int, at: datetime) -> IssuedSecret:
    """
    Give an officer a new first password, to be changed at the next log-in.

    :raises NotAllowed: only an administrator resets passwords.
    """
    administrator_only(by)
    officer = Officer.objects.select_for_update().get(pk=officer_id)
    password = secrets.token_urlsafe(12)
    officer.set_password(password)
    officer.must_change_password = True
    officer.save(update_fields=["password", "must_change_password"])
    enter(by, "reset_password", officer, at)
    return IssuedSecret(object_id=officer.pk, secret=password)


@transaction.atomic
def change_password(*, officer_id: int, password: str, at: datetime) -> None:
    """
    Let an officer choose a new password.

    :raises django.core.exceptions.ValidationError: the password is too weak; its messages say what is missing.
    """
    officer = Officer.objects.select_for_update().get(pk=officer_id)
    validate_password(password, officer)
    officer.set_password(password)
    officer.must_change_password = False
    with acting(actor=officer.actor):
        officer.save(update_fields=["password", "must_change_password"])
    enter(officer.actor, "change_password", officer, at)


@as_its_actor
def issue_token(
    *, by: Actor, officer_id: int, name: str, scopes: Collection[TokenScope], expires_at: datetime, at: datetime
) -> IssuedSecret:
    """
    Issue a token with which an officer's program acts as the officer, as far as its scopes reach, until it expires.

    :raises NotAllowed: only an administrator issues tokens.
    """
    administrator_only(by)
    officer = Officer.objects.get(pk=officer_id)
    secret = f"pct_{secrets.token_urlsafe(32)}"
    token = AccessToken.objects.create(
        officer=officer, name=name, secret_sha256=token_hash(secret), scopes=sorted(scopes), created_at=at,
        expires_at=expires_at,
    )  # fmt: skip
    record_entry(
        actor=by.name, operation="issue_token", object_kind="access_token", object_id=token.pk, at=at,
        payload={"officer": officer.username, "scopes": ",".join(sorted(scopes))},
    )  # fmt: skip
    return IssuedSecret(object_id=token.pk, secret=secret)


@as_its_actor
def revoke_token(*, by: Actor, token_id: int, at: datetime) -> None:
    """
    End a token at once.

    :raises NotAllowed: only an administrator revokes tokens.
    """
    administrator_only(by)
    token = AccessToken.objects.select_related("officer").get(pk=token_id)
    AccessToken.objects.filter(pk=token_id, revoked_at__isnull=True).update(revoked_at=at)
    record_entry(
        actor=by.name, operation="revoke_token", object_kind="access_token", object_id=token_id, at=at,
        payload={"officer": token.officer.username},
    )  # fmt: skip


def note_token_use(*, token_id: int, at: datetime) -> None:
    """Keep on which day a token was last used: it is what an administrator goes by to revoke those nobody needs."""
    day = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    used_before = Q(last_used_at__isnull=True) | Q(last_used_at__lt=day)
    with acting(actor=PROGRAM):
        AccessToken.objects.filter(used_before, pk=token_id, revoked_at__isnull=True).update(last_used_at=at)


def token_hash(secret: str) -> str:
    """Give the form in which a token's secret is kept. The secret has 256 random bits, so a plain hash suffices."""
    return hashlib.sha256(secret.encode()).hexdigest()
