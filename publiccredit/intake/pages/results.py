"""What became of a submission: its numbers, issues, rows and history; the annotated workbook."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from publiccredit.accounts import queries as accounts
from publiccredit.accounts.access import SENDERS, SENDERS_AND_OFFICE, actor_of, open_to
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.queries import NotInPacks
from publiccredit.intake import desk, queries
from publiccredit.intake.changed_rows import changed_by
from publiccredit.intake.forms import ConfirmIssuesForm, ServiceForm
from publiccredit.intake.models import Submission, SubmissionState
from publiccredit.intake.pages.listed_rows import LISTED
from publiccredit.intake.pages.progress import WAITING, moving
from publiccredit.intake.pages.shared import (
    READERS,
    department_name,
    home_of,
    number_in,
    rows_of,
    source_title,
    submission_for,
)
from publiccredit.intake.periods import Period, period_of
from publiccredit.intake.queries import NothingToAnnotate
from publiccredit.intake.types import UnableToRead
from publiccredit.ledger import queries as ledger
from publiccredit.ledger.queries import Entry
from publiccredit.matching import queries as matching
from publiccredit.subjects import queries as subjects
from publiccredit.subjects import store
from publiccredit.subjects.queries import RecordState

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Figure:
    title: str
    value: str
    unit: str
    url: str
    note: str
    kind: str = ""


@dataclass(frozen=True)
class Step:
    text: str
    at: datetime
    actor: str


@open_to(READERS)
@require_GET
def submissions(request: HttpRequest) -> HttpResponse:
    """List submissions, the newest first: the own department's, or for the office any department's or all."""
    actor = actor_of(request)
    department = actor.department_code if actor.of_department else request.GET.get("department", "")
    state = request.GET.get("state", "")
    state = state if state in (*SubmissionState.values, *desk.RETURNED_TITLES) else ""
    week, since = _week(request.GET.get("week", "")), _day(request.GET.get("since", ""))
    listed = desk.submissions_before(
        department_code=department, before=number_in(request, "before"), state=state, week=week, since=since
    )
    found = list(listed[: desk.PAGE + 1])
    shown, more = found[: desk.PAGE], len(found) > desk.PAGE
    kept = {"department": "" if actor.of_department else department, "state": state}
    days = {"week": week.start.isoformat() if week else "", "since": since.isoformat() if since else ""}
    kept = {k: v for k, v in {**kept, **days}.items() if v}
    named = {
        **home_of(actor),
        "submissions": rows_of(shown),
        "show_department": not department,
        "department_name": department_name(department) if department else "",
        "period": week,
        "since": since,
        "tabs": _tabs(state, kept),
        "previous_url": "",
        "next_url": f"?{urlencode({**kept, 'before': shown[-1].pk})}" if more else "",
    }
    return render(request, "intake/submissions.html", named)


def _week(text: str) -> Period | None:
    try:
        return period_of(rhythm="weekly", on=date.fromisoformat(text))
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _tabs(state: str, kept: dict[str, str]) -> list[dict[str, Any]]:
    choices = [("", "全部"), *SubmissionState.choices, *desk.RETURNED_TITLES.items()]
    return [
        {"text": text, "url": f"?{urlencode({**kept, 'state': value})}", "current": value == state}
        for value, text in choices
    ]


@open_to(READERS)
@require_GET
def submission(request: HttpRequest, submission_id: int) -> HttpResponse:
    return submission_page(request, submission_for(request, submission_id))


def submission_page(
    request: HttpRequest,
    found: Submission,
    *,
    service_form: ServiceForm | None = None,
    confirm_form: ConfirmIssuesForm | None = None,
) -> HttpResponse:
    """Show a submission as it stands; a form that was refused comes with what was wrong in it."""
    actor = actor_of(request)
    groups = desk.issue_groups(submission=found) if found.state == SubmissionState.FILED else ()
    held = subjects.records().filter(submission_id=found.pk, state=RecordState.HELD_UNSERVED).count()
    unmatched = matching.held_rows(submission_id=found.pk)
    may_act = actor.of_department or actor.of_office
    codes, places = confirmable(found, groups)
    refused = service_form or confirm_form
    entries = list(ledger.entries_of(object_kind="submission", object_id=found.pk))
    named = {
        **home_of(actor),
        "submission": found,
        "file_stays": store.path_of(sha256=found.file_sha256).exists(),
        "department": catalogue.department(code=found.department_code),
        "source_title": source_title(found.source),
        "running": found.state in WAITING,
        "moving": moving(found) if found.state in WAITING else None,
        "numbers": _numbers(found, changed=changed_by(entries=entries), unmatched=len(unmatched)),
        "unmatched": unmatched,
        "may_judge": actor.of_office,
        "groups": groups,
        "held": held,
        "service_form": _service_form(found, service_form) if held and may_act else None,
        "confirm_form": (confirm_form or ConfirmIssuesForm(codes=codes, places=places))
        if (codes or places) and may_act
        else None,
        "places_left": desk.left_to_confirm(groups=groups, shown=len(places)),
        **_declaration(found),
        "recognised": _recognised(found),
        "history": _history(entries),
    }
    return render(request, "intake/submission.html", named, status=422 if refused else 200)


Choice = tuple[str, str]


def confirmable(found: Submission, groups: tuple[desk.IssueGroup, ...]) -> tuple[list[Choice], list[Choice]]:
    """Give the issues of a submission its sender may confirm: by code for the whole file, and by row one by one."""
    doubts = [g for g in groups if g.overridable and g.returns]
    codes = [
        (g.code, f"{g.title}（{g.code}，{g.count} 处）")
        for g in doubts
        if not g.by_row and g.code not in found.overrides
    ]
    places = [place for g in doubts if g.by_row for place in desk.places_to_confirm(submission=found, code=g.code)]
    return codes, places


def _numbers(found: Submission, *, changed: int, unmatched: int) -> tuple[Figure, ...]:
    def rows(kind: str) -> str:
        return reverse("intake:rows", args=[found.pk, kind])

    total = found.rows or 0
    among = [f"{n:,} 行{words}" for n, words in ((changed, "更正"), (unmatched, "主体未定")) if n]
    return (
        Figure(
            "接受",
            f"{found.accepted or 0:,}",
            "行",
            rows("accepted"),
            f"全部 {total:,} 行中已入库的" + (f"，其中 {'、'.join(among)}" if among else ""),
        ),
        Figure(
            "退回",
            f"{found.returned or 0:,}",
            "行",
            rows("returned"),
            "改正后重新上传整个文件",
            "adverse" if found.returned else "",
        ),
        Figure("已在库", f"{found.duplicates or 0:,}", "行", rows("duplicates"), "与已有记录或本文件其他行相同"),
    )


def _recognised(found: Submission) -> dict[str, Any] | None:
    """Give what was recognised, each column with the title of the field it fills."""
    if not found.recognised:
        return None
    stated: dict[str, Any] = found.recognised
    try:
        record_type = catalogue.record_type(name=stated["record_type"], on=timezone.localdate(found.received_at))
        titles = {field.name: field.title for field in record_type.fields}
    except NotInPacks:
        titles = {}
    sheets = [
        {**sheet, "columns": [{**c, "title": titles.get(c["field"] or "", c["field"])} for c in sheet["columns"]]}
        for sheet in stated["sheets"]
    ]
    return {**stated, "sheets": sheets, "unread": [s for s in stated.get("skipped", ()) if s.get("rows")]}


def _service_form(found: Submission, refused: ServiceForm | None) -> ServiceForm | None:
    """Give the form as it was refused, or a new one where service has not been declared: that is done once."""
    if refused or hasattr(found, "service_declaration"):
        return refused
    return ServiceForm(today=timezone.localdate())


def _declaration(found: Submission) -> dict[str, object]:
    held = getattr(found, "service_declaration", None)
    name = held.declared_by if held else ""
    return {
        "declaration": held,
        "declared_by": accounts.spoken_names(names=[name], departments=catalogue.department_names()).get(name, name),
    }


def _history(entries: Sequence[Entry]) -> list[Step]:
    names = accounts.spoken_names(names=[e.actor for e in entries], departments=catalogue.department_names())
    return [Step(text=_word(e.operation), at=e.at, actor=names.get(e.actor, e.actor)) for e in entries]


def _word(code: str) -> str:
    try:
        return catalogue.term(code=code).zh
    except NotInPacks:
        return code


@open_to(READERS)
@require_GET
def issues(request: HttpRequest, submission_id: int, code: str) -> HttpResponse:
    """List every cell one rule found, by row."""
    found = submission_for(request, submission_id)
    group = next((g for g in desk.issue_groups(submission=found) if g.code == code), None)
    if group is None:
        raise Http404
    row, number = number_in(request, "row"), number_in(request, "id")
    after = None if row is None or number is None else (row, number)
    cells = list(desk.issues_after(submission=found, code=code, after=after)[: desk.PAGE + 1])
    last = cells[desk.PAGE - 1] if len(cells) > desk.PAGE else None
    named = {
        "submission": found,
        "group": group,
        "cells": [desk.cell_of(issue) for issue in cells[: desk.PAGE]],
        "next_url": f"?row={last.row_number}&id={last.pk}" if last else "",
    }
    return render(request, "intake/issues.html", named)


ROW_TITLES = {
    "accepted": ("接受的行", "已核验入库。后来又被更正的记录，列在更正它的那次报送下。"),
    "returned": ("退回的行", "按行列出每一处疑问。"),
    "duplicates": ("已在库的行", "与已有记录或本文件其他行内容相同，没有重复入库。"),
}


@open_to(READERS)
@require_GET
def rows(request: HttpRequest, submission_id: int, kind: str) -> HttpResponse:
    """List the rows behind one of the three numbers, by key."""
    found = submission_for(request, submission_id)
    if kind not in ROW_TITLES:
        raise Http404
    after = number_in(request, "after") or 0
    shown, last = LISTED[kind](found, after)
    title, lead = ROW_TITLES[kind]
    named = {
        **home_of(actor_of(request)),
        "submission": found,
        "title": title,
        "lead": lead,
        "rows": shown,
        "may_take_off": SENDERS.admits(actor_of(request).role),
        "may_print": SENDERS_AND_OFFICE.admits(actor_of(request).role),
        "records": kind != "returned",  # what came back is no record yet
        "next_url": f"?after={last}" if last else "",
    }
    return render(request, "intake/rows.html", named)


@open_to(READERS)
@require_GET
def annotated(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Give the sender's own workbook back, with the cells marked; or say why it cannot be made just now."""
    found = submission_for(request, submission_id)
    try:
        book = queries.annotated_workbook(submission_id=found.pk)
    except NothingToAnnotate as error:
        raise Http404 from error
    except UnableToRead as error:
        named = {**home_of(actor_of(request)), "submission": found, "reason": str(error)}
        return render(request, "intake/not_annotated.html", named, status=503)
    response = HttpResponse(book, content_type=XLSX)
    name = f"{found.file_name.rsplit('.', 1)[0]}-标注.xlsx"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    book.close()
    return response
