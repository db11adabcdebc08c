"""A process that takes in and files one file, and is killed at a moment: ``-m tests.flows.persons_process MOMENT FILE``."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

INTAKE = "publiccredit.intake"
WHERE = {  # which function is never come back from
    "while the file is taken in": "publiccredit.subjects.store.os.fsync",
    "before its receipt is committed": f"{INTAKE}.receiving.record_entry",
    "after its receipt": f"{INTAKE}.operations.only_one_filing",
    "while it is checked": f"{INTAKE}.filing._stage_chunk",
    "while the copy is written": f"{INTAKE}.received.complete",
    "before it is filed": f"{INTAKE}.filing._file_with_patience",
    "before the filing is committed": f"{INTAKE}.filing.record_entry",
    "just after the filing is committed": f"{INTAKE}.received.settle",
    "when the copy is in the store": "publiccredit.subjects.store.keep",
}
AFTERWARDS = {"when the copy is in the store"}


def deadly(function: Callable[..., Any], *, afterwards: bool) -> Callable[..., Any]:
    def act(*arguments: Any, **named: Any) -> Any:
        if afterwards:
            function(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    return act


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "publiccredit.site.settings")
    import django

    django.setup()
    from django.utils.module_loading import import_string

    from publiccredit.intake import operations
    from tests.flows.filing import AT, LIAISON

    moment, path = sys.argv[1], Path(sys.argv[2])
    target = WHERE[moment]
    original = os.fsync if target.endswith("os.fsync") else import_string(target)
    with patch(target, deadly(original, afterwards=moment in AFTERWARDS)):
        received = operations.receive_submission(
            by=LIAISON, department_code="market_regulation", file=path, file_name=path.name, channel="command", at=AT
        )
        operations.file_submission(submission_id=received.pk, at=AT)
