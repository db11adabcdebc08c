"""
A process that has the whole program ready and forks at each command: one of its own for each, without importing it anew.

It takes a line of JSON for each command: its words, its database, and the folder in which to leave what it says; and
answers with the exit code.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.environment import ROOT

SAID, COMPLAINED = "said", "complained"


class Shell:
    """The side of the tests."""

    def __init__(self, process: "subprocess.Popen[str]", *, database: str, folder: Path) -> None:
        self._process, self._database, self._folder = process, database, folder

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Carry out one command."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {"words": words, "database": self._database, "folder": str(self._folder)}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        said, complained = ((self._folder / name).read_text("utf-8") for name in (SAID, COMPLAINED))
        return subprocess.CompletedProcess(words, code, said, complained)


@contextmanager
def shell_on(*, database: str, folder: Path) -> Iterator[Shell]:
    """Have the program ready for commands on a database."""
    command = [sys.executable, "-m", "tests.flows.shell_process"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        yield Shell(process, database=database, folder=folder)
    assert process.returncode == 0


def _make_ready() -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "publiccredit.site.settings"
    django.setup()

    from django.urls import get_resolver

    from publiccredit.catalogue.queries import packs

    assert packs()
    assert get_resolver().url_patterns


def _carry_out(asked: dict[str, str]) -> None:
    from django.db import connection

    from publiccredit.site.commands import main

    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, name in ((1, SAID), (2, COMPLAINED)):
        os.dup2(os.open(Path(asked["folder"]) / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    assert connection.connection is None, "no two processes share a connection"
    connection.settings_dict["NAME"] = asked["database"]
    sys.argv = ["publiccredit", *asked["words"]]
    main()


def _serve() -> None:
    for line in sys.stdin:
        if (child := os.fork()) == 0:
            _carry_out(json.loads(line))  # its exit is the end of this process: the loop belongs to the other
            return
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _make_ready()
    _serve()
