"""What was handed over, and who confirmed: raw SQL as the application's role tries the shortcuts, and is refused."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from publiccredit.accounts.operations import act_as, acting
from publiccredit.accounts.types import PROGRAM, Actor
from publiccredit.recipients.models import Notice
from publiccredit.recipients.operations import UnableToConfirm, confirm_by_person, deliver_due, tell
from publiccredit.recipients.types import Answer, Cause, ConfirmedBy, NoticeKind
from tests.factories import stored_record, stored_subject
from tests.flows.cases import AT, CLERK, LIAISON, people
from tests.flows.recipients import given, registered, token_of

# Statements typed past the program: its own lines only prepare them, as in other tests, and need no counting.
pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]
RECEIPT = "v1," + "A" * 43 + "="


@pytest.fixture(autouse=True)
def notice() -> Notice:
    act_as(actor=PROGRAM)
    people()
    record = stored_record(subject=stored_subject())
    recipient = registered(callback_url="http://127.0.0.1:9/")
    given(recipient, record)
    tell(kinds={record.pk: NoticeKind.CORRECTED}, cause=Cause(entry_id=7, at=AT, authority="濉溪县市场监督管理局"))
    return Notice.objects.get()


def _refused(statement: str, *values: Any, by: Actor = PROGRAM) -> None:
    with acting(actor=by), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE recipients_handover SET purpose = 'another'",
        "DELETE FROM recipients_handover",
        "TRUNCATE recipients_handover",
        "DELETE FROM recipients_notice",
        "DELETE FROM recipients_recipient",
        "UPDATE recipients_notice SET body = '{}'",
        "UPDATE recipients_notice SET recipient_id = recipient_id + 1",
        "UPDATE recipients_notice SET state = 'confirmed', due_at = NULL",
        "UPDATE recipients_notice SET state = 'confirmed', due_at = NULL, confirmed_at = now(), confirmed_by = 'callback'",
        "UPDATE recipients_notice SET state = 'confirmed', due_at = NULL, confirmed_at = now(), confirmed_by = 'interface'",
        "UPDATE recipients_notice SET state = 'escalated', due_at = NULL",
        'INSERT INTO recipients_notice SELECT (jsonb_populate_record(n, \'{"id": 99, "entry_id": 8, "state": "confirmed",'
        ' "delivery_id": "00000000-0000-0000-0000-000000000001"}\')).* FROM recipients_notice n',
    ],
)
def test_no_shortcut_passes_the_database(statement: str) -> None:
    _refused(statement)


def test_a_callback_confirms_only_where_a_call_was_taken() -> None:
    confirm = (
        "UPDATE recipients_notice SET state = 'confirmed', due_at = NULL, confirmed_at = now(), confirmed_by = 'callback',"
        f" receipt = '{RECEIPT}'"
    )
    _refused(confirm)
    deliver_due(now=lambda: AT, send=lambda o: Answer(503), chance=lambda: 0.5)
    _refused(confirm)


def test_a_token_confirms_only_its_own_recipient() -> None:
    other = registered(2)
    token_of(other)
    _refused(
        "UPDATE recipients_notice SET state = 'confirmed', due_at = NULL, confirmed_at = now(), confirmed_by = 'interface',"
        " confirming_token_id = (SELECT max(id) FROM recipients_recipienttoken)"
    )


def test_a_word_by_phone_is_taken_down_by_an_officer_of_the_office_only(notice: Notice) -> None:
    statement = (
        "UPDATE recipients_notice SET state = 'confirmed', due_at = NULL, confirmed_at = now(), confirmed_by = 'phone',"
        " confirming_officer = %s, confirming_reason = %s"
    )
    _refused(statement, "clerk", "对方来电确认", by=LIAISON)
    _refused(statement, "nobody", "对方来电确认", by=CLERK)
    _refused(statement, "clerk", "", by=CLERK)
    with pytest.raises(UnableToConfirm, match="至少 5 字"):
        confirm_by_person(by=CLERK, notice_id=notice.pk, how=ConfirmedBy.PHONE, reason="好", at=AT)
    confirm_by_person(by=CLERK, notice_id=notice.pk, how=ConfirmedBy.PHONE, reason="对方来电确认", at=AT)
    _refused("UPDATE recipients_notice SET confirming_reason = '改写过的理由'", by=CLERK)
    with pytest.raises(UnableToConfirm, match="已经确认"):
        confirm_by_person(by=CLERK, notice_id=notice.pk, how=ConfirmedBy.POST, reason="对方来信确认", at=AT)


def test_a_revoked_token_never_lives_again() -> None:
    token_of(registered(3))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE recipients_recipienttoken SET revoked_at = now()")
    _refused("UPDATE recipients_recipienttoken SET revoked_at = NULL")
