"""Record types, exchange forms and terms that contradict themselves or each other are refused with the remedy."""

from pathlib import Path

import pytest

from tests.unit.catalogue.broken_packs import (
    FORM,
    PENALTY,
    SEVERITY,
    TERMS,
    assert_refused,
    column,
    copied,
    drop_column,
    edit,
    field,
    text,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copied(tmp_path)


BAD_FORMS = [
    # (what is wrong, the change, file, key, found, remedy)
    (
        "an unknown field in the natural key",
        text(PENALTY, "natural_key: [authority_uscc", "natural_key: [organ"),
        PENALTY,
        "natural_key",
        "没有字段“organ”",
        "authority_uscc",
    ),
    ("no fingerprint", edit(PENALTY, lambda v: v.update(fingerprint=[])), PENALTY, "fingerprint", "为空", "字段名"),
    (
        "a field name twice",
        text(PENALTY, "name: violation_facts", "name: violation_kind"),
        PENALTY,
        "fields[].name",
        "“violation_kind”",
        "改名",
    ),
    (
        "a title twice",
        edit(PENALTY, field("violation_facts", title="处罚 内容")),
        PENALTY,
        "fields[].title",
        "“处罚内容”",
        "改名",
    ),
    (
        "a role twice",
        edit(PENALTY, field("confiscated_fen", role="fine_fen")),
        PENALTY,
        "fields[].role",
        "“fine_fen”",
        "改名",
    ),
    (
        "an unknown code table",
        edit(PENALTY, field("severity", codes="degrees")),
        PENALTY,
        "fields[31].codes",
        "没有代码表“degrees”",
        "codes/degrees.yml",
    ),
    (
        "a code field without a table",
        edit(PENALTY, field("severity", codes=None)),
        PENALTY,
        "fields[31].codes",
        "不成对",
        "codes",
    ),
    (
        "a date compared with nothing",
        edit(PENALTY, field("served_on", not_before="decision")),
        PENALTY,
        "fields[30]",
        "没有字段“decision”",
        "decided_on",
    ),
    (
        "required and conditional at once",
        edit(PENALTY, field("fine_fen", required=True)),
        PENALTY,
        "fields[19].required",
        "又按条件",
        "删去",
    ),
    (
        "a condition about an unknown field",
        edit(PENALTY, field("fine_fen", required_when=[{"field": "kind", "filled": True}])),
        PENALTY,
        "fields[19].required_when",
        "没有字段“kind”",
        "penalty_kind",
    ),
    (
        "a condition about an unknown word",
        edit(PENALTY, field("fine_fen", required_when=[{"field": "penalty_kind", "contains": ["罚金"]}])),
        PENALTY,
        "fields[19].required_when",
        "没有“罚金”",
        "罚款",
    ),
    (
        "a condition of two kinds",
        edit(
            PENALTY, field("fine_fen", required_when=[{"field": "penalty_kind", "contains": ["罚款"], "filled": True}])
        ),
        PENALTY,
        "fields[19].required_when",
        "恰好一种",
        "among",
    ),
    (
        "a form of nothing",
        text(FORM, "record_type: administrative_penalty", "record_type: penalty"),
        FORM,
        "record_type",
        "没有记录类型“penalty”",
        "administrative_penalty",
    ),
    (
        "a column into no field",
        edit(FORM, column("处罚事由", field="reason")),
        FORM,
        "columns[5].field",
        "没有字段“reason”",
        "violation_facts",
    ),
    (
        "a column both used and not",
        edit(FORM, column("处罚事由", set_aside="不用")),
        FORM,
        "columns[5]",
        "恰好写",
        "不用",
    ),
    (
        "two columns into one field",
        edit(FORM, column("处罚依据", field="violation_facts")),
        FORM,
        "columns[].field",
        "“violation_facts”",
        "改名",
    ),
    (
        "a lookup to no word",
        edit(FORM, column("当前状态", lookup={"0": "好"})),
        FORM,
        "columns[17].lookup.0",
        "没有“好”",
        "正常",
    ),
    ("a unit on a text", edit(FORM, column("处罚事由", unit="元")), FORM, "columns[5].unit", "不是金额", "金额字段"),
    ("a required field lost", edit(FORM, drop_column("处罚事由")), FORM, "columns", "“violation_facts”", "waived"),
    ("a waiver of no field", edit(FORM, lambda v: v["waived"].append("reason")), FORM, "waived", "“reason”", "字段名"),
    (
        "a constant for no field",
        edit(FORM, lambda v: v.update(constants={"reason": "无"})),
        FORM,
        "constants.reason",
        "没有该字段",
        "字段名",
    ),
    (
        "a constant outside its table",
        edit(FORM, lambda v: v.update(constants={"severity": "重"}) or v),
        FORM,
        "constants.severity.severity",
        "没有“重”",
        "严重",
    ),
    (
        "a constant that is also waived",
        edit(FORM, lambda v: v.update(constants={"provider_name": "濉溪县公安局"})),
        FORM,
        "waived",
        "“provider_name”已由 constants 填写",
        "删去",
    ),
    (
        "a fingerprint that is no header",
        edit(FORM, lambda v: v["fingerprint"].append("文号")),
        FORM,
        "fingerprint",
        "“文号”",
        "header",
    ),
    ("an empty fingerprint", edit(FORM, lambda v: v.update(fingerprint=[])), FORM, "fingerprint", "为空", "表头"),
    (
        "two forms with one fingerprint",
        edit(FORM, lambda v: v.update(fingerprint=["行政处罚决定书文号", "处罚依据"])),
        FORM,
        "fingerprint",
        "无法区分",
        "只有本格式才有",
    ),
    ("terms without a severity", edit(TERMS, lambda v: v["terms"].pop()), TERMS, "terms", "“serious”", "三档"),
    (
        "terms of no record type",
        text(TERMS, "administrative_penalty", "penalty"),
        TERMS,
        "record_type",
        "“penalty”",
        "administrative_penalty",
    ),
    (
        "a minimum above the maximum",
        edit(TERMS, lambda v: v["terms"][1].update(minimum_months=13)),
        TERMS,
        "terms[1]",
        "长于",
        "月数",
    ),
    (
        "a severity by an unknown kind",
        edit(SEVERITY, lambda v: v["rules"][0].update(kinds=["没收"])),
        SEVERITY,
        "rules[0].kinds",
        "没有“没收”",
        "没收违法所得",
    ),
]


@pytest.mark.parametrize(
    ("break_it", "file", "key", "found", "remedy"), [c[1:] for c in BAD_FORMS], ids=[c[0] for c in BAD_FORMS]
)
def test_a_form_that_does_not_hold_together_is_refused_with_its_remedy(folder, break_it, file, key, found, remedy):
    assert_refused(folder, break_it, file=file, key=key, found=found, remedy=remedy)
