"""
DATABASE_URL puts the program on any server: as the application, prepared by the owner, backed up and brought back.

The server is the tests' own cluster, reached as a foreign one is: by addresses in the environment.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql

from publiccredit.site import database, embedded_postgres
from publiccredit.site.database import UnsafeDatabase
from publiccredit.site.embedded_postgres import APPLICATION, OWNER, SUPERUSER, Cluster
from tests.environment import ROOT, WORKER, unmeasured

PENALTIES = ROOT / "packs/industries/market_regulation/samples/accepted/penalty.xlsx"
FILED = ["submit", str(PENALTIES), "--department", "market_regulation", "--served-on", "2026-11-05"]
ROLE = f"plain_{WORKER}_{os.getpid()}"


@dataclass(frozen=True)
class Server:
    """The cluster seen from outside."""

    cluster: Cluster

    def url(self, role: str, name: str, password: str | None = None) -> str:
        secret = quote(password or self.cluster.passwords[role], safe="")
        host = quote(str(self.cluster.socket_folder), safe="")
        return f"postgresql://{role}:{secret}@/{name}?host={host}&port={self.cluster.port}"

    def make(self, name: str, character_type: str = "C.UTF-8", owner: str = OWNER) -> None:
        with self.cluster.connect(SUPERUSER, "postgres") as session:
            statement = "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE {}"
            names = (sql.Identifier(name), sql.Identifier(owner), sql.Literal(character_type))
            session.execute(sql.SQL(statement).format(*names))


@pytest.fixture
def server(cluster: Cluster) -> Iterator[Server]:
    """The server, and a plain role on it; databases and role are removed again."""
    with cluster.connect(SUPERUSER, "postgres") as session:
        session.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'p@/:%'").format(sql.Identifier(ROLE)))
    yield Server(cluster)
    with cluster.connect(SUPERUSER, "postgres") as session:
        made = session.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"other_{WORKER}_%"])
        for (name,) in made.fetchall():
            embedded_postgres.drop_database(cluster=cluster, name=str(name))
        session.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(ROLE)))


def run(folder: Path, *arguments: str, **urls: str) -> tuple[int, object, str]:
    """Run the program with these addresses; give its exit code, its answer and what it says besides."""
    environment = {k: v for k, v in unmeasured().items() if k != "PUBLICCREDIT_DATABASE_NAME"}
    done = subprocess.run(
        [sys.executable, "-m", "publiccredit.site.commands", *arguments, "--json"],
        capture_output=True, text=True, cwd=ROOT, check=False, timeout=120,
        env=environment | {"PUBLICCREDIT_DATA": str(folder)} | urls,
    )  # fmt: skip
    return done.returncode, json.loads(done.stdout or "null"), done.stderr


def test_the_application_works_is_backed_up_and_brought_back_elsewhere(server: Server, tmp_path: Path) -> None:
    first, second = f"other_{WORKER}_first", f"other_{WORKER}_second"
    server.make(first)
    server.make(second)
    application, owner = server.url(APPLICATION, first), server.url(OWNER, first)
    refused = run(tmp_path, "submit", *FILED[1:], DATABASE_URL=application)
    assert refused[0] == 3
    assert "publiccredit prepare" in str(refused[1])
    code, answer, _ = run(tmp_path, "prepare", DATABASE_URL=application)
    assert (code, "DATABASE_OWNER_URL" in str(answer)) == (3, True)
    assert run(tmp_path, "prepare", DATABASE_URL=application, DATABASE_OWNER_URL=owner) == (0, {"ready": True}, "")
    code, answer, _ = run(tmp_path, *FILED, DATABASE_URL=application)
    assert code == 0
    assert isinstance(answer, dict)
    assert (answer["rows"], answer["accepted"]) == (2, 2)

    code, answer, said = run(
        tmp_path, "backup", str(tmp_path / "kept"), DATABASE_URL=application, DATABASE_OWNER_URL=owner
    )
    assert (code, said) == (0, "")
    brought = {"DATABASE_URL": server.url(APPLICATION, second), "DATABASE_OWNER_URL": server.url(OWNER, second)}
    code, answer, said = run(tmp_path / "elsewhere", "restore", str(tmp_path / "kept"), **brought)
    assert (code, said) == (0, "")
    assert run(tmp_path / "elsewhere", "ledger", "verify", **brought)[0] == 0
    assert _counted(server, first) == _counted(server, second)
    assert not (tmp_path / "database-passwords.json").exists()  # nothing of an embedded database is made
    assert run(tmp_path / "third", "restore", str(tmp_path / "kept"), **brought)[0] == 2


def _counted(server: Server, name: str) -> dict[str, int]:
    """Count every row of every table as the superuser, whom no row-level security binds."""
    with server.cluster.connect(SUPERUSER, name) as session:
        tables = session.execute("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'").fetchall()
        counts = {}
        for (table,) in tables:
            row = session.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(str(table)))).fetchone()
            counts[str(table)] = int(str(row[0])) if row else 0
    assert counts["intake_submission"] == 1
    assert counts["subjects_record"] == 2
    return counts


def test_a_backup_by_a_role_that_row_level_security_binds_is_refused(server: Server, tmp_path: Path) -> None:
    name = f"other_{WORKER}_bound"
    server.make(name)
    urls = {"DATABASE_URL": server.url(APPLICATION, name), "DATABASE_OWNER_URL": server.url(OWNER, name)}
    assert run(tmp_path, "prepare", **urls)[0] == 0
    code, answer, _ = run(tmp_path, "backup", str(tmp_path / "kept"), **urls, DATABASE_BACKUP_URL=urls["DATABASE_URL"])
    assert code == 2
    assert "数据库没有完整读出" in str(answer)
    assert not (tmp_path / "kept").exists()


def test_one_role_for_everything_works_and_is_warned_of(server: Server, tmp_path: Path) -> None:
    name = f"other_{WORKER}_single"
    server.make(name, owner=ROLE)
    url = server.url(ROLE, name, "p@/:%")
    code, _, said = run(tmp_path, "prepare", DATABASE_URL=url)
    assert code == 0
    assert f"角色“{ROLE}”自己拥有表" in said
    assert run(tmp_path, *FILED, DATABASE_URL=url)[0] == 0
    with psycopg.connect(url) as session, pytest.raises(psycopg.errors.RestrictViolation, match="never changed"):
        session.execute("UPDATE ledger_entry SET actor = 'somebody'")


@pytest.mark.parametrize("grant", ["ALTER ROLE {} BYPASSRLS", "ALTER ROLE {} SUPERUSER", "GRANT postgres TO {}"])
def test_a_role_that_row_level_security_does_not_bind_may_not_start(server: Server, tmp_path: Path, grant: str) -> None:
    name = f"other_{WORKER}_unbound"
    server.make(name, owner=ROLE)
    with server.cluster.connect(SUPERUSER, "postgres") as session:
        session.execute(sql.SQL(grant).format(sql.Identifier(ROLE)))  # type: ignore[arg-type]
    code, answer, _ = run(tmp_path, "prepare", DATABASE_URL=server.url(ROLE, name, "p@/:%"))
    assert code == 3
    assert isinstance(answer, dict)
    assert f"角色“{ROLE}”不能用来运行平台" in answer["message"]
    assert "NOSUPERUSER NOBYPASSRLS" in answer["message"]
    with server.cluster.connect(SUPERUSER, name) as session:  # refused before anything was made
        assert session.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


@pytest.mark.parametrize("door", [("search", "濉溪"), ("worker",), ("ledger", "verify")])
def test_no_door_of_the_program_opens_to_a_superuser(server: Server, tmp_path: Path, door: tuple[str, ...]) -> None:
    name = f"other_{WORKER}_unbound"
    server.make(name, owner=SUPERUSER)
    code, answer, _ = run(tmp_path, *door, DATABASE_URL=server.url(SUPERUSER, name))
    assert code == 3
    assert isinstance(answer, dict)
    assert f"角色“{SUPERUSER}”不能用来运行平台" in answer["message"]


def test_no_other_web_server_opens_to_a_superuser(server: Server, tmp_path: Path) -> None:
    name = f"other_{WORKER}_unbound"
    server.make(name, owner=SUPERUSER)
    program = "from publiccredit.site.wsgi import application; print(type(application).__name__)"
    for role, said in ((SUPERUSER, ""), (APPLICATION, "WSGIHandler\n")):
        done = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True, text=True, cwd=ROOT, check=False, timeout=60,
            env={**unmeasured(), "PUBLICCREDIT_DATA": str(tmp_path), "DATABASE_URL": server.url(role, name)},
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (0 if said else 1, said), done.stderr
        assert (f"角色“{SUPERUSER}”不能用来运行平台" in done.stderr) == (not said)


def test_what_another_keeps_in_the_same_schema_is_left_alone(server: Server, tmp_path: Path) -> None:
    name = f"other_{WORKER}_shared"
    server.make(name)
    with server.cluster.connect(SUPERUSER, name) as session:
        session.execute("CREATE TABLE kept_by_somebody AS SELECT 1 AS number")
    urls = {"DATABASE_URL": server.url(APPLICATION, name), "DATABASE_OWNER_URL": server.url(OWNER, name)}
    assert run(tmp_path, "prepare", **urls) == (0, {"ready": True}, "")
    with server.cluster.connect(SUPERUSER, name) as session:
        for table, granted in (("kept_by_somebody", False), ("subjects_record", True)):
            asked = session.execute("SELECT has_table_privilege(%s, %s, 'SELECT')", [APPLICATION, table])
            assert asked.fetchone() == (granted,), table


def test_a_database_that_knows_no_chinese_is_refused(server: Server, tmp_path: Path) -> None:
    name = f"other_{WORKER}_letters"
    server.make(name, character_type="C")
    urls = {"DATABASE_URL": server.url(APPLICATION, name), "DATABASE_OWNER_URL": server.url(OWNER, name)}
    code, answer, _ = run(tmp_path, "prepare", **urls)
    assert (code, "LC_CTYPE 'C.UTF-8'" in str(answer)) == (3, True)


@pytest.mark.django_db
def test_an_old_server_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "MINIMUM_VERSION", 990000)
    with pytest.raises(UnsafeDatabase, match="PostgreSQL 15 以上"):
        database.refuse_unsafe_database()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://app:secret@127.0.0.1:1/none", "数据库不可用。请核对 DATABASE_URL"),
        ("postgresql://app:se%zzcret@127.0.0.1:1/none", "DATABASE_URL 不是 PostgreSQL 的地址"),
    ],
)
def test_an_address_that_leads_nowhere_is_said_to(tmp_path: Path, url: str, said: str) -> None:
    code, answer, besides = run(tmp_path, "prepare", DATABASE_URL=url)
    assert (code, besides) == (3, "")
    assert isinstance(answer, dict)
    assert said in answer["message"]
    assert "secret" not in answer["message"]
