import json
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from publiccredit.intake import annotation
from publiccredit.intake.annotation import annotate
from publiccredit.intake.annotation.limited import annotate_limited
from publiccredit.intake.annotation.marks import AUTHOR
from publiccredit.intake.annotation.sheets import open_sheets
from publiccredit.intake.reading import open_file
from publiccredit.intake.types import ACCEPTED, DUPLICATE, OUTCOME, RETURNED, ROW, SHEET
from tests import hostile
from tests.files import HEADERS, ROW_1, ROW_2, own_form, write_csv, write_xlsx

ROW_3 = ("濉溪县丙公司", "91000000000000003X", "濉罚〔2026〕3号", "2026-13-40", 12, "")
MESSAGE = "第 4 行“决定日期”为“2026-13-40”，不是有效日期。"


def issues(sheet: str, row: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "sheet": [sheet, sheet],
            "row": [row, row],
            "column": ["决定日期", ""],
            "column_letter": ["D", ""],
            "field": ["decided_on", ""],
            "code": ["D-101", "K-101"],
            "severity": ["return", "warn"],
            "found": ["2026-13-40", ""],
            "expected": ["日期", ""],
            "message": [MESSAGE, "整行存疑。"],
        }
    )


def outcomes(sheet: str, first: int = 2) -> pl.DataFrame:
    words = [ACCEPTED, DUPLICATE, RETURNED]
    return pl.DataFrame({SHEET: [sheet] * 3, ROW: [first, first + 1, first + 2], OUTCOME: words})


def annotated(original: Path, *, sheet: str, first: int = 2) -> Path:
    target = original.parent / "核验.xlsx"
    recognition = open_file(path=original, candidates=own_form()).recognition
    found = issues(sheet, first + 2)
    annotate(original=original, recognition=recognition, issues=found, outcomes=outcomes(sheet, first), target=target)
    return target


def read(path: Path) -> list[tuple[object, ...]]:
    opened = open_file(path=path, candidates=own_form())
    rows = [row for chunk in opened.chunks() for row in chunk.rows.drop(SHEET).rows()]
    assert opened.counted() == len(rows)
    return rows


@pytest.fixture(params=[True, False], ids=["marked in place", "written anew"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if not request.param:
        monkeypatch.setattr(annotation, "marked_in_place", lambda **_: False)


@pytest.mark.usefixtures("way")
def test_every_problem_stands_at_its_cell(tmp_path: Path) -> None:
    original = write_xlsx(tmp_path, {"数据": [HEADERS, ROW_1, ROW_2, ROW_3], "说明": [["请逐行填写", 3]]})
    book = openpyxl.load_workbook(annotated(original, sheet="数据"))
    assert book.sheetnames == ["数据", "说明", "核验问题"]
    sheet = book["数据"]
    assert [[c.value for c in row] for row in sheet.iter_rows()] == [
        [*HEADERS, "核验结果"],
        [*ROW_1[:5], None, "接受"],
        [*ROW_2[:4], None, ROW_2[5], "重复"],
        [*ROW_3[:5], None, "退回"],
    ]
    commented = {c.coordinate: c.comment for row in sheet.iter_rows() for c in row if c.comment}
    assert {at: (c.text, c.author) for at, c in commented.items()} == {
        "D4": (MESSAGE, AUTHOR),
        "G4": ("整行存疑。", AUTHOR),
    }
    filled = {c.coordinate: c.fill.fgColor.rgb for row in sheet.iter_rows(min_row=2) for c in row if c.fill.fill_type}
    assert filled == {"D4": "FFF4CCCC", "G4": "FFFFF2CC"}
    assert [c.value for c in book["核验问题"][2]] == [
        "数据", 4, "决定日期", "D", "退回", "D-101", "2026-13-40", "日期", MESSAGE,
    ]  # fmt: skip


@pytest.mark.usefixtures("way")
def test_the_answer_can_be_corrected_and_sent_again(tmp_path: Path) -> None:
    original = write_xlsx(tmp_path, {"数据": [["标题"], HEADERS, ROW_1, ROW_2, ROW_3]})
    once = annotated(original, sheet="数据", first=3)
    recognition = open_file(path=once, candidates=own_form()).recognition
    assert read(once) == read(original)
    assert [(s.sheet, s.reason) for s in recognition.skipped] == [("核验问题", "平台标注的核验结果，不作为数据")]
    assert recognition.sheets[0].columns[-1].set_aside == "平台标注的核验结果，不作为数据"
    again = annotated(once.rename(tmp_path / "再报.xlsx"), sheet="数据", first=3)
    assert [c.value for c in openpyxl.load_workbook(again)["数据"][2]] == [*HEADERS, "核验结果"]
    assert read(again) == read(original)


def test_marks_of_an_earlier_answer_are_gone_once_corrected(tmp_path: Path) -> None:
    once = annotated(write_xlsx(tmp_path, {"数据": [HEADERS, ROW_1, ROW_2, ROW_3]}), sheet="数据")
    recognition = open_file(path=once, candidates=own_form()).recognition
    right = outcomes("数据").with_columns(pl.lit(ACCEPTED).alias(OUTCOME))
    target = tmp_path / "又核验.xlsx"
    annotate(original=once, recognition=recognition, issues=issues("数据", 4).clear(), outcomes=right, target=target)
    cells = [c for row in openpyxl.load_workbook(target)["数据"].iter_rows(min_row=2) for c in row]
    assert [c.coordinate for c in cells if c.comment or c.fill.fill_type] == []


def test_a_text_file_comes_back_as_a_workbook(tmp_path: Path) -> None:
    rows = [HEADERS, ROW_1, ROW_2, [str(cell) for cell in ROW_3]]
    original = write_csv(tmp_path, rows, encoding="gb18030", delimiter=";")
    target = annotated(original, sheet="")
    assert read(target) == [(*row, *[False]) for row in read(original)]
    assert openpyxl.load_workbook(target)["报送数据"]["D4"].comment.text == MESSAGE


@pytest.mark.parametrize("delimiter", ["\t", ","])
def test_text_below_a_title_comes_back_whatever_separates_it(tmp_path: Path, delimiter: str) -> None:
    rows = [["标题"], HEADERS, ROW_1, ROW_2, [str(cell) for cell in ROW_3]]
    original = write_csv(tmp_path, rows, delimiter=delimiter)
    sheet = openpyxl.load_workbook(annotated(original, sheet="", first=3))["报送数据"]
    assert [c.value for c in sheet["A"]] == [row[0] for row in rows]
    assert sheet["D5"].comment.text == MESSAGE


def test_another_file_than_the_recognised_one_is_not_annotated(tmp_path: Path) -> None:
    original = write_csv(tmp_path, [HEADERS, ROW_1, ROW_2, [str(cell) for cell in ROW_3]])
    recognition = open_file(path=original, candidates=own_form()).recognition
    original.write_text("甲,乙\n1,2\n")
    with (
        pytest.raises(ValueError, match="this is another file"),
        open_sheets(original=original, recognition=recognition) as sheets,
    ):
        list(sheets[0].rows)


def test_json_lines_come_back_as_a_workbook(tmp_path: Path) -> None:
    original = tmp_path / "报送.jsonl"
    objects = [dict(zip(HEADERS, row, strict=True)) for row in (ROW_1, ROW_2, ROW_3)]
    objects[0]["备注"], objects[1]["备注"] = None, True
    original.write_text("\n\n".join(json.dumps(said, ensure_ascii=False) for said in objects))
    recognition = open_file(path=original, candidates=own_form()).recognition
    with open_sheets(original=original, recognition=recognition) as sheets:
        rows = list(sheets[0].rows)
    assert rows == [
        (0, list(HEADERS)),
        (1, list(ROW_1)),
        (3, [*ROW_2[:5], True]),
        (5, [str(cell) for cell in ROW_3]),
    ]
    sheet = openpyxl.load_workbook(annotated(original, sheet="", first=1))["报送数据"]
    assert MESSAGE in [c.comment.text for row in sheet.iter_rows() for c in row if c.comment]


def test_an_old_workbook_comes_back_as_a_new_one(tmp_path: Path) -> None:
    original = hostile.old_workbook(
        tmp_path, lambda sheet: [sheet.write(3, column, cell) for column, cell in enumerate(ROW_3) if cell]
    )
    sheet = openpyxl.load_workbook(annotated(original, sheet="数据"))["数据"]
    assert [c.value for c in sheet[4]] == [*ROW_3[:5], None, "退回"]
    assert sheet["D4"].comment.text == MESSAGE


def test_of_a_very_long_file_only_what_needs_attention_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publiccredit.intake.annotation.rewriting.WHOLE_ROWS", 2)
    original = write_csv(tmp_path, [HEADERS, ROW_1, ROW_2, [str(cell) for cell in ROW_3]])
    sheet = openpyxl.load_workbook(annotated(original, sheet=""))["报送数据"]
    assert [[c.value for c in row][6:] for row in sheet.iter_rows()] == [
        ["核验结果", "原行号"],
        ["重复", 3],
        ["退回", 4],
    ]
    assert sheet["D3"].comment.text == MESSAGE


def test_the_child_process_writes_the_same(tmp_path: Path) -> None:
    original = write_xlsx(tmp_path, {"数据": [HEADERS, ROW_1, ROW_2, ROW_3]})
    recognition = open_file(path=original, candidates=own_form()).recognition
    target = tmp_path / "子进程.xlsx"
    found = issues("数据", 4)
    annotate_limited(original=original, recognition=recognition, issues=found, outcomes=outcomes("数据"), target=target)
    here = openpyxl.load_workbook(annotated(original, sheet="数据"))
    there = openpyxl.load_workbook(target)
    for name in here.sheetnames:
        assert list(there[name].values) == list(here[name].values)


def test_a_formatted_cell_far_away_costs_no_time(tmp_path: Path) -> None:
    original = write_xlsx(tmp_path, {"数据": [HEADERS, ROW_1, ROW_2, ROW_3]})
    book = openpyxl.load_workbook(original)
    book["数据"]["XFD1048576"].font = openpyxl.styles.Font(bold=True)
    book.save(original)
    assert openpyxl.load_workbook(annotated(original, sheet="数据"))["数据"]["G4"].value == "退回"


IDENTITY_NUMBER = "110000199001011234"  # no check digit fits: nobody's number


@pytest.mark.usefixtures("way")
def test_nothing_of_a_person_comes_back(tmp_path: Path) -> None:
    person = ("示例某人", IDENTITY_NUMBER, f"濉罚{IDENTITY_NUMBER}", "2026-11-03", 12, "某村")
    named = (f"甲公司（{IDENTITY_NUMBER}）", *ROW_1[1:])
    original = write_xlsx(tmp_path, {"数据": [HEADERS, named, ROW_2, person]})
    recognition = open_file(path=original, candidates=own_form()).recognition
    found = issues("数据", 4).head(1).with_columns(code=pl.lit("P-101"), column_letter=pl.lit("B"))
    target = tmp_path / "核验.xlsx"
    annotate(original=original, recognition=recognition, issues=found, outcomes=outcomes("数据", 2), target=target)
    rows = [[c.value for c in row] for row in openpyxl.load_workbook(target)["数据"].iter_rows(min_row=2)]
    assert rows[0][0] == "甲公司（110000************）"
    assert rows[1][1] == ROW_2[1]
    assert rows[2] == [None, "（自然人的记录，内容已清空）", None, None, None, None, "退回"]
    with zipfile.ZipFile(target) as package:
        said = b"".join(package.read(name) for name in package.namelist()).decode(errors="replace")
    assert IDENTITY_NUMBER not in said
    assert "示例某人" not in said


def test_a_workbook_written_anew_says_what_it_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = write_xlsx(tmp_path, {"数据": [HEADERS, ROW_1, ROW_2, ROW_3]})
    assert openpyxl.load_workbook(annotated(original, sheet="数据"))["核验问题"]["A1"].comment is None
    monkeypatch.setattr(annotation, "marked_in_place", lambda **_: False)
    said = openpyxl.load_workbook(annotated(original, sheet="数据"))["核验问题"]["A1"].comment
    assert said.text == (
        "原工作簿为旧格式、超过 10 万行或有平台不能原样改写的内容，本文件由平台重新写成："
        "数值和文字保留，颜色、边框、下拉列表等未保留。"
    )
