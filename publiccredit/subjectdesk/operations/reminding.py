"""
What a subject is told by the contact it left: that a repair has opened, and that a letter of a case has been written.

One message for each record and each letter, whatever runs how often; what was not taken goes with the next round.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from publiccredit.accounts.operations import acting, one_act
from publiccredit.accounts.types import PROGRAM
from publiccredit.casework import queries as cases
from publiccredit.casework.queries import Letter
from publiccredit.ledger.types import china_day
from publiccredit.subjectdesk.models import Message, RegisteredContact
from publiccredit.subjectdesk.outbox import Messenger, Outgoing, UnableToSend
from publiccredit.subjectdesk.types import MessageKind, Reminded
from publiccredit.subjects.queries import Record, marks_of, repair_opens_on, with_marks

LETTERS_LOOK_BACK = timedelta(days=7)
A_MOMENT = timedelta(minutes=5)
LOOKS_BACK = timedelta(days=30)  # of who left no contact: a message waits at the office to be read out or printed


def remind_of_repairs(*, at: datetime, messenger: Messenger) -> Reminded:
    """
    Write a message for every record whose repair has opened, and send what was not sent yet.

    Whoever has registered a contact is told of each record once, however old it was when it was filed or when the
    contact came. Whoever has none is told of what opened lately: so an archive of old penalties that is filed at once
    lays nothing into the office's outbox, and each is told of when its subject can be reached.
    """
    today = china_day(at=at)
    with acting(actor=PROGRAM):
        opening = list(cases.repairs_opening(first=today - LOOKS_BACK, last=today).select_related("subject"))
        opening += _not_told_yet(today, besides={record.pk for record in opening})
    written = sum(_write(record, at) for record in opening)
    return Reminded(looked_at=len(opening), written=written, sent=_send(at, messenger))


def _not_told_yet(today: date, *, besides: set[int]) -> list[Record]:
    """Give what can be repaired of the subjects that can be reached, and was told to nobody, in two looks."""
    reached = RegisteredContact.objects.filter(ended_at__isnull=True).values_list("subject_id", flat=True)
    messages = Message.objects.filter(kind=MessageKind.REPAIR_OPENS, subject_id__in=reached)
    told = set(messages.values_list("key", flat=True))
    able = cases.repairs_open(of_subjects=reached, on=today).exclude(pk__in=besides).select_related("subject")
    return [record for record in able if _key(record, repair_opens_on(record=record)) not in told]


def _key(record: Record, opens: date | None) -> str:
    return f"{record.pk}:{opens.isoformat() if opens else ''}"


def tell_of_letters(*, at: datetime, messenger: Messenger | None = None) -> Reminded:
    """
    Write a message for every letter that waits for the subject of a case; where there is a messenger, send it.

    Only what was written a moment ago is sent here, as often as this runs: what was not taken goes with the hourly
    round, so a gateway that is out of order is not called for each message every minute.
    """
    with acting(actor=PROGRAM):
        since = at - LETTERS_LOOK_BACK
        letters = list(cases.letters_to_tell(since=since))
        messages = Message.objects.filter(kind=MessageKind.CASE_LETTER, written_at__gte=since)
        told = set(messages.values_list("subject_id", "key"))
    written = sum(_tell(letter, at) for letter in letters if (letter.case.subject_id, letter.number) not in told)
    sent = 0 if messenger is None else _send(at, messenger, since=at - A_MOMENT, kind=MessageKind.CASE_LETTER)
    return Reminded(looked_at=len(letters), written=written, sent=sent)


def _tell(letter: Letter, at: datetime) -> int:
    case = letter.case
    if case.subject_id is None:
        return 0
    text = (
        f"{cases.procedure_of_case(case=case).title}案件 {case.number} 有新的文书：{letter.get_kind_display()}。"
        "请登录公共信用信息平台“我的信用”查看，或到信用办窗口领取。不收费。"
    )
    written = _Written(MessageKind.CASE_LETTER, letter.number, case.subject_id, text, "case", case.pk)
    return _write_once(written, "tell_of_letter", at)


def _write(record: Record, at: datetime) -> int:
    opens = repair_opens_on(record=record)
    if record.subject_id is None or opens is None:
        return 0
    key, text = _key(record, opens), _text(record, opens)
    written = _Written(MessageKind.REPAIR_OPENS, key, record.subject_id, text, "record", record.pk)
    return _write_once(written, "remind_of_repair", at)


@dataclass(frozen=True)
class _Written:
    """A message, and what it is about."""

    kind: MessageKind
    key: str
    subject_id: int
    text: str
    object_kind: str
    object_id: int


def _write_once(new: _Written, operation: str, at: datetime) -> int:
    with acting(actor=PROGRAM):
        if Message.objects.filter(subject_id=new.subject_id, kind=new.kind, key=new.key).exists():
            return 0
    try:
        with (
            one_act(by=PROGRAM, at=at, operation=operation, object_kind=new.object_kind) as act,
            transaction.atomic(),
        ):
            contact = RegisteredContact.objects.filter(subject_id=new.subject_id, ended_at__isnull=True).first()
            Message.objects.create(
                subject_id=new.subject_id,
                kind=new.kind,
                key=new.key,
                contact=contact.contact if contact else "",
                text=new.text,
                written_at=at,
                entry_id=act.entry_id,
            )
            act.object_id = new.object_id
    except IntegrityError:  # another worker wrote it between the look and the write
        return 0
    return 1


def _text(record: Record, opens: date) -> str:
    name = record.subject.name if record.subject else ""
    numbered = with_marks(record.document_number, marks=marks_of(record))
    return (
        f"{name}：{record.authority_name} {numbered} 的最短公示期已满，自 {opens} 起可以申请信用修复。"
        "请登录公共信用信息平台“我的信用”办理，或到信用办窗口办理。不收费，不需要委托代理。"
    )


def _send(at: datetime, messenger: Messenger, *, since: datetime | None = None, kind: MessageKind | None = None) -> int:
    with acting(actor=PROGRAM):
        unsent = Message.objects.filter(sent_at__isnull=True).exclude(kind=MessageKind.CODE).exclude(contact="")
        if since is not None:
            unsent = unsent.filter(written_at__gte=since)
        if kind is not None:
            unsent = unsent.filter(kind=kind)
        waiting = list(unsent.order_by("pk"))
    sent = 0
    for message in waiting:
        try:
            sent += _send_one(message, at, messenger)
        except UnableToSend:
            continue  # it goes with the next round
    return sent


def _send_one(message: Message, at: datetime, messenger: Messenger) -> int:
    """
    Send one message, unless another worker has it or has sent it.

    It is written down as sent before it is handed over, and taken back where that fails: so a write that fails never
    sends a message twice.

    :raises UnableToSend: the messenger did not take it.
    """
    with acting(actor=PROGRAM), transaction.atomic():
        unsent = Message.objects.filter(pk=message.pk, sent_at__isnull=True)
        if not unsent.select_for_update(skip_locked=True, of=("self",)).exists():
            return 0
        unsent.update(sent_at=at)
        messenger.send(message=Outgoing(message.pk, message.kind, message.contact, message.text, at))
    return 1
