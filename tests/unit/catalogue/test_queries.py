"""The packs answer by name and by day, and say what they do hold when asked for what they do not."""

from datetime import date

import pytest

from publiccredit.catalogue import queries
from publiccredit.catalogue.types import Audience, FieldRole, header_key, own_form

TODAY = date(2026, 11, 23)


def test_a_source_names_the_forms_it_accepts_its_own_first():
    source = queries.source(name="work_safety/penalty")
    forms = queries.forms_of(source=source, on=TODAY)
    assert [f.name for f in forms] == ["administrative_penalty", "penalty_2015", "penalty_pinyin"]


def test_a_department_sees_its_own_sources_only():
    assert [s.name for s in queries.sources_of(department="market_regulation", on=TODAY)] == [
        "market_regulation/licence",
        "market_regulation/penalty",
        "market_regulation/registration",
    ]
    assert queries.sources_of(department="suixi_town", on=TODAY) == ()
    assert queries.sources_of(department="market_regulation", on=date(2020, 1, 1)) == ()


@pytest.mark.parametrize(
    ("ask", "kind", "known"),
    [
        (lambda: queries.record_type(name="penalty", on=TODAY), "记录类型", "administrative_penalty"),
        (lambda: queries.code_table(name="penalty", on=TODAY), "代码表", "penalty_kind"),
        (lambda: queries.form(name="penalty"), "格式", "penalty_2015"),
        (lambda: queries.source(name="penalty"), "数据来源", "taxation/penalty"),
        (lambda: queries.department(code="tax"), "部门", "taxation"),
        (lambda: queries.item(name="national_2024/13.1"), "目录条目", "national_2024/3.2"),
        (lambda: queries.term(code="blacklist"), "术语", "serious_list"),
    ],
)
def test_what_is_not_held_is_refused_with_what_is(ask, kind, known):
    with pytest.raises(queries.NotInPacks, match=f"没有.*{kind}.*{known}"):
        ask()


def test_a_record_type_is_not_known_before_it_was_in_force():
    with pytest.raises(queries.NotInPacks, match="在 2018-07-24 施行的记录类型"):
        queries.record_type(name="administrative_penalty", on=date(2018, 7, 24))


def test_names_lead_to_their_values():
    assert queries.department(code="taxation").name == "国家税务总局濉溪县税务局"
    assert queries.term(code="administrative_penalty").zh == "行政处罚"
    edition, item = queries.item(name="national_2024/3.2")
    assert (edition.name, item.openness) == ("national_2024", Audience.PUBLIC)
    assert queries.item_of(source=queries.source(name="taxation/penalty")).code == "3.2"
    assert queries.form(name="penalty_2015").record_type == "administrative_penalty"


def test_code_two_is_another_number_in_the_older_form():
    own = queries.form(name="administrative_penalty")
    older = queries.form(name="penalty_2015")
    assert own.column_of("代码_2").field == "subject_registration_number"
    assert older.column_of("代码_2").field == "subject_organisation_code"


def test_state_one_is_another_state_in_the_older_form():
    state = queries.code_table(name="licence_state", on=TODAY)
    older = queries.form(name="licence_2015").column_of("当前状态")
    assert (state.word_of["1"], older.lookup["1"]) == ("有效", "无效")


@pytest.mark.parametrize(
    "header",
    ["罚款金额（万元）", "罚款金额(万元)", " 罚款金额 (万元)* ", "罚款金额_万元", "罚款金额(万元)(必填)"],
)
def test_a_header_is_known_in_any_width_and_spacing(header):
    assert queries.form(name="administrative_penalty").column_of(header).field == "fine_fen"
    assert header_key(header) == "罚款金额万元"


def test_an_unknown_header_is_no_column():
    assert queries.form(name="administrative_penalty").column_of("电话") is None


def test_legacy_fields_are_not_in_the_national_form():
    record_type = queries.record_type(name="administrative_penalty", on=TODAY)
    headers = [c.header for c in own_form(record_type).columns]
    assert len(headers) == 32
    assert headers[-2:] == ["送达日期", "失信严重程度"]
    assert record_type.field("use_scope").legacy


def test_the_national_forms_have_their_number_of_fields():
    for name, number in (("administrative_licence", 28), ("administrative_penalty", 30)):
        record_type = queries.record_type(name=name, on=TODAY)
        standard = [f for f in record_type.fields if not f.extra and not f.legacy]
        assert len(standard) == number
        assert all(f.standard for f in standard)


def test_document_numbers_of_persons_never_leave_the_house():
    for record_type in queries.packs().record_types:
        for field in record_type.fields:
            if "document_kind" in field.name or field.type == "person_document_number":
                assert field.disclosed is None, field.name


def test_an_unknown_field_is_a_key_error():
    record_type = queries.record_type(name="administrative_penalty", on=TODAY)
    with pytest.raises(KeyError):
        record_type.field("phone")
    assert record_type.field_in_role(FieldRole.FINE).name == "fine_fen"
    assert record_type.field_in_role(FieldRole.EFFECTIVE_FROM) is None


def test_the_credit_office_is_the_one_department_of_its_kind():
    assert queries.credit_office().short_name == "县信用办"


def test_a_record_is_determined_by_the_body_that_decided_it_or_else_by_the_one_that_reported_it():
    market = queries.department(code="market_regulation")
    assert queries.determined_by(authority_uscc=market.uscc, department_code="taxation") == "market_regulation"
    assert queries.determined_by(authority_uscc="120000000000000000", department_code="taxation") == "taxation"


def test_departments_are_enough_and_synthetic():
    departments = queries.departments()
    assert sum(d.kind == "department" for d in departments) >= 20
    assert sum(d.kind == "town" for d in departments) == 11
    assert all(d.uscc[2:8] == "000000" for d in departments)
