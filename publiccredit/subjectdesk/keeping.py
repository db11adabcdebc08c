"""Until when a reader's contact is kept: a term of the packs, counted from the end of its case. Read, never swept."""

from datetime import date, timedelta

from publiccredit.casework.queries import Case
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import KeptName
from publiccredit.ledger.types import china_day


def contact_until(*, case: Case) -> date | None:
    """Give the last day on which the contact of a reader's case is kept; none while the case is undecided."""
    ended_at = case.decided_at or case.taken_back_at
    if ended_at is None:
        return None
    return china_day(at=ended_at) + timedelta(days=catalogue.keeping(name=KeptName.READER_CONTACT).days)
