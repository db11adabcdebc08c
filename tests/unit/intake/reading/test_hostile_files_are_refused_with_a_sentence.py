from collections.abc import Callable
from pathlib import Path

import pytest
import xlwt

from publiccredit.intake.reading import Limits, open_file
from publiccredit.intake.types import UnableToRead
from tests import hostile
from tests.files import HEADERS, ROW_1, ROW_2, csv_text, own_form, write_csv, write_xlsx

Factory = Callable[[Path], Path]


def refused(path: Path, *, limits: Limits | None = None) -> tuple[str, str]:
    with pytest.raises(UnableToRead) as caught:
        opened = open_file(path=path, candidates=own_form(), limits=limits or Limits())
        list(opened.chunks())
    return caught.value.code, caught.value.message


def hide_row(sheet: object) -> None:
    sheet.row_dimensions[3].hidden = True  # type: ignore[attr-defined]


def hide_column(sheet: object) -> None:
    sheet.column_dimensions["B"].hidden = True  # type: ignore[attr-defined]


def hide_old_row(sheet: xlwt.Worksheet) -> None:
    sheet.row(2).hidden = True


def hide_old_column(sheet: xlwt.Worksheet) -> None:
    sheet.col(1).hidden = True


CASES: dict[str, tuple[Factory, str, str]] = {
    "empty": (lambda f: hostile.text(f, b""), "F-101", "文件中没有任何内容。"),
    "blank": (lambda f: hostile.text(f, b"\xef\xbb\xbf \r\n\r\n"), "F-101", "文件中没有任何内容。"),
    "empty workbook": (lambda f: write_xlsx(f, {"数据": []}), "F-101", "文件中没有任何内容。"),
    "header only": (lambda f: write_xlsx(f, {"数据": [["标题"], HEADERS]}), "F-102", "文件只有表头（第 2 行），没有数据行。"),
    "header only, text": (lambda f: write_csv(f, [HEADERS, ["", ""]]), "F-102", "文件只有表头（第 1 行），没有数据行。"),
    "no header": (lambda f: write_csv(f, [ROW_1, ROW_2]), "F-103", "在每张工作表的前 30 行中都没有找到已知模板的表头。"),
    "pdf": (lambda f: hostile.named(f, "报送.xlsx", b"%PDF-1.7"), "F-110", "文件内容是PDF 文档，不是表格。"),
    "html": (lambda f: hostile.named(f, "报送.xls", b"<html><table>"), "F-138", "文件内容是网页或 XML，不是真正的工作簿（不少系统导出的“xls”其实是网页）。"),
    "zip": (hostile.zip_of_papers, "F-110", "文件内容是zip 压缩包，不是表格。"),
    "word": (hostile.word, "F-110", "文件内容是Word 文档，不是表格。"),
    "wrong extension": (
        lambda f: hostile.honest(f).rename(f / "报送.csv"), "F-111", "文件扩展名为“.csv”，内容却是xlsx 工作簿。",
    ),
    "text as workbook": (
        lambda f: hostile.named(f, "报送.xlsx", hostile.GOOD_CSV), "F-111", "文件扩展名为“.xlsx”，内容却是文本。",
    ),
    "truncated": (hostile.truncated, "F-113", "文件不完整或已损坏（压缩结构不完整）。"),
    "truncated sheet": (hostile.truncated_sheet, "F-113", "文件不完整或已损坏（XML 不完整）。"),
    "not a workbook": (lambda f: hostile.named(f, "报送.xlsx", b"PK\x03\x04" + b"x" * 100), "F-113", "文件不完整或已损坏（压缩结构不完整）。"),
    "truncated xls": (
        lambda f: hostile.named(f, "报送.xls", hostile.old_workbook(f).read_bytes()[:1000]), "F-113", "文件不完整或已损坏（记录超出文件）。",
    ),
    "encrypted": (hostile.encrypted_xlsx, "F-114", "文件设有打开密码。"),
    "macro": (lambda f: hostile.with_part(f, "xl/vbaProject.bin"), "F-115", "文件中含有宏或控件（xl/vbaProject.bin）。"),
    "macro extension": (lambda f: hostile.honest(f).rename(f / "报送.xlsm"), "F-115", "文件中含有宏或控件（扩展名 .xlsm）。"),
    "old macro": (
        lambda f: hostile.named(f, "报送.xls", hostile.compound({"Workbook": b"x" * 5000, "_VBA_PROJECT_CUR": b"y" * 5000})),
        "F-115", "文件中含有宏或控件（_VBA_PROJECT_CUR）。",
    ),
    "bomb": (hostile.bomb, "F-116", "压缩文件中的“xl/media/zeros.xml”解压后为 64 MB（压缩比 10"),
    "entities": (hostile.entities, "F-117", "文件的“xl/worksheets/sheet1.xml”中含有 DTD 或实体定义。"),
    "late entities": (hostile.external_entity_late, "F-117", "文件的“xl/worksheets/sheet1.xml”中含有 DTD 或实体定义。"),
    "external link": (
        lambda f: hostile.with_part(f, "xl/externalLinks/externalLink1.xml"), "F-118", "工作簿引用了外部文件（xl/externalLinks/externalLink1.xml）。",
    ),
    "far cell": (hostile.far_cell, "F-119", "工作表“数据”的 XFD5 单元格有内容，超出上限（第 1100000 行、第 500 列）。"),
    "far row": (hostile.far_row, "F-119", "工作表“数据”的 A9000000 单元格有内容，超出上限（第 1100000 行、第 500 列）。"),
    "distant cells": (hostile.distant_cells, "F-122", "工作表“数据”的数据区有 400000000 个单元格，超过上限 20000000 个。"),
    "million columns": (hostile.million_columns, "F-120", "表头超过 500 列。"),
    "merged": (
        lambda f: hostile.edited(f, lambda s: s.merge_cells("A2:A3")), "F-124", "工作表“数据”的数据区有合并单元格：A2:A3。",
    ),
    "hidden row": (lambda f: hostile.edited(f, hide_row), "F-125", "工作表“数据”的数据区有隐藏的行：第 3 行（可能由筛选造成）。"),
    "hidden column": (lambda f: hostile.edited(f, hide_column), "F-126", "工作表“数据”的数据区有隐藏的列：B 列。"),
    "formulas": (
        lambda f: hostile.edited(f, lambda s: (s.cell(2, 5, "=1+1"), s.cell(3, 1, "=A2"))), "F-127", "工作表“数据”的数据区有公式：E2、A3。",
    ),
    "old merged": (
        lambda f: hostile.old_workbook(f, lambda s: s.merge(1, 2, 7, 7)), "F-124", "工作表“数据”的数据区有合并单元格：H2:H3。",
    ),
    "old hidden row": (lambda f: hostile.old_workbook(f, hide_old_row), "F-125", "工作表“数据”的数据区有隐藏的行：第 3 行（可能由筛选造成）。"),
    "old hidden column": (lambda f: hostile.old_workbook(f, hide_old_column), "F-126", "工作表“数据”的数据区有隐藏的列：B 列。"),
    "old formula": (
        lambda f: hostile.old_workbook(f, lambda s: s.write(2, 4, xlwt.Formula("1+1"))), "F-127", "工作表“数据”的数据区有公式：E3。",
    ),
    "nul": (lambda f: hostile.text(f, hostile.GOOD_CSV + b"a\0b\n"), "F-130", "文件第 4 行含有 NUL 字节，不是正常的文本。"),
    "undecodable": (
        lambda f: hostile.text(f, b"a,b\n" + b"c,\xff\xff\n"), "F-131", "文件第 2 行（第 7 字节起，0xff）既不是 UTF-8 也不是 GB18030 编码。",
    ),
    "utf-16": (lambda f: write_csv(f, [HEADERS, ROW_1], encoding="utf-16"), "F-132", "文件是 UTF-16 编码（“Unicode 文本”）。"),
    "long line": (hostile.long_line, "F-133", "文件第 4 行超过 4 MB。"),
    "open quotation mark": (
        lambda f: hostile.text(f, hostile.GOOD_CSV + b'"open,b\nc,d\n'), "F-134", "文件第 4 行起有双引号不成对，其后的行无法分开。",
    ),
    "row too long": (
        lambda f: hostile.text(f, hostile.GOOD_CSV + b"1,2,3,4,5,6,,8\n"), "F-135", "文件第 4 行有 8 个单元格，表头只有 6 列。",
    ),
    "number of a person in a header": (
        lambda f: write_csv(f, [[*HEADERS, "经办 000000198706057012"], [*ROW_1, ""]]), "F-164",
        "工作表名称或表头中有居民身份证号码。",
    ),
    "number of a person in the name of a sheet": (
        lambda f: write_xlsx(f, {"数据": [HEADERS, ROW_1], "000000198706057012": [["说明"]]}), "F-164",
        "工作表名称或表头中有居民身份证号码。",
    ),
    "columns parted by wide commas": (
        lambda f: write_csv(f, [HEADERS, ROW_1], delimiter="，"), "F-165", "文件的各列以全角逗号“，”分隔。",
    ),
    "columns parted by carets, below a title": (
        lambda f: write_csv(f, [["样例决定，十一月"], HEADERS, ROW_1], delimiter="^"), "F-165", "文件的各列以“^”分隔。",
    ),
    "damaged utf-8": (
        lambda f: hostile.text(f, "行政相对人名称,行政处罚决定书文号\n甲,乙\n".encode() + b"\xe5\xff,d\n"),
        "F-139", "文件是 UTF-8 编码，但第 3 行（第 59 字节起，0xe5）的内容已损坏，不是文字。",
    ),
    "json array": (lambda f: hostile.named(f, "a.json", b"[{}]"), "F-137", "文件是一个 JSON 数组，或者一个对象写成了多行（第 1 行）。"),
    "json text": (lambda f: hostile.named(f, "a.json", b'{"a": 1}\n"b"'), "F-136", "文件第 2 行不是一个完整的 JSON 对象（不是对象）。"),
    "json broken": (lambda f: hostile.named(f, "a.jsonl", b'{"a": 1}\n{"a"'), "F-136", "文件第 2 行不是一个完整的 JSON 对象（语法有误）。"),
    "json half a character": (
        lambda f: hostile.named(f, "a.jsonl", b'{"a": "\\ud83d\\ude00"}\n{"a": "\\ud800"}\n'), "F-136",
        "文件第 2 行不是一个完整的 JSON 对象（有不是文字的字符：\\u0000，或不成对的 \\ud800 至 \\udfff）。",
    ),
    "json NUL": (
        lambda f: hostile.named(f, "a.jsonl", b'{"a": "1\\u0000"}\n'), "F-136",
        "文件第 1 行不是一个完整的 JSON 对象（有不是文字的字符：\\u0000，或不成对的 \\ud800 至 \\udfff）。",
    ),
    "json deep": (lambda f: hostile.named(f, "a.jsonl", b"[" * 200_000), "F-136", "文件第 1 行不是一个完整的 JSON 对象（语法有误）。"),
    "json nested": (
        lambda f: hostile.named(f, "a.jsonl", b'{"a": [1]}\n'), "F-136", "文件第 1 行不是一个完整的 JSON 对象（“a”的值不是单个值）。",
    ),
    "json key twice": (
        lambda f: hostile.named(f, "a.jsonl", b'{"a": 1, "a": 2}\n'), "F-136", "文件第 1 行不是一个完整的 JSON 对象（同一个键出现两次）。",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_it_is_refused_and_the_sentence_says_what_was_found(tmp_path: Path, case: str) -> None:
    factory, code, found = CASES[case]
    said, message = refused(factory(tmp_path))
    assert (said, message[: len(found)]) == (code, found)
    assert message.rstrip("）").split("（")[-1].startswith(f"{code}，")


def test_a_hidden_data_sheet_is_refused(tmp_path: Path) -> None:
    import openpyxl

    path = write_xlsx(tmp_path, {"数据": [HEADERS, ROW_1], "备份": [HEADERS, ROW_2]})
    book = openpyxl.load_workbook(path)
    book["备份"].sheet_state = "veryHidden"
    book.save(path)
    assert refused(path) == (
        "F-108",
        "隐藏的工作表“备份”中有数据。报送的数据应当全部可见：请取消隐藏，核对后重新报送，或删除该工作表。（F-108，平台报送规则）",
    )


def test_missing_headers_are_named_with_the_one_that_may_be_meant(tmp_path: Path) -> None:
    path = write_csv(tmp_path, [["名称", "社会信用代码", "决定文书号", "案号"], ["甲", "1", "2", "3"]])
    assert refused(path) == (
        "F-104",
        "文件第 1 行最接近模板“none”，但缺少必需的列：“统一社会信用代码”（“社会信用代码”是否即为此列？）、“决定日期”。"
        "不认识的表头：“社会信用代码”、“案号”。请按模板补齐或改正这些表头（列的先后不限）后重新报送；表头只读一行，分上下两行写的，请取消合并，把每一列的名称写在同一行。（F-104，平台报送规则）",
    )


def test_a_field_may_not_come_twice(tmp_path: Path) -> None:
    path = write_csv(tmp_path, [[*HEADERS, "备注(选填)"], [*ROW_1, ""]])
    assert refused(path)[0] == "F-107"


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(text_bytes=10), "F-112"),
        (Limits(rows=1), "F-121"),
        (Limits(columns=3), "F-120"),
    ],
)
def test_text_beyond_a_limit_is_refused(tmp_path: Path, limits: Limits, code: str) -> None:
    assert refused(write_csv(tmp_path, [HEADERS, ROW_1, ROW_2]), limits=limits)[0] == code


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(workbook_bytes=10), "F-112"),
        (Limits(unzipped_bytes=100), "F-116"),
        (Limits(parts=3), "F-123"),
        (Limits(sheets=1), "F-123"),
        (Limits(cells=10), "F-122"),
    ],
)
def test_a_workbook_beyond_a_limit_is_refused(tmp_path: Path, limits: Limits, code: str) -> None:
    path = write_xlsx(tmp_path, {"数据": [HEADERS, ROW_1, ROW_2], "说明": [["x"]]})
    assert refused(path, limits=limits)[0] == code


def test_what_was_written_by_hand_still_opens(tmp_path: Path) -> None:
    content = csv_text([HEADERS, ROW_1]) + '濉溪24"显示器厂,X,3号,2026-01-01,,\r\n'
    opened = open_file(path=hostile.text(tmp_path, content.encode()), candidates=own_form())
    rows = [row for chunk in opened.chunks() for row in chunk.rows.select("_row", "name").rows()]
    assert rows == [(2, ROW_1[0]), (3, '濉溪24"显示器厂')]
    assert opened.counted() == 2
