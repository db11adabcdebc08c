"""The clock swept over ten years with every worker stopped: nothing shown a second too long, nothing hidden too soon."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

import pytest
from django.test import Client

from publiccredit.casework.operations import take_case
from publiccredit.casework.types import Order
from publiccredit.catalogue.queries import add_months
from publiccredit.catalogue.types import Audience, ProcedureName, Severity
from publiccredit.disclosure.queries import visible_records
from publiccredit.ledger.operations import next_entry_id, record_entry
from publiccredit.ledger.types import CHINA, china_day
from publiccredit.subjects.models import Record, Subject
from tests.factories import KNOWN_AT, stored_record, stored_subject
from tests.flows.cases import HEAD, LIAISON, hand_in, opened, report_ready, settled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]
SECOND = timedelta(seconds=1)
MONTHS = {Severity.GENERAL: (3, 12), Severity.SERIOUS: (12, 36)}
BESIDE_THE_RULE = (0, -40, 40)  # days: a record filed under a shorter rule, or under a longer one, than that of today
YEARS = 10
CHOSEN = ("/", "/departments/market_regulation/", "/sitemap.xml")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=CHINA).astimezone(UTC)


def _filed(whose: Callable[[int], Subject], **columns: Any) -> list[Record]:
    """File a penalty every eleven weeks for ten years, on days of every length of month."""
    filed = []
    for number in range(YEARS * 52 // 11):
        decided_on = date(2026, 4, 1) + timedelta(weeks=11 * number, days=number % 5)
        severity = list(MONTHS)[number % 2]
        least, most = MONTHS[severity]
        filed.append(
            stored_record(
                subject=whose(number + 1),
                number=number + 1,
                decided_on=decided_on,
                served_on=decided_on + timedelta(days=1),
                disclosed_from=decided_on + timedelta(days=1),
                severity=severity.value,
                repairable_from=add_months(day=decided_on, months=least),
                disclosed_until=add_months(day=decided_on, months=most) + timedelta(days=BESIDE_THE_RULE[number % 3]),
                **columns,
            )
        )
    return filed


def _end_of(record: Record) -> date:
    """Give the first day on which a record is not shown any more: its own end or that of the rules, the earlier one."""
    assert record.decided_on is not None
    assert record.disclosed_until is not None
    by_rule = add_months(day=record.decided_on, months=MONTHS[Severity(record.severity)][1])
    return min(record.disclosed_until, by_rule)


def _shown_at(at: datetime, subject: Subject) -> set[int]:
    return {r.id for r in visible_records(audience=Audience.PUBLIC, on=china_day(at=at), subject_id=subject.pk)}


def test_every_record_begins_and_ends_at_its_midnight() -> None:
    subject = stored_subject()
    records = _filed(lambda _: subject)
    checked = 0
    for record in records:
        assert record.disclosed_from is not None
        assert record.disclosed_until is not None
        for instant, before, after in (
            (_midnight(record.disclosed_from), False, True),
            (_midnight(_end_of(record)), True, False),
        ):
            assert (record.pk in _shown_at(instant - SECOND, subject)) is before, record.document_number
            assert (record.pk in _shown_at(instant, subject)) is after, record.document_number
            checked += 2
    assert checked == 4 * len(records)
    for week in range(0, YEARS * 52 + 160, 5):
        day = date(2026, 4, 1) + timedelta(weeks=week)
        wanted = {r.pk for r in records if r.disclosed_from and r.disclosed_from <= day < _end_of(r)}
        assert _shown_at(_midnight(day), subject) == wanted, day


class Reader:
    """Somebody without an account, who also keeps a copy of the feed: each way out is asked at an instant."""

    def __init__(self) -> None:
        self.browser = Client()
        self.copy: set[int] = set()
        self.cursor = ""

    def finds(self, record: Record, at: datetime) -> dict[str, bool]:
        """Tell by which ways the record is to be found, all of them asked afresh at that instant."""
        assert record.subject is not None
        name, uscc, document = record.subject.name, record.subject.uscc, record.document_number
        with patch("django.utils.timezone.now", return_value=at):
            self._read_on()
            return {
                "page": self._given(f"/records/{record.pk}/", document),
                "subject's page": self._given(f"/subjects/{uscc}/", document),
                "list": self._given("/records/", document, absent=200),
                "search": self._given(f"/search/?{urlencode({'q': document})}", name, absent=200),
                "api": self._given(f"/api/v1/records/{record.pk}", document),
                "api subject": self._given(f"/api/v1/subjects/{uscc}", document),
                "api search": self._given(f"/api/v1/search?{urlencode({'q': uscc})}", name, absent=200),
                "feed": record.pk in self.copy,
            }

    def chosen(self, record: Record, at: datetime) -> set[str]:
        """Name the pages that name the record among a few they choose: none of them has to, and none may for too long."""
        with patch("django.utils.timezone.now", return_value=at):
            pages = {address: self.browser.get(address).content.decode() for address in CHOSEN}
        words = (record.document_number, f"/records/{record.pk}/", f"/records/{record.pk}<")
        return {address for address, page in pages.items() if any(w in page for w in words)}

    def _given(self, address: str, words: str, *, absent: int = 404) -> bool:
        answer = self.browser.get(address)
        found = words in answer.content.decode()
        assert found or answer.status_code == absent, (address, answer.status_code)
        return found

    def _read_on(self) -> None:
        complete = False
        while not complete:
            told = self.browser.get("/api/v1/changes", {"cursor": self.cursor}).json()
            self.cursor, complete = told["next_cursor"], told["complete"]
            for change in told["changes"]:
                (self.copy.add if change["record"] else self.copy.discard)(change["record_id"])


@pytest.mark.no_cover  # a hundred readings of pages that other tests read
def test_page_interface_search_and_feed_begin_and_end_at_that_second() -> None:
    """No worker runs; what a page kept, and what a copy of the feed has read, ends by the clock alone."""
    entry = next_entry_id()
    record_entry(
        actor="li", operation="file_submission", object_kind="submission", object_id=1, at=KNOWN_AT, entry_id=entry
    )
    records = _filed(lambda n: stored_subject(number=n, name=f"濉溪县示例{n}号建材有限公司"), entry_id=entry)
    instants: list[tuple[datetime, Record, bool]] = []
    for number, record in enumerate(records):
        assert record.disclosed_from is not None
        assert record.disclosed_until is not None
        begins, ends = _midnight(record.disclosed_from), _midnight(_end_of(record))
        instants += [(ends - SECOND, record, True), (ends, record, False)]
        if number % 4 == 0:  # every end, and every fourth beginning: a reading costs a seventh of a second
            instants += [(begins - SECOND, record, False), (begins, record, True)]
    reader, chosen = Reader(), set[str]()
    for at, record, shown in sorted(instants, key=lambda i: (i[0], i[1].pk)):
        ways = reader.finds(record, at)
        assert set(ways.values()) == {shown}, (record.document_number, at, ways)
        chosen |= (found := reader.chosen(record, at))
        assert shown or not found, (record.document_number, at, found)
        day = china_day(at=at)
        wanted = {r.pk for r in records if r.disclosed_from and r.disclosed_from <= day < _end_of(r)}
        assert reader.copy == wanted, at
    assert len(instants) > 2 * len(records) > 90
    assert "/" in chosen, "none of them named any of the records while it was shown"


def test_a_stay_and_a_shield_begin_and_end_at_their_midnight() -> None:
    subject = stored_subject()
    stayed, shielded = stored_record(subject=subject, number=1), stored_record(subject=subject, number=2)
    begins, until = date(2026, 9, 10), date(2026, 12, 31)
    order = Order(number="(2026)皖0621破1号", begins=begins, until=until)
    settled(report_ready(stayed, ground="stayed", paper="stay_order"), "stayed", first=LIAISON, order=order)
    case = opened(ProcedureName.CREDIT_REPAIR, shielded, ground="reorganisation")
    hand_in(case, "court_order")
    take_case(by=LIAISON, case_id=case.pk, at=case.opened_at)
    settled(case, "shielded", first=LIAISON, second=HEAD, order=order)
    both = {stayed.pk, shielded.pk}
    assert _shown_at(_midnight(begins) - SECOND, subject) == both
    assert _shown_at(_midnight(begins), subject) == set()
    assert _shown_at(_midnight(until) - SECOND, subject) == set()
    assert _shown_at(_midnight(until), subject) == both
