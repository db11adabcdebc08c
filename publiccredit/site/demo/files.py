"""Rows become the files departments send: workbooks and separated text, under the headers of their form."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from publiccredit.catalogue import queries as catalogue
from publiccredit.site.demo.decisions import Row


def write(*, rows: Sequence[Row], form: str, path: Path, encoding: str, created: datetime) -> None:
    """Write rows under the headers of a form; without a form, under their own keys. The same rows, the same bytes."""
    headers = _headers(rows, form)
    lines = [list(headers.values()), *([row.get(name, "") for name in headers] for row in rows)]
    if path.suffix == ".xlsx":
        _write_workbook(lines, path, created)
    else:
        buffer = io.StringIO()
        csv.writer(buffer).writerows(lines)
        path.write_bytes(buffer.getvalue().encode(encoding))


def _headers(rows: Sequence[Row], form: str) -> dict[str, str]:
    """Field → header, of the form's columns; extra columns of the platform are sent where anything stands in them."""
    if not form:
        return {key: key for key in rows[0]}
    columns = {c.field: c.header for c in catalogue.form(name=form).columns if c.field}
    used = {name for row in rows for name, value in row.items() if value}
    return {name: header for name, header in columns.items() if name not in _EXTRA or name in used}


_EXTRA = frozenset({"served_on", "severity"})


def _write_workbook(lines: Sequence[Sequence[str]], path: Path, created: datetime) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_numbers": False}) as workbook:
        workbook.set_properties({"created": created.replace(tzinfo=None)})
        sheet = workbook.add_worksheet("数据")
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line)
