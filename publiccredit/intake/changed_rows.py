"""What the rows of a submission corrected in records that were on file: field by field, from what to what."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from publiccredit.catalogue.types import FieldType, RecordField
from publiccredit.catalogue.types.amounts import in_wan
from publiccredit.intake.checks.findings import shown_text
from publiccredit.intake.models import Submission
from publiccredit.ledger.queries import Entry
from publiccredit.subjects import queries as subjects
from publiccredit.subjects.queries import Record, RecordVersion

NOTHING = "空"


@dataclass(frozen=True)
class Changed:
    """A field of a record, as it was before a submission and as the submission left it."""

    title: str
    former: str
    latter: str


def changed_by(*, entries: Iterable[Entry]) -> int:
    """Give the number of rows that corrected a record on file, as the act that filed a submission entered it."""
    return next((int(json.loads(e.payload)["changed"]) for e in entries if e.operation == "file_submission"), 0)


def changes_of(*, submission: Submission, records: Sequence[Record]) -> dict[int, tuple[Changed, ...]]:
    """
    Give what a submission changed in those of some of its records that were on file before it.

    Where only something beside the fields moved, such as a day of service declared with the file, nothing is listed.
    """
    versions: dict[int, list[Record | RecordVersion]] = {record.pk: [] for record in records}
    for version in subjects.record_versions().filter(record_id__in=versions).order_by("known_from", "pk"):
        versions[version.record_id].append(version)
    found = {}
    for record in records:
        stages = [*versions[record.pk], record]
        first = next(n for n, stage in enumerate(stages) if stage.submission_id == submission.pk)
        if first:
            fields = subjects.record_type_of(record).fields
            found[record.pk] = tuple(_between(fields, stages[first - 1].content, stages[first].content))
    return found


def _between(fields: Sequence[RecordField], former: Mapping[str, Any], latter: Mapping[str, Any]) -> list[Changed]:
    pairs = ((field, former.get(field.name), latter.get(field.name)) for field in fields)
    return [Changed(f.title, _in_words(f, was), _in_words(f, now)) for f, was, now in pairs if was != now]


def _in_words(field: RecordField, value: Any) -> str:
    if value in (None, ""):
        return NOTHING
    return shown_text(field, in_wan(value) if field.type is FieldType.AMOUNT else str(value))
