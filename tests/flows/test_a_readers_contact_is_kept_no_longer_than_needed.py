"""What a reader left to be reached by is shown to nobody once its term is over, and then erased (PIPL, articles 19, 47)."""

import json
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from django.db import DatabaseError, connection, transaction

from publiccredit.accounts.operations import act_as, acting
from publiccredit.accounts.types import PROGRAM, Actor
from publiccredit.casework.models import Case
from publiccredit.casework.operations import reject_objection, request_review, take_back_request, take_case
from publiccredit.casework.types import Applicant
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Confidence, KeptName, Party
from publiccredit.ledger.models import Entry
from publiccredit.subjectdesk.models import ReaderChallenge
from publiccredit.subjectdesk.operations import (
    Contested,
    challenge_record,
    erase_contacts,
    followed,
    new_form_key,
    review_challenge,
)
from publiccredit.subjectdesk.operations.challenging import Receipt
from publiccredit.subjectdesk.queries import contact_of_reader
from tests.factories import stored_record, stored_subject
from tests.flows.cases import AT, CLERK, REASONS, SECOND_CLERK, people
from tests.flows.desks import SOURCE
from tests.flows.officers import browser

pytestmark = pytest.mark.django_db
CONTACT = "13812345678"
DAYS = catalogue.keeping(name=KeptName.READER_CONTACT).days
LAST = AT + timedelta(days=DAYS)  # the last day on which it is kept


@pytest.fixture
def challenged() -> Receipt:
    act_as(actor=PROGRAM)
    people()
    record = stored_record(subject=stored_subject())
    contested = Contested(record.pk, "", "other", "金额与决定书不符", "决定书第二页", CONTACT)
    with patch("time.time", return_value=AT.timestamp()):
        return challenge_record(contested=contested, key=new_form_key(), source=SOURCE, at=AT)


def _rejected(case: Case, *, at: datetime = AT, by: Actor = CLERK) -> None:
    take_case(by=by, case_id=case.pk, at=at)
    reject_objection(by=by, case_id=case.pk, reasons=REASONS, at=at)


def _kept() -> tuple[str, bool, bool]:
    with acting(actor=PROGRAM):
        row = ReaderChallenge.objects.get()
    return row.contact, bool(row.source_hash), row.erased_at is not None


def test_the_term_stands_in_the_packs_with_its_ground_and_is_the_countys_choice() -> None:
    kept = catalogue.keeping(name=KeptName.READER_CONTACT)
    assert "第十九条" in kept.basis
    assert (kept.confidence, kept.note.startswith("县自定")) == (Confidence.ASSUMED, True)


def test_a_contact_is_kept_while_its_case_is_undecided(challenged: Receipt) -> None:
    assert erase_contacts(at=AT + timedelta(days=1000)) == 0
    assert _kept() == (CONTACT, True, False)


def test_a_contact_is_shown_on_the_last_day_of_its_term_and_not_on_the_next(challenged: Receipt) -> None:
    _rejected(challenged.case)
    with acting(actor=CLERK):
        found = [contact_of_reader(case_id=challenged.case.pk, on=LAST.date() + timedelta(days=n)) for n in (0, 1)]
    assert [(f.contact, f.over) for f in found if f] == [(CONTACT, False), ("", True)]
    assert _kept() == (CONTACT, True, False), "nothing has run: what is over is not shown all the same"


def test_a_contact_is_erased_when_its_term_is_over_and_the_case_stays_to_be_followed(challenged: Receipt) -> None:
    _rejected(challenged.case)
    assert erase_contacts(at=LAST) == 0
    assert erase_contacts(at=LAST + timedelta(days=1)) == 1
    assert erase_contacts(at=LAST + timedelta(days=1)) == 0
    assert _kept() == ("", False, True)
    entry = Entry.objects.get(operation="erase_contacts")
    assert json.loads(entry.payload) == {"reader_contacts": 1}
    assert followed(number=challenged.case.number, code=challenged.code).pk == challenged.case.pk


def test_what_a_reader_took_back_is_erased_after_the_same_term(challenged: Receipt) -> None:
    take_back_request(by=CLERK, case_id=challenged.case.pk, stated="来电，存卷", at=AT)
    assert erase_contacts(at=LAST + timedelta(days=1)) == 1


def test_a_review_the_office_takes_down_keeps_its_reader_reached_until_it_has_ended(challenged: Receipt) -> None:
    _rejected(challenged.case)
    review = request_review(
        by=CLERK, case_id=challenged.case.pk, applicant=Applicant(Party.READER, "读者"), request="不服", at=AT
    )
    much_later = LAST + timedelta(days=100)
    assert erase_contacts(at=much_later) == 0
    for case in (challenged.case, review):
        with patch("django.utils.timezone.now", return_value=much_later):
            assert CONTACT in browser(CLERK).get(f"/challenges/{case.pk}/contact/").content.decode()
    _rejected(review, at=much_later, by=SECOND_CLERK)
    assert erase_contacts(at=much_later + timedelta(days=DAYS + 1)) == 1


def test_a_review_brings_back_no_contact_whose_term_is_over(challenged: Receipt) -> None:
    _rejected(challenged.case)
    review = review_challenge(
        number=challenged.case.number, code=challenged.code, request="不服", at=LAST + timedelta(days=1)
    )
    with acting(actor=CLERK):
        found = contact_of_reader(case_id=review.pk, on=LAST.date() + timedelta(days=1))
    assert found is not None
    assert found.contact == ""


def test_the_page_says_until_when_the_contact_is_kept_and_then_that_it_is_over(challenged: Receipt) -> None:
    _rejected(challenged.case)
    pages = []
    for now in (LAST, LAST + timedelta(days=1)):
        with patch("django.utils.timezone.now", return_value=now):
            pages.append(browser(CLERK).get(f"/challenges/{challenged.case.pk}/contact/").content.decode())
    assert CONTACT in pages[0]
    assert "期满删除" in pages[0]
    assert CONTACT not in pages[1]
    assert "届满，不再显示" in pages[1]


ERASED = "contact = '', source_hash = '', erased_at = now() + interval '10 years'"


@pytest.mark.parametrize(
    "change",
    [
        "contact = ''",  # without a time
        "contact = '', erased_at = now() + interval '10 years'",  # the source is left
        f"{ERASED}, code_hash = 'x'",
        "contact = 'somebody else', source_hash = '', erased_at = now() + interval '10 years'",
    ],
)
def test_the_database_lets_nothing_but_the_erasing_through(challenged: Receipt, change: str) -> None:
    _rejected(challenged.case)
    assert _refused(change)
    assert _kept() == (CONTACT, True, False)


def test_the_database_lets_no_contact_of_an_open_case_be_erased_nor_one_erased_twice(challenged: Receipt) -> None:
    assert _refused(ERASED)
    _rejected(challenged.case)
    assert not _refused(ERASED)
    assert _refused(ERASED)


def test_nobody_but_the_program_erases(challenged: Receipt) -> None:
    _rejected(challenged.case)
    with acting(actor=CLERK), connection.cursor() as cursor:
        cursor.execute(f"UPDATE subjectdesk_readerchallenge SET {ERASED}")
        assert cursor.rowcount == 0
    assert _kept() == (CONTACT, True, False)


def _refused(change: str) -> bool:
    try:
        with acting(actor=PROGRAM), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE subjectdesk_readerchallenge SET {change}")
    except DatabaseError:
        return True
    return False
