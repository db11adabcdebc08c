"""What the tests of a severity's correction share."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.core.cache import cache

from publiccredit.accounts.types import Actor
from publiccredit.casework.operations import correct_severity
from publiccredit.catalogue.types import Severity
from publiccredit.subjects.models import Record
from tests.flows.cases import AT, LIAISON, people

REASON = "依本系统失信程度标准，当事人拒不整改，情节严重。"


@contextmanager
def a_morning_at_the_desks() -> Iterator[None]:
    """The pages read the clock: ten in the morning of 1 September 2026."""
    cache.clear()
    people()
    with patch("django.utils.timezone.now", return_value=AT):
        yield
    cache.clear()


def correct(record: Record, to: Severity = Severity.SERIOUS, *, by: Actor = LIAISON, reason: str = REASON) -> Record:
    correct_severity(by=by, record_id=record.pk, severity=to, reason=reason, at=AT)
    return Record.objects.get(pk=record.pk)
