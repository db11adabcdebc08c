"""What the subject sees: its records with their next steps, its cases with their clocks, who looked, who was told."""

from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from publiccredit.casework import queries as casework
from publiccredit.casework.queries import Case
from publiccredit.casework.types import UNDECIDED, CaseState
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Party
from publiccredit.disclosure.words import (
    department_name,
    last_day,
    severity_words,
    source_title,
    status_of,
)
from publiccredit.subjectdesk import queries
from publiccredit.subjectdesk.access import open_to_subject
from publiccredit.subjectdesk.queries import OwnRecord
from publiccredit.subjectdesk.rules import right_to
from publiccredit.subjectdesk.types import Right, Visitor
from publiccredit.subjects.queries import marks_of

VISITS = 50  # of the subject itself: shown beside who else looked


@dataclass(frozen=True)
class CaseLine:
    """One case on the list."""

    number: str
    title: str
    state: str
    due: str
    url: str


@dataclass(frozen=True)
class RecordLine:
    """One record on the list, with the one thing to know next."""

    heading: str
    authority: str
    day: date
    day_means: str
    kind: str
    status: str
    adverse: bool
    next_step: str
    url: str


@open_to_subject
@require_GET
def desk(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    today = timezone.localdate()
    records = queries.own_records(visitor=visitor, on=today)
    named = {
        "visitor": visitor,
        "adverse": [record_line(r) for r in records if r.record.adverse],
        "others": [record_line(r) for r in records if not r.record.adverse],
        "cases": [case_line(c) for c in queries.own_cases(visitor=visitor)],
        "messages_to_subject": list(queries.messages(visitor=visitor)[:20]),
        "may_object": visitor.may(Right.OBJECT),
        "today": today,
    }
    return render(request, "subjectdesk/desk.html", named)


@open_to_subject
@require_GET
def record(request: HttpRequest, visitor: Visitor, record_id: int) -> HttpResponse:
    """
    Show one of the subject's own records with what can be done about it.

    :raises Http404: it has no such record, whether it is another's or absent.
    """
    today = timezone.localdate()
    own = queries.own_record(visitor=visitor, record_id=record_id, on=today) if record_id < 2**63 else None
    if own is None:
        raise Http404
    course = queries.courses(records=[own], on=today)[own.record.id]
    found = course.record
    named = {
        "visitor": visitor,
        "record": found,
        "navigator": own.navigator,
        "status": status_of(found),
        "marks": found.marks,
        "severity": severity_words(found),
        "department": department_name(found.department_code),
        "source": source_title(found.source),
        "last_day": last_day(found),
        "document": queries.document_of(own=own),
        "taken_off_on": queries.taken_off_on(own=own),
        "history": course.happened,
        "cases": [case_line(c) for c in casework.cases_of_record(record_id=found.id)],
        "may_repair": visitor.may(Right.REPAIR) and own.navigator is not None and own.navigator.eligible_today,
        "may_object": visitor.may(Right.OBJECT) and found.standing != "withdrawn",
        "may_state": visitor.may(Right.STATE),
        "today": today,
    }
    return render(request, "subjectdesk/record.html", named)


@open_to_subject
@require_GET
def document(request: HttpRequest, visitor: Visitor, record_id: int) -> HttpResponse:
    """
    Give the decision document of one of the subject's own records, as its department deposited it (DP-13).

    :raises Http404: the subject has no such record, or its department keeps the document itself.
    """
    today = timezone.localdate()
    own = queries.own_record(visitor=visitor, record_id=record_id, on=today) if record_id < 2**63 else None
    found = queries.document_of(own=own) if own is not None else None
    if found is None:
        raise Http404
    wanted = request.GET.get("download")
    return casework.file_as_answer(sha256=found.sha256, file_name=found.file_name, download=wanted)


@open_to_subject
@require_GET
def case(request: HttpRequest, visitor: Visitor, case_id: int) -> HttpResponse:
    """
    Show one of the subject's cases: its clock, its history in sentences, its papers and letters.

    :raises Http404: it has no such case, whether it is another's or absent.
    """
    found = own_case(visitor, case_id)
    rules = casework.procedure_of_case(case=found)
    acts = visitor.may(right_to(found.procedure))
    titles = {p.name: p.title for p in rules.papers}
    ground = rules.ground(found.ground)
    named = {
        "visitor": visitor,
        "case": found,
        # What somebody else has asked of a record is not the subject's to read: a reader stays unknown to it.
        "asked": found.request if found.applicant == Party.SUBJECT.value else "",
        "ground": ground.title if ground else found.ground,
        "title": casework.title_of_case(case=found),
        "reviews": queries.own_case(visitor=visitor, case_id=found.reviews_id) if found.reviews_id else None,
        "review": queries.review_of(case=found),
        "line": case_line(found),
        "events": casework.timeline(case=found, among_officers=False),
        "papers": [
            {
                "title": titles.get(p.kind, p.kind),
                "paper": p,
                "own": queries.is_own_paper(paper=p, case=found, rules=rules),
            }
            for p in found.papers.all()
        ],
        "letters": list(found.letters.all()),
        "records": [
            {"record": r.record, "marks": marks_of(r.record), "field": casework.contested_title(of_case=r)}
            for r in found.records.select_related("record")
        ],
        "open": acts and found.state in UNDECIDED and found.state != CaseState.PROPOSED,
        "may_take_back": acts and queries.may_take_back(case=found),
        "may_review": acts and queries.may_ask_for_review(case=found, by=Party.SUBJECT, on=timezone.localdate()),
        "review_until": casework.review_until_in_words(case=found),
        "complained_of": department_name(found.department_code) if queries.complains(case=found) else "",
        "decided_by": department_name(
            catalogue.credit_office().code if found.decided_by_party == Party.OFFICE else found.department_code
        ),
    }
    return render(request, "subjectdesk/case.html", named)


@open_to_subject
@require_GET
def paper(request: HttpRequest, visitor: Visitor, case_id: int, paper_id: int) -> HttpResponse:
    """
    Give a paper the subject handed in itself, as it was handed in, at whichever counter.

    :raises Http404: there is none: what the office or the department put in is theirs to show.
    """
    case = own_case(visitor, case_id)
    found = case.papers.filter(pk=paper_id).first() if paper_id < 2**63 else None
    rules = casework.procedure_of_case(case=case)
    if found is None or not queries.is_own_paper(paper=found, case=case, rules=rules):
        raise Http404
    return casework.paper_as_answer(paper=found, download=request.GET.get("download"))


@open_to_subject
@require_GET
def commitment(request: HttpRequest, visitor: Visitor, record_id: int) -> HttpResponse:
    """
    Give a model of the commitment a repair asks for, filled with what is known, to be printed and signed.

    :raises Http404: the subject has no such record, or nothing of the kind is asked for.
    """
    today = timezone.localdate()
    own = queries.own_record(visitor=visitor, record_id=record_id, on=today)
    model = queries.model_text(visitor=visitor, own=own, on=today) if own is not None else None
    if own is None or model is None:
        raise Http404
    named = {"visitor": visitor, "record": own.record, "model": model, "today": today}
    return render(request, "subjectdesk/commitment.html", named)


@open_to_subject
@require_GET
def looks(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    after = request.GET.get("after", "")
    before = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else None
    looks, following = queries.looks_page(visitor=visitor, before=before)
    visits = queries.visits(visitor=visitor, limit=VISITS + 1) if before is None else ()
    named = {
        "visitor": visitor,
        "looks": looks,
        "first_url": reverse("subjectdesk:looks") if before is not None else "",
        "next_url": f"?after={following}" if following else "",
        "visits": visits[:VISITS],
        "visits_left_off": len(visits) > VISITS,
        "number_of_visits": VISITS,
    }
    return render(request, "subjectdesk/looks.html", named)


@open_to_subject
@require_GET
def recipients(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    rows = queries.recipients(visitor=visitor, on=timezone.localdate())
    named = {"visitor": visitor, "rows": rows, "uses": queries.adverse_uses(visitor=visitor)}
    return render(request, "subjectdesk/recipients.html", named)


def own_case(visitor: Visitor, case_id: int) -> Case:
    """:raises Http404: the subject has no such case."""
    found = queries.own_case(visitor=visitor, case_id=case_id) if case_id < 2**63 else None
    if found is None:
        raise Http404
    return found


def case_line(found: Case) -> CaseLine:
    """Give a case in a line."""
    return CaseLine(
        number=found.number,
        title=casework.title_of_case(case=found),
        state=casework.state_in_words(case=found),
        due=casework.due_in_words(case=found),
        url=reverse("subjectdesk:case", args=[found.pk]),
    )


def record_line(own: OwnRecord) -> RecordLine:
    """Give a record in a line."""
    status = status_of(own.record)
    return RecordLine(
        heading=own.record.heading,
        authority=own.record.authority_name,
        day=own.record.decided_on or own.record.received_on,
        day_means="决定" if own.record.decided_on else "收到",
        kind=status.kind,
        status=status.text,
        adverse=own.record.adverse,
        next_step=_next_step(own),
        url=reverse("subjectdesk:record", args=[own.record.id]),
    )


def _next_step(own: OwnRecord) -> str:
    navigator = own.navigator
    if navigator is None or navigator.over:
        return ""
    if navigator.open_case:
        return f"修复申请 {navigator.open_case} 办理中。"
    if navigator.eligible_today:
        since = f"自 {navigator.earliest_on} 起可以申请修复，" if navigator.earliest_on else ""
        return f"{since}最短公示期已满，现在就可以申请。"
    return f"自 {navigator.earliest_on} 起可以申请修复。" if navigator.earliest_on else ""
