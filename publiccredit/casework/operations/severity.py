"""The deciding department's own word on how severe a penalised conduct is, given by two people (谁认定、谁负责)."""

from datetime import datetime

from django.db import transaction

from publiccredit.accounts.operations import NotAllowed, acting
from publiccredit.accounts.types import Actor
from publiccredit.casework.letters import department_name
from publiccredit.casework.models import Case, Decision
from publiccredit.casework.operations.deciding import decide
from publiccredit.casework.operations.handling import UnableToTakePaper, hand_in_paper, take_case
from publiccredit.casework.operations.opening import open_case
from publiccredit.casework.queries import determined_by
from publiccredit.casework.rules import CaseRefused
from publiccredit.casework.severity import severity_field
from publiccredit.casework.severity_corrections import UnableToCorrectSeverity, verify_severity
from publiccredit.casework.types import Applicant, Asked, Channel, PaperIn, Verdict
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import SEVERITY_TITLES, Outcome, Party, Procedure, ProcedureName, Severity
from publiccredit.catalogue.types.personal_numbers import refusal_of
from publiccredit.ledger.types import china_day
from publiccredit.subjects import operations as subjects
from publiccredit.subjects.queries import Record, verify_open

SHORTEST_REASON = 10  # as for decisions: words of the officer's own, not a tick
LONGEST_REASON = 500


class RecordNotFound(CaseRefused):
    """There is no such record, or it is another department's: nobody can tell which."""

    def __init__(self) -> None:
        super().__init__("没有这条记录，或者不是本单位报送的。请从本单位的记录中选择。")


def propose_severity(
    *, by: Actor, record_id: int, severity: Severity, reason: str, paper: PaperIn, at: datetime
) -> Case:
    """
    Open the case that corrects the severity of a department's own record, with its paper and the proposed decision.

    Nothing changes until a head of the department who has not proposed it approves (DP-35). The reason is public then.

    :raises NotAllowed: the actor is no officer of a department, has declared a relation to the subject, or there is
        nobody to approve it.
    :raises RecordNotFound: it is not a record of the actor's department.
    :raises UnableToCorrectSeverity: another department decided it, the reason is missing or holds a number of a
        person, the severity is the one it has or none the packs list, or the record has ended, was repaired or was
        withdrawn.
    :raises UnableToOpenCase: such a case about the record is under way.
    :raises UnableToTakePaper: the paper is none that can be read.
    """
    if not by.of_department:
        raise NotAllowed("失信严重程度由作出决定的部门更正。请用该部门联络员或负责人的账号办理。")
    on = china_day(at=at)
    rules = catalogue.procedure(name=ProcedureName.CORRECTION, on=on)
    outcome = _outcome_of_severity(rules)
    with transaction.atomic(), acting(actor=by):
        record = _own_record(by, record_id)
        words = reason.strip()
        _refuse_reason(words)
        verify_severity(record=record, severity=severity, on=on)
        name, (ground, *_) = severity_field(record=record), outcome.grounds
        case = open_case(
            by=by,
            procedure=rules.name,
            applicant=Applicant(party=Party.SOURCE, name=department_name(code=by.department_code)),
            asked=Asked(ground=ground, request=words, record_ids=(record_id,), field=name),
            channel=Channel.OWN_FINDING,
            at=at,
        )
        kind = next((p.name for p in rules.papers_for(ground) if p.required), paper.kind)
        if not paper.content:
            raise UnableToTakePaper("请提交载明更正的决定文书或者审批表。")
        handed = PaperIn(kind=kind, file_name=paper.file_name, content=paper.content)
        hand_in_paper(by=by, case_id=case.pk, paper=handed, at=at)
        take_case(by=by, case_id=case.pk, at=at)
        correct_severity(by=by, case_id=case.pk, severity=severity, reason=words, at=at)
        case.refresh_from_db()
    return case


def correct_severity(*, by: Actor, case_id: int, severity: Severity, reason: str, at: datetime) -> Decision:
    """Find, in a correction under way, that a conduct is severer or less severe, with a reason that is made public."""
    case = Case.objects.get(pk=case_id)
    rules = catalogue.procedure(name=ProcedureName(case.procedure), on=case.opened_on)
    about = case.records.select_related("record").order_by("pk")[0]
    verdict = Verdict(
        outcome=_outcome_of_severity(rules).name,
        reasons=reason,
        public_notice=reason,
        corrections={severity_field(record=about.record): SEVERITY_TITLES[severity]},
    )
    return decide(by=by, case_id=case_id, verdict=verdict, at=at)


def _outcome_of_severity(rules: Procedure) -> Outcome:
    found = next((outcome for outcome in rules.outcomes if outcome.of_severity), None)
    if found is None:
        raise UnableToCorrectSeverity(f"“{rules.title}”在这一天没有更正失信严重程度的结果。请与信用办联系。")
    return found


def _own_record(by: Actor, record_id: int) -> Record:
    record = subjects.lock_records(record_ids=[record_id]).get(record_id)
    if record is None or record.department_code != by.department_code:
        raise RecordNotFound
    verify_open(actor=by, subject_ids=[record.subject_id])
    decider = determined_by(record=record)
    if decider != by.department_code:
        raise UnableToCorrectSeverity(
            f"这条记录的决定由{department_name(code=decider)}作出，严重程度由该部门认定。请与该部门联系，或者提出更正案件。"
        )
    return record


def _refuse_reason(words: str) -> None:
    length = len("".join(words.split()))
    if length < SHORTEST_REASON:
        raise UnableToCorrectSeverity(
            f"理由至少 {SHORTEST_REASON} 个字，实为 {length} 个字。请写明依据的标准和本案的情节。"
        )
    if len(words) > LONGEST_REASON:
        raise UnableToCorrectSeverity(f"理由不超过 {LONGEST_REASON} 字，实为 {len(words)} 字。请删减。")
    if number := refusal_of(text=words, what="理由"):
        raise UnableToCorrectSeverity(number)
