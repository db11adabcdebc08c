"""
The process in which a sender's file is opened: it may run out of memory or time, or be killed, and nobody else falls.

Started by ``child_process`` as ``python -m publiccredit.intake.reading.child``. Its first line of input says under
which limits and what to load meanwhile, the second what to run, each further line that one more chunk was taken. It
answers with one JSON line per value; tables go through Arrow files in the folder it was given. It cannot import the web
framework, so it cannot open the database.
"""

import ctypes
import importlib
import json
import os
import resource
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
TELL_EVERY = 0.5  # seconds between two words on how far it is
_SPEAKING = threading.Lock()


def main() -> None:
    """Run what the first line of input asks for, and say how it ended."""
    # Whatever a library prints must not get between the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    bounds = json.loads(sys.stdin.readline())
    _die_with_parent(bounds["parent"])
    _limit(bounds["limits"])
    sys.modules["django"] = None  # type: ignore[assignment]  # importing it is an ImportError from here on
    _say(answers, _run(bounds["load"], answers))
    answers.flush()
    # The threads of Polars need no farewell, and a heap that is full may not survive one.
    os._exit(0)


def _run(load: str, answers: IO[str]) -> dict[str, object]:
    from publiccredit.intake.types import UnableToRead

    try:
        if load:
            _target(load)()
        order = _order()
        arguments: dict[str, object] = dict(order["arguments"])  # type: ignore[call-overload]
        if order["watched"]:
            arguments["meter"] = _metered(answers)
        values = _target(str(order["target"]))(**arguments)
        _send(values or (), answers, Path(str(order["folder"])), int(str(order["ahead"])))
    except UnableToRead as error:
        return {"kind": "refused", "code": error.code, "message": error.message}
    except MemoryError:
        return {"kind": "memory"}
    except BaseException as error:  # a panic in a Rust library is no Exception
        # The message of an exception may quote a cell, and a cell may be about a person: only its place is told.
        frames = traceback.extract_tb(error.__traceback__)
        place = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames[-6:]))
        return {"kind": "failed", "found": type(error).__name__, "place": place}
    return {"kind": "done"}


def _order() -> dict[str, object]:
    line = sys.stdin.readline()
    if not line:
        os._exit(1)  # nobody is there to say what to run
    order: dict[str, object] = json.loads(line)
    return order


def _metered(answers: IO[str]) -> object:
    """Give a meter whose counts are told for as long as the process lives, whenever they have changed."""
    from publiccredit.intake.reading.meter import Meter

    meter = Meter()

    def tell() -> None:
        told = meter.progress()
        while True:
            time.sleep(TELL_EVERY)
            if told != (now := meter.progress()):
                told = now
                _say(answers, {"kind": "Progress", "value": asdict(now)})

    threading.Thread(target=tell, name="telling", daemon=True).start()
    return meter


def _target(path: str) -> Callable[..., Iterable[object] | None]:
    module, _, name = path.partition(":")
    target: Callable[..., Iterable[object] | None] = getattr(importlib.import_module(module), name)
    return target


def _send(values: Iterable[object], answers: IO[str], folder: Path, ahead: int) -> None:
    from publiccredit.intake.types import CheckedChunk

    untaken = 0
    for number, value in enumerate(values):
        if not isinstance(value, CheckedChunk):
            _say(answers, {"kind": type(value).__name__, "value": asdict(value)})  # type: ignore[call-overload]
            continue
        if untaken >= ahead:
            if not sys.stdin.readline():
                os._exit(1)  # nobody is there to take it
            untaken -= 1
        value.rows.write_ipc(folder / f"{number}.rows.arrow")
        value.issues.write_ipc(folder / f"{number}.issues.arrow")
        untaken += 1
        _say(answers, {"kind": "CheckedChunk", "number": number})


def _say(answers: IO[str], line: dict[str, object]) -> None:
    with _SPEAKING:
        answers.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
        answers.flush()


def _die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when its parent dies, and see that it has not died already."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _limit(limits: dict[str, int]) -> None:
    for name, value in (
        (resource.RLIMIT_CORE, 0),  # a core file would hold the rows
        (resource.RLIMIT_CPU, limits["cpu_seconds"]),
        (resource.RLIMIT_AS, limits["address_bytes"]),
        (resource.RLIMIT_FSIZE, limits["file_bytes"]),
        (resource.RLIMIT_NOFILE, 256),
    ):
        _, ceiling = resource.getrlimit(name)
        allowed = value if ceiling == resource.RLIM_INFINITY else min(value, ceiling)
        # At the soft limit of time the signal says why; the hard one would only kill.
        hard = ceiling if name == resource.RLIMIT_CPU else allowed
        resource.setrlimit(name, (allowed, hard))


if __name__ == "__main__":
    main()
