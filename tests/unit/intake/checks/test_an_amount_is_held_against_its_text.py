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
        ("50", "罚款 3 万元", None),
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


def test_an_officer_may_confirm_that_the_amount_is_as_large_as_it_reads():
    chunk = check(row(fine_fen="12000", penalty_content="处以罚款"), overrides=frozenset({"A-104"}))
    assert chunk.issues.select("code", "severity").rows() == [("A-104", "warn")]
    assert chunk.rows[OUTCOME].to_list() == ["accepted"]
    assert chunk.rows["decided_on"].to_list() == [date(2026, 11, 3)]


def test_the_sentence_names_both_readings_and_the_way_on():
    chunk = check(row(fine_fen="12000", penalty_content="罚款12000元"))
    assert found(chunk) == [(2, "fine_fen", "A-104", "12000")]
    assert list(told(chunk)) == [
        f"第 2 行“罚款金额（万元）”为“12000”（单位：万元），同行“处罚内容”写明 12000 元。{MEANT}。"
        "请对照决定文书改正填错的一处后重新报送该行；两处均与文书一致、数额确实如此的，请在报送页确认后重新报送。"
        "（A-104，本平台校验规则，阈值载于目录包）"
    ]
