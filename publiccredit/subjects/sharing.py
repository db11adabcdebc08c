"""
Document numbers that stand on records of several subjects of one authority: by one decision, or by a slip in writing.

Both are filed. But what lies under one number may be taken for one decision, and the document of one subject be put on
the record of another: the sender is told who else bears it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from itertools import islice

from django.db import connection

from publiccredit.catalogue.types import FieldRole
from publiccredit.subjects.models import Record, RecordState
from publiccredit.subjects.record_types import record_type_of
from publiccredit.subjects.staging import ROW_TABLE
from publiccredit.subjects.types import Filing, NumberBearer, SharedNumber

# Looked for before the records are written: of a file whose numbers are new, the index has nothing to fetch.
_NUMBERS = f"""
SELECT document_number FROM {ROW_TABLE} WHERE document_number <> ''
GROUP BY document_number HAVING min(party) <> max(party)
UNION
SELECT s.document_number FROM {ROW_TABLE} s WHERE s.document_number <> '' AND EXISTS (
    SELECT 1 FROM subjects_record r WHERE r.document_number = s.document_number AND r.natural_key <> s.natural_key
    AND r.department_code = %(department_code)s AND r.state <> '{RecordState.WITHDRAWN}')
"""


def numbers_in_question(*, filing: Filing) -> frozenset[str]:
    """Give the document numbers of the staged rows that may stand on records of several subjects."""
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, {"department_code": filing.department_code})
        return frozenset(number for (number,) in cursor.fetchall())


def shared_numbers(*, filing: Filing, numbers: Collection[str], most_named: int) -> list[SharedNumber]:
    """
    Give the rows a submission has just filed under those of some numbers that records of others bear, and whose.

    No more of the others than are named are kept for a row: a sender may write one number on every row of a file.
    """
    if not numbers:
        return []
    records = Record.objects.filter(department_code=filing.department_code, document_number__in=numbers).exclude(
        state=RecordState.WITHDRAWN
    )
    bearers: dict[tuple[str, str], dict[object, NumberBearer]] = defaultdict(dict)
    filed: list[tuple[str, int, tuple[str, str], object]] = []
    for record in records.select_related("subject").order_by("pk").iterator():
        whose, here = _whose(record), record.submission_id == filing.submission_id
        number = record.document_number, record.authority_uscc
        if whose not in bearers[number]:
            bearers[number][whose] = _bearer(record, here=here)
        if here:
            filed.append((record.sheet, record.row_number, number, whose))
    return [
        SharedNumber(sheet, row, number[0], len(bearers[number]) - 1, _others(bearers[number], whose, most_named))
        for sheet, row, number, whose in filed
        if len(bearers[number]) > 1
    ]


def _others(bearers: Mapping[object, NumberBearer], whose: object, most: int) -> tuple[NumberBearer, ...]:
    return tuple(islice((bearer for other, bearer in bearers.items() if other != whose), most))


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
