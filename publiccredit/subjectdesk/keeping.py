"""Until when a reader's contact is kept: a term of the packs, counted from the end of its case. Read, never swept."""

from datetime import date, timedelta

from publiccredit.casework import queries as casework
from publiccredit.casework.queries import Case
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import KeptName
from publiccredit.ledger.types import china_day
from publiccredit.subjectdesk.models import ReaderChallenge


def contact_until(*, case: Case) -> date | None:
    """Give the last day on which the contact of a reader's case is kept; none while it or its review is undecided."""
    last = casework.cases().filter(reviews=case).first() or case
    ended_at = last.decided_at or last.taken_back_at
    if ended_at is None:
        return None
    return china_day(at=ended_at) + timedelta(days=catalogue.keeping(name=KeptName.READER_CONTACT).days)


def contact_is_over(*, challenge: ReaderChallenge, on: date) -> bool:
    """Tell whether the contact left with a challenge is given to nobody any more, erased or not yet."""
    until = contact_until(case=challenge.case)
    return challenge.erased_at is not None or (until is not None and until < on)
