"""The record type by which a record on file is read: what a field is called, and whether the record can burden."""

from datetime import date
from functools import lru_cache

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Packs, RecordType
from publiccredit.ledger.types import china_day
from publiccredit.subjects.models import RecordColumns


def day_of(row: RecordColumns) -> date:
    """Give the day whose rules a record is read by: its decision's, else that of its arrival in China."""
    return row.decided_on or china_day(at=row.received_at)


def record_type_of(row: RecordColumns, *, within: Packs | None = None) -> RecordType:
    """
    Give the record type by which a row is read: in force on its day, else the one nearest to it.

    :raises NotInPacks: the packs hold no such record type; a row of it is never visible.
    """
    if within is not None:
        return _nearest(row.record_type, day_of(row), within)
    return _ours(row.record_type, day_of(row))


@lru_cache(maxsize=4096)
def _ours(name: str, on: date) -> RecordType:
    return _nearest(name, on, catalogue.packs())


def _nearest(name: str, on: date, within: Packs) -> RecordType:
    try:
        return catalogue.record_type(name=name, on=on, within=within)
    except catalogue.NotInPacks:
        known = [t for t in within.record_types if t.name == name]
        if not known:
            raise
        return min(known, key=lambda t: abs((t.in_force_from - on).days))
