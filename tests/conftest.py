"""
One embedded cluster for all tests while any of them runs, one migrated template, a copy of it for every worker.

Tests connect as the application role, so row-level security and the missing grants hold in tests as in life.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.db import connection
from hypothesis import settings

from publiccredit.accounts.operations import act_as, act_as_nobody
from publiccredit.accounts.types import PROGRAM
from publiccredit.site import embedded_postgres
from tests.environment import ROOT, TEST_DATA, WORKER
from tests.running import cluster_of_tests

# A gate must answer the same twice; every run elsewhere looks for new examples.
settings.register_profile("gate", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("gate")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Let what prepares a test that is left unmeasured be so too: often it is the greater part of it."""
    measuring = getattr(item.config.pluginmanager.getplugin("_cov"), "cov_controller", None)
    if measuring is None or item.get_closest_marker("no_cover") is None:
        return (yield)
    measuring.pause()
    try:
        return (yield)
    finally:
        measuring.resume()


def _template_name() -> str:
    """Name the template by the migrations in it, so that a changed migration makes a new one."""
    digest = hashlib.sha256()
    for file in sorted([*ROOT.glob("publiccredit/*/migrations/*.py"), ROOT / "publiccredit/site/database.py"]):
        digest.update(file.read_bytes())
    return f"template_{digest.hexdigest()[:12]}"


def _ensure_template(cluster: embedded_postgres.Cluster) -> str:
    name = _template_name()
    with (TEST_DATA / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (TEST_DATA / name).exists():
            return name
        embedded_postgres.drop_database(cluster=cluster, name=name)
        embedded_postgres.create_database(cluster=cluster, name=name)
        script = (
            "import django; django.setup(); from publiccredit.site.database import prepare; prepare();"
            "from django.db import connection; connection.close()"
        )
        subprocess.run(
            [sys.executable, "-c", script],
            check=True,
            cwd=ROOT,
            env={
                **os.environ,
                "PUBLICCREDIT_DATABASE_NAME": name,
                "DJANGO_SETTINGS_MODULE": "publiccredit.site.settings",
            },
        )
        (TEST_DATA / name).touch()
    return name


@pytest.fixture(scope="session")
def cluster() -> embedded_postgres.Cluster:
    """The embedded cluster of the tests, running until the last run ends; it waits for no disk: here processes die, and the machine does not."""
    running = cluster_of_tests(TEST_DATA)
    with running.connect(embedded_postgres.SUPERUSER, "postgres") as session:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            session.execute(f"ALTER SYSTEM SET {setting} = off")
        session.execute("SELECT pg_reload_conf()")
    return running


@pytest.fixture(scope="session")
def template_database(cluster: embedded_postgres.Cluster) -> str:
    """A migrated, granted, empty database to copy."""
    return _ensure_template(cluster)


@pytest.fixture(scope="session")
def django_db_setup(
    cluster: embedded_postgres.Cluster, template_database: str, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """Give this worker its own copy; pytest-django rolls every test back in it."""
    name = str(connection.settings_dict["NAME"])
    connection.close()
    embedded_postgres.drop_database(cluster=cluster, name=name)
    embedded_postgres.create_database(cluster=cluster, name=name, template=template_database)
    yield
    with django_db_blocker.unblock():
        connection.close()
    embedded_postgres.drop_database(cluster=cluster, name=name)


@pytest.fixture
def fresh_database(
    cluster: embedded_postgres.Cluster, template_database: str, django_db_blocker: pytest.FixtureRequest
) -> Iterator[str]:
    """A database of this test's own, for what must really commit: crashes, races, servers. Gives its name."""
    name = f"fresh_{WORKER}_{os.getpid()}"
    usual = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        connection.close()
        embedded_postgres.drop_database(cluster=cluster, name=name)
        embedded_postgres.create_database(cluster=cluster, name=name, template=template_database)
        connection.settings_dict["NAME"] = name
        try:
            yield name
        finally:
            connection.close()
            connection.settings_dict["NAME"] = usual
            embedded_postgres.drop_database(cluster=cluster, name=name)


@pytest.fixture
def as_program(db: None) -> Iterator[None]:
    """Act as the program itself: every department's rows are in reach."""
    act_as(actor=PROGRAM)
    yield
    act_as_nobody()
