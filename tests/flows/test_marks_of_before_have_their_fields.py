"""Records that were contested before there was a column for which fields of them are given those of their cases."""

from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest

from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM, Actor
from publiccredit.casework.models import Case
from publiccredit.casework.operations import READER_ACCOUNT
from publiccredit.casework.types import Applicant
from publiccredit.catalogue.types import Party, ProcedureName
from publiccredit.site import embedded_postgres
from publiccredit.subjects.models import Record, RecordVersion
from tests.factories import stored_licence, stored_record, stored_subject
from tests.flows.cases import AT, CLERK, opened, people, settled, take_case

FILL_IN: str = import_module("publiccredit.casework.migrations.0015_contested_fields").FILL_IN
WITHOUT_FIELDS = """
SELECT set_config('publiccredit.role', 'program', true);
ALTER TABLE subjects_record DROP CONSTRAINT record_dispute_has_its_fields, DISABLE TRIGGER USER;
UPDATE subjects_record SET contested_fields = '{}';
ALTER TABLE subjects_record ENABLE TRIGGER USER;
"""


@pytest.fixture
def owner(fresh_database: str, cluster: embedded_postgres.Cluster, django_db_blocker: Any) -> Iterator[Any]:
    """A database of its own, and its owner, who runs the text of a migration."""
    with django_db_blocker.unblock(), cluster.connect(embedded_postgres.OWNER, fresh_database) as connected:
        act_as(actor=PROGRAM)
        people()
        yield connected


def _object(record: Record, field: str, **more: Any) -> Case:
    case = opened(ProcedureName.OBJECTION, record, ground="other", field=field, **more)
    take_case(by=CLERK, case_id=case.pk, at=AT)
    return case


def test_the_text_of_the_migration_finds_what_a_mark_says_by_itself(owner: Any) -> None:
    subject = stored_subject()
    two, noted, whole, untouched = (stored_record(subject=subject, number=n) for n in range(1, 5))
    licence = stored_licence(subject=subject, number=5)
    for field in ("violation_facts", "penalty_content"):
        _object(two, field)
    settled(_object(two, "authority_name"), "rejected", first=CLERK)
    settled(_object(noted, "violation_facts"), "undetermined", first=CLERK)
    settled(_object(noted, "penalty_content"), "rejected", first=CLERK, at=AT + timedelta(days=1))
    _object(whole, "")
    _object(licence, "licence_content")
    reader = Applicant(party=Party.READER, name="某读者")
    opened(
        ProcedureName.OBJECTION,
        licence,
        ground="other",
        field="authority_name",
        by=Actor(name=READER_ACCOUNT, role=None),
        applicant=reader,
    )
    stood = dict(Record.objects.values_list("pk", "contested_fields"))
    versions, known = RecordVersion.objects.count(), set(Record.objects.values_list("pk", "known_from"))
    assert stood == {
        two.pk: ["penalty_content", "violation_facts"],
        noted.pk: ["violation_facts"],
        whole.pk: [""],
        untouched.pk: [],
        licence.pk: ["licence_content"],
    }
    owner.execute(WITHOUT_FIELDS)
    owner.commit()
    assert not Record.objects.exclude(contested_fields=[]).exists()
    owner.execute(FILL_IN)
    owner.commit()
    assert dict(Record.objects.values_list("pk", "contested_fields")) == stood
    assert RecordVersion.objects.count() == versions
    assert set(Record.objects.values_list("pk", "known_from")) == known
