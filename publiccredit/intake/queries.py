"""Every read of intake from other packages and its own pages. The database shows an officer the own department only."""

import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import IO, Any

import polars as pl
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import IssueKind
from publiccredit.catalogue.types.issue_words import message
from publiccredit.intake import received
from publiccredit.intake.annotation.limited import annotate_limited
from publiccredit.intake.desk import Due, sources_due
from publiccredit.intake.models import (
    DecisionDocument,
    DuplicateRow,
    NilReturn,
    RowIssue,
    ServiceDeclaration,
    Submission,
    SubmissionState,
    TakenOffDocument,
)
from publiccredit.intake.reading.refusals import refusals
from publiccredit.intake.types import (
    ACCEPTED,
    DUPLICATE,
    OUTCOME,
    RETURNED,
    ROW,
    SHEET,
    RecognisedColumn,
    RecognisedSheet,
    Recognition,
    SkippedSheet,
)
from publiccredit.subjects import queries as subjects
from publiccredit.subjects import store

__all__ = [
    "DecisionDocument",
    "Due",
    "NilReturn",
    "NothingToAnnotate",
    "Submission",
    "SubmissionState",
    "TakenOffDocument",
    "annotated_workbook",
    "declared_nil_periods",
    "document_with",
    "documents",
    "duplicate_rows",
    "finished_idempotency_keys",
    "issues",
    "kept_files_missing",
    "nil_returns",
    "refusal_titles",
    "result",
    "same_file_before",
    "service_declaration",
    "sources_due",
    "submission",
    "submissions",
    "taken_off_documents",
]

REFUSED_IN_FILING = {
    "check_unfinished": "核验没有完成",
    "failed": "系统出错",
    "file_gone": "文件已找不到",
    "not_recognised": "未能识别格式",
    "rows_not_conserved": "行数对不上",
}
# A record that was corrected since names a later submission, and its former version the earlier one.
_ACCEPTED = """
SELECT sheet, row_number FROM subjects_record WHERE submission_id = %(submission)s
UNION SELECT sheet, row_number FROM subjects_recordversion WHERE submission_id = %(submission)s
"""


class NothingToAnnotate(Exception):
    """The submission was refused as a whole, or is not filed yet: it has no cells to mark."""


def submissions(
    *, department_code: str | None = None, officer: str | None = None, state: SubmissionState | None = None
) -> QuerySet[Submission]:
    """Give submissions, the latest first, of one department, officer or state where these are named."""
    wanted = {"department_code": department_code, "officer": officer, "state": state}
    return Submission.objects.filter(**{k: v for k, v in wanted.items() if v is not None}).order_by("-pk")


def submission(*, submission_id: int) -> Submission:
    """
    Give one submission.

    :raises Submission.DoesNotExist: there is none of this number, or it is another department's.
    """
    return Submission.objects.get(pk=submission_id)


def same_file_before() -> Exists:
    """Give the condition of submissions whose very file the department had filed for the same source before."""
    same = {name: OuterRef(name) for name in ("department_code", "source", "file_sha256")}
    return Exists(Submission.objects.filter(**same, state=SubmissionState.FILED, entry_id__lt=OuterRef("entry_id")))


def issues(*, submission_id: int) -> QuerySet[RowIssue]:
    """Give the issues of a submission in the order of its rows."""
    return RowIssue.objects.filter(submission_id=submission_id).order_by("sheet", "row_number", "pk")


def duplicate_rows(*, submission_id: int) -> QuerySet[DuplicateRow]:
    """Give the rows of a submission that were on file already, or repeat another row of it."""
    return DuplicateRow.objects.filter(submission_id=submission_id).order_by("sheet", "row_number")


def service_declaration(*, submission_id: int) -> ServiceDeclaration | None:
    """Give the declaration of service of a submission, or nothing."""
    return ServiceDeclaration.objects.filter(submission_id=submission_id).first()


def nil_returns() -> QuerySet[NilReturn]:
    """Give the nil returns, the latest first."""
    return NilReturn.objects.order_by("-pk")


def documents(*, department_code: str) -> QuerySet[DecisionDocument]:
    """Give the decision documents a department deposited, the latest first."""
    return DecisionDocument.objects.filter(department_code=department_code).order_by("-pk")


def taken_off_documents(*, record_id: int) -> QuerySet[TakenOffDocument]:
    """Give the decision documents that were taken off a record, the latest first."""
    return TakenOffDocument.objects.filter(record_id=record_id).order_by("-pk")


def document_with(*, department_code: str, sha256: str, subject_id: int | None) -> DecisionDocument | None:
    """
    Give the decision document with this hash its department put on the records of a subject, as deposited last.

    One that also lies on another's records was, before senders were asked whose it is, put there by its number alone:
    it may be the other's, and stays closed until the department says that it is this one's.
    """
    if not sha256 or subject_id is None:
        return None
    deposited = list(documents(department_code=department_code).filter(sha256=sha256))
    numbers = [document.document_number for document in deposited]
    bearing = subjects.records().filter(department_code=department_code, document_number__in=numbers)
    if bearing.filter(document_sha256=sha256).exclude(subject_id=subject_id).exists():
        own = subjects.subjects().prefetch_related("identifiers").get(pk=subject_id)
        known_as = {own.uscc, own.name, *(i.value for i in own.identifiers.all())} - {"", None}
        deposited = [document for document in deposited if document.subject_identifier in known_as]
    return deposited[0] if deposited else None


def finished_idempotency_keys() -> set[tuple[str, str]]:
    """Give department and key of each submission that was filed or refused."""
    finished = Submission.objects.filter(state__in=(SubmissionState.FILED, SubmissionState.REFUSED))
    return set(finished.exclude(idempotency_key="").values_list("department_code", "idempotency_key"))


def kept_files_missing() -> list[int]:
    """Give the filed submissions whose kept file is not in the store."""
    filed = Submission.objects.filter(state=SubmissionState.FILED).order_by("pk")
    kept = filed.exclude(kept_sha256="").values_list("pk", "kept_sha256").iterator()
    return [number for number, sha256 in kept if not store.path_of(sha256=sha256).exists()]


def declared_nil_periods() -> set[tuple[str, str, date, date]]:
    """Give department, source, beginning and end of each nil return."""
    return set(NilReturn.objects.values_list("department_code", "source", "period_from", "period_until"))


def refusal_titles() -> dict[str, str]:
    """Give why a file as a whole can be refused: the title of every code the ledger may note."""
    return {**{kind.code: kind.title for kind in refusals().values()}, **REFUSED_IN_FILING}


def result(*, submission: Submission) -> dict[str, Any]:
    """Give what the command line and the API say about a submission, its issues with their whole sentences."""
    return {
        "submission": submission.pk,
        "state": submission.state,
        "refusal": submission.refusal,
        "source": submission.source,
        "rows": submission.rows,
        "accepted": submission.accepted,
        "returned": submission.returned,
        "duplicates": submission.duplicates,
        "persons_refused": submission.persons_refused,
        "kept_sha256": submission.kept_sha256,
        "recognised": submission.recognised,
        "issues": list(_issues_in_words(submission.pk)),
        "duplicate_rows": [_repeated(row) for row in duplicate_rows(submission_id=submission.pk).iterator()],
    }


def _repeated(row: DuplicateRow) -> dict[str, Any]:
    return {
        "sheet": row.sheet,
        "row": row.row_number,
        "repeats_sheet": row.repeats_sheet,
        "repeats_row": row.repeats_row,
        "record": row.record_id,
    }


def _issues_in_words(submission_id: int) -> Iterator[dict[str, Any]]:
    kinds = {kind.code: kind for kind in catalogue.packs().issues}
    for issue in issues(submission_id=submission_id).iterator():
        kind = kinds.get(issue.code)
        # A code of packs that were replaced since has lost its words; what was found has not.
        yield {
            "sheet": issue.sheet,
            "row": issue.row_number,
            "column": issue.column,
            "column_letter": issue.column_letter,
            "code": issue.code,
            "severity": issue.severity,
            "found": issue.found,
            "expected": issue.expected,
            "message": _in_words(issue, kind) if kind else f"{issue.found}：{issue.expected}",
        }


def _in_words(issue: RowIssue, kind: IssueKind) -> str:
    return message(
        kind,
        sheet=issue.sheet,
        row=issue.row_number,
        column=issue.column,
        found=issue.found,
        expected=issue.expected,
    )


def annotated_workbook(*, submission_id: int) -> IO[bytes]:
    """
    Give the sender's own file as a workbook with every problem at its cell, opened for reading.

    :raises NothingToAnnotate: the submission was refused as a whole or is not filed yet.
    """
    found = submission(submission_id=submission_id)
    if found.state != SubmissionState.FILED or found.recognised is None:
        raise NothingToAnnotate("这份报送没有入库，没有可标注的内容。整体退回的原因见报送页面。")
    in_words = list(_issues_in_words(submission_id))
    with tempfile.TemporaryDirectory(prefix="publiccredit-annotated-") as folder:
        target = Path(folder) / "annotated.xlsx"
        annotate_limited(
            original=received.kept_path_of(submission=found),
            recognition=_recognition(found.recognised),
            issues=pl.DataFrame(in_words, schema=_ISSUES_IN_WORDS),
            outcomes=_outcomes(submission_id),
            target=target,
        )
        return target.open("rb")  # the folder goes, the open file stays until it is closed


_ISSUES_IN_WORDS = {
    "sheet": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "column_letter": pl.String,
    "code": pl.String,
    "severity": pl.String,
    "found": pl.String,
    "expected": pl.String,
    "message": pl.String,
}


def _outcomes(submission_id: int) -> pl.DataFrame:
    returned = issues(submission_id=submission_id).filter(severity="return").values_list("sheet", "row_number")
    repeated = duplicate_rows(submission_id=submission_id).values_list("sheet", "row_number")
    with connection.cursor() as cursor:
        cursor.execute(_ACCEPTED, {"submission": submission_id})
        accepted = set(cursor.fetchall())
    said = [*((place, ACCEPTED) for place in accepted), *((p, DUPLICATE) for p in repeated)]
    said += [(place, RETURNED) for place in set(returned)]
    rows = sorted((*place, outcome) for place, outcome in said)
    return pl.DataFrame(rows, schema={SHEET: pl.String, ROW: pl.Int64, OUTCOME: pl.String}, orient="row")


def _recognition(stored: dict[str, Any]) -> Recognition:
    sheets = tuple(
        RecognisedSheet(s["sheet"], s["header_row"], tuple(RecognisedColumn(**c) for c in s["columns"]))
        for s in stored["sheets"]
    )
    skipped = tuple(SkippedSheet(**s) for s in stored["skipped"])
    return Recognition(**{**stored, "sheets": sheets, "skipped": skipped})
