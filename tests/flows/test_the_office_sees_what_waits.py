"""The first page of the office: what to approve, accept, decide, judge and tell, and who has not sent."""

from datetime import timedelta
from unittest.mock import patch

import pytest

from publiccredit.casework.operations import approve, decide, take_case
from publiccredit.casework.types import Verdict
from publiccredit.catalogue.types import ProcedureName
from publiccredit.subjects.models import Record
from tests.factories import stored_record, stored_subject
from tests.flows.cases import AT, CLERK, LIAISON, OFFICE_HEAD, REASONS, objection_ready, opened, repair_ready
from tests.flows.officers import browser, read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers", "an_hour_later")]
PAGE = "/start/"


def figures(actor: object = CLERK) -> dict[str, str]:
    context = browser(actor).get(PAGE).context  # type: ignore[arg-type]
    return {figure["title"]: figure["value"] for figure in context["numbers"]}


def test_what_the_office_cannot_accept_waits_at_the_department_and_not_here(record: Record) -> None:
    objection = opened(ProcedureName.OBJECTION, record, ground="wrong_or_missing")
    second = stored_record(number=2, subject=stored_subject(number=2))
    repair = opened(ProcedureName.CREDIT_REPAIR, second, ground="duties_performed")
    assert figures()["待受理"] == "1"
    page, queue = read(CLERK, PAGE), read(CLERK, "/cases/?queue=new")
    assert (objection.number in page, repair.number in page) == (True, False)
    assert (objection.number in queue, repair.number in queue) == (True, False)
    assert repair.number in read(LIAISON, "/cases/?queue=new")
    take_case(by=CLERK, case_id=objection.pk, at=AT)
    assert figures()["待受理"] == "0"


def test_a_proposal_waits_for_the_head_of_the_office_alone(record: Record) -> None:
    case = objection_ready(record)
    decide(by=CLERK, case_id=case.pk, verdict=Verdict("corrected", REASONS, corrections={"fine_fen": "1"}), at=AT)
    assert figures(OFFICE_HEAD)["待您审核的决定"] == "1"
    assert f'href="/cases/{case.pk}/#form-approve"' in read(OFFICE_HEAD, PAGE)
    assert "待您审核的决定" not in figures(CLERK)
    approve(by=OFFICE_HEAD, case_id=case.pk, at=AT)
    assert figures(OFFICE_HEAD)["待您审核的决定"] == "0"
    assert case.number in read(CLERK, PAGE)  # decided, and not yet delivered


def test_what_is_past_its_day_is_counted_at_whose_desk_it_lies(record: Record) -> None:
    ours = objection_ready(record, at=AT - timedelta(days=40))
    theirs = repair_ready(stored_record(number=2, subject=stored_subject(number=2)), at=AT - timedelta(days=40))
    assert figures()["逾期的案件"] == "1"
    context = browser(CLERK).get(PAGE).context
    assert [row["case"].pk for row in context["due"]] == [ours.pk]
    assert [case.pk for case in context["watched"]] == [theirs.pk]


def test_departments_that_did_not_send_are_named_with_what_is_missing() -> None:
    context = browser(CLERK).get(PAGE).context
    assert figures()["上周未报齐的部门"] == str(len(context["silent"])) != "0"
    assert "市场监管行政处罚" in read(CLERK, PAGE)


def test_the_page_is_the_offices_and_the_first_after_logging_in() -> None:
    assert browser(CLERK).get("/desk/").headers["Location"] == PAGE
    assert browser(LIAISON).get(PAGE).status_code == 403
    assert "没有要读出的" in read(CLERK, PAGE)


def test_a_year_without_its_decree_is_told_before_deadlines_fall_into_it() -> None:
    assert "工作日历还没有装入" not in read(CLERK, PAGE)
    with patch("django.utils.timezone.now", return_value=AT + timedelta(days=70)):  # November; 2027 is not held
        page = read(CLERK, PAGE)
    assert "2027 年的工作日历还没有装入" in page
    assert "packs/calendars/2027.yml" in page
