"""A record as one line of a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from publiccredit.catalogue.types import Audience
from publiccredit.disclosure import queries
from publiccredit.disclosure.types import VisibleRecord
from publiccredit.disclosure.words import Status, department_name, status_of


@dataclass(frozen=True)
class RecordEntry:
    title: str
    number: str  # of its document, which is read in one piece
    url: str
    day: date
    day_means: str  # a registration has no decision; its day is that of its arrival
    what: str  # the most telling field of the record
    authority: str
    status: Status
    adverse: bool
    subject: str = ""
    subject_url: str = ""


TELLING = ("penalty_content", "licence_content", "violation_kind", "business_scope")


def entry_of(record: VisibleRecord, *, subject: str = "", subject_identifier: str = "") -> RecordEntry:
    """Give the line of a record, with its subject where the list is not of one subject."""
    values = {field.name: field.value for field in record.fields}
    return RecordEntry(
        title=record.title,
        number=record.document_number,
        url=reverse("disclosure:record", args=[record.id]),
        day=record.decided_on or record.received_on,
        day_means="决定" if record.decided_on else "收到",
        what=next((values[name] for name in TELLING if values.get(name)), ""),
        authority=record.authority_name or department_name(record.department_code),
        status=status_of(record),
        adverse=record.adverse,
        subject=subject,
        subject_url=reverse("disclosure:subject", args=[subject_identifier]) if subject_identifier else "",
    )


def entries_with_subjects(records: Sequence[VisibleRecord], *, on: date) -> list[RecordEntry]:
    """Give the lines of records of several subjects, each with the name of its own."""
    ids = [record.subject_id for record in records if record.subject_id is not None]
    subjects = queries.known_subjects(subject_ids=ids, audience=Audience.PUBLIC, on=on)
    return [
        entry_of(record, subject=subject.name, subject_identifier=subject.identifier)
        for record in records
        if record.subject_id is not None and (subject := subjects.get(record.subject_id)) is not None
    ]
