"""Confirmation: by the recipient's own program, or by post and phone, taken down by a named person with a reason."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from publiccredit.accounts.operations import NotAllowed, acting
from publiccredit.accounts.types import Actor
from publiccredit.ledger.operations import record_entry
from publiccredit.recipients import signing
from publiccredit.recipients.models import Notice
from publiccredit.recipients.types import BY_PERSON, ConfirmedBy, Identified, NoticeState

LEAST_REASON = 5
RECIPIENT_ACCOUNT = "recipient:"  # followed by the number of the recipient: what its programs act as


class UnableToConfirm(Exception):
    """The notice cannot be marked confirmed; the message says what is wrong and what would be right."""


class NoSuchNotice(UnableToConfirm):
    """There is none, or it is another recipient's: nobody can tell which."""


@transaction.atomic
def acknowledge(*, by: Identified, delivery_id: UUID, receipt: str, at: datetime) -> Notice:
    """
    Take a recipient's own confirmation; again, it changes nothing.

    :raises NoSuchNotice: there is none, or it is another recipient's.
    :raises UnableToConfirm: a receipt was given that its key did not make.
    """
    found = Notice.objects.select_for_update(of=("self",)).select_related("recipient")
    notice = found.filter(delivery_id=delivery_id, recipient_id=by.recipient_id).first()
    if notice is None:
        raise NoSuchNotice("没有这条通知，或者不属于本接收方。请核对送达编号。")
    if notice.state == NoticeState.CONFIRMED:
        return notice
    if receipt and not _made_by(notice, receipt):
        raise UnableToConfirm(
            "回执签名不符。请用本接收方的密钥对“receipt.送达编号.通知内容的SHA-256”签名，或者不带回执。"
        )
    notice.state, notice.confirmed_at, notice.due_at = NoticeState.CONFIRMED, at, None
    notice.confirmed_by, notice.receipt, notice.confirming_token_id = ConfirmedBy.INTERFACE, receipt, by.token_id
    notice.save(
        update_fields=["state", "confirmed_at", "due_at", "confirmed_by", "receipt", "confirming_token"]
    )  # fmt: skip
    _enter(notice, f"{RECIPIENT_ACCOUNT}{by.recipient_id}", at)
    return notice


def confirm_by_person(*, by: Actor, notice_id: int, how: ConfirmedBy, reason: str, at: datetime) -> Notice:
    """
    Write down that a recipient confirmed by post or by phone: who said so, and when.

    :raises NotAllowed: only the office does.
    :raises UnableToConfirm: it is not with a person, or nothing is said of who confirmed.
    """
    if not by.of_office:
        raise NotAllowed("信函和电话确认由信用办登记。")
    if how not in BY_PERSON:
        raise UnableToConfirm("确认方式应为信函或者电话。")
    words = reason.strip()
    if len(words) < LEAST_REASON:
        raise UnableToConfirm(f"请写明何人何时如何确认，至少 {LEAST_REASON} 字，实为 {len(words)} 字。")
    with acting(actor=by), transaction.atomic():
        notice = Notice.objects.select_for_update(of=("self",)).get(pk=notice_id)
        if notice.state == NoticeState.CONFIRMED:
            raise UnableToConfirm("该通知已经确认，无需再次登记。")
        notice.state, notice.confirmed_at, notice.due_at = NoticeState.CONFIRMED, at, None
        notice.confirmed_by, notice.confirming_officer, notice.confirming_reason = how, by.name, words[:500]
        notice.save(
            update_fields=[
                "state", "confirmed_at", "due_at", "confirmed_by", "confirming_officer", "confirming_reason",
            ]
        )  # fmt: skip
        _enter(notice, by.name, at)
    return notice


def _made_by(notice: Notice, receipt: str) -> bool:
    """A receipt made with the key before the present one is as good: the recipient may not have changed yet."""
    numbers = {notice.key_number, notice.recipient.key_number}
    return any(
        signing.is_receipt(
            text=receipt,
            key=signing.key_of(recipient_id=notice.recipient_id, key_number=number),
            delivery_id=str(notice.delivery_id),
            body=notice.body.encode(),
        )
        for number in numbers
    )


def _enter(notice: Notice, actor: str, at: datetime) -> None:
    record_entry(
        actor=actor,
        operation="confirm_notice",
        object_kind="notice",
        object_id=str(notice.delivery_id),
        at=at,
        payload={"by": notice.confirmed_by, "record": notice.record_id, "recipient": notice.recipient_id},
    )
