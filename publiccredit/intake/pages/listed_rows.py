"""The rows behind the numbers of a submission: accepted, returned, and on file already."""

from dataclasses import dataclass, replace

from django.db.models import Q
from django.utils import timezone

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Nature
from publiccredit.intake import desk
from publiccredit.intake.changed_rows import Changed, changes_of
from publiccredit.intake.models import DuplicateRow, Submission
from publiccredit.subjects import queries as subjects
from publiccredit.subjects.queries import Record, RecordState


@dataclass(frozen=True)
class ShownRow:
    place: str
    name: str
    document_number: str
    note: str
    record_id: int | None = None  # of its page; empty: it has none
    notice_id: int | None = None  # of the penalty whose notice of repair can be printed
    document_id: int | None = None  # of the record whose decision document can be taken off
    corrects: bool = False  # a record that was on file
    changes: tuple[Changed, ...] = ()


def _place(sheet: str, row: int) -> str:
    return f"{sheet} 第 {row} 行" if sheet else f"第 {row} 行"


def _on_file(record: Record, place: str, note: str) -> ShownRow:
    away = record.state == RecordState.FILED and not subjects.shown_to_everybody(record, on=timezone.localdate())
    by = catalogue.determined_by(authority_uscc=record.authority_uscc, department_code=record.department_code)
    penalty = subjects.record_type_of(record).nature is Nature.ADVERSE
    return ShownRow(
        place=place,
        name=record.subject.name if record.subject else "",
        document_number=record.document_number,
        note="，".join((note, *(["现在不公示"] if away else []), *subjects.marks_of(record))),
        record_id=record.pk if record.state == RecordState.FILED and not away else None,
        notice_id=record.pk if penalty and by == record.department_code else None,
        document_id=record.pk if record.document_sha256 else None,
    )


def _accepted(found: Submission, after: int) -> tuple[list[ShownRow], int | None]:
    """In the order of the file; ``after`` is the last record shown."""
    records = subjects.records().filter(submission_id=found.pk).order_by("row_number", "pk")
    row = records.filter(pk=after).values_list("row_number", flat=True).first()
    behind = records if row is None else records.filter(Q(row_number__gt=row) | Q(row_number=row, pk__gt=after))
    listed = list(behind.select_related("subject")[: desk.PAGE + 1])
    changes = changes_of(submission=found, records=listed[: desk.PAGE])
    shown = [
        replace(
            _on_file(r, _place(r.sheet, r.row_number), r.get_state_display()),
            corrects=r.pk in changes,
            changes=changes.get(r.pk, ()),
        )
        for r in listed[: desk.PAGE]
    ]
    return shown, listed[desk.PAGE - 1].pk if len(listed) > desk.PAGE else None


def _returned(found: Submission, after: int) -> tuple[list[ShownRow], int | None]:
    listed = list(found.issues.filter(severity="return", pk__gt=after).order_by("pk")[: desk.PAGE + 1])
    shown = []
    for issue in listed[: desk.PAGE]:
        cell, kind = desk.cell_of(issue), desk.issue_kind(code=issue.code)
        shown.append(
            ShownRow(
                place=cell.place,
                name="",
                document_number="",
                note=f"{cell.column}：{kind.title if kind else issue.code}",
            )
        )
    return shown, listed[desk.PAGE - 1].pk if len(listed) > desk.PAGE else None


def _repeats(row: DuplicateRow, found: Submission) -> str:
    if row.repeats_row is None:
        return "已在库"
    several = len((found.recognised or {}).get("sheets", ())) > 1
    return f"与本文件{_place(row.repeats_sheet if several else '', row.repeats_row)}相同"


def _duplicates(found: Submission, after: int) -> tuple[list[ShownRow], int | None]:
    listed = list(desk.duplicates_after(submission=found, after=after))
    known = {
        r.pk: r
        for r in subjects.records()
        .filter(pk__in=[d.record_id for d in listed if d.record_id])
        .select_related("subject")
    }
    shown = []
    for row in listed[: desk.PAGE]:
        record = known.get(row.record_id or 0)
        place, note = _place(row.sheet, row.row_number), _repeats(row, found)
        shown.append(_on_file(record, place, note) if record else ShownRow(place, "", "", note))
    return shown, listed[desk.PAGE - 1].pk if len(listed) > desk.PAGE else None


LISTED = {"accepted": _accepted, "returned": _returned, "duplicates": _duplicates}
