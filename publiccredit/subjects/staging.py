"""
Temporary tables through which a submission becomes records.

They belong to one database session: when its process dies, the database drops them, and nothing half-staged remains.
"""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import polars as pl
from django.db import connection

from publiccredit.subjects.types import PARTY_SCHEMA, ROW_SCHEMA

_SQL_TYPES: Mapping[type[pl.DataType], str] = {
    pl.Int32: "integer",
    pl.Int64: "bigint",
    pl.Date: "date",
    pl.String: "text",
}
_EXACT = {"natural_key": "uuid", "content_hash": "uuid", "content": "jsonb", "original": "jsonb"}

ROW_TABLE = "staged_row"
PARTY_TABLE = "staged_party"
EXCEPTION_TABLE = "staged_exception"


def open_staging() -> None:
    """Make the tables empty and new, whatever an earlier submission of this session left."""
    rows = ", ".join(f"{name} {_EXACT.get(name) or _SQL_TYPES[kind]}" for name, kind in ROW_SCHEMA.items())
    parties = ", ".join(f"{name} {_SQL_TYPES[kind]}" for name, kind in PARTY_SCHEMA.items())
    close_staging()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            CREATE TEMPORARY TABLE {ROW_TABLE} ({rows});
            CREATE TEMPORARY TABLE {PARTY_TABLE} ({parties}, subject_id bigint, matched_by text, doubt text);
            CREATE TEMPORARY TABLE {EXCEPTION_TABLE} (
                line integer, fate text, record_id bigint, other_sheet text, other_row integer,
                department_code text, decided jsonb
            );
            """
        )


def close_staging() -> None:
    """Drop the tables."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {ROW_TABLE}, {PARTY_TABLE}, {EXCEPTION_TABLE}")


def copy_in(*, table: str, frame: pl.DataFrame) -> None:
    """Add a frame to a table, column by column of the same names: the fastest door the database has."""
    if frame.is_empty():
        return
    buffer = BytesIO()
    frame.write_csv(buffer, include_header=False)
    columns = ", ".join(f'"{name}"' for name in frame.columns)
    with connection.cursor() as cursor:
        raw: Any = cursor
        with raw.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT csv)") as copy:
            copy.write(buffer.getbuffer())


def analyse_staging() -> None:
    """Let the planner know how much was staged; it sees nothing of a temporary table by itself."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {ROW_TABLE} (line, party, natural_key); ANALYZE {PARTY_TABLE}")
