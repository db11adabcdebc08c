"""A worker that is killed while it tells recipients, at whatever moment, tells none twice and loses none."""

import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime

import pytest

from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM
from publiccredit.ledger.models import Entry
from publiccredit.recipients.models import DeliveryAttempt, Notice
from publiccredit.recipients.operations import tell
from publiccredit.recipients.operations.waiting import LEASE
from publiccredit.recipients.types import Cause, NoticeKind
from publiccredit.site import embedded_postgres
from tests.factories import stored_record, stored_subject
from tests.flows.cases import AT
from tests.flows.dying import PATIENCE, kill, running, until
from tests.flows.recipients import Programs, given, listening, registered

HOLDERS = 12
LEDGER_LOCK = 7310577230416  # of the trigger that chains entries, publiccredit/ledger/migrations/0002_chain.py


@pytest.fixture
def told(fresh_database: str) -> Iterator[tuple[str, Programs]]:
    """Twelve recipients with a program each, all to be told of one correction."""
    act_as(actor=PROGRAM)
    record = stored_record(subject=stored_subject())
    with listening() as programs:
        for n in range(HOLDERS):
            recipient = registered(n, callback_url=programs.address(f"r{n}"))
            programs.learn(f"r{n}", recipient)
            given(recipient, record)
        cause = Cause(entry_id=7, at=AT, authority="濉溪县市场监督管理局")
        assert tell(kinds={record.pk: NoticeKind.CORRECTED}, cause=cause) == HOLDERS
        yield fresh_database, programs


def _worker(database: str, at: datetime) -> AbstractContextManager[subprocess.Popen[bytes]]:
    return running("tests.flows.delivery_process", at.isoformat(), database=database)


def _rest_is_told_once(database: str, programs: Programs) -> None:
    with _worker(database, AT) as second:  # at the same moment: the dead worker's claims still stand
        assert second.wait(PATIENCE) == 0
    with _worker(database, AT + LEASE) as third:
        assert third.wait(PATIENCE) == 0
    assert set(Notice.objects.values_list("state", flat=True)) == {"confirmed"}
    assert {name: len(deliveries) for name, deliveries in programs.taken.items()} == {
        f"r{n}": 1 for n in range(HOLDERS)
    }
    assert programs.forged == []
    assert Entry.objects.filter(operation="confirm_notice").count() == HOLDERS
    assert DeliveryAttempt.objects.filter(status=200).count() == HOLDERS


def test_killed_before_a_recipient_took_the_notice_it_is_told_by_the_next(told: tuple[str, Programs]) -> None:
    database, programs = told
    programs.hold = lambda name, when: when == "before"
    with _worker(database, AT) as process:
        until(lambda: len(programs.held) == 4)
        kill(process)
    assert (programs.taken, DeliveryAttempt.objects.count()) == ({}, 0)
    programs.let_go()
    _rest_is_told_once(database, programs)


def test_killed_after_a_recipient_took_the_notice_nobody_acts_twice(told: tuple[str, Programs]) -> None:
    database, programs = told
    programs.hold = lambda name, when: when == "after"
    with _worker(database, AT) as process:
        until(lambda: len(programs.held) == 4)
        kill(process)
    assert (len(programs.taken), DeliveryAttempt.objects.count()) == (4, 0)
    programs.let_go()
    _rest_is_told_once(database, programs)
    assert sum(programs.calls.values()) == HOLDERS + 4  # four were called again, under the same number


def test_killed_while_it_writes_an_outcome_down_nothing_half_written_stays(
    told: tuple[str, Programs], cluster: embedded_postgres.Cluster
) -> None:
    database, programs = told
    with cluster.connect(embedded_postgres.APPLICATION, database) as holder:
        with holder.transaction():
            holder.execute("SELECT pg_advisory_xact_lock(%s)", [LEDGER_LOCK])
            with _worker(database, AT) as process:
                until(lambda: _waits_for_a_lock(holder))
                kill(process)
        until(lambda: not _waits_for_a_lock(holder))
    assert (DeliveryAttempt.objects.count(), Notice.objects.filter(state="waiting").count()) == (0, HOLDERS)
    _rest_is_told_once(database, programs)


def _waits_for_a_lock(watch: object) -> bool:
    return bool(watch.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()[0])  # type: ignore[attr-defined]
