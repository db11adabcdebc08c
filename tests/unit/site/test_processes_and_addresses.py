"""Ports, addresses and the end of processes, without a database."""

import os
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest

from publiccredit.site.demo.progress import Progress, read_progress, write_progress
from publiccredit.site.serving import Address, UnableToServe, refuse_taken_port

PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", (
    "import os, time; from publiccredit.site.processes import end_with_parent;"
    "end_with_parent(parent=os.getppid()); print('ready', os.getpid(), flush=True); time.sleep(60)")])
time.sleep(60)
"""


def test_a_taken_port_is_named_with_the_next_one_to_try() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UnableToServe, match=f"127.0.0.1:{port} 不可用.*make demo PORT={port + 1}"):
            refuse_taken_port(address=Address(host="127.0.0.1", port=port))


def test_a_free_port_is_not_refused() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    refuse_taken_port(address=Address(host="127.0.0.1", port=port))


@pytest.mark.parametrize(
    ("host", "url", "local_url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000/", "http://127.0.0.1:8000/"),
        ("0.0.0.0", "http://0.0.0.0:8000/", "http://127.0.0.1:8000/"),
        ("::1", "http://[::1]:8000/", "http://[::1]:8000/"),
    ],
)
def test_an_address_is_written_as_a_browser_takes_it(host: str, url: str, local_url: str) -> None:
    address = Address(host=host, port=8000)
    assert (address.url, address.local_url) == (url, local_url)


def test_a_child_ends_when_its_parent_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline().split()[1]))
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 20
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
    parent.stdout.close()


def test_progress_is_read_as_it_was_written(tmp_path) -> None:
    assert read_progress(folder=tmp_path) is None
    write_progress(Progress(filed=3, of=9), folder=tmp_path)
    assert read_progress(folder=tmp_path) == Progress(filed=3, of=9)
    assert not Progress(filed=3, of=9).complete
    assert Progress(filed=9, of=9).complete


def test_help_is_in_chinese_and_keeps_within_the_terminal() -> None:
    from click.testing import CliRunner

    from publiccredit.site.commands import program
    from publiccredit.site.commands.speaking import _columns

    for words in ([], ["submit"], ["check"], ["ledger"]):
        told = CliRunner().invoke(program, [*words, "--help"], terminal_width=80, max_content_width=80).output
        assert told.startswith("用法：")
        assert "\n选项：\n" in told
        assert "[required]" not in told
        assert "。 " not in told
        assert max(_columns(line) for line in told.splitlines()) <= 80
        options = told.split("选项：\n")[1].split("\n\n")[0].splitlines()
        starts = {
            _columns(line) - _columns(line.lstrip("- ").partition("  ")[2].lstrip()) for line in options if "--" in line
        }
        assert len(starts) == 1, told


WAITING = """
import asyncio, sys
from publiccredit.site import processes

times = []
async def work():
    times.append(1)
    print("begun", len(times), flush=True)
    if len(times) == 1:
        return  # as a worker does whose listener lost the database
    if len(times) == 2:
        raise processes.OperationalError("connection refused")
    try:
        await asyncio.sleep(60)
    finally:
        print("ended in order", flush=True)

asyncio.run(processes._until_told(work, pause=0.01))
"""


def test_work_that_lost_its_database_is_taken_up_again_until_told_to_end() -> None:
    with subprocess.Popen([sys.executable, "-c", WAITING], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert [running.stdout.readline() for _ in range(3)] == ["begun 1\n", "begun 2\n", "begun 3\n"]
        running.send_signal(signal.SIGTERM)
        assert (running.stdout.read(), running.wait(timeout=20)) == ("ended in order\n", 0)


def test_work_that_fails_for_another_reason_is_not_repeated() -> None:
    failing = WAITING.replace("processes.OperationalError", "ValueError")
    ended = subprocess.run([sys.executable, "-c", failing], capture_output=True, text=True, timeout=20, check=False)
    assert (ended.returncode, ended.stdout, "ValueError: connection refused" in ended.stderr) == (
        1, "begun 1\nbegun 2\n", True,
    )  # fmt: skip
