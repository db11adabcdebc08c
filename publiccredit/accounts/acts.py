"""Acting in the database as somebody, and what every operation on accounts has in common."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import wraps
from typing import ParamSpec, TypeVar

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from psycopg.pq import TransactionStatus

from publiccredit.accounts.models import Officer
from publiccredit.accounts.types import Actor, Role
from publiccredit.ledger.operations import Scalar, next_entry_id, record_entry
from publiccredit.ledger.types import china_day

_SET = (
    "SELECT set_config('publiccredit.role', %s, false), set_config('publiccredit.department', %s, false),"
    " set_config('publiccredit.account', %s, false), set_config('publiccredit.subject', %s, false)"
)
_GET = (
    "SELECT coalesce(current_setting('publiccredit.role', true), ''),"
    " coalesce(current_setting('publiccredit.department', true), ''),"
    " coalesce(current_setting('publiccredit.account', true), ''),"
    " coalesce(current_setting('publiccredit.subject', true), '')"
)


class UnableToOpenAccount(Exception):
    """The account cannot be opened as asked; the message says why and what would be right."""


class NotAllowed(Exception):
    """The actor's role does not allow this."""


class FileClosed(NotAllowed):
    """The officer has declared a relation to the subject of a file, and neither acts in it nor reads it (DP-34)."""


@dataclass(frozen=True)
class IssuedSecret:
    """A secret that is shown once: only its hash is kept."""

    object_id: int
    secret: str


def token_hash(secret: str) -> str:
    """Give the form in which a token's secret is kept. The secret has 256 random bits, so a plain hash suffices."""
    return hashlib.sha256(secret.encode()).hexdigest()


# --- the database session -------------------------------------------------------------------------------------------


def act_as(*, actor: Actor) -> None:
    """Set the database session to this actor: row-level security decides by it from here on."""
    own = actor.subject_id is not None
    role = actor.role.value if actor.role else "subject" if own else "program"
    with connection.cursor() as cursor:
        cursor.execute(
            _SET, [role, actor.department_code, actor.name, str(actor.subject_id) if own else ""]
        )  # fmt: skip


def act_as_nobody() -> None:
    """Hand the database session back: nobody sees no department's rows."""
    if connection.connection is None or _lost():
        return
    with connection.cursor() as cursor:
        cursor.execute(_SET, ["", "", "", ""])


@contextmanager
def acting(*, actor: Actor) -> Iterator[None]:
    """Act as this actor on the current connection, and as whoever acted before afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(_GET)
        before = cursor.fetchone()
    act_as(actor=actor)
    try:
        yield
    finally:
        if not _lost():
            with connection.cursor() as cursor:
                cursor.execute(_SET, list(before))


def _lost() -> bool:
    """
    Tell whether the transaction takes no statement any more: its rollback hands the session back by itself.

    A statement more would be refused, and that refusal stand in the place of what went wrong.
    """
    status = connection.connection.info.transaction_status
    return connection.needs_rollback or status is TransactionStatus.INERROR


# --- operations -----------------------------------------------------------------------------------------------------


@dataclass
class Act:
    """One operation under way: one transaction, one ledger entry, whose number the rows it writes can name."""

    by: Actor
    at: datetime
    entry_id: int
    object_id: str | int = ""
    payload: dict[str, Scalar] = field(default_factory=dict)

    @property
    def on(self) -> date:
        return china_day(at=self.at)


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
            department_code=by.department_code,
            payload=act.payload,
            entry_id=act.entry_id,
        )


Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def as_its_actor(operation: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Perform an operation in one transaction, as the actor it names: the database lets nobody else change accounts."""

    @wraps(operation)
    def performed(*args: Arguments.args, **named: Arguments.kwargs) -> Result:
        by = named["by"]
        assert isinstance(by, Actor)
        with acting(actor=by), transaction.atomic():
            return operation(*args, **named)

    return performed


def administrator_only(actor: Actor) -> None:
    """Refuse whoever is neither an administrator nor the program itself."""
    if actor.role not in (Role.ADMINISTRATOR, None):
        raise NotAllowed("只有系统管理员可以管理账号。请联系系统管理员办理。")


def enter(by: Actor, operation: str, officer: Officer, at: datetime, **payload: Scalar) -> None:
    """Enter an act on an account into the ledger."""
    record_entry(
        actor=by.name,
        operation=operation,
        object_kind="officer",
        object_id=officer.pk,
        at=at,
        payload={"account": officer.username, **payload},
    )


def end_sessions(officer: Officer, at: datetime) -> None:
    """Remove the officer's sessions: kept, they would live again the moment the account is reopened."""
    for session in Session.objects.filter(expire_date__gt=at).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(officer.pk):
            session.delete()
