"""Cases opened at once by several people get numbers one after another, and one that fails leaves no gap."""

import threading

import pytest
from django.db import connection, transaction

from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM
from publiccredit.casework.models import Case
from publiccredit.catalogue.types import ProcedureName
from tests.factories import stored_record, stored_subject
from tests.flows.cases import opened, people

AT_ONCE, FAILING = 12, 4
PRESSED = 4


class _GivenUpError(Exception):
    """Something after the opening failed, and took it with it."""


@pytest.fixture
def database(fresh_database: str) -> str:
    act_as(actor=PROGRAM)
    return fresh_database


@pytest.mark.usefixtures("database")
def test_numbers_of_cases_opened_at_once_have_no_gap_and_no_double() -> None:
    people()
    subject = stored_subject()
    records = [stored_record(subject=subject, number=n) for n in range(AT_ONCE)]
    barrier, given_up = threading.Barrier(AT_ONCE), []

    def open_one(place: int) -> None:
        act_as(actor=PROGRAM)
        barrier.wait()
        try:
            with transaction.atomic():
                opened(ProcedureName.OBJECTION, records[place], ground="other")
                if place < FAILING:
                    raise _GivenUpError
        except _GivenUpError:
            given_up.append(place)
        finally:
            connection.close()

    threads = [threading.Thread(target=open_one, args=(place,)) for place in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given_up) == list(range(FAILING))
    numbers = sorted(Case.objects.values_list("number", flat=True), key=lambda n: (len(n), n))
    assert numbers == [f"濉信异〔2026〕{n}号" for n in range(1, AT_ONCE - FAILING + 1)]


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("procedure", "ground"), [(ProcedureName.OBJECTION, "other"), (ProcedureName.CREDIT_REPAIR, "duties_performed")]
)
def test_a_form_pressed_several_times_at_once_is_one_case(procedure: ProcedureName, ground: str) -> None:
    people()
    record = stored_record(subject=stored_subject())
    barrier, answered = threading.Barrier(PRESSED), []

    def press() -> None:
        act_as(actor=PROGRAM)
        barrier.wait()
        try:
            answered.append(opened(procedure, record, ground=ground, idempotency_key="one form").number)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(PRESSED)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answered == [Case.objects.get().number] * PRESSED
