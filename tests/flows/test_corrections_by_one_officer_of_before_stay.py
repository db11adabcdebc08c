"""What one officer corrected, as long as that was the rule, is shown, kept and superseded as ever."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM
from publiccredit.catalogue.types import Audience, Severity
from publiccredit.disclosure.queries import visible_record
from publiccredit.site import embedded_postgres
from publiccredit.subjects.models import Record
from tests.factories import stored_record, stored_subject
from tests.flows.cases import AT, LIAISON, THIRD, objection_ready, people, resend
from tests.flows.severities import REASON, correct

LEGACY = f"""
SELECT set_config('publiccredit.role', 'program', true);
ALTER TABLE subjects_record DISABLE TRIGGER USER;
UPDATE subjects_record SET severity = 'serious', severity_rule = 'corrected', severity_corrected_at = known_from,
    severity_corrected_by = '{LIAISON.name}', severity_correction_reason = '{REASON}',
    disclosed_until = '2029-05-20', repairable_from = '2027-05-20';
ALTER TABLE subjects_record ENABLE TRIGGER USER;
"""


@pytest.fixture
def owner(fresh_database: str, cluster: embedded_postgres.Cluster, django_db_blocker: Any) -> Iterator[Any]:
    """A database of its own, and its owner, whom no trigger binds."""
    with django_db_blocker.unblock(), cluster.connect(embedded_postgres.OWNER, fresh_database) as connected:
        act_as(actor=PROGRAM)
        people()
        yield connected


def test_a_correction_of_before_is_shown_and_stays_until_two_people_correct_it(owner: Any) -> None:
    record = stored_record(subject=stored_subject())
    owner.execute(LEGACY)
    owner.commit()
    stated = visible_record(record_id=record.pk, audience=Audience.PUBLIC, on=AT.date())
    assert stated is not None
    assert stated.severity_correction is not None
    assert stated.severity_correction.reason == REASON
    objection_ready(record)  # a mark is another change of the record, and leaves it
    assert Record.objects.get().severity_corrected_by == LIAISON.name
    assert correct(record, Severity.GENERAL, by=THIRD).severity_corrected_by == THIRD.name


def test_a_row_sent_again_keeps_a_correction_of_before(owner: Any) -> None:
    record = stored_record(subject=stored_subject())
    owner.execute(LEGACY)
    owner.commit()
    resend(record, facts="别的事实", at=AT + timedelta(days=1))
    kept = Record.objects.get()
    assert kept.content["violation_facts"] == "别的事实"
    assert (kept.severity_rule, kept.severity_corrected_by) == ("corrected", LIAISON.name)
