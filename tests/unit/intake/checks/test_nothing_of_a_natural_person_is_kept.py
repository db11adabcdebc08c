"""A row about a natural person is refused, and neither its rows nor its issues hold anything of it."""

import pytest

from publiccredit.intake.types import NATURAL_KEY, ORIGINAL, OUTCOME, REPEATS_ROW, ROW, SHEET
from tests.penalty_rows import SUBJECT, check, found, row, rulebook, told

IDENTITY_NUMBER = "110000199001011234"  # no check digit fits: nobody's number
NAME = "示例某人"
PERSON = {
    "subject_name": NAME,
    "subject_category": "自然人",
    "subject_uscc": None,
    "legal_representative": None,
    "person_document_kind": "身份证",
    "person_document_number": IDENTITY_NUMBER,
    "violation_facts": f"{NAME}({IDENTITY_NUMBER})于家中",
    "decided_on": "26-1-1",
}
WAYS = {
    "by category": PERSON,
    "by category and wrong in everything": PERSON | {"fine_fen": f"{IDENTITY_NUMBER}万", "severity": IDENTITY_NUMBER},
    "by the number in the identifier of an organisation": {"subject_name": NAME, "subject_uscc": IDENTITY_NUMBER},
    "by an old number of fifteen digits": {"subject_name": NAME, "subject_uscc": "110000900101123"},
    "by the number in the registration number": {"subject_registration_number": IDENTITY_NUMBER},
    "by the number behind the name": {"subject_name": f"{NAME}({IDENTITY_NUMBER})"},
    "by the number in place of that of the document": {"document_number": IDENTITY_NUMBER},
    "by a number and no identifier of an organisation": PERSON | {"subject_category": None},
    "by another word for a person": PERSON | {"subject_category": "个人", "person_document_number": None},
    "by a word no table knows and no identifier of an organisation": PERSON
    | {"subject_category": "群众", "person_document_number": None},
}


@pytest.mark.parametrize("cells", WAYS.values(), ids=WAYS.keys())
def test_a_row_about_a_person_is_refused_and_empty(cells):
    chunk = check(row(**cells), row())
    kept = chunk.rows.row(0, named=True)
    about_the_row = {SHEET: "", ROW: 2, OUTCOME: "returned"}
    assert {name: value for name, value in kept.items() if value is not None} == about_the_row
    assert {REPEATS_ROW, ORIGINAL, NATURAL_KEY} < kept.keys()
    assert [code for line, _, code, _ in found(chunk) if line == 2] == ["P-101"]
    said = chunk.issues.write_csv() + "".join(told(chunk))
    assert IDENTITY_NUMBER not in said
    assert NAME not in said
    assert chunk.rows[OUTCOME].to_list() == ["returned", "accepted"]


def test_a_form_without_categories_takes_a_row_without_identifiers_for_a_person():
    chunk = check(row(subject_name=NAME, subject_category=None, subject_uscc=None), book=rulebook(form="penalty_2015"))
    assert found(chunk) == [(2, "subject_name", "P-101", "（已隐去）")]


def test_a_name_that_only_an_organisation_has_is_not_taken_for_a_person():
    named = {"subject_name": "濉溪县示例建材有限公司（濉溪分公司）", "subject_uscc": None}
    chunk = check(row(subject_category=None, **named), book=rulebook(form="penalty_2015"))
    assert [(field, code) for _, field, code, _ in found(chunk)] == [("subject_uscc", "R-102")]
    assert [code for _, _, code, _ in found(check(row(subject_category="企业", **named)))] == ["T-102"]


def test_a_document_number_is_never_quoted_nor_sent_back():
    chunk = check(row(person_document_number=IDENTITY_NUMBER, person_document_kind="身份证"))
    assert found(chunk) == [
        (2, "person_document_kind", "R-103", "身份证"),
        (2, "person_document_number", "R-103", "（已隐去）"),
    ]
    assert chunk.rows["person_document_number"].to_list() == [None]


def test_the_document_number_of_a_representative_stays_with_an_accepted_row_only():
    documents = {
        "legal_representative_document_kind": "身份证",
        "legal_representative_document_number": IDENTITY_NUMBER,
    }
    kept = check(row(**documents), row(document_number="乙", fine_fen="-1", **documents))
    assert kept.rows["legal_representative_document_number"].to_list() == [IDENTITY_NUMBER, None]
    assert kept.rows[ORIGINAL].to_list() == [None, '{"fine_fen":"-1"}']


def test_an_identity_number_inside_other_text_is_masked():
    chunk = check(row(severity=f"严重 {IDENTITY_NUMBER}"))
    assert found(chunk) == [(2, "severity", "T-102", "严重 110000************")]


def test_an_identifier_of_an_organisation_is_shown_in_full():
    chunk = check(row(subject_uscc=SUBJECT[:17] + ("0" if SUBJECT[17] != "0" else "1")))
    assert chunk.issues["found"].str.len_chars().to_list() == [18]


def test_an_identity_number_inside_a_word_is_masked_in_what_would_be_right_too():
    chunk = check(row(penalty_kind=f"警告{IDENTITY_NUMBER}"))
    assert IDENTITY_NUMBER not in chunk.issues.write_csv() + "".join(told(chunk))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (f" 员工{IDENTITY_NUMBER}无证上岗", "员工110000************无证上岗"),
        (f"{IDENTITY_NUMBER}、{IDENTITY_NUMBER[:-1]}x", "110000************、110000************"),
        ("１１００００１９９００１０１１２３４", "１１００００************"),
        (f"{IDENTITY_NUMBER[:9]}\u200b{IDENTITY_NUMBER[9:]}。", "110000************。"),
    ],
)
def test_an_identity_number_in_free_text_is_masked_before_anything_is_kept(sent, kept):
    chunk = check(row(violation_facts=sent, fine_fen="12000元"))
    assert chunk.rows.select("violation_facts", ORIGINAL, OUTCOME).rows() == [
        (kept, '{"fine_fen":"12000元"}', "accepted")
    ]
    assert chunk.issues.select("field", "code", "severity", "found").rows() == [
        ("violation_facts", "P-102", "warn", "（已隐去）")
    ]
    assert IDENTITY_NUMBER not in chunk.rows.write_json() + chunk.issues.write_csv()


def test_the_same_text_with_and_without_the_number_hidden_is_one_record():
    chunk = check(row(violation_facts=f"员工{IDENTITY_NUMBER}"), row(violation_facts="员工110000************"))
    assert chunk.rows[OUTCOME].to_list() == ["accepted", "duplicate"]


def test_other_cells_keep_what_was_sent_where_a_number_is_masked():
    chunk = check(row(violation_facts=f"甲{IDENTITY_NUMBER}"), row(document_number=" 乙", violation_facts=" 无关 "))
    assert chunk.rows[ORIGINAL].to_list() == [None, '{"document_number":" 乙","violation_facts":" 无关 "}']
