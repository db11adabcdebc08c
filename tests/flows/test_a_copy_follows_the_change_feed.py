"""Whoever follows the feed holds exactly what the public may see, whatever commits in between."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM
from publiccredit.catalogue.types import Audience
from publiccredit.disclosure.queries import UnableToResume, changes, visible_records
from publiccredit.ledger.operations import next_entry_id, record_entry
from publiccredit.subjects.models import Record, Subject
from tests.factories import KNOWN_AT, stored_licence, stored_record, stored_subject
from tests.flows.cases import withdrawn

TODAY = date(2026, 6, 1)


def _act(entry_id: int) -> None:
    record_entry(
        actor="li", operation="file_submission", object_kind="submission", object_id=1, at=KNOWN_AT, entry_id=entry_id
    )


def _file(subject: Subject, *numbers: int, **columns: Any) -> list[int]:
    with transaction.atomic():
        entry_id = next_entry_id()
        ids = [stored_record(subject=subject, number=n, entry_id=entry_id, **columns).pk for n in numbers]
        _act(entry_id)
    return ids


_minutes = iter(range(1, 10_000))


def _change(record_id: int, **columns: Any) -> None:
    with transaction.atomic():
        entry_id = next_entry_id()
        columns |= {"entry_id": entry_id, "known_from": KNOWN_AT + timedelta(minutes=next(_minutes))}
        assignments = ", ".join(f"{name} = %s" for name in columns)
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE subjects_record SET {assignments} WHERE id = %s", [*columns.values(), record_id])
        _act(entry_id)


class Copy:
    """Somebody who keeps what the feed tells."""

    def __init__(self) -> None:
        self.held: dict[int, str] = {}
        self.cursor = ""
        self.told: list[tuple[int, str]] = []

    def read(self, *, on: date = TODAY, limit: int = 3) -> None:
        while True:
            page = changes(audience=Audience.PUBLIC, on=on, cursor=self.cursor, limit=limit)
            self.cursor = page.next_cursor
            for change in page.changes:
                self.told.append((change.record_id, change.reason or "shown"))
                if change.record is None:
                    self.held.pop(change.record_id, None)
                else:
                    self.held[change.record_id] = change.record.document_number
            if page.complete:
                return


def _shown(on: date) -> dict[int, str]:
    return {r.id: r.document_number for r in visible_records(audience=Audience.PUBLIC, on=on, limit=1000)}


@pytest.mark.django_db
@pytest.mark.usefixtures("as_program")
def test_a_copy_equals_what_is_shown_after_every_kind_of_change() -> None:
    subject, copy = stored_subject(), Copy()
    ids = _file(subject, 1, 2, 3, 4, 5)
    copy.read()
    assert copy.held == _shown(TODAY)
    assert copy.told == [(number, "shown") for number in ids]
    withdrawn(Record.objects.get(pk=ids[0]), at=KNOWN_AT + timedelta(minutes=next(_minutes)))
    _change(ids[1], document_number="改正后")
    _change(ids[2], disclosed_until=date(2026, 6, 1), submission_id=2)
    _change(ids[3], severity="slight", severity_rule="penalty_severity/warning", submission_id=2)  # sent again
    _file(subject, 9)
    copy.told.clear()
    copy.read()
    assert copy.held == _shown(TODAY)
    assert [reason for _, reason in copy.told] == ["withdrawn", "shown", "ended", "ended", "shown"]
    copy.told.clear()
    copy.read()
    assert copy.told == []


@pytest.mark.django_db
@pytest.mark.usefixtures("as_program")
def test_a_record_changed_twice_comes_once_as_it_stands() -> None:
    copy = Copy()
    ids = _file(stored_subject(), 1, 2)
    _change(ids[0], document_number="第一次改正")
    _change(ids[0], document_number="第二次改正")
    copy.read()
    assert copy.told == [(ids[1], "shown"), (ids[0], "shown")]
    assert copy.held[ids[0]] == "第二次改正"


@pytest.mark.django_db
@pytest.mark.usefixtures("as_program")
def test_the_end_of_a_term_is_told_though_nobody_acted() -> None:
    subject, copy = stored_subject(), Copy()
    ids = _file(subject, 1, 2, 3, 4, 5, 6, 7)
    later = _file(subject, 8, decided_on=date(2026, 6, 3), served_on=date(2026, 6, 5), disclosed_from=date(2026, 6, 5))
    copy.read()
    assert copy.told == [(number, "shown") for number in ids]
    for day in (date(2026, 6, 4), date(2026, 6, 5), date(2027, 5, 19), date(2027, 5, 20), date(2027, 6, 3)):
        copy.told.clear()
        copy.read(on=day, limit=2)
        assert copy.held == _shown(day), day
        if day == date(2026, 6, 5):
            assert copy.told == [(later[0], "shown")]
        if day == date(2027, 5, 20):
            assert copy.told == [(number, "ended") for number in ids + later]
    assert copy.held == {}


@pytest.mark.django_db
@pytest.mark.usefixtures("as_program")
def test_of_what_was_never_shown_nothing_is_told() -> None:
    subject, copy = stored_subject(), Copy()
    _file(subject, 1, severity="slight", disclosed_until=date(2026, 5, 22))
    _file(subject, 2, state="held_unserved", served_on=None, disclosed_from=None)
    _file(subject, 3, source="market_regulation/rumours")
    copy.read()
    assert copy.told == []


@pytest.mark.django_db
@pytest.mark.parametrize("until", ["20260520", "20260525", "20260531", "0"])
def test_a_cursor_made_up_for_an_earlier_day_publishes_nothing_again(as_program: None, until: str) -> None:
    _file(stored_subject(), 1, disclosed_until=date(2026, 5, 30))
    page = changes(audience=Audience.PUBLIC, on=TODAY, cursor=f"999999.999999.20260101.{until}.0")
    assert [change.record for change in page.changes] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "cursor", ["x", "1.2", "1.2.20261345.0.0", "1.2.20260601.20269999.0", "1.2.3.4.5", "-1.2.20260601.0.0"]
)
def test_a_cursor_this_feed_never_gave_is_refused(cursor: str) -> None:
    with pytest.raises(UnableToResume, match="从头读取"):
        changes(audience=Audience.PUBLIC, on=TODAY, cursor=cursor)


def test_acts_that_commit_in_another_order_than_they_began_are_neither_missed_nor_doubled(
    fresh_database: str, django_db_blocker: Any
) -> None:
    with django_db_blocker.unblock():
        act_as(actor=PROGRAM)
        subject = stored_subject()
        first_may_commit, failures = threading.Event(), []

        def slow() -> None:
            try:
                act_as(actor=PROGRAM)
                with transaction.atomic():
                    entry_id = next_entry_id()
                    began.set()
                    first_may_commit.wait(20)
                    stored_licence(subject=subject, number=1, entry_id=entry_id)
                    _act(entry_id)
            except Exception as error:
                failures.append(error)
            finally:
                connection.close()

        began = threading.Event()
        worker = threading.Thread(target=slow)
        worker.start()
        assert began.wait(20)
        copy = Copy()
        quick = _file(subject, 2)
        copy.read()
        assert copy.told == [(quick[0], "shown")]
        first_may_commit.set()
        worker.join(30)
        assert failures == []
        copy.read()
        every = list(Record.objects.order_by("pk").values_list("pk", flat=True))
        assert sorted(copy.held) == every
        assert sorted(number for number, _ in copy.told) == every
