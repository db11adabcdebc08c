"""The ledger refuses change and shows tampering."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from publiccredit.ledger.models import Entry
from publiccredit.ledger.operations import record_entry
from publiccredit.ledger.queries import head, verify
from publiccredit.ledger.types import Head
from publiccredit.site import embedded_postgres

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


@pytest.mark.django_db
def test_an_untouched_chain_holds() -> None:
    for number in range(5):
        _enter(number)
    record_entry(
        actor='张"\\\n\t\x01\x7f',
        operation="x",
        object_kind="y",
        object_id=1,
        at=AT,
        payload={"字": "\u2028é", "n": None},
    )
    verdict = verify(kept=head())
    assert verdict.holds
    assert verdict.entries == 6
    assert verdict.head == head()


def _as_superuser(cluster: embedded_postgres.Cluster, database: str, *statements: str) -> None:
    with cluster.connect(embedded_postgres.SUPERUSER, database) as superuser:
        for statement in ("SET session_replication_role = replica", *statements):
            superuser.execute(statement)


@pytest.mark.parametrize(
    ("tampering", "position"),
    [
        ("UPDATE ledger_entry SET actor = 'wang' WHERE position = 3", 3),
        ("UPDATE ledger_entry SET at = at + interval '1 microsecond' WHERE position = 2", 2),
        ("UPDATE ledger_entry SET payload = '{\"n\":1}' WHERE position = 5", 5),
        ("DELETE FROM ledger_entry WHERE position = 2", 2),
        ("UPDATE ledger_entry SET hash = sha256('x') WHERE position = 1", 1),
    ],
)
def test_tampering_by_a_superuser_is_found(
    fresh_database: str, cluster: embedded_postgres.Cluster, tampering: str, position: int
) -> None:
    for number in range(5):
        _enter(number)
    _as_superuser(cluster, fresh_database, tampering)
    verdict = verify()
    assert not verdict.holds
    assert verdict.faults[0].position == position


def test_a_chain_cut_at_its_end_is_found_by_a_kept_head(
    fresh_database: str, cluster: embedded_postgres.Cluster
) -> None:
    for number in range(5):
        _enter(number)
    kept = head()
    _as_superuser(cluster, fresh_database, "DELETE FROM ledger_entry WHERE position > 3")
    assert verify().holds
    assert [fault.position for fault in verify(kept=kept).faults] == [5]


def test_a_chain_rewritten_to_its_end_is_found_by_a_kept_head(
    fresh_database: str, cluster: embedded_postgres.Cluster
) -> None:
    for number in range(3):
        _enter(number)
    kept = head()
    _as_superuser(
        cluster, fresh_database, "DELETE FROM ledger_entry WHERE position = 3", "SET session_replication_role = origin"
    )
    _enter(99)
    assert verify().holds
    assert kept is not None
    assert [fault.position for fault in verify(kept=kept).faults] == [3]
    assert verify(kept=Head(position=2, hash=verify().head.hash)).faults[0].position == 2
