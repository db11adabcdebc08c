"""
Every single write of every case operation is made to fail once: nothing partial stays, and trying again works.

For n = 1, 2, 3 … the n-th write fails, until the operation gets through. Every record is in two recipients' hands, so
the notices to them are among the writes.
"""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from publiccredit.casework import operations
from publiccredit.casework.models import Case
from publiccredit.casework.types import Applicant, Channel, Order, PaperIn, Verdict
from publiccredit.catalogue.types import ConditionName, Party, ProcedureName, Severity, WithdrawalReason
from publiccredit.recipients.models import Notice
from publiccredit.subjects.models import Record
from tests.factories import stored_record, stored_subject
from tests.flows.cases import (
    APPLICANT,
    AT,
    CLERK,
    HEAD,
    LIAISON,
    OFFICE_HEAD,
    OWNER,
    PUBLIC_WORDS,
    REASONS,
    SECOND_CLERK,
    hand_in,
    objection_ready,
    opened,
    repair_ready,
    repaired,
    report_ready,
)
from tests.flows.failing import Failing
from tests.flows.recipients import given, registered
from tests.flows.severities import REASON, report_of_severity
from tests.papers import a_pdf

SOURCE = Applicant(party=Party.SOURCE, name="濉溪县市场监督管理局")


@pytest.mark.no_cover  # each operation again and again, up to a write that fails: its own tests take its lines
def test_every_write_of_every_operation_may_fail(failing: Failing) -> None:
    records = [stored_record(subject=stored_subject(), number=1)]
    records += [stored_record(subject=records[0].subject, number=n) for n in range(2, 9)]
    for holder in (registered(1), registered(2, callback_url="http://127.0.0.1:9/")):
        for record in records:
            given(holder, record)
    counted: dict[str, int] = {}

    def through(name: str, operation: Callable[[], Any]) -> None:
        counted[name] = failing.through(operation)

    def newest() -> int:
        return Case.objects.latest("pk").pk

    first, second, third, fourth, fifth, sixth, seventh, eighth = records
    through("open", lambda: opened(ProcedureName.OBJECTION, first, ground="other"))
    objection = newest()
    through("take", lambda: operations.take_case(by=CLERK, case_id=objection, at=AT))
    through("papers", lambda: operations.request_papers(by=CLERK, case_id=objection, asked="复印件", at=AT))
    paper = PaperIn("evidence", "a.pdf", a_pdf())
    through("hand in", lambda: operations.hand_in_paper(by=OWNER, case_id=objection, paper=paper, at=AT))
    through("forward", lambda: operations.forward_to_source(by=CLERK, case_id=objection, question="核对", at=AT))
    through("answer", lambda: operations.answer_as_source(by=LIAISON, case_id=objection, answer="与文书一致", at=AT))
    through(
        "extend",
        lambda: operations.extend_deadline(by=CLERK, case_id=objection, days=1, reason="须向省平台核实", at=AT),
    )
    through("escalate", lambda: operations.escalate(at=AT + timedelta(days=40)))
    first.refresh_from_db()
    assert first.suspended_at is not None
    through("reject", lambda: operations.reject_objection(by=CLERK, case_id=objection, reasons=REASONS, at=AT))
    through("close", lambda: operations.close_case(by=CLERK, case_id=objection, delivered="网上送达", at=AT))
    through(
        "review",
        lambda: operations.request_review(by=OWNER, case_id=objection, applicant=APPLICANT, request="不服", at=AT),
    )
    review = newest()
    operations.escalate(at=AT + timedelta(days=80))
    through(
        "take back",
        lambda: operations.take_back_request(
            by=SECOND_CLERK, case_id=review, stated="来函存卷", at=AT + timedelta(days=81)
        ),
    )
    upheld = objection_ready(second).pk
    verdict = Verdict("publication_stopped", REASONS, PUBLIC_WORDS)
    through("uphold", lambda: operations.decide(by=CLERK, case_id=upheld, verdict=verdict, at=AT))
    through("return", lambda: operations.return_proposal(by=OFFICE_HEAD, case_id=upheld, because="理由不清", at=AT))
    operations.decide(by=CLERK, case_id=upheld, verdict=verdict, at=AT)
    through(
        "take back a proposal",
        lambda: operations.take_back_proposal(by=CLERK, case_id=upheld, because="页码写错", at=AT),
    )
    operations.decide(by=CLERK, case_id=upheld, verdict=verdict, at=AT)
    through("approve", lambda: operations.approve(by=OFFICE_HEAD, case_id=upheld, at=AT))
    corrected = objection_ready(third).pk
    correction = Verdict("corrected", REASONS, corrections={"severity": "严重"})
    operations.decide(by=CLERK, case_id=corrected, verdict=correction, at=AT)
    through("correct", lambda: operations.approve(by=OFFICE_HEAD, case_id=corrected, at=AT))
    repair = repair_ready(fourth).pk
    operations.grant_repair(by=LIAISON, case_id=repair, reasons=REASONS, at=AT)
    through("repair", lambda: operations.approve(by=HEAD, case_id=repair, at=AT))
    undo = _undo(fifth)
    through("undo", lambda: operations.approve(by=HEAD, case_id=undo, at=AT))
    revoked = report_ready(sixth, ground="revoked", paper="new_decision").pk
    through(
        "withdraw",
        lambda: operations.withdraw_record(
            by=LIAISON,
            case_id=revoked,
            because=WithdrawalReason.REVOKED,
            reasons=REASONS,
            public_notice=PUBLIC_WORDS,
            at=AT,
        ),
    )
    stayed = report_ready(seventh, ground="stayed", paper="stay_order").pk
    order = Order("濉政复〔2026〕3号", begins=date(2026, 9, 1))
    through("stay", lambda: operations.stay_record(by=LIAISON, case_id=stayed, order=order, reasons=REASONS, at=AT))
    words = {"subject_id": eighth.subject_id or 0, "record_id": eighth.pk, "statement": "已整改"}
    through("statement", lambda: operations.state_on_record(by=OWNER, at=AT, **words))
    through(
        "relation",
        lambda: operations.declare_relation(by=SECOND_CLERK, subject_id=eighth.subject_id or 0, relation="亲属", at=AT),
    )
    assert len(counted) == 23
    assert min(counted.values()) >= 2, counted  # its own rows and its ledger entry
    told = Counter(Notice.objects.values_list("kind", flat=True))
    assert told == {"withdrawn": 4, "corrected": 2, "repaired": 4, "repair_undone": 2, "stayed": 2}
    _the_rest(failing, stored_record(subject=first.subject, number=9), stored_record(subject=first.subject, number=10))
    assert failing.left_out("casework") == set(), "let every write of the new operation fail once"


def _the_rest(failing: Failing, disputed: Record, burdened: Record) -> None:
    """What the first way does not come through: the doors that bear an outcome's name, and what is said beside a case."""
    case = objection_ready(disputed).pk
    failing.through(
        lambda: operations.guide_applicant(by=CLERK, case_id=case, text="请带决定书原件和送达回证到窗口核对。", at=AT)
    )
    upheld = {"outcome": "corrected", "corrections": {"severity": "严重"}, "reasons": REASONS}
    failing.through(lambda: operations.uphold_objection(by=CLERK, case_id=case, at=AT, **upheld))
    refused = repair_ready(burdened).pk
    doubt = (ConditionName.DUTIES_PERFORMED,)
    failing.through(
        lambda: operations.refuse_repair(by=LIAISON, case_id=refused, reasons=REASONS, failing=doubt, at=AT)
    )
    granted = repair_ready(burdened).pk
    failing.through(lambda: operations.grant_repair(by=LIAISON, case_id=granted, reasons=REASONS, at=AT))
    report = opened(
        ProcedureName.CORRECTION,
        disputed,
        ground="differs_from_document",
        by=LIAISON,
        applicant=SOURCE,
        channel=Channel.COUNTER,
    )
    hand_in(report, "document", by=LIAISON)
    operations.take_case(by=LIAISON, case_id=report.pk, at=AT)
    wanted = {"corrections": {"severity": "严重"}, "reasons": REASONS}
    failing.through(lambda: operations.correct_record(by=LIAISON, case_id=report.pk, at=AT, **wanted))
    _stayed_and_shielded(failing, disputed)
    holder = registered(3)
    given(holder, burdened)
    severe = report_of_severity(burdened)
    serious = {"severity": Severity.SERIOUS, "reason": REASON}
    failing.through(lambda: operations.correct_severity(by=LIAISON, case_id=severe, at=AT, **serious))
    failing.through(lambda: operations.approve(by=HEAD, case_id=severe, at=AT))
    assert Notice.objects.get(recipient=holder).kind == "corrected"
    fresh = _found_out(stored_record(subject=burdened.subject, number=11))
    failing.through(
        lambda: operations.undo_repair(by=LIAISON, case_id=fresh, reasons=REASONS, public_notice=PUBLIC_WORDS, at=AT)
    )


def _stayed_and_shielded(failing: Failing, record: Record) -> None:
    order = Order("濉政复〔2026〕4号", begins=date(2026, 9, 1), until=date(2026, 10, 1))
    stayed = report_ready(record, ground="stayed", paper="stay_order").pk
    operations.stay_record(by=LIAISON, case_id=stayed, order=order, reasons=REASONS, at=AT)
    lifted = report_ready(record, ground="stayed", paper="stay_order").pk
    failing.through(lambda: operations.lift_stay(by=LIAISON, case_id=lifted, reasons=REASONS, at=AT))
    plan = opened(ProcedureName.CREDIT_REPAIR, record, ground="reorganisation")
    hand_in(plan, "court_order")
    operations.take_case(by=LIAISON, case_id=plan.pk, at=AT)
    failing.through(lambda: operations.shield_records(by=LIAISON, case_id=plan.pk, order=order, reasons=REASONS, at=AT))


def _undo(record: Record) -> int:
    case = _found_out(record)
    operations.undo_repair(by=LIAISON, case_id=case, reasons=REASONS, public_notice=PUBLIC_WORDS, at=AT)
    return case


def _found_out(record: Record) -> int:
    """A repair whose papers were false, before its department."""
    repaired(record)
    case = opened(ProcedureName.RE_VERIFICATION, record, ground="false_papers", by=LIAISON, applicant=SOURCE)
    hand_in(case, "finding", by=LIAISON)
    operations.take_case(by=LIAISON, case_id=case.pk, at=AT)
    return case.pk
