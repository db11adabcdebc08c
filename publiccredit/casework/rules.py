"""What every step of a case asks first: who acts, under which rules, on which case; and what it leaves behind."""

from publiccredit.accounts.operations import Act, NotAllowed
from publiccredit.accounts.types import Actor
from publiccredit.casework.models import Case, CaseStep, Decision
from publiccredit.casework.types import UNDECIDED, CaseState, DecisionState
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import (
    Effect,
    Ground,
    Outcome,
    Packs,
    Party,
    Procedure,
    ProcedureName,
    RecordType,
    StepName,
)
from publiccredit.subjects.queries import record_type_of, verify_open

SUBJECT_ACCOUNT = "subject:"  # followed by the identifier: what the subject's desk acts as
READER_ACCOUNT = "reader"
PARTY_TITLES = {
    Party.SUBJECT: "信用信息主体",
    Party.READER: "读者",
    Party.SOURCE: "认定单位",
    Party.OFFICE: "信用办",
}


STANDS = frozenset(
    {Effect.LIFT_DISPUTE, Effect.KEEP_NOTE, Effect.UNDO_REPAIR}
)  # the record burdens as before, or again


class CaseRefused(Exception):
    """What was asked of a case cannot be done; the message says what was found and what would be right."""


class CaseNotFound(CaseRefused):
    """There is no such case, or it is another department's: nobody can tell which."""

    def __init__(self) -> None:
        super().__init__("没有这个案件，或者不属于本单位办理。请核对案件编号。")


class AlreadyDecided(CaseRefused):
    """The case is decided; only a review by somebody else can change anything."""


class AlreadyTakenBack(CaseRefused):
    """The applicant has taken back what it asked; it can only ask anew."""


class WrongMoment(CaseRefused):
    """The case is not in a state in which this step can be taken."""


def party_of(*, actor: Actor) -> Party:
    """
    Tell as which party an actor takes steps.

    :raises NotAllowed: it is no party to any case.
    """
    if actor.of_office:
        return Party.OFFICE
    if actor.of_department:
        return Party.SOURCE
    if actor.role is None and actor.name.startswith(SUBJECT_ACCOUNT):
        return Party.SUBJECT
    if actor.role is None and actor.name == READER_ACCOUNT:
        return Party.READER
    raise NotAllowed("案件由信用办、认定单位、信用信息主体或者读者办理。请用相应的账号。")


def reviewed_for(*, case: Case) -> Party:
    """Tell whose the one review of a case is: who asked, or the subject of what a body reported of its own accord."""
    return Party.READER if case.applicant == Party.READER.value else Party.SUBJECT


def against_decider(*, case: Case) -> bool:
    """Tell whether a case is a complaint about the very body that decides it."""
    return (
        case.procedure == ProcedureName.COMPLAINT.value
        and case.decided_by_party == Party.OFFICE.value
        and case.department_code == catalogue.credit_office().code
    )


def unit_title(*, case: Case) -> str:
    """Say what the department of a case is to it: that determined its record, or that it complains of."""
    return "被投诉单位" if case.procedure == ProcedureName.COMPLAINT.value else "认定单位"


def procedure_of(*, case: Case, within: Packs | None = None) -> Procedure:
    """Give the rules a case runs under: those in force on the day it was opened."""
    return catalogue.procedure(name=ProcedureName(case.procedure), on=case.opened_on, within=within)


def title_of_case(*, case: Case, within: Packs | None = None) -> str:
    """Give what kind of case it is, in words; a review is told apart from what it reviews."""
    return f"{procedure_of(case=case, within=within).title}{'（复核）' if case.reviews_id else ''}"


def outcome_of(*, case: Case) -> str:
    """Give the title of what was decided in a case; nothing of one that is not decided."""
    if case.state not in (CaseState.DECIDED, CaseState.CLOSED):
        return ""
    made = Decision.objects.filter(case=case, state=DecisionState.EFFECTIVE).values_list("outcome", flat=True).first()
    outcome = procedure_of(case=case).outcome(made) if made else None
    return outcome.title if outcome else ""


def state_in_words(*, case: Case) -> str:
    """Say where a case stands, and how it was decided: 已决定：更正."""
    return "：".join(filter(None, (str(CaseState(case.state).label), outcome_of(case=case))))


def papers_lacking(*, case: Case, rules: Procedure) -> list[str]:
    """Give the titles of the papers that a decision which changes something needs and that are not in the case yet."""
    there = set(case.papers.values_list("kind", flat=True))
    return [paper.title for paper in rules.papers_for(case.ground) if paper.required and paper.name not in there]


def grounds_for(*, rules: Procedure, record_type: RecordType | None) -> tuple[Ground, ...]:
    """Give the grounds on which something can be asked about a record: what is no entry in a list is in none."""
    listed = record_type is not None and record_type.entry_in_list
    return tuple(ground for ground in rules.grounds if listed or not ground.of_list)


def outcomes_of(*, case: Case, rules: Procedure) -> tuple[Outcome, ...]:
    """Give the outcomes a case can have, by its ground, its records and, of a review, what it reviews."""
    records = [one.record for one in case.records.select_related("record")]
    listed = bool(records) and all(record_type_of(record).entry_in_list for record in records)
    fitting = [outcome for outcome in rules.outcomes_for(case.ground) if listed or not outcome.of_list]
    first = _reviewed_outcome(case)
    if not any(outcome.reverses == first for outcome in fitting if first):
        return tuple(outcome for outcome in fitting if outcome.reverses is None)
    # What the first decision did stands, or is put right: an outcome that does nothing would leave it as it is.
    return tuple(o for o in fitting if o.reverses == first or (o.reverses is None and o.effects))


def leaves_it_so(*, outcome: Outcome) -> bool:
    """Tell whether an outcome gives whoever asks nothing, or burdens the subject again: what papers might prevent."""
    return outcome.upheld is not True and set(outcome.effects) <= STANDS


def _reviewed_outcome(case: Case) -> str | None:
    """Give the outcome that a review is about; nothing in a case that is none."""
    made = Decision.objects.filter(case__review=case, state=DecisionState.EFFECTIVE)
    return made.values_list("outcome", flat=True).first() if case.reviews_id is not None else None


def locked_case(*, case_id: int) -> Case:
    """
    Lock a case for the rest of the transaction.

    :raises CaseNotFound: there is none, or the actor's department may not know of it.
    """
    case = Case.objects.select_for_update(of=("self",)).filter(pk=case_id).first()
    if case is None:
        raise CaseNotFound
    return case


def case_for_step(
    *, act: Act, case_id: int, step: StepName, states: tuple[CaseState, ...] = UNDECIDED, within: Packs | None = None
) -> tuple[Case, Procedure]:
    """
    Lock a case and verify that the actor may take a step in it now.

    :raises CaseNotFound: there is none, or the actor's department may not know of it.
    :raises NotAllowed: the step is another party's, or the actor has declared a relation to the subject (DP-34).
    :raises AlreadyDecided: nothing can be done in it any more.
    :raises AlreadyTakenBack: its applicant has taken it back.
    :raises WrongMoment: it is not the moment for this step.
    """
    case = locked_case(case_id=case_id)
    procedure = procedure_of(case=case, within=within)
    may_take(act=act, case=case, procedure=procedure, step=step)
    if case.state == CaseState.TAKEN_BACK:
        raise AlreadyTakenBack(f"案件 {case.number} 已由申请人撤回，不再办理。需要办理的，可以重新提出。")
    if case.state in (CaseState.DECIDED, CaseState.CLOSED) and case.state not in states:
        raise AlreadyDecided(f"案件 {case.number} 已作出决定，不能再改。对结果不服的，可以申请复核一次，由另一人办理。")
    if case.state not in states:
        wanted = "、".join(s.label for s in states)
        raise WrongMoment(f"案件 {case.number} 现为“{CaseState(case.state).label}”，只有在“{wanted}”时可以办理此步。")
    act.object_id = case.pk
    return case, procedure


def may_take(*, act: Act, case: Case, procedure: Procedure, step: StepName) -> None:
    """
    Verify that the rules give a step to the actor.

    :raises NotAllowed: they do not.
    """
    party = party_of(actor=act.by)
    if not procedure.allows(step, party):
        who = "、".join(PARTY_TITLES[p] for s in procedure.steps if s.name is step for p in s.who) or "任何一方都不"
        raise NotAllowed(f"“{procedure.title}”的这一步由{who}办理，{PARTY_TITLES[party]}不能办理。")
    if party is Party.SOURCE and act.by.department_code != case.department_code:
        raise CaseNotFound
    if party is Party.SUBJECT and act.by.subject_id not in (None, case.subject_id):
        raise CaseNotFound  # row-level security hides it already: the code says the same by itself
    verify_open(actor=act.by, subject_ids=[case.subject_id])


def write_step(*, act: Act, case: Case, step: str, text: str = "", program: bool = False) -> None:
    """Write one line into the history of a case."""
    CaseStep.objects.create(
        case=case,
        step=step,
        by=act.by.name,
        party="program" if program else party_of(actor=act.by).value,
        at=act.at,
        text=text,
        entry_id=act.entry_id,
    )
