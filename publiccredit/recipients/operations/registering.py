"""Recipients, their tokens and keys, as an office or an administrator keeps them."""

import hashlib
import ipaddress
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction

from publiccredit.accounts.operations import IssuedSecret, NotAllowed, acting, propose_grant, take_proposal
from publiccredit.accounts.queries import GrantProposal
from publiccredit.accounts.types import OFFICE_ROLES, RECIPIENT_TOKEN, Actor, Grant, ProposalTerm, Role, Wanted
from publiccredit.ledger.operations import next_entry_id, record_entry
from publiccredit.recipients import signing
from publiccredit.recipients.models import Recipient, RecipientToken
from publiccredit.recipients.types import NewRecipient

TOKEN_PREFIX = RECIPIENT_TOKEN  # what every token of a recipient begins with


@dataclass(frozen=True)
class IssuedToken(IssuedSecret):
    """A token as it is shown once, and with a recipient's first one the key of its notices."""

    key: str = ""


class UnableToRegister(Exception):
    """The recipient cannot be written down as asked; the message says what is missing or wrong."""


@transaction.atomic
def register_recipient(*, by: Actor, new: NewRecipient, at: datetime) -> Recipient:
    """
    Write down a recipient with its purpose and legal basis.

    :raises NotAllowed: only the office or an administrator registers recipients.
    :raises UnableToRegister: something is missing, the name is taken, or the address cannot be called.
    """
    _office_or_administrator(by)
    _verify(new)
    if Recipient.objects.filter(name=new.name.strip()).exists():
        raise UnableToRegister(f"接收方“{new.name.strip()}”已经登记。请打开原有的登记修改。")
    entry_id = next_entry_id()
    values = {name: text.strip() for name, text in asdict(new).items()}
    recipient = Recipient.objects.create(**values, registered_by=by.name, registered_at=at, entry_id=entry_id)
    _enter(by, "register_recipient", recipient.pk, at, entry_id=entry_id)
    return recipient


@transaction.atomic
def change_recipient(*, by: Actor, recipient_id: int, new: NewRecipient, at: datetime) -> None:
    """
    Change how a recipient is reached, and what for it is given records from now on.

    :raises UnableToRegister: something is missing, the name is another's, or the address cannot be called.
    """
    _office_or_administrator(by)
    _verify(new)
    if Recipient.objects.filter(name=new.name.strip()).exclude(pk=recipient_id).exists():
        raise UnableToRegister(f"名称“{new.name.strip()}”已由另一接收方使用。")
    entry_id = next_entry_id()
    values = {name: text.strip() for name, text in asdict(new).items()}
    Recipient.objects.filter(pk=recipient_id).update(**values, entry_id=entry_id)
    _enter(by, "change_recipient", recipient_id, at, entry_id=entry_id)


@transaction.atomic
def close_recipient(*, by: Actor, recipient_id: int, at: datetime) -> None:
    """Give a recipient nothing more: its tokens end. It is told of changes of what it holds all the same."""
    _office_or_administrator(by)
    Recipient.objects.filter(pk=recipient_id, closed_at__isnull=True).update(closed_at=at)
    RecipientToken.objects.filter(recipient_id=recipient_id, revoked_at__isnull=True).update(revoked_at=at)
    _enter(by, "close_recipient", recipient_id, at)


@transaction.atomic
def reopen_recipient(*, by: Actor, recipient_id: int, at: datetime) -> None:
    """Let a recipient be given records again; its tokens stay revoked."""
    _office_or_administrator(by)
    Recipient.objects.filter(pk=recipient_id).update(closed_at=None)
    _enter(by, "reopen_recipient", recipient_id, at)


def propose_token(
    *, by: Actor, recipient_id: int, purpose: str, days: int, reason: str, term: ProposalTerm, at: datetime
) -> GrantProposal:
    """
    Propose a token by which a recipient's program identifies itself, for one purpose and so many days.

    :raises NotAllowed: only an administrator proposes, and another one must be there to approve.
    :raises UnableToPropose: there is no reason, or the same waits for an answer.
    :raises UnableToRegister: the recipient is closed.
    """
    recipient = _open(recipient_id)
    said = purpose.strip() or recipient.purpose
    wanted = Wanted(
        kind=Grant.ISSUE_RECIPIENT_TOKEN,
        about=recipient.name,
        object_id=recipient.pk,
        terms={"purpose": said, "days": days},
    )
    return propose_grant(by=by, wanted=wanted, reason=reason, term=term, at=at)


@transaction.atomic
def issue_token(*, by: Actor, proposal_id: int, at: datetime) -> IssuedToken:
    """
    Issue the token that was approved, shown to its proposer once; with the first one comes the key of the notices.

    :raises NotAllowed: somebody else proposed it.
    :raises NotAwaited: it is not approved, was collected before, or its time is over.
    :raises UnableToRegister: the recipient was closed in the meantime.
    """
    with acting(actor=by):
        proposal = take_proposal(by=by, proposal_id=proposal_id, kind=Grant.ISSUE_RECIPIENT_TOKEN, at=at)
        recipient = _open(proposal.object_id or 0)
        # Without the key no recipient can tell a notice from a forged one, so it need not be asked for by itself.
        is_first = not RecipientToken.objects.filter(recipient=recipient).exists()
        secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
        token = RecipientToken.objects.create(
            recipient=recipient,
            purpose=proposal.terms["purpose"],
            secret_sha256=token_hash(secret),
            created_at=at,
            expires_at=at + timedelta(days=proposal.terms["days"]),
        )
        _enter(by, "issue_recipient_token", recipient.pk, at, token=token.pk, grant_proposal=proposal.pk)
    key = _written_key(recipient) if is_first and recipient.key_number == 1 else ""
    return IssuedToken(object_id=token.pk, secret=secret, key=key)


@transaction.atomic
def revoke_token(*, by: Actor, token_id: int, at: datetime) -> None:
    """
    End a token at once.

    :raises NotAllowed: only an administrator revokes tokens.
    """
    _administrator(by)
    token = RecipientToken.objects.get(pk=token_id)
    RecipientToken.objects.filter(pk=token_id, revoked_at__isnull=True).update(revoked_at=at)
    _enter(by, "revoke_recipient_token", token.recipient_id, at, token=token_id)


def propose_key(
    *, by: Actor, recipient_id: int, reason: str, term: ProposalTerm, at: datetime
) -> GrantProposal:  # fmt: skip
    """
    Propose a new key for a recipient's notices.

    :raises NotAllowed: only an administrator proposes, and another one must be there to approve.
    :raises UnableToPropose: there is no reason, or the same waits for an answer.
    """
    recipient = Recipient.objects.get(pk=recipient_id)
    wanted = Wanted(kind=Grant.RENEW_RECIPIENT_KEY, about=recipient.name, object_id=recipient.pk)
    return propose_grant(by=by, wanted=wanted, reason=reason, term=term, at=at)


@transaction.atomic
def renew_key(*, by: Actor, proposal_id: int, at: datetime) -> IssuedSecret:
    """
    Make the new key that was approved, shown to its proposer once; calls are signed with it from now on.

    :raises NotAllowed: somebody else proposed it.
    :raises NotAwaited: it is not approved, was collected before, or its time is over.
    """
    with acting(actor=by):
        proposal = take_proposal(by=by, proposal_id=proposal_id, kind=Grant.RENEW_RECIPIENT_KEY, at=at)
        recipient = Recipient.objects.select_for_update().get(pk=proposal.object_id or 0)
        recipient.key_number += 1
        recipient.save(update_fields=["key_number"])
        number = recipient.key_number
        _enter(by, "renew_recipient_key", recipient.pk, at, key_number=number, grant_proposal=proposal.pk)
    return IssuedSecret(object_id=recipient.pk, secret=_written_key(recipient))


def token_hash(secret: str) -> str:
    """Give the form in which a token's secret is kept. The secret has 256 random bits, so a plain hash suffices."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _written_key(recipient: Recipient) -> str:
    return signing.written(key=signing.key_of(recipient_id=recipient.pk, key_number=recipient.key_number))


def _open(recipient_id: int) -> Recipient:
    recipient = Recipient.objects.get(pk=recipient_id)
    if recipient.closed_at is not None:
        raise UnableToRegister(f"接收方“{recipient.name}”已停用。请先恢复。")
    return recipient


def _verify(new: NewRecipient) -> None:
    missing = [
        title
        for title, text in (
            ("名称", new.name),
            ("联系人和电话", new.contact),
            ("通信地址", new.address),
            ("用途", new.purpose),
            ("依据", new.legal_basis),
        )
        if not text.strip()
    ]
    if missing:
        raise UnableToRegister(f"请填写{'、'.join(missing)}。没有用途和依据的，不能提供信用信息。")
    if new.callback_url.strip():
        _verify_address(new.callback_url.strip())


def _verify_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if not host or parts.username or parts.fragment or parts.scheme not in ("https", "http"):
        raise UnableToRegister(f"通知地址应为“https://主机/路径”，实为“{url}”。")
    if parts.scheme == "http" and not _is_loopback(host):
        raise UnableToRegister("通知地址须使用 https：通知涉及记录编号，不能明文传送。")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _office_or_administrator(actor: Actor) -> None:
    if actor.role is not None and actor.role not in OFFICE_ROLES | {Role.ADMINISTRATOR}:
        raise NotAllowed("接收方由信用办或者系统管理员登记。")


def _administrator(actor: Actor) -> None:
    if actor.role not in (Role.ADMINISTRATOR, None):
        raise NotAllowed("只有系统管理员可以管理令牌和密钥。请联系系统管理员办理。")


def _enter(
    by: Actor, operation: str, recipient_id: int, at: datetime, *, entry_id: int | None = None, **payload: int
) -> None:
    record_entry(
        actor=by.name,
        operation=operation,
        object_kind="recipient",
        object_id=recipient_id,
        at=at,
        payload=payload,
        entry_id=entry_id,
    )
