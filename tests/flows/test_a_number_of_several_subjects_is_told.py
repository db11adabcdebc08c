"""One decision may be about several companies, and a number may be mistyped: both are filed, and the sender is told."""

from collections.abc import Collection
from typing import Any

import pytest

from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM
from publiccredit.intake import outcomes
from publiccredit.intake.models import RowIssue
from publiccredit.intake.queries import result
from publiccredit.subjects.models import Record
from publiccredit.subjects.operations import shared_numbers
from publiccredit.subjects.types import Filing, SharedNumber
from tests.factories import penalty_row, stored_record, stored_subject, synthetic_uscc
from tests.flows import filing
from tests.flows.filing import outcome

pytestmark = [pytest.mark.django_db]
NUMBER = "濉市监处罚〔2026〕905号"
NAMES = {n: f"濉溪县示例{n}号建材有限公司" for n in range(1, 7)}


@pytest.fixture(autouse=True)
def _as_the_program() -> None:
    act_as(actor=PROGRAM)


def _row(number: int, **fields: str) -> dict[str, str]:
    return penalty_row(number, **{"document_number": NUMBER, **fields})


def _told(**conditions: Any) -> list[tuple[int, str, str]]:
    rows = RowIssue.objects.filter(code="K-106", **conditions).order_by("submission_id", "row_number")
    return list(rows.values_list("row_number", "severity", "expected"))


def test_each_row_of_a_file_is_told_who_else_bears_its_number_and_all_are_filed() -> None:
    sent = filing.send([_row(1), penalty_row(3), _row(2)])
    assert outcome(sent) == ("filed", 3, 3, 0, 0)
    assert _told() == [
        (2, "warn", f"“{NAMES[2]}”（{synthetic_uscc(2)}，第 4 行）"),
        (4, "warn", f"“{NAMES[1]}”（{synthetic_uscc(1)}，第 2 行）"),
    ]
    said = next(issue for issue in result(submission=sent)["issues"] if issue["code"] == "K-106")
    assert (said["column"], said["found"]) == ("行政处罚决定书文号", NUMBER)
    assert said["message"].startswith(
        f"第 2 行“行政处罚决定书文号”为“{NUMBER}”，同一决定机关的这一文书号也在“{NAMES[2]}”（{synthetic_uscc(2)}，第 4 行）名下；"
        "本行已入库。一份决定书处理几个主体的，无需处理"
    )


def test_a_row_is_told_of_the_record_that_is_on_file_and_the_record_is_left_alone() -> None:
    filing.send([_row(1)])
    first = Record.objects.get()
    second = filing.send([_row(2)], later=60)
    assert _told() == [(2, "warn", f"“{NAMES[1]}”（{synthetic_uscc(1)}，在册记录 {first.pk}）")]
    assert (second.accepted, second.returned) == (1, 0)
    assert Record.objects.get(pk=first.pk).entry_id == first.entry_id


def test_what_is_on_file_already_is_not_told_again() -> None:
    first = filing.send([_row(1), _row(2)])
    filing.send([_row(1), _row(2)], later=60)
    assert set(RowIssue.objects.filter(code="K-106").values_list("submission_id", flat=True)) == {first.pk}


def test_several_records_of_one_company_are_no_matter() -> None:
    licence = {"natural_key": "00000000-0000-0000-0000-000000000001", "document_number": NUMBER}
    stored_record(subject=stored_subject(name=NAMES[1]), authority_uscc="11000000009000031R", **licence)
    filing.send([_row(1)])
    assert (Record.objects.count(), _told()) == (2, [])


@pytest.mark.parametrize(
    "other",
    [
        {"state": "withdrawn"},
        {"authority_uscc": "11000000009000058W"},
        {"department_code": "emergency_management"},
        {"document_number": "濉市监处罚〔2026〕906号"},
    ],
)
def test_what_was_withdrawn_or_decided_by_another_authority_is_no_matter(other: dict[str, str]) -> None:
    on_file = {"document_number": NUMBER, "authority_uscc": "11000000009000031R"}
    stored_record(subject=stored_subject(number=9, name="濉溪县示例九号有限公司"), **{**on_file, **other})
    filing.send([_row(1)])
    assert _told() == []


def test_whoever_is_not_determined_yet_is_told_by_the_record_and_not_by_a_name() -> None:
    on_file = {"document_number": NUMBER, "authority_uscc": "11000000009000031R", "disclosed_from": None}
    content = {"subject_name": "张三"}
    waiting = stored_record(subject=None, state="held_unmatched", content=content, **on_file)
    filing.send([_row(1)])
    assert _told() == [(2, "warn", f"一个待判定的主体（在册记录 {waiting.pk}）")]


def test_of_many_the_first_are_named_and_all_are_counted() -> None:
    filing.send([_row(n) for n in NAMES])
    expected = "、".join(f"“{NAMES[n]}”（{synthetic_uscc(n)}，第 {n + 1} 行）" for n in (1, 2, 3))
    assert _told(row_number=7) == [(7, "warn", f"{expected}等 5 个主体")]


def test_one_number_on_every_row_keeps_no_list_of_all_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[SharedNumber] = []

    def spied(*, filing: Filing, numbers: Collection[str], most_named: int) -> list[SharedNumber]:
        kept.extend(shared_numbers(filing=filing, numbers=numbers, most_named=most_named))
        return kept

    monkeypatch.setattr(outcomes, "shared_numbers", spied)
    filing.send([_row(n) for n in range(1, 31)])
    assert {(row.number_of_others, len(row.others)) for row in kept} == {(29, 3)}
    assert RowIssue.objects.filter(code="K-106", expected__endswith="等 29 个主体").count() == 30
