"""A record released after its service begins on the day of its release, however it is corrected afterwards."""

from datetime import date

import pytest

from publiccredit.casework.correcting import corrected
from publiccredit.catalogue.types import Audience
from publiccredit.disclosure.queries import changes
from publiccredit.subjects.models import Record
from publiccredit.subjects.operations import declare_served
from tests.factories import stored_record, stored_subject
from tests.flows.cases import AT, shown

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]
TODAY = date(2026, 9, 1)


def _released(decided_on: date, served_on: date, until: date) -> Record:
    """A record that waited for its service until today."""
    record = stored_record(
        subject=stored_subject(number=7),
        number=7,
        decided_on=decided_on,
        served_on=None,
        disclosed_from=None,
        disclosed_until=until,
        state="held_unserved",
        submission_id=70,
    )
    assert declare_served(submission_id=70, served_on=served_on, served_field="served_on", at=AT, entry_id=1) == 1
    return Record.objects.get(pk=record.pk)


def _columns(record: Record, **wanted: str) -> tuple[date | None, date | None]:
    made = corrected(record_id=record.pk, wanted=wanted, on=TODAY)
    return made.columns["disclosed_from"], made.columns["disclosed_until"]


def test_a_correction_of_the_term_leaves_the_day_of_release() -> None:
    record = _released(date(2026, 5, 20), date(2026, 5, 22), date(2027, 5, 20))
    assert record.disclosed_from == TODAY
    assert _columns(record, severity="严重") == (TODAY, date(2029, 5, 20))
    assert _columns(record, served_on="2026-05-25") == (TODAY, date(2027, 5, 20))


def test_a_corrected_service_moves_the_beginning_of_a_record_that_did_not_wait(record: Record) -> None:
    assert record.disclosed_from == record.served_on
    assert _columns(record, served_on="2026-06-15")[0] == date(2026, 6, 15)


def test_what_was_released_after_its_end_is_not_told_of_as_if_it_had_been_shown() -> None:
    record = _released(date(2025, 6, 1), date(2025, 6, 3), date(2026, 6, 1))
    assert record.disclosed_from == record.disclosed_until == TODAY
    made = corrected(record_id=record.pk, wanted={"served_on": "2025-06-05"}, on=TODAY)
    assert made.columns["disclosed_from"] == made.columns["disclosed_until"] == TODAY
    # Nobody was ever shown it: the feed, which tells of ends of what was shown, says nothing of it.
    assert not shown(record)
    assert changes(audience=Audience.PUBLIC, on=TODAY).changes == ()
