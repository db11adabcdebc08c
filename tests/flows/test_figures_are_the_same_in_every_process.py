"""Several processes serve the site, and each keeps what it has counted: all of them show what was committed last."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from publiccredit.catalogue.types import Audience
from publiccredit.disclosure import figures, queries
from publiccredit.disclosure.types import Figures, SubmissionFigure
from publiccredit.ledger.operations import record_entry
from publiccredit.subjects.models import Record, Subject
from tests.factories import penalty_row, stored_licence, stored_record
from tests.flows.cases import LIAISON, report_ready, settled
from tests.flows.cases import repaired as repaired_case
from tests.flows.filing import send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]
TODAY = date(2026, 11, 12)
PROCESSES = ("first", "second")


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The pages read the clock: it stands at ten in the morning of 12 November 2026."""
    with patch("django.utils.timezone.now", return_value=datetime(2026, 11, 12, 2, tzinfo=UTC)):
        yield
    for name in PROCESSES:
        _memory(name).clear()


def _memory(name: str) -> LocMemCache:
    return LocMemCache(f"process {name}", {})


@contextmanager
def in_process(name: str) -> Iterator[None]:
    """Ask as one process: with its own memory of what it has counted."""
    with ExitStack() as patched:
        for module in ("counting", "figures"):
            patched.enter_context(patch(f"publiccredit.disclosure.{module}.cache", _memory(name)))
        yield


def said(on: date = TODAY) -> tuple[Figures, dict[str, SubmissionFigure]]:
    """Give what every process says; they say the same, and what one says that never counted before."""
    answers = []
    for name in PROCESSES:
        with in_process(name):
            answers.append((queries.figures(audience=Audience.PUBLIC, on=on), queries.submission_figures(on=on)))
    cache.clear()
    fresh = (queries.figures(audience=Audience.PUBLIC, on=on), queries.submission_figures(on=on))
    assert answers == [fresh, fresh]
    return fresh


def test_what_one_process_files_every_process_counts_at_its_next_look() -> None:
    assert said()[1] == {}
    send([penalty_row(1), penalty_row(2, penalty_kind="罚金")])
    published, sent = said()
    assert (published.published, sent["market_regulation"].accepted, sent["market_regulation"].returned) == (1, 1, 1)
    send([penalty_row(3), penalty_row(4)], later=60)
    published, sent = said()
    assert (published.published, sent["market_regulation"].accepted, sent["market_regulation"].submissions) == (3, 3, 2)


def test_the_page_itself_shows_it_in_both() -> None:
    def shown() -> list[str]:
        pages = []
        for name in PROCESSES:
            with in_process(name):
                pages.append(Client().get("/departments/market_regulation/").content.decode())
        return pages

    assert all("另有退回 0 行" in page for page in shown())
    send([penalty_row(1, penalty_kind="罚金")])
    assert all("另有退回 1 行" in page for page in shown())


def test_a_record_withdrawn_or_repaired_leaves_the_figures_of_every_process(subject: Subject) -> None:
    withdrawn, repaired, kept = (stored_record(subject=subject, number=number) for number in (1, 2, 3))
    assert said()[0].published == 3
    case = report_ready(withdrawn, ground="revoked", paper="new_decision")
    settled(case, "withdrawn_revoked", first=LIAISON)
    assert said()[0].published == 2
    repaired_case(repaired)
    assert said()[0].published == 1
    assert Record.objects.get(pk=kept.pk).state == "filed"


def test_a_term_that_ends_leaves_the_figures_with_its_day_and_no_act(subject: Subject) -> None:
    stored_record(subject=subject, number=1, disclosed_until=TODAY + timedelta(days=1))
    stored_record(subject=subject, number=2)
    assert said()[0].published == 2
    assert said(TODAY + timedelta(days=1))[0].published == 1


def test_only_the_departments_something_was_done_in_are_counted_again(subject: Subject) -> None:
    stored_licence(subject=subject, number=1, department_code="taxation", source="market_regulation/licence")
    send([penalty_row(11)])
    said()
    with in_process("first"), patch.object(figures, "_tallied", wraps=figures._tallied) as counted:
        record_entry(
            actor="a", operation="sign_in", object_kind="account", object_id=1, at=datetime(2026, 11, 12, tzinfo=UTC)
        )
        queries.figures(audience=Audience.PUBLIC, on=TODAY)
        assert counted.call_count == 0
        send([penalty_row(12)], later=60)
        queries.figures(audience=Audience.PUBLIC, on=TODAY)
        assert [call.kwargs for call in counted.call_args_list] == [{"of": {"market_regulation"}}]
    assert {d.department_code: d.published for d in said()[0].departments} == {"market_regulation": 2, "taxation": 1}


def test_after_very_many_acts_all_is_counted_again() -> None:
    send([penalty_row(11)])
    said()
    with patch.object(figures, "ACTS_LOOKED_AT", 1), patch.object(figures, "_tallied", wraps=figures._tallied) as all_:
        send([penalty_row(12)], later=60)
        assert said()[0].published == 2
    assert all("of" not in call.kwargs for call in all_.call_args_list)


def test_a_look_at_what_has_not_changed_asks_for_the_last_entry_alone() -> None:
    send([penalty_row(11)])
    said()
    with in_process("first"), CaptureQueriesContext(connection) as asked:
        queries.figures(audience=Audience.PUBLIC, on=TODAY)
        queries.submission_figures(on=TODAY)
    assert len(asked) == 2
    assert all("ledger_entry" in query["sql"] and "LIMIT 1" in query["sql"] for query in asked.captured_queries)


@pytest.mark.parametrize("numbers", [[3], [1, 4], [2, 2, 9], [0, 1, 5, 12]])
def test_the_days_in_the_middle_are_those_of_all_records_in_order(subject: Subject, numbers: list[int]) -> None:
    for number, days in enumerate(numbers):
        stored_record(subject=subject, number=number + 1, working_days_taken=days)
    assert said()[0].median_days == median(numbers)


def test_what_was_counted_in_another_database_counts_no_more(subject: Subject) -> None:
    """A backup was brought back: the entries that were counted are gone, and others stand at their positions."""
    send([penalty_row(11)])
    said()
    for name in PROCESSES:
        memory = _memory(name)
        for key in [key.split(":", 2)[2] for key in list(memory._cache)]:
            kept: Any = memory.get(key)
            if hasattr(kept, "head"):
                gone = type(kept.head)(position=kept.head.position, hash="0" * 64)
                memory.set(key, type(kept)(head=gone, value=_wrong(kept.value)))
    published, sent = said()
    assert (published.published, sent["market_regulation"].submissions) == (1, 1)


def _wrong(value: Any) -> Any:
    return {} if isinstance(value, dict) else None
