"""
The workbooks made from the packs, against what they were last agreed to be.

To accept a change, run with ``UPDATE_GOLDEN=1`` and read the difference.
"""

import os
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from publiccredit.catalogue import queries

GOLDEN = Path(__file__).parent / "golden" / "templates"
ON = date(2026, 11, 23)
SOURCES = queries.packs().sources


def described(content: bytes) -> str:
    """Everything in a workbook a liaison can see or feel, as lines."""
    book = openpyxl.load_workbook(BytesIO(content))
    lines = []
    for sheet in book.worksheets:
        lines.append(
            f"== {sheet.title} {sheet.sheet_state} frozen {sheet.freeze_panes} locked {sheet.protection.sheet}"
        )
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is None:
                    continue
                note = f" // {cell.comment.text}" if cell.comment else ""
                lines.append(f"{cell.coordinate} {cell.value}{note}".replace("\n", " / "))
        for column in sheet.column_dimensions.values():
            lines.append(f"columns {column.min}-{column.max} {column.width:g} {column.number_format}")
        for rule in sheet.data_validations.dataValidation:
            lines.append(f"list {rule.sqref} {rule.formula1} {rule.errorStyle}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.name)
def test_a_template_is_what_was_agreed(source):
    content = queries.template(source=source, on=ON)
    path = GOLDEN / f"{source.name.replace('/', '-')}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(described(content), "utf-8")
    assert described(content) == path.read_text("utf-8")


def test_the_same_packs_give_the_same_bytes():
    source = SOURCES[0]
    assert queries.template(source=source, on=ON) == queries.template(source=source, on=ON)


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.name)
def test_headers_are_the_national_titles_in_order_and_locked(source):
    sheet = openpyxl.load_workbook(BytesIO(queries.template(source=source, on=ON))).worksheets[0]
    form = queries.form(name=source.record_type)
    header = sheet[2]
    assert [c.value for c in header] == [c.header for c in form.columns]
    assert all(c.protection.locked for c in header)
    assert all(c.comment for c in header)
    assert not sheet.merged_cells.ranges


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.name)
def test_identifier_columns_are_text_and_open_to_writing(source):
    book = openpyxl.load_workbook(BytesIO(queries.template(source=source, on=ON)))
    record_type = queries.record_type(name=source.record_type, on=ON)
    fields = [f for f in record_type.fields if not f.legacy]
    for number, field in enumerate(fields, start=1):
        columns = book.worksheets[0].column_dimensions.values()
        style = next(c for c in columns if c.min <= number <= c.max)
        expected = {"date": "yyyy-mm-dd", "amount": "0.######"}.get(field.type.value, "@")
        assert (style.number_format, style.protection.locked) == (expected, False)


def test_only_the_first_sheet_can_be_recognised_as_a_form():
    for source in SOURCES:
        book = openpyxl.load_workbook(BytesIO(queries.template(source=source, on=ON)))
        prints = [f.fingerprint_keys for f in queries.forms_of(source=source, on=ON)]
        for sheet in book.worksheets[1:]:
            for row in sheet.iter_rows(values_only=True):
                from publiccredit.catalogue.types import header_key

                keys = {header_key(str(v)) for v in row if v is not None}
                assert not any(p <= keys for p in prints)


def test_drop_downs_stand_on_the_hidden_sheet():
    book = openpyxl.load_workbook(BytesIO(queries.template(source=queries.source(name="taxation/penalty"), on=ON)))
    assert book["_lists"].sheet_state == "hidden"
    kinds = queries.code_table(name="penalty_kind", on=ON)
    rules = {str(r.sqref): r for r in book.worksheets[0].data_validations.dataValidation}
    rule = rules["R3:R5002"]
    assert rule.formula1 == f"_lists!$C$2:$C${len(kinds.words) + 1}"
    assert rule.errorStyle == "information"  # several kinds may stand in one cell
