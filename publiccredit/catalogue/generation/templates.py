"""
The workbook a liaison fills in, made from the same declaration that checks it.

One row of title, one header row with the national titles and the extra columns, drop-downs from the code tables, a
note on every header saying how to fill it, text format on identifiers so that no digit is lost.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from publiccredit.catalogue.types import CodeTable, FieldType, Packs, RecordField, RecordType, Source

HEADER_ROW = 1  # from 0: the title stands above it
ROWS = 5000
LISTS_SHEET = "_lists"  # inline lists are limited to 255 characters, so drop-downs point to a hidden sheet
INSTRUCTIONS_SHEET = "填写说明"
CREATED = datetime(2026, 1, 1, tzinfo=UTC)  # fixed, so that the same packs give the same bytes

WIDTHS = {FieldType.DATE: 14, FieldType.AMOUNT: 16, FieldType.USCC: 24, FieldType.CODE: 20}
TYPE_WORDS = {
    FieldType.TEXT: "文字",
    FieldType.DATE: "日期",
    FieldType.AMOUNT: "金额（万元）",
    FieldType.CODE: "从列表选择",
    FieldType.USCC: "统一社会信用代码（文本）",
    FieldType.ORGANISATION_CODE: "组织机构代码（文本）",
    FieldType.REGISTRATION_NUMBER: "号码（文本）",
    FieldType.TAX_NUMBER: "号码（文本）",
    FieldType.IDENTIFIER: "号码（文本）",
    FieldType.PERSON_DOCUMENT_NUMBER: "证件号码（文本）",
}


@dataclass(frozen=True)
class _Styles:
    title: Format
    required: Format
    conditional: Format
    optional: Format
    text: Format
    date: Format
    amount: Format
    wrapped: Format
    bold: Format

    def header(self, field: RecordField) -> Format:
        if field.required:
            return self.required
        return self.conditional if field.required_when else self.optional

    def cell(self, field: RecordField) -> Format:
        return {FieldType.DATE: self.date, FieldType.AMOUNT: self.amount}.get(field.type, self.text)


def template(*, source: Source, record_type: RecordType, on: date, within: Packs) -> bytes:
    """This will give the workbook to fill in for a source; the same packs and day give the same bytes."""
    fields = [f for f in record_type.fields if not f.legacy]
    tables = {t.name: t for t in within.code_tables if t.in_force_on(on)}
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"title": source.title, "subject": source.name, "created": CREATED})
        styles = _styles(book)
        sheet = book.add_worksheet(record_type.title)
        instructions = book.add_worksheet(INSTRUCTIONS_SHEET)
        lists = book.add_worksheet(LISTS_SHEET)
        ranges = _write_lists(lists, [tables[f.codes] for f in fields if f.codes])
        _write_form(sheet, source, fields, styles, ranges, tables)
        _write_instructions(instructions, source, record_type, fields, styles)
        lists.hide()
        sheet.activate()
    return buffer.getvalue()


def _styles(book: xlsxwriter.Workbook) -> _Styles:
    header = {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1, "locked": True}
    return _Styles(
        title=book.add_format({"bold": True, "font_size": 14, "locked": True}),
        required=book.add_format({**header, "bg_color": "#1F4E79", "font_color": "#FFFFFF"}),
        conditional=book.add_format({**header, "bg_color": "#BDD7EE"}),
        optional=book.add_format({**header, "bg_color": "#EDEDED"}),
        text=book.add_format({"num_format": "@", "locked": False}),
        date=book.add_format({"num_format": "yyyy-mm-dd", "locked": False}),
        amount=book.add_format({"num_format": "0.######", "locked": False}),
        wrapped=book.add_format({"text_wrap": True, "valign": "top"}),
        bold=book.add_format({"bold": True, "valign": "top"}),
    )


def _write_lists(lists: Worksheet, tables: list[CodeTable]) -> dict[str, str]:
    ranges: dict[str, str] = {}
    for column, table in enumerate({t.name: t for t in tables}.values()):
        # The code name, not the title: a row of titles would look like a header row to fill in.
        lists.write_string(0, column, table.name)
        for row, word in enumerate(table.words, start=1):
            lists.write_string(row, column, word)
        letter = xl_col_to_name(column)
        ranges[table.name] = f"={LISTS_SHEET}!${letter}$2:${letter}${len(table.words) + 1}"
    return ranges


def _write_form(
    sheet: Worksheet,
    source: Source,
    fields: list[RecordField],
    styles: _Styles,
    ranges: dict[str, str],
    tables: dict[str, CodeTable],
) -> None:
    sheet.write_string(
        0,
        0,
        f"{source.title}报送表（深色表头必填，浅蓝按条件必填，灰色选填；说明见“{INSTRUCTIONS_SHEET}”）",
        styles.title,
    )
    sheet.set_row(HEADER_ROW, 48)
    for column, field in enumerate(fields):
        sheet.set_column(column, column, WIDTHS.get(field.type, 22), styles.cell(field))
        sheet.write_string(HEADER_ROW, column, field.title, styles.header(field))
        note = _note(field)
        sheet.write_comment(HEADER_ROW, column, note, {"author": "公共信用信息平台", "x_scale": 2, "y_scale": 1.5})
        if field.codes:
            sheet.data_validation(
                HEADER_ROW + 1, column, HEADER_ROW + ROWS, column, _drop_down(field, ranges, tables[field.codes])
            )
    sheet.freeze_panes(HEADER_ROW + 1, 1)
    sheet.protect(
        "",
        {
            "insert_rows": True,
            "delete_rows": True,
            "format_cells": True,
            "format_columns": True,
            "format_rows": True,
            "sort": True,
            "autofilter": True,
        },
    )


def _drop_down(field: RecordField, ranges: dict[str, str], table: CodeTable) -> dict[str, object]:
    # A cell that may hold several words, or a word with its concrete kind, cannot be held to the list.
    open_ended = field.several is not None or table.detail_prefix is not None
    return {
        "validate": "list",
        "source": ranges[table.name],
        "error_type": "information" if open_ended else "stop",
        "error_title": field.title[:32],
        "error_message": "请从下拉列表中选择。" if not open_ended else "不在列表中的内容请确认写法符合表头说明。",
    }


def _note(field: RecordField) -> str:
    example = f"\n示例：{field.example}" if field.example else ""
    return f"{requirement(field)}。{field.note}{example}"


def requirement(field: RecordField) -> str:
    """This will say in words whether a field must be filled."""
    if field.required:
        return "必填"
    return "按条件必填" if field.required_when else "选填"


def _write_instructions(
    sheet: Worksheet, source: Source, record_type: RecordType, fields: list[RecordField], styles: _Styles
) -> None:
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, 2, 16)
    sheet.set_column(3, 4, 60)
    lines = [
        f"{source.title}:{record_type.standard}",
        "一、一行填一条记录，从表头下一行开始，不要改动表头；列的先后可以调整。",
        "二、代码和号码一律按文本填写，不要让表格软件改成数字。",
        "三、日期写成 2026-11-03；长期有效写 2099-12-31。",
        "四、金额单位是万元，最多 6 位小数。",
        "五、不要填写自然人的记录；身份证号码不公示、不外传。",
    ]
    if record_type.due_working_days is not None:
        lines.append(
            f"六、自作出决定之日起 {record_type.due_working_days} 个工作日内报送。依据：{record_type.due_basis}。"
        )
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line, styles.bold if row == 0 else None)
    top = len(lines) + 1
    for column, word in enumerate(("内容", "要求", "填法", "说明", "示例")):
        sheet.write_string(top, column, word, styles.bold)
    for row, field in enumerate(fields, start=top + 1):
        cells = (field.title, requirement(field), TYPE_WORDS[field.type], field.note, field.example)
        for column, cell in enumerate(cells):
            sheet.write_string(row, column, cell, styles.wrapped)
