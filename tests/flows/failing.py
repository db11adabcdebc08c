"""
Writes that are made to fail: a trigger on every table counts the writes and fails the n-th.

The counting is done with a sequence, which no rollback turns back.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection

from publiccredit.site import embedded_postgres
from tests.flows.watching import PERFORMED
from tests.operations import acts

TABLES = tuple(
    sorted(
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and model.__module__.startswith("publiccredit.")
    )
)
"""All of the program's: a table that a new package brings is among them."""
FAILING = """
CREATE SEQUENCE failing_write;
CREATE SEQUENCE failing_table;
CREATE TABLE failing_table_name (table_name text);
CREATE FUNCTION fail_one_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF nextval('failing_write') = current_setting('test.failing_write', true)::bigint
       OR (SELECT f.table_name = TG_TABLE_NAME AND nextval('failing_table') = 1 FROM failing_table_name f) THEN
        RAISE EXCEPTION 'write % of % was made to fail', TG_OP, TG_TABLE_NAME;
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""


@dataclass
class Failing:
    """Runs an operation with its first, second, … write failing, until it gets through; tells how many there were."""

    superuser: Any
    proved: set[str] = field(default_factory=set)  # the acts each of whose writes has failed once

    def through(self, operation: Callable[[], Any]) -> int:
        """Give the number of writes the operation makes, each of which has failed once before it got through."""
        for n in range(1, 100):
            before = everything()
            self.superuser.execute("ALTER SEQUENCE failing_write RESTART")
            self.fail(n)
            PERFORMED.clear()
            failed = ""
            try:
                operation()
            except* DatabaseError as group:  # also of a round, which raises at its end
                failed = f"{group.exceptions[0]}"
            if failed:
                assert "was made to fail" in failed
                assert everything() == before, f"write {n} left something behind: {failed}"
                continue
            self.fail(0)
            assert everything() != before
            assert n > 1, "none of its writes was made to fail"
            self.proved |= PERFORMED
            return n - 1
        pytest.fail("the operation never got through")

    def left_out(self, package: str) -> set[str]:
        """Name the acts of a package of which no write was made to fail."""
        return {name for name in acts() if name.startswith(f"{package}.")} - self.proved

    @staticmethod
    def fail(number: int) -> None:
        """Let the write of this number fail; 0: none."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('test.failing_write', %s, false)", [str(number)])

    @contextmanager
    def at(self, table: str) -> Iterator[None]:
        """Let the first write of one table fail within, in whichever connection."""
        self.superuser.execute("ALTER SEQUENCE failing_table RESTART")
        self.superuser.execute("INSERT INTO failing_table_name VALUES (%s)", [table])
        try:
            yield
        finally:
            self.superuser.execute("DELETE FROM failing_table_name")


def everything() -> list[Any]:
    """Give a fingerprint of every table, to compare before and after."""
    prints = (f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t" for table in TABLES)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(prints))
        return list(cursor.fetchall())


@contextmanager
def failing_writes(database: str, cluster: embedded_postgres.Cluster) -> Iterator[Failing]:
    """Put the triggers on a database of the test's own."""
    with cluster.connect(embedded_postgres.SUPERUSER, database) as superuser:
        superuser.execute(FAILING)
        for table in TABLES:
            superuser.execute(
                f"CREATE TRIGGER zz_fail BEFORE INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION fail_one_write()"
            )
        yield Failing(superuser)
        connection.close()
