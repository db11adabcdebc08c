"""How long a decision took to arrive is counted to the day it first came, however its day is put right afterwards."""

from datetime import date, timedelta

import pytest

from publiccredit.casework.correcting import UnableToCorrect
from publiccredit.oversight.queries import figures, late_records
from publiccredit.subjects.models import Record, RecordVersion
from tests.factories import penalty_row
from tests.flows.cases import CLERK, OFFICE_HEAD, objection_ready, settled
from tests.flows.filing import AT, outcome, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]
DAY = 24 * 60 * 60
MONTH = {"since": date(2026, 11, 1), "until": date(2026, 12, 1), "department_code": "market_regulation"}


def _first(decided_on: str = "2026-11-03", later: int = 0) -> Record:
    send([penalty_row(1, decided_on=decided_on)], later=later)
    return Record.objects.get()


def _again(decided_on: str, days: int = 20, **fields: str) -> Record:
    assert outcome(send([penalty_row(1, decided_on=decided_on, **fields)], later=days * DAY)) == ("filed", 1, 1, 0, 0)
    return Record.objects.get()


def _corrected(record: Record, decided_on: str = "", days: int = 20, **fields: str) -> Record:
    at = AT + timedelta(days=days)
    case = objection_ready(record, at=at)
    corrections = fields or {"decided_on": decided_on}
    settled(case, "corrected", first=CLERK, second=OFFICE_HEAD, at=at, corrections=corrections)
    record.refresh_from_db()
    return record


def test_a_row_that_puts_the_day_right_counts_to_the_first_arrival() -> None:
    assert _first().working_days_taken == 5
    again = _again("2026-11-04")
    assert (again.working_days_taken, again.received_at) == (4, AT)


def test_the_first_arrival_is_a_day_in_china() -> None:
    # An hour past midnight of the 10th in China, while it is the 9th in Greenwich.
    assert _first(later=-9 * 60 * 60).working_days_taken == 5
    assert _again("2026-11-04").working_days_taken == 4


def test_a_late_record_is_as_late_as_it_was_and_a_timely_one_as_timely() -> None:
    assert _first("2026-10-30").working_days_taken == 7
    assert not late_records(**MONTH).exists()
    assert _again("2026-10-29").working_days_taken == 8
    assert late_records(**MONTH).count() == 1
    assert _again("2026-10-30", days=21).working_days_taken == 7
    assert [(f.timed, f.late) for f in figures(**MONTH)] == [(1, 0)]


def test_another_decision_under_the_same_number_counts_to_its_own_arrival() -> None:
    _first()
    again = _again("2026-11-20", served_on="2026-11-23")
    assert (again.working_days_taken, again.received_at) == (6, AT)
    assert list(RecordVersion.objects.values_list("working_days_taken", flat=True)) == [5]


def test_a_row_that_leaves_the_day_leaves_the_count() -> None:
    _first()
    assert _again("2026-11-03", remarks="已缴纳").working_days_taken == 5


def test_a_case_that_puts_the_day_right_counts_to_the_first_arrival() -> None:
    record = _corrected(_first(), "2026-11-04")
    assert (record.decided_on, record.working_days_taken) == (date(2026, 11, 4), 4)
    again = _again("2026-11-03", days=25, remarks="已缴纳")
    assert (again.decided_on, again.working_days_taken) == (date(2026, 11, 4), 4)


def test_a_case_that_leaves_the_day_leaves_the_count() -> None:
    assert _corrected(_first(), violation_facts="销售的水泥强度不合格，共二十吨").working_days_taken == 5


def test_a_year_that_is_not_decreed_leaves_the_count_open() -> None:
    assert _corrected(_first(), "1999-11-04").working_days_taken is None


def test_a_case_does_not_date_a_decision_after_its_own_day() -> None:
    record = _first()
    with pytest.raises(UnableToCorrect, match="决定日期 2026-12-01 晚于更正之日 2026-11-30"):
        _corrected(record, "2026-12-01")
    record.refresh_from_db()
    assert (record.decided_on, record.working_days_taken) == (date(2026, 11, 3), 5)
