"""A correction shows what stood there before, and warns where another field of the record still says otherwise."""

import pytest

from publiccredit.casework.changes import changes_of, disagreements, repeated_elsewhere
from publiccredit.casework.models import Decision, Letter
from publiccredit.casework.operations import decide, return_proposal
from publiccredit.casework.types import Verdict
from publiccredit.subjects.models import Record
from tests.flows.cases import AT, CLERK, OFFICE_HEAD, REASONS, objection_ready, settled
from tests.flows.officers import browser_page_after, read, send, state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers", "an_hour_later")]

FINE = "原为：5 万元（50,000 元）"
UNEQUAL = "“罚款金额（万元）”更正后为“6.37 万元（63,700 元）”，而“处罚内容”写的是“罚款五万元”，两处不一致。"


def test_a_proposal_shows_old_and_new_and_warns_both_people(record: Record) -> None:
    case = objection_ready(record)
    form = read(CLERK, f"/cases/{case.pk}/?outcome=corrected")
    assert "（现为5 万元（50,000 元））" in form
    assert "“处罚内容”中写有“罚款金额（万元）”（5 万元（50,000 元））" in form
    sent = {"outcome": "corrected", "reasons": REASONS, "field_1": "fine_fen", "value_1": "6.37"}
    proposed = browser_page_after(CLERK, case, "decide", **sent)
    for page in (proposed, read(OFFICE_HEAD, f"/cases/{case.pk}/")):
        assert f"<span>{FINE}</span><span>应为：<strong>6.37 万元（63,700 元）</strong></span>" in page
        assert UNEQUAL in page
    assert send(OFFICE_HEAD, case, "approve").status_code == 302
    assert state(case) == "decided"
    after = read(CLERK, f"/cases/{case.pk}/")
    assert FINE in after and UNEQUAL not in after
    text = Letter.objects.get(case=case, kind="decision").text
    assert "“罚款金额（万元）”由“5 万元（50,000 元）”更正为“6.37 万元（63,700 元）”" in text


def test_each_correction_shows_what_stood_before_it_and_not_before_another(record: Record) -> None:
    for fine in ("6.37", "7"):
        settled(objection_ready(record), "corrected", first=CLERK, second=OFFICE_HEAD, corrections={"fine_fen": fine})
    found = [changes_of(decision=d)[0] for d in Decision.objects.order_by("pk")]
    assert [(c.before, c.after) for c in found] == [
        ("5 万元（50,000 元）", "6.37 万元（63,700 元）"),
        ("6.37 万元（63,700 元）", "7 万元（70,000 元）"),
    ]


def test_what_was_returned_shows_what_stood_there_when_it_was_proposed(record: Record) -> None:
    case = objection_ready(record)
    decide(by=CLERK, case_id=case.pk, verdict=Verdict("corrected", REASONS, corrections={"fine_fen": "6.37"}), at=AT)
    return_proposal(by=OFFICE_HEAD, case_id=case.pk, because="请对照文书", at=AT)
    settled(case, "corrected", first=CLERK, second=OFFICE_HEAD, corrections={"fine_fen": "7"})
    assert [changes_of(decision=d)[0].before for d in Decision.objects.order_by("pk")] == ["5 万元（50,000 元）"] * 2


@pytest.mark.parametrize(
    ("corrections", "warned"),
    [
        ({"fine_fen": "6.37"}, 1),
        ({"fine_fen": "6.37", "penalty_content": "罚款 63,700 元"}, 0),
        ({"fine_fen": "6.37", "penalty_content": "罚款 6.37 万元，没收违法所得 100 元"}, 0),
        ({"penalty_content": "罚款 63,700 元"}, 1),
        ({"penalty_content": "警告"}, 0),
        ({"violation_facts": "标签不符合规定"}, 0),
        ({"decided_on": "2026-05-21"}, 1),
        ({"violation_kind": "虚假宣传"}, 1),
        ({"fine_fen": "许多"}, 0),  # refused with its own words
    ],
)
def test_what_is_left_behind_is_said(record: Record, corrections: dict[str, str], warned: int) -> None:
    record.content["violation_facts"] = "2026年5月20日查获，销售不合格产品一批"
    assert len(disagreements(record=record, corrections=corrections, on=AT.date())) == warned


def test_what_another_field_repeats_is_told_before(record: Record) -> None:
    assert repeated_elsewhere(record=record) == ("“处罚内容”中写有“罚款金额（万元）”（5 万元（50,000 元））",)
