"""A corrected value is held against what a row of a file is held against: refused, or confirmed with the place it is from."""

import re

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
    assert re.search(rf'<textarea name="confirmed"[^>]*>\s*{re.escape(PLACE)}</textarea>', page)
    assert f"{REASONS}\n经核对属实" not in page.split("<textarea")[1]


@pytest.mark.parametrize(
    ("corrections", "because"),
    [
        ({"fine_fen": "6", "penalty_content": "罚款六元"}, "若本意是 6 元，应填 0.0006"),
        ({"penalty_content": "罚款五元"}, "若本意是 5 元，应填 0.0005"),
        ({"fine_fen": "100"}, "若本意是 100 元，应填 0.01"),
        (
            {"fine_fen": "0", "penalty_kind": "警告;罚款"},
            "“罚款金额（万元）”将为 0，“处罚类别”包含罚款时应大于 0。请对照",
        ),
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


NEEDS = "时必填。请补填此项；如条件所列的内容填错，请改正该内容。（R-102，双公示数据标准，条件必填项）"


@pytest.mark.parametrize(
    ("corrections", "because"),
    [
        (
            {"penalty_kind": "吊销许可证件"},
            ["“暂扣或吊销证照名称及编号”未填写，“处罚类别”包含暂扣许可证件、吊销许可证件"],
        ),
        ({"penalty_kind": "罚款", "fine_fen": ""}, ["“罚款金额（万元）”未填写，“处罚类别”包含罚款"]),
        (
            {"penalty_kind": "没收违法所得;吊销许可证件", "suspended_licence": "无"},
            [
                "“没收违法所得、没收非法财物的金额（万元）”未填写，“处罚类别”包含没收违法所得、没收非法财物",
                "“暂扣或吊销证照名称及编号”未填写，“处罚类别”包含暂扣许可证件、吊销许可证件",
            ],
        ),
    ],
)
def test_a_field_that_another_one_asks_for_is_not_left_empty(
    record: Record, corrections: dict[str, str], because: list[str]
) -> None:
    """The sentences are those a file is returned with, without its row."""
    case, before = objection_ready(record), columns(record, "content", "fine_fen", "severity")
    verdict = Verdict("corrected", REASONS, corrections=corrections, confirmed="决定书第 2 页")
    with pytest.raises(UnableToCorrect) as refused:
        decide(by=CLERK, case_id=case.pk, verdict=verdict, at=AT)
    assert str(refused.value) == "".join(f"{said}{NEEDS}" for said in because)
    assert columns(record, "content", "fine_fen", "severity") == before
    sent = {"outcome": "corrected", "reasons": REASONS}
    for place, (name, value) in enumerate(corrections.items(), start=1):
        sent |= {f"field_{place}": name, f"value_{place}": value}
    assert "时必填。请补填此项" in send(CLERK, case, "decide", **sent).content.decode()


def test_a_field_is_filled_in_the_same_correction_that_asks_for_it(record: Record) -> None:
    both = {"penalty_kind": "罚款;吊销许可证件", "suspended_licence": "食品经营许可证 1 号"}
    settled(objection_ready(record), "corrected", first=CLERK, second=OFFICE_HEAD, corrections=both)
    # Now each of the two is there because of the other: the licence alone cannot go, nor the fine.
    for name in ("suspended_licence", "fine_fen"):
        with pytest.raises(UnableToCorrect, match="时必填"):
            settled(objection_ready(record), "corrected", first=CLERK, corrections={name: ""})
    settled(objection_ready(record), "corrected", first=CLERK, second=OFFICE_HEAD,
        corrections={"penalty_kind": "警告", "suspended_licence": "", "fine_fen": ""},
    )  # fmt: skip


def test_a_field_that_is_to_be_empty_is_not_filled(record: Record) -> None:
    enterprise = Record.objects.get(pk=record.pk)
    Record.objects.filter(pk=record.pk).update(
        content=enterprise.content | {"subject_category": "法人及非法人组织"}, known_from=AT
    )
    with pytest.raises(UnableToCorrect) as refused:
        settled(objection_ready(record), "corrected", first=CLERK, corrections={"person_document_kind": "身份证"})
    assert str(refused.value).startswith(
        "“自然人证件类型”填了内容，但“行政相对人类别”为法人及非法人组织、个体工商户时留空。"
    )


def test_what_a_file_of_before_left_empty_hinders_no_correction_of_something_else(record: Record) -> None:
    """An older form did not ask for it; the correction neither asks for it nor empties it."""
    Record.objects.filter(pk=record.pk).update(
        content={**record.content, "penalty_kind": "罚款"}, fine_fen=None, known_from=AT
    )
    settled(objection_ready(record), "corrected", first=CLERK, second=OFFICE_HEAD,
        corrections={"violation_facts": "销售过期的建材"},
    )  # fmt: skip
    with pytest.raises(UnableToCorrect, match="没收违法所得"):
        settled(objection_ready(record), "corrected", first=CLERK, corrections={"penalty_kind": "罚款;没收违法所得"})


@pytest.mark.parametrize("word", ["无", "N/A", "——", " 暂无 "])
def test_a_word_that_means_nothing_empties_a_field_as_in_a_file(record: Record, word: str) -> None:
    with pytest.raises(UnableToCorrect, match="“违法事实”是必填项"):
        settled(objection_ready(record), "corrected", first=CLERK, corrections={"violation_facts": word})
    for text in ("随文书另附", word):
        settled(objection_ready(record), "corrected", first=CLERK, second=OFFICE_HEAD, corrections={"remarks": text})
    assert Record.objects.get(pk=record.pk).content["remarks"] is None


@pytest.mark.parametrize(
    "corrections",
    [
        {"fine_fen": "6.37"},
        {"fine_fen": "200", "penalty_content": "罚款 200 万元"},
        {"fine_fen": "99.999999"},
        {"penalty_content": "警告"},
        {"fine_fen": "0", "penalty_kind": "警告"},
        {"fine_fen": "0.000001"},
    ],
)
def test_what_no_check_doubts_is_asked_nothing(record: Record, corrections: dict[str, str]) -> None:
    settled(objection_ready(record), "corrected", first=CLERK, second=OFFICE_HEAD, corrections=corrections)
    assert Decision.objects.get().reasons == REASONS


def test_a_fine_of_nothing_is_doubted_where_a_correction_says_that_there_is_a_fine(record: Record) -> None:
    """An old record is not asked about for another field's sake, but for the kinds that make its 0 wrong."""
    Record.objects.filter(pk=record.pk).update(
        content={**record.content, "penalty_kind": "警告"}, fine_fen=0, known_from=AT
    )
    with pytest.raises(DoubtNotAnswered, match="应大于 0"):
        settled(objection_ready(record), "corrected", first=CLERK, corrections={"penalty_kind": "罚款"})
    settled(objection_ready(record), "corrected", first=CLERK, second=OFFICE_HEAD,
        corrections={"penalty_kind": "罚款"}, confirmed="决定书第 2 页",
    )  # fmt: skip
    settled(objection_ready(record), "corrected", first=CLERK, second=OFFICE_HEAD,
        corrections={"violation_facts": "销售过期的建材"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("corrections", "present"),
    [
        ({"fine_fen": "5"}, "“罚款金额（万元）”现在就是“5 万元（50,000 元）”"),
        ({"fine_fen": "5.000"}, "“罚款金额（万元）”现在就是“5 万元（50,000 元）”"),
        ({"remarks": "暂无"}, "“备注”现在就是空白"),
        ({"penalty_content": "罚款六万元", "fine_fen": "5.0"}, "“罚款金额（万元）”现在就是“5 万元（50,000 元）”"),
    ],
)
def test_what_a_field_says_already_is_no_correction(record: Record, corrections: dict[str, str], present: str) -> None:
    case = objection_ready(record)
    verdict = Verdict("corrected", REASONS, corrections=corrections, confirmed="决定书第 2 页")
    with pytest.raises(UnableToCorrect, match=f"{re.escape(present)}，没有变化"):
        decide(by=CLERK, case_id=case.pk, verdict=verdict, at=AT)
    assert (state(case), case.decisions.count()) == ("in_hand", 0)
