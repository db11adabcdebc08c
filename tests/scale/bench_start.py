"""
From the command to a site that answers: ``python -m tests.scale.bench_start``.

The environment is installed. The first start makes the database and its tables and opens the accounts; the second finds
them. Filing the county goes on behind the answering site and is not waited for.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import date
from pathlib import Path

import psutil

from tests.scale import results

TARGET = 15.0  # seconds
HOW = (
    "`publiccredit demo` in a folder of its own, timed from the command to the first answer of /health; installing the"
    " environment is not part of it. Seconds of the processor are those of the program with all it started until then,"
    " the database server excepted."
)


def main() -> None:
    """Print the figures and keep them for the page of benchmarks."""
    with tempfile.TemporaryDirectory(prefix="publiccredit-start-") as folder:
        Path(folder).chmod(0o755)
        taken = {name: _start(Path(folder)) for name in ("first", "second")}
        _program(Path(folder), "stop", "--remove-databases")
    lines = [
        results.Line(
            work=f"{name} start, from the command to an answer",
            target=f"≤ {TARGET:.0f} s",
            measured=f"{elapsed:.1f} s ({processor:.1f} s of processor time)",
            beyond=results.above(elapsed, TARGET),
            why=f"The program itself worked {processor:.1f} s of the {elapsed:.1f} s; the rest was waiting, for the database among others.",
        )
        for name, (elapsed, processor) in taken.items()
    ]
    results.keep(
        name="start", title="Starting the demonstration", how=HOW, lines=lines, raw=dict(taken), on=date.today()
    )
    print(taken)  # noqa: T201


def _start(folder: Path) -> tuple[float, float]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    began = time.perf_counter()
    demo = _program(folder, "demo", "--port", str(port), wait=False)
    while not _answers(f"http://127.0.0.1:{port}/health"):
        if demo.poll() is not None:
            raise AssertionError(f"the demonstration ended with {demo.returncode}")
        time.sleep(0.05)
    elapsed = time.perf_counter() - began
    processor = _processor_time(psutil.Process(demo.pid))
    demo.terminate()
    demo.wait(timeout=60)
    return round(elapsed, 1), round(processor, 1)


def _program(folder: Path, *arguments: str, wait: bool = True) -> subprocess.Popen[bytes]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PUBLICCREDIT_", "DATABASE_"))}
    started = subprocess.Popen(
        [sys.executable, "-m", "publiccredit.site.commands", *arguments],
        stdout=subprocess.DEVNULL,
        cwd=results.ROOT,
        env=environment | {"PUBLICCREDIT_DATA": str(folder)},
    )
    if wait:
        started.wait(timeout=60)
    return started


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _processor_time(program: psutil.Process) -> float:
    times = [p.cpu_times() for p in (program, *program.children(recursive=True))]
    ended = program.cpu_times()
    return float(sum(t.user + t.system for t in times) + ended.children_user + ended.children_system)


if __name__ == "__main__":
    main()
