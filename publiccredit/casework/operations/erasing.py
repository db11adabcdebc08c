"""What the counter took down of a reader is erased once its term is over 《个人信息保护法》第十九条、第四十七条."""

from datetime import datetime

from publiccredit.casework.keeping import readers_over
from publiccredit.casework.rules import PARTY_TITLES
from publiccredit.catalogue.types import Party
from publiccredit.ledger.types import china_day


def erase_reader_names(*, at: datetime, entry_id: int) -> int:
    """
    Erase name, contact and proxy of the readers whose cases ended long enough ago; give the number of cases.

    The case stays, with its papers, letters and steps, and the hash of the authorisation a proxy showed.
    """
    return readers_over(on=china_day(at=at)).update(
        applicant_name=PARTY_TITLES[Party.READER],  # what a case that came in without an account says from the start
        contact="",
        handler_name="",
        erased_at=at,
        erasing_entry_id=entry_id,
    )
