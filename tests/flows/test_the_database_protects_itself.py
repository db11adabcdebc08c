"""What the database refuses by itself, tried with raw SQL as the application's role."""

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from publiccredit.accounts.operations import act_as, act_as_nobody, acting
from publiccredit.accounts.types import PROGRAM, Actor, Role
from publiccredit.intake.models import Submission
from publiccredit.site import database, embedded_postgres
from publiccredit.site.database import FORBIDDEN, UnsafeDatabase, refuse_unsafe_database
from publiccredit.subjects.models import RecordColumns

AT = datetime(2026, 11, 23, tzinfo=UTC)
SAFETY = Actor(name="an", role=Role.LIAISON, department_code="emergency_management")
MARKET = Actor(name="shi", role=Role.LIAISON, department_code="market_regulation")


def _submission(department: str) -> Submission:
    return Submission.objects.create(
        department_code=department,
        officer="x",
        channel="page",
        file_name="a.xlsx",
        file_sha256="0" * 64,
        file_size=1,
        received_at=AT,
    )


@pytest.mark.django_db
def test_a_department_sees_only_its_own_submissions() -> None:
    act_as(actor=PROGRAM)
    _submission("market_regulation")
    _submission("emergency_management")
    assert Submission.objects.count() == 2
    with acting(actor=SAFETY):
        assert list(Submission.objects.values_list("department_code", flat=True)) == ["emergency_management"]
    act_as_nobody()
    assert Submission.objects.count() == 0


@pytest.mark.django_db
def test_a_department_cannot_write_for_another() -> None:
    act_as(actor=SAFETY)
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        _submission("market_regulation")


@pytest.mark.django_db
def test_an_auditor_reads_everything_and_writes_nothing() -> None:
    act_as(actor=PROGRAM)
    _submission("market_regulation")
    act_as(actor=Actor(name="shen", role=Role.AUDITOR))
    assert Submission.objects.count() == 1
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        _submission("market_regulation")


@pytest.mark.django_db
def test_an_administrator_of_accounts_sees_no_submissions() -> None:
    act_as(actor=PROGRAM)
    _submission("market_regulation")
    act_as(actor=Actor(name="guan", role=Role.ADMINISTRATOR))
    assert Submission.objects.count() == 0


@pytest.mark.django_db
def test_acting_hands_the_session_back() -> None:
    act_as(actor=MARKET)
    with acting(actor=SAFETY):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT actor_role(), actor_department()")
        assert cursor.fetchone() == ("liaison", "market_regulation")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("table", "privilege"),
    [(table, privilege) for table, privileges in FORBIDDEN.items() for privilege in privileges.split(", ")],
)
def test_the_application_has_no_privilege_to_rewrite_history(table: str, privilege: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(current_user, %s, %s)", [table, privilege])
        assert cursor.fetchone() == (False,)


@pytest.mark.django_db
def test_the_version_trigger_knows_every_column_of_a_record() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'subjects_keep_version'")
        source = str(cursor.fetchone()[0])
    missing = [f.attname for f in RecordColumns._meta.local_fields if f'former."{f.attname}"' not in source]
    assert missing == [], f"Make the trigger anew in a migration: it drops {missing}"


@pytest.mark.django_db
def test_a_plain_role_on_a_proper_database_may_start() -> None:
    refuse_unsafe_database()


def test_a_superuser_may_not_start(fresh_database: str, cluster: embedded_postgres.Cluster) -> None:
    before = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    connection.close()
    connection.settings_dict["USER"] = embedded_postgres.SUPERUSER
    connection.settings_dict["PASSWORD"] = cluster.passwords[embedded_postgres.SUPERUSER]
    try:
        with pytest.raises(UnsafeDatabase, match="NOSUPERUSER NOBYPASSRLS"):
            refuse_unsafe_database()
    finally:
        connection.close()
        connection.settings_dict.update(before)


@pytest.mark.django_db
@pytest.mark.usefixtures("as_program")
@pytest.mark.parametrize("change", ["state = 'received'", "accepted = accepted + 1, rows = rows + 1", "refusal = ''"])
def test_a_submission_that_is_final_does_not_change(change: str) -> None:
    from django.db import DatabaseError, connection, transaction

    from tests.factories import penalty_row
    from tests.flows.filing import send

    submission = send([penalty_row(1)])
    assert submission.state == "filed"
    with pytest.raises(DatabaseError, match="does not change"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE intake_submission SET {change} WHERE id = %s", [submission.pk])


@pytest.mark.django_db
def test_a_database_without_tables_is_to_be_prepared_and_one_of_another_version_to_be_kept_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "DATABASE_IS_EMBEDDED", False)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path TO pg_catalog")
    with pytest.raises(UnsafeDatabase, match="数据库的表尚未建立。请用 DATABASE_OWNER_URL 写明") as empty:
        database.ensure_prepared()
    assert "备份" not in str(empty.value)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path TO DEFAULT")
    database.ensure_prepared()
    monkeypatch.setattr(database, "tables_are_current", lambda: False)
    with pytest.raises(UnsafeDatabase, match="与程序版本不一致。请先备份"):
        database.ensure_prepared()
