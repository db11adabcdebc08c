"""
How statements that no model writes are put to the database.

One put at every reading is prepared on each connection: the database plans it for longer than it carries it out.
Prepared, it is read and understood once, and planned for its values five times at most; from then on PostgreSQL keeps a
plan for any values, unless that one looks dearer than those five. A kept plan holds no data; whatever the statement
answers is read anew at every asking (docs/decisions/0062).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection

Row = tuple[Any, ...]
Values = Mapping[str, Any] | Sequence[Any]
AT_ONCE = 0  # times a statement is put before it is prepared


def rows_of(sql: str, values: Values) -> list[Row]:
    """Ask by a plan made for these very values."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def rows_by_kept_plan(sql: str, values: Values) -> list[Row]:
    """Ask by the plans the connection keeps for this statement. Whatever differs from asking to asking is a value."""
    if connection.queries_logged:  # a log wants the values in the text
        return rows_of(sql, values)
    connection.ensure_connection()
    session = connection.connection
    before, session.prepare_threshold = session.prepare_threshold, AT_ONCE
    try:
        with connection.make_cursor(psycopg.Cursor(session)) as cursor:  # type: ignore[arg-type]  # any, says Django
            cursor.execute(sql, values)
            return list(cursor.fetchall())
    finally:
        session.prepare_threshold = before  # whoever else puts a statement decides on their own whether to prepare it
