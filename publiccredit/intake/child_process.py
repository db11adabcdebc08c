"""
The process with limits in which a sender's file is opened: started, told what to do, and ended with its folder.

Loads nothing but the standard library, so that the process can be started before a caller loads what it needs itself:
then both load at once. What is run in it, and what it answers, is known to ``reading.limited``.
"""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
FOLDER = "publiccredit-reading-"
PASSED_ON = (
    "PATH",
    "LANG",
    "LC_ALL",
    "PUBLICCREDIT_PACKS",
    "LD_LIBRARY_PATH",
    "SSL_CERT_FILE",
    "COVERAGE_PROCESS_START",
)


@dataclass(frozen=True)
class ProcessLimits:
    """
    What a child may use. ``memory_bytes`` is what it really holds (files it maps apart), watched by the parent.

    ``address_bytes`` is the kernel's own limit and must leave room for what Polars maps and never touches: the file
    itself, eight megabytes of stack a thread, the arenas of its allocator.
    """

    memory_bytes: int = 1536 << 20
    address_bytes: int = 8192 << 20
    cpu_seconds: int = 600
    wall_seconds: float = 900.0  # while the parent waits; the time it spends on a chunk is its own
    file_bytes: int = 2048 << 20
    threads: int = max(1, min(4, os.cpu_count() or 1))
    ahead: int = 2  # chunks that may lie in the folder untaken


USUAL = ProcessLimits()


@dataclass(frozen=True)
class Child:
    """A process that waits for its order: one, and then it ends."""

    process: subprocess.Popen[bytes]
    folder: Path
    limits: ProcessLimits


@contextmanager
def started(*, limits: ProcessLimits = USUAL, load: str = "") -> Iterator[Child]:
    """
    Start a child under its limits; behind the block it has ended and its folder is gone.

    With ``load`` it calls that ``module:function`` while it waits for its order. It dies with the thread that started
    it.
    """
    remove_left_folders()
    with _folder() as folder, _process(folder, limits) as process:
        bounds = {name: getattr(limits, name) for name in ("cpu_seconds", "address_bytes", "file_bytes")}
        tell(process, json.dumps({"parent": os.getpid(), "limits": bounds, "load": load}))
        yield Child(process, folder, limits)


def tell(child: subprocess.Popen[bytes], line: str) -> None:
    """Give the child one more line to read."""
    with suppress(BrokenPipeError):  # how it died is told by its end
        assert child.stdin is not None
        child.stdin.write(line.encode() + b"\n")
        child.stdin.flush()


@contextmanager
def _process(folder: Path, limits: ProcessLimits) -> Iterator[subprocess.Popen[bytes]]:
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
    piece ahead: as many as it would by itself took 120 MB more and saved no time. Pieces of 4 MiB take 145 MB less than
    those it makes by itself; what they cost in time was lost in the noise of a busy machine.
    """
    return {
        "_RJEM_MALLOC_CONF": f"dirty_decay_ms:-1,muzzy_decay_ms:-1,narenas:{threads}",
        "POLARS_CSV_CHUNK_PREFETCH_LIMIT": "1",
        "POLARS_CSV_CHUNK_SIZE": str(4 << 20),
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
