"""Writing to the ledger: the last step of every operation."""

import json
from collections.abc import Mapping
from datetime import datetime

from django.db import connection

from publiccredit.ledger.types import is_typed_at_shell

Scalar = str | int | bool | None


def next_entry_id() -> int:
    """Take the number of an act that begins now, so that the rows it writes can name it before it is entered."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('ledger_entry_id')")
        return int(cursor.fetchone()[0])


def record_entry(
    *,
    actor: str,
    operation: str,
    object_kind: str,
    object_id: str | int,
    at: datetime,
    department_code: str = "",
    payload: Mapping[str, Scalar] | None = None,
    entry_id: int | None = None,
) -> int:
    """
    Enter one act as the last step of the transaction that performs it, and give its number.

    From here to the commit every other writer of the ledger waits: so positions stand in commit order,
    without gaps, and
    a reader that has seen position n has seen everything before it. Payloads hold counts, hashes and code words, never
    personal data: a ledger cannot forget. What a command does carries its mark.
    """
    number = next_entry_id() if entry_id is None else entry_id
    noted = {**(payload or {}), **({"at_shell": True} if is_typed_at_shell() else {})}
    text = json.dumps(noted, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_entry (id, at, actor, department_code, operation, object_kind, object_id, payload)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [number, at, actor, department_code, operation, object_kind, str(object_id), text],
        )
    return number
