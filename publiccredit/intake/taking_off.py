"""A decision document taken off a record it is not about: at once its subject opens it no longer."""

from datetime import datetime

from django.db import transaction

from publiccredit.accounts.operations import NotAllowed, acting
from publiccredit.accounts.types import Actor
from publiccredit.catalogue.types.personal_numbers import refusal_of
from publiccredit.intake.models import TakenOffDocument
from publiccredit.ledger.operations import next_entry_id, record_entry
from publiccredit.subjects.operations import attach_document_hash, lock_records
from publiccredit.subjects.queries import verify_open

SHORTEST_REASON = 10  # as for decisions: words of the officer's own, not a tick
LONGEST_REASON = 500


class UnableToTakeOff(Exception):
    """Nothing is taken off; the message says why and what would be right."""


def take_off_document(*, by: Actor, record_id: int, reason: str, at: datetime) -> TakenOffDocument:
    """
    Take the decision document off a record of the department that put it there, and keep which it was and why.

    What stood on the record stands in its former version; the file stays sealed, for other records and for proof.

    :raises NotAllowed: the record is not of this officer's department, or is not there: which of the two is not said.
    :raises FileClosed: the officer has declared a relation to its subject.
    :raises UnableToTakeOff: there is no document on it, or the reason is none.
    """
    with acting(actor=by), transaction.atomic():
        record = lock_records(record_ids=[record_id]).get(record_id)
        if not by.of_department or record is None or record.department_code != by.department_code:
            raise NotAllowed("没有这条记录，或者不是本部门报送的。请核对编号；只有报送的部门可以取下它的决定书。")
        verify_open(actor=by, subject_ids=[record.subject_id])
        _refuse_reason(words := reason.strip())
        if not (sha256 := record.document_sha256):
            raise UnableToTakeOff("这条记录上没有决定书，不必取下。")
        entry_id = next_entry_id()
        attach_document_hash(record_ids=[record_id], sha256="", at=at, entry_id=entry_id)
        taken_off = TakenOffDocument.objects.create(
            department_code=record.department_code,
            record_id=record_id,
            subject_id=record.subject_id,
            document_number=record.document_number,
            sha256=sha256,
            reason=words,
            taken_off_by=by.name,
            taken_off_at=at,
            entry_id=entry_id,
        )
        record_entry(
            actor=by.name, operation="take_off_document", object_kind="record", object_id=record_id,
            department_code=by.department_code, at=at, entry_id=entry_id, payload={"sha256": sha256},
        )  # fmt: skip
    return taken_off


def _refuse_reason(words: str) -> None:
    length = len("".join(words.split()))
    if length < SHORTEST_REASON:
        raise UnableToTakeOff(f"理由至少 {SHORTEST_REASON} 个字，实为 {length} 个字。请写明为什么这份决定书不是它的。")
    if len(words) > LONGEST_REASON:
        raise UnableToTakeOff(f"理由不超过 {LONGEST_REASON} 字，实为 {len(words)} 字。请删减。")
    if number := refusal_of(text=words, what="理由"):
        raise UnableToTakeOff(number)
