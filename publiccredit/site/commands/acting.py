"""Who acts at the shell, and what is kept of it: the account, the proof of the second factor, the look at a file."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from publiccredit.site.commands.running import django_ready
from publiccredit.site.commands.speaking import Refused

if TYPE_CHECKING:
    from publiccredit.accounts.types import Actor
    from publiccredit.casework.queries import Case
    from publiccredit.subjects.queries import Record


@contextmanager
def ready() -> Iterator[None]:
    """Have the database up, and act in it as the program meanwhile; the ledger marks what is done so."""
    django_ready()
    from publiccredit.accounts.operations import FileClosed
    from publiccredit.ledger.types import typed_at_shell
    from publiccredit.site import database

    database.start()
    with database.acting_as_program(), typed_at_shell():
        try:
            yield
        except FileClosed as closed:
            raise Refused(code="file_closed", message=str(closed)) from closed


@contextmanager
def refusals(at_field: Mapping[type[Exception], str] | None = None) -> Iterator[None]:
    """Say what an operation refuses, at the option it is about where that is known."""
    from publiccredit.accounts.operations import NotAllowed, WrongCode
    from publiccredit.casework.operations import CaseRefused

    try:
        yield
    except (CaseRefused, NotAllowed, WrongCode) as refusal:
        about = next((f for kind, f in (at_field or {}).items() if isinstance(refusal, kind)), None)
        where = option_of(about) if about else None
        raise Refused(code=refusal_code(type(refusal)), message=str(refusal), where=where) from refusal


def refusal_code(kind: type[Exception]) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in kind.__name__).lstrip("_")


def option_of(field: str) -> str:
    """Give the option by which a field is filled in."""
    return f"--{field.replace('_', '-')}"


def word_of(kind: Any, word: str, where: str) -> Any:
    try:
        return kind(word)
    except ValueError:
        known = "、".join(k.value for k in kind)
        raise Refused(code="unknown_word", message=f"没有“{word}”。请改为下列之一：{known}。", where=where) from None


def acting_account(account: str) -> "Actor":
    from publiccredit.accounts import queries

    officer = queries.officers().filter(username=account, is_active=True).first()
    if officer is None:
        raise Refused(code="no_account", message=f"没有账号“{account}”，或者已经停用。请核对。", where="--by")
    return officer.actor


def proved(by: "Actor", code: str, at: datetime) -> "Actor":
    from publiccredit.accounts import operations, queries

    try:
        operations.prove_second_factor(officer_id=queries.officers().get(username=by.name).pk, code=code, at=at)
    except operations.WrongCode as error:
        raise Refused(code="wrong_code", message=str(error), where="--code") from error
    return replace(by, proved_at=at)


def reader_of_cases(account: str) -> "Actor":
    """Give who reads cases: whoever may open their pages."""
    from publiccredit.casework import working

    by = acting_account(account)
    if not working.READERS.admits(by.role):
        message = f"账号“{account}”的岗位不办理也不查阅案件。请用信用办、部门或者审计的账号。"
        raise Refused(code="not_allowed", message=message, where="--by")
    return by


def seen_case(number: str, by: "Actor", at: datetime) -> "Case":
    """
    Give a case to an officer who may look into it; the look stands on the log of the subject it is about.

    :raises FileClosed: the officer has declared a relation to that subject.
    """
    from publiccredit.casework import working
    from publiccredit.subjects.operations import note_officers_look

    found = known_case(number, by)
    working.verify_case_open(case=found, actor=by)
    note_officers_look(actor=by, subject_ids=[found.subject_id], what=f"办理或者查阅案件 {found.number}", at=at)
    return found


def known_case(number: str, by: "Actor") -> "Case":
    """Give a case of which an officer may know that it is there."""
    from publiccredit.accounts.operations import acting
    from publiccredit.casework import queries

    with acting(actor=by):
        found = queries.case_by_number(number=number.strip())
    if found is None or (by.of_department and found.department_code != by.department_code):
        message = f"没有案件“{number}”，或者不属于本单位办理。用 case list 查看编号。"
        raise Refused(code="case_not_found", message=message, where="案件编号")
    return found


def note_look_at_record(record: "Record", by: "Actor", what: str, at: datetime) -> None:
    """Enter on the log of a record's subject that an officer looked at it, and at what of it."""
    from publiccredit.subjects.operations import note_officers_look

    note_officers_look(actor=by, subject_ids=[record.subject_id], what=f"查看第 {record.pk} 号记录{what}", at=at)
