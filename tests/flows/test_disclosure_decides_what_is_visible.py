"""
The one way out: every audience, state and kind of record, swept over every day that matters.

What is expected here is computed from the law's words by hand, not from the code under test.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM
from publiccredit.casework.operations import escalate, take_case
from publiccredit.casework.types import Order
from publiccredit.catalogue.types import Audience, ProcedureName
from publiccredit.disclosure.queries import subject_file, versions, visible_record, visible_records
from publiccredit.disclosure.types import Standing
from publiccredit.ledger.operations import next_entry_id
from publiccredit.subjects.models import Record
from tests.factories import stored_licence, stored_record, stored_subject
from tests.flows.cases import (
    HEAD,
    LIAISON,
    hand_in,
    objection_ready,
    opened,
    people,
    repaired,
    report_ready,
    settled,
    withdrawn,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program")]

DECIDED, SERVED = date(2026, 5, 20), date(2026, 5, 22)
FOREVER = date(9999, 1, 1)

# What each kind of record is, and the days [from, until) on which the public may see it once it is filed.
KINDS: dict[str, tuple[dict[str, Any], tuple[date, date]]] = {
    "general penalty": ({}, (SERVED, date(2027, 5, 20))),
    "serious penalty": (
        {"severity": "serious", "disclosed_until": date(2029, 5, 20)},
        (SERVED, date(2029, 5, 20)),
    ),
    "slight penalty": ({"severity": "slight", "disclosed_until": SERVED}, (FOREVER, FOREVER)),
    "penalty with too long a term on it": ({"disclosed_until": date(2031, 1, 1)}, (SERVED, date(2027, 5, 20))),
    "repaired penalty": ({"disclosed_until": date(2026, 9, 1)}, (SERVED, date(2026, 9, 1))),
    "penalty without an end": ({"disclosed_until": None}, (FOREVER, FOREVER)),
    "penalty without severity": ({"severity": ""}, (FOREVER, FOREVER)),
    "licence": ({"licence": True}, (DECIDED, FOREVER)),
    "licence with an end": ({"licence": True, "disclosed_until": date(2026, 12, 1)}, (DECIDED, date(2026, 12, 1))),
    "record of a source nobody declared": ({"source": "market_regulation/rumours"}, (FOREVER, FOREVER)),
    "record of an item in no catalogue": ({"item": "county_2026/1"}, (FOREVER, FOREVER)),
    "record of a type in no pack": ({"record_type": "rumour"}, (FOREVER, FOREVER)),
}
STATES = ("filed", "held_unserved", "held_unmatched", "withdrawn")
DAYS = sorted(
    {
        day + timedelta(days=step)
        for day in (DECIDED, SERVED, date(2026, 9, 1), date(2026, 12, 1), date(2027, 5, 20), date(2029, 5, 20))
        for step in (-1, 0, 1)
    }
    | {date(2020, 1, 1), date(2035, 1, 1)}
)


def _stored(kind: str, state: str) -> Record:
    columns = dict(KINDS[kind][0])
    subject = None if state == "held_unmatched" else stored_subject()
    if state == "held_unserved":
        columns |= {"served_on": None, "disclosed_from": None}
    make = stored_licence if columns.pop("licence", False) else stored_record
    return make(subject=subject, state=state, **columns)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_table_of_visibility_holds(kind: str, state: str) -> None:
    record = _stored(kind, state)
    begin, end = KINDS[kind][1]
    for audience in Audience:
        for day in DAYS:
            if audience is Audience.SUBJECT:
                expected = state != "held_unmatched" and record.record_type != "rumour"
            else:
                expected = state == "filed" and begin <= day < end
            seen = visible_record(record_id=record.pk, audience=audience, on=day) is not None
            assert seen == expected, f"{kind}, {state}, {audience}, {day}"


@pytest.mark.parametrize("severity", ["general", "serious"])
@pytest.mark.parametrize("decided", [date(2026, 5, 20), date(2024, 2, 29), date(2025, 11, 30), date(2022, 8, 31)])
def test_no_record_outlives_its_last_day_and_none_is_hidden_before_it(severity: str, decided: date) -> None:
    # The shortest of all instruments since: a year for what is general, three for what is serious 《信用修复管理办法》.
    year = decided.year + (1 if severity == "general" else 3)
    until = date(year, 2, 28) if (decided.month, decided.day) == (2, 29) else decided.replace(year=year)
    served = decided + timedelta(days=2)
    record = stored_record(
        subject=stored_subject(),
        decided_on=decided,
        served_on=served,
        disclosed_from=served,
        severity=severity,
        disclosed_until=until,
    )
    near = [edge + timedelta(days=step) for edge in (decided, served, until) for step in range(-5, 6)]
    between = [decided + timedelta(days=step) for step in range(0, (until - decided).days, 13)]
    wrong = [
        day
        for day in near + between
        if (visible_record(record_id=record.pk, audience=Audience.PUBLIC, on=day) is not None)
        != (served <= day < until)
    ]
    assert wrong == []


def test_document_numbers_of_persons_never_leave_for_anybody() -> None:
    record = stored_record(subject=stored_subject())
    for audience in Audience:
        shown = visible_record(record_id=record.pk, audience=audience, on=date(2026, 6, 1))
        assert shown is not None
        assert "340621199001011234" not in repr(shown)
        assert not [f.name for f in shown.fields if "document_number" in f.name and "legal" in f.name]


def test_the_fields_carry_the_standards_titles_codes_and_values_in_words() -> None:
    record = stored_record(subject=stored_subject())
    shown = visible_record(record_id=record.pk, audience=Audience.PUBLIC, on=date(2026, 6, 1))
    assert shown is not None
    values = {f.standard: (f.title, f.value) for f in shown.fields if f.standard in ("CF_WSH", "CF_NR_FK", "CF_JDRQ")}
    assert values == {
        "CF_WSH": ("行政处罚决定书文号", "濉市监罚〔2026〕1号"),
        "CF_NR_FK": ("罚款金额（万元）", "5 万元（50,000 元）"),
        "CF_JDRQ": ("处罚决定日期", "2026-05-20"),
    }


def _change(record: Record, *, at: datetime, **columns: Any) -> None:
    assignments = ", ".join(f"{name} = %s" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE subjects_record SET {assignments}, known_from = %s WHERE id = %s",
            [*columns.values(), at, record.pk],
        )


JUNE, JULY, AUGUST = (datetime(2026, month, 15, tzinfo=UTC) for month in (6, 7, 8))
LATE = datetime(2026, 8, 25, tzinfo=UTC)  # the repair of a general failing of 20 May has opened


def test_looking_back_shows_what_was_known_then() -> None:
    record = stored_record(subject=stored_subject())
    _change(record, at=JULY, document_number="濉市监罚〔2026〕2号")
    subject_id = record.subject_id

    def numbers(at: datetime | None) -> list[str]:
        found = visible_records(audience=Audience.PUBLIC, on=date(2026, 9, 1), as_known_at=at, subject_id=subject_id)
        return [r.document_number for r in found]

    assert numbers(datetime(2026, 5, 31, tzinfo=UTC)) == []
    assert numbers(JUNE) == ["濉市监罚〔2026〕1号"]
    assert numbers(AUGUST) == numbers(None) == ["濉市监罚〔2026〕2号"]


def _repaired(record: Record) -> None:
    people()
    repaired(record, at=LATE)


def _suspended(record: Record) -> None:
    people()
    objection_ready(record, at=LATE - timedelta(days=14))
    assert escalate(at=LATE).suspended == 1


def _stayed(record: Record) -> None:
    people()
    case = report_ready(record, ground="stayed", paper="stay_order", at=LATE)
    settled(case, "stayed", first=LIAISON, at=LATE, order=Order(number="濉政复〔2026〕3号", begins=LATE.date()))


def _shielded(record: Record) -> None:
    people()
    case = opened(ProcedureName.CREDIT_REPAIR, record, ground="reorganisation", at=LATE)
    hand_in(case, "court_order", at=LATE)
    take_case(by=LIAISON, case_id=case.pk, at=LATE)
    order = Order(number="(2026)皖0621破1号", begins=LATE.date(), until=date(2027, 7, 1))
    settled(case, "shielded", first=LIAISON, second=HEAD, at=LATE, order=order)


@pytest.mark.parametrize(
    "gone",
    [
        lambda record: withdrawn(record, at=LATE),
        _repaired,
        lambda record: _change(record, at=JULY, disclosed_until=date(2026, 8, 1), submission_id=2),
        lambda record: _change(
            record, at=JULY, severity="slight", severity_rule="penalty_severity/warning", submission_id=2
        ),
        _suspended,
        _stayed,
        _shielded,
    ],
    ids=["withdrawn", "repaired", "shortened", "found slight", "suspended", "stayed", "shielded"],
)
def test_looking_back_never_publishes_again_what_has_gone(gone: Callable[[Record], None]) -> None:
    subject = stored_subject()
    record = stored_record(subject=subject)
    stored_licence(subject=subject, number=2)
    gone(record)
    act_as(actor=PROGRAM)
    found = visible_records(audience=Audience.PUBLIC, on=date(2026, 9, 1), as_known_at=JUNE, subject_id=subject.pk)
    assert [r.record_type for r in found] == ["administrative_licence"]
    of_subject = visible_records(
        audience=Audience.SUBJECT, on=date(2026, 9, 1), as_known_at=JUNE, subject_id=subject.pk
    )
    assert sorted(r.record_type for r in of_subject) == ["administrative_licence", "administrative_penalty"]


def test_looking_back_does_not_show_a_record_under_a_subject_it_was_wrongly_linked_to() -> None:
    wrong, right = stored_subject(number=1), stored_subject(number=2, name="濉溪县他人建材有限公司")
    record = stored_record(subject=wrong)
    _change(record, at=JULY, subject_id=right.pk)
    for subject in (wrong, right):
        found = visible_records(audience=Audience.PUBLIC, on=date(2026, 9, 1), as_known_at=JUNE, subject_id=subject.pk)
        assert found == ()


def test_versions_leave_out_those_before_service() -> None:
    record = stored_record(subject=stored_subject(), state="held_unserved", served_on=None, disclosed_from=None)
    _change(record, at=JUNE, state="filed", served_on=SERVED, disclosed_from=SERVED)
    _change(record, at=JULY, fine_fen=1_000_000, entry_id=next_entry_id())
    found = versions(record_id=record.pk, audience=Audience.PUBLIC, on=date(2026, 8, 1))
    assert [(v.known_from, v.known_until) for v in found] == [(JULY, None), (JUNE, JULY)]


def test_the_subject_sees_what_became_of_each_record() -> None:
    subject = stored_subject()
    stored_record(subject=subject, number=1, disclosed_until=date(2026, 7, 1))
    stored_record(subject=subject, number=2, state="withdrawn")
    stored_record(subject=subject, number=3, state="held_unserved", served_on=None, disclosed_from=None)
    stored_licence(subject=subject, number=4, disclosed_from=date(2026, 12, 1))
    stored_licence(subject=subject, number=5)
    found = visible_records(audience=Audience.SUBJECT, on=date(2026, 8, 1), subject_id=subject.pk)
    assert [r.standing for r in found] == [
        Standing.SHOWN,
        Standing.NOT_YET,
        Standing.HELD,
        Standing.WITHDRAWN,
        Standing.ENDED,
    ]


def test_a_subject_of_whom_nothing_is_visible_is_like_one_that_does_not_exist() -> None:
    subject = stored_subject()
    stored_record(subject=subject)
    assert subject.uscc is not None
    for day, seen in ((date(2026, 5, 21), False), (SERVED, True), (date(2027, 5, 20), False)):
        assert (subject_file(identifier=subject.uscc, audience=Audience.PUBLIC, on=day) is not None) == seen
    assert subject_file(identifier="91000000000000000X", audience=Audience.PUBLIC, on=SERVED) is None
    assert subject_file(identifier=f"id-{subject.pk}", audience=Audience.PUBLIC, on=SERVED) is None


def test_an_identity_number_in_the_facts_is_shown_to_nobody() -> None:
    facts = "经营者李四(身份证340621199001011234)销售不合格水泥 20 吨,发票号 034062119900101123456"
    row = stored_record(subject=stored_subject(), content={"violation_facts": facts})
    for audience in Audience:
        record = visible_record(record_id=row.pk, audience=audience, on=SERVED)
        assert record is not None
        told = {field.name: field.value for field in record.fields}["violation_facts"]
        assert told == "经营者李四(身份证340621************)销售不合格水泥 20 吨,发票号 034062119900101123456"
