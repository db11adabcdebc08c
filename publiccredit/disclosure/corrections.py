"""
Which fields of a record were corrected: by a decided case, which has a number, or by the department that sent it.

Whoever reads a corrected amount beside a text that still names the old one has to learn which of them was decided. What
the field said before is told nowhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import pairwise

from publiccredit.catalogue import queries as catalogue
from publiccredit.disclosure.stages import Row, Stage, stages_of
from publiccredit.disclosure.types import FieldCorrected, VisibleRecord
from publiccredit.subjects import queries as subjects
from publiccredit.subjects.queries import RecordColumns, RecordState, field_in_words, record_type_of


def corrected_by_case(*, row: RecordColumns, name: str) -> FieldCorrected | None:
    """Give the case that a field of a row owes its value to; nothing where no case gave it, or a row has undone it."""
    noted = (row.case_corrections or {}).get(name)
    if noted is None or row.content.get(name) != noted["value"]:
        return None
    on = date.fromisoformat(noted["on"])
    # A version from before the ground was noted has none.
    reason = _ground_title(noted.get("procedure", ""), noted.get("ground", ""), on)
    return FieldCorrected(on=on, case_number=noted["case"], reason=reason)


@lru_cache(maxsize=1024)
def _ground_title(procedure: str, ground: str, on: date) -> str:
    """Give a ground in words: as the rules of the day name it, or else any that held before or after."""
    editions = [held for held in catalogue.packs().procedures if held.name == procedure]
    named = (held.ground(ground) for held in sorted(editions, key=lambda held: not held.in_force_on(on)))
    return next((found.title for found in named if found is not None), "")


def with_own_corrections(*, records: Sequence[VisibleRecord]) -> tuple[VisibleRecord, ...]:
    """Give some visible records with what their own departments corrected, besides what cases did."""
    changed = subjects.record_versions().filter(record_id__in={record.id for record in records})
    changed_ids = set(changed.order_by().values_list("record_id", flat=True).distinct())
    stages = stages_of(records=[record for record in records if record.id in changed_ids]) if changed_ids else {}
    return tuple(told_apart(record=record, stages=stages.get(record.id, ())) for record in records)


def told_apart(*, record: VisibleRecord, stages: Sequence[Stage]) -> VisibleRecord:
    """Give a record with each field that its department corrected marked as that, as far as the record reads so."""
    sent = _sent_again([stage for stage in stages if stage.row.known_from <= record.known_from])
    if not sent:
        return record
    fields = (
        replace(field, correction=FieldCorrected(on=sent[field.name], case_number="", reason=""))
        if field.correction is None and field.name in sent
        else field
        for field in record.fields
    )
    return replace(record, fields=tuple(fields))


def _sent_again(stages: Sequence[Stage]) -> Mapping[str, date]:
    """Give the fields that a row sent again changed while everybody could read them, each with the latest day."""
    found: dict[str, date] = {}
    for before, after in pairwise(stages):
        if after.row.state != RecordState.WITHDRAWN and before.row.content != after.row.content:
            found |= dict.fromkeys(_differing(before.row, after.row), after.since)
    return found


def _differing(was: Row, row: Row) -> list[str]:
    """Leave out what a case corrected in the same act, and what reads the same though it is stored otherwise."""
    noted, before = row.case_corrections or {}, was.case_corrections or {}
    return [
        field.name
        for field in record_type_of(row).fields
        if was.content.get(field.name) != row.content.get(field.name)
        and noted.get(field.name) == before.get(field.name)
        and field_in_words(row=was, field=field) != field_in_words(row=row, field=field)
    ]
