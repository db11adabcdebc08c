"""Who looked at more of a subject than its public page shows, on the subject's own log, which is only added to."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import connection

from publiccredit.accounts.operations import FileClosed, acting
from publiccredit.accounts.types import PROGRAM, ROLE_TITLES, Actor
from publiccredit.catalogue import queries as catalogue
from publiccredit.subjects.models import Look

SAME_LOOK = timedelta(hours=1)  # one who goes back and forth between pages of a file looks once
STAY_AWAY = "您已申报与该主体有利害关系，应当回避，不能办理其案件，也不能查看案件和不公开的内容。请交由其他人员办理。"
PROGRAM_OF_RECIPIENT = "接收方的程序"
_NOTE = """
INSERT INTO subjects_look (subject_id, account, role, department, what, at)
SELECT DISTINCT looked.subject_id, %(account)s, %(role)s, %(department)s, %(what)s, %(at)s::timestamptz
FROM ({subjects}) AS looked (subject_id) WHERE looked.subject_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM subjects_look l WHERE l.subject_id = looked.subject_id AND l.at > %(since)s AND l.at <= %(at)s
    AND l.account = %(account)s AND l.what = %(what)s)
"""
_BY_SUBJECTS = _NOTE.format(subjects="SELECT unnest(%(ids)s::bigint[])")
_BY_RECORDS = _NOTE.format(subjects="SELECT r.subject_id FROM subjects_record r WHERE r.id = ANY (%(ids)s::bigint[])")


RELATED = "与您有关联的办件"


def closed_files(*, account: str, subject_ids: Iterable[int | None]) -> frozenset[int]:
    """
    Give whose files of these are closed to an officer: of the subjects it has declared a relation to (DP-34).

    The one answer to whether an officer may look into a file. It lies in the database, like who acts there, so that
    every package can ask.
    """
    wanted = sorted({subject_id for subject_id in subject_ids if subject_id is not None})
    if not wanted:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute("SELECT closed_files(%s, %s::bigint[])", [account, wanted])
        return frozenset(subject_id for (subject_id,) in cursor.fetchall())


def verify_open(*, actor: Actor, subject_ids: Iterable[int | None], who_else: str = "") -> None:
    """
    Verify that files are open to an officer, for reading and for acting; ``who_else`` says who can be asked instead.

    :raises FileClosed: the officer has declared a relation to the subject of one.
    """
    if closed_files(account=actor.name, subject_ids=subject_ids):
        raise FileClosed(STAY_AWAY + who_else)


def note_look(*, subject_id: int, account: str, role: str, department: str, what: str, at: datetime) -> None:
    """Enter one look on a subject's own log."""
    Look.objects.create(
        subject_id=subject_id, account=account, role=role, department=department, what=what[:200], at=at
    )  # fmt: skip


def note_officers_look(*, actor: Actor, subject_ids: Iterable[int | None], what: str, at: datetime) -> None:
    """
    Enter that an officer looked at these subjects' files, and why; the same look within the hour counts once.

    :raises FileClosed: the officer has declared a relation to one of them, and looks at none.
    """
    looked_at = [subject_id for subject_id in subject_ids if subject_id is not None]
    verify_open(actor=actor, subject_ids=looked_at)
    _note(
        _BY_SUBJECTS,
        looked_at,
        account=actor.name,
        role=ROLE_TITLES[actor.role] if actor.role else "",
        department=_body_of(actor),
        what=what,
        at=at,
    )


def note_recipients_look(*, recipient_id: int, name: str, record_ids: Collection[int], what: str, at: datetime) -> None:
    """Enter that a recipient was given records of these subjects, and why; the same within the hour counts once."""
    _note(
        _BY_RECORDS,
        list(record_ids),
        account=f"recipient:{recipient_id}",
        role=PROGRAM_OF_RECIPIENT,
        department=name,
        what=what,
        at=at,
    )


def _note(statement: str, ids: list[int], *, what: str, at: datetime, **who: str) -> None:
    if not ids:
        return
    named = {"ids": ids, "what": what[:200], "at": at, "since": at - SAME_LOOK, **who}
    # As the program: a department may add to a subject's log, and not read in it.
    with acting(actor=PROGRAM), connection.cursor() as cursor:
        cursor.execute(statement, named)  # type: ignore[arg-type]  # an array of numbers, which the stubs leave out


def _body_of(actor: Actor) -> str:
    """Name the body an officer acts for; auditors and administrators act for none of them."""
    if actor.of_office:
        return catalogue.credit_office().short_name
    if not actor.department_code:
        return ""
    try:
        return catalogue.department(code=actor.department_code).name
    except catalogue.NotInPacks:
        return actor.department_code
