"""Every case has the next number of its kind and year, whoever opens how many at once and whatever fails."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from publiccredit.accounts.operations import acting
from publiccredit.casework.models import Case, CaseNumber, Letter
from publiccredit.casework.operations import UnableToOpenCase
from publiccredit.catalogue.types import ProcedureName
from publiccredit.ledger.models import Entry
from publiccredit.subjects.models import Record
from tests.factories import stored_record
from tests.flows.cases import CLERK, objection_ready, opened, repair_ready
from tests.flows.officers import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]


def test_each_kind_counts_by_itself_and_begins_anew_with_the_year(record: Record) -> None:
    others = [stored_record(subject=record.subject, number=n) for n in (2, 3)]
    first = [objection_ready(record), repair_ready(others[0]), objection_ready(others[1])]
    new_year = datetime(2026, 12, 31, 16, tzinfo=UTC)  # midnight in China
    before = opened(ProcedureName.OBJECTION, record, ground="other", at=new_year - timedelta(seconds=1))
    after = opened(ProcedureName.OBJECTION, record, ground="other", at=new_year)
    assert [c.number for c in (*first, before, after)] == [
        "濉信异〔2026〕1号", "濉信修〔2026〕1号", "濉信异〔2026〕2号", "濉信异〔2026〕3号", "濉信异〔2027〕1号",
    ]  # fmt: skip


def test_what_fails_leaves_no_gap(record: Record) -> None:
    objection_ready(record)
    with pytest.raises(UnableToOpenCase):
        opened(ProcedureName.OBJECTION, record, ground="no_such_ground")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        opened(ProcedureName.OBJECTION, record, ground="other")
        raise ZeroDivisionError
    assert opened(ProcedureName.OBJECTION, record, ground="other").number == "濉信异〔2026〕2号"


def test_page_letter_and_ledger_name_a_case_by_its_number(record: Record) -> None:
    case = objection_ready(record)
    assert case.number == "濉信异〔2026〕1号"
    assert case.number in read(CLERK, f"/cases/{case.pk}/")
    letter = Letter.objects.get(case=case)
    assert letter.number == "濉信异〔2026〕1号-1"
    assert "编号 濉信异〔2026〕1号" in letter.text
    entry = Entry.objects.get(operation="open_case")
    assert json.loads(entry.payload)["number"] == case.number


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE casework_casenumber SET last = last + 2", "one after another"),
        ("UPDATE casework_casenumber SET last = last - 1", "one after another"),
        ("UPDATE casework_casenumber SET last = last + 1, year = year + 1", "one after another"),
        ("INSERT INTO casework_casenumber (prefix, year, last) VALUES ('濉信异', 2030, 7)", "one after another"),
        ("DELETE FROM casework_casenumber", "permission denied|never removed"),
        ("UPDATE casework_case SET number = '濉信异〔2026〕9号'", "never edited"),
    ],
)
def test_the_database_refuses_a_number_out_of_turn(record: Record, statement: str, message: str) -> None:
    objection_ready(record)
    refusal = pytest.raises(DatabaseError, match=message)
    with acting(actor=CLERK), refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    columns = [f.column for f in Case._meta.local_fields if f.column not in ("id", "number", "idempotency_key")]
    names = ", ".join(f'"{c}"' for c in columns)
    copied = f"INSERT INTO casework_case (number, {names}) SELECT '濉信异〔2026〕8号', {names} FROM casework_case"
    refusal = pytest.raises(DatabaseError, match="not the number that is due")
    with acting(actor=CLERK), refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(copied)
    assert list(CaseNumber.objects.values_list("prefix", "year", "last")) == [("濉信异", 2026, 1)]
