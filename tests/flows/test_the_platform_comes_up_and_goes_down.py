"""The platform as its operator runs it: prepared, served, demonstrated, stopped; and what it says when it cannot."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import psutil
import pytest
from django.conf import settings

from publiccredit.site import embedded_postgres, serving
from publiccredit.site.demo.accounts import ACCOUNTS
from publiccredit.site.serving import Address, UnableToServe
from tests.environment import ROOT
from tests.flows.dying import until

PROGRAM = [sys.executable, "-m", "publiccredit.site.commands"]
FAILS = [sys.executable, "-c", "raise SystemExit(4)"]
ENDS_WELL = [sys.executable, "-c", "pass"]
STAYS = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
WILL_NOT_GO = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
]


def free_address() -> Address:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return Address(host="127.0.0.1", port=probe.getsockname()[1])


def environment_of(folder: Path) -> dict[str, str]:
    environment = {**os.environ, "PUBLICCREDIT_DATA": str(folder)}
    environment.pop("PUBLICCREDIT_DATABASE_NAME", None)
    return environment


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *arguments],
        capture_output=True, text=True, cwd=ROOT, env=environment_of(folder), check=False, timeout=60,
    )  # fmt: skip


def first_answer(lines: IO[str]) -> Any:
    """Read as far as the first whole answer reaches: the program goes on running behind it."""
    read = ""
    for line in lines:
        read += line
        if line == "}\n":
            return json.loads(read)
    raise AssertionError(f"no answer in {read!r}")


def break_connections(database: str) -> int:
    """End what serves a database's connections, as its restart does, and give how many there were."""
    with embedded_postgres.locate(settings.DATA_FOLDER).connect(embedded_postgres.SUPERUSER, "postgres") as server:
        ended = server.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s", [database]
        ).fetchone()
    assert ended is not None
    return int(str(ended[0]))


def server_of(folder: Path) -> int:
    """Give the process of the database server whose cluster belongs to a data folder."""
    return int((embedded_postgres.locate(folder).data / "postmaster.pid").read_text().split("\n", 1)[0])


# A process of the site whose threads come and go, as its server lets them: then, how many connections it holds.
THREADS_THAT_COME_AND_GO = """
import os, threading
from wsgiref.util import setup_testing_defaults
from publiccredit.site.wsgi import application
from django.db import connection

def read():
    environ = {"PATH_INFO": "/departments/", "HTTP_HOST": "127.0.0.1"}
    setup_testing_defaults(environ)
    answer = application(environ, lambda status, headers: seen.append(status))
    list(answer), answer.close()

seen = []
for _ in range(6):
    threads = [threading.Thread(target=read) for _ in range(4)]  # as many as share the pool: nobody waits for another
    for thread in threads: thread.start()
    for thread in threads: thread.join()
assert seen == ["200 OK"] * 24, seen
with connection.cursor() as cursor:
    cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
    print(cursor.fetchone()[0])
"""


@pytest.fixture
def state_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of this test's own for what the running parent writes down: the data folder is every worker's."""
    file = tmp_path / "serving.json"
    monkeypatch.setattr(serving, "_state_file", lambda: file)
    return file


@pytest.fixture
def child() -> Iterator[Any]:
    """Start processes that cannot outlive the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(command: list[str]) -> serving._Child:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
        started.append(process)
        return serving._Child(process)

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def test_the_demonstration_is_served_and_stopped_in_a_folder_of_its_own(tmp_path: Path) -> None:
    address = free_address()
    demo = subprocess.Popen(
        [*PROGRAM, "demo", "--port", str(address.port), "--json"],
        stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment_of(tmp_path),
    )  # fmt: skip
    try:
        assert demo.stdout is not None
        told = first_answer(demo.stdout)
        assert told["url"] == address.url
        assert set(told["accounts"]) == {account.username for account in ACCOUNTS}
        kept = tmp_path / "demo-accounts.json"
        assert json.loads(kept.read_text()) == told["accounts"]
        assert kept.stat().st_mode & 0o077 == 0
        with urllib.request.urlopen(address.url) as page:
            assert "演示环境：主体与记录均为虚构" in page.read().decode()
        second = run(tmp_path, "serve", "--port", str(free_address().port))
        assert (second.returncode, "publiccredit stop" in second.stderr) == (3, True)
        stopped = run(tmp_path, "stop", "--remove-databases", "--json")
        assert json.loads(stopped.stdout) == {"stopped": ["网站", "内置数据库"]}
        assert demo.wait(timeout=30) == 0
    finally:
        if demo.poll() is None:
            demo.terminate()
            demo.wait(timeout=40)
        if demo.stdout is not None:
            demo.stdout.close()
        embedded_postgres.remove(tmp_path)
    assert not (tmp_path / "serving.json").exists()
    assert not embedded_postgres.is_running(tmp_path)


def test_the_site_answers_until_it_is_told_to_end(
    fresh_database: str, state_file: Path, monkeypatch: pytest.MonkeyPatch, django_db_blocker: Any
) -> None:
    monkeypatch.setenv("PUBLICCREDIT_DATABASE_NAME", fresh_database)
    address = free_address()
    seen: list[tuple[int, int]] = []

    def announce() -> None:
        with urllib.request.urlopen(f"{address.url}health") as answer:
            seen.append((answer.status, json.loads(state_file.read_text())["port"]))
        assert break_connections(fresh_database) >= 1
        for _ in range(4):  # of whatever thread: an answer other than 200 is raised
            urllib.request.urlopen(f"{address.url}catalogue/").close()
            urllib.request.urlopen(f"{address.url}health").close()
        with pytest.raises(UnableToServe, match=f"{address.url} 运行"):
            serving._refuse_second()
        os.kill(os.getpid(), signal.SIGTERM)

    handler = signal.getsignal(signal.SIGTERM)
    with django_db_blocker.unblock():
        serving.serve(address=address, workers=1, announce=announce, beside=["catalogue"])
    assert seen == [(200, address.port)]
    assert not state_file.exists()
    assert signal.getsignal(signal.SIGTERM) == handler
    serving.refuse_taken_port(address=address)


def test_an_embedded_database_that_ended_is_started_again(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, child: Any
) -> None:
    settings.DATA_FOLDER = tmp_path
    monkeypatch.setattr(serving, "LOOK_EVERY", 0.3)
    embedded_postgres.ensure_running(tmp_path)
    try:
        psutil.Process(server_of(tmp_path)).kill()
        until(lambda: not embedded_postgres.is_running(tmp_path))
        answers = iter([False, False, False, True])
        serving._wait_until_told(
            children=[child(STAYS)], told=lambda: next(answers), look=serving._start_database_again
        )
        assert embedded_postgres.is_running(tmp_path)
    finally:
        embedded_postgres.remove(tmp_path)


def test_a_database_that_does_not_come_up_again_ends_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> None:
        raise embedded_postgres.UnableToStartDatabase("no space left")

    monkeypatch.setattr(serving, "LOOK_EVERY", 0)
    monkeypatch.setattr(embedded_postgres, "is_running", lambda _: False)
    monkeypatch.setattr(embedded_postgres, "ensure_running", refuse)
    with pytest.raises(UnableToServe, match=r"没有能够重新启动.*no space left"):
        serving._start_database_again()


def test_a_part_that_fails_ends_the_whole(child: Any) -> None:
    failed = child(FAILS)
    failed.process.wait()
    with pytest.raises(UnableToServe, match="退出码 4"):
        serving._wait_until_told(children=[failed], told=lambda: False)


def test_what_may_end_ends_nothing_else(child: Any) -> None:
    ended = serving._Child(child(ENDS_WELL).process, may_end=True)
    ended.process.wait()
    answers = iter([False, True])
    serving._wait_until_told(children=[ended], told=lambda: next(answers))
    assert next(answers, None) is None


def test_a_site_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch, child: Any) -> None:
    monkeypatch.setattr(serving, "PATIENCE", 0.2)
    address = free_address()
    with pytest.raises(UnableToServe, match=f"没有应答：{address.url}health"):
        serving._wait_until_it_answers(address=address, children=[child(STAYS)], told=lambda: False)


def test_a_child_that_will_not_go_is_killed(monkeypatch: pytest.MonkeyPatch, child: Any) -> None:
    monkeypatch.setattr(serving, "GRACE", 0.1)
    stubborn, willing = child(WILL_NOT_GO).process, child(STAYS).process
    for process in (stubborn, willing):
        assert process.stdout.readline() == b"up\n"
    serving._end([stubborn, willing])
    assert (stubborn.returncode, willing.returncode) == (-signal.SIGKILL, -signal.SIGTERM)


def test_workers_that_load_or_wait_to_be_opened_hear_that_they_are_to_end(tmp_path: Path) -> None:
    """Told just after the first worker answered, the platform waited ten seconds for the second one, and killed it."""
    gate, opening = os.pipe()
    os.set_inheritable(gate, True)
    address = free_address()
    web = [
        "web",
        "--host",
        address.host,
        "--port",
        str(address.port),
        "--gate",
        str(gate),
        "--parent",
        str(os.getpid()),
    ]
    with (tmp_path / "said").open("wb") as said, os.fdopen(opening, "wb"):
        process = subprocess.Popen(
            [*PROGRAM, *web], stdout=said, stderr=said, cwd=ROOT, pass_fds=[gate], start_new_session=True
        )
        try:
            until(lambda: len(psutil.Process(process.pid).children()) == 2)
            process.terminate()
            assert process.wait(timeout=40) == 0
        finally:
            serving._kill_groups([process])
            os.close(gate)
    assert (tmp_path / "said").read_text() == ""


def test_a_port_below_1024_is_said_to_need_an_administrator(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(UnableToServe, match="端口 80 需要管理员权限"):
        serving.refuse_taken_port(address=Address(host="127.0.0.1", port=80))


def test_nothing_is_stopped_where_nothing_runs(tmp_path: Path, settings: Any) -> None:
    settings.DATA_FOLDER = tmp_path
    assert serving._state() is None
    assert serving.stop() == []
    serving.remove_databases()
    (tmp_path / "serving.json").write_text("{")
    assert serving._state() is None


def test_a_site_that_hangs_is_killed_by_stop(tmp_path: Path, settings: Any, child: Any, monkeypatch: Any) -> None:
    settings.DATA_FOLDER = tmp_path
    monkeypatch.setattr(serving, "GRACE", -9.8)
    hanging = child(WILL_NOT_GO).process
    assert hanging.stdout.readline() == b"up\n"
    state = {"pid": hanging.pid, "started": psutil.Process(hanging.pid).create_time(), "host": "127.0.0.1", "port": 1}
    (tmp_path / "serving.json").write_text(json.dumps(state))
    assert serving.stop() == ["网站"]
    assert hanging.wait(timeout=5) == -signal.SIGKILL


def test_the_number_of_an_ended_parent_may_be_anothers(tmp_path: Path, settings: Any) -> None:
    settings.DATA_FOLDER = tmp_path
    own = psutil.Process()
    state = {"pid": own.pid, "started": own.create_time() - 60, "host": "127.0.0.1", "port": 1}
    (tmp_path / "serving.json").write_text(json.dumps(state))
    assert serving._state() is None


def test_stop_leaves_the_tests_database_running_and_only_clean_removes_it(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA_FOLDER = tmp_path
    (tmp_path / "test").mkdir()
    asked: list[tuple[str, Path]] = []
    monkeypatch.setattr(embedded_postgres, "is_running", lambda folder: True)
    monkeypatch.setattr(embedded_postgres, "stop", lambda folder: asked.append(("stop", folder)))
    monkeypatch.setattr(embedded_postgres, "remove", lambda folder: asked.append(("remove", folder)))
    assert serving.stop() == ["内置数据库"]
    assert asked == [("stop", tmp_path)]
    serving.remove_databases()
    assert asked[1:] == [("remove", tmp_path), ("remove", tmp_path / "test")]


def test_a_web_worker_imports_the_application_and_ends_with_the_web_process() -> None:
    program = "from publiccredit.site.wsgi import application; print(type(application).__name__)"
    for parent, said in ((str(os.getpid()), "WSGIHandler\n"), ("1", "")):  # of another parent it is an orphan
        done = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True, text=True, cwd=ROOT, check=False, timeout=60,
            env={**os.environ, "PUBLICCREDIT_WEB_PROCESS": parent},
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (0, said), done.stderr


def test_threads_that_come_and_go_leave_no_connections_behind(fresh_database: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", THREADS_THAT_COME_AND_GO],
        capture_output=True, text=True, cwd=ROOT, check=False, timeout=60,
        env={
            **os.environ, "PUBLICCREDIT_DATABASE_NAME": fresh_database, "PUBLICCREDIT_WEB_PROCESS": str(os.getpid()),
        },
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert 1 <= int(done.stdout) <= settings.WEB_THREADS
