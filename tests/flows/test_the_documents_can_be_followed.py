"""
What the documents tell a reader to type does what they say: every line of every shell block is carried out here.

What is not carried out is named below with its reason; a line that is neither fails the test.
"""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publiccredit.accounts.models import Officer
from publiccredit.accounts.operations import acting
from publiccredit.accounts.types import PROGRAM, Role
from tests.accounts import FIRST, issued_token, opened_account
from tests.environment import ROOT, TEST_DATA, unmeasured
from tests.factories import penalty_row, sent_csv
from tests.flows.recipients import registered, token_of

DOCUMENTS = [ROOT / "README.md", ROOT / "README.zh.md", *sorted((ROOT / "docs/guide").glob("*.md"))]
BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHELL = ("", "sh")
COMMENT = re.compile(r"\s+#\s.*$")
SUBJECT = "91000000000110314C"  # of the demonstration's county; the documents look it up
STARTS = "builds an environment and a county, and stays; CI begins with it"
STAYS = "runs until it is stopped; tests/flows/test_the_platform_comes_up_and_goes_down.py runs it"
OTHER_SERVER = "names a server of the reader's; tests/flows/test_the_program_runs_on_another_server.py does it"
EMPTY = "needs an empty database; tests/flows/test_a_backup_brings_everything_back.py does it"
ON_A_RECORD = "names a record that bears a document; tests/flows/test_a_document_is_taken_off_a_record.py does it"
NOT_HERE = {
    "make demo": STARTS,
    "make test": "is this run",
    "publiccredit serve --port 8000 --workers 2": STAYS,
    "export DATABASE_URL=postgresql://publiccredit_app:…@127.0.0.1/publiccredit": OTHER_SERVER,
    "export DATABASE_OWNER_URL=postgresql://publiccredit_owner:…@127.0.0.1/publiccredit": OTHER_SERVER,
    "export PUBLICCREDIT_DATA=/srv/publiccredit-restored": "is the reader's new folder",
    "publiccredit restore backup-2026-11-23": EMPTY,
    "journalctl -u publiccredit --since today": "is the reader's service",
    "publiccredit document show 12 --by liaison_market": ON_A_RECORD,
    "publiccredit document take-off 12 --reason 这是另一家企业的决定书，上传时选错了文件 --by liaison_market": ON_A_RECORD,
    "export SITE=http://127.0.0.1:8000": "is the reader's site",
    "export TOKEN=…": "is the reader's token",
    "export RECIPIENT_TOKEN=pcr_…": "is the reader's token",
    ".venv/bin/python manage.py generate_docs": "writes into the packs; `make generated` runs it",
    ".venv/bin/pytest tests/contracts -k packs": "is part of this run",
}
# Each is a step in a case that several people work on; tests/flows/test_a_case_is_worked_at_the_shell.py takes them all.
ON_A_CASE = re.compile(r"publiccredit case (?!list |sweep)")
# What a reader of the document has on file already.
BEFORE = {
    "office.md": ["publiccredit submit earlier.csv --department market_regulation"],
    "interface.md": ["publiccredit submit 行政处罚.xlsx --department market_regulation --served-on 2026-11-05"],
}


def _lines(document: Path) -> list[str]:
    blocks = "".join(text for tongue, text in BLOCK.findall(document.read_text()) if tongue in SHELL)
    return [COMMENT.sub("", line) for line in blocks.splitlines() if line.strip() and not line.startswith("#")]


def _first_written_in(document: Path) -> list[str]:
    """Give the lines to type that no document before this one has."""
    before = {line for d in DOCUMENTS[: DOCUMENTS.index(document)] for line in _lines(d)}
    here = (line for line in _lines(document) if line not in NOT_HERE and not ON_A_CASE.match(line))
    return [line for line in here if line not in before]


@dataclass(frozen=True)
class Reader:
    """Somebody at a terminal, in a folder of their own, with this week's workbook in it."""

    folder: Path
    environment: dict[str, str]
    site: str

    def types(self, lines: list[str]) -> list[tuple[str, int, str]]:
        """Type the lines one after the other in one shell; give each with its exit code and what it said."""
        script = "".join(f'{line}\ncode=$?; printf "\\n\\036%s\\037" $code\n' for line in lines)
        done = subprocess.run(
            ["bash", "-c", script.replace("http://127.0.0.1:8000", self.site)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=self.folder, check=False, timeout=280,
            env=self.environment | {"SITE": self.site},
        )  # fmt: skip
        said = re.findall("(.*?)\n\036(\\d+)\037", done.stdout, re.DOTALL)
        return [(line, int(code), told) for line, (told, code) in zip(lines, said, strict=True)]


@pytest.fixture
def reader(fresh_database: str, tmp_path: Path, document: Path) -> Iterator[Reader]:
    """A reader with an account and a token, and with a running platform where the document asks one."""
    at = datetime.now(UTC)
    with acting(actor=PROGRAM):
        opened_account(username="office_clerk", display_name="经办人", role=Role.OFFICE_CLERK,
            department_code="", password="long-enough-3819", at=at,
        )  # fmt: skip
        own = opened_account(username="administrator", display_name="管理员", role=Role.ADMINISTRATOR,
            department_code="", password="long-enough-3819", at=at,
        )  # fmt: skip
        liaison = opened_account(username="liaison", display_name="联络员", role=Role.LIAISON,
            department_code="market_regulation", password="long-enough-3819", at=at,
        )  # fmt: skip
        opened_account(username="auditor", display_name="审计", role=Role.AUDITOR, at=at)
        token = issued_token(liaison, name="程序", at=at)
        recipient_token = token_of(registered(), at=at)
        with acting(actor=own.actor):
            Officer.objects.filter(pk=own.pk).update(second_factor_since=at)
        administrators = Officer.objects.filter(role=Role.ADMINISTRATOR.value)
        if any("open-administrator" in line for line in _first_written_in(document)):
            administrators.update(is_active=False)  # a new installation has none
        else:
            administrators.exclude(username__in=["administrator", FIRST.name]).update(is_active=False)
    environment = {
        **unmeasured(),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PUBLICCREDIT_DATA": str(TEST_DATA),
        "PUBLICCREDIT_DATABASE_NAME": fresh_database,
        "TOKEN": token.secret,
        "RECIPIENT_TOKEN": recipient_token,
        "no_proxy": "127.0.0.1",
    }
    asked = any("curl" in line for line in _first_written_in(document))  # the rest is typed beside the platform
    with _platform(environment) if asked else nullcontext("http://127.0.0.1:1") as site:
        yield Reader(folder=tmp_path, environment=environment, site=site)


@contextmanager
def _platform(environment: dict[str, str]) -> Iterator[str]:
    """The site and the worker, without the parent that allows one of them in a folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = [sys.executable, "-m", "publiccredit.site.commands"]
    parent = ["--parent", str(os.getpid())]
    web = subprocess.Popen([*program, "web", "--port", str(port), "--workers", "1", *parent], env=environment, cwd=ROOT)
    worker = subprocess.Popen([*program, "worker", *parent], env=environment, cwd=ROOT)
    try:
        _wait_for(f"http://127.0.0.1:{port}/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        for process in (web, worker):
            process.terminate()
        for process in (web, worker):
            process.wait(timeout=40)


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            assert time.monotonic() < deadline, f"{address} does not answer"
            time.sleep(0.2)


def _lay_out(folder: Path, document: Path) -> None:
    """Lay this week's workbook into the folder: a penalty of the subject that the documents look up."""
    if document.name == "office.md":  # the office sends for the tax bureau
        sample = ROOT / "packs/industries/taxation/samples/accepted/penalty.xlsx"
        (folder / "行政处罚.xlsx").write_bytes(sample.read_bytes())
        (folder / "earlier.csv").write_bytes(_penalty())
        return
    from openpyxl import Workbook

    rows = [line.split(",") for line in _penalty().decode().splitlines()]
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    workbook.save(folder / "行政处罚.xlsx")


def _penalty() -> bytes:
    dates = {"decided_on": "2026-10-08", "served_on": "2026-10-10", "penalty_content": "罚款"}
    return sent_csv([penalty_row(11031, subject_uscc=SUBJECT, **dates)])


def test_every_block_is_found() -> None:
    found = {document.name: len(_lines(document)) for document in DOCUMENTS}
    assert found["README.md"] > 10
    assert found["interface.md"] > 5
    assert not NOT_HERE.keys() - {line for document in DOCUMENTS for line in _lines(document)}, "no longer written"


@pytest.mark.parametrize("document", [d for d in DOCUMENTS if _first_written_in(d)], ids=lambda d: d.name)
def test_every_line_does_what_it_says(reader: Reader, document: Path) -> None:
    _lay_out(reader.folder, document)
    lines = [*BEFORE.get(document.name, []), *_first_written_in(document)]
    for line, code, said in reader.types(lines):
        # What was filed in this test was not known on a day before it: that is said, and the code asks for a look.
        assert code == (1 if "--as-known-at" in line else 0), f"{line}: {code}\n{said}"
        assert "Traceback" not in said, f"{line}\n{said}"
    if document.name == "interface.md":
        sent = json.loads((reader.folder / "sent.json").read_text())
        assert sent["submission"] == 2
