"""What many flows begin with: officers at their desks, and one penalty on file."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from unittest.mock import MagicMock, patch

import pytest
from django.core.cache import cache

from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM
from publiccredit.site import embedded_postgres
from publiccredit.subjects.models import Record, Subject
from tests.factories import stored_licence, stored_record, stored_subject
from tests.flows.cases import AT, people
from tests.flows.failing import Failing, failing_writes
from tests.flows.officers import NOW
from tests.flows.watching import watched_operations


@pytest.fixture(scope="session", autouse=True)
def one_entry_for_every_operation() -> Iterator[None]:
    """Whatever a flow does, each operation in it leaves exactly one entry in the ledger."""
    with watched_operations():
        yield


@pytest.fixture
def officers(as_program: None) -> None:
    """The officers of the office and of two departments have their accounts; the test itself acts as the program."""
    people()


@pytest.fixture
def subject(as_program: None) -> Subject:
    """A synthetic enterprise."""
    return stored_subject()


@pytest.fixture
def record(subject: Subject) -> Record:
    """A penalty of the synthetic enterprise."""
    return stored_record(subject=subject)


@pytest.fixture
def a_penalty_and_a_licence(subject: Subject) -> None:
    """What is public of the synthetic enterprise: a penalty and, newer, a licence."""
    stored_record(subject=subject, number=1)
    stored_licence(subject=subject, number=2)


@pytest.fixture
def noon_of_1_june() -> Iterator[MagicMock]:
    """The pages read the clock, which stands at noon of 1 June 2026 in China, and have nothing kept of before."""
    cache.clear()
    with patch("django.utils.timezone.now", return_value=datetime(2026, 6, 1, 4, tzinfo=UTC)) as clock:
        yield clock
    cache.clear()


@pytest.fixture
def a_morning_at_the_desks(officers: None) -> Iterator[None]:
    """The pages read the clock: ten in the morning of 1 September 2026, when the officers are at their desks."""
    cache.clear()
    with patch("django.utils.timezone.now", return_value=AT):
        yield
    cache.clear()


@pytest.fixture
def an_hour_later() -> Iterator[None]:
    """The pages read the clock: an hour after the cases of these tests came in."""
    with patch("django.utils.timezone.now", return_value=NOW):
        yield


@pytest.fixture
def failing(fresh_database: str, cluster: embedded_postgres.Cluster, django_db_blocker: Any) -> Iterator[Failing]:
    """A database of its own in which any write can be made to fail, with the officers' accounts."""
    with django_db_blocker.unblock(), failing_writes(fresh_database, cluster) as prepared:
        act_as(actor=PROGRAM)
        people()
        yield prepared
