"""The contact the office keeps for a subject, and the handlers a subject names: by name and contact only."""

import re
from datetime import datetime

from publiccredit.accounts.operations import one_act
from publiccredit.accounts.types import Actor
from publiccredit.catalogue.types.identity_numbers import may_hold_one
from publiccredit.ledger.types import china_day
from publiccredit.subjectdesk.models import Handler, ProofCode, RegisteredContact
from publiccredit.subjectdesk.rules import DeskRefused, office_only, subject_itself
from publiccredit.subjectdesk.types import HandlerAsked, Method, Visitor, rights_of

MOBILE = re.compile(r"1[3-9][0-9]{9}")
MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[A-Za-z]{2,}")
NAME = re.compile(r"[^\W\d_]{2,20}(?:[·•][^\W\d_]{1,20})*")
LONGEST_PERIOD = 731  # days; an authorisation without end is none the subject remembers


class UnableToKeep(DeskRefused):
    """The contact or the handler cannot be kept as given; the message and its field say what would be right."""


def verify_evidence(evidence: str, *, such_as: str) -> None:
    """
    Hold that a clerk says what was checked, and nobody's number with it.

    :raises UnableToKeep: it is missing, or may hold an identity number.
    """
    if len(evidence.strip()) < 4 or may_hold_one(evidence):
        raise UnableToKeep(f"请写明核对了哪些材料，如“{such_as}”；不要写身份证号码。", where="evidence")


def register_contact(*, by: Actor, subject_id: int, name: str, contact: str, evidence: str, at: datetime) -> None:
    """
    Keep a subject's contact on the evidence a clerk was shown; the former one ends, and codes sent to it with it.

    :raises NotAllowed: the actor is not of the office.
    :raises UnableToKeep: it is no name or contact, holds an identity number, or the evidence is missing.
    """
    office_only(by)
    _verify_name(name)
    _verify_contact(contact)
    verify_evidence(evidence, such_as="营业执照原件、加盖公章的联系人登记表")
    with one_act(by=by, at=at, operation="register_contact", object_kind="subject") as act:
        RegisteredContact.objects.filter(subject_id=subject_id, ended_at__isnull=True).update(ended_at=at)
        ProofCode.objects.filter(
            subject_id=subject_id,
            handler__isnull=True,
            method=Method.CODE,
            used_at__isnull=True,
            cancelled_at__isnull=True,
        ).update(cancelled_at=at)
        RegisteredContact.objects.create(
            subject_id=subject_id,
            name=name.strip(),
            contact=contact.strip(),
            evidence=evidence.strip(),
            entered_by=by.name,
            entered_at=at,
            entry_id=act.entry_id,
        )
        act.object_id = subject_id


def name_handler(*, visitor: Visitor, asked: HandlerAsked, at: datetime) -> Handler:
    """
    Let a handler act for the subject in a period, as far as its rights go.

    :raises NotAllowed: a handler names no other.
    :raises UnableToKeep: the name, the contact, the period or the rights do not do.
    """
    subject_itself(visitor)
    _verify_name(asked.name)
    _verify_contact(asked.contact)
    rights = rights_of(asked.rights)
    if not rights:
        raise UnableToKeep("请至少选择一项权限。", where="rights")
    if asked.until <= asked.begins or asked.until <= china_day(at=at):
        raise UnableToKeep("授权的最后一日须不早于起始日，也不早于今天。请改正日期。", where="last_on")
    if (asked.until - asked.begins).days > LONGEST_PERIOD:
        raise UnableToKeep("一次授权不超过两年。请缩短期限，到期可以再次授权。", where="last_on")
    with one_act(by=visitor.actor, at=at, operation="name_handler", object_kind="handler") as act:
        handler = Handler.objects.create(
            subject_id=visitor.subject_id,
            name=asked.name.strip(),
            contact=asked.contact.strip(),
            rights=sorted(r.value for r in rights),
            begins=asked.begins,
            until=asked.until,
            named_at=at,
            entry_id=act.entry_id,
        )
        act.object_id = handler.pk
        act.payload |= {"rights": ",".join(handler.rights), "until": asked.until.isoformat()}
    return handler


def revoke_handler(*, visitor: Visitor, handler_id: int, at: datetime) -> None:
    """
    End a handler's rights at once, in the sessions it has open too.

    :raises NotAllowed: a handler revokes no other.
    :raises UnableToKeep: the subject has no such handler that still acts.
    """
    subject_itself(visitor)
    with one_act(by=visitor.actor, at=at, operation="revoke_handler", object_kind="handler") as act:
        revoked = Handler.objects.filter(
            pk=handler_id, subject_id=visitor.subject_id, revoked_at__isnull=True
        ).update(revoked_at=at)  # fmt: skip
        if not revoked:
            raise UnableToKeep("没有这位经办人，或者已经撤销。请刷新页面核对。")
        act.object_id = handler_id


def _verify_name(name: str) -> None:
    if not NAME.fullmatch(name.strip()):
        raise UnableToKeep("请填写姓名，2 至 20 个字，不含数字。", where="name")


def _verify_contact(contact: str) -> None:
    given = contact.strip()
    if may_hold_one(given) or not (MOBILE.fullmatch(given) or MAIL.fullmatch(given)):
        raise UnableToKeep("请填写 11 位手机号码或者电子邮箱，如 13900000000；不要填写身份证号码。", where="contact")
