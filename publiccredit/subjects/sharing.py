"""
Document numbers that stand on records of several subjects of one authority: by one decision, or by a slip in writing.

Both are filed. But what lies under one number may be taken for one decision, and the document of one subject be put on
the record of another: the sender is told who else bears it.
"""

from collections import defaultdict
from typing import Any

from django.db import connection

from publiccredit.catalogue.types import FieldRole
from publiccredit.subjects.models import Record, RecordState
from publiccredit.subjects.record_types import record_type_of
from publiccredit.subjects.staging import ROW_TABLE
from publiccredit.subjects.types import Filing, NumberBearer, SharedNumber

# One look for the whole submission, by the index on document numbers. Those whose subject is not determined yet count
# as one here, and are told apart by what is written when the few numbers that are found are looked at closely.
_SHARED = f"""
SELECT r.document_number, r.authority_uscc FROM subjects_record r
WHERE r.document_number IN (SELECT document_number FROM {ROW_TABLE} WHERE document_number <> '')
  AND r.department_code = %(department_code)s AND r.state <> '{RecordState.WITHDRAWN}'
GROUP BY r.document_number, r.authority_uscc
HAVING count(*) > 1 AND bool_or(r.submission_id = %(submission_id)s)
  AND (count(r.subject_id) < count(*) OR min(r.subject_id) <> max(r.subject_id))
"""


def shared_numbers(*, filing: Filing) -> list[SharedNumber]:
    """Give the rows a submission has just filed under numbers that records of other subjects bear, and whose."""
    values: dict[str, Any] = {"department_code": filing.department_code, "submission_id": filing.submission_id}
    with connection.cursor() as cursor:
        cursor.execute(_SHARED, values)
        numbers = set(cursor.fetchall())
    if not numbers:
        return []
    records = Record.objects.filter(
        department_code=filing.department_code, document_number__in={number for number, _ in numbers}
    ).exclude(state=RecordState.WITHDRAWN)
    bearers: dict[tuple[str, str], dict[object, NumberBearer]] = defaultdict(dict)
    filed: list[tuple[Record, object]] = []
    for record in records.select_related("subject").order_by("pk").iterator():
        whose, here = _whose(record), record.submission_id == filing.submission_id
        of_number = bearers[record.document_number, record.authority_uscc]
        of_number.setdefault(whose, _bearer(record, here=here))
        if here:
            filed.append((record, whose))
    return [
        SharedNumber(record.sheet, record.row_number, record.document_number, others)
        for record, whose in filed
        if (others := _others(bearers[record.document_number, record.authority_uscc], whose))
    ]


def _others(bearers: dict[object, NumberBearer], whose: object) -> tuple[NumberBearer, ...]:
    return tuple(bearer for other, bearer in bearers.items() if other != whose)


def _whose(record: Record) -> object:
    if record.subject_id is not None:
        return record.subject_id
    name = record_type_of(record).field_in_role(FieldRole.SUBJECT_NAME)
    return str(record.content.get(name.name) or "") if name else ""


def _bearer(record: Record, *, here: bool) -> NumberBearer:
    return NumberBearer(
        record_id=record.pk,
        name=record.subject.name if record.subject else "",
        uscc=(record.subject.uscc or "") if record.subject else "",
        sheet=record.sheet if here else "",
        row_number=record.row_number if here else None,
    )
