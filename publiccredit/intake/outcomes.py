"""What becomes of the rows that are not filed: issues, duplicates, and the refusals only the store can give."""

from collections.abc import Iterator
from typing import Any

import polars as pl
from django.db import connection

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import FieldRole, RecordType
from publiccredit.intake.checks.findings import shown_text
from publiccredit.intake.types import REPEATS_ROW, REPEATS_SHEET, ROW, SHEET, Recognition
from publiccredit.matching import queries as matching
from publiccredit.subjects.operations import copy_in
from publiccredit.subjects.types import Fate

ISSUE_TABLE = "staged_issue"
DUPLICATE_TABLE = "staged_duplicate"

# The check in packs/issues.yml that speaks for each row the store sends back.
CHECK_OF_FATE = {
    Fate.CLASHES: "conflicting_duplicate",
    Fate.HELD_ELSEWHERE: "held_elsewhere",
    Fate.WITHDRAWN: "withdrawn_before",
    Fate.REPAIRED: "repaired_before",
    Fate.DECIDED_OTHERWISE: "decided_otherwise",
}

_FILE_ISSUES = f"""
INSERT INTO intake_rowissue (submission_id, sheet, row_number, "column", column_letter, code, severity, found, expected)
SELECT %(submission_id)s, sheet, row_number, "column", column_letter, code, severity, found, expected
FROM {ISSUE_TABLE} ORDER BY number
"""

_FILE_DUPLICATES = f"""
INSERT INTO intake_duplicaterow (submission_id, sheet, row_number, repeats_sheet, repeats_row, record_id)
SELECT %(submission_id)s, sheet, row_number, repeats_sheet, repeats_row, NULL::bigint FROM {DUPLICATE_TABLE}
UNION ALL
SELECT %(submission_id)s, s.sheet, s.row_number, coalesce(e.other_sheet, ''), e.other_row, e.record_id
FROM staged_exception e JOIN staged_row s USING (line)
WHERE e.fate IN ('{Fate.REPEATS}', '{Fate.ON_FILE}')
ORDER BY 3
"""

_SENT_BACK = f"""
SELECT e.fate, s.sheet, s.row_number, s.document_number, e.other_sheet, e.other_row, e.department_code,
    e.decided::json
FROM staged_exception e JOIN staged_row s USING (line)
WHERE e.fate IN ({", ".join(f"'{fate}'" for fate in CHECK_OF_FATE)})
ORDER BY s.line
"""


def open_outcomes() -> None:
    """Make the temporary tables of issues and duplicates empty and new."""
    close_outcomes()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            CREATE TEMPORARY TABLE {ISSUE_TABLE} (number serial, sheet text, row_number integer, "column" text,
                column_letter text, code text, severity text, found text, expected text);
            CREATE TEMPORARY TABLE {DUPLICATE_TABLE} (
                sheet text, row_number integer, repeats_sheet text, repeats_row integer
            );
            """
        )


def close_outcomes() -> None:
    """Drop the temporary tables."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {ISSUE_TABLE}, {DUPLICATE_TABLE}")


def stage_issues(*, issues: pl.DataFrame) -> None:
    """Stage the issues of a chunk."""
    columns = ("sheet", "column", "column_letter", "code", "severity", "found", "expected")
    staged = issues.select(pl.col("row").alias("row_number"), *(pl.col(c).fill_null("") for c in columns))
    copy_in(table=ISSUE_TABLE, frame=staged)


def stage_duplicates(*, rows: pl.DataFrame) -> None:
    """Stage the rows that repeat another row of their own file."""
    staged = rows.select(
        pl.col(SHEET).alias("sheet"),
        pl.col(ROW).alias("row_number"),
        pl.col(REPEATS_SHEET).fill_null("").alias("repeats_sheet"),
        pl.col(REPEATS_ROW).alias("repeats_row"),
    )
    copy_in(table=DUPLICATE_TABLE, frame=staged)


def send_back_by_store(*, record_type: RecordType, recognition: Recognition) -> int:
    """Stage an issue for each row that the store cannot take, and give the number of rows."""
    with connection.cursor() as cursor:
        cursor.execute(_SENT_BACK)
        rows = cursor.fetchall()
    if not rows:
        return 0
    kinds = {kind.check: kind for kind in catalogue.packs().issues}
    issues = [issue for row in rows for issue in _issues(row, kinds, record_type, recognition)]
    stage_issues(issues=pl.DataFrame(issues, infer_schema_length=None))
    return len(rows)


def say_whose_is_in_doubt(*, record_type: RecordType, recognition: Recognition) -> int:
    """
    Stage a warning for each row that is filed, but under a name that is not the known one, or waits for a judgement.

    Only the store knows the registered name of an identifier: a liaison who typed another enterprise's must hear it.
    """
    heard = matching.heard_doubts()
    if not heard:
        return 0
    kinds = {kind.check: kind for kind in catalogue.packs().issues}
    name = record_type.field_in_role(FieldRole.SUBJECT_NAME) or record_type.field(record_type.natural_key[0])
    columns = {sheet.sheet: recognition.column(sheet=sheet.sheet, field_name=name.name) for sheet in recognition.sheets}
    issues = [
        {
            "sheet": doubt.sheet, "row": doubt.row_number, "column": column.header if column else name.title,
            "column_letter": column.letter if column else "", "code": kinds[doubt.hearing].code,
            "severity": kinds[doubt.hearing].severity.value, "found": doubt.written_name, "expected": doubt.known,
        }
        for doubt in heard
        for column in (columns.get(doubt.sheet),)
    ]  # fmt: skip
    stage_issues(issues=pl.DataFrame(issues, infer_schema_length=None))
    return len(heard)


def file_outcomes(*, submission_id: int) -> int:
    """Write the staged issues and duplicates, and give the number of duplicates."""
    with connection.cursor() as cursor:
        cursor.execute(_FILE_ISSUES, {"submission_id": submission_id})
        cursor.execute(_FILE_DUPLICATES, {"submission_id": submission_id})
        return int(cursor.rowcount)


def _issues(row: Any, kinds: Any, record_type: RecordType, recognition: Recognition) -> Iterator[dict[str, object]]:
    """Give what a row is told: one issue about its document, or one for each field a case has decided."""
    fate, sheet, row_number, document_number, other_sheet, other_row, holder, decided = row
    document = record_type.field_in_role(FieldRole.DOCUMENT_NUMBER) or record_type.field(record_type.natural_key[0])
    expected = ""
    if fate == Fate.CLASHES:
        among_several = len(recognition.sheets) > 1
        expected = f"工作表“{other_sheet}”第 {other_row} 行" if among_several else f"第 {other_row} 行"
    elif fate == Fate.HELD_ELSEWHERE:
        expected = catalogue.department(code=holder).name
    kind = kinds[CHECK_OF_FATE[Fate(fate)]]
    for told in decided or [{"field": document.name, "found": document_number, "expected": expected}]:
        field = record_type.field(told["field"])
        column = recognition.column(sheet=sheet, field_name=field.name)
        expected = told["expected"].replace("{right}", shown_text(field, told.get("right", "")))
        yield {
            "sheet": sheet, "row": row_number, "column": column.header if column else field.title,
            "column_letter": column.letter if column else "", "code": kind.code, "severity": kind.severity.value,
            "found": shown_text(field, told["found"]), "expected": expected,
        }  # fmt: skip
