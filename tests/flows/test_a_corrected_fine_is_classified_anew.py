"""A severity the rules of the packs gave follows what a case corrects of its grounds, in the same act, with its term."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from publiccredit.accounts.operations import acting
from publiccredit.casework.correcting import UnableToCorrect, corrected
from publiccredit.casework.models import Case, Letter
from publiccredit.casework.operations import approve, decide
from publiccredit.casework.queries import navigator
from publiccredit.casework.types import Verdict
from publiccredit.catalogue.types import Audience
from publiccredit.disclosure.queries import visible_record
from publiccredit.disclosure.words import severity_words
from publiccredit.recipients.models import Notice
from publiccredit.subjects.models import Record, RecordVersion, Subject
from tests.factories import stored_record, stored_subject
from tests.flows.cases import AT, CLERK, LIAISON, OFFICE_HEAD, REASONS, objection_ready, resend, settled, shown
from tests.flows.officers import read
from tests.flows.recipients import given, registered
from tests.flows.severities import correct as correct_severity

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]

GENERAL, SUMMARY, REVOKED = (
    f"penalty_severity/{rule}" for rule in ("otherwise", "summary_procedure_fine", "licence_revoked_or_barred")
)
LONG_AGO = date(2025, 6, 2)  # under Order 58


@pytest.fixture
def subject() -> Subject:
    return stored_subject()


def _fined(subject: Subject, basis: str = "《中华人民共和国产品质量法》第五十条", **columns: Any) -> Record:
    said = {
        "subject_name": subject.name,
        "violation_kind": "销售不合格产品",
        "violation_facts": "销售的水泥强度不合格",
        "penalty_basis": basis,
        "penalty_kind": "罚款",
        "penalty_content": "罚款五万元",
        "fine_fen": 5_000_000,
    }
    return stored_record(subject=subject, content=said, **columns)


def _correct(record: Record, *, at: Any = AT, **corrections: str) -> Case:
    case = objection_ready(record, at=at)
    settled(case, "corrected", first=CLERK, second=OFFICE_HEAD, corrections=corrections, at=at)
    record.refresh_from_db()
    return case


def _judged(record: Record) -> tuple[str, str]:
    return record.severity, record.severity_rule


def _letter(case: Case) -> str:
    return Letter.objects.get(case=case, kind="decision").text


# --- what follows ---------------------------------------------------------------------------------------------------


def test_a_fine_that_was_wan_typed_as_yuan_is_slight_and_no_longer_shown(subject: Subject) -> None:
    record = _fined(subject)
    assert (_judged(record), shown(record)) == (("general", GENERAL), True)
    case = _correct(record, fine_fen="0.3")
    assert _judged(record) == ("slight", SUMMARY)
    assert record.disclosed_until == record.disclosed_from
    assert not shown(record)
    letter = _letter(case)
    assert "“罚款金额（万元）”由" in letter and "更正为“0.3 万元（3,000 元）”" in letter
    assert "由此：失信严重程度由“一般”改为“轻微”，按行政处罚失信严重程度（县级暂行判定规则）" in letter
    assert "由公示至 2027-05-19改为不公示" in letter


def test_a_kind_that_was_left_out_makes_a_record_serious_with_its_longer_days(subject: Subject) -> None:
    record = _fined(subject)
    given(registered(), record)
    case = _correct(record, penalty_kind="罚款;吊销许可证", suspended_licence="食品经营许可证 1 号")
    assert record.content["penalty_kind"] == "罚款;吊销许可证件"  # the word of the code table, by which rules judge
    assert _judged(record) == ("serious", REVOKED)
    assert (record.repairable_from, record.disclosed_until) == (date(2027, 5, 20), date(2029, 5, 20))
    found = navigator(record_id=record.pk, on=AT.date())
    assert found is not None
    assert (found.severity, found.earliest_on, found.last_day) == ("serious", date(2027, 5, 20), date(2029, 5, 19))
    visible = visible_record(record_id=record.pk, audience=Audience.PUBLIC, on=AT.date())
    words = severity_words(visible) if visible else None
    assert words is not None and words.title == "严重"
    assert "失信严重程度由“一般”改为“严重”" in _letter(case)
    assert "由公示至 2027-05-19改为公示至 2029-05-19；可以申请修复之日由 2026-08-20 改为 2027-05-20。" in _letter(case)
    assert json.loads(Notice.objects.get().body)["type"] == "corrected"
    assert RecordVersion.objects.filter(record_id=record.pk, severity="general").exists()


def test_another_decision_date_is_judged_by_the_rules_of_its_day(subject: Subject) -> None:
    record = _fined(subject, decided_on=date(2014, 12, 31), severity="", severity_rule="")
    _correct(record, decided_on="2026-05-20")
    assert _judged(record) == ("general", GENERAL)


def test_a_day_before_all_rules_leaves_the_severity(subject: Subject) -> None:
    record = _fined(subject)
    judged = corrected(record_id=record.pk, wanted={"decided_on": "2014-12-31"}, on=AT.date())
    assert "severity" not in judged.columns


def test_the_field_of_law_is_read_on_the_corrected_day(subject: Subject) -> None:
    record = _fined(subject, "《食品安全法》第八十四条", decided_on=date(2009, 5, 20), severity="serious")
    case = {"decided_on": LONG_AGO.isoformat(), "served_on": LONG_AGO.isoformat(), "severity": "严重"}
    found = corrected(record_id=record.pk, wanted=case, on=AT.date())
    assert found.columns["repairable_from"] == date(2026, 6, 2)  # a year, not three months


# --- what stays -----------------------------------------------------------------------------------------------------


def test_a_severity_somebody_stated_stays(subject: Subject) -> None:
    by_sender = _fined(subject, severity_rule="sender")
    _correct(by_sender, fine_fen="0.3")
    assert _judged(by_sender) == ("general", "sender")
    by_department = _fined(subject, number=2)
    correct_severity(by_department)
    _correct(by_department, fine_fen="0.3", at=AT + timedelta(hours=1))
    assert _judged(by_department) == ("serious", "corrected")
    by_case = _fined(subject, number=3)
    _correct(by_case, severity="严重")
    _correct(by_case, fine_fen="0.3", at=AT + timedelta(hours=1))
    assert _judged(by_case) == ("serious", "case")


def test_a_severity_the_case_states_stands_above_the_rules(subject: Subject) -> None:
    record = _fined(subject)
    _correct(record, fine_fen="0.3", severity="严重")
    assert _judged(record) == ("serious", "case")


def test_what_the_rules_do_not_look_at_changes_no_term(subject: Subject) -> None:
    record = _fined(subject)
    until = record.disclosed_until
    case = _correct(record, violation_facts="更正后的事实")
    assert (_judged(record), record.disclosed_until) == (("general", GENERAL), until)
    assert "由此" not in _letter(case)


def test_a_term_that_is_over_stays_over(subject: Subject) -> None:
    record = _fined(subject, decided_on=LONG_AGO, served_on=LONG_AGO, disclosed_from=LONG_AGO,
                    disclosed_until=date(2026, 6, 2))  # fmt: skip
    _correct(record, penalty_kind="吊销许可证件", suspended_licence="食品经营许可证 1 号")
    assert (record.severity, record.disclosed_until) == ("serious", date(2026, 6, 2))
    assert not shown(record)


def test_the_row_sent_again_says_the_same(subject: Subject) -> None:
    record = _fined(subject)
    _correct(record, fine_fen="0.3")
    stood = (_judged(record), record.repairable_from, record.disclosed_until)
    assert resend(record, fine_fen=5_000_000, facts="另一种事实", at=AT + timedelta(days=1)) == "changes"
    record.refresh_from_db()
    assert (_judged(record), record.repairable_from, record.disclosed_until) == stood


# --- what is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "said"),
    [("罚金", "没有“罚金”这一种"), ("罚款，没收", "没有“没收”这一种"), ("其他-", "没有“其他-”这一种")],
)
def test_a_kind_no_rule_knows_is_refused(subject: Subject, kind: str, said: str) -> None:
    record = _fined(subject)
    with pytest.raises(UnableToCorrect, match=said):
        corrected(record_id=record.pk, wanted={"penalty_kind": kind}, on=AT.date())


@pytest.mark.parametrize(
    ("kind", "kept"),
    [("警告、罚款", "警告;罚款"), ("罚款；罚款", "罚款"), ("其他-责令限期拆除", "其他-责令限期拆除")],
)
def test_kinds_are_kept_in_the_words_of_the_table(subject: Subject, kind: str, kept: str) -> None:
    record = _fined(subject)
    assert corrected(record_id=record.pk, wanted={"penalty_kind": kind}, on=AT.date()).content["penalty_kind"] == kept


def test_no_rule_is_put_in_place_of_another_by_hand(subject: Subject) -> None:
    record = _fined(subject)
    refusal = pytest.raises(DatabaseError, match="no decision of two people corrects the severity")
    statement = "UPDATE subjects_record SET severity = 'slight', severity_rule = %s, known_from = now() WHERE id = %s"
    with acting(actor=LIAISON), refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [SUMMARY, record.pk])


# --- who approves ---------------------------------------------------------------------------------------------------


def test_the_second_person_reads_what_follows_before_approving(subject: Subject) -> None:
    record = _fined(subject)
    case = objection_ready(record)
    decide(by=CLERK, case_id=case.pk, verdict=Verdict("corrected", REASONS, corrections={"fine_fen": "0.3"}), at=AT)
    page = read(OFFICE_HEAD, f"/cases/{case.pk}/")
    assert "<dt>由此</dt><dd>失信严重程度由“一般”改为“轻微”" in page
    approve(by=OFFICE_HEAD, case_id=case.pk, at=AT)
    assert "<dt>由此</dt>" not in read(OFFICE_HEAD, f"/cases/{case.pk}/")
