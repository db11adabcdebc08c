"""DP-23: a template filled up with signs, or sent with nothing added, is refused; what officers really write is not."""

from datetime import date
from string import ascii_letters, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publiccredit.casework.reasons import LEAST_OWN, fault_of_reasons
from publiccredit.catalogue.queries import procedures

TEMPLATES = sorted({o.template for p in procedures(on=date(2026, 11, 23)) for o in p.outcomes})
REJECTED = "经核实，该信息与决定文书一致，理由是____，异议不予支持。"
SUPPLEMENTED = "经核对决定文书，该信息遗漏“____”，予以补充。"
PLACEHOLDERS = (
    "XXXX", "xxxxx", "ＸＸＸＸ", "X X X X", "XX", "××××", "×××", "× × ×", "＊＊＊", "****", "____", "＿＿＿＿", "_ _ _ _", "__",
    "……", "...", "。。。", "···", "？？？", "————", "----", "//", "某某某", "某 某 某 某", "【 】", "【】", "（　）", "“”", "[   ]",
    "〔〕", "《》", "【请填写】", "（此处填写理由）", "□□□□", "○○○", "略", "同上", "待补充", " ", "", "、",
)  # fmt: skip
HONEST = (
    "经核查原始案卷，处罚决定书（南市监罚〔2026〕12号）载明罚款金额为20000元，与公示信息一致，异议不予支持。",
    "经核查原始案卷，决定书第二页写明“罚款人民币叁万元整”，2026年3月5日送达，签收人张某某，故异议不予支持。",
    "经核实，该信息与决定文书一致，理由是决定书第二页写明罚款金额20000元，异议不予支持。",
    "经核实，该信息与决定文书一致，理由是罚款已缴，异议不予支持。",
    "没有提交履行义务的证明，本单位的系统中也查不到缴款记录。",
    "经核对决定书第二页，罚款金额与所载一致，异议不予支持。",
    "申请人李××提交的缴款书（尾号****1234）与本案无关，身份证号000000********0019的当事人另有其人。",
    "当事人电话138****5678已联系，认可“……逾期不改正的，处以罚款……”一段即其违法事实，应予维持。",
    "决定书引用“（一）……；（二）未按规定公示的；……”，本案属于第二项，公示无误。",
    "原记录的文号“南市监罚〔2026〕XXXX号”是报送时的差错，决定书上的文号是南市监罚〔2026〕45号。",
    "二○○五年的登记和二〇二五年的变更都已核对，型号XXL-200、尺寸30×40×50的货物与文书相符。",
    "证人王某、赵某某和某某建材经营部的陈述一致，可以认定当事人已于2026年10月8日停止违法行为。",
    "经查，缴款凭证与事实不符，证据是国库对账单2026年第8号，主体的陈述申辩是无，撤销修复，恢复公示至原期限届满。",
)


def refused(text: str, template: str = REJECTED) -> str:
    return fault_of_reasons(text=text, template=template)


@pytest.mark.parametrize("placeholder", PLACEHOLDERS)
def test_a_blank_filled_up_with_signs_is_a_blank_in_every_template(placeholder: str) -> None:
    for template in TEMPLATES:
        assert refused(template.replace("____", placeholder), template), template


@pytest.mark.parametrize("placeholder", [p for p in PLACEHOLDERS if len(set(p) - {" "}) < 3 and len(p) > 3])
def test_a_blank_is_found_in_rewritten_reasons_and_shown(placeholder: str) -> None:
    said = refused(f"我局调阅了原始案卷和送达回证，决定书所载金额为：{placeholder}。据此维持公示。")
    assert said.startswith("理由中还有未填的空白：“"), said


def test_the_sentence_shows_where() -> None:
    assert refused(REJECTED.replace("____", "XXXX")) == (
        "理由中还有未填的空白：“理由是XXXX”。请在这里写出本案的事实和依据；要隐去姓名的，写成“张某”；要隐去号码的，保留末几位。"
    )
    assert refused(REJECTED.replace("____", "")).startswith("理由仍是模板原文，还有未填的空白：“理由是”。")


@pytest.mark.parametrize(
    "text",
    [
        "经核实，该信息与决定文书一致，异议不予支持。",
        "经核实,该信息与决定文书一致。异议不予支持！",
        "经核实，该信息与决定文书一致，理由是该信息与决定文书一致，异议不予支持。",
        "经核实，该信息与决定文书一致，异议不予支持。经核实，该信息与决定文书一致，异议不予支持。",
        "经核实，该信息与决定文书一致，理由是不对，异议不予支持。",
        "经核实，信息与决定文书一致，异议不予支持。特此",
        "经核实，该信息与决定文书一致，理由是无，异议不予支持。",
    ],
)
def test_the_template_with_nothing_added_says_what_is_missing(text: str) -> None:
    assert "写出本案的事实和依据" in refused(text)


@pytest.mark.parametrize("text", HONEST)
def test_what_officers_write_is_taken(text: str) -> None:
    for template in TEMPLATES:
        assert refused(text, template) == "", template


def test_a_field_named_is_enough_where_the_template_asks_for_a_field() -> None:
    assert refused("经核对决定文书，该信息遗漏“金额”，予以补充。", SUPPLEMENTED) == ""
    assert refused("经核对决定文书，该信息遗漏，予以补充。", SUPPLEMENTED)


FACTS = st.builds(
    "{}核查{}：{}〔{}〕{}号{}{}{}元，{}年{}月{}日{}".format,
    st.sampled_from(["经", "本局", "由两名执法人员"]),
    st.sampled_from(["原始案卷", "国库对账单", "送达回证", "“行政处罚决定书”原件"]),
    st.sampled_from(["南市监罚", "环罚", "应急罚字"]),
    st.integers(2000, 2026),
    st.integers(1, 9999),
    st.sampled_from(["写明罚款", "所载“没收违法所得”为", "载明金额"]),
    st.sampled_from(["", "人民币", "（大写：叁万）"]),
    st.decimals(1, 10**7, places=2),
    st.integers(2000, 2026),
    st.integers(1, 12),
    st.integers(1, 28),
    st.sampled_from(["送达张某某", "由李××签收", "缴清，缴款书尾号****0317", "生效……", "送达"]),
)


@given(facts=FACTS, template=st.sampled_from(TEMPLATES))
def test_facts_of_a_case_are_taken_in_every_blank_and_alone(facts: str, template: str) -> None:
    assert refused(template.replace("____", facts), template) == ""
    assert refused(facts + "。", template) == ""


@given(
    sign=st.sampled_from("XxＸ×*＊_＿某"),
    length=st.integers(4, 30),
    gap=st.sampled_from(["", " ", "　", "\n"]),
    template=st.sampled_from(TEMPLATES),
)
def test_a_run_of_signs_is_refused_however_it_is_spaced(sign: str, length: int, gap: str, template: str) -> None:
    assert refused(template.replace("____", gap.join(sign * length)), template)


@given(st.text(alphabet=st.characters(blacklist_characters=ascii_letters + digits), max_size=LEAST_OWN - 1))
def test_fewer_characters_than_a_reason_has_are_refused(little: str) -> None:
    assert refused(REJECTED.replace("____", little)) != ""
