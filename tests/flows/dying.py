"""What the tests share that kill a process of the platform in the middle of its work."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.environment import ROOT, unmeasured

PATIENCE = 60.0  # seconds


def until(happened: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.01)


@contextmanager
def running(module: str, *arguments: str, database: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a module of the tests on a database of its own, and leave no process behind."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**unmeasured(), "PUBLICCREDIT_DATABASE_NAME": database},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process as the power going out would."""
    process.send_signal(signal.SIGKILL)
    process.wait()
