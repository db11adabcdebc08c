"""A header, a sum or a footer among the rows goes back with one sentence that says what it is."""

import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from publiccredit.catalogue import queries as catalogue
from publiccredit.intake import checking
from publiccredit.intake.check_report import check_report
from publiccredit.intake.types import NATURAL_KEY, ORIGINAL, OUTCOME, CheckContext
from tests.penalty_rows import RIGHT, SUBJECT, check, found, row, rulebook, told

TITLES = {f.name: f.title for f in rulebook().record_type.fields if not f.legacy}
EMPTY = dict.fromkeys(RIGHT)


def _only(**cells: str) -> dict[str, str | None]:
    return {**EMPTY, **cells}


@pytest.mark.parametrize(
    ("cells", "code", "field", "said"),
    [
        ({**EMPTY, **TITLES}, "N-101", "subject_name", "行政相对人名称"),
        ({**EMPTY, **{n: f" {t[0]}\u3000{t[1:]}" for n, t in TITLES.items()}}, "N-101", "subject_name", "行政相对人名称"),
        (_only(document_number="行政处罚决定文书号", decided_on="处罚决定日期"), "N-101", "document_number", "行政处罚决定文书号"),
        (_only(subject_name="合计", fine_fen="120.5"), "N-102", "subject_name", "合计"),
        (_only(subject_name="合　计：", fine_fen="120.5", document_number="12 件"), "N-102", "subject_name", "合计："),
        (_only(subject_name="本月小计（万元）", fine_fen="1,200"), "N-102", "subject_name", "本月小计（万元）"),
        (_only(penalty_content="总计：3份"), "N-102", "penalty_content", "总计：3份"),
        (_only(fine_fen="99.5"), "N-102", "fine_fen", "99.5"),
        (_only(fine_fen="99.5", confiscated_fen="3"), "N-102", "fine_fen", "99.5"),
        (_only(subject_name="填表人：某某 13900000000"), "N-103", "subject_name", "只有这一格有内容"),
        (_only(subject_name="填表人：某某", document_number="审核人（签字）：某某", violation_kind="2026年11月23日"),
         "N-104", "subject_name", "是表尾的签字或备注"),
        (_only(violation_facts="备注: 以上数据真实有效", penalty_kind="联系电话：13900000000"),
         "N-104", "violation_facts", "是表尾的签字或备注"),
        (_only(subject_category="（自然人的记录，内容已清空）"), "N-105", "subject_category",
         "（自然人的记录，内容已清空）"),
        (_only(subject_category="（自然人的记录，内容已清空）", subject_name="（自然人的记录，内容已清空）"), "N-105",
         "subject_name", "（自然人的记录，内容已清空）"),
        (_only(), "N-103", "subject_name", "各列都没有内容"),
        (_only(subject_name="\u3000 \u3000"), "N-103", "subject_name", "各列都没有内容"),
    ],
)  # fmt: skip
def test_a_row_that_is_no_record_gets_one_sentence(cells, code, field, said):
    chunk = check(row(), cells, row(document_number="乙"))
    assert found(chunk) == [(3, field, code, said)]
    assert chunk.rows[OUTCOME].to_list() == ["accepted", "returned", "accepted"]
    assert chunk.rows.filter(chunk.rows[OUTCOME] == "returned").select(ORIGINAL, NATURAL_KEY, "subject_name").row(0) == (
        None, None, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    "cells",
    [
        row(subject_name="濉溪县合计财务咨询有限公司"),
        row(violation_facts="合计"),
        row(violation_facts="备注：当事人已改正"),
        _only(subject_name="濉溪县填表人：文化公司", document_number="濉市监处罚〔2026〕15号", penalty_kind="罚款"),
        {**row(), "subject_name": "合计", "decided_on": None},
        row(document_number="行政处罚决定文书号", decided_on=None),
    ],
)
def test_a_record_that_merely_holds_such_a_word_is_held_against_the_rules(cells):
    codes = {code for _, _, code, _ in found(check(cells))}
    assert not codes & {"N-101", "N-102", "N-103"}


def test_the_sentence_says_what_the_row_is_and_what_to_do():
    said = list(
        told(check(row(), {**EMPTY, **TITLES}, _only(subject_name="合计", fine_fen="9"), _only(remarks="制表")))
    )
    assert said == [
        "第 3 行是又一个表头（“行政相对人名称”一列为“行政相对人名称”），不是记录；第 1 行已有表头，其后只有数据。"
        "请删除此行；如其下的内容是从另一张表粘贴来的，请核对各列的顺序与表头一致。（N-101，本平台校验规则，一行一条记录）",
        "第 4 行是合计（“行政相对人名称”一列为“合计”），不是记录；应为一行一条记录，不含合计。"
        "请删除此行，无需重新报送其他行；如确是一条记录，请补齐主体、文书号、日期等各项。（N-102，本平台校验规则，一行一条记录）",
        "第 5 行只有这一格有内容（见“备注”），不是记录；应为一行一条填写完整的记录。"
        "填表人、制表日期、备注、序号等请移到表头之上或删除此行；如确是一条记录，请补齐各项。（N-103，本平台校验规则，一行一条记录）",
    ]


def test_the_form_of_2015_does_not_take_a_sum_for_a_person():
    book = rulebook(form="penalty_2015")
    carried = {column.field for column in book.form.columns if column.field}
    sums = {name: None for name in carried} | {"subject_name": "合计"}
    assert [code for _, _, code, _ in found(check(sums, {n: None for n in carried}, book=book))] == ["N-102", "N-103"]


def test_a_number_of_a_person_standing_alone_is_still_refused_as_a_person():
    assert [code for _, _, code, _ in found(check(_only(subject_uscc="110101199003070011")))] == ["P-101"]


def test_a_registration_with_only_its_name_is_no_record_and_a_whole_one_is():
    book = rulebook(record_type="enterprise_registration")
    blank = {f.name: None for f in book.record_type.fields}
    titles = {f.name: f.title for f in book.record_type.fields}
    whole = {**blank, "subject_name": "濉溪县示例建材有限公司", "subject_uscc": SUBJECT, "registered_on": "2015-06-18"}
    chunk = check(whole, {**blank, **titles}, {**blank, "subject_name": "合计"}, book=book)
    assert [(line, code) for line, _, code, _ in found(chunk)] == [(3, "N-101"), (4, "N-102")]


def test_pasted_blocks_and_sums_are_counted_and_sheets_are_named(tmp_path: Path):
    names = [name for name in TITLES if name in RIGHT]
    book = openpyxl.Workbook()
    for sheet, title in ((book.active, "一月"), (book.create_sheet("二月"), "二月")):
        sheet.title = title
        for _ in range(2):
            sheet.append([TITLES[name] for name in names])
            sheet.append([RIGHT[name] for name in names])
        other = {**RIGHT, "penalty_content": f"罚款 12,000 元（{title}）"}
        sheet.append([other[name] for name in names])
        sheet.append(["合 计"])
    path = tmp_path / "blocks.xlsx"
    book.save(path)
    report = _report(path)
    assert [report[name] for name in ("rows", "accepted", "returned", "duplicates")] == [10, 1, 6, 3]
    assert report["duplicate_rows"] == [
        {"sheet": "一月", "row": 4, "repeats_sheet": "一月", "repeats_row": 2},
        {"sheet": "二月", "row": 2, "repeats_sheet": "一月", "repeats_row": 2},
        {"sheet": "二月", "row": 4, "repeats_sheet": "一月", "repeats_row": 2},
    ]
    assert [(i["sheet"], i["row"], i["code"], i["expected"]) for i in report["issues"]] == [
        ("一月", 3, "N-101", "第 1 行已有表头，其后只有数据"),
        ("一月", 5, "K-101", "工作表“一月”第 2 行"),
        ("一月", 6, "N-102", "一行一条记录，不含合计"),
        ("二月", 3, "N-101", "第 1 行已有表头，其后只有数据"),
        ("二月", 5, "K-101", "工作表“一月”第 2 行"),
        ("二月", 6, "N-102", "一行一条记录，不含合计"),
    ]
    said = report["issues"][4]["message"]
    assert said.startswith("工作表“二月”第 5 行与工作表“一月”第 2 行是同一决定，但内容不同；")


def _report(path: Path) -> dict:
    asked = CheckContext(
        department_code="market_regulation", submitted_on=date(2026, 11, 23), providers=checking.bearers()
    )
    checked = checking.check_file(path=path, context=asked, source="market_regulation/penalty")
    report = check_report(checked=checked, issue_kinds=catalogue.packs().issues)
    return json.loads(json.dumps(report, default=str))
