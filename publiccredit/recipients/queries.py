"""Every read of recipients: who may be given what, who was, who was told, and who has confirmed."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Count, Max, Min, QuerySet

from publiccredit.recipients.adverse_use import change_since, warning_of
from publiccredit.recipients.letters import letter_of
from publiccredit.recipients.models import AdverseUse, DeliveryAttempt, Handover, Notice, Recipient, RecipientToken
from publiccredit.recipients.operations.registering import token_hash
from publiccredit.recipients.types import Identified, NoticeState, Told, ToldOf

LONGEST_PURPOSE = 200  # of what is kept of a handover
SUBJECT_ITSELF = "主体本身"
SUBJECT_BEFORE = "归属重新判定以前的主体"

__all__ = [
    "AdverseUse",
    "Notice",
    "Recipient",
    "RecipientToken",
    "adverse_uses_of_recipient",
    "adverse_uses_of_subject",
    "attempts_of",
    "change_since",
    "escalated",
    "identified",
    "letter_of",
    "notice_counts",
    "notices",
    "notices_of",
    "recipients",
    "registered",
    "tokens_of",
    "told_of",
    "told_of_each",
    "warning_of",
]


def recipients() -> QuerySet[Recipient]:
    """Give all recipients by name."""
    return Recipient.objects.order_by("name")


def tokens_of(*, recipient_id: int) -> QuerySet[RecipientToken]:
    """Give the tokens of a recipient, the newest first."""
    return RecipientToken.objects.filter(recipient_id=recipient_id).order_by("-created_at", "-pk")


def identified(*, secret: str, at: datetime) -> Identified | None:
    """Give who a token belongs to, unless it is unknown, has expired or was revoked."""
    found = RecipientToken.objects.select_related("recipient").filter(
        secret_sha256=token_hash(secret), revoked_at__isnull=True, expires_at__gt=at, recipient__closed_at__isnull=True
    )
    token = found.first()
    if token is None:
        return None
    purpose = _purpose_told(token.recipient.purpose, token.purpose)
    return Identified(recipient_id=token.recipient_id, token_id=token.pk, name=token.recipient.name, purpose=purpose)


def _purpose_told(registered_for: str, word: str) -> str:
    """Give the purpose a subject is told: the registered, lawful one, and a token's own word behind it at most."""
    if word == registered_for:
        return registered_for
    both = f"{registered_for}（{word}）"
    return both if len(both) <= LONGEST_PURPOSE else registered_for


def registered(*, name: str) -> Identified | None:
    """Give a recipient by its name, with its purpose, unless nobody of that name is given records."""
    found = Recipient.objects.filter(name=name.strip(), closed_at__isnull=True).first()
    if found is None:
        return None
    return Identified(recipient_id=found.pk, token_id=None, name=found.name, purpose=found.purpose)


def notices(*, state: NoticeState | None = None) -> QuerySet[Notice]:
    """Give the notices with their recipients, the newest first."""
    chosen = Notice.objects.select_related("recipient").order_by("-pk")
    return chosen if state is None else chosen.filter(state=state)


def escalated() -> QuerySet[Notice]:
    """Give the notices that wait for a person, the oldest first."""
    return notices(state=NoticeState.ESCALATED).order_by("pk")


def notice_counts(*, recipient_id: int | None = None) -> dict[str, int]:
    """Count the notices in each state, of one recipient or of all."""
    chosen = Notice.objects.all() if recipient_id is None else Notice.objects.filter(recipient_id=recipient_id)
    found = dict(chosen.values_list("state").annotate(number=Count("pk")))
    return {state.value: found.get(state.value, 0) for state in NoticeState}


def attempts_of(*, notice_id: int) -> QuerySet[DeliveryAttempt]:
    """Give the calls made for a notice, in order."""
    return DeliveryAttempt.objects.filter(notice_id=notice_id).order_by("pk")


def notices_of(*, recipient_id: int, after_id: int = 0, limit: int = 100) -> Sequence[Notice]:
    """Give a recipient's own notices behind a key, the oldest first."""
    return list(Notice.objects.filter(recipient_id=recipient_id, pk__gt=after_id).order_by("pk")[:limit])


def adverse_uses_of_subject(*, subject_id: int) -> QuerySet[AdverseUse]:
    """Give the notices of uses against a subject, the newest first."""
    return AdverseUse.objects.select_related("recipient", "record").filter(subject_id=subject_id).order_by("-pk")


def adverse_uses_of_recipient(*, recipient_id: int) -> QuerySet[AdverseUse]:
    """Give the notices a recipient owes, the newest first."""
    return AdverseUse.objects.select_related("recipient", "record").filter(recipient_id=recipient_id).order_by("-pk")


def told_of(*, record_id: int) -> tuple[Told, ...]:
    """Give who was given a record, and of what each was told and has confirmed."""
    return told_of_each(record_ids=[record_id]).get(record_id, ())


def told_of_each(*, record_ids: Collection[int]) -> dict[int, tuple[Told, ...]]:
    """Give for each of some records who was given it, and of what each was told and has confirmed; two statements."""
    given = (
        Handover.objects.filter(record_id__in=record_ids)
        .values("record_id", "recipient_id", "recipient__name", "purpose", "subject_id", "record__subject_id")
        .annotate(first=Min("at"), last=Max("at"), times=Count("pk"))
        .order_by("recipient__name", "purpose")
    )
    sent: dict[tuple[int, int], list[ToldOf]] = defaultdict(list)
    for notice in Notice.objects.filter(record_id__in=record_ids).order_by("pk"):
        state = NoticeState(notice.state)
        told = ToldOf(notice.get_kind_display(), state.value, state.label, notice.created_at, notice.confirmed_at)
        sent[notice.record_id, notice.recipient_id].append(told)
    found: dict[int, list[Told]] = defaultdict(list)
    for row in given:
        own = SUBJECT_ITSELF if row["subject_id"] == row["record__subject_id"] else SUBJECT_BEFORE
        found[row["record_id"]].append(
            Told(
                recipient=row["recipient__name"] or own,
                purpose=row["purpose"],
                first_given_at=row["first"],
                last_given_at=row["last"],
                times=row["times"],
                notices=tuple(sent.get((row["record_id"], row["recipient_id"]), ())),
            )
        )
    return {record_id: tuple(told) for record_id, told in found.items()}
