"""Bankruptcy reorganisation: shielded by order of a court and for its days; without one, refused with the reason."""

from datetime import date

import pytest

from publiccredit.casework.models import Case, Letter
from publiccredit.casework.operations import (
    ConditionsNotMet,
    WrongOutcome,
    refuse_repair,
    shield_records,
    take_case,
)
from publiccredit.casework.queries import eligibility_of
from publiccredit.casework.types import Order
from publiccredit.catalogue.types import ConditionName, ProcedureName
from publiccredit.subjects.models import Record
from tests.flows.cases import AT, HEAD, LIAISON, REASONS, asked_in_vain, hand_in, opened, settled, shown

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]

ORDER = Order("（2026）皖0621破1号", date(2026, 9, 10), date(2026, 12, 1))


def _asked(record: Record, *papers: str) -> Case:
    case = opened(ProcedureName.CREDIT_REPAIR, record, ground="reorganisation")
    hand_in(case, *papers)
    return take_case(by=LIAISON, case_id=case.pk, at=AT)


def test_nothing_is_shielded_without_the_order_of_the_court_in_the_case(record: Record) -> None:
    case = _asked(record)
    with pytest.raises(ConditionsNotMet, match="人民法院裁定书"):
        shield_records(by=LIAISON, case_id=case.pk, order=ORDER, reasons=REASONS, at=AT)
    assert shown(record, on=date(2026, 9, 10))


def test_a_record_is_shielded_from_and_to_the_days_of_the_order(record: Record) -> None:
    settled(_asked(record, "court_order"), "shielded", first=LIAISON, second=HEAD, order=ORDER)
    days = [date(2026, 9, 9), date(2026, 9, 10), date(2026, 11, 30), date(2026, 12, 1), date(2027, 5, 19)]
    assert [shown(record, on=day) for day in days] == [True, False, False, True, True]
    assert not shown(record, on=date(2027, 5, 20)), "the term runs on under the shield"


def test_a_request_without_an_order_is_refused_with_the_condition_that_fails(record: Record) -> None:
    case = _asked(record)
    asked_in_vain(case, by=LIAISON)
    decision = refuse_repair(by=LIAISON, case_id=case.pk, reasons=REASONS, at=AT)
    assert decision.failing_conditions == ["court_order"]
    text = Letter.objects.get(case=case, kind="decision").text
    assert "尚未满足的条件：法院已裁定批准重整计划或者认可和解协议。提交“人民法院裁定书”后，经核实即为满足。" in text


def test_an_order_that_does_not_hold_is_refused_by_the_officer(record: Record) -> None:
    case = _asked(record, "court_order")
    with pytest.raises(ConditionsNotMet, match="各项条件均已满足"):
        refuse_repair(by=LIAISON, case_id=case.pk, reasons=REASONS, at=AT)
    with pytest.raises(ConditionsNotMet, match=r"公开作出信用承诺.*不是这一理由的条件"):
        refuse_repair(by=LIAISON, case_id=case.pk, reasons=REASONS, at=AT, failing=(ConditionName.COMMITMENT,))
    decision = refuse_repair(by=LIAISON, case_id=case.pk, reasons=REASONS, at=AT, failing=(ConditionName.COURT_ORDER,))
    assert decision.failing_conditions == ["court_order"]


def test_the_conditions_shown_are_those_of_the_ground(record: Record) -> None:
    found = eligibility_of(case=_asked(record), on=date(2026, 9, 1))
    assert found is not None
    assert [c.name for c in found.conditions] == [ConditionName.REPAIRABLE, ConditionName.COURT_ORDER]


def test_an_order_that_ends_before_it_begins_is_refused_before_it_is_proposed(record: Record) -> None:
    case = _asked(record, "court_order")
    backwards = Order(ORDER.number, date(2026, 12, 1), date(2026, 9, 1))
    with pytest.raises(WrongOutcome, match="应晚于起日"):
        shield_records(by=LIAISON, case_id=case.pk, order=backwards, reasons=REASONS, at=AT)
    assert not case.decisions.exists()
