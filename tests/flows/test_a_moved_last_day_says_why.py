"""Whenever the last day of a case moves, its course says from which day to which, and why: nobody finds another date."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

import pytest
from django.test import Client

from publiccredit.casework.models import Case
from publiccredit.casework.operations import (
    decide,
    escalate,
    extend_deadline,
    request_papers,
    take_back_request,
)
from publiccredit.casework.queries import timeline
from publiccredit.casework.types import Verdict
from publiccredit.site.commands.case_words import in_full
from publiccredit.subjects.models import Record, Subject
from tests.flows.cases import AT, CLERK, PUBLIC_WORDS, REASONS, hand_in, objection_ready
from tests.flows.desks import at_the_desk
from tests.flows.officers import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]

THURSDAY = AT + timedelta(days=2)  # asked for on Tuesday 1 September; the last day was Friday the 4th
RESTED = (
    "办理期限由 2026-09-04 改为 2026-09-08：2026-09-01 通知补正，等待材料至 2026-09-03，停止计算 2 个工作日。依据："
)


def _waiting(record: Record, *, at: datetime = AT) -> Case:
    case = objection_ready(record, at=at)
    request_papers(by=CLERK, case_id=case.pk, asked="决定书复印件", at=at)
    return case


def _said(case: Case) -> list[str]:
    return [event.sentence for event in timeline(case=case, among_officers=False)]


def _papers_come(case: Case) -> None:
    hand_in(case, "evidence", at=THURSDAY)


def _decided_without(case: Case) -> None:
    verdict = Verdict("publication_stopped", REASONS, public_notice=PUBLIC_WORDS)
    decide(by=CLERK, case_id=case.pk, verdict=verdict, at=THURSDAY)


def _taken_back(case: Case) -> None:
    take_back_request(by=CLERK, case_id=case.pk, stated="9 月 3 日来函", at=THURSDAY)


@pytest.mark.parametrize("goes_on", [_papers_come, _decided_without, _taken_back])
def test_a_case_that_waited_for_papers_says_how_long(record: Record, goes_on: Callable[[Case], None]) -> None:
    case = _waiting(record)
    assert not [said for said in _said(case) if said.startswith("办理期限由")]
    goes_on(case)
    case.refresh_from_db()
    assert case.due_on == date(2026, 9, 8)
    assert [said[: len(RESTED)] for said in _said(case) if said.startswith("办理期限由")] == [RESTED]


def test_papers_that_never_came_are_said_first(record: Record) -> None:
    case = _waiting(record)
    escalate(at=datetime(2026, 9, 9, 2, tzinfo=UTC))
    missed, moved, *_ = _said(case)[3:]
    assert missed == "逾期未补正，按已有材料继续办理。"
    assert moved.startswith(
        "办理期限由 2026-09-04 改为 2026-09-11：2026-09-01 通知补正，等待材料至 2026-09-08，停止计算 5"
    )


def test_papers_that_come_on_the_same_day_move_nothing_and_say_nothing(record: Record) -> None:
    case = _waiting(record)
    hand_in(case, "evidence", at=AT)
    assert not [said for said in _said(case) if said.startswith("办理期限由")]


def test_an_extension_says_the_day_it_moves_to(record: Record) -> None:
    case = objection_ready(record)
    extend_deadline(by=CLERK, case_id=case.pk, days=2, reason="须向省平台核实", at=AT)
    *_, extended, moved = _said(case)
    assert "延长期限，理由：须向省平台核实" in extended
    assert moved.startswith("办理期限由 2026-09-04 改为 2026-09-08：延长 2 个工作日。依据：")


def test_a_day_in_a_year_not_decreed_is_told_as_provisional(record: Record) -> None:
    late = datetime(2026, 12, 29, 2, tzinfo=UTC)
    case = _waiting(record, at=late)
    hand_in(case, "evidence", at=late + timedelta(days=2))
    case.refresh_from_db()
    moved = f"办理期限由 2027-01-04 改为 {case.due_on}（暂定，以放假安排公布后核定的为准）：2026-12-29 通知补正"
    assert case.provisional and any(said.startswith(moved) for said in _said(case))


def test_both_sides_read_it_where_they_read_the_course(record: Record, subject: Subject, client: Client) -> None:
    case = _waiting(record)
    _papers_come(case)
    with patch("django.utils.timezone.now", return_value=THURSDAY):
        assert RESTED in read(CLERK, f"/cases/{case.pk}/")
        at_the_desk(subject, client)
        for address in (f"/mine/cases/{case.pk}/", "/mine/copy/", "/mine/copy.json"):
            assert RESTED in client.get(address).content.decode(), address
    told = in_full(Case.objects.get(pk=case.pk), by=CLERK, on=THURSDAY.date())["timeline"]
    assert any(event["sentence"].startswith(RESTED) for event in told)
