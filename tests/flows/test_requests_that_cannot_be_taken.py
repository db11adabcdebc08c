"""What casework refuses, each with a sentence that says what would be right; and nothing is left behind."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from publiccredit.accounts.operations import NotAllowed
from publiccredit.accounts.types import PROGRAM, Actor, Role
from publiccredit.casework import queries, tasks
from publiccredit.casework.models import Case
from publiccredit.casework.operations import (
    CaseNotFound,
    CaseRefused,
    PublicWordsMissing,
    UnableToOpenCase,
    UnableToTakePaper,
    WrongOutcome,
    answer_as_source,
    approve,
    close_case,
    correct_record,
    decide,
    declare_relation,
    escalate,
    extend_deadline,
    forward_to_source,
    hand_in_paper,
    lift_stay,
    open_case,
    reject_objection,
    request_papers,
    request_review,
    return_proposal,
    shield_records,
    state_on_record,
    stay_record,
    take_case,
    undo_repair,
    uphold_objection,
    withdraw_record,
)
from publiccredit.casework.types import Applicant, Asked, Channel, Order, PaperIn, Verdict
from publiccredit.catalogue.queries import PACKS_VARIABLE, packs
from publiccredit.catalogue.types import Party, ProcedureName, WithdrawalReason
from publiccredit.ledger.models import Entry
from publiccredit.subjects.models import Record
from tests.environment import ROOT
from tests.factories import stored_record, stored_subject
from tests.flows.cases import (
    APPLICANT,
    AT,
    CLERK,
    HEAD,
    LIAISON,
    OFFICE_HEAD,
    OTHER,
    OWNER,
    PUBLIC_WORDS,
    REASONS,
    hand_in,
    objection_ready,
    opened,
    repair_ready,
    repaired,
    report_ready,
    settled,
    shown,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]
SOURCE = Applicant(party=Party.SOURCE, name="濉溪县市场监督管理局")


def _asked(record: Record, **others: Any) -> Asked:
    return replace(Asked(ground="other", request="请核实", record_ids=(record.pk,)), **others)


OPENINGS: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("no ground", {"ground": "because"}, {}, "没有理由“because”"),
    ("no words", {"request": "  "}, {}, "请写明请求和理由"),
    ("no such record", {"record_ids": (999_999,)}, {}, "所指的记录不存在"),
    ("no record", {"record_ids": ()}, {}, "须指明记录"),
    ("no name", {}, {"applicant": Applicant(Party.SUBJECT, " ")}, "请填写申请人名称"),
    ("a proxy without papers", {}, {"channel": Channel.PROXY}, "授权委托书"),
    ("the office as reader", {}, {"by": Actor(name="reader", role=None)}, "申请人本人"),
    (
        "a department in the office's name",
        {},
        {"by": LIAISON, "applicant": Applicant(Party.OFFICE, "县信用办"), "channel": Channel.COUNTER},
        "部门不能以信用办的名义提出",
    ),
    (
        "a reader repairs",
        {"ground": "duties_performed"},
        {"procedure": ProcedureName.CREDIT_REPAIR, "applicant": Applicant(Party.READER, "读者")},
        "不能由该方提出",
    ),
    (
        "nothing repaired",
        {"ground": "false_papers"},
        {"procedure": ProcedureName.RE_VERIFICATION, "applicant": SOURCE, "by": LIAISON},
        "没有修复",
    ),
]


@pytest.mark.parametrize(("asked", "others", "message"), [o[1:] for o in OPENINGS], ids=[o[0] for o in OPENINGS])
def test_a_request_says_what_it_lacks(
    record: Record, asked: dict[str, Any], others: dict[str, Any], message: str
) -> None:
    before = Entry.objects.count()
    usual: dict[str, Any] = {
        "by": OWNER, "procedure": ProcedureName.OBJECTION, "applicant": APPLICANT, "channel": Channel.ONLINE, "at": AT,
    }  # fmt: skip
    with pytest.raises(UnableToOpenCase, match=message):
        open_case(**usual | others, asked=_asked(record, **asked))
    assert (Case.objects.count(), Entry.objects.count()) == (0, before)
    record.refresh_from_db()
    assert record.dispute == ""


def test_rules_that_were_not_in_force_open_nothing(record: Record) -> None:
    with pytest.raises(UnableToOpenCase, match="施行的办理规则"):
        opened(ProcedureName.CREDIT_REPAIR, record, ground="duties_performed", at=datetime(2020, 1, 1, tzinfo=UTC))


def test_records_of_two_subjects_are_two_cases(record: Record) -> None:
    other = stored_record(subject=stored_subject(number=2, name="濉溪县另一建材有限公司"), number=2)
    with pytest.raises(UnableToOpenCase, match="同一主体"):
        opened(ProcedureName.OBJECTION, record, other, ground="other")


def test_a_record_without_its_subject_cannot_be_worked_on() -> None:
    record = stored_record(subject=None, state="held_unmatched")
    with pytest.raises(UnableToOpenCase, match="尚未判定"):
        opened(ProcedureName.OBJECTION, record, ground="other")


def test_the_same_repair_is_under_way_once(record: Record) -> None:
    repair_ready(record)
    with pytest.raises(UnableToOpenCase, match="同一事项在办"):
        opened(ProcedureName.CREDIT_REPAIR, record, ground="duties_performed")
    repaired_one = stored_record(subject=record.subject, number=2)
    repaired(repaired_one)
    with pytest.raises(UnableToOpenCase, match="已经修复"):
        opened(ProcedureName.CREDIT_REPAIR, repaired_one, ground="duties_performed")


def test_a_re_verification_names_the_repair_it_is_about(record: Record) -> None:
    repaired(record)
    with pytest.raises(UnableToOpenCase, match="没有找到所要复查"):
        opened(
            ProcedureName.RE_VERIFICATION, record, ground="false_papers", by=LIAISON, applicant=SOURCE,
            about_case_id=999_999,
        )  # fmt: skip


def test_a_department_opens_nothing_about_anothers_record(record: Record) -> None:
    with pytest.raises((CaseNotFound, UnableToOpenCase)):
        opened(ProcedureName.CORRECTION, record, ground="severity", by=OTHER, applicant=SOURCE)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (lambda c: request_papers(by=CLERK, case_id=c, asked=" ", at=AT), "需要补充哪些"),
        (lambda c: extend_deadline(by=CLERK, case_id=c, days=1, reason="须再核实", at=AT + timedelta(days=9)), "逾期后不能"),
        (lambda c: uphold_objection(by=CLERK, case_id=c, outcome="granted", reasons=REASONS, at=AT), "不能作出结果"),
        (lambda c: uphold_objection(by=CLERK, case_id=c, outcome="removed_from_list", reasons=REASONS, at=AT), "不能作出"),
        (lambda c: uphold_objection(by=CLERK, case_id=c, outcome="corrected", reasons=REASONS, at=AT), "没有写明更正"),
        (lambda c: take_case(by=CLERK, case_id=999_999, at=AT), "没有这个案件"),
        (
            lambda c: uphold_objection(
                by=CLERK, case_id=c, outcome="corrected", reasons=REASONS, at=AT, corrections={"violation_kind": ""}
            ),
            "必填项",
        ),
        (
            lambda c: uphold_objection(
                by=CLERK, case_id=c, outcome="corrected", reasons=REASONS, at=AT, corrections={"remarks": "长" * 600}
            ),
            "最多",
        ),
        (
            lambda c: uphold_objection(
                by=CLERK, case_id=c, outcome="corrected", reasons=REASONS, at=AT,
                corrections={"legal_representative_document_number": "1"},
            ),
            "不公开",
        ),
    ],
)  # fmt: skip
def test_a_step_says_why_it_cannot_be_taken(record: Record, step: Callable[[int], Any], message: str) -> None:
    case = objection_ready(record)
    before = Entry.objects.count()
    with pytest.raises(CaseRefused, match=message):
        step(case.pk)
    assert Entry.objects.count() == before


def test_papers_are_of_a_known_kind_and_not_empty(record: Record) -> None:
    case = objection_ready(record)
    for paper, message in (
        (PaperIn("photo", "a", b"x"), "没有材料"),
        (PaperIn("evidence", "a.pdf", b""), "是空的"),
        (PaperIn("evidence", "bad.docx", b"a text"), "打不开"),
    ):
        with pytest.raises(UnableToTakePaper, match=message):
            hand_in_paper(by=OWNER, case_id=case.pk, paper=paper, at=AT)
    hand_in(case, "evidence")
    hand_in(case, "evidence")
    assert case.papers.count() == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "至少 8 个字，实为 0 个字"),
        ("撤 回", "实为 2 个字"),
        ("撤回（决定被撤销）。", "只写结果的名称不够"),
        ("复议机关撤销了对李四的处罚决定。", "不能写“李四”"),
        ("复议机关撤销，身份证 34062119900101123X。", "不能写身份证号码"),
        ("复议机关撤销，电话13812345678。", "不能写手机号码：“电话”后面的 138…"),
        ("撤" * 501, "最多 500 字，实为 501 字"),
    ],
)
def test_a_withdrawal_says_why_to_the_public_and_names_nobody(record: Record, words: str, said: str) -> None:
    applicant = replace(SOURCE, handler_name="李四")
    case = opened(
        ProcedureName.REVOCATION_OR_CHANGE, record, ground="revoked", by=LIAISON, applicant=applicant,
        channel=Channel.COUNTER,
    )  # fmt: skip
    hand_in(case, "new_decision", by=LIAISON)
    take_case(by=LIAISON, case_id=case.pk, at=AT)
    before = Entry.objects.count()
    with pytest.raises(PublicWordsMissing, match=said):
        decide(by=LIAISON, case_id=case.pk, verdict=Verdict("withdrawn_revoked", REASONS, words), at=AT)
    record.refresh_from_db()
    assert (record.state, Entry.objects.count()) == ("filed", before)


def test_words_for_the_public_are_asked_only_where_a_record_is_taken_away(record: Record) -> None:
    made = reject_objection(by=CLERK, case_id=objection_ready(record).pk, reasons=REASONS, at=AT)
    assert made.public_notice == "不予支持"
    case = objection_ready(record).pk
    with pytest.raises(PublicWordsMissing, match="不能写手机号码"):
        decide(by=CLERK, case_id=case, verdict=Verdict("rejected", REASONS, "请拨打 13812345678"), at=AT)


def test_answers_returns_deliveries_and_statements_have_words(record: Record) -> None:
    case = objection_ready(record)
    forward_to_source(by=CLERK, case_id=case.pk, question="请核对", at=AT)
    with pytest.raises(CaseRefused, match="核实的情况"):
        answer_as_source(by=LIAISON, case_id=case.pk, answer="是", at=AT)
    answer_as_source(by=LIAISON, case_id=case.pk, answer="与文书一致", at=AT)
    decide(by=CLERK, case_id=case.pk, verdict=Verdict("publication_stopped", REASONS, PUBLIC_WORDS), at=AT)
    with pytest.raises(CaseRefused, match="退回的理由"):
        return_proposal(by=OFFICE_HEAD, case_id=case.pk, because="", at=AT)
    approve(by=OFFICE_HEAD, case_id=case.pk, at=AT)
    with pytest.raises(CaseRefused, match="如何送达"):
        close_case(by=CLERK, case_id=case.pk, delivered="", at=AT)
    with pytest.raises(CaseRefused, match="不服的理由"):
        request_review(by=OWNER, case_id=case.pk, applicant=APPLICANT, request=" ", at=AT)


def test_a_statement_is_the_subjects_own(record: Record) -> None:
    with pytest.raises(NotAllowed, match="本人"):
        state_on_record(by=LIAISON, subject_id=record.subject_id or 0, record_id=record.pk, statement="x", at=AT)
    with pytest.raises(CaseRefused, match="不是本主体"):
        state_on_record(by=OWNER, subject_id=999_999, record_id=record.pk, statement="x", at=AT)
    for words, said in (("请致电 13812345678。", "不能写手机号码"), ("34062119900101123X", "不能写身份证号码")):
        with pytest.raises(CaseRefused, match=said):
            state_on_record(by=OWNER, subject_id=record.subject_id or 0, record_id=record.pk, statement=words, at=AT)
    record.refresh_from_db()
    assert record.statement == ""
    with pytest.raises(NotAllowed, match="本人申报"):
        declare_relation(by=PROGRAM, subject_id=record.subject_id or 0, relation="x", at=AT)


def test_a_shield_has_an_end_and_a_declared_officer_takes_no_step(record: Record) -> None:
    case = opened(ProcedureName.CREDIT_REPAIR, record, ground="reorganisation")
    take_case(by=LIAISON, case_id=case.pk, at=AT)
    with pytest.raises(WrongOutcome, match="至哪一日止"):
        shield_records(by=LIAISON, case_id=case.pk, order=Order("x号", date(2026, 9, 1)), reasons=REASONS, at=AT)
    with pytest.raises(CaseRefused):
        shield_records(
            by=LIAISON, case_id=case.pk, order=Order("x号", date(2026, 9, 1), date(2027, 1, 1)), reasons="好", at=AT
        )


def test_an_excluded_conduct_is_never_repaired(record: Record) -> None:
    case = opened(ProcedureName.CREDIT_REPAIR, record, ground="excluded")
    take_case(by=LIAISON, case_id=case.pk, at=AT)
    found = queries.eligibility_of(case=case, on=AT.date())
    assert found is not None
    assert [(c.name, c.reason) for c in found.failing if c.name == "repairable"] == [
        ("repairable", "法律法规或者中央文件规定不可修复，不能修复。")
    ]


def test_every_verdict_has_its_verb(record: Record) -> None:
    stayed = report_ready(record, ground="stayed", paper="stay_order")
    stay_record(by=LIAISON, case_id=stayed.pk, order=Order("x号", AT.date()), reasons=REASONS, at=AT)
    assert not shown(record)
    lifted = report_ready(record, ground="stayed", paper="stay_order")
    lift_stay(by=LIAISON, case_id=lifted.pk, reasons=REASONS, at=AT)
    approve(by=HEAD, case_id=lifted.pk, at=AT)
    assert shown(record)
    suit = report_ready(record, ground="suit_pending", paper="acceptance_notice")
    settled(suit, "suit_flagged", first=LIAISON)
    ended = report_ready(record, ground="suit_pending", paper="acceptance_notice")
    settled(ended, "suit_ended", first=LIAISON)
    record.refresh_from_db()
    assert record.suit_flagged_at is None
    correction = opened(ProcedureName.CORRECTION, record, ground="differs_from_document", by=LIAISON, applicant=SOURCE)
    hand_in(correction, "document", by=LIAISON)
    take_case(by=LIAISON, case_id=correction.pk, at=AT)
    correct_record(by=LIAISON, case_id=correction.pk, corrections={"fine_fen": "2.5"}, reasons=REASONS, at=AT)
    approve(by=HEAD, case_id=correction.pk, at=AT)
    record.refresh_from_db()
    assert record.fine_fen == 2_500_000
    repaired(record)
    again = opened(ProcedureName.RE_VERIFICATION, record, ground="false_commitment", by=LIAISON, applicant=SOURCE)
    hand_in(again, "finding", by=LIAISON)
    take_case(by=LIAISON, case_id=again.pk, at=AT)
    undo_repair(by=LIAISON, case_id=again.pk, reasons=REASONS, public_notice=PUBLIC_WORDS, at=AT)
    approve(by=HEAD, case_id=again.pk, at=AT)
    assert shown(record)
    revoked = report_ready(record, ground="void", paper="new_decision")
    withdraw_record(
        by=LIAISON,
        case_id=revoked.pk,
        because=WithdrawalReason.VOID,
        reasons=REASONS,
        public_notice=PUBLIC_WORDS,
        at=AT,
    )
    assert not shown(record)


def test_a_provisional_deadline_is_settled_when_the_year_is_decreed(
    record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = datetime(2027, 4, 29, 2, tzinfo=UTC)  # a Thursday before the holidays of May
    case = opened(ProcedureName.OBJECTION, record, ground="other", at=late)
    assert (case.provisional, case.due_on) == (True, date(2027, 5, 4))
    assert escalate(at=late + timedelta(days=1)).settled == 0
    folder = tmp_path / "packs"
    shutil.copytree(ROOT / "packs", folder)
    calendar = (folder / "calendars" / "2026.yml").read_text()
    (folder / "calendars" / "2027.yml").write_text(
        calendar.replace("2026", "2027").split("\nworking_weekends")[0] + "\nworking_weekends: []\n"
    )
    monkeypatch.setenv(PACKS_VARIABLE, str(folder))
    assert escalate(at=late + timedelta(days=1), within=packs()).settled == 1
    case.refresh_from_db()
    assert (case.provisional, case.due_on) == (False, date(2027, 5, 7))


def test_the_worker_sweeps_without_changing_anything_twice(record: Record) -> None:
    objection_ready(record)
    tasks.sweep(timestamp=0)
    tasks.sweep(timestamp=0)
    assert Case.objects.get().reached_percent in (0, 50, 80, 100)


def test_an_auditor_takes_no_step(record: Record) -> None:
    case = objection_ready(record)
    with pytest.raises((NotAllowed, CaseNotFound)):
        take_case(by=Actor(name="shen", role=Role.AUDITOR), case_id=case.pk, at=AT)
