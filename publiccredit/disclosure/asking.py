"""
How statements that no model writes are put to the database.

One that is put at every reading is planned once on each connection: the database plans it for longer than it carries it
out. A kept plan holds no data; whatever the statement answers is read anew at every asking (docs/decisions/0062).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection

Row = tuple[Any, ...]
Values = Mapping[str, Any] | Sequence[Any]
AT_ONCE = 0  # times a statement is planned anew before its plan is kept


def rows_of(sql: str, values: Values) -> list[Row]:
    """Ask by a plan made for these very values."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def rows_by_kept_plan(sql: str, values: Values) -> list[Row]:
    """Ask by the plan the connection keeps for this statement. Whatever differs from asking to asking is a value."""
    if connection.queries_logged:  # a log wants the values in the text
        return rows_of(sql, values)
    connection.ensure_connection()
    session = connection.connection
    session.prepare_threshold = AT_ONCE  # only this cursor prepares: those of models send their values within the text
    with connection.make_cursor(psycopg.Cursor(session)) as cursor:  # type: ignore[arg-type]  # any cursor, says Django
        cursor.execute(sql, values)
        return list(cursor.fetchall())
