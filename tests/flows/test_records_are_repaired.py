"""Credit repair through its operations: its conditions, its four effects in one act, and how it is undone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from publiccredit.accounts.models import Officer
from publiccredit.accounts.operations import NotAllowed
from publiccredit.casework.desk import steps_open
from publiccredit.casework.models import Case, Decision, Letter
from publiccredit.casework.operations import (
    CaseNotFound,
    ConditionsNotMet,
    PapersMissing,
    PapersNotAskedFor,
    PublicWordsMissing,
    UnableToOpenCase,
    WrongOutcome,
    approve,
    decide,
    grant_repair,
    refuse_repair,
    request_papers,
    return_proposal,
    take_case,
)
from publiccredit.casework.types import Applicant, CaseState, Channel, Order, Verdict
from publiccredit.catalogue.types import Audience, ConditionName, Party, ProcedureName, StepName
from publiccredit.ledger.models import Entry
from publiccredit.subjects.models import Record
from tests.factories import stored_licence, stored_record
from tests.flows.cases import (
    AT,
    CLERK,
    FOURTH,
    HEAD,
    LIAISON,
    OTHER,
    PUBLIC_WORDS,
    REASONS,
    THIRD,
    asked_in_vain,
    hand_in,
    opened,
    repair_ready,
    repaired,
    settled,
    shown,
)
from tests.flows.severities import correct

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]
REPAIR_TIMES = ("display_ended_at", "sharing_ended_at", "measures_lifted_at", "ratings_renewed_at")


def _entries() -> int:
    return Entry.objects.count()


def test_a_granted_repair_is_four_effects_in_one_act(record: Record) -> None:
    case = repair_ready(record)
    assert shown(record)
    decide(by=LIAISON, case_id=case.pk, verdict=Verdict("granted", REASONS), at=AT)
    assert shown(record), "a proposal changes nothing"
    before = _entries()
    approve(by=HEAD, case_id=case.pk, at=AT)
    assert _entries() == before + 1
    record.refresh_from_db()
    assert [getattr(record, name) for name in REPAIR_TIMES] == [AT] * 4
    assert record.state == "filed"
    for audience in (Audience.PUBLIC, Audience.AUTHORISED, Audience.GOVERNMENT):
        assert not shown(record, audience=audience)
    assert shown(record, audience=Audience.SUBJECT)
    assert Case.objects.get(pk=case.pk).state == CaseState.DECIDED


def test_repair_is_decided_by_the_department_that_determined_the_record(record: Record) -> None:
    case = repair_ready(record)
    with pytest.raises(NotAllowed, match="认定单位"):
        grant_repair(by=CLERK, case_id=case.pk, reasons=REASONS, at=AT)
    with pytest.raises(CaseNotFound):
        grant_repair(by=OTHER, case_id=case.pk, reasons=REASONS, at=AT)
    assert shown(record)


def test_a_repair_before_its_minimum_term_is_refused_with_the_day_from_which_it_holds(record: Record) -> None:
    early = datetime(2026, 8, 19, 15, 59, 59, tzinfo=UTC)  # one second before 20 August begins in China
    case = repair_ready(record, at=early)
    with pytest.raises(ConditionsNotMet, match="2026-08-20"):
        grant_repair(by=LIAISON, case_id=case.pk, reasons=REASONS, at=early)
    made = refuse_repair(by=LIAISON, case_id=case.pk, reasons=REASONS, at=early)
    assert made.failing_conditions == ["minimum_term"]
    assert made.holds_from == date(2026, 8, 20)
    assert "自2026年8月20日起可以再次申请" in Letter.objects.get(case=case, kind="decision").text
    again = repair_ready(record, at=early + timedelta(seconds=1))
    settled(again, "granted", first=LIAISON, second=HEAD, at=early + timedelta(seconds=1))
    assert not shown(record)


def test_a_repair_without_its_papers_says_which_are_missing(record: Record) -> None:
    case = opened(ProcedureName.CREDIT_REPAIR, record, ground="duties_performed")
    take_case(by=LIAISON, case_id=case.pk, at=AT)
    hand_in(case, "commitment")
    with pytest.raises(ConditionsNotMet, match="缺少“履行义务的证明”"):
        grant_repair(by=LIAISON, case_id=case.pk, reasons=REASONS, at=AT)


def test_nobody_is_refused_for_a_paper_they_were_not_asked_for(record: Record) -> None:
    case = opened(ProcedureName.CREDIT_REPAIR, record, ground="duties_performed")
    take_case(by=LIAISON, case_id=case.pk, at=AT)
    with pytest.raises(PapersNotAskedFor, match="缺少材料：履行义务的证明、信用承诺书，还没有通知补正"):
        refuse_repair(by=LIAISON, case_id=case.pk, reasons=REASONS, at=AT)
    request_papers(by=LIAISON, case_id=case.pk, asked="履行义务的证明和信用承诺书", at=AT)
    over = AT + timedelta(days=30)
    refuse_repair(by=LIAISON, case_id=case.pk, reasons=REASONS, at=over)
    assert Case.objects.get(pk=case.pk).state == CaseState.DECIDED


def test_a_repair_cannot_be_refused_on_a_condition_that_holds(record: Record) -> None:
    case = repair_ready(record)
    with pytest.raises(ConditionsNotMet, match="已经满足"):
        refuse_repair(by=LIAISON, case_id=case.pk, reasons=REASONS, at=AT, failing=(ConditionName.MINIMUM_TERM,))
    with pytest.raises(ConditionsNotMet, match="应当准予修复"):
        refuse_repair(by=LIAISON, case_id=case.pk, reasons=REASONS, at=AT)
    made = refuse_repair(by=LIAISON, case_id=case.pk, reasons=REASONS, at=AT, failing=(ConditionName.DUTIES_PERFORMED,))
    assert made.failing_conditions == ["duties_performed"]


def test_nobody_approves_what_they_proposed(record: Record) -> None:
    case = repair_ready(record)
    decide(by=LIAISON, case_id=case.pk, verdict=Verdict("granted", REASONS), at=AT)
    with pytest.raises(NotAllowed, match="两人"):
        approve(by=LIAISON, case_id=case.pk, at=AT)
    assert shown(record)
    return_proposal(by=HEAD, case_id=case.pk, because="缺少银行回单", at=AT)
    assert Case.objects.get(pk=case.pk).state == CaseState.IN_HAND
    settled(case, "granted", first=HEAD, second=FOURTH)
    assert not shown(record)
    assert list(Decision.objects.values_list("state", flat=True)) == ["returned", "effective"]


def test_a_liaison_does_not_have_the_last_word_on_what_the_head_proposed(record: Record) -> None:
    case = repair_ready(record)
    decide(by=HEAD, case_id=case.pk, verdict=Verdict("granted", REASONS), at=AT)
    for step in (
        lambda: approve(by=LIAISON, case_id=case.pk, at=AT),
        lambda: return_proposal(by=LIAISON, case_id=case.pk, because="缺少银行回单", at=AT),
    ):
        with pytest.raises(NotAllowed, match="负责人办理"):
            step()
    assert (Case.objects.get(pk=case.pk).state, shown(record)) == (CaseState.PROPOSED, True)
    assert StepName.APPROVE not in steps_open(case=Case.objects.get(pk=case.pk), actor=LIAISON, on=AT.date())
    assert StepName.APPROVE in steps_open(case=Case.objects.get(pk=case.pk), actor=FOURTH, on=AT.date())
    approve(by=FOURTH, case_id=case.pk, at=AT)
    assert not shown(record)


def test_the_only_head_is_told_that_nobody_could_approve_what_they_propose(record: Record) -> None:
    case = repair_ready(record)
    Officer.objects.filter(username=FOURTH.name).update(is_active=False)
    with pytest.raises(NotAllowed, match="没有可以审核的负责人"):
        decide(by=HEAD, case_id=case.pk, verdict=Verdict("granted", REASONS), at=AT)
    assert (Case.objects.get(pk=case.pk).state, Decision.objects.count()) == (CaseState.IN_HAND, 0)
    settled(case, "granted", first=LIAISON, second=HEAD)
    assert not shown(record)


def test_each_record_is_repaired_by_itself(record: Record) -> None:
    second = stored_record(subject=record.subject, number=2)
    with pytest.raises(UnableToOpenCase, match="一事一办"):
        opened(ProcedureName.CREDIT_REPAIR, record, second, ground="duties_performed")


def test_only_adverse_records_are_repaired(record: Record) -> None:
    licence = stored_licence(subject=record.subject, number=2)
    with pytest.raises(UnableToOpenCase, match="不是失信信息"):
        opened(ProcedureName.CREDIT_REPAIR, licence, ground="duties_performed")


def test_rules_of_repair_are_those_of_the_day_it_is_applied_for(record: Record) -> None:
    before = opened(
        ProcedureName.CREDIT_REPAIR, record, ground="duties_performed", at=datetime(2026, 3, 31, 15, 59, 59, tzinfo=UTC)
    )
    settled_source = Letter.objects.get(case=before, kind="receipt")
    assert before.opened_on == date(2026, 3, 31)
    assert "2026-03-31" not in settled_source.text
    take_case(by=LIAISON, case_id=before.pk, at=AT)
    asked_in_vain(before, by=LIAISON)
    made = refuse_repair(
        by=LIAISON, case_id=before.pk, reasons=REASONS, at=AT, failing=(ConditionName.DUTIES_PERFORMED,)
    )
    assert made.failing_conditions == ["commitment", "duties_performed"]
    assert "失信行为纠正后的信用信息修复管理办法" in Letter.objects.get(case=before, kind="decision").text
    after = opened(
        ProcedureName.CREDIT_REPAIR, record, ground="duties_performed", at=datetime(2026, 3, 31, 16, tzinfo=UTC)
    )
    assert after.opened_on == date(2026, 4, 1)


def test_false_papers_undo_a_repair_and_the_record_is_shown_to_the_end_of_its_term(record: Record) -> None:
    case = repaired(record)
    again = opened(
        ProcedureName.RE_VERIFICATION,
        record,
        ground="false_papers",
        by=LIAISON,
        applicant=Applicant(party=Party.SOURCE, name="濉溪县市场监督管理局"),
        channel=Channel.COUNTER,
    )
    assert again.about_id == case.pk
    take_case(by=LIAISON, case_id=again.pk, at=AT)
    with pytest.raises(PapersMissing, match="核查笔录"):
        decide(by=LIAISON, case_id=again.pk, verdict=Verdict("repair_undone", REASONS, PUBLIC_WORDS), at=AT)
    hand_in(again, "finding", by=LIAISON)
    with pytest.raises(PublicWordsMissing, match="恢复公示"):
        decide(by=LIAISON, case_id=again.pk, verdict=Verdict("repair_undone", REASONS), at=AT)
    settled(again, "repair_undone", first=LIAISON, second=HEAD)
    assert shown(record)
    assert shown(record, on=date(2027, 5, 19))
    assert not shown(record, on=date(2027, 5, 20))


def test_a_court_shields_a_record_for_the_time_of_the_plan(record: Record) -> None:
    case = opened(ProcedureName.CREDIT_REPAIR, record, ground="reorganisation")
    hand_in(case, "court_order")
    take_case(by=LIAISON, case_id=case.pk, at=AT)
    order = Order(number="(2026)皖0621破1号", begins=date(2026, 9, 2), until=date(2027, 3, 1))
    with pytest.raises(WrongOutcome, match="文书"):
        decide(by=LIAISON, case_id=case.pk, verdict=Verdict("shielded", REASONS), at=AT)
    settled(case, "shielded", first=LIAISON, second=HEAD, order=order)
    days = [date(2026, 9, 1), date(2026, 9, 2), date(2027, 2, 28), date(2027, 3, 1)]
    assert [shown(record, on=day) for day in days] == [True, False, False, True]


def test_a_repair_is_approved_on_what_holds_when_it_is_approved(record: Record) -> None:
    """The severity may be put right between proposal and approval: the minimum term is then a longer one."""
    case = repair_ready(record)
    decide(by=LIAISON, case_id=case.pk, verdict=Verdict("granted", REASONS), at=AT)
    correct(record, by=THIRD)
    with pytest.raises(ConditionsNotMet, match=r"最短公示期至 2027-05-20 届满.*请退回"):
        approve(by=HEAD, case_id=case.pk, at=AT)
    assert (Case.objects.get(pk=case.pk).state, shown(record)) == (CaseState.PROPOSED, True)
    return_proposal(by=HEAD, case_id=case.pk, because="最短公示期未满", at=AT)
    made = refuse_repair(by=LIAISON, case_id=case.pk, reasons=REASONS, at=AT)
    assert (made.failing_conditions, made.holds_from) == (["minimum_term"], date(2027, 5, 20))
