"""What became of a record's publication is told in sentences: on its page, by the interface and by the shell."""

from datetime import date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client

from publiccredit.casework.models import Case
from publiccredit.casework.operations import take_case
from publiccredit.casework.types import Applicant, Channel, Order
from publiccredit.catalogue.types import Audience, Party, ProcedureName
from publiccredit.disclosure.queries import histories, visible_records
from publiccredit.subjects.models import Record
from tests.flows.cases import AT, HEAD, LIAISON, hand_in, opened, repaired, report_ready, settled

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
    return [(str(one.on), one.sentence) for one in histories(records=found, on=on).get(record.pk, ())]


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


def test_a_stay_is_told_with_its_days_and_its_end(record: Record) -> None:
    order = Order(number="濉政复〔2026〕3号", begins=date(2026, 9, 1), until=date(2026, 9, 10))
    settled(report_ready(record, ground="stayed", paper="stay_order"), "stayed", first=LIAISON, order=order)
    assert told(record, date(2026, 9, 9)) == []
    assert told(record, date(2026, 9, 10))[1:] == [
        ("2026-09-01", "决定停止执行，自 2026-09-01 起至 2026-09-09，暂停公示。"),
        ("2026-09-10", "停止执行期满，恢复公示。"),
    ]


def test_what_was_before_it_was_public_is_told_to_nobody(record: Record) -> None:
    Record.objects.filter(pk=record.pk).update(state="held_unmatched", known_from=AT)
    Record.objects.filter(pk=record.pk).update(state="filed", known_from=AT + timedelta(hours=1))
    assert [sentence for _, sentence in told(record, date(2026, 9, 2))] == ["首次公示。"]
