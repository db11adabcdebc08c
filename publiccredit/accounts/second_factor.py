"""
The second factor of an officer: codes by time (TOTP, RFC 6238) from an application on the own telephone.

A code counts once: the step it belongs to is kept, and neither it nor an earlier one is taken again. The secret is kept
sealed under a key made from the installation's own; the codes for a lost telephone only as their hashes.
"""

import base64
import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction

from publiccredit.accounts.acts import (
    NotAllowed,
    acting,
    as_its_actor,
    enter,
)
from publiccredit.accounts.models import Officer, RecoveryCode, SecondFactor
from publiccredit.accounts.types import Actor, SecondFactorWanted

STEP_SECONDS = 30
DRIFT = 1  # steps by which the clock of a telephone may be off
MOST_FAILURES = 8
PAUSE = timedelta(minutes=15)
FRESH = timedelta(minutes=5)  # a code typed longer ago proves nobody's presence
RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look like another
_NONCE = 12


class WrongCode(Exception):
    """The code is not the one of this moment, was used before, or too many were wrong; the message says what to do."""


@dataclass(frozen=True)
class Enrolment:
    """What is shown to an officer who is about to enrol: the secret, and the address an application reads."""

    sealed: str
    secret: str
    address: str


# --- keeping the secret ---------------------------------------------------------------------------------------------


def new_enrolment(*, officer: Officer) -> Enrolment:
    """Make a secret for an officer. Nothing is kept: it counts once a code made from it has been typed."""
    return enrolment_of(officer=officer, sealed=_seal(pyotp.random_base32(), officer.pk))


def enrolment_of(*, officer: Officer, sealed: str) -> Enrolment:
    """Open a sealed secret for the officer it was made for."""
    secret = _open(sealed, officer.pk)
    address = pyotp.TOTP(secret).provisioning_uri(name=officer.username, issuer_name=settings.SITE_NAME)
    return Enrolment(sealed=sealed, secret=secret, address=address)


def _key() -> AESGCM:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"publiccredit second factor")
    return AESGCM(derived.derive(settings.SECRET_KEY.encode()))


def _seal(secret: str, officer_id: int) -> str:
    nonce = os.urandom(_NONCE)
    return base64.b64encode(nonce + _key().encrypt(nonce, secret.encode(), str(officer_id).encode())).decode()


def _open(sealed: str, officer_id: int) -> str:
    kept = base64.b64decode(sealed)
    try:
        return _key().decrypt(kept[:_NONCE], kept[_NONCE:], str(officer_id).encode()).decode()
    except InvalidTag as error:
        raise WrongCode("动态口令的密钥已不能读出（本机的密钥换过）。请联系系统管理员解除后重新绑定。") from error


# --- asking who approves -------------------------------------------------------------------------------------------


def second_factor_wanted(*, by: Actor, at: datetime) -> SecondFactorWanted:
    """Say what a second person still has to do before approving: nothing, type a fresh code, or enrol first."""
    since = Officer.objects.filter(username=by.name).values_list("second_factor_since", flat=True).first()
    if since is None:
        required = settings.SECOND_FACTOR == "required"
        return SecondFactorWanted.ENROLMENT if required else SecondFactorWanted.NOTHING
    fresh = by.proved_at is not None and timedelta(0) <= at - by.proved_at <= FRESH
    return SecondFactorWanted.NOTHING if fresh else SecondFactorWanted.CODE


# --- writes ---------------------------------------------------------------------------------------------------------


@as_its_actor
def enrol_second_factor(*, by: Actor, officer_id: int, sealed: str, code: str, at: datetime) -> tuple[str, ...]:
    """
    Keep an officer's second factor once a code made from it was typed, and give the codes for a lost telephone.

    :raises NotAllowed: it is not the officer's own, or there is one already.
    :raises WrongCode: the code was not made from this secret at this time.
    """
    officer = _own(by, officer_id)
    if officer.second_factor_since is not None:
        raise NotAllowed("您已绑定动态口令。换手机的，请系统管理员先解除。")
    step = _step_of(_open(sealed, officer.pk), code, at, after=0)
    if step is None:
        raise WrongCode(_WRONG)
    SecondFactor.objects.create(officer=officer, sealed_secret=sealed, last_step=step, confirmed_at=at)
    officer.second_factor_since = at
    officer.save(update_fields=["second_factor_since"])
    made = _new_recovery_codes(officer, at)
    enter(by, "enrol_second_factor", officer, at)
    return made


@as_its_actor
def renew_recovery_codes(*, by: Actor, officer_id: int, at: datetime) -> tuple[str, ...]:
    """
    Give an officer new codes for a lost telephone; the former ones open nothing any more.

    :raises NotAllowed: they are not the officer's own, or there is no second factor.
    """
    officer = _own(by, officer_id)
    if officer.second_factor_since is None:
        raise NotAllowed("您还没有绑定动态口令。请先绑定。")
    RecoveryCode.objects.filter(officer=officer, used_at__isnull=True).update(used_at=at)
    made = _new_recovery_codes(officer, at)
    enter(by, "renew_recovery_codes", officer, at)
    return made


def prove_second_factor(*, officer_id: int, code: str, at: datetime) -> None:
    """
    Verify a code of this moment, or one for a lost telephone, and take it: it counts once.

    :raises WrongCode: it does not count, or too many were wrong.
    """
    officer = Officer.objects.get(pk=officer_id)
    with acting(actor=officer.actor), transaction.atomic():  # what was wrong is counted, so the refusal comes after
        refusal = _taken(officer, re.sub(r"[\s-]", "", code).lower(), at)
    if refusal:
        raise WrongCode(refusal)


# --- codes ----------------------------------------------------------------------------------------------------------

_WRONG = "口令不对或者已经用过。请输入应用现在显示的 6 位数字；总是不对的，请打开手机的“自动设置时间”。"
_PAUSED = "连续输错多次，暂停 15 分钟。请稍后再试，或者联系系统管理员。"


def _own(by: Actor, officer_id: int) -> Officer:
    officer = Officer.objects.select_for_update().get(pk=officer_id)
    if officer.username != by.name:
        raise NotAllowed("动态口令只能由本人绑定。")
    return officer


def _taken(officer: Officer, code: str, at: datetime) -> str:
    """Take a code; give why it does not count, or nothing."""
    factor = SecondFactor.objects.select_for_update().filter(officer=officer).first()
    if factor is None:
        return "这个账号还没有绑定动态口令。"
    if factor.paused_until is not None and factor.paused_until > at:
        return _PAUSED
    step = _step_of(_open(factor.sealed_secret, officer.pk), code, at, after=factor.last_step)
    if step is not None:
        factor.last_step = step
    if step is not None or _recovery_code_taken(officer, code, at):
        factor.failures = 0
        factor.save(update_fields=["last_step", "failures"])
        return ""
    factor.failures += 1
    paused = factor.failures >= MOST_FAILURES
    if paused:
        factor.failures, factor.paused_until = 0, at + PAUSE
    factor.save(update_fields=["failures", "paused_until"])
    return _PAUSED if paused else _WRONG


def _step_of(secret: str, code: str, at: datetime, *, after: int) -> int | None:
    """Give the step whose code this is, if it is of about this moment and later than the last one taken."""
    now = int(at.timestamp()) // STEP_SECONDS
    codes = pyotp.TOTP(secret)
    return next(
        (
            step
            for step in range(max(now - DRIFT, after + 1), now + DRIFT + 1)
            if secrets.compare_digest(codes.generate_otp(step), code)
        ),
        None,
    )


def _recovery_code_taken(officer: Officer, code: str, at: datetime) -> bool:
    unused = RecoveryCode.objects.filter(officer=officer, code_sha256=_hash(code), used_at__isnull=True)
    if not unused.update(used_at=at):
        return False
    enter(officer.actor, "use_recovery_code", officer, at)
    return True


def _new_recovery_codes(officer: Officer, at: datetime) -> tuple[str, ...]:
    made = tuple(
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4)) for _ in range(RECOVERY_CODES)
    )
    RecoveryCode.objects.bulk_create(
        RecoveryCode(officer=officer, code_sha256=_hash(code.replace("-", "")), made_at=at) for code in made
    )
    return made


def _hash(code: str) -> str:
    """Give the form in which a recovery code is kept. It has 79 random bits, so a plain hash suffices."""
    return hashlib.sha256(code.encode()).hexdigest()
