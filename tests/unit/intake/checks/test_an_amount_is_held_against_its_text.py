"""Yuan typed in a column of 万元 go back to the sender before anybody reads a fine of 120 million; a named amount passes."""

from datetime import date

import polars as pl
import pytest

from publiccredit.intake.checks.named_amounts import named_amounts
from publiccredit.intake.types import OUTCOME
from tests.penalty_rows import check, found, row, told

MEANT = "现读作 120000000 元；若本意是 12000 元，应填 1.2 万元"


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        ([1_200_000], "罚款12000元"),
        ([1_200_000], "罚款人民币 12,000.00 元整"),
        ([1_200_000], "处以 1.2 万元罚款"),
        ([1_200_000], "罚款壹万贰仟元整"),
        ([1_200_000, 350_000], "罚款１２，０００元；没收违法所得三千五百元"),
        ([12_000_000_000], "罚款一亿二千万元"),
        ([12_000_000_000], "罚款 1.2亿元"),
        ([1_050_000], "罚款一万零五百元"),
        ([1_200_000], "罚款 ¥12000"),
        ([800_000], "罚款8千元"),
        ([1_200_000], "罚款1万2千元"),
        ([350_000_000], "罚款3百5十万元"),
        ([1_200_000_000], "罚款 1.2千万元"),
        ([], "责令停产停业 3 个月，依据第五十条"),
        ([], ""),
    ],
)
def test_a_sentence_names_its_amounts(fen, text):
    assert named_amounts(pl.Series([text])).to_list() == [fen]


@pytest.mark.parametrize(
    ("cell", "text", "expected"),
    [
        ("12000", "罚款12000元", f"同行“处罚内容”写明 12000 元。{MEANT}"),
        ("12000", "罚款壹万贰仟元整", f"同行“处罚内容”写明 12000 元。{MEANT}"),
        ("12000", "罚款 1.2 万元", f"同行“处罚内容”写明 12000 元。{MEANT}"),
        ("12000", "罚款 3 万元", f"同行“处罚内容”写明的金额中没有这一数额。{MEANT}"),
        ("12000", "处以罚款", f"同行“处罚内容”没有写明金额。{MEANT}"),
        ("12000", "罚款 12,000 万元", None),
        ("12000", "对甲罚款 2,000 万元，对乙罚款 10,000 万元", None),
        ("12000", "罚款一亿二千万元", None),
        ("1.2", "罚款12000元", None),
        ("99", "处以罚款", None),
        ("50", "罚款 500000 元", None),
        ("50", "罚款 50 元", "同行“处罚内容”写明 50 元。现读作 500000 元；若本意是 50 元，应填 0.005 万元"),
        ("50", "罚款 50.00 元", "同行“处罚内容”写明 50 元。现读作 500000 元；若本意是 50 元，应填 0.005 万元"),
        ("50", "罚款伍拾元整", "同行“处罚内容”写明 50 元。现读作 500000 元；若本意是 50 元，应填 0.005 万元"),
        ("50", "罚款 50 万元，其中每日 50 元", None),
    ],
)
def test_an_amount_goes_back_when_its_text_says_otherwise(cell, text, expected):
    chunk = check(row(fine_fen=cell, penalty_content=text))
    assert chunk.issues.select("code", "severity", "found", "expected").rows() == (
        [("A-104", "return", cell, expected)] if expected else []
    )
    assert chunk.rows[OUTCOME].to_list() == ["returned" if expected else "accepted"]


def test_an_officer_may_confirm_that_the_amount_of_one_row_is_as_large_as_it_reads():
    large = {"fine_fen": "12000", "penalty_content": "处以罚款"}
    chunk = check(
        row(**large), row(**large, document_number="濉市监处罚〔2026〕119号"), overrides=frozenset({"A-104:2"})
    )
    assert chunk.issues.select("row", "code", "severity").rows() == [(2, "A-104", "warn"), (3, "A-104", "return")]
    assert chunk.rows[OUTCOME].to_list() == ["accepted", "returned"]


@pytest.mark.parametrize("override", ["A-104", "A-104:3", "A-104:别的表!2", "A-104:2x", "I-102:2"])
def test_what_does_not_name_the_row_does_not_confirm_it(override):
    chunk = check(row(fine_fen="12000", penalty_content="处以罚款"), overrides=frozenset({override}))
    assert chunk.rows[OUTCOME].to_list() == ["returned"]


def test_a_decided_day_stays_what_it_was_beside_a_confirmed_amount():
    chunk = check(row(fine_fen="12000", penalty_content="处以罚款"), overrides=frozenset({"A-104:2"}))
    assert chunk.rows["decided_on"].to_list() == [date(2026, 11, 3)]


def test_the_sentence_names_both_readings_and_the_way_on():
    chunk = check(row(fine_fen="12000", penalty_content="罚款12000元"))
    assert found(chunk) == [(2, "fine_fen", "A-104", "12000")]
    assert list(told(chunk)) == [
        f"第 2 行“罚款金额（万元）”为“12000”（单位：万元），同行“处罚内容”写明 12000 元。{MEANT}。"
        "请对照决定文书改正填错的一处后重新报送该行；整列都以元填写的，把列名中的“万元”改为“元”后重新报送，"
        "由平台换算；数额确实如此的，请在报送页逐行确认，用接口报送的以 overrides 确认（写作“A-104:行号”）。"
        "（A-104，本平台校验规则，阈值载于目录包）"
    ]


def test_a_fine_of_nothing_goes_back_and_says_what_to_do():
    nothing = {"fine_fen": "0", "penalty_content": "罚款 12,000 元"}
    chunk = check(
        row(**nothing), row(**nothing, document_number="濉市监处罚〔2026〕119号"), overrides=frozenset({"A-105:3"})
    )
    assert chunk.issues.select("row", "code", "severity").rows() == [(2, "A-105", "return"), (3, "A-105", "warn")]
    assert chunk.rows[OUTCOME].to_list() == ["returned", "accepted"]
    assert next(told(chunk)) == (
        "第 2 行“罚款金额（万元）”为“0”，“处罚类别”包含罚款时应大于 0。请按决定文书填写数额；条件所列的内容填错的，改正该内容，"
        "例如没有罚款的，从“处罚类别”中去掉罚款；文书确实写明为 0 的，请在报送页逐行确认，用接口报送的以 overrides 确认"
        "（写作“A-105:行号”）。（A-105，本平台校验规则）"
    )
    assert found(check(row(**nothing), overrides=frozenset({"A-105"}))) == [(2, "fine_fen", "A-105", "0")]


READ = "现读作 10000 元，而同行“处罚内容”写明罚款"


@pytest.mark.parametrize(
    ("cell", "text", "expected"),
    [
        ("1", "罚款8千元", f"{READ} 8000 元"),
        ("1", "罚款人民币 8,000.00 元整", f"{READ} 8000 元"),
        ("1", "处以０.８万元罚款，责令改正", f"{READ} 8000 元"),
        ("1", "罚款捌仟元整", f"{READ} 8000 元"),
        ("1", "处货值金额二倍的罚款：112,000元", f"{READ} 112000 元"),
        ("50", "罚款 3 万元", "现读作 500000 元，而同行“处罚内容”写明罚款 30000 元"),
        ("0.2", "罚款12000元", "现读作 2000 元，而同行“处罚内容”写明罚款 12000 元"),
        ("1.2", "罚款 12,000 元", None),
        ("1.2", "罚款人民币壹万贰仟元整", None),
        ("1.2", "罚款1万2千元", None),
        ("1.234567", "罚款 12,345.67 元", None),
        ("1.2", "给予罚款的行政处罚；涉及金额8000元", None),
        ("1", "罚款8千元，没收违法所得", None),
        ("1", "罚款8千元；没收违法所得 2 千元", None),
        ("1", "对甲罚款 4 千元，对乙罚款 6 千元", None),
        ("1", "对甲、乙分别罚款 5 千元", None),
        ("1", "自逾期之日起每日罚款 50 元", None),
        ("1", "罚款，数额见决定书", None),
    ],
)
def test_a_fine_that_its_text_names_otherwise_is_taken_and_said(cell, text, expected):
    chunk = check(row(fine_fen=cell, penalty_content=text))
    found_in_it = chunk.issues.filter(chunk.issues["code"] == "A-106")
    assert found_in_it.select("field", "severity", "found", "expected").rows() == (
        [("fine_fen", "warn", cell, expected)] if expected else []
    )
    assert chunk.rows[OUTCOME].to_list() == ["accepted"]


@pytest.mark.parametrize(("cell", "text"), [("12000", "罚款12000元"), ("300", "罚款 3 万元"), ("0", "罚款 3 万元")])
def test_what_goes_back_for_its_amount_is_told_that_and_no_more(cell, text):
    chunk = check(row(fine_fen=cell, penalty_content=text))
    assert chunk.issues["code"].is_in(["A-104", "A-105"]).to_list() == [True]


def test_the_sentence_says_that_the_row_was_taken_and_what_to_look_at():
    chunk = check(row(fine_fen="1", penalty_content="罚款8千元"))
    assert list(told(chunk)) == [
        f"第 2 行“罚款金额（万元）”为“1”，{READ} 8000 元；本行没有因此退回。请对照决定文书核对，填错的一处改正后重新报送该行；"
        "两处都与文书一致的，无需处理。（A-106，本平台校验规则，同一事项两处应当一致）"
    ]
