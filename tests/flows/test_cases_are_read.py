"""What desks, subjects and the public read of cases; and the command line that drives the same operations."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from publiccredit.casework import queries
from publiccredit.casework.models import Case
from publiccredit.casework.operations import (
    forward_to_source,
    refuse_repair,
    reject_objection,
    request_papers,
    request_review,
    take_case,
)
from publiccredit.casework.types import Published
from publiccredit.catalogue.types import ProcedureName
from publiccredit.site.commands import program
from publiccredit.subjects.models import Record
from tests.factories import stored_licence, stored_record
from tests.flows.cases import (
    APPLICANT,
    AT,
    CLERK,
    HEAD,
    LIAISON,
    OFFICE_HEAD,
    OWNER,
    REASONS,
    REPAIR_PAPERS,
    THIRD,
    asked_in_vain,
    hand_in,
    objection_ready,
    opened,
    repair_ready,
    repaired,
    settled,
)
from tests.papers import a_pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]


def test_the_navigator_says_when_with_what_and_by_whom(record: Record) -> None:
    found = queries.navigator(record_id=record.pk, on=date(2026, 8, 19))
    assert found is not None
    assert (found.severity, found.earliest_on, found.last_day) == ("general", date(2026, 8, 20), date(2027, 5, 19))
    assert (found.eligible_today, found.decides_within_working_days) == (False, 10)
    assert [(p.name, p.brought_by) for p in found.papers] == [
        ("proof_of_performance", "认定单位"),
        ("commitment", "信用信息主体"),
    ]
    assert found.decided_by == "濉溪县市场监督管理局"
    assert found.what_happens == ("停止公示", "停止共享和使用", "解除失信惩戒措施", "更新评价结果")
    later = queries.navigator(record_id=record.pk, on=date(2026, 8, 20))
    assert later is not None
    assert later.eligible_today


def test_the_navigator_names_the_case_under_way_and_knows_when_it_is_over(record: Record) -> None:
    case = repair_ready(record)
    found = queries.navigator(record_id=record.pk, on=AT.date())
    assert found is not None
    assert found.open_case == case.number
    settled(case, "granted", first=LIAISON, second=HEAD)
    found = queries.navigator(record_id=record.pk, on=AT.date())
    assert found is not None
    assert (found.repaired, found.eligible_today, found.open_case) == (True, False, "")


def test_there_is_nothing_to_repair_in_a_licence(record: Record) -> None:
    licence = stored_licence(subject=record.subject, number=2)
    assert queries.navigator(record_id=licence.pk, on=AT.date()) is None
    assert queries.navigator(record_id=999_999, on=AT.date()) is None


def test_reminders_are_due_when_a_repair_opens(record: Record) -> None:
    repaired(stored_record(subject=record.subject, number=2))
    found = queries.repairs_opening(first=date(2026, 8, 20), last=date(2026, 8, 20))
    assert [r.pk for r in found] == [record.pk]
    assert not queries.repairs_opening(first=date(2026, 8, 21), last=date(2026, 9, 20)).exists()


def test_each_desk_sees_what_waits_for_it(record: Record) -> None:
    repair, objection = repair_ready(record), objection_ready(record)
    assert [c.pk for c in queries.desk_of_department(department_code="market_regulation", on=AT.date())] == [repair.pk]
    assert [c.pk for c in queries.desk_of_office(on=AT.date())] == [objection.pk]
    forward_to_source(by=CLERK, case_id=objection.pk, question="请核对", at=AT)
    assert {c.pk for c in queries.desk_of_department(department_code="market_regulation", on=AT.date())} == {
        repair.pk,
        objection.pk,
    }
    assert not queries.desk_of_office(on=AT.date()).exists()
    assert not queries.overdue_cases(on=date(2026, 9, 10)).exists()
    assert [c.pk for c in queries.overdue_cases(on=date(2026, 9, 11))] == [objection.pk]


def test_a_case_tells_its_history_in_sentences(record: Record) -> None:
    case = repair_ready(record)
    settled(case, "granted", first=LIAISON, second=HEAD)
    assert [e.sentence for e in queries.timeline(case=case, among_officers=True)] == [
        "信用信息主体提出请求。",
        "信用信息主体提交材料“履行义务的证明”。",
        "信用信息主体提交材料“信用承诺书”。",
        "shi-liaison（联络员，县市场监管局）受理。",
        "shi-liaison（联络员，县市场监管局）作出处理意见“准予修复”。",
        "shi-head（部门负责人，县市场监管局）审核同意。",
        "决定生效：准予修复。",
    ]


def test_a_withdrawn_record_says_why_in_its_place(record: Record) -> None:
    assert queries.withdrawal(record_id=record.pk) is None
    case = objection_ready(record)
    settled(
        case, "publication_stopped", first=CLERK, second=OFFICE_HEAD, public_notice="该记录超过法定公示期限，停止公示。"
    )
    gone = queries.withdrawal(record_id=record.pk)
    assert gone is not None
    assert gone.withdrawal_notice == "该记录超过法定公示期限，停止公示。"


def _figures(on: date) -> dict[str, list[tuple[str, tuple[int, ...], int]]]:
    found = queries.public_figures(year=2026, on=on)
    tables = {
        "clocks": found.clocks,
        "reviews": found.reviews,
        "records": found.records,
        "taken_back": found.taken_back,
        "complaints": found.complaints,
    }
    return {name: [(p.department_code, p.counts, p.undivided) for p in rows] for name, rows in tables.items() if rows}


def test_public_figures_stand_as_of_the_last_month_that_is_over(record: Record) -> None:
    for number in range(12):
        case = objection_ready(record)
        if number < 10:
            reject_objection(by=CLERK, case_id=case.pk, reasons=REASONS, at=AT)
    assert [_figures(day) for day in (date(2026, 9, 2), date(2026, 9, 30))] == [{}, {}]
    # Two are late since 5 September: until there are ten such, the office's month is not told at all.
    assert _figures(date(2026, 10, 1)) == {"records": [("market_regulation", (0, 10), 0)]}
    after = queries.public_figures(year=2026, on=date(2026, 12, 31))
    assert (after.as_of, after.clocks) == (date(2026, 11, 30), ())
    whole = queries.public_figures(year=2026, on=date(2027, 1, 1))
    assert (whole.as_of, whole.clocks) == (date(2026, 12, 31), (Published("credit_office", (0, 0), 12),))


def test_what_the_office_decides_too_late_is_not_held_against_the_department(record: Record) -> None:
    at = AT + timedelta(days=6)
    for number in range(10):
        case = objection_ready(record)  # due on Friday 4 September
        settled(case, "corrected", first=CLERK, second=OFFICE_HEAD, corrections={"fine_fen": str(number + 1)}, at=at)
        case = repair_ready(stored_record(subject=record.subject, number=number + 10))
        settled(case, "granted", first=LIAISON, second=HEAD)
    # A repair says nothing of whether the record was right.
    assert _figures(date(2026, 10, 1)) == {
        "clocks": [("credit_office", (0, 10), 0), ("market_regulation", (10, 0), 0)],
        "records": [("market_regulation", (10, 0), 0)],
    }


def test_what_was_late_stays_counted_so_in_its_month_and_no_other(record: Record) -> None:
    for number in range(20):
        case = objection_ready(record)  # due on Friday 4 September
        if number >= 10:
            request_papers(by=CLERK, case_id=case.pk, asked="决定书复印件", at=AT)
    told = _figures(date(2026, 10, 1))["clocks"]
    assert told == [("credit_office", (0, 20), 0)]  # no paper came in the days there were for it
    for case in Case.objects.filter(state="in_hand"):
        reject_objection(by=CLERK, case_id=case.pk, reasons=REASONS, at=AT + timedelta(days=32))
    assert _figures(date(2026, 12, 1))["clocks"] == told


def test_a_repair_granted_on_review_is_a_result_overturned_and_one_refused_again_is_none(record: Record) -> None:
    for number in range(20):
        own = stored_record(subject=record.subject, number=number + 2)
        first = opened(ProcedureName.CREDIT_REPAIR, own, ground="duties_performed")
        take_case(by=LIAISON, case_id=first.pk, at=AT)
        asked_in_vain(first, by=LIAISON)
        refuse_repair(by=LIAISON, case_id=first.pk, reasons=REASONS, at=AT)
        review = request_review(by=OWNER, case_id=first.pk, applicant=APPLICANT, request="不服", at=AT)
        take_case(by=THIRD, case_id=review.pk, at=AT)
        if number < 10:
            hand_in(review, *REPAIR_PAPERS)
            settled(review, "granted", first=THIRD, second=HEAD)
        else:
            refuse_repair(by=THIRD, case_id=review.pk, reasons=REASONS, at=AT)
    assert _figures(date(2026, 10, 1)) == {
        "clocks": [("market_regulation", (20, 0), 0)],
        "reviews": [("market_regulation", (10, 10, 0), 0)],
    }


def test_a_list_of_cases_takes_a_fixed_number_of_queries(record: Record, django_assert_num_queries: Any) -> None:
    for _ in range(3):
        objection_ready(record)
    with django_assert_num_queries(1):
        assert len({c.subject.name for c in queries.open_cases() if c.subject}) == 1


# --- the command line -----------------------------------------------------------------------------------------------


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    monkeypatch.setattr("publiccredit.site.commands.running.now", lambda: AT)

    def run_command(*words: str) -> Any:
        monkeypatch.setattr("sys.argv", ["publiccredit", *words, "--json"])
        capsys.readouterr()
        program.main(args=[*words, "--json"], prog_name="publiccredit", standalone_mode=False)
        return json.loads(capsys.readouterr().out)

    return run_command


def test_a_case_is_worked_from_the_command_line(
    record: Record, run: Any, tmp_path: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run(
        "case", "open", "credit_repair", "--record", str(record.pk), "--ground", "duties_performed", "--request",
        "已缴清罚款", "--name", "濉溪县示例建材有限公司", "--by", "clerk",
    )  # fmt: skip
    number = made["number"]
    assert (made["state"], made["due_on"], made["department"]) == ("opened", "2026-09-15", "market_regulation")
    file = tmp_path / "a.pdf"
    file.write_bytes(a_pdf())
    for kind in ("proof_of_performance", "commitment"):
        run("case", "hand-in-paper", number, "--kind", kind, "--file", str(file), "--by", "clerk")
    assert run("case", "take", number, "--by", "shi-liaison")["state"] == "in_hand"
    assert [c["number"] for c in run("case", "list", "--by", "clerk")] == [number]
    shown = run("case", "show", number, "--by", "clerk")
    assert all(c["holds"] for c in shown["conditions"])
    decided = run("case", "decide", number, "granted", "--reasons", REASONS, "--by", "shi-liaison")
    assert decided["state"] == "proposed"
    assert run("case", "approve", number, "--by", "shi-head")["state"] == "decided"
    assert run("case", "list", "--by", "clerk") == []
    told = run("case", "show", number, "--by", "clerk")
    # one form of time everywhere: ISO 8601 with the offset of China's clocks
    assert {e["at"] for e in told["timeline"]} == {"2026-09-01T10:00:00+08:00"}
    words = ["case", "show", number, "--by", "clerk"]
    monkeypatch.setattr("sys.argv", ["publiccredit", *words])
    program.main(args=words, prog_name="publiccredit", standalone_mode=False)
    assert {line[:18] for line in capsys.readouterr().out.split("经过：\n")[1].splitlines()} == {"  2026-09-01 10:00"}
    assert told["decisions"][0]["effective_at"] == "2026-09-01T10:00:00+08:00"
    assert told["opened_on"] == "2026-09-01"
    assert run("case", "navigate", str(record.pk), "--by", "clerk")["repaired"] is True
    assert run("case", "sweep") == {"looked_at": 0, "escalated": 0, "suspended": 0, "settled": 0}


def test_a_refusal_of_the_command_line_says_what_would_be_right(record: Record, run: Any) -> None:
    from publiccredit.site.commands.speaking import Refused

    case = repair_ready(record)
    with pytest.raises(Refused, match="认定单位") as refusal:
        run("case", "decide", case.number, "granted", "--reasons", REASONS, "--by", "clerk")
    assert refusal.value.code == "not_allowed"
    with connection.cursor() as cursor:
        cursor.execute("SELECT actor_role()")
        assert cursor.fetchone() == ("program",)
