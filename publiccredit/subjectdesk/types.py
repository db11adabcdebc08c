"""The values of the subject's desk: who is there, by which proof, with which rights."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import models

from publiccredit.accounts.types import Actor


class Right(models.TextChoices):
    """What a handler may do for the subject. Seeing goes with every other right."""

    SEE = "see", "查看"
    OBJECT = "object", "提出异议和投诉"
    REPAIR = "repair", "申请信用修复"
    STATE = "state", "书写声明"


EVERY_RIGHT = frozenset(Right)


class Method(models.TextChoices):
    """How a subject proves itself. None costs anything, and the counter is always one of them (DP-22)."""

    CODE = "code", "登记联系方式验证码"
    LETTER = "letter", "窗口核验函"
    SIGN_ON = "sign_on", "省统一身份认证"


class MessageKind(models.TextChoices):
    CODE = "code", "验证码"
    REPAIR_OPENS = "repair_opens", "可以申请修复的提醒"
    CASE_LETTER = "case_letter", "案件文书的告知"


@dataclass(frozen=True)
class Visitor:
    """Who is at the desk: the subject itself, or a handler it named, with the rights held at this moment."""

    session_id: int
    subject_id: int
    identifier: str
    subject_name: str
    method: Method
    expires_at: datetime
    rights: frozenset[Right]
    handler_id: int | None = None
    handler_name: str = ""
    contact: str = ""

    @property
    def is_subject(self) -> bool:
        return self.handler_id is None

    @property
    def actor(self) -> Actor:
        """Give the actor its acts are entered under: an identifier, never a person's name."""
        return Actor(name=f"subject:{self.identifier}", role=None, subject_id=self.subject_id)

    def may(self, right: Right) -> bool:
        return right in self.rights


@dataclass(frozen=True)
class Opened:
    """A session just begun. The secret is in the answer's cookie and nowhere else; only its hash is kept."""

    secret: str
    expires_at: datetime


@dataclass(frozen=True)
class PrintedLetter:
    """A letter for the counter to print, with its code. It is shown once."""

    number: int
    subject_name: str
    identifier: str
    code: str
    valid_until: datetime


@dataclass(frozen=True)
class HandlerAsked:
    """A handler as the subject names it: a name and a contact, no identity number."""

    name: str
    contact: str
    rights: frozenset[Right]
    begins: date
    until: date  # first day on which it no longer acts


@dataclass(frozen=True)
class Reminded:
    """What one round of reminders did."""

    looked_at: int
    written: int
    sent: int


def rights_of(words: Iterable[str]) -> frozenset[Right]:
    """Give rights from their stored words; seeing goes with any of them."""
    known = frozenset(Right(w) for w in words if w in set(Right))
    return known | {Right.SEE} if known else known
