"""The ledger refuses change and shows tampering."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from publiccredit.ledger.models import Entry
from publiccredit.ledger.operations import record_entry

AT = datetime(2026, 11, 23, 1, 2, 3, 456, tzinfo=UTC)


def _enter(number: int) -> None:
    record_entry(actor="li", operation="open_account", object_kind="officer", object_id=number, at=AT)


@pytest.mark.django_db
def test_positions_follow_each_other_without_gaps() -> None:
    for number in range(3):
        _enter(number)
    assert list(Entry.objects.values_list("position", flat=True)) == [1, 2, 3]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["UPDATE ledger_entry SET actor = 'x'", "DELETE FROM ledger_entry", "TRUNCATE ledger_entry"]
)
def test_an_entry_cannot_be_changed_by_the_application(statement: str) -> None:
    _enter(1)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Entry.objects.get().actor == "li"
