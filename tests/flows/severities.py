"""What the tests of a severity's correction share."""

from datetime import datetime

from publiccredit.accounts.types import Actor
from publiccredit.casework.models import Case
from publiccredit.casework.operations import approve, propose_severity, take_case
from publiccredit.casework.types import Applicant, PaperIn
from publiccredit.catalogue.types import Party, ProcedureName, Severity
from publiccredit.subjects.models import Record
from tests.flows.cases import AT, FOURTH, HEAD, LIAISON, hand_in, opened
from tests.papers import a_pdf

REASON = "依本系统失信程度标准，当事人拒不整改，情节严重。"


def proposed(
    record: Record,
    to: Severity = Severity.SERIOUS,
    *,
    by: Actor = LIAISON,
    reason: str = REASON,
    at: datetime = AT,
) -> Case:
    paper = PaperIn(kind="", file_name="审批表.pdf", content=a_pdf(f"{to} of {record.pk}"))
    return propose_severity(by=by, record_id=record.pk, severity=to, reason=reason, paper=paper, at=at)


def report_of_severity(record: Record) -> int:
    """Bring the report that a severity is wrong to its department's desk, with its paper."""
    applicant = Applicant(party=Party.SOURCE, name="濉溪县市场监督管理局")
    case = opened(ProcedureName.CORRECTION, record, ground="severity", by=LIAISON, applicant=applicant)
    hand_in(case, "document", by=LIAISON)
    take_case(by=LIAISON, case_id=case.pk, at=AT)
    return case.pk


def correct(
    record: Record,
    to: Severity = Severity.SERIOUS,
    *,
    by: Actor = LIAISON,
    second: Actor | None = None,
    reason: str = REASON,
    at: datetime = AT,
) -> Record:
    """Correct a severity by two people of the department: by one, and by a head who is another."""
    case = proposed(record, to, by=by, reason=reason, at=at)
    approve(by=second or (FOURTH if by == HEAD else HEAD), case_id=case.pk, at=at)
    return Record.objects.get(pk=record.pk)
