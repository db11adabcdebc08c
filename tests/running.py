"""The cluster of the tests: it runs as long as any process of a test run uses it, and ends with the last, however that ends."""

import fcntl
import subprocess
import sys
from pathlib import Path
from typing import TextIO

from publiccredit.site import embedded_postgres
from tests.environment import ROOT, unmeasured

# Whoever uses a cluster shares a lock on this file, which the kernel gives back for whoever is killed.
USED = "cluster-in-use.lock"
_in_use: dict[Path, tuple[TextIO, "subprocess.Popen[bytes]"]] = {}


def cluster_of_tests(folder: Path) -> embedded_postgres.Cluster:
    """Have the cluster of a data folder running until this process and every other that asked for it has ended."""
    if folder not in _in_use:
        folder.mkdir(parents=True, exist_ok=True)
        held = (folder / USED).open("a")
        fcntl.flock(held, fcntl.LOCK_SH)  # waits for a cluster that is being stopped
        # In a session of its own: what interrupts or kills the run with its group does not reach it.
        watcher = subprocess.Popen(
            [sys.executable, "-m", "tests.running", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd=ROOT,
            env=unmeasured(),
        )
        _in_use[folder] = held, watcher
    return embedded_postgres.ensure_running(folder)


def _stop_when_unused(folder: Path) -> None:
    with (folder / USED).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # nobody uses it any more, and whoever comes now waits
        embedded_postgres.stop(folder)


if __name__ == "__main__":
    _stop_when_unused(Path(sys.argv[1]))
