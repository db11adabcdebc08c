"""Every read of casework: desks, one case with its history in sentences, what a subject can do, public figures."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db.models import F, QuerySet

from publiccredit.accounts import queries as accounts
from publiccredit.casework import clocks
from publiccredit.casework.clocks import awaiting_papers, due_in_words, late, lies_with
from publiccredit.casework.eligibility import eligibility
from publiccredit.casework.figures import public_figures, published_figures
from publiccredit.casework.keeping import ended_before, kept_since, kept_until, readers_over
from publiccredit.casework.models import Case, CaseRecord, CaseStep, Decision, DeclaredRelation, Letter, Paper
from publiccredit.casework.navigating import determined_by, navigator, repair_effects
from publiccredit.casework.numbering import as_numbered
from publiccredit.casework.paper_files import file_as_answer, paper_as_answer
from publiccredit.casework.printing import Printed, printed_letter
from publiccredit.casework.repair_notices import repair_notice
from publiccredit.casework.rules import (
    PARTY_TITLES,
    grounds_for,
    procedure_of,
    reviewed_for,
    state_in_words,
    title_of_case,
    unit_title,
)
from publiccredit.casework.severity import (
    SeverityStanding,
    SeverityTerm,
    severities_by_rule,
    severity_case_under_way,
    severity_records,
    severity_standing,
)
from publiccredit.casework.types import (
    UNDECIDED,
    CaseState,
    DecisionState,
    Eligibility,
    Event,
    Happening,
    LetterKind,
)
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import (
    Packs,
    Party,
    Procedure,
)
from publiccredit.subjects import queries as subjects
from publiccredit.subjects.queries import Record, RecordState

__all__ = [
    "Case",
    "CaseRecord",
    "Letter",
    "Paper",
    "SeverityStanding",
    "SeverityTerm",
    "case",
    "case_by_number",
    "case_records",
    "cases",
    "cases_of_record",
    "cases_of_subject",
    "contested_title",
    "desk_of_department",
    "desk_of_office",
    "determined_by",
    "due_in_words",
    "eligibility_of",
    "ended_before",
    "file_as_answer",
    "grounds_for",
    "kept_since",
    "kept_until",
    "letters_as_pdf",
    "letters_to_tell",
    "may_be_reviewed",
    "moved_deadlines",
    "navigator",
    "open_cases",
    "overdue_at_department",
    "overdue_at_office",
    "overdue_cases",
    "paper_as_answer",
    "printed_letter",
    "procedure_of_case",
    "proposals",
    "public_figures",
    "published_figures",
    "readers_over",
    "related_subjects",
    "repair_effects",
    "repair_notice",
    "repairs_open",
    "repairs_opening",
    "review_until",
    "review_until_in_words",
    "reviewed_for",
    "severities_by_rule",
    "severity_case_under_way",
    "severity_records",
    "severity_standing",
    "state_in_words",
    "timeline",
    "title_of_case",
    "unit_title",
    "withdrawal",
]

TAKEN_OVER = "taken_over"  # a case is accepted once; whoever takes it afterwards goes on with it
SENTENCES = {
    "open": "{who}提出请求。",
    "take": "{by}受理。",
    TAKEN_OVER: "改由{by}承办。",
    "request_papers": "{by}通知补正：{text}",
    "hand_in_paper": "{who}提交材料“{text}”。",
    "forward": "{by}转{unit}核实：{text}",
    "answer": "{unit}答复：{text}",
    "extend": "{by}延长期限，理由：{text}",
    "propose": "{by}作出处理意见“{text}”。",
    "approve": "{by}审核同意。",
    "close": "{by}办结，{text}。",
    "take_back": "申请人撤回请求，案件终止。{text}",
    Happening.ESCALATED.value: "办理期限已用 {text}。",
    Happening.DISPLAY_SUSPENDED.value: "逾期未作出决定，自动暂停公示至作出决定。",
    Happening.PAPERS_NOT_HANDED_IN.value: "逾期未补正，按已有材料继续办理。",
    Happening.DEADLINE_SETTLED.value: "{text}。",
    Happening.RETURNED.value: "{by}退回重办：{text}",
    Happening.PROPOSAL_TAKEN_BACK.value: "{by}撤回自己的处理意见：{text}",
    Happening.EFFECTIVE.value: "决定生效：{text}。",
    Happening.GUIDED.value: "{by}发出办理指引：{text}",
}

OUTSIDE = {
    "propose": "{by}作出处理意见。",
    Happening.RETURNED.value: "{by}退回重办。",
    Happening.PROPOSAL_TAKEN_BACK.value: "{by}撤回自己的处理意见。",
}
"""What a case's own people say to each other before there is a decision is not part of it."""


def related_subjects(*, account: str) -> frozenset[int]:
    """Give the subjects an officer has declared a relation to: a list of cases names none of them (DP-34)."""
    declared = DeclaredRelation.objects.filter(officer_id=account)
    return frozenset(declared.values_list("subject_id", flat=True))


def cases() -> QuerySet[Case]:
    """Give all cases the actor may know of, the one due first at the head."""
    return Case.objects.select_related("subject").order_by("due_on", "pk")


def open_cases(*, department_code: str | None = None, owner: str | None = None) -> QuerySet[Case]:
    """Give the undecided cases of a desk, the one due first at the head."""
    chosen = cases().filter(state__in=UNDECIDED)
    if department_code is not None:
        chosen = chosen.filter(department_code=department_code)
    return chosen if owner is None else chosen.filter(owner=owner)


def desk_of_department(*, department_code: str, on: date) -> QuerySet[Case]:
    """Give what waits for a department: what it decides, and what it was asked; not what waits for its applicant."""
    waits = lies_with(party=Party.SOURCE)
    return open_cases(department_code=department_code).filter(waits).exclude(awaiting_papers(on=on))


def desk_of_office(*, on: date) -> QuerySet[Case]:
    """Give what waits for the office itself; it watches the rest through ``open_cases``."""
    return open_cases().filter(lies_with(party=Party.OFFICE)).exclude(awaiting_papers(on=on))


def overdue_at_department(*, department_code: str, on: date) -> QuerySet[Case]:
    """Give what lies with a department and is late."""
    return overdue_cases(on=on).filter(lies_with(party=Party.SOURCE), department_code=department_code)


def overdue_at_office(*, on: date) -> QuerySet[Case]:
    """Give what lies with the office itself and is late."""
    return overdue_cases(on=on).filter(lies_with(party=Party.OFFICE))


def to_accept_by_office() -> QuerySet[Case]:
    """Give the cases that came in and that the office itself accepts."""
    return open_cases().filter(state=CaseState.OPENED, decided_by_party=Party.OFFICE.value)


def to_accept_by_department(*, department_code: str) -> QuerySet[Case]:
    """Give the cases that came in and that a department itself accepts."""
    waits = open_cases(department_code=department_code)
    return waits.filter(state=CaseState.OPENED, decided_by_party=Party.SOURCE.value)


def to_deliver_by_office() -> QuerySet[Case]:
    """Give the cases the office has decided and not yet delivered."""
    return cases().filter(state=CaseState.DECIDED, decided_by_party=Party.OFFICE.value)


def proposals_of_office(*, besides: str) -> QuerySet[Case]:
    """Give the cases of the office in which somebody else than ``besides`` has proposed a decision."""
    own = Decision.objects.filter(state=DecisionState.PROPOSED, proposed_by__username=besides)
    waits = open_cases().filter(state=CaseState.PROPOSED, decided_by_party=Party.OFFICE.value)
    return waits.exclude(pk__in=own.values("case_id"))


def proposals(*, department_code: str, besides: str) -> QuerySet[Case]:
    """Give the cases of a department in which somebody else than ``besides`` has proposed a decision."""
    waits = open_cases(department_code=department_code).filter(
        state=CaseState.PROPOSED, decided_by_party=Party.SOURCE.value
    )
    own = Decision.objects.filter(state=DecisionState.PROPOSED, proposed_by__username=besides)
    return waits.exclude(pk__in=own.values("case_id"))


def overdue_cases(*, on: date) -> QuerySet[Case]:
    """Give the undecided cases whose last day lies before a day."""
    return cases().filter(late(on=on))


def case(*, case_id: int) -> Case | None:
    """Give one case, or nothing: whether it is hidden or absent nobody can tell."""
    return cases().filter(pk=case_id).first()


def case_by_number(*, number: str) -> Case | None:
    """Give the case of a number, or nothing; its brackets may be those of any keyboard."""
    return cases().filter(number=as_numbered(number)).first()


def cases_of_subject(*, subject_id: int) -> QuerySet[Case]:
    """Give the cases about a subject, the newest first."""
    return Case.objects.filter(subject_id=subject_id).order_by("-opened_at", "-pk")


def case_records() -> QuerySet[CaseRecord]:
    """Give the records of all cases the actor may know of, each with its case and its contested field."""
    return CaseRecord.objects.select_related("case").order_by("case_id", "pk")


def contested_title(*, of_case: CaseRecord) -> str:
    """Give the title of the field a case contests of a record; empty where it is the whole record."""
    record_type = subjects.record_type_of(of_case.record)
    known = of_case.field in record_type.field_names
    return record_type.field(of_case.field).title if known else of_case.field


def cases_of_record(*, record_id: int) -> QuerySet[Case]:
    """Give the cases about a record, the newest first."""
    return Case.objects.filter(records__record_id=record_id).order_by("-opened_at", "-pk")


def procedure_of_case(*, case: Case, within: Packs | None = None) -> Procedure:
    """Give the rules a case runs under."""
    return procedure_of(case=case, within=within)


def review_until(*, case: Case) -> date | None:
    """Give the last day on which the review of a decided case can be asked for; none while nothing was delivered."""
    return clocks.review_until(case=case, rules=procedure_of(case=case))


def review_until_in_words(*, case: Case) -> str:
    """Say the same, and of a day in a year not decreed yet that it is provisional."""
    return clocks.review_until_in_words(case=case, rules=procedure_of(case=case))


def may_be_reviewed(*, case: Case, on: date) -> bool:
    """Tell whether the one review of a case can still be asked for, and there is something left to ask."""
    return not clocks.gives_all(case=case) and not clocks.why_no_review(case=case, rules=procedure_of(case=case), on=on)


def timeline(*, case: Case, among_officers: bool) -> tuple[Event, ...]:
    """Give the history of a case in sentences, the oldest first; what officers remark to each other, to them alone."""
    sentences = SENTENCES if among_officers else SENTENCES | OUTSIDE
    rules = procedure_of(case=case)
    titles = {p.name: p.title for p in rules.papers}
    applicants = {p.name for p in rules.papers if p.obtained_by is Party.SUBJECT}
    steps = list(case.steps.order_by("pk"))
    people = accounts.spoken_names(names=[step.by for step in steps], departments=catalogue.department_names())
    accepted = next((step.pk for step in steps if step.step == "take"), None)
    return tuple(
        Event(
            step.at,
            f"申请人提交材料“{titles[step.text]}”，由{people.get(step.by, step.by)}收取。"
            if _taken_in(case, step) and step.text in applicants
            else _sentence(case, step, sentences, titles, people.get(step.by, step.by), accepts=step.pk == accepted),
        )
        for step in steps
    )


def _taken_in(case: Case, step: CaseStep) -> bool:
    """Tell whether a counter took in a paper for an applicant: it is the applicant's, whoever stored it."""
    asks = case.applicant in (Party.SUBJECT.value, Party.READER.value)
    return step.step == "hand_in_paper" and asks and step.party in (Party.OFFICE.value, Party.SOURCE.value)


def moved_deadlines(*, case: Case) -> tuple[str, ...]:
    """Say to which day the last day of a case has moved and why, for one who sees nothing else of its history."""
    moved = case.steps.filter(step=Happening.DEADLINE_SETTLED.value).order_by("pk")
    return tuple(f"{text}。" for text in moved.values_list("text", flat=True))


def _sentence(
    case: Case, step: CaseStep, sentences: Mapping[str, str], papers: Mapping[str, str], by: str, *, accepts: bool
) -> str:
    party = next((t for p, t in PARTY_TITLES.items() if p.value == step.party), "平台")
    if step.step == "open" and step.party != case.applicant:  # a counter took it down for its applicant
        return f"{PARTY_TITLES[Party(case.applicant)]}提出请求（{case.get_channel_display()}），由{by}收件。"
    text = papers.get(step.text, step.text) if step.step == "hand_in_paper" else step.text
    if "{text}。" in sentences.get(step.step, ""):  # the sentence has its own full stop
        text = text.rstrip("。")
    name = TAKEN_OVER if step.step == "take" and not accepts else step.step
    return sentences.get(name, "{by}办理“{step}”。{text}").format(
        who=party, by=by, text=text, step=step.step, unit=unit_title(case=case)
    )  # fmt: skip


def eligibility_of(*, case: Case, on: date, within: Packs | None = None) -> Eligibility | None:
    """Give the conditions of a repair case with the papers that are in it; nothing for another kind of case."""
    rules = procedure_of(case=case, within=within)
    record = _records(case.records.values_list("record_id", flat=True)).first()
    if not rules.conditions or record is None:
        return None
    kinds = set(case.papers.values_list("kind", flat=True))
    return eligibility(record=record, procedure=rules, ground=case.ground, papers=kinds, on=on, within=within)


def letters_as_pdf(*, letters: Iterable[Printed]) -> bytes:
    """Give letters as one PDF file."""
    from publiccredit.casework.letter_files import pdf  # few ask for files, and every process would load the library

    return pdf(letters=letters)


def letters_to_tell(*, since: datetime) -> QuerySet[Letter]:
    """Give the letters written since an instant that ask something of the subject of a case, or tell it the outcome."""
    kinds = (LetterKind.REQUEST_FOR_PAPERS, LetterKind.EXTENSION, LetterKind.DECISION, LetterKind.GUIDANCE)
    wanted = Letter.objects.filter(kind__in=kinds, made_at__gte=since, case__subject__isnull=False)
    wanted = wanted.exclude(kind=LetterKind.GUIDANCE, case__applicant__in=[Party.SOURCE.value, Party.OFFICE.value])
    return wanted.select_related("case").order_by("pk")


def repairs_open(*, of_subjects: Iterable[int], on: date) -> QuerySet[Record]:
    """Give what of some subjects is shown and can be repaired, since whenever: whom to remind, however late it came."""
    every = repairs_opening(first=date.min, last=on).filter(subject_id__in=list(of_subjects))
    return every.filter(disclosed_until__gt=on)


def repairs_opening(*, first: date, last: date) -> QuerySet[Record]:
    """Give the records whose repair opens in a span of days: whom to remind, never what to grant in bulk."""
    return (
        subjects.records()
        .filter(
            state=RecordState.FILED,
            display_ended_at__isnull=True,
            repairable_from__gte=first,
            repairable_from__lte=last,
            disclosed_until__gt=F("repairable_from"),
        )
        .order_by("repairable_from", "pk")
    )


def withdrawal(*, record_id: int) -> Record | None:
    """Give a withdrawn record, for the page that says in its place why it went; nothing otherwise."""
    return _records([record_id]).filter(state=RecordState.WITHDRAWN).first()


def _records(record_ids: Iterable[int]) -> QuerySet[Record]:
    return subjects.records().filter(pk__in=list(record_ids))
