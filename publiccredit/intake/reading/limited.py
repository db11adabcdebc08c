"""A function run in a child process with limits: its values come out, its end of any kind becomes a sentence."""

import fcntl
import json
import logging
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import polars as pl
import psutil

from publiccredit.intake.reading.limits import MIB
from publiccredit.intake.reading.refusals import refusal
from publiccredit.intake.types import (
    CheckedChunk,
    CheckSummary,
    Progress,
    RecognisedColumn,
    RecognisedSheet,
    Recognition,
    SkippedSheet,
    UnableToRead,
)

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[3]
FOLDER = "publiccredit-reading-"
LOOK_EVERY = 0.1  # seconds between two looks at the child's memory
PASSED_ON = (
    "PATH",
    "LANG",
    "LC_ALL",
    "PUBLICCREDIT_PACKS",
    "LD_LIBRARY_PATH",
    "SSL_CERT_FILE",
    "COVERAGE_PROCESS_START",
)

Value = Recognition | CheckedChunk | CheckSummary


@dataclass(frozen=True)
class ProcessLimits:
    """
    What a child may use. ``memory_bytes`` is what it really holds (files it maps apart), watched by the parent.

    ``address_bytes`` is the kernel's own limit and must leave room for what Polars maps and never touches: the file
    itself, eight megabytes of stack a thread, the arenas of its allocator.
    """

    memory_bytes: int = 1536 * MIB
    address_bytes: int = 8192 * MIB
    cpu_seconds: int = 600
    wall_seconds: float = 900.0  # while the parent waits; the time it spends on a chunk is its own
    file_bytes: int = 2048 * MIB
    threads: int = max(1, min(4, os.cpu_count() or 1))
    ahead: int = 2  # chunks that may lie in the folder untaken


USUAL = ProcessLimits()


def run_limited(
    *,
    target: str,
    arguments: Mapping[str, object],
    limits: ProcessLimits = USUAL,
    watch: Callable[[Progress], None] | None = None,
) -> Iterator[Value]:
    """
    Run ``module:function`` with these JSON arguments in a child process and give what it yields, in order.

    The function yields ``Recognition``, ``CheckedChunk`` and ``CheckSummary``, as many as it likes, or returns nothing.
    When the last value was taken, or the caller stops asking, the child has ended and its folder is gone. The child
    dies with the thread that started it: take its values in that thread. With ``watch`` the function is given a
    ``meter``, and ``watch`` is told twice a second, in this thread, how far it has come.

    :raises UnableToRead: the function raised it, or the child ran out of memory or time, was killed or failed.
    """
    remove_left_folders()
    with _folder() as folder, _child(folder, limits) as child:
        order = {
            "target": target,
            "arguments": dict(arguments),
            "limits": {name: getattr(limits, name) for name in ("cpu_seconds", "address_bytes", "file_bytes")},
            "folder": str(folder),
            "ahead": limits.ahead,
            "parent": os.getpid(),
            "watched": watch is not None,
        }
        _tell(child, json.dumps(order))
        for line in _lines(child, limits):
            if line["kind"] == "done":
                return
            if line["kind"] == "Progress":
                if watch is not None:
                    watch(Progress(**line["value"]))  # type: ignore[arg-type]
                continue
            yield _value(line, folder, limits)
            if line["kind"] == "CheckedChunk":
                _tell(child, "")
        raise _ended(child.wait(), folder, limits)


def _value(line: dict[str, object], folder: Path, limits: ProcessLimits) -> Value:
    """:raises UnableToRead: the line says why there will be no more values."""
    kind, value = line["kind"], line.get("value")
    if kind == "refused":
        raise UnableToRead(code=str(line["code"]), message=str(line["message"]))
    if kind == "memory":
        raise refusal("out_of_memory", limit=limits.memory_bytes // MIB)
    if kind == "failed":
        log.error("checking a file failed: %s at %s", line["found"], line["place"])
        raise refusal("check_ended", found=line["found"])
    if kind == "CheckedChunk":
        return CheckedChunk(*(_table(folder / f"{line['number']}.{part}.arrow") for part in ("rows", "issues")))
    return recognition_of(value) if kind == "Recognition" else CheckSummary(**value)  # type: ignore[arg-type]


def _table(path: Path) -> pl.DataFrame:
    # Bytes, not a mapped file: a child gone astray could cut the file short under the parent's feet.
    content = path.read_bytes()
    path.unlink()
    return pl.read_ipc(content)


def recognition_of(value: object) -> Recognition:
    """Give the recognition that was written as JSON."""
    fields = dict(value)  # type: ignore[call-overload]
    fields["sheets"] = tuple(
        RecognisedSheet(s["sheet"], s["header_row"], tuple(RecognisedColumn(**c) for c in s["columns"]))
        for s in fields["sheets"]
    )
    fields["skipped"] = tuple(SkippedSheet(**s) for s in fields["skipped"])
    return Recognition(**fields)


def _tell(child: subprocess.Popen[bytes], line: str) -> None:
    with suppress(BrokenPipeError):  # how it died is told by its end
        assert child.stdin is not None
        child.stdin.write(line.encode() + b"\n")
        child.stdin.flush()


def _lines(child: subprocess.Popen[bytes], limits: ProcessLimits) -> Iterator[dict[str, object]]:
    """Give the child's answers, looking at its memory and at the clock while waiting for them."""
    assert child.stdout is not None
    watch = psutil.Process(child.pid)
    waited = 0.0
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while True:
            since = time.monotonic()
            ready = selector.select(LOOK_EVERY)
            waited += time.monotonic() - since
            _refuse_excess(watch, waited, limits)
            if not ready:
                continue
            fresh = os.read(child.stdout.fileno(), 1 << 16)
            if not fresh:
                return
            *whole, rest = (rest + fresh).split(b"\n")
            for line in whole:
                yield json.loads(line)


def _refuse_excess(watch: psutil.Process, waited: float, limits: ProcessLimits) -> None:
    if waited > limits.wall_seconds:
        raise refusal("out_of_time", limit=round(limits.wall_seconds))
    with suppress(psutil.Error):
        memory = watch.memory_info()
        if memory.rss - getattr(memory, "shared", 0) > limits.memory_bytes:
            raise refusal("out_of_memory", limit=limits.memory_bytes // MIB)


def _ended(status: int, folder: Path, limits: ProcessLimits) -> UnableToRead:
    """Say why the child ended without a word."""
    if status == -signal.SIGXCPU:
        return refusal("out_of_time", limit=limits.cpu_seconds)
    complaint = (folder / "stderr").read_bytes()[-4096:]
    if b"memory allocation of" in complaint or b"MemoryError" in complaint or status == -signal.SIGXFSZ:
        return refusal("out_of_memory", limit=limits.memory_bytes // MIB)
    found = signal.Signals(-status).name if status < 0 else f"退出码 {status}"
    log.error("checking a file ended: %s", found)
    return refusal("check_ended", found=found)


@contextmanager
def _child(folder: Path, limits: ProcessLimits) -> Iterator[subprocess.Popen[bytes]]:
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    environment |= {
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "POLARS_MAX_THREADS": str(limits.threads),
        "RAYON_NUM_THREADS": str(limits.threads),
        **allocation(threads=limits.threads),
    }
    with (folder / "stderr").open("wb") as complaints:
        child = subprocess.Popen(
            [sys.executable, "-m", "publiccredit.intake.reading.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
    try:
        yield child
    finally:
        _end(child)


def allocation(*, threads: int) -> dict[str, str]:
    """
    Give the environment in which Polars keeps the memory it is done with until the process ends.

    The next chunk needs it again: handing every page back and asking for it anew took a tenth of the processor's time.
    With an arena for each thread, and not four for each core, little more is held at once. Of a text Polars reads one
    piece ahead: as many as it would by itself took 120 MB more and saved no time.
    """
    return {
        "_RJEM_MALLOC_CONF": f"dirty_decay_ms:-1,muzzy_decay_ms:-1,narenas:{threads}",
        "POLARS_CSV_CHUNK_PREFETCH_LIMIT": "1",
    }


def _end(child: subprocess.Popen[bytes]) -> None:
    """Leave no process and no zombie: the child has a session of its own, so whatever it started goes with it."""
    if child.returncode is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()
    child.wait()


@contextmanager
def _folder() -> Iterator[Path]:
    """Give a private folder whose lock this process holds: one without a holder was left by a killed parent."""
    folder = Path(tempfile.mkdtemp(prefix=FOLDER))
    try:
        with (folder / "unheld").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            # Under this name it has been held from the first moment, so nobody takes it for a dead one's.
            (folder / "unheld").rename(folder / "lock")
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_left_folders() -> None:
    """Remove the folders of killed parents: in them lie the rows that were being read."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
        with suppress(OSError), (folder / "lock").open("rb") as lock:
            _remove_unless_held(folder, lock)


def _remove_unless_held(folder: Path, lock: IO[bytes]) -> None:
    """:raises OSError: somebody holds the lock, or the folder is another user's."""
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    shutil.rmtree(folder, ignore_errors=True)
