"""A pack that does not hold together is refused, and the refusal says where, what was found and how to mend it."""

import shutil
from pathlib import Path

import pytest
import yaml

from publiccredit.catalogue import queries
from publiccredit.catalogue.loading import UnableToLoadPack, load_packs
from tests.unit.catalogue.broken_packs import (
    EDITION,
    FORM,
    OWN,
    PENALTY,
    SOURCE,
    TERMS,
    assert_refused,
    copied,
    edit,
    field,
    text,
    write,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copied(tmp_path)


BAD_FILES = [
    # (what is wrong, the change, file, key, found, remedy)
    ("an unknown key", text(SOURCE, "update:", "updates:"), SOURCE, "updates", "未知的键“updates”", "update"),
    (
        "an unknown key deep inside",
        edit(PENALTY, field("fine_fen", looksup={})),
        PENALTY,
        "fields[19].looksup",
        "未知的键“looksup”",
        "max_length",
    ),
    ("a missing key", text(SOURCE, "item:", "note:"), SOURCE, "item", "缺少该键", "item"),
    ("a key written twice", text(SOURCE, "title:", "title: 旧\ntitle:"), SOURCE, "", "键“title”重复", "只写一次"),
    ("not YAML", write(SOURCE, "name: [unclosed"), SOURCE, "", "不是有效的 YAML", "语法"),
    (
        "a day that never was",
        text(SOURCE, "from: 2024-03-01", "from: 2024-02-30"),
        SOURCE,
        "",
        "第 4 行第 7 列，没有“2024-02-30”这一天",
        "语法",
    ),
    ("not a mapping", write("codes/severity.yml", "- 轻微"), "codes/severity.yml", "[0]", "应为键值", "键：值"),
    (
        "an unquoted number",
        text("departments/county.yml", "region: '340621'", "region: 340621"),
        "departments/county.yml",
        "[0].region",
        "整数 340621",
        "加引号",
    ),
    (
        "an unquoted octal",
        text("codes/severity.yml", "word: 轻微", "word: 010"),
        "codes/severity.yml",
        "codes[0].word",
        "整数 8",
        "加引号",
    ),
    (
        "an unquoted date where text belongs",
        text("codes/severity.yml", "word: 轻微", "word: 2026-04-01"),
        "codes/severity.yml",
        "codes[0].word",
        "日期",
        "加引号",
    ),
    (
        "an unquoted yes or no",
        text("codes/severity.yml", "word: 轻微", "word: no"),
        "codes/severity.yml",
        "codes[0].word",
        "是否值",
        "加引号",
    ),
    (
        "a value outside its enumeration",
        text(TERMS, "severity: slight", "severity: minor"),
        TERMS,
        "terms[0].severity",
        "'minor'",
        "请改为下列之一：slight、general、serious",
    ),
    ("a file in no known place", write("penalty.yml", "a: 1"), "penalty.yml", "", "不应有 YAML 文件", "record_types"),
    (
        "a name unlike its file",
        text(PENALTY, "name: administrative_penalty", "name: penalty"),
        PENALTY,
        "name",
        "“penalty”",
        "administrative_penalty",
    ),
    (
        "two versions in force at once",
        lambda f: shutil.copy(f / "codes/severity.yml", f / "codes/severity.2030.yml"),
        "codes/severity.yml",
        "from",
        "重叠",
        "to",
    ),
    (
        "a period that ends before it begins",
        edit(TERMS, lambda v: v.update(to=v["from"])),
        TERMS,
        "to",
        "不晚于",
        "起止日期",
    ),
    (
        "a code word twice",
        edit("codes/severity.yml", lambda v: v["codes"][0].update(aliases=["一般"])),
        "codes/severity.yml",
        "codes",
        "“一般”出现了 2 次",
        "删去或改名",
    ),
    ("no glossary", lambda folder: (folder / "glossary.yml").unlink(), "glossary.yml", "", "没有这个文件", "取回"),
    (
        "no calendar",
        lambda folder: shutil.rmtree(folder / "calendars"),
        "calendars/*.yml",
        "",
        "没有这个文件",
        "取回",
    ),
    (
        "a glossary term twice",
        text("glossary.yml", "zh: 记录类型", "zh: 记录"),
        "glossary.yml",
        "zh",
        "“记录”",
        "删去或改名",
    ),
    (
        "two departments of one name",
        text("departments/county.yml", "name: 濉溪县公安局", "name: 濉溪县水务局"),
        "departments/",
        "name",
        "“濉溪县水务局”",
        "改名",
    ),
    (
        "a mistyped identifier of a department",
        text("departments/county.yml", "uscc: 11000000009000111D", "uscc: 11000000009000111A"),
        "departments/",
        "uscc",
        "agriculture_rural 的统一社会信用代码“11000000009000111A”校验位不符",
        "末位应为 D",
    ),
    (
        "no credit office",
        text("departments/county.yml", "kind: office", "kind: department"),
        "departments/",
        "kind",
        "有 0 个部门写作“office”",
        "kind: office",
    ),
    (
        "a missing calendar year",
        lambda f: shutil.copy(OWN / "calendars/2023.yml", f / "calendars/2023.yml"),
        "calendars/2024.yml",
        "",
        "缺少该年的日历",
        "放假通知",
    ),
    (
        "a day of another year",
        text("calendars/2026.yml", "2026-01-01", "2025-01-01"),
        "calendars/2026.yml",
        "holidays",
        "2025-01-01 不在 2026 年",
        "两年",
    ),
    (
        "a holiday of fixed date named twice",
        text("statutory_holidays.yml", '"05-02"', '"05-01"'),
        "statutory_holidays.yml",
        "days",
        "“05-01”出现了 2 次",
        "删去或改名",
    ),
    (
        "a holiday on a day that not every year has",
        text("statutory_holidays.yml", '"05-02"', '"02-29"'),
        "statutory_holidays.yml",
        "[1].days[1]",
        "02-29",
        "",
    ),
    (
        "a make-up day in the week",
        text("calendars/2026.yml", "2026-01-04", "2026-01-05"),
        "calendars/2026.yml",
        "working_weekends",
        "不是周六或周日",
        "周六或周日",
    ),
    (
        "an item outside its categories",
        edit(EDITION, lambda v: v["items"][0].update(code="13.1")),
        EDITION,
        "items[].code",
        "“13.1”",
        "categories",
    ),
]


@pytest.mark.parametrize(
    ("break_it", "file", "key", "found", "remedy"), [c[1:] for c in BAD_FILES], ids=[c[0] for c in BAD_FILES]
)
def test_a_refusal_names_file_key_finding_and_remedy(folder, break_it, file, key, found, remedy):
    assert_refused(folder, break_it, file=file, key=key, found=found, remedy=remedy)


@pytest.mark.parametrize(
    ("old", "new", "remedy"),
    [
        ("update: weekly", "update: sometimes", "请改为下列之一：daily、weekly、monthly"),
        ("from: ", "from: soon #", "应为日期，写成 2026-11-03"),
        ("providers: [taxation]", "providers: taxation", "应为列表，写成 [甲, 乙]"),
        ("update: weekly", "update: weekly\nretention_months: many", "应为不加引号的整数"),
        ("update: weekly", "update: weekly\nretention_months: 0", "不应小于 1"),
    ],
)
def test_what_would_be_right_is_said_in_the_words_of_a_pack_s_author(folder, old, new, remedy):
    text(SOURCE, old, new)(folder)
    with pytest.raises(UnableToLoadPack) as refusal:
        load_packs(folder)
    said = next(p.remedy for p in refusal.value.problems if p.file == SOURCE)
    assert remedy in said
    assert "should be" not in str(refusal.value)


def test_the_line_that_cannot_be_read_is_named(folder):
    write(SOURCE, "name: x\ntitle: [unclosed\n")(folder)
    with pytest.raises(UnableToLoadPack, match="不是有效的 YAML：第 3 行第 1 列"):
        load_packs(folder)
    (folder / SOURCE).write_bytes(b"name: x\ntitle: \xff\n")
    with pytest.raises(UnableToLoadPack, match="第 2 行有不是 UTF-8 的字节"):
        load_packs(folder)


def test_an_empty_folder_is_refused_with_the_setting_to_look_at(tmp_path):
    with pytest.raises(UnableToLoadPack, match="PUBLICCREDIT_PACKS"):
        load_packs(tmp_path)


def test_all_faults_are_said_at_once(folder):
    text(SOURCE, "providers: [taxation]", "providers: [tax]")(folder)
    text(FORM, "处罚类别1, 处罚结果", "处罚类别1, 处罚后果")(folder)
    with pytest.raises(UnableToLoadPack) as refusal:
        load_packs(folder)
    assert [p.file for p in refusal.value.problems] == [FORM, SOURCE]


def test_a_source_may_narrow_its_item(folder):
    edit(SOURCE, lambda v: v.update(openness="government", retention_months=12, subject_kinds=["enterprise"]))(folder)
    packs = load_packs(folder)
    source = queries.source(name="taxation/penalty", within=packs)
    narrowed = queries.item_of(source=source, within=packs)
    assert (narrowed.openness, narrowed.retention_months, narrowed.subject_kinds) == ("government", 12, ("enterprise",))


def test_the_version_follows_the_bytes_and_not_the_place(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "copy")
    one, other = load_packs(folder), load_packs(tmp_path / "copy")
    assert one.version == other.version
    text(SOURCE, "weekly", "monthly")(folder)
    assert load_packs.__wrapped__(folder).version != one.version


def test_a_second_version_of_a_record_type_begins_where_the_first_ends(folder):
    edit(PENALTY, lambda v: v.update(to=v["from"].replace(year=2030)))(folder)
    second = yaml.safe_load((folder / PENALTY).read_text("utf-8"))
    second.update(
        {
            "from": second.pop("to"),
            "standard": "新标准",
            "fingerprint": ["document_number", "penalty_kind", "violation_kind"],
        }
    )
    write("record_types/administrative_penalty.2030.yml", yaml.safe_dump(second, allow_unicode=True))(folder)
    packs = load_packs(folder)
    day = second["from"]
    assert queries.record_type(name="administrative_penalty", on=day, within=packs).standard == "新标准"
    before = day.replace(year=2029)
    assert queries.record_type(name="administrative_penalty", on=before, within=packs).standard != "新标准"


def test_the_setting_names_another_folder(folder, monkeypatch):
    monkeypatch.setenv(queries.PACKS_VARIABLE, str(folder))
    assert queries.packs().folder == folder.resolve()
