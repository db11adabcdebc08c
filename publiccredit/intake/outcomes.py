"""What becomes of the rows that are not filed: issues, duplicates, and the refusals only the store can give."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db import connection

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import FieldRole, RecordField, RecordType
from publiccredit.intake.checks.findings import shown_text
from publiccredit.intake.types import REPEATS_ROW, REPEATS_SHEET, ROW, SHEET, Recognition
from publiccredit.matching import queries as matching
from publiccredit.subjects.operations import copy_in, shared_numbers
from publiccredit.subjects.types import Fate, Filing, NumberBearer, SharedNumber

ISSUE_TABLE = "staged_issue"
DUPLICATE_TABLE = "staged_duplicate"

# The check in packs/issues.yml that speaks for each row the store sends back.
CHECK_OF_FATE = {
    Fate.CLASHES: "conflicting_duplicate",
    Fate.HELD_ELSEWHERE: "held_elsewhere",
    Fate.WITHDRAWN: "withdrawn_before",
    Fate.REPAIRED: "repaired_before",
    Fate.DECIDED_OTHERWISE: "decided_otherwise",
    Fate.SEVERITY_ON_FILE: "severity_on_file",
}
# The check that speaks for each row the store takes though it still says what a case has corrected.
CHECK_OF_CORRECTED = {Fate.CHANGES: "corrected_since", Fate.ON_FILE: "corrected_since"}

SHARED_NUMBER = "shared_number"
MOST_NAMED = 3  # others a row is told of by name; a list of a hundred would be read by nobody

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

_TOLD = """
SELECT e.fate, s.sheet, s.row_number, s.document_number, e.other_sheet, e.other_row, e.department_code,
    e.decided::json
FROM staged_exception e JOIN staged_row s USING (line)
WHERE e.fate = ANY(%(fates)s) AND (e.decided IS NOT NULL OR NOT %(only_decided)s)
ORDER BY s.line
"""


@dataclass(frozen=True)
class _Told:
    """What a filed row is told at one of its cells, by the check that speaks."""

    check: str
    sheet: str
    row_number: int
    found: str
    expected: str


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
    return _tell_by_fate(CHECK_OF_FATE, record_type, recognition)


def say_what_was_corrected(*, record_type: RecordType, recognition: Recognition) -> int:
    """Stage a warning for each field of a row that still says what a case has corrected; it charges nobody."""
    return _tell_by_fate(CHECK_OF_CORRECTED, record_type, recognition, only_decided=True)


def _tell_by_fate(
    checks: Mapping[Fate, str], record_type: RecordType, recognition: Recognition, *, only_decided: bool = False
) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, {"fates": [fate.value for fate in checks], "only_decided": only_decided})
        rows = cursor.fetchall()
    if not rows:
        return 0
    by_check = {kind.check: kind for kind in catalogue.packs().issues}
    kinds = {fate: by_check[check] for fate, check in checks.items()}
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
    name = record_type.field_in_role(FieldRole.SUBJECT_NAME) or record_type.field(record_type.natural_key[0])
    told = [_Told(d.hearing, d.sheet, d.row_number, d.written_name, d.known) for d in heard]
    _stage_told(told, field=name, recognition=recognition)
    return len(heard)


def say_whose_number_it_is_too(
    *, filing: Filing, numbers: Collection[str], record_type: RecordType, recognition: Recognition
) -> int:
    """Stage a warning for each filed row whose document number stands on records of other subjects, and name these."""
    number = record_type.field_in_role(FieldRole.DOCUMENT_NUMBER)
    shared = shared_numbers(filing=filing, numbers=numbers, most_named=MOST_NAMED) if number else []
    if number is None or not shared:
        return 0
    among_several = len(recognition.sheets) > 1
    told = [
        _Told(SHARED_NUMBER, row.sheet, row.row_number, row.document_number, _others_in_words(row, among_several))
        for row in shared
    ]
    _stage_told(told, field=number, recognition=recognition)
    return len(shared)


def _others_in_words(shared: SharedNumber, among_several: bool) -> str:
    """Name the others: a subject by its name, one that is not determined only by where it stands."""
    named = [
        f"{f'“{other.name}”' if other.name else '一个待判定的主体'}（{_where(other, among_several)}）"
        for other in shared.others
    ]
    rest = f"等 {shared.number_of_others} 个主体" if shared.number_of_others > MOST_NAMED else ""
    return "、".join(named) + rest


def _where(other: NumberBearer, among_several: bool) -> str:
    place = f"在册记录 {other.record_id}"
    if other.row_number is not None:
        place = _row_in_words(other.sheet, other.row_number, among_several)
    return f"{other.uscc}，{place}" if other.uscc else place


def _row_in_words(sheet: str, row_number: int, among_several: bool) -> str:
    return f"工作表“{sheet}”第 {row_number} 行" if among_several else f"第 {row_number} 行"


def _stage_told(told: list[_Told], *, field: RecordField, recognition: Recognition) -> None:
    """Stage what rows are told at their cells of one field."""
    kinds = {kind.check: kind for kind in catalogue.packs().issues}
    columns = {s.sheet: recognition.column(sheet=s.sheet, field_name=field.name) for s in recognition.sheets}
    issues = [
        {
            "sheet": said.sheet, "row": said.row_number, "column": column.header if column else field.title,
            "column_letter": column.letter if column else "", "code": kinds[said.check].code,
            "severity": kinds[said.check].severity.value, "found": said.found, "expected": said.expected,
        }
        for said in told
        for column in (columns.get(said.sheet),)
    ]  # fmt: skip
    stage_issues(issues=pl.DataFrame(issues, infer_schema_length=None))


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
        expected = _row_in_words(other_sheet, other_row, len(recognition.sheets) > 1)
    elif fate == Fate.HELD_ELSEWHERE:
        expected = catalogue.department(code=holder).name
    kind = kinds[Fate(fate)]
    for told in decided or [{"field": document.name, "found": document_number, "expected": expected}]:
        field = record_type.field(told["field"])
        column = recognition.column(sheet=sheet, field_name=field.name)
        expected = told["expected"].replace("{right}", shown_text(field, told.get("right", "")))
        yield {
            "sheet": sheet, "row": row_number, "column": column.header if column else field.title,
            "column_letter": column.letter if column else "", "code": kind.code, "severity": kind.severity.value,
            "found": shown_text(field, told["found"]), "expected": expected,
        }  # fmt: skip
