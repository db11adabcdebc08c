"""
What is handed over is written down before it leaves, in the transaction that reads it.

A change of a record and its disclosure may meet. Who discloses holds a shared lock from before the reading to the
commit; who tells the holders takes the same lock for itself, after the change and before it looks for them. So either
the holder is found and told, or it has read the changed record. Lock order everywhere: records, this lock, ledger.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from publiccredit.recipients.models import Recipient
from publiccredit.recipients.types import Handed, Identified, Version, Way
from publiccredit.subjects import operations as subjects

LOCK = 7310579  # one advisory lock: readers share it for milliseconds, a decision takes it for as long

_INSERT = """
INSERT INTO recipients_handover (recipient_id, subject_id, token_id, record_id, known_from, way, purpose, at)
SELECT %s, %s, %s, v.record_id, v.known_from, %s, %s, %s
FROM unnest(%s::bigint[], %s::timestamptz[]) AS v (record_id, known_from)
"""


@dataclass(frozen=True)
class _Holder:
    """Who holds what was handed over: a recipient, by a token where its program asked, or the subject itself."""

    recipient_id: int | None = None
    subject_id: int | None = None
    token_id: int | None = None


@contextmanager
def disclosing(*, to: Identified | None, way: Way, at: datetime) -> Iterator[Handed]:
    """
    Write down every record that is added within, handed to this recipient; to nobody in particular, nothing.

    The records are to be read within, too. An anonymous reader costs no statement.
    """
    handed = Handed()
    if to is None:
        yield handed
        return
    with transaction.atomic():
        hold_disclosures()
        yield handed
        holder = _Holder(recipient_id=to.recipient_id, token_id=to.token_id)
        _write(holder, handed.versions, way, to.purpose, at)
        _note_look(to.recipient_id, to.name, handed.versions, way, to.purpose, at)


def record_handovers(
    *, recipient_id: int, purpose: str, way: Way, versions: Collection[Version], at: datetime
) -> int:  # fmt: skip
    """
    Write down versions that a report, a delivery, a check or an export hands to a recipient; give their number.

    To be called in the transaction that reads them, after ``hold_disclosures``.
    """
    name = Recipient.objects.values_list("name", flat=True).get(pk=recipient_id)
    _note_look(recipient_id, name, versions, way, purpose, at)
    return _write(_Holder(recipient_id=recipient_id), versions, way, purpose, at)


def record_copies(*, subject_id: int, purpose: str, versions: Collection[Version], at: datetime) -> int:
    """
    Write down versions that a subject takes with it as its own copy; give their number.

    To be called in the transaction that reads them, after ``hold_disclosures``.
    """
    return _write(_Holder(subject_id=subject_id), versions, Way.COPY, purpose, at)


def hold_disclosures() -> None:
    """Let every telling wait until this transaction, which is about to read what it discloses, has ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LOCK])


def end_of_disclosing() -> None:
    """Wait until everybody who disclosed has committed, and let nobody begin before this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _note_look(
    recipient_id: int, name: str, versions: Collection[Version], way: Way, purpose: str, at: datetime
) -> None:
    """Enter it on the log of each subject whose records they are: who was given them, and what for."""
    subjects.note_recipients_look(
        recipient_id=recipient_id,
        name=name,
        record_ids={v.record_id for v in versions},
        what=f"取得记录（{way.label}），用途：{purpose}",
        at=at,
    )


def _write(holder: _Holder, versions: Collection[Version], way: Way, purpose: str, at: datetime) -> int:
    if not versions:
        return 0
    ordered = sorted(versions, key=lambda v: (v.record_id, v.known_from))
    ids, known = [v.record_id for v in ordered], [v.known_from for v in ordered]
    with connection.cursor() as cursor:
        who = [holder.recipient_id, holder.subject_id, holder.token_id]
        cursor.execute(_INSERT, [*who, way.value, purpose, at, ids, known])
        return int(cursor.rowcount)
