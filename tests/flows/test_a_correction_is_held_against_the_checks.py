"""A corrected value is held against what a row of a file is held against: refused, or confirmed with the place it is from."""

import pytest

from publiccredit.casework.correcting import UnableToCorrect
from publiccredit.casework.doubts import DoubtNotAnswered
from publiccredit.casework.models import Decision, Letter
from publiccredit.casework.operations import decide, return_proposal
from publiccredit.casework.types import Verdict
from publiccredit.subjects.models import Record
from tests.flows.cases import AT, CLERK, OFFICE_HEAD, REASONS, columns, objection_ready, settled
from tests.flows.officers import browser_page_after, read, send, state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers", "an_hour_later")]

PLACE = "决定书第 2 页写明罚款 14.9 亿元"
ABSURD = {"fine_fen": "149000"}


def test_yuan_typed_as_ten_thousands_go_no_further_than_the_form(record: Record) -> None:
    case = objection_ready(record)
    sent = {"outcome": "corrected", "reasons": REASONS, "field_1": "fine_fen", "value_1": "149000"}
    refused = send(CLERK, case, "decide", **sent)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "将为 149,000 万元（1,490,000,000 元）" in page and "若本意是 149000 元，应填 14.9" in page
    assert "数值确实如此的依据" in page
    assert (state(case), Decision.objects.count()) == ("in_hand", 0)
    assert send(CLERK, case, "decide", **sent, confirmed="是的").status_code == 422
    proposed = browser_page_after(CLERK, case, "decide", **sent, confirmed=PLACE)
    assert "已提交，由负责人审核后生效" in proposed and f"经核对属实：{PLACE}" in read(
        OFFICE_HEAD, f"/cases/{case.pk}/"
    )
    assert "数值确实如此的依据" not in read(CLERK, f"/cases/{objection_ready(record).pk}/?outcome=corrected")
    assert send(OFFICE_HEAD, case, "approve").status_code == 302
    assert f"经核对属实：{PLACE}" in Letter.objects.get(case=case, kind="decision").text


def test_what_was_confirmed_stands_in_the_form_again_when_it_is_sent_back(record: Record) -> None:
    case = objection_ready(record)
    verdict = Verdict("corrected", REASONS, corrections=ABSURD, confirmed=PLACE)
    decide(by=CLERK, case_id=case.pk, verdict=verdict, at=AT)
    return_proposal(by=OFFICE_HEAD, case_id=case.pk, because="请对照文书", at=AT)
    page = read(CLERK, f"/cases/{case.pk}/?outcome=corrected")
    assert f'value="{PLACE}"' in page
    assert f"{REASONS}\n经核对属实" not in page.split("<textarea")[1]


@pytest.mark.parametrize(
    ("corrections", "because"),
    [
        ({"fine_fen": "5", "penalty_content": "罚款五元"}, "若本意是 5 元，应填 0.0005"),
        ({"penalty_content": "罚款五元"}, "若本意是 5 元，应填 0.0005"),
        ({"fine_fen": "100"}, "若本意是 100 元，应填 0.01"),
        ({"provider_uscc": "11000000000000000X"}, "的末位与前 17 位不符"),
    ],
)
def test_what_is_doubted_waits_for_a_word(record: Record, corrections: dict[str, str], because: str) -> None:
    case = objection_ready(record)
    with pytest.raises(DoubtNotAnswered, match=because):
        decide(by=CLERK, case_id=case.pk, verdict=Verdict("corrected", REASONS, corrections=corrections), at=AT)
    settled(case, "corrected", first=CLERK, second=OFFICE_HEAD, corrections=corrections, confirmed="决定书第 2 页")
    assert state(case) == "decided"


@pytest.mark.parametrize(
    ("corrections", "because"),
    [
        ({"provider_uscc": "123"}, "应为 18 位"),
        ({"decided_on": "2027-01-01"}, "晚于更正之日"),
        ({"served_on": "2020-01-01"}, "早于"),
        ({"violation_facts": "当事人 000000199001011234 销售"}, "不能写居民身份证号码"),
    ],
)
def test_what_is_impossible_is_refused_whatever_is_said_for_it(
    record: Record, corrections: dict[str, str], because: str
) -> None:
    case, before = objection_ready(record), columns(record, "content", "decided_on", "served_on")
    verdict = Verdict("corrected", REASONS, corrections=corrections, confirmed="决定书第 2 页")
    with pytest.raises(UnableToCorrect, match=because):
        decide(by=CLERK, case_id=case.pk, verdict=verdict, at=AT)
    assert columns(record, "content", "decided_on", "served_on") == before
    assert state(case) == "in_hand"


@pytest.mark.parametrize(
    "corrections",
    [
        {"fine_fen": "6.37"},
        {"fine_fen": "200", "penalty_content": "罚款 200 万元"},
        {"fine_fen": "99.999999"},
        {"penalty_content": "警告"},
    ],
)
def test_what_no_check_doubts_is_asked_nothing(record: Record, corrections: dict[str, str]) -> None:
    settled(objection_ready(record), "corrected", first=CLERK, second=OFFICE_HEAD, corrections=corrections)
    assert Decision.objects.get().reasons == REASONS
