"""Every write of accounts: proposing and giving rights, ending them, passwords, second factors; and who acts."""

from datetime import datetime

from axes.models import AccessAttempt
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from publiccredit.accounts.acts import (
    Act,
    FileClosed,
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
    token_hash,
)
from publiccredit.accounts.granting import NotAwaited, collect_grant, grant_at_shell, take_proposal
from publiccredit.accounts.lockouts import lockouts
from publiccredit.accounts.models import AccessToken, Officer
from publiccredit.accounts.proposing import (
    SecondFactorMissing,
    approve_grant,
    propose_grant,
    refuse_grant,
    withdraw_grant,
)
from publiccredit.accounts.second_factor import (
    Enrolment,
    WrongCode,
    enrol_second_factor,
    prove_second_factor,
    renew_recovery_codes,
)
from publiccredit.accounts.types import PROGRAM, Actor, Role
from publiccredit.accounts.verifying import UnableToPropose
from publiccredit.ledger.operations import record_entry

__all__ = [
    "Act",
    "Enrolment",
    "FileClosed",
    "IssuedSecret",
    "NotAllowed",
    "NotAwaited",
    "SecondFactorMissing",
    "UnableToOpenAccount",
    "UnableToPropose",
    "WrongCode",
    "act_as",
    "act_as_nobody",
    "acting",
    "approve_grant",
    "change_password",
    "close_account",
    "collect_grant",
    "enrol_second_factor",
    "grant_at_shell",
    "note_token_use",
    "one_act",
    "propose_grant",
    "prove_second_factor",
    "refuse_grant",
    "release_log_in",
    "renew_recovery_codes",
    "revoke_token",
    "take_proposal",
    "token_hash",
    "withdraw_grant",
]


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
        raise NotAllowed("这是唯一启用的系统管理员，不能停用。请先开设或者启用另一个管理员账号。")


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
