"""A function run in a child process with limits: its values come out, its end of any kind becomes a sentence."""

import json
import logging
import os
import selectors
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext, suppress
from pathlib import Path

import polars as pl
import psutil

from publiccredit.intake.child_process import USUAL, Child, ProcessLimits, started, tell
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

LOOK_EVERY = 0.1  # seconds between two looks at the child's memory

Value = Recognition | CheckedChunk | CheckSummary


def run_limited(
    *,
    target: str,
    arguments: Mapping[str, object],
    limits: ProcessLimits = USUAL,
    watch: Callable[[Progress], None] | None = None,
    waiting: Child | None = None,
) -> Iterator[Value]:
    """
    Run ``module:function`` with these JSON arguments in a child process and give what it yields, in order.

    The function yields ``Recognition``, ``CheckedChunk`` and ``CheckSummary``, as many as it likes, or returns nothing.
    When the last value was taken, or the caller stops asking, the child has ended and its folder is gone. The child
    dies with the thread that started it: take its values in that thread. With ``watch`` the function is given a
    ``meter``, and ``watch`` is told twice a second, in this thread, how far it has come. A child that is ``waiting``
    runs it under the limits it was started with, and is ended by whoever started it.

    :raises UnableToRead: the function raised it, or the child ran out of memory or time, was killed or failed.
    """
    with nullcontext(waiting) if waiting else started(limits=limits) as child:
        order = {
            "target": target,
            "arguments": dict(arguments),
            "folder": str(child.folder),
            "ahead": child.limits.ahead,
            "watched": watch is not None,
        }
        tell(child.process, json.dumps(order))
        for line in _lines(child):
            if line["kind"] == "done":
                return
            if line["kind"] == "Progress":
                if watch is not None:
                    watch(Progress(**line["value"]))  # type: ignore[arg-type]
                continue
            yield _value(line, child)
            if line["kind"] == "CheckedChunk":
                tell(child.process, "")
        raise _ended(child)


def _value(line: dict[str, object], child: Child) -> Value:
    """:raises UnableToRead: the line says why there will be no more values."""
    kind, value = line["kind"], line.get("value")
    if kind == "refused":
        raise UnableToRead(code=str(line["code"]), message=str(line["message"]))
    if kind == "memory":
        raise refusal("out_of_memory", limit=child.limits.memory_bytes // MIB)
    if kind == "failed":
        log.error("checking a file failed: %s at %s", line["found"], line["place"])
        raise refusal("check_ended", found=line["found"])
    if kind == "CheckedChunk":
        return CheckedChunk(*(_table(child.folder / f"{line['number']}.{part}.arrow") for part in ("rows", "issues")))
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


def _lines(child: Child) -> Iterator[dict[str, object]]:
    """Give the child's answers, looking at its memory and at the clock while waiting for them."""
    answers = child.process.stdout
    assert answers is not None
    watch = psutil.Process(child.process.pid)
    waited = 0.0
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(answers, selectors.EVENT_READ)
        while True:
            since = time.monotonic()
            ready = selector.select(LOOK_EVERY)
            waited += time.monotonic() - since
            _refuse_excess(watch, waited, child.limits)
            if not ready:
                continue
            fresh = os.read(answers.fileno(), 1 << 16)
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


def _ended(child: Child) -> UnableToRead:
    """Say why the child ended without a word."""
    status, limits = child.process.wait(), child.limits
    if status == -signal.SIGXCPU:
        return refusal("out_of_time", limit=limits.cpu_seconds)
    complaint = (child.folder / "stderr").read_bytes()[-4096:]
    if b"memory allocation of" in complaint or b"MemoryError" in complaint or status == -signal.SIGXFSZ:
        return refusal("out_of_memory", limit=limits.memory_bytes // MIB)
    found = signal.Signals(-status).name if status < 0 else f"退出码 {status}"
    log.error("checking a file ended: %s", found)
    return refusal("check_ended", found=found)
