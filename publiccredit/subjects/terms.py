"""What every page, letter and command says of an adverse record's term: its first day of repair, its last, or none."""

from datetime import date, timedelta

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Packs, Severity
from publiccredit.subjects.models import RecordColumns


def repair_opens_on(*, record: RecordColumns, within: Packs | None = None) -> date | None:
    """
    Give the first day on which a record can be repaired, by the rules of today or those it was filed under, whichever
    is earlier; nothing where no minimum term is set.
    """
    if record.decided_on is None or not record.severity:
        return record.repairable_from
    period = catalogue.disclosure_period(
        record_type=record.record_type,
        severity=Severity(record.severity),
        field=catalogue.field_of_law(
            record_type=record.record_type, content=record.content, decided_on=record.decided_on, within=within
        ),
        decided_on=record.decided_on,
        served_on=record.served_on,
        within=within,
    )
    days = [d for d in (period.repairable_from, record.repairable_from) if d is not None]
    return min(days, default=None)


def repair_opens_by(*, record: RecordColumns, within: Packs | None = None) -> str:
    """
    Say by which older rule a record can be repaired earlier than the rules of today alone would have it.

    Nothing where these open it as early, and of what is on file with a day of its own that no rule gives any more.
    """
    if record.decided_on is None or not record.severity:
        return ""
    field = catalogue.field_of_law(
        record_type=record.record_type, content=record.content, decided_on=record.decided_on, within=within
    )
    period = catalogue.disclosure_period(
        record_type=record.record_type,
        severity=Severity(record.severity),
        field=field,
        decided_on=record.decided_on,
        served_on=record.served_on,
        within=within,
    )
    return period.repairable_by if period.repairable_from == repair_opens_on(record=record, within=within) else ""


def never_shown(*, decided_on: date | None, served_on: date | None, until: date | None) -> bool:
    """Tell whether a record is never published (不公示): its term ends before it was served, as a slight one does."""
    begins = max((day for day in (decided_on, served_on) if day is not None), default=None)
    return begins is not None and until is not None and until <= begins


def has_no_day(*, record: RecordColumns) -> bool:
    """Tell whether a record, as it stands, is shown on no day at all: never published, or corrected to that."""
    begins, until = record.disclosed_from, record.disclosed_until
    corrected = begins is not None and until is not None and until <= begins
    return corrected or never_shown(decided_on=record.decided_on, served_on=record.served_on, until=until)


def last_day(*, until: date | None) -> date | None:
    """Give the last day on which something is shown (最后公示日), from the first day on which it is not."""
    return until - timedelta(days=1) if until is not None else None
