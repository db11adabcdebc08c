"""Every write of accounts: opening, closing, passwords, tokens; and telling the database who acts."""

import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.db import connection, transaction

from publiccredit.accounts.models import AccessToken, Officer
from publiccredit.accounts.types import DEPARTMENT_ROLES, Actor, Role
from publiccredit.ledger.operations import record_entry

_SET = (
    "SELECT set_config('publiccredit.role', %s, false), set_config('publiccredit.department', %s, false),"
    " set_config('publiccredit.account', %s, false), set_config('publiccredit.subject', %s, false)"
)
_GET = (
    "SELECT coalesce(current_setting('publiccredit.role', true), ''),"
    " coalesce(current_setting('publiccredit.department', true), ''),"
    " coalesce(current_setting('publiccredit.account', true), ''),"
    " coalesce(current_setting('publiccredit.subject', true), '')"
)


class UnableToOpenAccount(Exception):
    """The account cannot be opened as asked; the message says why and what would be right."""


class NotAllowed(Exception):
    """The actor's role does not allow this."""


@dataclass(frozen=True)
class IssuedSecret:
    """A secret that is shown once: only its hash is kept."""

    object_id: int
    secret: str


# --- the database session -------------------------------------------------------------------------------------------


def act_as(*, actor: Actor) -> None:
    """Set the database session to this actor: row-level security decides by it from here on."""
    own = actor.subject_id is not None
    role = actor.role.value if actor.role else "subject" if own else "program"
    with connection.cursor() as cursor:
        cursor.execute(
            _SET, [role, actor.department_code, actor.name, str(actor.subject_id) if own else ""]
        )  # fmt: skip


def act_as_nobody() -> None:
    """Hand the database session back: nobody sees no department's rows."""
    if connection.connection is None or connection.needs_rollback:
        return
    with connection.cursor() as cursor:
        cursor.execute(_SET, ["", "", "", ""])


@contextmanager
def acting(*, actor: Actor) -> Iterator[None]:
    """Act as this actor on the current connection, and as whoever acted before afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(_GET)
        before = cursor.fetchone()
    act_as(actor=actor)
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(_SET, list(before))


# --- accounts -------------------------------------------------------------------------------------------------------

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def _one_act(operation: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Perform an operation in one transaction, as the actor it names: the database lets nobody else change accounts."""

    @wraps(operation)
    def performed(*args: Arguments.args, **named: Arguments.kwargs) -> Result:
        by = named["by"]
        assert isinstance(by, Actor)
        with acting(actor=by), transaction.atomic():
            return operation(*args, **named)

    return performed


@_one_act
def open_account(
    *, by: Actor, username: str, display_name: str, role: Role, department_code: str, password: str, at: datetime
) -> Officer:
    """
    Open an account for one person in one role.

    :raises NotAllowed: only an administrator, or the program at installation, opens accounts.
    :raises UnableToOpenAccount: the name is taken, or a role of a department comes without its department.
    """
    _administrator_only(by)
    if Officer.objects.filter(username=username).exists():
        raise UnableToOpenAccount(f"账号“{username}”已存在。请换一个账号名，或启用原账号。")
    if (role in DEPARTMENT_ROLES) != bool(department_code):
        raise UnableToOpenAccount(
            "联络员和部门负责人须选择所属部门；信用办、审计和管理员账号不属于任何报送部门，请留空。"
        )
    officer = Officer(
        username=username, display_name=display_name, role=role.value, department_code=department_code, created_at=at
    )
    validate_password(password, officer)
    officer.set_password(password)
    officer.save(force_insert=True)
    _enter(by, "open_account", officer, at, role=role.value, department=department_code)
    return officer


@_one_act
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


@_one_act
def close_account(*, by: Actor, officer_id: int, at: datetime) -> None:
    """
    Close an account: its sessions and tokens end with it.

    :raises NotAllowed: only an administrator closes accounts, and never the own one.
    """
    _administrator_only(by)
    officer = Officer.objects.select_for_update().get(pk=officer_id)
    if officer.username == by.name:
        raise NotAllowed("不能停用自己的账号。请由另一位管理员办理。")
    officer.is_active = False
    officer.save(update_fields=["is_active"])
    AccessToken.objects.filter(officer=officer, revoked_at__isnull=True).update(revoked_at=at)
    _end_sessions(officer, at)
    _enter(by, "close_account", officer, at)


def _end_sessions(officer: Officer, at: datetime) -> None:
    """Remove the officer's sessions: kept, they would live again the moment the account is reopened."""
    for session in Session.objects.filter(expire_date__gt=at).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(officer.pk):
            session.delete()


@_one_act
def reopen_account(*, by: Actor, officer_id: int, at: datetime) -> None:
    """
    Open a closed account again. Its tokens stay revoked, its sessions ended.

    :raises NotAllowed: only an administrator opens accounts.
    """
    _administrator_only(by)
    officer = Officer.objects.select_for_update().get(pk=officer_id)
    officer.is_active = True
    officer.save(update_fields=["is_active"])
    _enter(by, "reopen_account", officer, at)


@_one_act
def reset_password(*, by: Actor, officer_id: int, at: datetime) -> IssuedSecret:
    """
    Give an officer a new first password, to be changed at the next log-in.

    :raises NotAllowed: only an administrator resets passwords.
    """
    _administrator_only(by)
    officer = Officer.objects.select_for_update().get(pk=officer_id)
    password = secrets.token_urlsafe(12)
    officer.set_password(password)
    officer.must_change_password = True
    officer.save(update_fields=["password", "must_change_password"])
    _enter(by, "reset_password", officer, at)
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
    _enter(officer.actor, "change_password", officer, at)


@_one_act
def issue_token(*, by: Actor, officer_id: int, name: str, expires_at: datetime, at: datetime) -> IssuedSecret:
    """
    Issue a token with which an officer's program acts as the officer, until it expires.

    :raises NotAllowed: only an administrator issues tokens.
    """
    _administrator_only(by)
    officer = Officer.objects.get(pk=officer_id)
    secret = f"pct_{secrets.token_urlsafe(32)}"
    token = AccessToken.objects.create(
        officer=officer, name=name, secret_sha256=token_hash(secret), created_at=at, expires_at=expires_at
    )
    record_entry(
        actor=by.name, operation="issue_token", object_kind="access_token", object_id=token.pk, at=at,
        payload={"officer": officer.username},
    )  # fmt: skip
    return IssuedSecret(object_id=token.pk, secret=secret)


@_one_act
def revoke_token(*, by: Actor, token_id: int, at: datetime) -> None:
    """
    End a token at once.

    :raises NotAllowed: only an administrator revokes tokens.
    """
    _administrator_only(by)
    token = AccessToken.objects.select_related("officer").get(pk=token_id)
    AccessToken.objects.filter(pk=token_id, revoked_at__isnull=True).update(revoked_at=at)
    record_entry(
        actor=by.name, operation="revoke_token", object_kind="access_token", object_id=token_id, at=at,
        payload={"officer": token.officer.username},
    )  # fmt: skip


def token_hash(secret: str) -> str:
    """Give the form in which a token's secret is kept. The secret has 256 random bits, so a plain hash suffices."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _administrator_only(actor: Actor) -> None:
    if actor.role not in (Role.ADMINISTRATOR, None):
        raise NotAllowed("只有系统管理员可以管理账号。请联系系统管理员办理。")


def _enter(by: Actor, operation: str, officer: Officer, at: datetime, **payload: str) -> None:
    record_entry(
        actor=by.name,
        operation=operation,
        object_kind="officer",
        object_id=officer.pk,
        at=at,
        payload={"account": officer.username, **payload},
    )
