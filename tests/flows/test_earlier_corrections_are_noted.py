"""Records that cases corrected before there was a note of it are given the note their decisions would have left."""

from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest

from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM
from publiccredit.site import embedded_postgres
from publiccredit.subjects.models import Record, RecordVersion
from tests.factories import stored_record, stored_subject
from tests.flows.cases import AT, CLERK, OFFICE_HEAD, objection_ready, people, resend, settled

FILL_IN: str = import_module("publiccredit.casework.migrations.0012_corrections_stay").FILL_IN
NAME_GROUND: str = import_module("publiccredit.casework.migrations.0030_corrections_name_their_ground").FILL_IN
WITHOUT_NOTE = """
SELECT set_config('publiccredit.role', 'program', true);
ALTER TABLE subjects_record DISABLE TRIGGER USER;
UPDATE subjects_record SET case_corrections = NULL;
ALTER TABLE subjects_record ENABLE TRIGGER USER;
"""


@pytest.fixture
def owner(fresh_database: str, cluster: embedded_postgres.Cluster, django_db_blocker: Any) -> Iterator[Any]:
    """A database of its own, and its owner, who runs the text of a migration."""
    with django_db_blocker.unblock(), cluster.connect(embedded_postgres.OWNER, fresh_database) as connected:
        act_as(actor=PROGRAM)
        people()
        yield connected


def _corrected(record: Record, days: int, **corrections: str) -> None:
    at = AT + timedelta(days=days)
    case = objection_ready(record, at=at)
    settled(case, "corrected", first=CLERK, second=OFFICE_HEAD, at=at, corrections=corrections)


def test_the_text_of_the_migration_finds_what_a_correction_notes_by_itself(owner: Any) -> None:
    subject = stored_subject()
    one, other, untouched = (stored_record(subject=subject, number=n) for n in (1, 2, 3))
    _corrected(one, 0, violation_facts="第一次", fine_fen="2")
    _corrected(one, 1, violation_facts="第二次", remarks="已缴纳")
    resend(one, facts="第一次", fine_fen=777, at=AT + timedelta(days=2))
    _corrected(one, 3, severity="严重", remarks="")
    _corrected(other, 0, served_on="2026-05-23")
    noted = dict(Record.objects.values_list("pk", "case_corrections"))
    versions, known = RecordVersion.objects.count(), set(Record.objects.values_list("pk", "known_from"))
    assert noted[one.pk]["remarks"]["before"] == ["已缴纳"]  # nothing, as before, is what it says again
    assert noted[untouched.pk] is None
    owner.execute(WITHOUT_NOTE)
    owner.commit()
    assert not Record.objects.filter(case_corrections__isnull=False).exists()
    for text in (FILL_IN, NAME_GROUND):
        owner.execute(text)
        owner.commit()
    assert dict(Record.objects.values_list("pk", "case_corrections")) == noted
    assert RecordVersion.objects.count() == versions
    assert set(Record.objects.values_list("pk", "known_from")) == known
