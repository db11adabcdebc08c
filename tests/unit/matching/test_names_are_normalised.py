"""Spellings of one enterprise become one name; two enterprises of one core name stay two."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publiccredit.catalogue import queries as catalogue
from publiccredit.matching.normalising import kind_of, normalise_name, plain_name, region_in_address, region_of

REGIONS = catalogue.code_table(name="region", on=date(2026, 11, 23)).word_of
PIECES = st.sampled_from(
    ["安徽省", "安徽", "淮北市", "濉溪县", "濉溪", "太湖", "宏达", "建材", "有限", "责任", "有限公司", "股份", "公司",
     "（", ")", " ", "Ａ", "b", "縣", "厂", "ß", "㈱", "ﬁ"]
)  # fmt: skip


@pytest.mark.parametrize(
    "written",
    [
        "濉溪县宏达建材有限公司",
        "安徽省濉溪县宏达建材有限责任公司",
        "安徽省淮北市濉溪县宏达建材有限公司",
        "濉溪宏达建材公司",
        "濉溪縣宏達建材有限公司",
        " 濉溪县 宏达建材（有限公司）",
    ],
)
def test_spellings_of_one_name_are_equal(written: str) -> None:
    normal = normalise_name(name=written, regions=REGIONS)
    assert (normal.name, normal.core, normal.region) == ("宏达建材公司", "宏达建材", "340621")


@pytest.mark.parametrize(
    ("written", "name", "region"),
    [
        ("合肥太湖投资有限公司", "太湖投资公司", "340100"),
        ("宏达建材有限公司", "宏达建材公司", ""),
        ("淮北市宏达建材股份有限公司", "宏达建材股份公司", "340600"),
        ("濉溪县人民政府", "人民政府", "340621"),
        ("濉溪公司", "濉溪公司", ""),
    ],
)
def test_what_distinguishes_enterprises_is_kept(written: str, name: str, region: str) -> None:
    normal = normalise_name(name=written, regions=REGIONS)
    assert (normal.name, normal.region) == (name, region)


@given(st.one_of(st.lists(PIECES, max_size=8).map("".join), st.text(max_size=20)))
def test_a_normal_name_is_its_own_normal_form(written: str) -> None:
    plain = plain_name(name=written)
    assert plain_name(name=plain) == plain
    once = normalise_name(name=written, regions={})
    assert normalise_name(name=once.name, regions={}) == once


@pytest.mark.parametrize(
    ("named", "uscc", "region"),
    [
        ("340621", None, "340621"),
        ("340621", "91340100MA2XXXXXX1", "340621"),
        ("340000", "91340621MA2XXXXXX1", "340621"),
        ("340000", "91000000000000123L", "340000"),
        ("", "91340621MA2XXXXXX1", "340621"),
        ("", None, ""),
    ],
)
def test_the_region_of_a_subject_is_the_innermost_that_is_known(named: str, uscc: str | None, region: str) -> None:
    assert region_of(named=named, uscc=uscc) == region


def test_an_address_names_its_innermost_region() -> None:
    assert region_in_address(address="安徽省淮北市濉溪县濉溪镇示例路 1 号", regions=REGIONS) == "340621"


@pytest.mark.parametrize(
    ("uscc", "category", "kind"),
    [
        ("91000000000000123L", None, "enterprise"),
        ("92000000000000123L", None, "individual_business"),
        ("N2000000000000123L", None, "village_collective"),
        (None, "个体工商户", "individual_business"),
        (None, "法人及非法人组织", "enterprise"),
    ],
)
def test_the_kind_of_a_subject_is_in_its_identifier(uscc: str | None, category: str | None, kind: str) -> None:
    assert kind_of(uscc=uscc, category=category) == kind
