"""Sources and industries that name what is not there, or widen what the catalogue allows, are refused with the remedy."""

from pathlib import Path

import pytest

from tests.unit.catalogue.broken_packs import (
    EDITION,
    ISSUES,
    OWN,
    SOURCE,
    assert_refused,
    copied,
    edit,
    item,
    text,
    write,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copied(tmp_path)


BAD_SOURCES = [
    # (what is wrong, the change, file, key, found, remedy)
    (
        "an industry unlike its folder",
        text("industries/taxation/industry.yml", "name: taxation", "name: tax"),
        "industries/taxation/industry.yml",
        "name",
        "“tax”",
        "taxation",
    ),
    (
        "an industry led by nobody",
        text("industries/taxation/industry.yml", "lead: taxation", "lead: tax"),
        "industries/taxation/industry.yml",
        "lead",
        "“tax”",
        "部门代码",
    ),
    (
        "a source unlike its place",
        text(SOURCE, "name: taxation/penalty", "name: taxation/fines"),
        SOURCE,
        "name",
        "“taxation/fines”",
        "taxation/penalty",
    ),
    (
        "a source without an industry",
        write(
            "industries/x/sources/penalty.yml",
            (OWN / SOURCE).read_text("utf-8").replace("taxation/penalty", "x/penalty"),
        ),
        "industries/x/sources/penalty.yml",
        "name",
        "没有 industry.yml",
        "industry.yml",
    ),
    ("a source from nobody", edit(SOURCE, lambda v: v.update(providers=[])), SOURCE, "providers", "为空", "部门"),
    (
        "a source from an unknown department",
        edit(SOURCE, lambda v: v.update(providers=["tax"])),
        SOURCE,
        "providers",
        "“tax”",
        "部门代码",
    ),
    (
        "a source of no record type",
        text(SOURCE, "record_type: administrative_penalty", "record_type: penalty"),
        SOURCE,
        "record_type",
        "没有记录类型“penalty”",
        "administrative_penalty",
    ),
    (
        "a form of another record type",
        edit(SOURCE, lambda v: v.update(forms=["licence_2015"])),
        SOURCE,
        "forms",
        "“licence_2015”",
        "penalty_2015",
    ),
    (
        "an invented item",
        text(SOURCE, "national_2024/3.2", "county_2026/1.1"),
        SOURCE,
        "item",
        "“county_2026/1.1”",
        "县级不得自设条目",
    ),
    (
        "an item not yet in force",
        edit(SOURCE, lambda v: v.update({"from": v["from"].replace(year=2020)})),
        SOURCE,
        "item",
        "未覆盖",
        "施行期间",
    ),
    (
        "an item that has expired",
        edit(EDITION, lambda v: v.update(to=v["from"].replace(year=2030))),
        SOURCE,
        "item",
        "未覆盖",
        "施行期间",
    ),
    (
        "a record type outside the item",
        text(SOURCE, "national_2024/3.2", "national_2024/3.1"),
        SOURCE,
        "record_type",
        "不含“administrative_penalty”",
        "administrative_licence",
    ),
    (
        "a wider audience",
        lambda f: (
            edit(EDITION, item(openness="authorised"))(f),
            edit(SOURCE, lambda v: v.update(openness="public"))(f),
        ),
        SOURCE,
        "openness",
        "更公开",
        "不得放宽",
    ),
    (
        "a longer retention",
        edit(SOURCE, lambda v: v.update(retention_months=60)),
        SOURCE,
        "retention_months",
        "60 个月长于条目的 36 个月",
        "不超过 36",
    ),
    (
        "a subject kind the item lacks",
        edit(SOURCE, lambda v: v.update(subject_kinds=["government_body"])),
        SOURCE,
        "subject_kinds",
        "government_body",
        "不得放宽",
    ),
    (
        "a lookup for no field",
        edit(SOURCE, lambda v: v.update(lookups={"kind": {"a": "b"}})),
        SOURCE,
        "lookups.kind",
        "没有该字段",
        "字段名",
    ),
    (
        "a source's lookup to no word",
        edit(SOURCE, lambda v: v.update(lookups={"penalty_kind": {"罚金": "罚"}})),
        SOURCE,
        "lookups.penalty_kind.罚金",
        "没有“罚”",
        "罚款",
    ),
    (
        "a check nobody wrote",
        edit(SOURCE, lambda v: v.update(checks=[{"name": "no_such_check"}])),
        SOURCE,
        "checks[0].name",
        "“no_such_check”",
        "issues.yml",
    ),
    (
        "a check on no field",
        lambda f: (
            write("issues.yml", ISSUES)(f),
            edit(SOURCE, lambda v: v.update(checks=[{"name": "required", "fields": ["fine"]}]))(f),
        ),
        SOURCE,
        "checks[0].fields",
        "没有字段“fine”",
        "fine_fen",
    ),
]


@pytest.mark.parametrize(
    ("break_it", "file", "key", "found", "remedy"), [c[1:] for c in BAD_SOURCES], ids=[c[0] for c in BAD_SOURCES]
)
def test_a_source_that_does_not_hold_together_is_refused_with_its_remedy(folder, break_it, file, key, found, remedy):
    assert_refused(folder, break_it, file=file, key=key, found=found, remedy=remedy)
