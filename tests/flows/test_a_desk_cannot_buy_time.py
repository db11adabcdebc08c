"""What was not done in time stays late: neither a question to the source nor a request for papers begins it anew."""

from datetime import date, datetime, timedelta

import pytest

from publiccredit.casework.models import Case, Letter
from publiccredit.casework.operations import (
    answer_as_source,
    escalate,
    forward_to_source,
    reject_objection,
    request_papers,
)
from publiccredit.casework.queries import public_figures, timeline
from publiccredit.casework.types import CaseState
from publiccredit.subjects.models import Record
from tests.flows.cases import AT, CLERK, LIAISON, REASONS, hand_in, objection_ready

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]

LATE = AT + timedelta(days=6)  # Monday 7 September; the last day was Friday the 4th
LAST = date(2026, 9, 4)


def _due(case: Case) -> tuple[date, str]:
    case.refresh_from_db()
    return case.due_on, case.state


def test_a_question_to_the_source_after_the_last_day_gives_no_new_one(record: Record) -> None:
    case = objection_ready(record)
    escalate(at=LATE)
    forward_to_source(by=CLERK, case_id=case.pk, question="请核对文书", at=LATE)
    answer_as_source(by=LIAISON, case_id=case.pk, answer="与文书一致", at=LATE)
    assert _due(case) == (LAST, CaseState.IN_HAND)
    assert not case.steps.filter(step="deadline_settled").exists()


def test_a_question_to_the_source_in_time_gives_the_days_with_a_source(record: Record) -> None:
    case = objection_ready(record)
    forward_to_source(by=CLERK, case_id=case.pk, question="请核对文书", at=AT)
    assert _due(case) == (date(2026, 9, 10), CaseState.WITH_SOURCE)
    said = timeline(case=case, among_officers=False)[-1].sentence
    assert said.startswith("办理期限由 2026-09-04 改为 2026-09-10：转认定单位核实的，合计 7 个工作日。依据：")
    assert "转认定单位核实的，期限改为自收到之日起合计 7 个工作日；" in case.letters.get(kind="receipt").text
    answer_as_source(by=LIAISON, case_id=case.pk, answer="与文书一致", at=AT)
    forward_to_source(by=CLERK, case_id=case.pk, question="请再核对", at=AT)
    assert case.steps.filter(step="deadline_settled").count() == 1, "a day that stays is not told anew"


def test_papers_asked_for_after_the_last_day_rest_no_clock(record: Record) -> None:
    case = objection_ready(record)
    request_papers(by=CLERK, case_id=case.pk, asked="决定书复印件", at=LATE)
    assert _due(case) == (LAST, CaseState.IN_HAND)
    assert "不停止计算办理期限，期限届满日仍为2026年9月4日" in Letter.objects.get(kind="request_for_papers").text
    hand_in(case, "evidence", at=LATE + timedelta(days=3))
    assert _due(case) == (LAST, CaseState.IN_HAND)


def test_papers_asked_for_a_second_time_rest_no_clock(record: Record) -> None:
    case = objection_ready(record)
    request_papers(by=CLERK, case_id=case.pk, asked="决定书复印件", at=AT)
    assert "补正期间不计入办理期限" in Letter.objects.get(kind="request_for_papers").text
    hand_in(case, "evidence", at=AT + timedelta(days=1))
    rested = _due(case)
    assert rested == (date(2026, 9, 7), CaseState.IN_HAND)
    request_papers(by=CLERK, case_id=case.pk, asked="还要送达回证", at=AT + timedelta(days=1))
    assert _due(case) == rested
    assert "本次通知不停止计算办理期限" in Letter.objects.filter(kind="request_for_papers").latest("pk").text


def test_a_late_case_is_counted_as_late_whatever_was_asked_since(record: Record) -> None:
    for number in range(10):
        case = objection_ready(record)
        if number == 0:
            forward_to_source(by=CLERK, case_id=case.pk, question="请核对文书", at=LATE)
            reject_objection(by=CLERK, case_id=case.pk, reasons=REASONS, at=LATE)
    found = public_figures(year=2026, on=date(2026, 10, 1))
    assert [(p.department_code, p.counts) for p in found.clocks] == [("credit_office", (0, 10))]


def test_the_form_says_whether_the_clock_will_rest(record: Record) -> None:
    from unittest.mock import patch

    from publiccredit.casework.pages.forms import RequestPapersForm
    from publiccredit.casework.queries import procedure_of_case

    case = objection_ready(record)
    words = []
    for on in (LAST, LAST + timedelta(days=1)):
        now = datetime.combine(on, AT.timetz())
        with patch("django.utils.timezone.now", return_value=now):
            words.append(RequestPapersForm(case=case, rules=procedure_of_case(case=case)).explanation)
    assert "补正期间不计入办理期限" in words[0]
    assert "本次通知不停表" in words[1]
