"""
DP-18 with the platform as it runs: several processes serve, each has kept the page, and a decision is made elsewhere.

Within sixty seconds every one of them gives the reason in place of the record, and no way out gives the record.
"""

import http.client
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil
import pytest
from django.utils import timezone

from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM
from publiccredit.casework.operations import withdraw_record
from publiccredit.catalogue.types import WithdrawalReason
from publiccredit.ledger.operations import next_entry_id, record_entry
from publiccredit.site import serving
from publiccredit.subjects.models import Record
from tests.factories import stored_record, stored_subject
from tests.flows.cases import LIAISON, REASONS, people, report_ready
from tests.flows.test_the_platform_comes_up_and_goes_down import free_address

PROCESSES = 2
WITHIN = 60.0  # seconds, DP-18
OFTEN = 0.1
ANSWERS = (200, 404, 410)
FACTS = "销售的水泥强度不合格"
NOTICE = "复议机关撤销原决定"
WAYS = {"page", "subject's page", "search", "api", "api subject", "api search", "feed"}
LOADED_WITHIN = 60.0  # seconds until the last process answers; the site is up as soon as the first does


@dataclass
class Line:
    """A connection that stays open: one process of the site answers all that is asked on it."""

    connection: http.client.HTTPConnection
    process: int
    ways: dict[str, tuple[str, str]] = field(default_factory=dict)  # address, and words that stand only in the record
    gone: dict[str, float] = field(default_factory=dict)
    cursor: str = ""

    def get(self, address: str) -> tuple[int, str]:
        self.connection.request("GET", address)
        answer = self.connection.getresponse()
        return answer.status, answer.read().decode()

    def given(self) -> set[str]:
        """Name the ways by which the record is given on this line."""
        return {name for name, (address, words) in self.ways.items() if words in self.get(address)[1]}

    def ask_until_gone(self) -> None:
        """Ask each way until it gives the record no more, and keep when it was first asked in vain."""
        begun = time.monotonic()
        while len(self.gone) < len(self.ways) and time.monotonic() - begun < WITHIN + 10:
            for name in self.ways.keys() - self.gone.keys():
                address, words = self.ways[name]
                status, text = self.get(address)
                assert status in ANSWERS, (name, status)
                if words not in text:
                    self.gone[name] = time.monotonic()
            time.sleep(OFTEN)


def _line(port: int) -> Line:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    line = Line(connection, 0)
    assert line.get("/health")[0] == 200
    line.process = _answering(port, connection.sock.getsockname()[1])
    return line


def _answering(port: int, mine: int) -> int:
    for process in psutil.Process().children(recursive=True):
        try:
            ends = process.net_connections(kind="tcp")
        except psutil.NoSuchProcess:
            continue
        if any(end.raddr and (end.laddr.port, end.raddr.port) == (port, mine) for end in ends):
            return process.pid
    raise AssertionError("no process of the site holds the other end of the connection")


@contextmanager
def _one_line_to_each(port: int) -> Iterator[list[Line]]:
    lines: dict[int, Line] = {}
    begun = time.monotonic()
    try:
        while len(lines) < PROCESSES and time.monotonic() - begun < LOADED_WITHIN:
            line = _line(port)
            if lines.setdefault(line.process, line) is not line:
                line.connection.close()
                time.sleep(OFTEN)
        assert len(lines) == PROCESSES, f"only {len(lines)} processes answered within {LOADED_WITHIN:.0f} s"
        yield list(lines.values())
    finally:
        for line in lines.values():
            line.connection.close()


def _on_file() -> Record:
    decided_on = timezone.localdate() - timedelta(days=120)
    entry = next_entry_id()
    record_entry(
        actor="li", operation="file_submission", object_kind="submission", object_id=1, at=timezone.now(),
        entry_id=entry,
    )  # fmt: skip
    return stored_record(
        subject=stored_subject(), decided_on=decided_on, served_on=decided_on, disclosed_from=decided_on,
        repairable_from=decided_on + timedelta(days=92), disclosed_until=decided_on + timedelta(days=365), entry_id=entry,
    )  # fmt: skip


def _ways(record: Record) -> dict[str, tuple[str, str]]:
    assert record.subject is not None
    name, uscc = record.subject.name, record.subject.uscc
    return {
        "page": (f"/records/{record.pk}/", FACTS),
        "subject's page": (f"/subjects/{uscc}/", record.document_number),
        "search": (f"/search/?{urlencode({'q': record.document_number})}", name),
        "api": (f"/api/v1/records/{record.pk}", FACTS),
        "api subject": (f"/api/v1/subjects/{uscc}", FACTS),
        "api search": (f"/api/v1/search?{urlencode({'q': uscc})}", name),
        "feed": ("/api/v1/changes", FACTS),
    }


@pytest.mark.timeout(300)
def test_every_process_gives_the_reason_within_a_minute(
    fresh_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, django_db_blocker: Any,
    record_property: Any,
) -> None:  # fmt: skip
    monkeypatch.setenv("PUBLICCREDIT_DATABASE_NAME", fresh_database)
    monkeypatch.setattr(serving, "_state_file", lambda: tmp_path / "serving.json")
    address, measured = free_address(), []

    def while_it_serves() -> None:
        try:
            with _one_line_to_each(address.port) as lines:
                measured.extend(_measured(lines))
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    with django_db_blocker.unblock():
        act_as(actor=PROGRAM)
        people()
        serving.serve(address=address, workers=PROCESSES, announce=while_it_serves)
    assert len(measured) == PROCESSES
    record_property("seconds", json.dumps(measured))
    for seconds in measured:
        assert seconds.keys() == WAYS
        assert max(seconds.values()) < WITHIN, measured


def _measured(lines: list[Line]) -> list[dict[str, float]]:
    """Have every process keep what it shows, withdraw the record in this one, and see how long each goes on giving it."""
    record = _on_file()
    case = report_ready(record, ground="revoked", paper="new_decision", at=timezone.now())
    for line in lines:
        line.ways = _ways(record)
        assert line.given() == WAYS
        assert line.given() == WAYS  # from what was kept
        line.cursor = json.loads(line.get("/api/v1/changes")[1])["next_cursor"]
    readers = [threading.Thread(target=line.ask_until_gone) for line in lines]
    for reader in readers:
        reader.start()  # while the decision is made, everybody reads
    said = {"because": WithdrawalReason.REVOKED, "reasons": REASONS, "public_notice": NOTICE}
    withdraw_record(by=LIAISON, case_id=case.pk, at=timezone.now(), **said)
    decided = time.monotonic()
    for reader in readers:
        reader.join()
    for line in lines:
        status, page = line.get(f"/records/{record.pk}/")
        assert (status, NOTICE in page, "原决定被撤销" in page, FACTS in page) == (410, True, True, False)
        told = json.loads(line.get(f"/api/v1/changes?{urlencode({'cursor': line.cursor})}")[1])["changes"]
        assert [(c["record_id"], c["record"], c["reason"]) for c in told] == [(record.pk, None, "withdrawn")]
    return [{name: max(0.0, at - decided) for name, at in line.gone.items()} for line in lines]
