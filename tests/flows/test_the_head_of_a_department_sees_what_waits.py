"""The first page of the head of a department: what to approve, what falls due, what nobody has looked at, what is late."""

from datetime import date, timedelta

import pytest

from publiccredit.casework.operations import approve, decide
from publiccredit.casework.types import Verdict
from publiccredit.catalogue.types import Severity
from publiccredit.subjects.models import Record
from tests.factories import stored_record, stored_subject
from tests.flows.cases import AT, FOURTH, HEAD, REASONS, repair_ready
from tests.flows.officers import browser, read
from tests.flows.severities import proposed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers", "an_hour_later")]
PAGE = "/oversight/start/"


def figures(actor: object = HEAD) -> dict[str, str]:
    context = browser(actor).get(PAGE).context  # type: ignore[arg-type]
    return {figure.title: figure.value for figure in context["numbers"]}


def test_a_proposal_waits_for_the_head_until_it_is_approved_and_not_for_who_made_it(record: Record) -> None:
    case = repair_ready(record)
    assert figures()["待您审核的决定"] == "0"
    decide(by=FOURTH, case_id=case.pk, verdict=Verdict("granted", REASONS), at=AT)
    assert figures()["待您审核的决定"] == "1"
    assert f'href="/cases/{case.pk}/#form-approve"' in read(HEAD, PAGE)
    assert figures(FOURTH)["待您审核的决定"] == "0"
    approve(by=HEAD, case_id=case.pk, at=AT)
    assert figures()["待您审核的决定"] == "0"


def test_a_case_past_its_day_is_counted_and_one_due_later_is_not_listed(record: Record) -> None:
    late = repair_ready(record, at=AT - timedelta(days=40))
    fresh = repair_ready(stored_record(number=2, subject=stored_subject(number=2)))
    page = read(HEAD, PAGE)
    assert figures()["逾期的案件"] == "1"
    assert late.number in page
    assert fresh.number not in page


def test_a_severity_given_by_a_rule_waits_until_the_department_corrects_it() -> None:
    record = stored_record(subject=stored_subject(), received_at=AT)
    stored_record(
        number=2, subject=record.subject, severity_rule="sender", received_at=AT
    )  # its department said how severe
    assert figures()["未填程度的处罚"] == "1"
    assert record.document_number in read(HEAD, "/severity/?given=rule")
    case = proposed(record, Severity.SLIGHT)
    assert (figures()["未填程度的处罚"], figures()["待您审核的决定"]) == ("1", "1")
    approve(by=HEAD, case_id=case.pk, at=AT)
    assert figures()["未填程度的处罚"] == "0"
    assert record.document_number not in read(HEAD, "/severity/?given=rule")
    assert record.document_number in read(HEAD, "/severity/")


def test_a_late_record_and_a_source_that_was_not_sent_are_named() -> None:
    stored_record(subject=stored_subject(), working_days_taken=9, received_at=AT)
    page = read(HEAD, PAGE)
    assert figures()["迟报的记录"] == "1"
    assert "用了 9 个工作日" in page
    assert "上期未报" in page


def test_a_late_record_that_is_no_longer_shown_leads_to_no_page() -> None:
    subject = stored_subject()
    shown = stored_record(subject=subject, working_days_taken=9, received_at=AT)
    ended = stored_record(
        subject=subject, number=2, working_days_taken=2000, received_at=AT, decided_on=date(2017, 3, 2),
        served_on=date(2017, 3, 2), disclosed_from=date(2017, 3, 2), repairable_from=date(2017, 6, 2),
        disclosed_until=date(2018, 3, 2),
    )  # fmt: skip
    page = read(HEAD, PAGE)
    assert ended.document_number in page
    assert (f'href="/records/{shown.pk}/"' in page, f'href="/records/{ended.pk}/"' in page) == (True, False)
    assert "严重" in read(HEAD, f"/severity/{ended.pk}/")  # a decision older than the list of severities
