"""What ``publiccredit check`` and ``submit`` print as JSON about a checked file."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict

import polars as pl

from publiccredit.catalogue.types import IssueKind
from publiccredit.catalogue.types.issue_words import message
from publiccredit.intake.types import (
    DUPLICATE,
    OUTCOME,
    REPEATS_ROW,
    REPEATS_SHEET,
    ROW,
    SHEET,
    CheckedChunk,
    CheckSummary,
    Recognition,
)


def check_report(
    *, checked: Iterable[Recognition | CheckedChunk | CheckSummary], issue_kinds: Iterable[IssueKind]
) -> dict[str, object]:
    """
    Give ``rows``, ``accepted``, ``returned``, ``duplicates``, ``issues``, ``duplicate_rows`` and ``recognised`` of a
    file being checked.

    :raises UnableToRead: the file as a whole cannot be taken.
    """
    kinds = {kind.code: kind for kind in issue_kinds}
    issues: list[dict[str, object]] = []
    repeated: list[dict[str, object]] = []
    report: dict[str, object] = {}
    recognised: dict[str, object] = {}
    for value in checked:
        match value:
            case Recognition():
                recognised = asdict(value)
            case CheckedChunk():
                issues += issue_rows(issues=value.issues, kinds=kinds)
                repeated += duplicate_rows(rows=value.rows)
            case CheckSummary():
                report = {name: getattr(value, name) for name in ("rows", "accepted", "returned", "duplicates")}
    return {**report, "issues": issues, "duplicate_rows": repeated, "recognised": recognised}


def duplicate_rows(*, rows: pl.DataFrame) -> list[dict[str, object]]:
    """Give as JSON which rows of a chunk say the same as which row before them."""
    named = {"sheet": SHEET, "row": ROW, "repeats_sheet": REPEATS_SHEET, "repeats_row": REPEATS_ROW}
    return rows.filter(pl.col(OUTCOME) == DUPLICATE).select(**named).to_dicts()


def issue_rows(*, issues: pl.DataFrame, kinds: Mapping[str, IssueKind]) -> list[dict[str, object]]:
    """Give each issue as JSON, its message filled; ``kinds`` by code."""
    return [
        {
            "sheet": row["sheet"],
            "row": row["row"],
            "column": row["column"],
            "code": row["code"],
            "found": row["found"],
            "expected": row["expected"],
            "message": message(
                kinds[row["code"]],
                sheet=row["sheet"],
                row=row["row"],
                column=row["column"],
                found=row["found"],
                expected=row["expected"],
            ),
        }
        for row in issues.iter_rows(named=True)
    ]
