"""What a decided case corrected stays corrected, whatever its department sends of the record afterwards (K-105)."""

from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import DatabaseError, connection, transaction

from publiccredit.accounts.operations import acting
from publiccredit.casework.models import Case
from publiccredit.casework.operations import take_case
from publiccredit.casework.types import Channel
from publiccredit.catalogue.types import ProcedureName
from publiccredit.intake.models import RowIssue, Submission
from publiccredit.intake.queries import result
from publiccredit.subjects.models import Record, RecordVersion
from publiccredit.subjects.operations import declare_served
from tests.factories import penalty_row, stored_record, stored_subject
from tests.flows.cases import (
    CLERK,
    HEAD,
    LIAISON,
    OFFICE_HEAD,
    hand_in,
    objection_ready,
    opened,
    settled,
)
from tests.flows.casework_model import SOURCE_APPLICANT
from tests.flows.filing import AT, outcome, send
from tests.flows.persons import identity_number

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]
FACTS = "销售以不合格产品冒充合格产品的建材"
RIGHT = "销售未经检验的建材"
DECIDED_AT = AT + timedelta(minutes=1)
NEW_CONTENT = {"penalty_content": "罚款 12,000 元，责令停止销售"}


def _corrected(number: int = 0, sent: dict[str, str] | None = None, **corrections: str) -> Record:
    """A penalty that was filed, and corrected by an upheld objection."""
    if not number:
        send([penalty_row(1, **(sent or {}))])
    record = Record.objects.get()
    at = DECIDED_AT + timedelta(minutes=number)
    case = objection_ready(record, at=at)
    settled(case, "corrected", first=CLERK, second=OFFICE_HEAD, at=at, corrections=corrections)
    record.refresh_from_db()
    return record


def _again(minutes: int = 10, **fields: str) -> Submission:
    return send([penalty_row(1, **fields)], later=60 * minutes)


def _codes(submission: Submission) -> list[tuple[str, str]]:
    found = RowIssue.objects.filter(submission=submission, severity="return").order_by("id")
    return list(found.values_list("code", "column"))


def test_the_row_as_it_was_changes_nothing_back() -> None:
    record = _corrected(violation_facts=RIGHT, fine_fen="2")
    versions = RecordVersion.objects.count()
    assert outcome(_again()) == ("filed", 1, 0, 0, 1)
    again = Record.objects.get()
    assert (again.content, again.fine_fen, again.known_from) == (record.content, 2_000_000, record.known_from)
    assert RecordVersion.objects.count() == versions


def test_a_row_that_changes_something_else_keeps_what_was_corrected() -> None:
    _corrected(violation_facts=RIGHT, fine_fen="2")
    assert outcome(_again(**NEW_CONTENT)) == ("filed", 1, 1, 0, 0)
    again = Record.objects.get()
    assert again.content["penalty_content"] == NEW_CONTENT["penalty_content"]
    assert (again.content["violation_facts"], again.content["fine_fen"], again.fine_fen) == (
        RIGHT,
        2_000_000,
        2_000_000,
    )
    assert outcome(_again(20, **NEW_CONTENT)) == ("filed", 1, 0, 0, 1)
    assert outcome(_again(30)) == ("filed", 1, 1, 0, 0)
    assert Record.objects.get().content["violation_facts"] == RIGHT


def test_a_row_that_says_what_was_decided_is_on_file() -> None:
    record = _corrected(violation_facts=RIGHT)
    versions = RecordVersion.objects.count()
    assert outcome(_again(violation_facts=f" {RIGHT} ")) == ("filed", 1, 0, 0, 1)
    assert outcome(_again(20, violation_facts=RIGHT, **NEW_CONTENT)) == ("filed", 1, 1, 0, 0)
    again = Record.objects.get()
    assert again.content == record.content | NEW_CONTENT
    assert RecordVersion.objects.count() == versions + 1
    assert outcome(_again(30, violation_facts=FACTS, **NEW_CONTENT)) == ("filed", 1, 0, 0, 1)


def test_a_third_value_goes_back_and_names_case_and_decision() -> None:
    record = _corrected(violation_facts=RIGHT, fine_fen="2")
    case = _case_number()
    versions = RecordVersion.objects.count()
    third = _again(violation_facts="销售过期的建材", fine_fen="3.5", **NEW_CONTENT)
    assert outcome(third) == ("filed", 1, 0, 1, 0)
    assert _codes(third) == [("K-105", "违法事实"), ("K-105", "罚款金额（万元）")]
    told = [issue for issue in result(submission=third)["issues"] if issue["code"] == "K-105"]
    facts, fine = (issue["message"] for issue in told)
    assert f"应为“{RIGHT}”（案件{case}，2026-11-10决定）" in facts
    assert "第 2 行“罚款金额（万元）”为“3.5”" in fine and f"应为“2”（案件{case}，2026-11-10决定）" in fine
    assert "请把该列改为决定的内容后重新报送" in facts
    unchanged = Record.objects.get()
    assert (unchanged.content, unchanged.known_from) == (record.content, record.known_from)
    assert RecordVersion.objects.count() == versions


def _case_number() -> str:
    return Case.objects.order_by("-pk").values_list("number", flat=True)[0]


def test_what_is_said_of_a_third_value_is_short_and_names_no_number() -> None:
    number = identity_number(1)
    with patch("publiccredit.casework.operations.deciding.verify_values"):  # decided before such words were refused
        _corrected(violation_facts=f"雇员（{number}）{RIGHT * 30}")
    sent = _again(violation_facts=f"{FACTS * 20}，雇员（{number}）无证上岗")
    (issue,) = sent.issues.filter(code="K-105")
    assert issue.found == (FACTS * 20)[:200] + "…"
    assert issue.expected.startswith("“雇员（000000************）销售未经检验的建材")
    assert "…”（案件" in issue.expected
    assert len(issue.expected) < 260


def test_rows_are_conserved_where_one_file_has_every_fate() -> None:
    _corrected(violation_facts=RIGHT)
    third = penalty_row(1, violation_facts="销售过期的建材")
    sent = send([third, penalty_row(2), penalty_row(2), penalty_row(3, fine_fen="-1")], later=600)
    assert outcome(sent) == ("filed", 4, 1, 2, 1)


def test_a_later_decision_on_the_same_field_stands_and_both_former_values_are_known() -> None:
    _corrected(violation_facts=RIGHT)
    record = _corrected(1, violation_facts="销售无合格证的建材")
    noted = record.case_corrections["violation_facts"]
    assert (noted["value"], noted["before"]) == ("销售无合格证的建材", [FACTS, RIGHT])
    for minutes, said in ((10, FACTS), (20, RIGHT)):
        _again(minutes, violation_facts=said, penalty_content=f"罚款 12,000 元，第{minutes}版")
        assert Record.objects.get().content["violation_facts"] == "销售无合格证的建材"
    assert [code for code, _ in _codes(_again(30, violation_facts="别的"))] == ["K-105"]
    back = _corrected(40, violation_facts=FACTS)
    assert back.case_corrections["violation_facts"]["before"] == [RIGHT, "销售无合格证的建材"]


def test_a_field_that_was_empty_and_one_that_is_emptied() -> None:
    record = _corrected(sent={"remarks": "已缴纳"}, remarks="", confiscated_fen="0.35")
    assert (record.content["remarks"], record.confiscated_fen) == (None, 350_000)
    assert outcome(_again(remarks="已缴纳")) == ("filed", 1, 0, 0, 1)
    assert outcome(_again(20, remarks="已缴纳", **NEW_CONTENT)) == ("filed", 1, 1, 0, 0)
    again = Record.objects.get()
    assert ("remarks" in again.content, again.confiscated_fen) == (False, 350_000)
    assert [code for code, _ in _codes(_again(30, remarks="未缴纳"))] == ["K-105"]


def test_a_corrected_date_carries_the_term_with_it() -> None:
    record = _corrected(decided_on="2026-11-04", served_on="2026-11-06")
    assert (record.disclosed_from, record.disclosed_until) == (date(2026, 11, 6), date(2027, 11, 4))
    assert outcome(_again()) == ("filed", 1, 0, 0, 1)
    assert outcome(_again(20, **NEW_CONTENT)) == ("filed", 1, 1, 0, 0)
    again = Record.objects.get()
    assert (again.decided_on, again.served_on) == (date(2026, 11, 4), date(2026, 11, 6))
    assert (again.disclosed_from, again.repairable_from, again.disclosed_until) == (
        date(2026, 11, 6), date(2027, 2, 4), date(2027, 11, 4),
    )  # fmt: skip
    assert again.content["served_on"] == "2026-11-06"


def test_a_day_of_service_that_is_only_declared_leaves_the_corrected_one() -> None:
    _corrected(served_on="2026-11-06")
    declared = send([penalty_row(1, served_on="", **NEW_CONTENT)], later=600, served_on=date(2026, 11, 9))
    assert outcome(declared) == ("filed", 1, 1, 0, 0)
    again = Record.objects.get()
    assert (again.served_on, again.content["served_on"]) == (date(2026, 11, 6), "2026-11-06")
    assert [column for _, column in _codes(_again(20, served_on="2026-11-09"))] == ["送达日期"]


def test_a_row_that_would_be_served_before_its_corrected_decision_goes_back() -> None:
    _corrected(decided_on="2026-11-05")
    early = _again(decided_on="2026-11-03", served_on="2026-11-04")
    assert _codes(early) == [("K-105", "送达日期")]
    assert "不早于处罚决定日期2026-11-05" in result(submission=early)["issues"][0]["message"]
    late = send([penalty_row(1, served_on="2026-11-04", decided_on="2026-11-03", **NEW_CONTENT)], later=1200)
    assert outcome(late) == ("filed", 1, 0, 1, 0)


def test_a_corrected_amount_is_what_severity_is_found_by() -> None:
    """The same row, whether it says the former amount or the right one, has the same severity and term."""
    found = []
    for said in ("1.2", "2"):
        with transaction.atomic():
            _corrected(fine_fen="2")
            _again(fine_fen=said, **NEW_CONTENT)
            again = Record.objects.get()
            found.append((again.fine_fen, again.severity, again.severity_rule, again.disclosed_until))
            transaction.set_rollback(True)
    assert found[0] == found[1]


def test_a_severity_the_sender_stated_and_a_case_corrected_stays() -> None:
    record = _corrected(sent={"severity": "一般"}, severity="严重")
    assert (record.severity, record.severity_rule) == ("serious", "case")
    assert outcome(_again(severity="一般", **NEW_CONTENT)) == ("filed", 1, 1, 0, 0)
    again = Record.objects.get()
    assert (again.severity, again.severity_rule) == ("serious", "case")
    assert again.disclosed_until == date(2029, 11, 3)
    assert [code for code, _ in _codes(_again(20, severity="轻微"))] == ["K-105"]


def test_a_term_that_is_over_does_not_come_back_with_a_corrected_row() -> None:
    over = date(2027, 11, 3)
    _corrected(violation_facts=RIGHT)
    days = (over + timedelta(days=30) - AT.date()).days
    assert outcome(_again(days * 24 * 60, **NEW_CONTENT)) == ("filed", 1, 1, 0, 0)
    assert Record.objects.get().disclosed_until == over


def test_a_department_corrects_its_own_row_by_its_own_case() -> None:
    """The way the issue names: the correction procedure, after which the new value is the one that stands."""
    _corrected(violation_facts=RIGHT)
    record, at = Record.objects.get(), DECIDED_AT + timedelta(minutes=5)
    how: dict[str, Any] = {"by": LIAISON, "applicant": SOURCE_APPLICANT, "channel": Channel.COUNTER, "at": at}
    case = opened(ProcedureName.CORRECTION, record, ground="differs_from_document", **how)
    hand_in(case, "document", by=LIAISON, at=at)
    take_case(by=LIAISON, case_id=case.pk, at=at)
    settled(case, "corrected", first=LIAISON, second=HEAD, at=at, corrections={"violation_facts": "销售过期的建材"})
    assert outcome(_again(violation_facts="销售过期的建材")) == ("filed", 1, 0, 0, 1)
    assert Record.objects.get().content["violation_facts"] == "销售过期的建材"


def test_a_declaration_of_service_leaves_a_corrected_day() -> None:
    waits = {"served_on": None, "disclosed_from": None, "state": "held_unserved", "submission_id": 9}
    record = stored_record(subject=stored_subject(), **waits)
    case = objection_ready(record)
    settled(case, "corrected", first=CLERK, second=OFFICE_HEAD, corrections={"served_on": "2026-05-25"})
    declare_served(submission_id=9, served_on=date(2026, 6, 1), served_field="served_on", at=AT, entry_id=1)
    record.refresh_from_db()
    assert (record.state, record.served_on, record.content["served_on"]) == ("filed", date(2026, 5, 25), "2026-05-25")


def _still_said(submission: Submission) -> list[tuple[str, str, str, str]]:
    found = RowIssue.objects.filter(submission=submission, code="K-108").order_by("id")
    return list(found.values_list("code", "column", "found", "expected"))


def test_a_row_that_still_says_what_was_corrected_is_told_so_and_taken() -> None:
    _corrected(violation_facts=RIGHT, fine_fen="2")
    decided = f"（案件{_case_number()}，2026-11-10决定）"
    told = [
        ("K-108", "违法事实", FACTS, f"“{RIGHT}”{decided}"),
        ("K-108", "罚款金额（万元）", "1.2", f"“2”{decided}"),
    ]
    unchanged = _again()
    assert (outcome(unchanged), _still_said(unchanged)) == (("filed", 1, 0, 0, 1), told)
    changed = _again(20, **NEW_CONTENT)
    assert (outcome(changed), _still_said(changed)) == (("filed", 1, 1, 0, 0), told)
    messages = [issue["message"] for issue in result(submission=changed)["issues"] if issue["code"] == "K-108"]
    assert len(messages) == 2 and all("在册的记录以更正后的内容为准" in message for message in messages)
    followed = _again(30, violation_facts=RIGHT, fine_fen="2", **NEW_CONTENT)
    assert (outcome(followed), _still_said(followed)) == (("filed", 1, 0, 0, 1), [])


# --- the database ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        "content = jsonb_set(content, '{violation_facts}', '\"别的\"')",
        "content = content - 'violation_facts'",
        "case_corrections = NULL",
        "case_corrections = '{}'",
        'case_corrections = case_corrections || \'{"remarks": {"value": null, "before": []}}\'',
    ],
)
def test_a_correction_is_undone_by_no_statement(change: str) -> None:
    record = _corrected(violation_facts=RIGHT)
    statement = f"UPDATE subjects_record SET {change}, known_from = known_from + interval '1 second'"
    refused = pytest.raises(DatabaseError, match=r"decided case|does not undo")
    for by in (LIAISON, OFFICE_HEAD):
        with acting(actor=by), refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    record.refresh_from_db()
    assert record.content["violation_facts"] == RIGHT
