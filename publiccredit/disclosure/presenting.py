"""A row of the record store turned into what its reader may know of it. Fields that never leave stay behind here."""

from datetime import date

from publiccredit.catalogue.types import (
    Audience,
    Nature,
    RecordType,
    Severity,
)
from publiccredit.catalogue.types.identity_numbers import without
from publiccredit.disclosure.corrections import corrected_by_case
from publiccredit.disclosure.types import SeverityCorrected, Standing, VisibleField, VisibleRecord
from publiccredit.disclosure.visibility import admits
from publiccredit.ledger.types import china_day
from publiccredit.subjects.queries import (
    Dispute,
    Record,
    RecordColumns,
    RecordState,
    RecordVersion,
    amount_of,
    contested_of,
    field_in_words,
    record_type_of,
    repair_opens_by,
    repair_opens_on,
)

STANDINGS = {RecordState.HELD_UNSERVED: Standing.HELD, RecordState.HELD_UNMATCHED: Standing.HELD}


def shown(row: Record | RecordVersion, *, audience: Audience, on: date) -> VisibleRecord:
    """Give what an audience may know of a row that is visible to it."""
    record_type = record_type_of(row)
    received_on = china_day(at=row.received_at)
    return VisibleRecord(
        id=row.record_id if isinstance(row, RecordVersion) else row.id,
        subject_id=row.subject_id,
        record_type=row.record_type,
        title=record_type.title,
        nature=record_type.nature,
        standing=standing(row, nature=record_type.nature, on=on),
        source=row.source,
        item=row.item,
        department_code=row.department_code,
        authority_name=row.authority_name,
        authority_uscc=row.authority_uscc,
        document_number=row.document_number,
        document_sha256=row.document_sha256,
        decided_on=row.decided_on,
        served_on=row.served_on,
        received_on=received_on,
        published_on=max(received_on, row.disclosed_from or received_on) if row.state == RecordState.FILED else None,
        working_days_taken=row.working_days_taken,
        late=_late(due=record_type.due_working_days, taken=row.working_days_taken),
        effective_from=row.effective_from,
        effective_until=row.effective_until,
        severity=Severity(row.severity) if row.severity else None,
        severity_rule=row.severity_rule,
        severity_correction=_correction(row),
        repairable_from=repair_opens_on(record=row),
        repairable_by=repair_opens_by(record=row),
        disclosed_until=row.disclosed_until,
        fields=_fields(row, record_type, audience),
        dispute=Dispute(row.dispute) if row.dispute else None,
        contested=contested_of(row),
        suit_pending=row.suit_flagged_at is not None,
        statement=without(row.statement),
        known_from=row.known_from,
        known_until=row.known_until if isinstance(row, RecordVersion) else None,
    )


def _late(*, due: int | None, taken: int | None) -> bool | None:
    if due is None:
        return False
    return None if taken is None else taken > due


def _correction(row: RecordColumns) -> SeverityCorrected | None:
    if row.severity_corrected_at is None:
        return None
    reason = without(row.severity_correction_reason)
    return SeverityCorrected(on=china_day(at=row.severity_corrected_at), reason=reason)


def _fields(row: RecordColumns, record_type: RecordType, audience: Audience) -> tuple[VisibleField, ...]:
    return tuple(
        VisibleField(
            name=field.name,
            title=field.title,
            standard=field.standard or "",
            value=field_in_words(row=row, field=field),
            amount_fen=amount_of(row=row, field=field),
            note=str(Dispute(row.dispute).label) if field.name in row.contested_fields else "",
            correction=corrected_by_case(row=row, name=field.name) if row.case_corrections else None,
        )
        for field in record_type.fields
        if field.disclosed is not None and admits(openness=field.disclosed, audience=audience)
    )


def standing(row: RecordColumns, *, nature: Nature, on: date) -> Standing:
    """Tell what a record is on a day: only shown, except to its own subject."""
    state = RecordState(row.state)
    if state is RecordState.WITHDRAWN:
        return Standing.WITHDRAWN
    if state in STANDINGS:
        return STANDINGS[state]
    if row.display_ended_at is not None:
        return Standing.REPAIRED
    if row.disclosed_until is not None and row.disclosed_until <= on:
        return Standing.ENDED
    if row.suspended_at is not None or _holds(row.stayed_from, row.stayed_until, on):
        return Standing.SUSPENDED
    if _holds(row.shielded_from, row.shielded_until, on):
        return Standing.SUSPENDED
    begins = row.disclosed_from if nature is not Nature.ADVERSE else max(row.disclosed_from or on, row.served_on or on)
    return Standing.NOT_YET if begins is not None and begins > on else Standing.SHOWN


def _holds(begins: date | None, until: date | None, on: date) -> bool:
    return begins is not None and begins <= on and (until is None or on < until)
