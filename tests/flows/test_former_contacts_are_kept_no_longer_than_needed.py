"""
What the counter took down of a reader, former contacts, handlers and the sources of attempts to prove a subject: shown to
nobody once their terms are over, and then erased, in one act (PIPL, articles 19, 47).
"""

import json
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from publiccredit.accounts.operations import acting
from publiccredit.accounts.types import PROGRAM, Actor
from publiccredit.casework.models import Case, Letter
from publiccredit.casework.operations import request_review
from publiccredit.casework.types import Applicant
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Confidence, KeptName, Party
from publiccredit.ledger.models import Entry
from publiccredit.ledger.queries import verify
from publiccredit.subjectdesk import codes
from publiccredit.subjectdesk.models import Handler, Message, ProofAttempt, RegisteredContact
from publiccredit.subjectdesk.operations import erase_contacts
from publiccredit.subjectdesk.operations.erasing import SALT
from publiccredit.subjects.models import Record, Subject
from tests.factories import stored_record, stored_subject
from tests.flows.cases import AT, CLERK
from tests.flows.desks import CONTACT, at_the_desk, left_behind, taken_down_at_the_counter
from tests.flows.officers import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]
NEW = (KeptName.READER_NAME, KeptName.FORMER_CONTACT, KeptName.HANDLER_CONTACT, KeptName.PROOF_ATTEMPT)
HANDLER_CONTACT = "13900000002"


def _days(name: KeptName) -> timedelta:
    return timedelta(days=catalogue.keeping(name=name).days)


@pytest.fixture
def record() -> Record:
    return stored_record(subject=stored_subject())


@pytest.fixture
def subject(record: Record) -> Subject:
    assert record.subject is not None
    left_behind(record.subject)
    return record.subject


def _page(day: timedelta, address: str) -> str:
    with patch("django.utils.timezone.now", return_value=AT + day):
        return read(CLERK, address)


def _done(at: Any) -> dict[str, int]:
    erase_contacts(at=at)
    entry = Entry.objects.filter(operation="erase_contacts").order_by("position").last()
    assert entry is not None
    return dict(json.loads(entry.payload))


def test_every_term_stands_in_the_packs_with_its_ground_and_is_the_countys_choice() -> None:
    kept = [catalogue.keeping(name=name) for name in NEW]
    assert {(k.confidence, k.note.startswith("县自定")) for k in kept} == {(Confidence.ASSUMED, True)}
    assert catalogue.keeping(name=KeptName.PROOF_ATTEMPT).days >= 184  # six months, whichever they are


# --- a reader at the counter ----------------------------------------------------------------------------------------


def test_a_reader_of_the_counter_is_named_on_the_last_day_and_not_on_the_next(record: Record) -> None:
    case = taken_down_at_the_counter(record)
    days = _days(KeptName.READER_NAME)
    last, next_one = (_page(days + timedelta(days=n), f"/cases/{case.pk}/") for n in (0, 1))
    assert "钱七" in last and "13900000003" in last and "孙八" in last
    assert not any(words in next_one for words in ("钱七", "13900000003", "孙八"))
    assert "姓名和联系方式的保存期限已届满" in next_one


def test_a_reader_of_the_counter_is_erased_and_the_case_stays(record: Record) -> None:
    case = taken_down_at_the_counter(record)
    letters = list(Letter.objects.filter(case=case).values_list("text", flat=True))
    days = _days(KeptName.READER_NAME)
    assert erase_contacts(at=AT + days) == 0
    assert _done(AT + days + timedelta(days=1)) == {"reader_names": 1}
    erased = Case.objects.get(pk=case.pk)
    assert (erased.applicant_name, erased.contact, erased.handler_name) == ("读者", "", "")
    assert (erased.handler_authorisation_sha256, erased.request) == ("a" * 64, case.request)
    entry = Entry.objects.get(operation="erase_contacts")
    assert (erased.erasing_entry_id, erased.erased_at) == (entry.pk, AT + days + timedelta(days=1))
    assert list(Letter.objects.filter(case=case).values_list("text", flat=True)) == letters
    assert not any("钱七" in text for text in letters)
    assert erase_contacts(at=AT + timedelta(days=1000)) == 0
    assert Entry.objects.filter(operation="erase_contacts").count() == 1


def test_a_review_keeps_the_reader_of_the_first_case(record: Record) -> None:
    case = taken_down_at_the_counter(record)
    reader = Applicant(Party.READER, "钱七", "13900000003")
    request_review(by=CLERK, case_id=case.pk, applicant=reader, request="不服", at=AT)
    assert erase_contacts(at=AT + timedelta(days=1000)) == 0


@pytest.mark.parametrize(
    ("by", "change"),
    [
        (CLERK, "applicant_name = '读者', contact = '', handler_name = ''"),
        (PROGRAM, "applicant_name = '别人', contact = '', handler_name = ''"),
        (PROGRAM, "applicant_name = '读者', contact = '', handler_name = '', request = '改写'"),
    ],
    ids=str,
)
def test_the_database_lets_nothing_but_the_erasing_of_a_reader_through(record: Record, by: Actor, change: str) -> None:
    case = taken_down_at_the_counter(record)
    when = "erased_at = now() + interval '10 years', erasing_entry_id = 1"
    with pytest.raises(DatabaseError), acting(actor=by), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE casework_case SET {change}, {when} WHERE id = %s", [case.pk])
    assert Case.objects.get(pk=case.pk).applicant_name == "钱七"


# --- former contacts, handlers, attempts ----------------------------------------------------------------------------


def test_former_contacts_and_handlers_are_not_shown_when_their_term_is_over(subject: Subject, client: Client) -> None:
    days = _days(KeptName.FORMER_CONTACT)
    last, next_one = (_page(days + timedelta(days=n), f"/proofs/{subject.uscc}/") for n in (0, 1))
    assert (CONTACT in last, CONTACT in next_one) == (True, False)
    assert "王五，联系方式的保存期限已届满（已停用）" in next_one
    assert "13900000001" in next_one  # the one that stands
    with patch("django.utils.timezone.now", return_value=AT + days + timedelta(days=1)):
        page = at_the_desk(subject, client).get("/mine/handlers/").content.decode()
    assert HANDLER_CONTACT not in page and "赵六，联系方式的保存期限已届满" in page


def test_all_of_them_are_erased_in_one_act_with_a_statement_for_each_kind(record: Record, subject: Subject) -> None:
    other = stored_subject(number=2, name="濉溪县示例2号建材有限公司")
    left_behind(other)
    taken_down_at_the_counter(record)
    at = AT + _days(KeptName.FORMER_CONTACT) + timedelta(days=1)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        done = _done(at)
    assert done == {"reader_names": 1, "former_contacts": 2, "handler_contacts": 2, "proof_attempts": 2}
    written = [q["sql"] for q in asked.captured_queries if q["sql"].startswith("UPDATE")]
    assert (
        len([sql for sql in written if "subjectdesk_" in sql or "casework_" in sql]) == 5
    )  # no challenge came in online
    assert verify().holds


def test_who_acted_stays_provable_without_the_contact(subject: Subject) -> None:
    erase_contacts(at=AT + _days(KeptName.HANDLER_CONTACT) + timedelta(days=1))
    handler = Handler.objects.get()
    assert (handler.name, handler.contact, handler.rights) == ("赵六", "", ["see"])
    assert codes.same(kept=handler.contact_hash, code=HANDLER_CONTACT, salt=SALT)
    assert not codes.same(kept=handler.contact_hash, code=CONTACT, salt=SALT)
    former = RegisteredContact.objects.get(ended_at__isnull=False)
    assert (former.name, former.contact, bool(former.evidence)) == ("王五", "", True)
    assert codes.same(kept=former.contact_hash, code=CONTACT, salt=SALT)
    attempt = ProofAttempt.objects.get()
    assert (attempt.source_hash, attempt.succeeded, attempt.at) == ("", True, AT)
    assert RegisteredContact.objects.get(ended_at__isnull=True).contact == "13900000001"


def test_a_message_says_no_longer_to_which_former_contact_it_went(subject: Subject) -> None:
    for number, contact in enumerate((CONTACT, "13900000001", HANDLER_CONTACT)):
        Message.objects.create(
            subject=subject, kind="repair_opens", key=str(number), contact=contact, text="可以申请修复", written_at=AT,
            sent_at=AT, entry_id=1,
        )  # fmt: skip
    assert _done(AT + timedelta(days=400))["message_contacts"] == 2
    assert sorted(Message.objects.values_list("contact", flat=True)) == ["", "", "13900000001"]


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("registeredcontact", "contact = '', contact_hash = 'x', erased_at = now()"),  # the standing one too
        ("registeredcontact", "contact = '' , erased_at = now() + interval '1 year'"),
        ("handler", "contact = '', contact_hash = 'x', erased_at = now() + interval '9 years', name = '别人'"),
        ("handler", "contact_hash = 'x'"),
        ("proofattempt", "source_hash = '', erased_at = at"),
        ("proofattempt", "source_hash = '', erased_at = now() + interval '1 year', succeeded = false"),
        ("proofattempt", "source_hash = 'x'"),
    ],
)
def test_the_database_lets_nothing_but_the_erasing_through(subject: Subject, table: str, change: str) -> None:
    refused = pytest.raises(DatabaseError, match=r"erased, once and after|never removed or rewritten|has_evidence")
    with refused, acting(actor=PROGRAM), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE subjectdesk_{table} SET {change}")
    assert not Handler.objects.filter(erased_at__isnull=False).exists()
