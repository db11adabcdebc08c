"""What the guide of recipients tells them to write does what it says, and names whatever they are told of."""

import re
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils import timezone

from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM
from publiccredit.recipients import signing
from publiccredit.recipients.models import Notice
from publiccredit.recipients.operations import deliver_due, tell
from publiccredit.recipients.types import Answer, Cause, NoticeKind, Outgoing
from publiccredit.subjects.models import Record
from tests.environment import ROOT
from tests.flows.cases import AT
from tests.flows.recipients import given, registered, token_of

pytestmark = pytest.mark.django_db
GUIDE = (ROOT / "docs/guide/recipient.md").read_text()


@pytest.fixture(scope="module")
def theirs() -> dict[str, Any]:
    """The program of a recipient, as the guide writes it."""
    program: dict[str, Any] = {}
    for block in re.findall(r"^```python\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL):
        exec(block, program)
    return program


@pytest.fixture(autouse=True)
def receiving() -> object:
    with patch("django.utils.timezone.now", return_value=AT):
        yield


def test_a_notice_that_was_fetched_is_checked_and_confirmed_with_a_receipt(
    client: Client, record: Record, theirs: dict[str, Any]
) -> None:
    recipient = registered()
    given(recipient, record)
    headers = {"Authorization": f"Bearer {token_of(recipient)}"}
    act_as(actor=PROGRAM)
    tell(kinds={record.pk: NoticeKind.CORRECTED}, cause=Cause(entry_id=7, at=AT, authority="濉溪县市场监督管理局"))
    key = signing.written(key=signing.key_of(recipient_id=recipient.pk, key_number=1))
    notice = client.get("/api/v1/notices", headers=headers).json()["notices"][0]
    assert theirs["is_genuine_notice"](key, notice)
    assert not theirs["is_genuine_notice"](key, notice | {"body": notice["body"] + " "})
    receipt = theirs["receipt_for"](key, notice["delivery_id"], notice["body"].encode())
    address = f"/api/v1/notices/{notice['delivery_id']}/acknowledge"
    done = client.post(address, {"receipt": receipt}, content_type="application/json", headers=headers)
    assert (done.status_code, done.json()["state"], Notice.objects.get().receipt) == (200, "confirmed", receipt)


def test_a_notice_that_was_called_out_is_checked_and_confirmed_in_the_answer(
    record: Record, theirs: dict[str, Any]
) -> None:
    recipient = registered(callback_url="http://127.0.0.1:9/")
    given(recipient, record)
    key = signing.written(key=signing.key_of(recipient_id=recipient.pk, key_number=1))
    tell(kinds={record.pk: NoticeKind.REPAIRED}, cause=Cause(entry_id=7, at=AT, authority="濉溪县市场监督管理局"))

    def answer(call: Outgoing) -> Answer:
        named = call.headers
        signed = named["webhook-id"], named["webhook-timestamp"], call.body, named["webhook-signature"]
        assert theirs["is_genuine"](key, *signed)
        assert not theirs["is_genuine"](signing.written(key=b"another"), *signed)
        return Answer(status=200, receipt=theirs["receipt_for"](key, named["webhook-id"], call.body))

    done = deliver_due(now=timezone.now, send=answer, chance=lambda: 0.5)
    assert (done.sent, done.confirmed) == (1, 1)


def test_the_guide_names_every_kind_of_notice() -> None:
    table = GUIDE.partition("| `type` |")[2]
    assert [kind.value for kind in NoticeKind if f"`{kind.value}`" not in table] == []
