"""A pack that does not hold together is refused, and the refusal says where, what was found and how to mend it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from publiccredit.catalogue import queries
from publiccredit.catalogue.loading import UnableToLoadPack, load_packs

OWN = queries.OWN_PACKS
PENALTY = "record_types/administrative_penalty.yml"
FORM = "exchanges/penalty_2015.yml"
SOURCE = "industries/taxation/sources/penalty.yml"
EDITION = "catalogue/national_2024.yml"
TERMS = "disclosure/terms/order_36.yml"
SEVERITY = "disclosure/severity/penalty_severity.yml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(OWN, tmp_path / "packs", ignore=shutil.ignore_patterns("samples", "20[01]*.yml", "202[0-4].yml"))
    return tmp_path / "packs"


def edit(file: str, change: Callable[[dict], None]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        value = yaml.safe_load((folder / file).read_text("utf-8"))
        change(value)
        (folder / file).write_text(yaml.safe_dump(value, allow_unicode=True, sort_keys=False), "utf-8")

    return apply


def text(file: str, old: str, new: str) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        content = (folder / file).read_text("utf-8")
        assert old in content
        (folder / file).write_text(content.replace(old, new, 1), "utf-8")

    return apply


def write(file: str, content: str) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(content, "utf-8")

    return apply


def field(name: str, **changes: object) -> Callable[[dict], None]:
    return lambda value: next(f for f in value["fields"] if f["name"] == name).update(changes)


def column(header: str, **changes: object) -> Callable[[dict], None]:
    return lambda value: next(c for c in value["columns"] if c["header"] == header).update(changes)


def drop_column(header: str) -> Callable[[dict], None]:
    return lambda value: value.update(columns=[c for c in value["columns"] if c["header"] != header])


def item(**changes: object) -> Callable[[dict], None]:
    return lambda value: next(i for i in value["items"] if i["code"] == "3.2").update(changes)


BAD_PACKS = [
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
        "docs/catalogue/schemas",
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
ISSUES = """
- {code: R-001, check: required, title: 必填, severity: return, message: m, remedy: r, basis: b, confidence: K}
"""


@pytest.mark.parametrize(
    ("break_it", "file", "key", "found", "remedy"), [c[1:] for c in BAD_PACKS], ids=[c[0] for c in BAD_PACKS]
)
def test_a_refusal_names_file_key_finding_and_remedy(folder, break_it, file, key, found, remedy):
    if not (folder / "issues.yml").exists():
        write("issues.yml", ISSUES)(folder)
    break_it(folder)
    with pytest.raises(UnableToLoadPack) as refusal:
        load_packs.__wrapped__(folder)
    fitting = [p for p in refusal.value.problems if (p.file, p.key) == (file, key) and found in p.found]
    assert len(fitting) == 1, str(refusal.value)
    assert remedy in fitting[0].remedy
    assert str(fitting[0]) in str(refusal.value)


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
