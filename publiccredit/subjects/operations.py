"""
Every write to the file of subjects: bulk by way of staging, single acts by a person.

Functions that take a ``Filing`` are steps of a larger act, which enters itself in the ledger and gives its number.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from publiccredit.subjects.filing import file_staged, set_apart_staged
from publiccredit.subjects.looking import (
    note_look,
    note_officers_look,
    note_recipients_look,
)
from publiccredit.subjects.making import make_staged_subjects, update_registered_subjects
from publiccredit.subjects.models import Record, RecordState, RegistrationStatus, Subject
from publiccredit.subjects.pinyin import pinyin_initials
from publiccredit.subjects.sharing import numbers_in_question, shared_numbers
from publiccredit.subjects.staging import analyse_staging, close_staging, copy_in, open_staging
from publiccredit.subjects.standing import (
    correct,
    end_display,
    end_dispute,
    flag_suit,
    lift_stay,
    lift_suit,
    lock_records,
    mark_disputed,
    resume_display,
    resume_taken_back,
    settle_dispute,
    shield,
    state_on_record,
    stay,
    suspend_display,
    undo_repair,
    withdraw,
)
from publiccredit.subjects.types import NewSubject

__all__ = [
    "analyse_staging",
    "assign_subject",
    "attach_document_hash",
    "close_staging",
    "copy_in",
    "correct",
    "declare_served",
    "end_display",
    "end_dispute",
    "file_staged",
    "flag_suit",
    "lift_stay",
    "lift_suit",
    "lock_records",
    "make_staged_subjects",
    "make_subject",
    "mark_disputed",
    "note_look",
    "note_officers_look",
    "note_recipients_look",
    "numbers_in_question",
    "open_staging",
    "release_subject",
    "resume_display",
    "resume_taken_back",
    "set_apart_staged",
    "settle_dispute",
    "shared_numbers",
    "shield",
    "state_on_record",
    "stay",
    "suspend_display",
    "undo_repair",
    "update_registered_subjects",
    "withdraw",
]

# A version is known strictly later than the one before it, even where two acts fall on one instant.
_LATER = "greatest(%(at)s, known_from + interval '1 microsecond')"
# A record that waited is shown from the day it was released, not from the day its service would have allowed.
_RELEASED_ON = "(%(at)s::timestamptz AT TIME ZONE 'Asia/Shanghai')::date"
# A declaration says "at the latest": where a case has corrected the day of a record that waits, that one stands.
_SERVED = "coalesce(served_on, %(served_on)s::date)"

_DECLARE_SERVED = f"""
UPDATE subjects_record r SET
    served_on = {_SERVED},
    content = content || jsonb_build_object(%(served_field)s::text, {_SERVED}),
    state = CASE WHEN subject_id IS NULL THEN 'held_unmatched' ELSE 'filed' END,
    disclosed_from = greatest(decided_on, {_SERVED}, {_RELEASED_ON}),
    disclosed_until = greatest(disclosed_until, decided_on, {_SERVED}, {_RELEASED_ON}),
    known_from = {_LATER}, entry_id = %(entry_id)s
FROM (SELECT id FROM subjects_record WHERE submission_id = %(submission_id)s AND state = 'held_unserved'
        AND decided_on <= %(served_on)s ORDER BY id FOR NO KEY UPDATE) AS held
WHERE r.id = held.id
"""

_ASSIGN = f"""
UPDATE subjects_record r SET subject_id = %(subject_id)s, matched_by = %(matched_by)s,
    state = CASE WHEN state = 'held_unmatched' AND %(subject_id)s IS NOT NULL THEN 'filed'
                 WHEN state = 'filed' AND %(subject_id)s IS NULL THEN 'held_unmatched' ELSE state END,
    disclosed_from = CASE WHEN state = 'held_unmatched' THEN greatest(disclosed_from, {_RELEASED_ON})
        ELSE disclosed_from END,
    disclosed_until = CASE WHEN state = 'held_unmatched' AND disclosed_until IS NOT NULL
        THEN greatest(disclosed_until, disclosed_from, {_RELEASED_ON}) ELSE disclosed_until END,
    known_from = {_LATER}, entry_id = %(entry_id)s
FROM (SELECT id FROM subjects_record WHERE id = ANY(%(record_ids)s) ORDER BY id FOR NO KEY UPDATE) AS locked
WHERE r.id = locked.id
"""

_ATTACH = f"""
UPDATE subjects_record r SET document_sha256 = %(sha256)s, known_from = {_LATER}, entry_id = %(entry_id)s
FROM (SELECT id FROM subjects_record
      WHERE id = ANY(%(record_ids)s) AND document_sha256 <> %(sha256)s ORDER BY id FOR NO KEY UPDATE) AS locked
WHERE r.id = locked.id
"""


def declare_served(*, submission_id: int, served_on: date, served_field: str, at: datetime, entry_id: int) -> int:
    """Let the records of a submission that wait for their service take effect from that day; give their number."""
    values: dict[str, Any] = {
        "submission_id": submission_id, "served_on": served_on, "served_field": served_field, "at": at,
        "entry_id": entry_id,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_DECLARE_SERVED, values)
        return int(cursor.rowcount)


def assign_subject(*, record_ids: list[int], subject_id: int, matched_by: str, at: datetime, entry_id: int) -> int:
    """File records under a subject a person determined; give their number."""
    return _assign(record_ids, subject_id, matched_by, at, entry_id)


def release_subject(*, record_ids: list[int], at: datetime, entry_id: int) -> int:
    """Take records out of a subject's file until it is determined again whose they are; give their number."""
    return _assign(record_ids, None, "", at, entry_id)


def _assign(record_ids: list[int], subject_id: int | None, matched_by: str, at: datetime, entry_id: int) -> int:
    values: dict[str, Any] = {
        "record_ids": record_ids, "subject_id": subject_id, "matched_by": matched_by, "at": at, "entry_id": entry_id,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ASSIGN, values)
        return int(cursor.rowcount)


def attach_document_hash(*, record_ids: Sequence[int], sha256: str, at: datetime, entry_id: int) -> None:
    """Put the hash of a deposited document on records, or none in its place; on those that bear it nothing changes."""
    values: dict[str, Any] = {"record_ids": list(record_ids), "sha256": sha256, "at": at, "entry_id": entry_id}
    with connection.cursor() as cursor:
        cursor.execute(_ATTACH, values)


def make_subject(*, new: NewSubject, normalised_name: str, core_name: str, at: datetime, entry_id: int) -> int:
    """Open a file for a subject a person found to be new, or give the one its identifier has; give its number."""
    values: dict[str, Any] = {
        "kind": new.kind, "name": new.name, "normalised_name": normalised_name, "core_name": core_name,
        "pinyin_initials": pinyin_initials(name=new.name), "region": new.region, "address": new.address,
        "registration_status": RegistrationStatus.UNKNOWN, "known_from": at, "entry_id": entry_id,
    }  # fmt: skip
    if new.uscc is None:
        return Subject.objects.create(**values).pk
    return Subject.objects.get_or_create(uscc=new.uscc, defaults=values)[0].pk


def held_records(*, submission_id: int) -> int:
    """Count the records of a submission that wait for the declaration of their service."""
    return Record.objects.filter(submission_id=submission_id, state=RecordState.HELD_UNSERVED).count()
