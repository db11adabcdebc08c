"""
Delivery: claim, call, write down. Whoever dies between call and writing leaves a claim that runs out.

A claim is one statement with SKIP LOCKED, so any number of workers share the work. The call is made outside any
transaction, several at a time; its outcome is written in a transaction of its own. A call that is made again carries
the same delivery number, by which the recipient drops what it has seen.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from random import random

from django.db import DatabaseError, connection, transaction

from publiccredit.accounts.operations import acting
from publiccredit.accounts.types import PROGRAM
from publiccredit.ledger.operations import next_entry_id, record_entry
from publiccredit.recipients import signing
from publiccredit.recipients.callbacks import post
from publiccredit.recipients.models import DeliveryAttempt, Notice, Recipient
from publiccredit.recipients.operations.waiting import ACKNOWLEDGE_WITHIN, ATTEMPTS_AT_MOST, LEASE, wait_after
from publiccredit.recipients.types import Answer, ConfirmedBy, Delivered, NoticeState, Outgoing

Clock = Callable[[], datetime]
Send = Callable[[Outgoing], Answer]
Claim = tuple[int, int]  # notice, and the number of the attempt

AT_ONCE = 8  # calls under way together: three recipients that never answer do not hold up the others
BATCH = 64

_CLAIM = """
UPDATE recipients_notice n SET attempts = n.attempts + 1, due_at = %(lease)s
FROM (SELECT id FROM recipients_notice WHERE state = 'waiting' AND due_at <= %(now)s
      ORDER BY due_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED) AS due
WHERE n.id = due.id RETURNING n.id, n.attempts
"""


def deliver_due(
    *, now: Clock, send: Send = post, chance: Callable[[], float] = random, limit: int = BATCH
) -> Delivered:
    """
    Call the recipients of the notices that are due, and hand to a person what nobody has confirmed in time.

    :raises DatabaseError: an outcome could not be written down. Those of the other calls are, before it is raised: one
        notice that cannot be written must not have the others called again.
    """
    unwritten: DatabaseError | None = None
    with acting(actor=PROGRAM):
        done = Delivered(escalated=_give_up_waiting(now(), limit))
        claims = _claim(now(), limit)
        with ThreadPoolExecutor(AT_ONCE) as calls:
            under_way = [(claim, calls.submit(send, outgoing)) for claim, outgoing in _outgoing(claims, now())]
            for claim, call in under_way:
                try:
                    done = _added(done, _write_down(claim, call.result(), now(), chance()))
                except DatabaseError as error:
                    unwritten = error
    if unwritten is not None:
        raise unwritten
    return done


def _claim(now: datetime, limit: int) -> list[Claim]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "lease": now + LEASE, "limit": limit})
        return sorted(cursor.fetchall())


def _outgoing(claims: Sequence[Claim], now: datetime) -> Iterator[tuple[Claim, Outgoing]]:
    notices = Notice.objects.select_related("recipient").in_bulk([notice_id for notice_id, _ in claims])
    for claim in claims:
        yield claim, call_for(notice=notices[claim[0]], now=now)


def call_for(*, notice: Notice, now: datetime) -> Outgoing:
    """Give the call that tells a recipient: the stored body, signed with the recipient's present key."""
    recipient, body = notice.recipient, notice.body.encode()
    stamp = int(now.timestamp())
    key = _key(recipient)
    return Outgoing(
        url=recipient.callback_url,
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "webhook-id": str(notice.delivery_id),
            "webhook-timestamp": str(stamp),
            "webhook-signature": signing.signature(
                key=key, delivery_id=str(notice.delivery_id), timestamp=stamp, body=body
            ),
        },
        body=body,
    )


def _write_down(claim: Claim, answer: Answer, now: datetime, chance: float) -> Delivered:
    notice_id, attempt = claim
    with transaction.atomic():
        notice = Notice.objects.select_for_update(of=("self",)).select_related("recipient").get(pk=notice_id)
        key = _key(notice.recipient)
        receipted = answer.taken and signing.is_receipt(
            text=answer.receipt, key=key, delivery_id=str(notice.delivery_id), body=notice.body.encode()
        )
        problem = answer.problem or _problem(answer, receipted=receipted)
        DeliveryAttempt.objects.create(
            notice=notice, number=attempt, at=now, status=answer.status, problem=problem[:300]
        )
        if notice.state != NoticeState.WAITING:  # confirmed by interface while the call was under way
            return Delivered(sent=1)
        if receipted:
            with _entered(notice, "confirm_notice", now):
                _confirmed(notice, answer.receipt, now)
            return Delivered(sent=1, confirmed=1)
        if answer.taken:
            notice.state, notice.delivered_at = NoticeState.UNCONFIRMED, now
            notice.due_at = now + ACKNOWLEDGE_WITHIN
            notice.save(update_fields=["state", "delivered_at", "due_at"])
            return Delivered(sent=1, unconfirmed=1)
        if notice.attempts >= ATTEMPTS_AT_MOST:
            escalate(notice=notice, because=f"{notice.attempts} 次送达均未成功：{problem}", now=now)
            return Delivered(failed=1, escalated=1)
        notice.due_at = now + wait_after(attempts=notice.attempts, chance=chance)
        notice.save(update_fields=["due_at"])
        return Delivered(failed=1)


def _confirmed(notice: Notice, receipt: str, now: datetime) -> None:
    notice.state, notice.delivered_at, notice.confirmed_at, notice.due_at = NoticeState.CONFIRMED, now, now, None
    notice.confirmed_by, notice.receipt = ConfirmedBy.CALLBACK, receipt
    notice.save(update_fields=["state", "delivered_at", "confirmed_at", "due_at", "confirmed_by", "receipt"])


def _problem(answer: Answer, *, receipted: bool) -> str:
    if not answer.taken:
        return f"对方应答 {answer.status}"
    return "" if receipted else "已送达，没有有效的签名回执"


def _give_up_waiting(now: datetime, limit: int) -> int:
    """Hand to a person what was delivered, or laid out to be fetched, and not confirmed in time."""
    with transaction.atomic():
        late = (
            Notice.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(state=NoticeState.UNCONFIRMED, due_at__lte=now)
            .order_by("pk")[:limit]
        )
        given_up = list(late)
        for notice in given_up:
            escalate(notice=notice, because=f"{ACKNOWLEDGE_WITHIN.days} 天内没有确认", now=now)
    return len(given_up)


def escalate(*, notice: Notice, because: str, now: datetime) -> None:
    """Hand a notice to a person, who writes, calls and asks."""
    with _entered(notice, "escalate_notice", now):
        notice.state, notice.escalated_at, notice.escalated_because = NoticeState.ESCALATED, now, because[:300]
        notice.due_at = None
        notice.save(update_fields=["state", "escalated_at", "escalated_because", "due_at"])


@contextmanager
def _entered(notice: Notice, operation: str, now: datetime) -> Iterator[None]:
    entry_id = next_entry_id()
    yield
    record_entry(
        actor=PROGRAM.name,
        operation=operation,
        object_kind="notice",
        object_id=str(notice.delivery_id),
        at=now,
        payload={"attempts": notice.attempts, "record": notice.record_id, "recipient": notice.recipient_id},
        entry_id=entry_id,
    )


def _key(recipient: Recipient) -> bytes:
    return signing.key_of(recipient_id=recipient.pk, key_number=recipient.key_number)


def _added(one: Delivered, other: Delivered) -> Delivered:
    return replace(
        one,
        sent=one.sent + other.sent,
        confirmed=one.confirmed + other.confirmed,
        unconfirmed=one.unconfirmed + other.unconfirmed,
        failed=one.failed + other.failed,
        escalated=one.escalated + other.escalated,
    )
