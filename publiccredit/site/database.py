"""The database made ready: started, migrated, granted, and refused where it would void the protection of the rows."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import NotSupportedError, ProgrammingError
from psycopg import sql

from publiccredit.site import database_url, embedded_postgres

MINIMUM_VERSION = 150000
logger = logging.getLogger(__name__)

# What the application may never do, whatever a program error asks for: history has no other side.
FORBIDDEN: dict[str, LiteralString] = {
    "ledger_entry": "UPDATE, DELETE, TRUNCATE",
    "subjects_record": "DELETE, TRUNCATE",
    "subjects_recordversion": "INSERT, UPDATE, DELETE, TRUNCATE",
    "subjects_subject": "DELETE, TRUNCATE",
    "subjects_subjectname": "UPDATE, DELETE, TRUNCATE",
    "subjects_identifier": "UPDATE, DELETE, TRUNCATE",
    "intake_submission": "DELETE, TRUNCATE",
    "intake_servicedeclaration": "UPDATE, DELETE, TRUNCATE",
    "intake_nilreturn": "UPDATE, DELETE, TRUNCATE",
    "intake_decisiondocument": "UPDATE, DELETE, TRUNCATE",
    "intake_takenoffdocument": "UPDATE, DELETE, TRUNCATE",
    "casework_case": "DELETE, TRUNCATE",
    "casework_casenumber": "DELETE, TRUNCATE",
    "casework_caserecord": "UPDATE, DELETE, TRUNCATE",
    "casework_casestep": "UPDATE, DELETE, TRUNCATE",
    "casework_paper": "UPDATE, DELETE, TRUNCATE",
    "casework_decision": "DELETE, TRUNCATE",
    "casework_letter": "UPDATE, DELETE, TRUNCATE",
    "casework_declaredrelation": "UPDATE, DELETE, TRUNCATE",
    "recipients_recipient": "DELETE, TRUNCATE",
    "recipients_recipienttoken": "DELETE, TRUNCATE",
    "recipients_handover": "UPDATE, DELETE, TRUNCATE",
    "recipients_notice": "DELETE, TRUNCATE",
    "recipients_deliveryattempt": "UPDATE, DELETE, TRUNCATE",
    "recipients_adverseuse": "UPDATE, DELETE, TRUNCATE",
    "subjects_look": "UPDATE, DELETE, TRUNCATE",
    "subjectdesk_registeredcontact": "DELETE, TRUNCATE",
    "subjectdesk_handler": "DELETE, TRUNCATE",
    "subjectdesk_proofcode": "DELETE, TRUNCATE",
    "subjectdesk_proofattempt": "DELETE, TRUNCATE",  # its source is erased: a trigger lets nothing else through
    "subjectdesk_subjectsession": "DELETE, TRUNCATE",
    "subjectdesk_message": "DELETE, TRUNCATE",
    "subjectdesk_readerchallenge": "DELETE, TRUNCATE",  # its contact is erased: a trigger lets nothing else through
    "matching_judgement": "UPDATE, DELETE, TRUNCATE",
    "accounts_officer": "DELETE, TRUNCATE",
    "accounts_accesstoken": "DELETE, TRUNCATE",
    "accounts_grantproposal": "DELETE, TRUNCATE",
    "accounts_secondfactor": "TRUNCATE",
    "accounts_recoverycode": "TRUNCATE",
}


class UnsafeDatabase(Exception):
    """The database cannot be used as it is set up; the message says why and how to mend it."""


def start() -> None:
    """Start the embedded database where it is the one in use."""
    if settings.DATABASE_IS_EMBEDDED:
        embedded_postgres.ensure_running(settings.DATA_FOLDER)


@contextmanager
def running_meanwhile() -> Iterator[None]:
    """Have the embedded database running, and leave it as it was found: stopped, where it was started for this."""
    to_stop = settings.DATABASE_IS_EMBEDDED and not embedded_postgres.is_running(settings.DATA_FOLDER)
    try:
        start()
        yield
    finally:
        if to_stop:
            connection.close()
            embedded_postgres.stop(settings.DATA_FOLDER)


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

    :raises UnsafeDatabase: the role is bound by nothing, or the server is unfit; the tables of another server are not
        current, and who may change them is for its owner to say.
    """
    start()
    refuse_unfit_server()
    if tables_are_current():
        return
    if not settings.DATABASE_IS_EMBEDDED:
        if "django_migrations" not in connection.introspection.table_names():
            raise UnsafeDatabase(
                "数据库的表尚未建立。请用 DATABASE_OWNER_URL 写明数据库的所有者，再执行 publiccredit prepare。"
            )
        raise UnsafeDatabase(
            "数据库的表与程序版本不一致。请先备份，再以表的所有者执行 publiccredit prepare（设置 DATABASE_OWNER_URL）。"
        )
    prepare()


def owner() -> dict[str, Any]:
    """Say where and as whom the tables of the database in use are made."""
    if settings.DATABASE_IS_EMBEDDED:
        return embedded(role=embedded_postgres.OWNER)
    variable = "DATABASE_OWNER_URL" if os.environ.get("DATABASE_OWNER_URL") else "DATABASE_URL"
    return database_url.read(url=os.environ[variable], variable=variable)


def embedded(*, role: str) -> dict[str, Any]:
    """Say where the embedded database in use is reached by one of its roles."""
    cluster = embedded_postgres.locate(settings.DATA_FOLDER)
    return dict(cluster.url_parts(role, str(connection.settings_dict["NAME"])))


def tables_are_current() -> bool:
    """Tell whether every migration of the program has been applied."""
    try:
        executor = MigrationExecutor(connection)
    except ProgrammingError:  # there are tables, and this role was granted nothing on them yet
        return False
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def prepare() -> None:
    """
    Start, migrate and grant; then verify. Doing it again changes nothing.

    :raises UnsafeDatabase: the tables cannot be made, or the database is not fit for use.
    """
    start()
    refuse_unfit_server()
    if not tables_are_current():
        _migrate()
    _warn_of_owner()
    _grant_to_application()
    refuse_unsafe_database()


def _migrate() -> None:
    """Make or change the tables as their owner, in this process: a second one would load the program once more."""
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update({"OPTIONS": {}, **owner()})
    try:
        _refuse_unable_owner()
        call_command("migrate", verbosity=0, interactive=False)
    except ProgrammingError as error:
        raise UnsafeDatabase(f"数据库的表没有建成或升级：\n{error}") from error
    finally:
        connection.close()
        connection.settings_dict.update(before)


def _refuse_unable_owner() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, has_schema_privilege('public', 'CREATE')")
        role, able = cursor.fetchone()
    if not able:
        raise UnsafeDatabase(
            f"数据库的表尚未建立，或与程序版本不一致；而角色“{role}”不能在其中建表。"
            "请用 DATABASE_OWNER_URL 写明数据库的所有者，再执行 publiccredit prepare。"
        )


def _warn_of_owner() -> None:
    """One role for everything works, and says what it gives away."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, pg_has_role(tableowner, 'MEMBER') FROM pg_tables"
            " WHERE schemaname = 'public' AND tablename = 'ledger_entry'"
        )
        role, owns = cursor.fetchone() or ("", False)
    if owns:
        logger.warning(
            "角色“%s”自己拥有表：触发器仍禁止改写留痕，但拥有者能卸下触发器。"
            "请另建 publiccredit_app 写在 DATABASE_URL，表的所有者只写在 DATABASE_OWNER_URL。",
            role,
        )


def _grant_to_application() -> None:
    if not (settings.DATABASE_IS_EMBEDDED or os.environ.get("DATABASE_OWNER_URL")):
        return  # one role for everything: its own tables
    with psycopg.connect(database_url.written(parts=owner()), autocommit=True) as session:
        grant(owner=session, application=str(connection.settings_dict["USER"]))


# What a server's administrator keeps in the same schema is not the platform's to grant, and no reason not to start.
_OWN_RELATIONS = (
    "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    " AND pg_get_userbyid(relowner) = current_user AND relkind = ANY(%s) ORDER BY 1"
)
_GRANTED: dict[str, LiteralString] = {
    "rpv": "GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO {}",
    "S": "GRANT USAGE, SELECT ON {} TO {}",
}


def grant(*, owner: psycopg.Connection[tuple[object, ...]], application: str) -> None:
    """Let the application role use the tables, and take back what would let it rewrite history."""
    role = sql.Identifier(application)
    owner.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role))
    for kinds, statement in _GRANTED.items():
        names = [sql.Identifier(str(name)) for (name,) in owner.execute(_OWN_RELATIONS, [list(kinds)])]
        if names:
            owner.execute(sql.SQL(statement).format(sql.SQL(", ").join(names), role))
    owner.execute(sql.SQL("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {}").format(role))
    for table, privileges in FORBIDDEN.items():
        revocation = sql.SQL("REVOKE {} ON {} FROM {}")
        owner.execute(revocation.format(sql.SQL(privileges), sql.Identifier(table), role))


def refuse_unsafe_database() -> None:
    """
    Verify the role and the server before anything is served.

    :raises UnsafeDatabase: the role is a superuser or bypasses row-level security, or could become one that does; the
        server is too old, or its character type knows no Chinese.
    """
    refuse_unfit_server()
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(show_trgm('濉溪县'))")
        letters = cursor.fetchone()[0]
    if letters == 0:
        raise UnsafeDatabase(
            "这个数据库的 LC_CTYPE 不认识汉字，按名称查不到主体。请另建一个：CREATE DATABASE … OWNER publiccredit_owner"
            " TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'（或 zh_CN.UTF-8）。"
        )


def refuse_unfit_server() -> None:
    """
    Verify what can be known before there are tables. Every door asks this, not only the site's: whatever runs as a role
    that row-level security does not bind sees and writes every department's rows.

    :raises UnsafeDatabase: the role is a superuser or bypasses row-level security, or could become one that does; or
        the server is too old.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_user, current_setting('server_version_num')::int, current_setting('server_encoding'),"
                " array(SELECT rolname::text FROM pg_roles WHERE (rolsuper OR rolbypassrls)"
                " AND pg_has_role(current_user, oid, 'MEMBER') ORDER BY 1)"
            )
            role, version, encoding, unbound = cursor.fetchone()
    except NotSupportedError as error:  # Django itself turns away what is older still
        raise UnsafeDatabase(f"数据库服务器太旧（{error}）；须为 PostgreSQL 15 以上。") from error
    _refuse_old(version, encoding)
    _refuse_unbound(role, unbound)


def _refuse_old(version: int, encoding: str) -> None:
    if version < MINIMUM_VERSION or encoding != "UTF8":
        raise UnsafeDatabase(
            f"数据库服务器是 PostgreSQL {version // 10000}，编码 {encoding}；须为 PostgreSQL 15 以上，编码 UTF8。"
        )


def _refuse_unbound(role: str, unbound: list[str]) -> None:
    if unbound:
        which = "它" if role in unbound else f"它所属的 {'、'.join(unbound)} "
        raise UnsafeDatabase(
            f"角色“{role}”不能用来运行平台：{which}是超级用户或有 BYPASSRLS，行级安全约束不了它，各部门的数据无从隔开。"
            "请用普通角色：CREATE ROLE publiccredit_app LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '…'，写在 DATABASE_URL；"
            "表的所有者写在 DATABASE_OWNER_URL。"
        )
