"""Words for everybody hold no number by which a person is reached or named, and the refusal says where it stands."""

import pytest

from publiccredit.catalogue.types.personal_numbers import refusal_of


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("罚款已缴清，详情请致电13812345678张某。", "不能写手机号码：“详情请致电”后面的 138…（第 12 字起）。请删去。"),
        ("电话 138 1234 5678", "不能写手机号码：“电话”后面的 138…"),
        ("１３８１２３４５６７８", "不能写手机号码：开头的 １３８…（第 1 字起）"),
        ("138-1234-5678", "不能写手机号码：开头的 138…"),
        ("请拨 0561-6078888", "不能写电话号码：“请拨”后面的 056…"),
        ("请拨（0561）6078888", "不能写电话号码：“请拨”后面的 （05…"),
        (
            "经办人身份证34062119900101123X。",
            "不能写身份证号码或者同样长的号码：“经办人身份证”后面的 340…（第 7 字起）",
        ),
        ("电话 13812345678，身份证 34062119900101123X", "不能写手机号码"),  # the first of them is named
    ],
)
def test_a_number_of_a_person_is_named_with_its_place_and_not_told_back(text: str, said: str) -> None:
    refusal = refusal_of(text=text, what="声明")
    assert refusal.startswith("声明人人可见，") and said in refusal
    assert "12345678" not in refusal and "1990" not in refusal


@pytest.mark.parametrize(
    "text",
    [
        "",
        "罚款 1380000 元已于 2026-11-03 缴清，票据号 0561600012。",
        "统一社会信用代码 91000000000110314C 的决定书，濉市监处罚〔2026〕118号。",
        "编号 2138123456789 的收据",  # a longer row of digits is a number of something else
        "2026-11-03 2026-11-04",
    ],
)
def test_amounts_dates_and_numbers_of_documents_are_none(text: str) -> None:
    assert refusal_of(text=text, what="声明") == ""
