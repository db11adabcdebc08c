"""The database made ready: started, migrated, granted, and refused where it would void the protection of the rows."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString

import psycopg
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import ProgrammingError
from psycopg import sql

from publiccredit.site import embedded_postgres

MINIMUM_VERSION = 150000

# What the application may never do, whatever a program error asks for: history has no other side.
FORBIDDEN: dict[str, LiteralString] = {
    "ledger_entry": "UPDATE, DELETE, TRUNCATE",
    "subjects_record": "DELETE, TRUNCATE",
    "subjects_recordversion": "INSERT, UPDATE, DELETE, TRUNCATE",
    "subjects_subject": "DELETE, TRUNCATE",
    "intake_submission": "DELETE, TRUNCATE",
    "intake_servicedeclaration": "UPDATE, DELETE, TRUNCATE",
    "intake_nilreturn": "UPDATE, DELETE, TRUNCATE",
    "intake_decisiondocument": "UPDATE, DELETE, TRUNCATE",
    "casework_case": "DELETE, TRUNCATE",
    "casework_caserecord": "UPDATE, DELETE, TRUNCATE",
    "casework_casestep": "UPDATE, DELETE, TRUNCATE",
    "casework_paper": "UPDATE, DELETE, TRUNCATE",
    "casework_decision": "DELETE, TRUNCATE",
    "casework_letter": "UPDATE, DELETE, TRUNCATE",
    "casework_declaredrelation": "UPDATE, DELETE, TRUNCATE",
    "matching_judgement": "UPDATE, DELETE, TRUNCATE",
    "accounts_officer": "DELETE, TRUNCATE",
    "accounts_accesstoken": "DELETE, TRUNCATE",
}


class UnsafeDatabase(Exception):
    """The database cannot be used as it is set up; the message says why and how to mend it."""


def start() -> None:
    """Start the embedded database where it is the one in use."""
    if settings.DATABASE_IS_EMBEDDED:
        embedded_postgres.ensure_running(settings.DATA_FOLDER)


@contextmanager
def acting_as_program() -> Iterator[None]:
    """Act on the default connection as the program itself: every department's rows are in reach."""
    from publiccredit.accounts.operations import acting
    from publiccredit.accounts.types import PROGRAM

    with acting(actor=PROGRAM):
        yield


def ensure_prepared() -> None:
    """
    Start the database, and prepare the embedded one where its tables are not current.

    :raises UnsafeDatabase: the tables of another server are not current; who may change them is for its owner to say.
    """
    start()
    if tables_are_current():
        return
    if not settings.DATABASE_IS_EMBEDDED:
        raise UnsafeDatabase(
            "数据库的表与程序版本不一致。请先备份，再以表的所有者执行 publiccredit prepare（设置 DATABASE_OWNER_URL）。"
        )
    prepare()


def tables_are_current() -> bool:
    """Tell whether every migration of the program has been applied."""
    try:
        executor = MigrationExecutor(connection)
    except ProgrammingError:  # there are tables, and this role was granted nothing on them yet
        return False
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def prepare() -> None:
    """Start, migrate and grant; then verify. Doing it again changes nothing."""
    start()
    if not (settings.DATABASE_IS_EMBEDDED and tables_are_current()):
        _migrate()
    database = settings.DATABASES["default"]
    if settings.DATABASE_IS_EMBEDDED:
        cluster = embedded_postgres.locate(settings.DATA_FOLDER)
        with cluster.connect(embedded_postgres.OWNER, str(database["NAME"])) as owner:
            grant(owner=owner, application=embedded_postgres.APPLICATION)
    elif owner_url := os.environ.get("DATABASE_OWNER_URL"):
        with psycopg.connect(owner_url, autocommit=True) as owner:
            grant(owner=owner, application=str(database["USER"]))
    refuse_unsafe_database()


def _migrate() -> None:
    program = Path(settings.BASE_DIR) / "manage.py"
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, str(program), "migrate", "--verbosity=0"],
        env={**os.environ, "PUBLICCREDIT_DATABASE_ROLE": "owner"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise UnsafeDatabase(f"The tables could not be made or changed:\n{done.stderr[-3000:]}")


def grant(*, owner: psycopg.Connection[tuple[object, ...]], application: str) -> None:
    """Let the application role use the tables, and take back what would let it rewrite history."""
    role = sql.Identifier(application)
    everything = (
        "GRANT USAGE ON SCHEMA public TO {}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
        "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {}",
    )
    for statement in everything:
        owner.execute(sql.SQL(statement).format(role))
    for table, privileges in FORBIDDEN.items():
        revocation = sql.SQL("REVOKE {} ON {} FROM {}")
        owner.execute(revocation.format(sql.SQL(privileges), sql.Identifier(table), role))


def refuse_unsafe_database() -> None:
    """
    Verify the role and the server before anything is served.

    :raises UnsafeDatabase: the role is a superuser or bypasses row-level security, the server is too old, or its
        character type knows no Chinese.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolbypassrls, current_setting('server_version_num')::int,"
            " current_setting('server_encoding') FROM pg_roles WHERE rolname = current_user"
        )
        role, superuser, bypasses, version, encoding = cursor.fetchone()
        if superuser or bypasses:
            raise UnsafeDatabase(
                f"The role {role!r} is a superuser or has BYPASSRLS: row-level security would not bind it, and"
                " departments could read each other's submissions. Connect as a plain role: CREATE ROLE"
                " publiccredit_app LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '…'; name it in DATABASE_URL, and the owner"
                " of the tables in DATABASE_OWNER_URL."
            )
        if version < MINIMUM_VERSION or encoding != "UTF8":
            raise UnsafeDatabase(
                f"The server is version {version} with encoding {encoding}; needed are PostgreSQL 15 or later and UTF8."
            )
        cursor.execute("SELECT cardinality(show_trgm('濉溪县'))")
        if cursor.fetchone()[0] == 0:
            raise UnsafeDatabase(
                "pg_trgm finds no letters in Chinese text here, so names could not be searched. Make the database with"
                " LC_CTYPE=C.UTF-8 (or zh_CN.UTF-8) instead of C."
            )
