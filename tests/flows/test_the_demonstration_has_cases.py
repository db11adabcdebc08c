"""The demonstration's cases are taken to their steps by the operations, once."""

from collections import Counter
from datetime import date

import pytest

from publiccredit.accounts.models import Officer
from publiccredit.casework.models import Case
from publiccredit.ledger.models import Entry
from publiccredit.site.demo import cases
from publiccredit.site.demo.accounts import ACCOUNTS
from tests.factories import stored_record, stored_subject
from tests.flows.cases import AT

pytestmark = pytest.mark.django_db
UNTIL = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def county(as_program: None) -> None:
    del as_program
    for account in ACCOUNTS:
        Officer.objects.create(
            username=account.username,
            display_name=account.display_name,
            role=account.role.value,
            department_code=account.department,
            created_at=AT,
            password="!",
        )
    for number in range(1, len(cases.STORIES) + 3):
        subject = stored_subject(number=number, name=f"濉溪县示例{number}有限公司")
        stored_record(subject=subject, number=number)


def test_the_desks_of_the_demonstration_are_not_empty() -> None:
    assert cases.open_cases(until=UNTIL) == len(cases.STORIES)
    assert Counter(Case.objects.values_list("state", flat=True)) == {
        "opened": 4,  # with the review of one
        "in_hand": 3,
        "waiting_for_papers": 1,
        "with_source": 1,
        "proposed": 1,
        "decided": 3,
        "closed": 2,
    }
    entries = Entry.objects.count()
    assert cases.open_cases(until=UNTIL) == 0
    assert Entry.objects.count() == entries
