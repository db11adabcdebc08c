"""What the tests of casework share: people, papers, reasons, and a case brought to where a test begins."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from publiccredit.accounts.models import Officer
from publiccredit.accounts.types import Actor, Role
from publiccredit.casework.models import Case, Decision
from publiccredit.casework.operations import (
    SUBJECT_ACCOUNT,
    approve,
    decide,
    hand_in_paper,
    open_case,
    take_case,
)
from publiccredit.casework.types import Applicant, Asked, Channel, PaperIn, Verdict
from publiccredit.catalogue.types import Audience, Party, ProcedureName
from publiccredit.disclosure.queries import visible_records
from publiccredit.subjects.models import Record, Subject

AT = datetime(2026, 9, 1, 2, tzinfo=UTC)  # ten in the morning of a Tuesday in China
LIAISON = Actor(name="shi-liaison", role=Role.LIAISON, department_code="market_regulation")
HEAD = Actor(name="shi-head", role=Role.DEPARTMENT_HEAD, department_code="market_regulation")
THIRD = Actor(name="shi-third", role=Role.LIAISON, department_code="market_regulation")
FOURTH = Actor(name="shi-fourth", role=Role.DEPARTMENT_HEAD, department_code="market_regulation")
OTHER = Actor(name="an-liaison", role=Role.LIAISON, department_code="emergency_management")
CLERK = Actor(name="clerk", role=Role.OFFICE_CLERK)
OFFICE_HEAD = Actor(name="office-head", role=Role.OFFICE_HEAD)
SECOND_CLERK = Actor(name="second-clerk", role=Role.OFFICE_CLERK)
PEOPLE = (LIAISON, HEAD, THIRD, FOURTH, OTHER, CLERK, OFFICE_HEAD, SECOND_CLERK)
OWNER = Actor(name=f"{SUBJECT_ACCOUNT}910000000000000000", role=None)
REASONS = "经核对决定文书第二页和送达回证,事实清楚。"
APPLICANT = Applicant(party=Party.SUBJECT, name="濉溪县示例建材有限公司", handler_name="李四")
REPAIR_PAPERS = ("proof_of_performance", "commitment")


def people() -> None:
    """Open the accounts; nobody logs in with them here, so none needs a password."""
    for actor in PEOPLE:
        assert actor.role is not None
        Officer.objects.create(
            username=actor.name,
            display_name=actor.name,
            role=actor.role.value,
            department_code=actor.department_code,
            created_at=AT,
            password="!",
        )


def opened(
    procedure: ProcedureName,
    *records: Record,
    ground: str,
    by: Actor = OWNER,
    applicant: Applicant = APPLICANT,
    at: datetime = AT,
    channel: Channel = Channel.ONLINE,
    **others: Any,
) -> Case:
    asked = Asked(ground=ground, request="请依法处理。", record_ids=tuple(r.pk for r in records))
    return open_case(by=by, procedure=procedure, applicant=applicant, asked=asked, channel=channel, at=at, **others)


def hand_in(case: Case, *kinds: str, by: Actor = OWNER, at: datetime = AT) -> None:
    for kind in kinds:
        paper = PaperIn(kind=kind, file_name=f"{kind}.pdf", content=f"{kind} of {case.number}".encode())
        hand_in_paper(by=by, case_id=case.pk, paper=paper, at=at)


def repair_ready(record: Record, *, at: datetime = AT) -> Case:
    """Bring a repair to its desk: applied for, papers in, taken."""
    case = opened(ProcedureName.CREDIT_REPAIR, record, ground="duties_performed", at=at)
    hand_in(case, *REPAIR_PAPERS, at=at)
    take_case(by=LIAISON, case_id=case.pk, at=at)
    return case


def objection_ready(record: Record, *, at: datetime = AT, ground: str = "wrong_or_missing") -> Case:
    case = opened(ProcedureName.OBJECTION, record, ground=ground, at=at)
    take_case(by=CLERK, case_id=case.pk, at=at)
    return case


def report_ready(record: Record, *, ground: str, paper: str, at: datetime = AT) -> Case:
    """Bring a report of revocation, change or stay to the department's desk."""
    applicant = Applicant(party=Party.SOURCE, name="濉溪县市场监督管理局")
    case = opened(
        ProcedureName.REVOCATION_OR_CHANGE,
        record,
        ground=ground,
        by=LIAISON,
        applicant=applicant,
        at=at,
        channel=Channel.COUNTER,
    )
    hand_in(case, paper, by=LIAISON, at=at)
    take_case(by=LIAISON, case_id=case.pk, at=at)
    return case


def settled(
    case: Case, outcome: str, *, first: Actor, second: Actor | None = None, at: datetime = AT, **others: Any
) -> Decision:
    """Decide a case, by two people where a second is named."""
    decision = decide(by=first, case_id=case.pk, verdict=Verdict(outcome, REASONS, **others), at=at)
    return approve(by=second, case_id=case.pk, at=at) if second else decision


def repaired(record: Record, *, at: datetime = AT) -> Case:
    case = repair_ready(record, at=at)
    settled(case, "granted", first=LIAISON, second=HEAD, at=at)
    return case


def shown(record: Record, *, on: date | datetime = AT, audience: Audience = Audience.PUBLIC) -> bool:
    """Tell whether a record leaves the house on a day, or at an instant."""
    day = (on + timedelta(hours=8)).date() if isinstance(on, datetime) else on
    return bool(visible_records(audience=audience, on=day, record_id=record.pk))


def columns(record: Record | Subject, *names: str) -> Mapping[str, Any]:
    return type(record).objects.values(*names).get(pk=record.pk)
