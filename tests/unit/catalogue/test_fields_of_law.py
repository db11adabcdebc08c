"""Which field of law a decision is of, and what that does to the earliest day of its repair."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from publiccredit.catalogue import queries
from publiccredit.catalogue.types import Severity

PENALTY = "administrative_penalty"
LAST_OF_ORDER_58 = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("basis", "decided", "field"),
    [
        ("《中华人民共和国食品安全法》第一百二十四条", date(2025, 6, 1), "food"),
        ("食品安全法第一百二十四条", date(2025, 6, 1), "food"),
        ("《食品安全法实施条例》第六十七条", date(2025, 6, 1), "food"),
        ("依据《药品管理法》", date(2025, 6, 1), "drugs"),
        ("《特种设备安全法》第八十四条", date(2025, 6, 1), "special_equipment"),
        ("《中华人民共和国安全生产法》", date(2025, 6, 1), "work_safety"),
        ("违反《消防法》第十六条", date(2025, 6, 1), "fire_protection"),
        ("《行政处罚法》第二十八条、《消防法》第六十条、《食品安全法》第三十三条", date(2025, 6, 1), "food"),
        ("《中华人民共和国产品质量法》第五十条", date(2025, 6, 1), ""),
        ("违反食品安全管理规定", date(2025, 6, 1), ""),
        ("违反安全生产法规", date(2025, 6, 1), ""),  # no law, but laws in general
        ("违反消防法律、法规", date(2025, 6, 1), ""),
        ("违反安全生产法规，依据《安全生产法》第九十四条", date(2025, 6, 1), "work_safety"),
        ("《食品安全法》第八十四条", date(2009, 5, 31), ""),  # not in force yet
        ("《食品卫生法》第四十二条", date(2009, 5, 31), "food"),
        ("《食品卫生法》第四十二条", date(2009, 6, 1), ""),
        (None, date(2025, 6, 1), ""),
    ],
)
def test_a_decision_is_of_the_field_whose_law_its_basis_cites(basis, decided, field):
    # What a narration cites is not what the decision stands on: in doubt the shorter term (packs/disclosure/fields.yml).
    content = {"penalty_basis": basis, "violation_facts": "违反《食品安全法》", "violation_kind": "违反《消防法》"}
    assert queries.field_of_law(record_type=PENALTY, content=content, decided_on=decided) == field
    rows = pl.DataFrame([(basis, decided)], schema={"penalty_basis": pl.String, "decided_on": pl.Date}, orient="row")
    assert queries.fields_of_rows(record_type=PENALTY, rows=rows).to_list() == [field]


def test_a_record_type_without_fields_of_law_has_none():
    content = {"penalty_basis": "《食品安全法》"}
    rows = pl.DataFrame({"decided_on": [date(2025, 6, 1)] * 2})
    assert (
        queries.field_of_law(record_type="administrative_licence", content=content, decided_on=date(2025, 6, 1)) == ""
    )
    assert queries.fields_of_rows(record_type="administrative_licence", rows=rows).to_list() == ["", ""]


WORDS = st.sampled_from(
    ["《", "》", "中华人民共和国", "食品安全法", "消防法", "律", "规", "安全生产法", "第六十条", "、", "\n"]
)
ROWS = st.tuples(st.none() | st.lists(WORDS, max_size=8).map("".join), st.dates(date(1995, 1, 1), date(2026, 12, 31)))


@given(rows=st.lists(ROWS, max_size=12))
def test_a_table_is_of_the_fields_its_rows_are_of_wherever_a_term_asks(rows):
    frame = pl.DataFrame(rows, schema={"penalty_basis": pl.String, "decided_on": pl.Date}, orient="row")
    one_by_one = [
        queries.field_of_law(record_type=PENALTY, content={"penalty_basis": basis}, decided_on=decided)
        if decided <= LAST_OF_ORDER_58
        else ""
        for basis, decided in rows
    ]
    assert queries.fields_of_rows(record_type=PENALTY, rows=frame).to_list() == one_by_one


@pytest.mark.parametrize(
    ("severity", "decided", "of_field", "elsewhere"),
    [
        ("serious", date(2025, 6, 1), date(2026, 6, 1), date(2025, 9, 1)),
        ("serious", date(2026, 3, 31), date(2027, 3, 31), date(2026, 6, 30)),
        ("serious", date(2026, 4, 1), date(2027, 4, 1), date(2027, 4, 1)),
        ("serious", date(2020, 3, 1), date(2020, 9, 1), date(2020, 6, 1)),  # the notice of 2019: six months
        ("general", date(2025, 6, 1), date(2025, 9, 1), date(2025, 9, 1)),  # order 36: three months everywhere
        ("slight", date(2025, 6, 1), date(2025, 6, 1), date(2025, 6, 1)),
    ],
)
def test_order_58_asks_a_year_in_five_fields_and_the_shorter_instrument_stands(severity, decided, of_field, elsewhere):
    for field in ("food", "drugs", "special_equipment", "work_safety", "fire_protection"):
        period = queries.disclosure_period(
            record_type=PENALTY, severity=Severity(severity), field=field, decided_on=decided, served_on=decided
        )
        other = queries.disclosure_period(
            record_type=PENALTY, severity=Severity(severity), field="", decided_on=decided, served_on=decided
        )
        assert (period.repairable_from, other.repairable_from) == (of_field, elsewhere)
        assert period.disclosed_until == other.disclosed_until
