"""The deciding department corrects how severe a conduct is held to be, and the term follows everywhere."""

import json
from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError

from publiccredit.accounts.operations import NotAllowed
from publiccredit.accounts.types import PROGRAM, Actor, Role
from publiccredit.casework.models import Case, Letter
from publiccredit.casework.operations import (
    CaseRefused,
    PublicWordsMissing,
    RecordNotFound,
    UnableToCorrectSeverity,
    UnableToOpenCase,
    UnableToTakePaper,
    approve,
    correct_severity,
    decide,
    propose_severity,
    return_proposal,
)
from publiccredit.casework.queries import severity_standing
from publiccredit.casework.types import PaperIn, Verdict
from publiccredit.catalogue.types import Audience, Severity
from publiccredit.disclosure.queries import changes, visible_record
from publiccredit.ledger.models import Entry
from publiccredit.recipients.models import AdverseUse, Notice
from publiccredit.recipients.operations import take_down_adverse_use
from publiccredit.recipients.queries import change_since, warning_of
from publiccredit.recipients.types import Used
from publiccredit.subjects.models import Record, RecordVersion
from tests.factories import penalty_row, stored_licence, stored_record, stored_subject
from tests.flows.cases import (
    AT,
    CLERK,
    FOURTH,
    HEAD,
    LIAISON,
    OFFICE_HEAD,
    OTHER,
    THIRD,
    objection_ready,
    repaired,
    settled,
)
from tests.flows.filing import AT as SENT_AT
from tests.flows.filing import outcome, send
from tests.flows.officers import TODAY
from tests.flows.recipients import given, registered
from tests.flows.severities import REASON, correct, proposed, report_of_severity

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_morning_at_the_desks")]


def _shown(record: Record, on: date) -> bool:
    return visible_record(record_id=record.pk, audience=Audience.PUBLIC, on=on) is not None


@pytest.mark.parametrize("by", [LIAISON, HEAD], ids=lambda a: a.name)
def test_a_correction_changes_the_severity_and_its_term_and_keeps_the_former_one(record: Record, by: Actor) -> None:
    assert not _shown(record, date(2027, 5, 20))
    case = proposed(record, by=by)
    assert (case.state, Record.objects.get(pk=record.pk).severity) == ("proposed", "general")
    approve(by=FOURTH if by == HEAD else HEAD, case_id=case.pk, at=AT)
    corrected = Record.objects.get(pk=record.pk)
    assert (corrected.severity, corrected.severity_rule) == ("serious", "corrected")
    assert (corrected.severity_corrected_by, corrected.severity_correction_reason) == (by.name, REASON)
    assert (corrected.repairable_from, corrected.disclosed_until) == (date(2027, 5, 20), date(2029, 5, 20))
    assert corrected.disclosed_from == record.disclosed_from
    former = RecordVersion.objects.get(record_id=record.pk)
    assert (former.severity, former.disclosed_until) == ("general", date(2027, 5, 20))
    assert _shown(record, date(2029, 5, 19))
    assert not _shown(record, date(2029, 5, 20))


def test_a_correction_to_slight_ends_the_publication_when_it_is_read(record: Record) -> None:
    assert _shown(record, TODAY)
    corrected = correct(record, Severity.SLIGHT)
    assert corrected.disclosed_until == corrected.disclosed_from
    noted = json.loads(Entry.objects.get(pk=corrected.entry_id).payload)
    assert (noted["published"], noted["disclosed_until"]) == (False, None)
    assert not _shown(record, TODAY)
    told = changes(audience=Audience.PUBLIC, on=TODAY).changes
    assert [(c.record_id, c.record, c.reason) for c in told] == [(record.pk, None, "ended")]


def test_whoever_was_given_what_is_no_longer_disclosed_is_told_to_stop_using_it(record: Record) -> None:
    holder = registered(1)
    given(holder, record)
    correct(record, Severity.SLIGHT)
    notice = Notice.objects.get()
    body = json.loads(notice.body)
    assert (notice.kind, body["type"], body["title"]) == ("ended", "ended", "不再公示")
    assert body["what_to_do"].startswith("该记录经更正不再公示，以接口查询不到。请立即停止公示、共享和使用")
    assert "重新查询" not in body["what_to_do"]


@pytest.mark.parametrize(("decided_on", "kind"), [(date(2025, 9, 1), "ended"), (date(2025, 9, 2), "corrected")])
def test_so_is_whoever_was_given_what_the_corrected_term_has_no_day_left_of(decided_on: date, kind: str) -> None:
    """A serious one of last year that was a general one: its year is over on the day of the correction."""
    days = {"decided_on": decided_on, "served_on": decided_on, "disclosed_from": decided_on}
    until = {"disclosed_until": date(2028, 9, 1), "repairable_from": date(2026, 9, 1)}
    record = stored_record(subject=stored_subject(), severity="serious", **days, **until)
    holder = registered(1)
    given(holder, record)
    corrected = correct(record, Severity.GENERAL)
    letter = Letter.objects.get(kind="decision").text
    over = "由公示至 2028-08-31改为公示至 2026-08-31；公示期已满，即日停止公示，不需要修复。"
    assert (over in letter) == (kind == "ended")
    assert (Notice.objects.get().kind, _shown(corrected, TODAY)) == (kind, kind == "corrected")


def test_a_use_of_what_is_no_longer_disclosed_calls_for_another_look(record: Record) -> None:
    holder = registered(1)
    given(holder, record)
    used = Used(record_id=record.pk, what="未通过供应商资格审查", decided_on=AT.date())
    before = take_down_adverse_use(by=CLERK, recipient_id=holder.pk, used=used, at=AT)
    assert change_since(use=AdverseUse.objects.get(pk=before.pk)) == ""
    correct(record, Severity.SLIGHT)
    assert change_since(use=AdverseUse.objects.get(pk=before.pk)) == "更正为不再公示"
    late = Used(record_id=record.pk, what="另一次未通过", decided_on=AT.date() + timedelta(days=1))
    after = take_down_adverse_use(by=CLERK, recipient_id=holder.pk, used=late, at=AT + timedelta(days=1))
    assert f"该记录已于 {AT.date()} 更正为不再公示，不得再作为依据" in warning_of(use=after)
    assert "更正为不再公示，不得再作为依据。贵单位可以要求" in after.text


def test_a_slight_one_that_was_wrong_can_be_put_back(record: Record) -> None:
    correct(record, Severity.SLIGHT)
    correct(record, Severity.GENERAL, at=AT + timedelta(minutes=1))
    assert Record.objects.get(pk=record.pk).disclosed_until == date(2027, 5, 20)
    assert _shown(record, TODAY)


def test_every_step_of_a_correction_leaves_its_entry_without_its_words(record: Record) -> None:
    before = Entry.objects.count()
    corrected = correct(record)
    *_, entry = made = list(Entry.objects.order_by("position")[before:])
    assert [(e.actor, e.operation) for e in made] == [
        (LIAISON.name, "open_case"),
        (LIAISON.name, "hand_in_paper"),
        (LIAISON.name, "take_case"),
        (LIAISON.name, "decide"),
        (HEAD.name, "approve_decision"),
    ]
    assert (entry.id, entry.object_kind, entry.department_code) == (corrected.entry_id, "case", "market_regulation")
    assert not any(REASON in e.payload for e in made)
    assert json.loads(entry.payload) == {
        "outcome": "severity_corrected",
        "corrected": 1,
        "resumed": 0,
        "from": "general",
        "to": "serious",
        "former_rule": "penalty_severity/otherwise",
        "disclosed_until": "2029-05-20",
        "notices": 0,
    }


def test_nobody_corrects_a_severity_alone(record: Record) -> None:
    """DP-35: not whoever proposed it, no colleague who is no head, and no head of another body."""
    case = proposed(record, Severity.SLIGHT, by=HEAD)
    for by, refusal in ((HEAD, NotAllowed), (THIRD, NotAllowed), (CLERK, NotAllowed), (OTHER, CaseRefused)):
        with pytest.raises(refusal):
            approve(by=by, case_id=case.pk, at=AT)
    assert Record.objects.get(pk=record.pk).severity == "general"
    assert _shown(record, TODAY)


def test_a_head_sends_a_proposal_back_and_nothing_has_changed(record: Record) -> None:
    case = proposed(record, Severity.SLIGHT)
    return_proposal(by=HEAD, case_id=case.pk, because="审批表没有写明程度。", at=AT)
    assert Record.objects.get(pk=record.pk).severity == "general"
    correct_severity(by=LIAISON, case_id=case.pk, severity=Severity.SERIOUS, reason=REASON, at=AT)
    approve(by=HEAD, case_id=case.pk, at=AT)
    assert Record.objects.get(pk=record.pk).severity == "serious"


def test_two_corrections_of_one_record_are_not_under_way_at_once(record: Record) -> None:
    case = proposed(record, Severity.SLIGHT)
    with pytest.raises(UnableToOpenCase, match=f"已有同一事项在办，编号 {case.number}"):
        proposed(record, Severity.SERIOUS)


def test_a_correction_stands_on_a_paper(record: Record) -> None:
    for paper in (b"", b"no paper at all"):
        handed = PaperIn(kind="", file_name="审批表.pdf", content=paper)
        with pytest.raises(UnableToTakePaper):
            propose_severity(
                by=LIAISON, record_id=record.pk, severity=Severity.SLIGHT, reason=REASON, paper=handed, at=AT
            )
    assert not Case.objects.exists()


def test_a_correction_of_a_severity_corrects_nothing_else(record: Record) -> None:
    case = report_of_severity(record)
    for corrections in ({"severity": "严重", "violation_facts": "别的事实"}, {"violation_facts": "别的事实"}):
        verdict = Verdict("severity_corrected", REASON, REASON, corrections=corrections)
        with pytest.raises(UnableToCorrectSeverity, match="只更正失信严重程度"):
            decide(by=LIAISON, case_id=case, verdict=verdict, at=AT)
    with pytest.raises(PublicWordsMissing, match="写明依据的标准和本案的情节"):
        decide(by=LIAISON, case_id=case, verdict=Verdict("severity_corrected", REASON), at=AT)


def test_what_has_ended_since_it_was_proposed_is_not_corrected(record: Record) -> None:
    case = proposed(record)
    with pytest.raises(UnableToCorrectSeverity, match="届满"):
        approve(by=HEAD, case_id=case.pk, at=AT + timedelta(days=365))
    correct_by_objection(record)
    with pytest.raises(UnableToCorrectSeverity, match="现在就是“严重”"):
        approve(by=HEAD, case_id=case.pk, at=AT)


def test_whoever_was_given_the_record_is_told_in_the_same_act(record: Record) -> None:
    holder, stranger = registered(1), registered(2)
    given(holder, record)
    corrected = correct(record)
    notice = Notice.objects.get()
    assert (notice.recipient_id, notice.record_id, notice.kind) == (holder.pk, record.pk, "corrected")
    assert notice.entry_id == corrected.entry_id
    body = json.loads(notice.body)
    assert (body["authority"], body["reason"]) == ("濉溪县市场监督管理局", REASON)
    assert not Notice.objects.filter(recipient=stranger).exists()


def test_no_correction_stands_whose_notices_cannot_be_written(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    given(registered(1), record)

    def fails(*_: object, **__: object) -> None:
        raise DatabaseError("the disk is full")

    case = proposed(record)
    before = Entry.objects.count()
    monkeypatch.setattr(Notice.objects, "bulk_create", fails)
    with pytest.raises(DatabaseError, match="disk"):
        approve(by=HEAD, case_id=case.pk, at=AT)
    assert (Record.objects.get(pk=record.pk).severity, Entry.objects.count()) == ("general", before)


@pytest.mark.parametrize(
    ("by", "refusal"),
    [
        (OTHER, RecordNotFound),
        (CLERK, NotAllowed),
        (PROGRAM, NotAllowed),
        (Actor(name="shen", role=Role.AUDITOR), NotAllowed),
        (Actor(name="guan", role=Role.ADMINISTRATOR), NotAllowed),
    ],
    ids=lambda v: getattr(v, "name", ""),
)
def test_nobody_but_the_department_corrects_it(record: Record, by: Actor, refusal: type[Exception]) -> None:
    before = Entry.objects.count()
    with pytest.raises(refusal):
        correct(record, by=by)
    assert (Record.objects.get(pk=record.pk).severity, Entry.objects.count()) == ("general", before)


@pytest.mark.parametrize(
    ("to", "reason", "message"),
    [
        (Severity.SERIOUS, "", "理由至少 10 个字，实为 0 个字"),
        (Severity.SERIOUS, " 情 节 严 重 \n 。 ", "理由至少 10 个字，实为 5 个字"),
        (Severity.SERIOUS, "重" * 501, "理由不超过 500 字，实为 501 字"),
        (Severity.SERIOUS, f"{REASON}，联系人电话 13812345678", "不能写手机号码：“联系人电话”后面的 138…"),
        (Severity.GENERAL, REASON, "现在就是“一般”"),
    ],
)
def test_a_refusal_says_what_is_wrong(record: Record, to: Severity, reason: str, message: str) -> None:
    with pytest.raises(UnableToCorrectSeverity, match=message):
        correct(record, to, reason=reason)
    assert Record.objects.get(pk=record.pk).severity == "general"


def test_who_did_not_decide_it_does_not_correct_it() -> None:
    from publiccredit.catalogue import queries as catalogue

    decider = catalogue.department(code="emergency_management")
    record = stored_record(subject=stored_subject(), authority_uscc=decider.uscc)
    with pytest.raises(UnableToCorrectSeverity, match=f"由{decider.name}作出"):
        correct(record)


def test_a_kind_of_record_without_severity_has_none_to_correct() -> None:
    licence = stored_licence(subject=stored_subject())
    with pytest.raises(UnableToCorrectSeverity, match="可以选择的有：无"):
        correct(licence)
    assert severity_standing(record_id=licence.pk, department_code="market_regulation", on=TODAY) is None


def test_what_ended_was_repaired_or_withdrawn_does_not_come_back(record: Record) -> None:
    subject = record.subject
    ended = stored_record(subject=subject, number=2, disclosed_until=date(2026, 8, 1))
    withdrawn = stored_record(subject=subject, number=3, state="withdrawn")
    repaired(record)
    for each, message in ((ended, "届满"), (withdrawn, "已撤回"), (record, "已修复")):
        with pytest.raises(UnableToCorrectSeverity, match=message):
            correct(each, at=AT + timedelta(days=1))


def correct_by_objection(record: Record, to: str = "严重", *, at: datetime = AT) -> None:
    case = objection_ready(record, at=at)
    settled(case, "corrected", first=CLERK, second=OFFICE_HEAD, at=at, corrections={"severity": to})


def test_a_decided_case_stands_above_a_correction(record: Record) -> None:
    correct(record)
    correct_by_objection(record, "一般", at=AT + timedelta(days=1))
    decided = Record.objects.get(pk=record.pk)
    assert (decided.severity, decided.severity_rule) == ("general", "case")
    assert (decided.severity_corrected_at, decided.severity_corrected_by) == (None, "")


# --- sent again -----------------------------------------------------------------------------------------------------


def _filed(**fields: str) -> Record:
    send([penalty_row(1, **fields)])
    return Record.objects.get()


def _again(later: int, **fields: str) -> Record:
    send([penalty_row(1, **fields)], later=later)
    return Record.objects.get()


def _at_the_desk(record: Record, to: Severity) -> None:
    correct(record, to, at=SENT_AT + timedelta(minutes=1))


def test_sending_the_same_row_again_does_not_undo_a_correction() -> None:
    record = _filed()
    assert record.severity == "general"
    _at_the_desk(record, Severity.SERIOUS)
    again = _again(600)
    assert (again.severity, again.severity_rule, RecordVersion.objects.count()) == ("serious", "corrected", 1)


def test_a_changed_row_without_severity_keeps_the_correction_and_takes_its_term_from_it() -> None:
    _at_the_desk(_filed(), Severity.SERIOUS)
    again = _again(600, decided_on="2026-11-04", penalty_content="罚款 12,000 元，没收产品")
    assert again.content["penalty_content"] == "罚款 12,000 元，没收产品"
    assert (again.severity, again.severity_rule, again.severity_corrected_by) == ("serious", "corrected", LIAISON.name)
    assert (again.repairable_from, again.disclosed_until) == (date(2027, 11, 4), date(2029, 11, 4))
    assert again.severity_correction_reason == REASON


def test_a_row_that_repeats_the_severity_it_stated_before_keeps_the_correction() -> None:
    _at_the_desk(_filed(severity="严重"), Severity.GENERAL)
    again = _again(600, severity="严重", penalty_content="罚款 12,000 元，没收产品")
    assert (again.severity, again.severity_rule) == ("general", "corrected")
    assert again.disclosed_until == date(2027, 11, 3)


def test_a_row_that_states_a_third_severity_undoes_no_decision() -> None:
    _at_the_desk(_filed(), Severity.SERIOUS)
    submission = send([penalty_row(1, severity="轻微")], later=600)
    assert outcome(submission)[1:] == (1, 0, 1, 0)
    again = Record.objects.get()
    assert (again.severity, again.severity_rule, again.severity_correction_reason) == ("serious", "corrected", REASON)
