"""The clock swept over ten years with every worker stopped: nothing shown a second too long, nothing hidden too soon."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from publiccredit.casework.operations import take_case
from publiccredit.casework.types import Order
from publiccredit.catalogue.queries import add_months
from publiccredit.catalogue.types import Audience, ProcedureName, Severity
from publiccredit.disclosure.queries import visible_records
from publiccredit.ledger.types import CHINA, china_day
from publiccredit.subjects.models import Record, Subject
from tests.factories import stored_record, stored_subject
from tests.flows.cases import HEAD, LIAISON, hand_in, opened, report_ready, settled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("desk")]
SECOND = timedelta(seconds=1)
MONTHS = {Severity.GENERAL: (3, 12), Severity.SERIOUS: (12, 36)}
YEARS = 10


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=CHINA).astimezone(UTC)


def _filed(subject: Subject) -> list[Record]:
    """File a penalty every eleven weeks for ten years, on days of every length of month."""
    filed = []
    for number in range(YEARS * 52 // 11):
        decided_on = date(2026, 4, 1) + timedelta(weeks=11 * number, days=number % 5)
        severity = list(MONTHS)[number % 2]
        least, most = MONTHS[severity]
        filed.append(
            stored_record(
                subject=subject,
                number=number + 1,
                decided_on=decided_on,
                served_on=decided_on + timedelta(days=1),
                disclosed_from=decided_on + timedelta(days=1),
                severity=severity.value,
                repairable_from=add_months(day=decided_on, months=least),
                disclosed_until=add_months(day=decided_on, months=most),
            )
        )
    return filed


def _shown_at(at: datetime, subject: Subject) -> set[int]:
    return {r.id for r in visible_records(audience=Audience.PUBLIC, on=china_day(at=at), subject_id=subject.pk)}


def test_every_record_begins_and_ends_at_its_midnight() -> None:
    subject = stored_subject()
    records = _filed(subject)
    checked = 0
    for record in records:
        assert record.disclosed_from is not None
        assert record.disclosed_until is not None
        for instant, before, after in (
            (_midnight(record.disclosed_from), False, True),
            (_midnight(record.disclosed_until), True, False),
        ):
            assert (record.pk in _shown_at(instant - SECOND, subject)) is before, record.document_number
            assert (record.pk in _shown_at(instant, subject)) is after, record.document_number
            checked += 2
    assert checked == 4 * len(records)
    for week in range(0, YEARS * 52 + 160, 5):
        day = date(2026, 4, 1) + timedelta(weeks=week)
        wanted = {r.pk for r in records if r.disclosed_from and r.disclosed_until
                  and r.disclosed_from <= day < r.disclosed_until}  # fmt: skip
        assert _shown_at(_midnight(day), subject) == wanted, day


def test_a_stay_and_a_shield_begin_and_end_at_their_midnight() -> None:
    subject = stored_subject()
    stayed, shielded = stored_record(subject=subject, number=1), stored_record(subject=subject, number=2)
    begins, until = date(2026, 9, 10), date(2026, 12, 31)
    order = Order(number="(2026)皖0621破1号", begins=begins, until=until)
    settled(report_ready(stayed, ground="stayed", paper="stay_order"), "stayed", first=LIAISON, order=order)
    case = opened(ProcedureName.CREDIT_REPAIR, shielded, ground="reorganisation")
    hand_in(case, "court_order")
    take_case(by=LIAISON, case_id=case.pk, at=case.opened_at)
    settled(case, "shielded", first=LIAISON, second=HEAD, order=order)
    both = {stayed.pk, shielded.pk}
    assert _shown_at(_midnight(begins) - SECOND, subject) == both
    assert _shown_at(_midnight(begins), subject) == set()
    assert _shown_at(_midnight(until) - SECOND, subject) == set()
    assert _shown_at(_midnight(until), subject) == both
