"""The filling of the demonstration goes on from wherever it was interrupted."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM
from publiccredit.intake.filing import only_one_filing
from publiccredit.intake.models import Submission
from publiccredit.site.demo import filing
from tests.factories import penalty_row
from tests.flows.filing import AT, receive


@contextmanager
def _held_elsewhere(submission_id: int, blocker: Any, *, seconds: float) -> Iterator[None]:
    """Let another session hold a submission for a while, as the worker's sweep does."""
    held = threading.Event()

    def hold() -> None:
        with blocker.unblock(), only_one_filing(submission_id=submission_id) as mine:
            assert mine
            held.set()
            time.sleep(seconds)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    assert held.wait(10)
    yield
    other.join()


def test_a_submission_that_the_worker_took_up_meanwhile_is_waited_for(
    fresh_database: str, django_db_blocker: Any
) -> None:
    with django_db_blocker.unblock():
        act_as(actor=PROGRAM)
        submission = receive([penalty_row(1)])
        with _held_elsewhere(submission.pk, django_db_blocker, seconds=1.0):
            filing._file(submission.pk, AT)
        act_as(actor=PROGRAM)
        assert Submission.objects.get(pk=submission.pk).state == "filed"
