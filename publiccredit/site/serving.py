"""
The running platform: the site and its background worker under one parent.

The parent waits. Whatever ends first ends the other: a site without its worker would accept files and never file them.
"""

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import django
import psutil
from django.conf import settings

log = logging.getLogger(__name__)

PATIENCE = 90.0  # seconds until the site must have answered
GRACE = 25.0  # seconds a child is given to end what it is doing
LOOK_EVERY = 2.0  # seconds between two looks whether the embedded database is there
DATABASE_ATTEMPTS = 5


class UnableToServe(Exception):
    """The site cannot be run as asked; the message says why and what to do."""


@dataclass(frozen=True)
class Address:
    host: str
    port: int

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/"

    @property
    def local_url(self) -> str:
        """The address under which this machine itself reaches the site."""
        return Address(host="127.0.0.1", port=self.port).url if self.host in ("0.0.0.0", "::") else self.url  # noqa: S104


def nothing() -> None:
    """Do nothing between the database and the site."""


def serve(
    *,
    address: Address,
    workers: int,
    announce: Callable[[], None],
    before: Callable[[], None] = nothing,
    beside: Sequence[str] = (),
) -> None:
    """
    Bring the platform up and keep it up until this process is told to end; then leave nothing behind.

    ``before`` runs when the database is ready, ``announce`` when the site answers; ``beside`` is a command of this
    program that runs at the same time and may come to its end.

    :raises UnableToServe: the port is taken, or a part of the platform ended by itself.
    :raises UnableToLoadPack: the packs do not hold together.
    """
    from publiccredit.site import embedded_postgres

    _refuse_second()
    refuse_taken_port(address=address)
    database_was_running = settings.DATABASE_IS_EMBEDDED and embedded_postgres.is_running(settings.DATA_FOLDER)
    try:
        with _running(address=address, workers=workers) as (children, open_site):
            _prepare(before)
            with _told_to_end() as told:
                open_site()
                _wait_until_it_answers(address=address, children=children, told=told)
                announce()
                # Only now: until the site answers, they would take the processors from it.
                children.append(_Child(_started(["worker"])))
                # A file of a million rows holds a worker for minutes; a withdrawal is told within one (DP-18).
                children.append(_Child(_started(["worker", "--only", "notices"])))
                if beside:
                    children.append(_Child(_started(beside), may_end=True))
                look = _start_database_again if settings.DATABASE_IS_EMBEDDED else nothing
                _wait_until_told(children=children, told=told, look=look)
    finally:
        if settings.DATABASE_IS_EMBEDDED and not database_was_running:
            embedded_postgres.stop(settings.DATA_FOLDER)


def _prepare(before: Callable[[], None]) -> None:
    """Have the database ready, and this process: each takes seconds of its own, and they do not need each other."""
    from publiccredit.site import embedded_postgres

    with ThreadPoolExecutor(max_workers=1) as beside:
        started = (
            beside.submit(embedded_postgres.ensure_running, settings.DATA_FOLDER)
            if settings.DATABASE_IS_EMBEDDED
            else None
        )
        django.setup()
        from publiccredit.catalogue import queries as catalogue

        catalogue.packs()  # a site whose packs do not hold would come up and answer every page with an error
    if started is not None:
        started.result()
    from publiccredit.site import database

    database.prepare()
    before()


def _refuse_second() -> None:
    if (running := _state()) is not None:
        where = Address(host=running["host"], port=running["port"]).url
        raise UnableToServe(f"本目录的网站已在 {where} 运行。直接打开该地址，或先执行 make stop(publiccredit stop)。")


def refuse_taken_port(*, address: Address) -> None:
    """
    Verify that nothing listens where the site is to listen.

    :raises UnableToServe: something does; the message says what, and which ports to try.
    """
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except PermissionError as error:
            raise UnableToServe(
                f"端口 {address.port} 需要管理员权限。请用 1024 以上的端口，例如 --port 8000。"
            ) from error
        except OSError as error:
            raise UnableToServe(
                f"{address.host}:{address.port} 不可用（{error.strerror}）。端口若被其他程序占用，换一个即可："
                f"make demo PORT={address.port + 1}，或 publiccredit serve --port {address.port + 1}。"
            ) from error


def stop() -> list[str]:
    """
    Stop the site and the embedded database of this folder, and say what was running.

    The tests' own database stays: somebody may be testing here while the site is stopped.
    """
    from publiccredit.site import embedded_postgres

    folder = Path(settings.DATA_FOLDER)
    database_ran = folder.exists() and embedded_postgres.is_running(folder)
    stopped = []
    if (state := _state()) is not None:
        process = psutil.Process(state["pid"])
        process.terminate()
        _, alive = psutil.wait_procs([process], timeout=GRACE + 10)
        for left in alive:
            left.kill()
        stopped.append("网站")
    if database_ran:
        if embedded_postgres.is_running(folder):  # else the site has taken it down with itself
            embedded_postgres.stop(folder)
        stopped.append("内置数据库")
    return stopped


def remove_databases() -> None:
    """
    Stop and remove the embedded databases of this folder, the tests' own as well: all of it is to go. They may lie
    elsewhere where root's own folder is closed.
    """
    from publiccredit.site import embedded_postgres

    for folder in (Path(settings.DATA_FOLDER), Path(settings.DATA_FOLDER) / "test"):
        if folder.exists():
            embedded_postgres.remove(folder)


# --- children -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Child:
    process: subprocess.Popen[bytes]
    may_end: bool = False


@contextmanager
def _running(*, address: Address, workers: int) -> Iterator[tuple[list[_Child], Callable[[], None]]]:
    """
    Start the site, and on the way out end it with whatever was started beside it since.

    The site loads at once and answers when it is opened: its workers wait for the end of a pipe, which all of them see.
    """
    gate, opening = os.pipe()
    web = ["web", "--host", address.host, "--port", str(address.port), "--workers", str(workers), "--gate", str(gate)]
    children: list[_Child] = []
    with os.fdopen(opening, "wb") as kept_shut:
        try:
            children.append(_Child(_started(web, inherited=[gate])))
            os.close(gate)
            _write_state(address)
            yield children, kept_shut.close
        finally:
            _end([child.process for child in children])
            _state_file().unlink(missing_ok=True)


def _started(arguments: Sequence[str], *, inherited: Sequence[int] = ()) -> subprocess.Popen[bytes]:
    # Each at the head of a process group, so that what it starts itself can be ended with it.
    command = [sys.executable, "-m", "publiccredit.site.commands", *arguments, "--parent", str(os.getpid())]
    return subprocess.Popen(command, start_new_session=True, pass_fds=inherited)  # noqa: S603 - our own program


def _end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + GRACE
    for child in children:
        try:
            child.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    _kill_groups(children)  # what a child may have left of its own children


def _kill_groups(children: Sequence[subprocess.Popen[bytes]]) -> None:
    for child in children:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


@contextmanager
def _told_to_end() -> Iterator[Callable[[], bool]]:
    """Turn SIGTERM, SIGINT and SIGHUP into an answer to the question whether to end."""
    told: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a signal handler
        told.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        yield lambda: bool(told)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait_until_it_answers(*, address: Address, children: Sequence[_Child], told: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not told() and not _answers(address):
        _refuse_ended(children)
        if time.monotonic() > deadline:
            raise UnableToServe(f"网站在 {PATIENCE:.0f} 秒内没有应答：{address.url}health。请查看上面的错误信息。")
        time.sleep(0.1)


def _answers(address: Address) -> bool:
    try:
        with urllib.request.urlopen(f"{address.local_url}health", timeout=5) as response:  # noqa: S310 - our own site
            return bool(response.status == 200)
    except OSError:
        return False


def _wait_until_told(
    *, children: Sequence[_Child], told: Callable[[], bool], look: Callable[[], None] = nothing
) -> None:
    looked = time.monotonic()
    while not told():
        _refuse_ended(children)
        if time.monotonic() - looked >= LOOK_EVERY:
            look()
            looked = time.monotonic()
        time.sleep(0.25)


def _start_database_again() -> None:
    """
    Start the embedded database where its server has ended, by itself or by another's hand: nobody else would.

    :raises UnableToServe: it does not come up, however often it is tried; who watches this process starts it anew.
    """
    from publiccredit.site import embedded_postgres

    if embedded_postgres.is_running(settings.DATA_FOLDER):
        return
    for attempt in range(1, DATABASE_ATTEMPTS + 1):
        try:
            embedded_postgres.ensure_running(settings.DATA_FOLDER)
        except embedded_postgres.UnableToStartDatabase as error:  # what is left of the old server may still be ending
            if attempt == DATABASE_ATTEMPTS:
                raise UnableToServe(f"内置数据库意外结束，没有能够重新启动，平台已停止。{error}") from error
            time.sleep(LOOK_EVERY)
        else:
            log.warning("the embedded database had ended and was started again")
            return


def _refuse_ended(children: Sequence[_Child]) -> None:
    for child in children:
        code = child.process.poll()
        if code is not None and not (child.may_end and code == 0):
            raise UnableToServe(f"平台的一个进程意外结束（退出码 {code}），已全部停止。请查看上面的错误信息。")


# --- what runs in this folder ---------------------------------------------------------------------------------------


def _state_file() -> Path:
    return Path(settings.DATA_FOLDER) / "serving.json"


def _write_state(address: Address) -> None:
    own = psutil.Process()
    state = {"pid": own.pid, "started": own.create_time(), "host": address.host, "port": address.port}
    _state_file().write_text(json.dumps(state))


def _state() -> dict[str, Any] | None:
    """Give what the running parent of this folder wrote down, unless it has ended or its number is another's now."""
    try:
        state: dict[str, Any] = json.loads(_state_file().read_text())
        process = psutil.Process(state["pid"])
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
        return None
    return state if abs(process.create_time() - state["started"]) < 1 else None
