"""Nobody makes himself another officer, or a subject another enterprise: raw SQL as the application's role fails."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from publiccredit.accounts.models import Officer
from publiccredit.accounts.operations import acting, change_password
from publiccredit.accounts.types import PROGRAM, Actor, Role
from publiccredit.subjects.models import Subject
from tests.accounts import issued_token, opened_account
from tests.factories import stored_subject

# Statements typed past the program: its own lines only prepare them, as in other tests, and need no counting.
pytestmark = [pytest.mark.django_db, pytest.mark.no_cover, pytest.mark.usefixtures("as_program")]
AT = datetime(2026, 11, 23, tzinfo=UTC)
ENDS = datetime(2027, 1, 1, tzinfo=UTC)
NOBODY = None
LIAISON = Actor(name="li", role=Role.LIAISON, department_code="market_regulation")
HEAD = Actor(name="li", role=Role.DEPARTMENT_HEAD, department_code="market_regulation")
COLLEAGUE = Actor(name="wang", role=Role.LIAISON, department_code="market_regulation")
CLERK = Actor(name="clerk", role=Role.OFFICE_CLERK)
AUDITOR = Actor(name="shen", role=Role.AUDITOR)
ADMINISTRATOR = Actor(name="guan", role=Role.ADMINISTRATOR)
OTHERS = [NOBODY, LIAISON, CLERK, AUDITOR, Actor(name="head", role=Role.OFFICE_HEAD)]
KEPT = "accounts are kept by an administrator"


@pytest.fixture(autouse=True)
def officer() -> Officer:
    return opened_account(username="li", display_name="李四", role=Role.LIAISON, department_code="market_regulation",
        password="long-enough-3819", at=AT,
    )  # fmt: skip


def _run(by: Actor | None, statement: str) -> int:
    if by is None:
        by = Actor(name="", role=None)
        statement = f"SELECT set_config('publiccredit.role', '', false); {statement}"
    with acting(actor=by), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.rowcount)


def _refused(by: Actor | None, statement: str, message: str) -> None:
    before = list(Officer.objects.values()), list(Subject.objects.values())
    with pytest.raises(DatabaseError, match=message):
        _run(by, statement)
    assert (list(Officer.objects.values()), list(Subject.objects.values())) == before


@pytest.mark.parametrize("by", OTHERS, ids=lambda a: a.name if a else "nobody")
@pytest.mark.parametrize(
    "change",
    [
        "role = 'administrator', department_code = ''",
        "role = 'department_head'",
        "department_code = 'emergency_management'",
        "display_name = '王五'",
        "is_active = false",
        "created_at = now()",
    ],
)
def test_nobody_but_an_administrator_changes_an_account(by: Actor | None, change: str) -> None:
    _refused(by, f"UPDATE accounts_officer SET {change} WHERE username = 'li'", f"{KEPT}|never renamed")


@pytest.mark.parametrize("by", [*OTHERS[2:], NOBODY, HEAD, COLLEAGUE], ids=lambda a: f"{a.name}-{a.role}" if a else "-")
def test_nobody_writes_the_password_of_another(by: Actor | None) -> None:
    _refused(by, "UPDATE accounts_officer SET password = 'x' WHERE username = 'li'", KEPT)
    _refused(by, "UPDATE accounts_officer SET must_change_password = true WHERE username = 'li'", KEPT)


@pytest.mark.parametrize("by", [LIAISON, ADMINISTRATOR, PROGRAM], ids=lambda a: a.name)
def test_an_account_is_never_renamed(by: Actor) -> None:
    _refused(by, "UPDATE accounts_officer SET username = 'guan' WHERE username = 'li'", "never renamed")


@pytest.mark.parametrize("by", OTHERS, ids=lambda a: a.name if a else "nobody")
def test_nobody_but_an_administrator_opens_an_account(by: Actor | None) -> None:
    opened = (
        "INSERT INTO accounts_officer (username, display_name, role, department_code, password, is_active,"
        " must_change_password, created_at) VALUES ('x', 'x', 'administrator', '', 'x', true, false, now())"
    )
    _refused(by, opened, KEPT)


def test_an_officer_changes_the_own_password() -> None:
    assert _run(LIAISON, "UPDATE accounts_officer SET password = 'x' WHERE username = 'li'") == 1
    change_password(officer_id=Officer.objects.get(username="li").pk, password="another-long-one-5521", at=AT)
    assert Officer.objects.get(username="li").check_password("another-long-one-5521")


def test_a_log_in_only_moves_its_time_forward() -> None:
    assert _run(NOBODY, "UPDATE accounts_officer SET last_login = '2026-11-23' WHERE username = 'li'") != 0
    _refused(NOBODY, "UPDATE accounts_officer SET last_login = '2026-11-22' WHERE username = 'li'", KEPT)
    _refused(NOBODY, "UPDATE accounts_officer SET last_login = NULL WHERE username = 'li'", KEPT)
    _refused(COLLEAGUE, "UPDATE accounts_officer SET last_login = now() WHERE username = 'li'", KEPT)


def test_an_administrator_puts_a_name_right() -> None:
    assert _run(ADMINISTRATOR, "UPDATE accounts_officer SET display_name = '李思' WHERE username = 'li'") == 1


@pytest.mark.parametrize("by", OTHERS, ids=lambda a: a.name if a else "nobody")
def test_nobody_but_an_administrator_makes_or_ends_a_token(by: Actor | None) -> None:
    officer = Officer.objects.get(username="li")
    number = officer.pk
    issued_token(officer, at=AT)
    made = (
        "INSERT INTO accounts_accesstoken (officer_id, name, secret_sha256, scopes, created_at, expires_at)"
        f" VALUES ({number}, 'x', 'x', '{{send_submissions}}', now(), now() + interval '1 day')"
    )
    for statement in (made, "UPDATE accounts_accesstoken SET revoked_at = now()"):
        _refused(by, statement, "by an administrator")


@pytest.mark.parametrize(
    "change",
    ["secret_sha256 = 'x'", "expires_at = now() + interval '9 years'", "name = 'x'", "scopes = '{read_submissions}'"],
)
def test_what_a_token_stands_for_never_changes(change: str) -> None:
    officer = Officer.objects.get(username="li")
    issued_token(officer, at=AT)
    _refused(ADMINISTRATOR, f"UPDATE accounts_accesstoken SET {change}", "never changes")
    _run(ADMINISTRATOR, "UPDATE accounts_accesstoken SET revoked_at = now()")
    _refused(ADMINISTRATOR, "UPDATE accounts_accesstoken SET revoked_at = NULL", "stays revoked")


WRITTEN = "written by the program or the credit office"


@pytest.mark.parametrize(
    "by", [NOBODY, LIAISON, HEAD, AUDITOR, ADMINISTRATOR], ids=lambda a: f"{a.name}-{a.role}" if a else "nobody"
)
@pytest.mark.parametrize(
    "change",
    [
        "name = '改名有限公司'",
        "uscc = NULL",
        "normalised_name = 'x'",
        "kind = 'institution'",
        "registration_status = 'revoked'",
    ],
)
def test_no_department_says_who_a_subject_is(by: Actor | None, change: str) -> None:
    stored_subject()
    _refused(by, f"UPDATE subjects_subject SET {change}, entry_id = entry_id + 1", WRITTEN)


@pytest.mark.parametrize("by", [NOBODY, LIAISON, AUDITOR, ADMINISTRATOR], ids=lambda a: a.name if a else "nobody")
def test_no_department_adds_a_subject_or_a_name_of_one(by: Actor | None) -> None:
    number = stored_subject().pk
    for statement in (
        "INSERT INTO subjects_subject (kind, name, normalised_name, core_name, pinyin_initials, region, address,"
        " registration_status, known_from, entry_id) VALUES ('enterprise', 'x', 'x', '', '', '', '', 'active', now(), 1)",
        "INSERT INTO subjects_subjectname (subject_id, name, normalised_name, known_from)"
        f" VALUES ({number}, 'x', 'x', now())",
        "INSERT INTO subjects_identifier (subject_id, scheme, value, known_from)"
        f" VALUES ({number}, 'registration_number', 'x', now())",
    ):
        _refused(by, statement, WRITTEN)


@pytest.mark.parametrize("by", [PROGRAM, CLERK], ids=lambda a: a.name)
def test_whoever_changes_a_subject_names_the_act(by: Actor) -> None:
    stored_subject()
    _refused(by, "UPDATE subjects_subject SET name = 'x'", "names the act")
    assert _run(by, "UPDATE subjects_subject SET name = 'x', entry_id = entry_id + 1") == 1


@pytest.mark.parametrize("table", ["subjects_subjectname", "subjects_identifier"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET known_from = now()", "TRUNCATE {}"])
def test_names_and_numbers_of_a_subject_are_never_taken_back(table: str, statement: str) -> None:
    _refused(PROGRAM, statement.format(table), "permission denied")
