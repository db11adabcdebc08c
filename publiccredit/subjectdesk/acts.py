"""What every act at the desk shares: one transaction, one ledger entry, the actor set in the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from publiccredit.accounts.operations import NotAllowed, acting
from publiccredit.accounts.types import Actor
from publiccredit.ledger.operations import Scalar, next_entry_id, record_entry
from publiccredit.subjectdesk.types import Right, Visitor

CHINA = ZoneInfo("Asia/Shanghai")


def china_day(*, at: datetime) -> date:
    """Give the calendar day of an instant in China, where periods are counted."""
    return at.astimezone(CHINA).date()


class DeskRefused(Exception):
    """What was asked at the desk cannot be done; the message says what was found and what would be right."""

    def __init__(self, message: str, *, where: str | None = None) -> None:
        super().__init__(message)
        self.where = where  # the field of the form that is to be put right


@dataclass
class Act:
    """One operation under way."""

    by: Actor
    at: datetime
    entry_id: int
    object_id: str | int = ""
    payload: dict[str, Scalar] = field(default_factory=dict)


@contextmanager
def one_act(*, by: Actor, at: datetime, operation: str, object_kind: str) -> Iterator[Act]:
    """Perform one operation: all of it, with its ledger entry, or nothing."""
    with acting(actor=by), transaction.atomic():
        act = Act(by=by, at=at, entry_id=next_entry_id())
        yield act
        record_entry(
            actor=by.name,
            operation=operation,
            object_kind=object_kind,
            object_id=act.object_id,
            at=at,
            payload=act.payload,
            entry_id=act.entry_id,
        )


def office_only(by: Actor) -> None:
    """:raises NotAllowed: the actor is not of the office."""
    if not by.of_office:
        raise NotAllowed("主体的联系方式和核验函由信用办办理。请用信用办账号登录。")


def require(visitor: Visitor, right: Right) -> None:
    """:raises NotAllowed: the handler has not been given this right."""
    if not visitor.may(right):
        raise NotAllowed(f"您的授权不包括“{right.label}”。请由本单位办理，或者请本单位另行授权。")
