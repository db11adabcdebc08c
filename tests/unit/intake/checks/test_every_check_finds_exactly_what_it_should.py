"""A good and a bad example of every check, with the exact findings: nothing more, nothing less."""

from datetime import date

import pytest

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types.issue_words import message
from publiccredit.intake.checking import bearers
from publiccredit.intake.checks.registry import BASES
from publiccredit.intake.types import OUTCOME
from tests.factories import organisation_code
from tests.penalty_rows import SUBJECT, check, found, row, rulebook, told

INDIVIDUAL = "个体工商户"
WRONG_CHECK = SUBJECT[:17] + ("0" if SUBJECT[17] != "0" else "1")
ORGANISATION = organisation_code(123)

# check, cells that are right, cells that are wrong, and what is found in the wrong row: (field, code, found)
EXAMPLES = [
    ("required", {"remarks": None}, {"violation_facts": None}, [("violation_facts", "R-101", "")]),
    ("required", {"document_number": "空"}, {"subject_name": "N/A"}, [("subject_name", "R-101", "N/A")]),
    ("required_when", {"penalty_kind": "警告", "fine_fen": None}, {"fine_fen": None}, [("fine_fen", "R-102", "")]),
    (
        "required_when",
        {"penalty_kind": "吊销许可证件", "fine_fen": None, "suspended_licence": "营业执照 1 号"},
        {"penalty_kind": "吊销许可证件", "fine_fen": None, "suspended_licence": "无"},
        [("suspended_licence", "R-102", "无")],
    ),
    (
        "empty_when",
        {"person_document_kind": "-"},
        {"person_document_kind": "身份证"},
        [("person_document_kind", "R-103", "身份证")],
    ),
    (
        "too_long",
        {"legal_representative": "某" * 50},
        {"legal_representative": "某" * 51},
        [("legal_representative", "T-101", "某" * 51)],
    ),
    ("unknown_code", {"severity": "轻微失信"}, {"severity": "特别严重"}, [("severity", "T-102", "特别严重")]),
    (
        "unknown_code",
        {"penalty_kind": "罚款；其他-责令限期拆除"},
        {"penalty_kind": "罚款;其他-"},
        [("penalty_kind", "T-102", "罚款;其他-")],
    ),
    ("date_unreadable", {"decided_on": "2026年11月3日"}, {"decided_on": "26-11-03"}, [("decided_on", "D-101", "26-11-03")]),
    ("date_unreadable", {"disclosed_until": "无"}, {"disclosed_until": "待定"}, [("disclosed_until", "D-101", "待定")]),
    (
        "date_in_future",
        {"decided_on": "2026-11-23", "served_on": None},
        {"decided_on": "2026-11-24", "served_on": None},
        [("decided_on", "D-102", "2026-11-24"), ("served_on", "D-106", "")],
    ),
    (
        "date_order",
        {"effective_until": "2026-11-03"},
        {"effective_until": "2026/11/2"},
        [("effective_until", "D-103", "2026/11/2")],
    ),
    ("long_term", {"effective_until": "长期"}, {"effective_until": "2099-12-30"}, [("effective_until", "D-104", "2099-12-30")]),
    (
        "served_before_decided",
        {"served_on": "2026-11-03"},
        {"served_on": "2026.11.2"},
        [("served_on", "D-105", "2026-11-02")],
    ),
    ("not_served", {}, {"served_on": None}, [("served_on", "D-106", "")]),
    ("amount_unreadable", {"fine_fen": "12,000.0元"}, {"fine_fen": "壹万元"}, [("fine_fen", "A-101", "壹万元")]),
    ("amount_unreadable", {"fine_fen": "１.２万"}, {"fine_fen": "3万美元"}, [("fine_fen", "A-101", "3万美元")]),
    ("amount_negative", {"penalty_kind": "警告", "fine_fen": "-0"}, {"fine_fen": "-0.5"}, [("fine_fen", "A-102", "-0.5")]),
    ("amount_decimals", {"fine_fen": "1.2000000"}, {"fine_fen": "0.1234567"}, [("fine_fen", "A-103", "0.1234567")]),
    (
        "fine_differs",
        {"fine_fen": "1.2", "penalty_content": "罚款 12,000 元"},
        {"fine_fen": "1", "penalty_content": "罚款 8 千元"},
        [("fine_fen", "A-106", "1")],
    ),
    (
        "amount_in_yuan",
        {"fine_fen": "99.999999", "penalty_content": "处以罚款"},
        {"fine_fen": "12000"},
        [("fine_fen", "A-104", "12000")],
    ),
    (
        "amount_in_yuan",
        {"fine_fen": "120", "penalty_content": "罚款 120 万元"},
        {"fine_fen": "50", "penalty_content": "罚款 50 元"},
        [("fine_fen", "A-104", "50")],
    ),
    (
        "amount_zero",
        {"penalty_kind": "警告", "fine_fen": "0"},
        {"penalty_kind": "警告;罚款", "fine_fen": "0.00"},
        [("fine_fen", "A-105", "0.00")],
    ),
    (
        "amount_zero",
        {"fine_fen": "0.01元", "penalty_content": "罚款一分"},
        {"fine_fen": "0元"},
        [("fine_fen", "A-105", "0元")],
    ),
    (
        "amount_zero",
        {"penalty_kind": "没收非法财物", "fine_fen": None, "confiscated_fen": "0"},
        {"fine_fen": "-0"},
        [("fine_fen", "A-105", "-0")],
    ),
    (
        "uscc_shape",
        {"subject_uscc": SUBJECT.lower()},
        {"subject_uscc": SUBJECT.replace("0", "O", 1)},
        [("subject_uscc", "I-101", SUBJECT.replace("0", "O", 1))],
    ),
    ("uscc_check_digit", {"subject_uscc": f" {SUBJECT}"}, {"subject_uscc": WRONG_CHECK}, [("subject_uscc", "I-102", WRONG_CHECK)]),
    (
        "organisation_code",
        {"subject_organisation_code": f"{ORGANISATION[:8]}-{ORGANISATION[8]}"},
        {"subject_organisation_code": "000001231"},
        [("subject_organisation_code", "I-103", "000001231")],
    ),
    (
        "registration_number",
        {"subject_registration_number": "3406210000123"},
        {"subject_registration_number": "000000000012345"},
        [("subject_registration_number", "I-104", "000000000012345")],
    ),
    ("tax_number", {"subject_tax_number": SUBJECT}, {"subject_tax_number": "1234"}, [("subject_tax_number", "I-105", "1234")]),
    (
        "typed_as_number",
        {"subject_tax_number": "'" + SUBJECT, "subject_uscc": "=\"" + SUBJECT + "\""},
        {"subject_tax_number": "9.13406E+14", "subject_uscc": "9.13406E+17"},
        [("subject_uscc", "I-106", "9.13406E+17"), ("subject_tax_number", "I-106", "9.13406E+14")],
    ),
    (
        "typed_as_number",
        {"subject_tax_number": SUBJECT, "subject_tax_number_number": False},
        {"subject_tax_number": "91000000", "subject_tax_number_number": True},
        [("subject_tax_number", "I-106", "91000000")],
    ),
    (
        "placeholder_uscc",
        {"subject_category": INDIVIDUAL, "subject_uscc": "00000000000000000X"},
        {"subject_uscc": "00000000000000000X"},
        [("subject_uscc", "I-107", "00000000000000000X")],
    ),
    (
        "natural_person",
        {"subject_category": INDIVIDUAL},
        {"subject_category": "自然人", "subject_name": "示例某人"},
        [("subject_category", "P-101", "自然人")],
    ),
    (
        "identity_number",
        {"violation_facts": "订单 1100001990010112345 未发货"},
        {"violation_facts": "员工(110000199001011234)无证上岗"},
        [("violation_facts", "P-102", "（已隐去）")],
    ),
    (
        "outside_competence",
        {"authority_name": "濉溪县市场监督管理局 "},
        {"authority_name": "濉溪县税务局"},
        [("authority_name", "O-101", "濉溪县税务局")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "right", "wrong", "expected"), EXAMPLES)
def test_a_right_row_is_accepted_and_a_wrong_one_gets_exactly_its_issues(name, right, wrong, expected):
    chunk = check(
        row(**right), row(document_number="另一份", **{k: v for k, v in wrong.items() if k != "document_number"})
    )
    in_wrong_row = [(field, code, cell) for line, field, code, cell in found(chunk) if line == 3]
    assert in_wrong_row == expected
    assert {code for line, _, code, _ in found(chunk) if line == 2} <= {"D-106"}
    kind = rulebook().issue_kinds[name]
    assert kind.code in {code for _, code, _ in expected}
    assert chunk.rows[OUTCOME].to_list() == ["accepted", "returned" if kind.severity == "return" else "accepted"]


def test_a_sentence_within_a_sentence_ends_once():
    kind = rulebook().issue_kinds["unknown_code"]
    said = message(kind, sheet="", row=2, column="处罚类别", found="罚", expected="不在代码表中。请填罚款。")
    assert said.startswith("第 2 行“处罚类别”为“罚”，不在代码表中。请填罚款。请改为所列可填的词语之一；")


def test_every_check_has_words_an_example_and_a_sentence():
    # these speak when rows are filed
    against_the_store = {"held_elsewhere", "withdrawn_before", "repaired_before", "decided_otherwise"}
    against_the_store |= {"registered_name_differs", "registered_name_near", "subject_in_question", "shared_number"}
    against_the_store |= {"severity_on_file", "corrected_since"}
    assert {kind.check for kind in catalogue.packs().issues} - against_the_store == set(BASES)
    of_rows = {"repeated_header", "cleared_person", "totals_row", "signed_off_row", "nearly_empty_row"}
    tried_elsewhere = {"conflicting_duplicate", "unknown_column"} | of_rows
    assert {name for name, *_ in EXAMPLES} | tried_elsewhere == set(BASES)
    assert [name for name, rule in BASES.items() if not rule.endswith("。") or "（" not in rule] == []


def test_a_date_far_away_is_a_mistake_where_nothing_lasts_for_ever():
    book = rulebook(record_type="enterprise_registration")
    cells = {"subject_name": "濉溪县示例建材有限公司", "subject_uscc": SUBJECT, "registered_on": "2015-06-18"}
    chunk = check({**cells, "operates_from": "2099-12-31"}, book=book)
    assert found(chunk) == [(2, "operates_from", "D-104", "2099-12-31")]


def test_an_officer_may_confirm_an_old_identifier_and_nothing_else():
    wrong = row(subject_uscc=WRONG_CHECK, fine_fen="-1")
    chunk = check(wrong, overrides=frozenset({"I-102", "A-102"}))
    assert chunk.issues.select("code", "severity").rows() == [("I-102", "warn"), ("A-102", "return")]
    alone = check(row(subject_uscc=WRONG_CHECK), overrides=frozenset({"I-102"}))
    assert alone.rows[OUTCOME].to_list() == ["accepted"]


def test_a_declaration_for_the_batch_stands_where_a_row_says_nothing():
    chunk = check(row(served_on=None), row(document_number="乙", served_on="2026-11-04"), served_on=date(2026, 11, 10))
    assert chunk.rows["served_on"].to_list() == [date(2026, 11, 10), date(2026, 11, 4)]
    assert found(chunk) == []
    early = check(row(served_on=None), served_on=date(2026, 11, 2))
    assert found(early) == [(2, "served_on", "D-105", "2026-11-02")]


def test_an_unserved_penalty_is_accepted_and_held():
    chunk = check(row(served_on=None))
    assert chunk.rows.select(OUTCOME, "served_on").rows() == [("accepted", None)]
    assert chunk.issues["severity"].to_list() == ["warn"]


def test_both_readings_of_a_suspicious_amount_are_shown():
    chunk = check(row(fine_fen="12000"))
    assert chunk.issues["expected"].to_list() == [
        "同行“处罚内容”写明 12000 元。现读作 120000000 元；若本意是 12000 元，应填 1.2 万元"
    ]


def test_a_form_older_than_a_rule_is_not_held_to_it():
    book = rulebook(form="penalty_2015")
    chunk = check(row(authority_uscc=None, provider_name=None, subject_category=None, fine_fen=None), book=book)
    assert found(chunk) == []


def test_a_source_may_carry_the_decisions_of_authorities_it_names():
    book = rulebook()
    named = book.source.model_copy(update={"competence": ("濉溪县税务局",)})
    widened = type(book)(
        record_type=book.record_type, codes=book.codes, issue_kinds=book.issue_kinds, form=book.form, source=named
    )
    assert found(check(row(authority_name="濉溪县税务局"), book=widened)) == []


def test_a_decision_in_the_future_is_not_blamed_on_its_day_of_service():
    chunk = check(row(decided_on="2026-12-03", served_on="2026-11-05"))
    assert found(chunk) == [(2, "decided_on", "D-102", "2026-12-03")]


def test_an_unknown_word_is_quoted_once():
    alone, among = check(row(penalty_kind="罚金")), check(row(penalty_kind="罚款；罚金"))
    assert next(told(alone)).startswith("第 2 行“处罚类别”为“罚金”，不在代码表中；可填：警告、")
    assert next(told(among)).startswith("第 2 行“处罚类别”为“罚款；罚金”，其中“罚金”不在代码表中；可填：警告、")


def test_whoever_named_another_authority_is_told_its_own_full_name_first():
    answer = check(
        row(authority_name="濉溪县市场监督管理局"), department_code="emergency_management", providers=bearers()
    )
    assert answer.issues.filter(field="authority_name")["expected"][0].startswith("濉溪县应急管理局、")
