"""Files as departments send them, and as nobody should: each function writes one kind into a folder."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import xlsxwriter

from publiccredit.catalogue.types import RecordType
from publiccredit.intake.reading import Candidate, candidates

HEADERS = ("名称", "统一社会信用代码", "决定文书号", "决定日期", "金额(万元)", "备注")
ROW_1 = ("濉溪县甲公司", "91000000000000001X", "濉罚〔2026〕1号", "2026-11-03", "1.5", "")
ROW_2 = ("濉溪县乙公司", "91000000000000002X", "濉罚〔2026〕2号", "2026/11/4", "", "说明")

Rows = Sequence[Sequence[object]]


def record_type() -> RecordType:
    """Give a small record type of six fields, four of them required."""
    kinds = ("text", "uscc", "text", "date", "amount", "text")
    names = ("name", "uscc", "document_number", "decided_on", "amount", "remark")
    return RecordType.model_validate(
        {
            "name": "sample_decision",
            "title": "样例决定",
            "title_en": "sample decision",
            "nature": "neutral",
            "standard": "none",
            "source": "tests",
            "confidence": "K",
            "natural_key": ("document_number",),
            "fingerprint": ("name", "document_number"),
            "fields": [
                {
                    "name": name,
                    "title": title,
                    "type": kind,
                    "required": index < 4,
                    "standard": f"YL_{index}",
                    "confidence": "K",
                }
                for index, (name, title, kind) in enumerate(zip(names, HEADERS, kinds, strict=True))
            ],
            "from": date(2020, 1, 1),
        }
    )


def own_form() -> tuple[Candidate, ...]:
    """Give the record type's own form as the only candidate."""
    return candidates(record_types=[record_type()], forms=[])


def csv_text(rows: Rows, *, delimiter: str = ",") -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    return stream.getvalue()


def write_csv(
    folder: Path, rows: Rows, *, encoding: str = "utf-8", delimiter: str = ",", name: str = "报送.csv"
) -> Path:
    path = folder / name
    path.write_bytes(csv_text(rows, delimiter=delimiter).encode(encoding))
    return path


def write_xlsx(folder: Path, sheets: dict[str, Rows], *, name: str = "报送.xlsx") -> Path:
    path = folder / name
    with xlsxwriter.Workbook(path) as book:
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path
