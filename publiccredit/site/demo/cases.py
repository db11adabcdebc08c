"""A dozen cases at every step of their way, taken there by the operations themselves: so that no desk is empty."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction

from publiccredit.accounts.types import Actor, Role
from publiccredit.casework import operations, queries
from publiccredit.casework.types import Applicant, Asked, Channel, PaperIn, Verdict
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import ConditionName, Party, ProcedureName, Severity
from publiccredit.ledger.types import CHINA
from publiccredit.site import database
from publiccredit.subjects import queries as subjects
from publiccredit.subjects.queries import Record

BEGINS, LATEST = time(9, 30), time(13, 30)  # four hours: the longest a step of a story lies after its first
DEPARTMENT = "market_regulation"
LIAISON = Actor(name="liaison_market", role=Role.LIAISON, department_code=DEPARTMENT)
HEAD = Actor(name="head_market", role=Role.DEPARTMENT_HEAD, department_code=DEPARTMENT)
CLERK = Actor(name="office_clerk", role=Role.OFFICE_CLERK)
OFFICE_HEAD = Actor(name="office_head", role=Role.OFFICE_HEAD)
REPAIR_PAPERS = ("proof_of_performance", "commitment")
PAPER_FILES = {
    "proof_of_performance": "履行义务的证明.pdf",
    "commitment": "信用承诺书.pdf",
    "evidence": "证据.pdf",
    "document": "失信严重程度审批表.pdf",
}
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
PAPER += b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n"
CORRECT = "经核对决定文书第二页和送达回证，异议所指内容与文书不符，应予更正。"
RIGHT = "经核对决定文书和案卷，公示的内容与决定书所载一致，没有超过期限。"
GRAVE = "依本系统失信程度标准，当事人两次被责令改正仍不改正，情节严重（演示数据，纯属虚构）。"
SLIGHT = "依本系统失信程度标准，当事人主动消除危害后果，情节轻微（演示数据，纯属虚构）。"
REPAIRED = "经核实，罚款已于法定期限内缴清，违法行为已改正，并作出信用承诺。"


@dataclass(frozen=True)
class Story:
    """One case: what it is, how many days before the last one it began, and what was done in it since."""

    procedure: ProcedureName
    ground: str
    request: str
    days_ago: int
    channel: Channel
    go_on: Callable[["Course"], None]
    party: Party = Party.SUBJECT
    severity: Severity | None = None  # that its record must have

    def suits(self, record: Record) -> bool:
        return self.severity is None or record.severity == self.severity


@dataclass(frozen=True)
class Course:
    """A case on its way: each step a little after the one before."""

    case_id: int
    begun: datetime

    def after(self, days: int = 0, hours: int = 1) -> datetime:
        return self.begun + timedelta(days=days, hours=hours)

    def take(self, by: Actor = CLERK) -> None:
        operations.take_case(by=by, case_id=self.case_id, at=self.after())

    def papers(self, *kinds: str, days: int = 0) -> None:
        for kind in kinds:
            paper = PaperIn(kind=kind, file_name=PAPER_FILES[kind], content=PAPER + f"%{kind}\n%%EOF\n".encode())
            operations.hand_in_paper(by=CLERK, case_id=self.case_id, paper=paper, at=self.after(days))

    def decide(self, verdict: Verdict, *, by: Actor, days: int) -> None:
        operations.decide(by=by, case_id=self.case_id, verdict=verdict, at=self.after(days, 2))

    def approve(self, *, by: Actor, days: int) -> None:
        operations.approve(by=by, case_id=self.case_id, at=self.after(days, 3))

    def close(self, *, by: Actor, days: int) -> None:
        operations.close_case(by=by, case_id=self.case_id, delivered="窗口当面送达", at=self.after(days, 4))


def open_cases(*, until: date, now: datetime) -> int:
    """
    Open those of the cases that are not there, each whole or not at all, give how many were, and look at the clocks.

    Nothing in them is stamped later than now: until the last step of a day has come, they all begin a day earlier.
    """
    last = until if datetime.combine(until, LATEST, tzinfo=CHINA) <= now else until - timedelta(days=1)
    with database.acting_as_program():
        known = set(queries.cases().exclude(idempotency_key=None).values_list("idempotency_key", flat=True))
        chosen = _one_for_each(_records(until))
        missing = [
            (key, story, record)
            for number, (story, record) in enumerate(zip(STORIES, chosen, strict=False))
            if (key := f"demo:{number}") not in known
        ]
        for key, story, record in missing:
            with transaction.atomic():
                _tell(story, record, last=last, key=key)
        if missing:
            operations.escalate(at=now)  # what is overdue by now is reminded of now, not at the next look of the clock
    return len(missing)


def repairable_and_untouched(*, until: date) -> Iterator[Record]:
    """Give penalties that can be repaired today and of whose subject no case was ever opened."""
    known = set(queries.cases().exclude(subject=None).values_list("subject_id", flat=True))
    return (record for record in _records(until) if record.subject_id not in known)


def _records(until: date) -> Iterator[Record]:
    """Give penalties that can be repaired today, one for each case and never two of one subject."""
    seen: set[int | None] = set()
    found = subjects.records().filter(
        record_type="administrative_penalty",
        department_code=DEPARTMENT,
        subject__isnull=False,
        state="filed",
        decided_on__lt=until - timedelta(days=60),
        repairable_from__lt=until - timedelta(days=40),
        disclosed_until__gt=until + timedelta(days=30),
    )
    for record in found.select_related("subject").order_by("pk").iterator():
        if record.subject_id not in seen and queries.determined_by(record=record) == DEPARTMENT:
            seen.add(record.subject_id)
            yield record


def _one_for_each(records: Iterator[Record]) -> Iterator[Record]:
    """Give each story the first record that suits it and no story before it."""
    passed: list[Record] = []
    for story in STORIES:
        record = next(filter(story.suits, passed), None)
        if record is not None:
            passed.remove(record)
        else:
            for record in records:
                if story.suits(record):
                    break
                passed.append(record)
            else:
                return
        yield record


def _tell(story: Story, record: Record, *, last: date, key: str) -> None:
    begun = datetime.combine(last - timedelta(days=story.days_ago), BEGINS, tzinfo=CHINA)
    name, by = record.subject.name if record.subject else "", CLERK
    if story.party is Party.SOURCE:
        name, by = catalogue.department(code=DEPARTMENT).name, LIAISON
    case = operations.open_case(
        by=by,
        procedure=story.procedure,
        applicant=Applicant(party=story.party, name=name, contact="0561-0000000"),
        asked=Asked(ground=story.ground, request=story.request, record_ids=(record.pk,)),
        channel=story.channel,
        at=begun,
        idempotency_key=key,
    )
    story.go_on(Course(case_id=case.pk, begun=begun))


# --- what happens in each ---------------------------------------------------------------------------------------------


def _nothing(course: Course) -> None:
    """It lies where it came in."""
    del course


def _taken(course: Course) -> None:
    course.take()
    course.papers("evidence")


def _waiting_for_papers(course: Course) -> None:
    course.take()
    asked = "一、营业执照复印件；二、能说明罚款金额有误的材料。"
    operations.request_papers(by=CLERK, case_id=course.case_id, asked=asked, at=course.after(hours=2))


def _with_source(course: Course) -> None:
    course.take()
    question = "请核对决定书第二页的罚款金额。"
    operations.forward_to_source(by=CLERK, case_id=course.case_id, question=question, at=course.after(hours=2))


def _answered(course: Course) -> None:
    _with_source(course)
    answer = "经核对，公示内容与决定书一致。"
    operations.answer_as_source(by=LIAISON, case_id=course.case_id, answer=answer, at=course.after(1))


def _rejected(course: Course) -> None:
    course.take()
    course.decide(Verdict("rejected", RIGHT), by=CLERK, days=1)


def _rejected_and_reviewed(course: Course) -> None:
    _rejected(course)
    course.close(by=CLERK, days=2)
    first = queries.cases().get(pk=course.case_id)
    applicant = Applicant(party=Party.SUBJECT, name=first.applicant_name, contact=first.contact)
    operations.request_review(
        by=CLERK,
        case_id=course.case_id,
        applicant=applicant,
        request="没有核对送达日期，请求复核。",
        channel=Channel.COUNTER,
        at=course.after(3),
    )


def _corrected(course: Course) -> None:
    course.take()
    corrections = {"violation_facts": "经更正：销售的产品标签不符合规定（演示数据，纯属虚构）"}
    course.decide(Verdict("corrected", CORRECT, corrections=corrections), by=CLERK, days=1)
    course.approve(by=OFFICE_HEAD, days=1)


def _repair_ready(course: Course) -> None:
    course.papers(*REPAIR_PAPERS)
    course.take(LIAISON)


def _repair_proposed(course: Course) -> None:
    _repair_ready(course)
    course.decide(Verdict("granted", REPAIRED), by=LIAISON, days=1)


def _repair_granted(course: Course) -> None:
    _repair_proposed(course)
    course.approve(by=HEAD, days=2)
    course.close(by=LIAISON, days=2)


def _repair_refused(course: Course) -> None:
    course.take(LIAISON)
    asked = "一、履行义务的证明；二、信用承诺书。"
    operations.request_papers(by=LIAISON, case_id=course.case_id, asked=asked, at=course.after(hours=2))
    course.papers("commitment", days=1)
    reasons = "没有提交履行义务的证明，本单位的系统中也查不到缴款记录。"
    course.decide(Verdict("refused", reasons, failing=(ConditionName.DUTIES_PERFORMED,)), by=LIAISON, days=2)


def _severity_proposed(course: Course) -> None:
    course.papers("document")
    course.take(LIAISON)
    operations.correct_severity(
        by=LIAISON, case_id=course.case_id, severity=Severity.SERIOUS, reason=GRAVE, at=course.after(hours=2)
    )


def _severity_corrected(course: Course) -> None:
    course.papers("document")
    course.take(LIAISON)
    operations.correct_severity(
        by=LIAISON, case_id=course.case_id, severity=Severity.SLIGHT, reason=SLIGHT, at=course.after(hours=2)
    )
    course.approve(by=HEAD, days=1)


_FINE = "公示的罚款金额与决定书不符，请核对更正。"
_PAID = "罚款已缴清，违法行为已改正，申请信用修复。"
_OBJECTION, _REPAIR = ProcedureName.OBJECTION, ProcedureName.CREDIT_REPAIR
_CORRECTION = ProcedureName.CORRECTION
STORIES: Sequence[Story] = (
    Story(_OBJECTION, "wrong_or_missing", _FINE, 0, Channel.COUNTER, _nothing),
    Story(_OBJECTION, "suit_pending", "处罚决定已在复议，请标注。", 1, Channel.PHONE, _taken),
    Story(_OBJECTION, "wrong_or_missing", _FINE, 3, Channel.POST, _waiting_for_papers),
    Story(_OBJECTION, "wrong_or_missing", _FINE, 4, Channel.COUNTER, _with_source),
    Story(_OBJECTION, "wrong_or_missing", _FINE, 6, Channel.COUNTER, _answered),
    Story(_OBJECTION, "other", "对处罚不服，请停止公示。", 12, Channel.COUNTER, _rejected_and_reviewed),
    Story(_OBJECTION, "wrong_or_missing", "违法事实写错，请更正。", 10, Channel.PHONE, _corrected),
    Story(_OBJECTION, "other", "请说明公示的依据。", 5, Channel.POST, _rejected),
    Story(_OBJECTION, "beyond_period", "公示期限有误。", 14, Channel.POST, _nothing),
    Story(_REPAIR, "duties_performed", _PAID, 1, Channel.COUNTER, _nothing),
    Story(_REPAIR, "duties_performed", _PAID, 6, Channel.COUNTER, _repair_ready),
    Story(_REPAIR, "duties_performed", _PAID, 5, Channel.COUNTER, _repair_proposed),
    Story(_REPAIR, "duties_performed", _PAID, 20, Channel.COUNTER, _repair_granted),
    Story(_REPAIR, "duties_performed", _PAID, 16, Channel.POST, _repair_refused),
    Story(_CORRECTION, "severity", GRAVE, 1, Channel.OWN_FINDING, _severity_proposed, Party.SOURCE, Severity.GENERAL),
    Story(_CORRECTION, "severity", SLIGHT, 9, Channel.OWN_FINDING, _severity_corrected, Party.SOURCE, Severity.GENERAL),
)
