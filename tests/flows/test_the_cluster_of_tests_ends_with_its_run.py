"""No run of tests leaves a database server behind, whatever ends it; and none takes it away from another."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from publiccredit.site import embedded_postgres
from tests.environment import ROOT, TEST_DATA, unmeasured
from tests.running import USED

USES_IT = """
import sys, time
from pathlib import Path
from tests.running import cluster_of_tests
cluster_of_tests(Path(sys.argv[1])).connect("postgres", "postgres").close()
print("ready", flush=True)
time.sleep(300)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    embedded_postgres.remove(tmp_path)


def _run(folder: Path) -> "subprocess.Popen[str]":
    """Start what uses the cluster as a run does, at the head of a group as a shell's command is."""
    using = subprocess.Popen(
        [sys.executable, "-c", USES_IT, str(folder)],
        stdout=subprocess.PIPE, text=True, cwd=ROOT, env=unmeasured(), start_new_session=True,
    )  # fmt: skip
    assert using.stdout is not None
    assert using.stdout.readline() == "ready\n"
    using.stdout.close()
    return using


def _end(using: "subprocess.Popen[str]", by: signal.Signals) -> None:
    os.killpg(using.pid, by)
    using.wait()


def _ends(folder: Path) -> bool:
    server = embedded_postgres.locate(folder).data / "postmaster.pid"  # removed by the server as the last of its end
    deadline = time.monotonic() + 60
    while server.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return not server.exists()


def test_a_cluster_ends_with_the_last_run_that_uses_it_and_comes_up_for_the_next(folder: Path) -> None:
    first, second = _run(folder), _run(folder)
    _end(first, signal.SIGKILL)
    time.sleep(1)
    assert embedded_postgres.is_running(folder), "the second run uses it still"
    _end(second, signal.SIGKILL)
    assert _ends(folder)
    for by in (signal.SIGTERM, signal.SIGINT):
        _end(_run(folder), by)
        assert _ends(folder), by.name


def test_this_run_says_that_it_uses_its_cluster(cluster: embedded_postgres.Cluster) -> None:
    with (TEST_DATA / USED).open("a") as lock, pytest.raises(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
