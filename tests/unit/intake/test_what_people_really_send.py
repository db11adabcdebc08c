"""Files as departments really send them: taken as they are meant, or refused with a sentence that says what to do."""

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter
import xlwt

from publiccredit.catalogue import queries as catalogue
from publiccredit.intake.checking import check_stored_file
from publiccredit.intake.types import CheckedChunk, CheckSummary, Recognition, UnableToRead
from tests.factories import penalty_row
from tests.files import write_csv, write_xlsx

FIELDS = [f for f in catalogue.record_type(name="administrative_penalty", on=date(2026, 11, 23)).fields if not f.legacy]
TITLES = [field.title for field in FIELDS]
NAMES = [field.name for field in FIELDS]
ROWS = [[penalty_row(n).get(name, "") for name in NAMES] for n in (1, 2, 3)]
TABLE = [TITLES, *ROWS]


def _sent(path: Path, *, name: str | None = None) -> tuple[Recognition, list[CheckedChunk], CheckSummary]:
    answers = list(
        check_stored_file(
            path=str(path), file_name=name or path.name, department_code="market_regulation", source=None,
            submitted_on="2026-11-23", served_on=None, overrides=[],
        )
    )  # fmt: skip
    recognition, summary = answers[0], answers[-1]
    assert isinstance(recognition, Recognition)
    assert isinstance(summary, CheckSummary)
    return recognition, [a for a in answers if isinstance(a, CheckedChunk)], summary


def _outcome(path: Path, **others: str) -> tuple[int, int, list[tuple[int, str]]]:
    """Accepted, returned, and row and code of every issue."""
    _, chunks, summary = _sent(path, **others)
    return (
        summary.accepted,
        summary.returned,
        [found for c in chunks for found in c.issues.select("row", "code").rows()],
    )


def _refused(path: Path, **others: str) -> UnableToRead:
    with pytest.raises(UnableToRead) as refused:
        _sent(path, **others)
    return refused.value


def _with(column: str, value: object, *, title: str | None = None) -> list[list[object]]:
    at = NAMES.index(column)
    titles = [*TITLES[:at], title or TITLES[at], *TITLES[at + 1 :]]
    return [titles, *([*row[:at], value, *row[at + 1 :]] for row in ROWS)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("name", ["双公示.csv", "双公示.txt"])
def test_text_is_taken_with_any_usual_separator_encoding_and_name(tmp_path, delimiter, encoding, name):
    assert _outcome(write_csv(tmp_path, TABLE, encoding=encoding, delimiter=delimiter, name=name)) == (3, 0, [])


def test_titles_above_and_signatures_below_a_table_do_not_spoil_it(tmp_path):
    foot = [["备注：以上数据真实有效。"], ["填表人：某某", "", "", "审核人：某某", "", "", "2026年11月23日"]]
    rows = [["濉溪县市场监督管理局行政处罚信息公示表（2026年11月）"], ["填报单位：市场监管局"], *TABLE, [], *foot]
    assert _outcome(write_xlsx(tmp_path, {"Sheet1": rows})) == (3, 2, [(8, "N-103"), (9, "N-104")])


def test_blanks_of_chinese_width_around_everything_change_nothing(tmp_path):
    spaced = [
        ["\u3000" + title + "\u3000 " for title in TITLES],
        *([f"\u3000{c} " if c else c for c in r] for r in ROWS),
    ]
    _, chunks, _ = _sent(write_xlsx(tmp_path, {"Sheet1": spaced}))
    assert chunks[0].rows["subject_name"].to_list() == [row[0] for row in ROWS]
    assert chunks[0].issues.height == 0


def test_sheets_of_instructions_and_empty_ones_are_left_out(tmp_path):
    listing = [["字段名称", "是否必填"], *([title, "必填"] for title in TITLES)]
    sheets = {"填写说明": listing, "上旬": TABLE[:2], "下旬": [TITLES, ROWS[1]], "Sheet3": []}
    recognition, _, summary = _sent(write_xlsx(tmp_path, sheets))
    assert [s.sheet for s in recognition.sheets] == ["上旬", "下旬"]
    assert [s.sheet for s in recognition.skipped] == ["填写说明", "Sheet3"]
    assert summary.accepted == 2


@pytest.mark.parametrize(
    ("sheet", "row"),
    [
        (ROWS[1:], 1),  # a continuation without its header
        (
            [
                ["单位名称", "信用代码", "文号", "日期"],
                ["濉溪县某某有限公司", "", "濉罚〔2026〕12 号", "2026年11月1日"],
            ],
            2,
        ),
        ([["十一月"], [], ["濉溪县某某有限公司", ROWS[0][NAMES.index("subject_uscc")], "20261101"]], 3),
        ([["姓名", "身份证号", "文书号"], ["示例某人", "110000199001011234", "濉罚〔2026〕13号"]], 2),
    ],
)
def test_rows_like_records_on_a_sheet_without_a_known_header_are_not_left_out_in_silence(tmp_path, sheet, row):
    refused = _refused(write_xlsx(tmp_path, {"上旬": TABLE[:2], "续表": sheet}))
    assert refused.code == "F-129"
    assert f"工作表“续表”没有认得的表头，第 {row} 行" in refused.message
    assert "110000199001011234" not in refused.message


def test_records_sorted_above_their_header_are_not_left_out_in_silence(tmp_path):
    refused = _refused(write_csv(tmp_path, [ROWS[0], TITLES, *ROWS[1:]]))
    assert (refused.code, "表头在第 2 行，上方第 1 行" in refused.message) == ("F-141", True)
    sender = ["填报单位代码", ROWS[0][NAMES.index("subject_uscc")], "填报日期", "2026-11-23"]
    assert _outcome(write_csv(tmp_path, [sender, TITLES, *ROWS])) == (3, 0, [])


def test_what_is_left_out_is_told_with_how_many_rows_it_has(tmp_path):
    listing = [["项目", "示例"], ["文号", "濉罚〔2026〕12号"], [], ["决定日期", "2026-11-01"]]
    recognition, _, summary = _sent(write_xlsx(tmp_path, {"上旬": TABLE[:2], "填写说明": listing, "Sheet3": []}))
    assert [(s.sheet, s.rows) for s in recognition.skipped] == [("填写说明", 3), ("Sheet3", 0)]
    assert summary.rows == 1


def test_an_example_beside_the_data_is_not_taken_for_data(tmp_path):
    refused = _refused(write_xlsx(tmp_path, {"填写示例": TABLE[:2], "数据": [TITLES, *ROWS[1:]]}))
    assert (refused.code, "工作表“填写示例”" in refused.message) == ("F-128", True)
    assert _outcome(write_xlsx(tmp_path, {"行政处罚样表": TABLE}, name="b.xlsx")) == (3, 0, [])


@pytest.mark.parametrize(
    ("hide", "code", "place"),
    [
        (lambda sheet: sheet.set_row(2, None, None, {"hidden": True}), "F-125", "第 3 行"),
        (lambda sheet: sheet.set_column(9, 10, None, None, {"hidden": True}), "F-126", "J 列、K 列"),
        (lambda sheet: sheet.merge_range(1, 0, 2, 0, "濉溪县合并有限公司"), "F-124", "A2:A3"),
        (lambda sheet: sheet.write_formula(1, 0, "=A3", None, "濉溪县算出有限公司"), "F-127", "A2"),
    ],
)
def test_what_not_everybody_sees_alike_is_refused_at_its_place(tmp_path, hide: Callable[..., object], code, place):
    path = tmp_path / "隐藏.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("数据")
        for number, row in enumerate(TABLE):
            sheet.write_row(number, 0, row)
        hide(sheet)
    refused = _refused(path)
    assert (refused.code, place in refused.message, "重新报送" in refused.message) == (code, True, True)


def test_hidden_columns_and_rows_outside_the_data_do_no_harm(tmp_path):
    path = tmp_path / "空白处.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("数据")
        for number, row in enumerate(TABLE):
            sheet.write_row(number, 0, row)
        sheet.set_column(60, 80, None, None, {"hidden": True})
        sheet.set_row(300, None, None, {"hidden": True})
    assert _outcome(path) == (3, 0, [])


@pytest.mark.parametrize(
    "day",
    ["2026-11-03", "2026/11/3", "20261103", "2026年11月3日", "2026年11月3号", "二〇二六年十一月三日", "2026.11.3",
     "2026、11、3", "2026–11–03", "2026 11 3", "2026-11-03 00:00:00", "2026/11/3 0:00", "２０２６－１１－０３", "46329",
     datetime(2026, 11, 3), 46329],  # noqa: DTZ001 - a workbook's dates have no zone
)  # fmt: skip
def test_a_day_is_read_in_every_form_people_write_it(tmp_path, day):
    at = NAMES.index("decided_on")
    path = tmp_path / "日期.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("数据")
        sheet.write_row(0, 0, TITLES)
        sheet.write_row(1, 0, ROWS[0])
        sheet.write(1, at, day)
    _, chunks, summary = _sent(path)
    assert (chunks[0].rows["decided_on"].to_list(), summary.accepted) == ([date(2026, 11, 3)], 1)


def _new(folder: Path) -> Path:
    path = folder / "一九零四.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("数据")
        for number, row in enumerate(TABLE):
            sheet.write_row(number, 0, row)
        for number, day in enumerate(DAYS_FROM_1904, start=1):
            sheet.write(number, NAMES.index("decided_on"), day)
    return path


def _old(folder: Path) -> Path:
    path = folder / "一九零四.xls"
    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = True
    sheet = book.add_sheet("数据", cell_overwrite_ok=True)
    for number, row in enumerate(TABLE):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    for number, day in enumerate(DAYS_FROM_1904, start=1):
        how = xlwt.easyxf(num_format_str="yyyy-mm-dd" if isinstance(day, datetime) else "General")
        sheet.write(number, NAMES.index("decided_on"), day, how)
    book.save(str(path))
    return path


DAYS_FROM_1904 = (datetime(2026, 11, 3), 46329 - 1462, 20261103)  # noqa: DTZ001 - a workbook's dates have no zone


@pytest.mark.parametrize("written", [_new, _old])
def test_a_workbook_that_counts_its_days_from_1904_is_read_so(tmp_path, written):
    _, chunks, summary = _sent(written(tmp_path))
    assert (chunks[0].rows["decided_on"].to_list(), summary.accepted) == ([date(2026, 11, 3)] * 3, 3)


@pytest.mark.parametrize("day", ["26-11-03", "11/3/2026", "2026-11", "2026-02-30", "2026 11-3日前"])
def test_a_day_nobody_can_be_sure_of_goes_back(tmp_path, day):
    assert _outcome(write_xlsx(tmp_path, {"数据": _with("decided_on", day)}))[2] == [(n, "D-101") for n in (2, 3, 4)]


def test_eighty_columns_are_taken_and_the_unknown_ones_named(tmp_path):
    wide = [[*TITLES, *(f"附加列{n}" for n in range(48))], *([*row, *["x"] * 48] for row in ROWS)]
    accepted, returned, found = _outcome(write_xlsx(tmp_path, {"数据": wide}))
    assert (accepted, returned, found) == (3, 0, [(1, "T-103")] * 48)


def test_long_names_of_files_sheets_and_subjects_are_no_trouble(tmp_path):
    rows = _with("subject_name", "濉溪县" + "很长" * 90 + "有限公司")
    path = write_xlsx(tmp_path, {"一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十末": rows})
    assert _outcome(path, name="很长的文件名" * 40 + ".xlsx") == (3, 0, [])


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([dict(zip(TITLES, row, strict=True)) for row in ROWS], ensure_ascii=False),
        json.dumps([dict(zip(TITLES, row, strict=True)) for row in ROWS], ensure_ascii=False, indent=2),
        json.dumps(dict(zip(TITLES, ROWS[0], strict=True)), ensure_ascii=False, indent=2),
    ],
)
def test_a_json_array_is_told_how_to_become_json_lines(tmp_path, text):
    path = tmp_path / "双公示.json"
    path.write_text(text, "utf-8")
    refused = _refused(path)
    assert (refused.code, "每个对象写在一行之内" in refused.message) == ("F-137", True)


def _fen(path: Path) -> list[int]:
    _, chunks, summary = _sent(path)
    assert summary.accepted == 3
    return chunks[0].rows["fine_fen"].to_list()


@pytest.mark.parametrize("title", ["罚款金额（元）", "罚款金额(元)", "罚款金额 （单位：元）", "罚款金额元"])
def test_an_amount_headed_in_yuan_is_read_in_yuan(tmp_path, title):
    path = write_xlsx(tmp_path, {"数据": _with("fine_fen", 12000, title=title)})
    assert _fen(path) == [1_200_000] * 3
    column = _sent(path)[0].column(sheet="数据", field_name="fine_fen")
    assert column is not None
    assert (column.header, column.unit) == (title, "元")


@pytest.mark.parametrize("title", ["罚款金额（万元）", "罚款金额", "罚款金额（单位：万元）"])
def test_an_amount_headed_otherwise_stays_in_wan_yuan(tmp_path, title):
    assert _fen(write_xlsx(tmp_path, {"数据": _with("fine_fen", 1.2, title=title)})) == [1_200_000] * 3


def test_of_two_columns_of_one_amount_that_of_the_form_counts(tmp_path):
    table = [[*TITLES, "罚款金额（元）"], *([*row, 99] for row in ROWS)]
    path = write_xlsx(tmp_path, {"数据": table})
    assert _fen(path) == [1_200_000] * 3
    beside = _sent(path)[0].sheets[0].columns[-1]
    assert (beside.field, beside.set_aside) == (None, "同表已有“罚款金额（万元）”一列，以该列为准")


def test_sheets_that_state_one_amount_in_two_units_are_refused(tmp_path):
    in_yuan = _with("fine_fen", 12000, title="罚款金额（元）")
    refused = _refused(write_xlsx(tmp_path, {"上旬": TABLE[:2], "下旬": [in_yuan[0], in_yuan[2]]}))
    assert (refused.code, "“罚款金额（万元）”、“罚款金额（元）”" in refused.message) == ("F-109", True)


def test_an_unknown_column_in_yuan_is_not_invited_to_become_wan_yuan(tmp_path):
    table = [[*TITLES, "罚没款合计（元）"], *([*row, 12000] for row in ROWS)]
    _, chunks, _ = _sent(write_xlsx(tmp_path, {"数据": table}))
    assert "不要改成“万元”" in chunks[0].issues["expected"].item()
