"""What became of a record's publication is told in sentences: on its page, by the interface and by the shell."""

from datetime import date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from reportlab.platypus import Paragraph

from publiccredit.casework.models import Case
from publiccredit.casework.operations import decide, escalate, reject_objection, request_review, take_case
from publiccredit.casework.repair_notices import repair_notice
from publiccredit.casework.types import Applicant, Channel, Order, Verdict
from publiccredit.catalogue.types import Audience, ConditionName, Party, ProcedureName
from publiccredit.disclosure.queries import courses, visible_records
from publiccredit.subjectdesk.copying import copy_of
from publiccredit.subjectdesk.pdf import story_of
from publiccredit.subjects.models import Record, Subject
from tests.factories import stored_record
from tests.flows.cases import (
    APPLICANT,
    AT,
    CLERK,
    FOURTH,
    HEAD,
    LIAISON,
    OFFICE_HEAD,
    OWNER,
    PUBLIC_WORDS,
    REASONS,
    THIRD,
    hand_in,
    objection_ready,
    opened,
    repair_ready,
    repaired,
    report_ready,
    settled,
)
from tests.flows.desks import at_the_desk, opened_by_letter, visitor_of
from tests.flows.severities import correct

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]
WHY = "缴款凭证系伪造，由县公安机关出具的鉴定意见认定。"


def undone(record: Record, *, at: datetime) -> Case:
    """A repair that stood on false papers is undone, with its public reason."""
    source = Applicant(party=Party.SOURCE, name="濉溪县市场监督管理局")
    case = opened(
        ProcedureName.RE_VERIFICATION, record, ground="false_papers", by=LIAISON, applicant=source, at=at,
        channel=Channel.COUNTER,
    )  # fmt: skip
    hand_in(case, "finding", by=LIAISON, at=at)
    take_case(by=LIAISON, case_id=case.pk, at=at)
    settled(case, "repair_undone", first=LIAISON, second=HEAD, at=at, public_notice=WHY)
    return case


def told(record: Record, on: date) -> list[tuple[str, str]]:
    found = visible_records(audience=Audience.PUBLIC, on=on, record_id=record.pk)
    return [(str(one.on), one.sentence) for course in courses(records=found, on=on).values() for one in course.happened]


def test_an_undone_repair_is_told_with_its_public_reason_on_page_and_interface(record: Record) -> None:
    repaired(record, at=AT)
    assert told(record, date(2026, 9, 2)) == [], "a repaired record has no reader, and so no history"
    later = AT + timedelta(days=5)
    undone(record, at=later)
    expected = [
        ("2026-05-25", "首次公示。"),
        ("2026-09-01", "准予信用修复，停止公示。"),
        ("2026-09-06", f"信用修复被撤销，恢复公示至原定期满：{WHY}"),
    ]
    assert told(record, date(2026, 9, 6)) == expected
    with patch("django.utils.timezone.now", return_value=later):
        page = Client().get(f"/records/{record.pk}/").content.decode()
        answer: dict[str, Any] = Client().get(f"/api/v1/records/{record.pk}").json()
    for day, sentence in expected:
        assert f"<time>{day}</time> {sentence}" in page
    assert "公示内容没有变化" not in page
    assert [(one["on"], one["sentence"]) for one in answer["history"]] == expected


def restored(case: Case, *, at: datetime) -> None:
    """A review of an undone repair finds that it had been undone wrongly."""
    review = request_review(by=OWNER, case_id=case.pk, applicant=APPLICANT, request="凭证是真的。", at=at)
    hand_in(review, "finding", by=THIRD, at=at)
    take_case(by=THIRD, case_id=review.pk, at=at)
    settled(review, "repair_restored", first=THIRD, second=FOURTH, at=at)


def noticed(record: Record, on: date) -> str:
    """What its department's repair notice says of it."""
    printed = repair_notice(record_id=record.pk, on=on)
    assert printed is not None
    return "".join(printed.paragraphs)


def test_a_repair_that_a_review_restored_is_told_as_that_and_not_as_granted_again(record: Record) -> None:
    repaired(record, at=AT)
    case = undone(record, at=AT + timedelta(days=5))
    restored(case, at=AT + timedelta(days=6))
    assert own(record, date(2026, 9, 7))[1:] == [
        ("2026-09-01", "准予信用修复，停止公示。"),
        ("2026-09-06", f"信用修复被撤销，恢复公示至原定期满：{WHY}"),
        ("2026-09-07", "经复核恢复信用修复，停止公示。"),
    ]
    assert "已于2026年9月7日经复核恢复信用修复：停止公示" in noticed(record, date(2026, 9, 7))


def test_a_repair_granted_anew_after_one_was_undone_is_told_as_granted(record: Record) -> None:
    repaired(record, at=AT)
    undone(record, at=AT + timedelta(days=5))
    repaired(record, at=AT + timedelta(days=9))
    assert own(record, date(2026, 9, 10))[-1] == ("2026-09-10", "准予信用修复，停止公示。")
    assert "已于2026年9月10日准予信用修复" in noticed(record, date(2026, 9, 10))


def test_a_stay_is_told_with_its_days_and_its_end(record: Record) -> None:
    order = Order(number="濉政复〔2026〕3号", begins=date(2026, 9, 1), until=date(2026, 9, 10))
    settled(report_ready(record, ground="stayed", paper="stay_order"), "stayed", first=LIAISON, order=order)
    assert told(record, date(2026, 9, 9)) == []
    assert told(record, date(2026, 9, 10))[1:] == [
        ("2026-09-01", "决定停止执行，自 2026-09-01 起至 2026-09-09，暂停公示。"),
        ("2026-09-10", "停止执行期满，恢复公示。"),
    ]


def own(record: Record, on: date) -> list[tuple[str, str]]:
    """What its own subject is told, to whom nothing is hidden."""
    found = visible_records(audience=Audience.SUBJECT, on=on, record_id=record.pk)
    return [(str(one.on), one.sentence) for course in courses(records=found, on=on).values() for one in course.happened]


def test_its_subject_is_told_of_its_end_too(record: Record) -> None:
    assert record.subject is not None
    case = report_ready(record, ground="revoked", paper="new_decision")
    settled(case, "withdrawn_revoked", first=LIAISON)
    assert told(record, date(2026, 9, 2)) == []
    expected = [
        ("2026-05-25", "首次公示。"),
        ("2026-09-01", f"撤回，不再公示、共享和使用：原决定被撤销，{PUBLIC_WORDS.rstrip('。')}。"),
    ]
    assert own(record, date(2028, 1, 1)) == expected, "a term that ends later ends nothing any more"
    desk = at_the_desk(record.subject, Client())
    copied = desk.get("/mine/copy.json").json()["records"][0]
    assert [(one["on"], one["sentence"]) for one in copied["history"]] == expected
    words = "".join(f"{day} {sentence}" for day, sentence in expected)
    assert f"<dt>公示的变化</dt><dd>{words}</dd>" in desk.get("/mine/copy/").content.decode()
    visitor = visitor_of(opened_by_letter(record.subject, at=AT), at=AT)
    story = story_of(copy=copy_of(visitor=visitor, at=AT, on=AT.date()))
    assert f"公示的变化：{words}" in [part.text for part in story if isinstance(part, Paragraph)]
    page = desk.get(f"/mine/records/{record.pk}/").content.decode()
    for day, sentence in expected:
        assert f"<time>{day}</time> {sentence}" in page


def test_a_term_that_ended_by_itself_is_told_to_its_subject_and_one_that_was_repaired_did_not_end_so(
    record: Record,
) -> None:
    assert own(record, date(2027, 5, 19)) == [("2026-05-25", "首次公示。")]
    assert own(record, date(2027, 5, 20))[1:] == [("2027-05-20", "公示期满，停止公示。")]
    repaired(record, at=AT)
    assert own(record, date(2027, 5, 20))[1:] == [("2026-09-01", "准予信用修复，停止公示。")]


def test_what_was_never_public_was_never_published(record: Record) -> None:
    """A slight one, one of unknown severity, one whose first day is still to come: nobody was shown any of them."""
    for number, never in enumerate(
        (
            {"severity": "slight", "disclosed_until": date(2026, 5, 22)},
            {"severity": "", "disclosed_until": None},
            {"state": "held_unserved", "served_on": None, "disclosed_from": None},
            {"served_on": date(2026, 9, 9), "disclosed_from": date(2026, 9, 9)},
        ),
        start=2,
    ):
        assert own(stored_record(subject=record.subject, number=number, **never), AT.date()) == [], never


def test_a_record_that_was_no_ones_to_see_at_first_was_published_when_it_was(record: Record) -> None:
    later = stored_record(subject=record.subject, number=2, severity="", disclosed_until=None)
    correct(later, by=HEAD)
    assert told(later, AT.date()) == own(later, AT.date()) == [("2026-09-01", "首次公示。")]


def test_nothing_is_told_to_be_shown_again_that_something_else_keeps_away(record: Record) -> None:
    """A stay ends while the shield holds; and what is withdrawn in the act that ends a suspension does not come back."""
    assert record.subject is not None
    stay = Order(number="濉政复〔2026〕3号", begins=date(2026, 9, 1), until=date(2026, 9, 10))
    settled(report_ready(record, ground="stayed", paper="stay_order"), "stayed", first=LIAISON, order=stay)
    shield = Order(number="(2026)皖0621破1号", begins=date(2026, 9, 1), until=date(2026, 10, 1))
    case = opened(ProcedureName.CREDIT_REPAIR, record, ground="reorganisation")
    hand_in(case, "court_order")
    take_case(by=LIAISON, case_id=case.pk, at=AT)
    settled(case, "shielded", first=LIAISON, second=HEAD, order=shield)
    assert told(record, date(2026, 10, 1))[-2:] == [
        ("2026-09-10", "停止执行期满。"),
        ("2026-10-01", "暂时屏蔽期满，恢复公示。"),
    ]
    other = stored_record(subject=record.subject, number=2)
    overdue, late = objection_ready(other), AT + timedelta(days=9)
    escalate(at=late)
    settled(overdue, "publication_stopped", first=CLERK, second=OFFICE_HEAD, at=late)
    assert [sentence for _, sentence in own(other, date(2026, 9, 11))] == [
        "首次公示。",
        "收到异议，标注“异议处理中”。",
        "案件逾期未作出决定，暂停公示。",
        f"撤回，不再公示、共享和使用：异议成立，停止公示，{PUBLIC_WORDS.rstrip('。')}。",
    ]


def test_no_objection_is_told_of_where_it_was_a_repair_that_lapsed(record: Record) -> None:
    case = repair_ready(record)
    escalate(at=AT + timedelta(days=30))
    doubt = Verdict("refused", REASONS, failing=(ConditionName.DUTIES_PERFORMED,))
    decide(by=LIAISON, case_id=case.pk, verdict=doubt, at=AT + timedelta(days=31))
    assert [sentence for _, sentence in told(record, date(2026, 10, 20))] == [
        "首次公示。",
        "案件逾期未作出决定，暂停公示。",
        "案件办理完毕，恢复公示。",
    ]


def test_what_was_before_it_was_public_is_told_to_nobody(subject: Subject) -> None:
    record = stored_record(subject=subject, state="held_unserved", known_from=AT)
    Record.objects.filter(pk=record.pk).update(state="filed", known_from=AT + timedelta(hours=1))
    assert [sentence for _, sentence in told(record, date(2026, 9, 2))] == ["首次公示。"]


def test_an_objection_that_was_open_is_told_after_it_has_ended(record: Record) -> None:
    case, later = objection_ready(record), AT + timedelta(days=1)
    assert told(record, date(2026, 9, 1))[1:] == [("2026-09-01", "收到异议，标注“异议处理中”。")]
    reject_objection(by=CLERK, case_id=case.pk, reasons=REASONS, at=later)
    assert told(record, date(2026, 9, 2))[1:] == [
        ("2026-09-01", "收到异议，标注“异议处理中”。"),
        ("2026-09-02", "异议处理结束，取消异议标注。"),
    ]
