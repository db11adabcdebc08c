"""A recipient says that it used a record against its subject, and is given the notice it owes for it (DP-21)."""

from datetime import date, datetime

from django.db import connection, transaction

from publiccredit.accounts.operations import NotAllowed, acting
from publiccredit.accounts.types import OFFICE_ROLES, PROGRAM, Actor
from publiccredit.catalogue.types.identity_numbers import may_hold_one
from publiccredit.ledger.operations import next_entry_id, record_entry
from publiccredit.ledger.types import china_day
from publiccredit.recipients.adverse_use import text_of
from publiccredit.recipients.models import AdverseUse, Handover, Recipient
from publiccredit.recipients.operations.confirming import RECIPIENT_ACCOUNT
from publiccredit.recipients.types import Identified, Used
from publiccredit.subjects.queries import Record, records

SHORTEST, LONGEST = 4, 500
LOCK = 7310581


class UnableToGiveNotice(Exception):
    """The notice cannot be written as asked; the message says what was found and what would be right."""

    def __init__(self, message: str, *, where: str | None = None) -> None:
        super().__init__(message)
        self.where = where


class NeverGiven(UnableToGiveNotice):
    """The recipient was never given the record, or there is none: nobody can tell which."""

    def __init__(self) -> None:
        super().__init__(
            "没有向本接收方提供过这条记录，或者没有这条记录。请核对记录编号；没有提供过的不能使用。",
            where="record_id",
        )


def give_adverse_use_notice(*, by: Identified, used: Used, at: datetime) -> AdverseUse:
    """
    Write the notice of a use that a recipient's own program states. The same use again is the same notice.

    :raises NeverGiven: it was never given the record.
    :raises UnableToGiveNotice: what was decided is not said, or lies in the future or before the record was given.
    """
    return _give(by.recipient_id, f"{RECIPIENT_ACCOUNT}{by.recipient_id}", used, at)


def take_down_adverse_use(*, by: Actor, recipient_id: int, used: Used, at: datetime) -> AdverseUse:
    """
    Write the notice of a use for a recipient that has no program, at the office.

    :raises NotAllowed: only the office does.
    :raises UnableToGiveNotice: as for the recipient itself.
    """
    if by.role not in OFFICE_ROLES:
        raise NotAllowed("使用告知书由接收方自己生成，或者由信用办代为登记。")
    return _give(recipient_id, by.name, used, at)


def _give(recipient_id: int, account: str, used: Used, at: datetime) -> AdverseUse:
    today = china_day(at=at)
    _verify(used, today)
    with acting(actor=PROGRAM), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, recipient_id])
        known = AdverseUse.objects.filter(
            recipient_id=recipient_id, record_id=used.record_id, decided_on=used.decided_on, what=used.what.strip()
        ).first()
        if known is not None:
            return known
        record, subject_id, known_from = _held(recipient_id, used)
        entry_id = next_entry_id()
        recipient = Recipient.objects.get(pk=recipient_id)
        text = text_of(
            recipient=recipient, record=record, what=used.what.strip(), decided_on=used.decided_on,
            reference=used.reference.strip(), on=today,
        )  # fmt: skip
        made = AdverseUse.objects.create(
            recipient=recipient, record=record, subject_id=subject_id, known_from=known_from,
            what=used.what.strip(), decided_on=used.decided_on, reference=used.reference.strip(), text=text,
            made_by=account, made_at=at, entry_id=entry_id,
        )  # fmt: skip
        record_entry(
            actor=account,
            operation="give_adverse_use_notice",
            object_kind="adverse_use",
            object_id=made.pk,
            at=at,
            payload={"record": record.pk, "recipient": recipient_id},
            entry_id=entry_id,
        )
    return made


def _held(recipient_id: int, used: Used) -> tuple[Record, int, datetime]:
    """
    Give the record that was used, and the version of it that the recipient was given last.

    :raises UnableToGiveNotice: it was never given, or only after the decision.
    """
    held = Handover.objects.filter(recipient_id=recipient_id, record_id=used.record_id)
    latest = held.order_by("-at", "-pk").first()
    record = records().select_related("subject").filter(pk=used.record_id).first()
    if latest is None or record is None or record.subject_id is None:
        raise NeverGiven
    first_on = china_day(at=held.earliest("at").at)
    if used.decided_on < first_on:
        raise UnableToGiveNotice(
            f"作出决定的日期 {used.decided_on} 早于首次取得该记录的 {first_on}。请核对。", where="decided_on"
        )
    return record, record.subject_id, latest.known_from


def _verify(used: Used, today: date) -> None:
    length = len("".join(used.what.split()))
    if length < SHORTEST or len(used.what) > LONGEST:
        raise UnableToGiveNotice(
            f"请写明作出了什么决定，{SHORTEST} 至 {LONGEST} 字，如“未通过供应商资格审查”。", where="what"
        )
    if may_hold_one(used.what) or may_hold_one(used.reference):
        raise UnableToGiveNotice("请不要写身份证号码。请删去后再提交。", where="what")
    if used.decided_on > today:
        raise UnableToGiveNotice(f"作出决定的日期 {used.decided_on} 晚于今天。请填写实际的日期。", where="decided_on")
