"""What the pages of the desks have in common: who reads, which case, and its words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest
from django.utils import timezone

from publiccredit.accounts import queries as accounts
from publiccredit.accounts.access import Access, actor_of
from publiccredit.accounts.types import DEPARTMENT_ROLES, OFFICE_ROLES, Actor, Role
from publiccredit.casework.desk import Clock, clock_of
from publiccredit.casework.letters import department_name
from publiccredit.casework.models import Case, Paper
from publiccredit.casework.pages.receiving import AUTHORISATION
from publiccredit.casework.queries import case as case_of_id
from publiccredit.casework.queries import determined_by
from publiccredit.casework.returns import SentBack, words_of_returns
from publiccredit.casework.reviewers import verify_case_open, without_reviewer
from publiccredit.casework.rules import procedure_of
from publiccredit.casework.types import CaseState
from publiccredit.catalogue.types import Nature, Party
from publiccredit.subjects.operations import note_officers_look
from publiccredit.subjects.queries import Record, closed_files, field_in_words, marks_of, record_type_of, with_marks

READERS = Access(roles=DEPARTMENT_ROLES | OFFICE_ROLES | {Role.AUDITOR})
LOOKS = {
    CaseState.OPENED: "waiting",
    CaseState.IN_HAND: "active",
    CaseState.WAITING_FOR_PAPERS: "returned",
    CaseState.WITH_SOURCE: "waiting",
    CaseState.PROPOSED: "waiting",
    CaseState.DECIDED: "ended-well",
    CaseState.CLOSED: "ended",
    CaseState.TAKEN_BACK: "ended",
}
LARGEST_NUMBER = 2**63


@dataclass(frozen=True)
class FieldRow:
    """A field of a record, as the component ``fields`` shows it."""

    title: str
    value: str
    note: str


@dataclass(frozen=True)
class CaseRow:
    """A case in a list."""

    case: Case
    title: str
    about: str
    department: str
    owner: str
    clock: Clock
    clock_look: str
    state_look: str
    returned: SentBack  # that the last proposal is to be made anew, by whom and why
    nobody_free: bool  # a review that none of the deciding body may decide
    closed: bool  # its reader has declared a relation to the subject, and sees no more than that it is there


def case_for(request: HttpRequest, case_id: int) -> Case:
    """
    Give a case its reader may see; the look stands on the log of the subject it is about.

    :raises Http404: there is none of this number, or it is another department's; which of the two is not said.
    :raises FileClosed: its reader has declared a relation to its subject.
    """
    found, actor = known_case(request, case_id), actor_of(request)
    verify_case_open(case=found, actor=actor)
    note_officers_look(
        actor=actor, subject_ids=[found.subject_id], what=f"办理或者查阅案件 {found.number}", at=timezone.now()
    )
    return found


def known_case(request: HttpRequest, case_id: int) -> Case:
    """
    Give a case of which its reader may know that it is there; what stands in it is for ``case_for`` to give.

    :raises Http404: there is none of this number, or it is another department's; which of the two is not said.
    """
    actor = actor_of(request)
    found = case_of_id(case_id=case_id) if case_id < LARGEST_NUMBER else None
    if found is None or (actor.of_department and found.department_code != actor.department_code):
        raise Http404
    return found


def reader_stays_unnamed(*, case: Case, actor: Actor) -> bool:
    """Tell whether somebody sees a reader's case without knowing who asked: everybody but the office does."""
    return case.applicant == Party.READER.value and not actor.of_office


def named_to(paper: Paper, *, case: Case, actor: Actor) -> str:
    """
    Give what a paper is called by whoever handed it in, as far as a reader of its case may know.

    Empty where the name of a reader's own file could say who asked.
    """
    hidden = reader_stays_unnamed(case=case, actor=actor) and paper.party != Party.SOURCE.value
    return "" if hidden else paper.file_name


def may_open(paper: Paper, *, case: Case, actor: Actor) -> bool:
    """Tell whether somebody may open a paper: that by which one person acts for a reader names both of them."""
    return paper.kind != AUTHORISATION or not reader_stays_unnamed(case=case, actor=actor)


def field_titles(record: Record) -> dict[str, str]:
    """Give the titles of a record's fields by their names, in the edition it was checked against."""
    record_type = record_type_of(record)
    return {name: record_type.field(name).title for name in record_type.field_names}


def rows_of(cases: Iterable[Case], *, on: date, actor: Actor) -> list[CaseRow]:
    """Give cases with the words of a list; of one whose file is closed to its reader, only that it is there."""
    found = list(cases)
    names = names_of(case.owner for case in found)
    stuck, returned = without_reviewer(cases=found), words_of_returns(cases=found)
    closed = closed_files(account=actor.name, subject_ids=[case.subject_id for case in found])
    return [
        CaseRow(
            case=case,
            title=procedure_of(case=case).title,
            about="" if case.subject_id in closed else "；".join(record_words(r.record) for r in case.records.all()),
            department=department_name(code=case.department_code),
            owner=names.get(case.owner, case.owner),
            clock=(clock := clock_of(case=case, on=on)),
            clock_look=clock_look(clock),
            state_look=LOOKS[CaseState(case.state)],
            returned=SentBack() if case.subject_id in closed else returned.get(case.pk, SentBack()),
            nobody_free=case.pk in stuck,
            closed=case.subject_id in closed,
        )
        for case in found
    ]


def clock_look(clock: Clock) -> str:
    """Give the shape a clock is shown with: late, at 80 %, or with time enough."""
    if clock.late:
        return "adverse"
    return "disputed" if clock.level >= 80 else "waiting" if clock.running else "ended"


def names_of(usernames: Iterable[str]) -> Mapping[str, str]:
    """Give the names of accounts as a person reads them."""
    wanted = {name for name in usernames if name}
    return dict(accounts.officers().filter(username__in=wanted).values_list("username", "display_name"))


def record_words(record: Record) -> str:
    """Name a record by its kind and document number, with what is in dispute about it."""
    return with_marks(f"{record_type_of(record).title} {record.document_number}".strip(), marks=marks_of(record))


def may_print_notice(record: Record, *, actor: Actor) -> bool:
    """Tell whether the notice of repair is this person's to print: the office's, and the body's that decided."""
    if record_type_of(record).nature is not Nature.ADVERSE:
        return False
    return actor.of_office or (actor.of_department and determined_by(record=record) == actor.department_code)


def content_of(record: Record, *, contested: str = "") -> list[FieldRow]:
    """
    Give what a record says, field by field, for whoever handles a case about it: also when nobody else is shown it.

    What never leaves the house, the number of a person's document, stays away here too.
    """
    return [
        FieldRow(
            title=field.title,
            value=field_in_words(row=record, field=field),
            note="争议字段" if field.name == contested else "",
        )
        for field in record_type_of(record).fields
        if field.disclosed is not None
    ]
