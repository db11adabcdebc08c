"""An auditor reads what was done, proves the chain, and takes the head away."""

import json
from datetime import UTC, datetime

import pytest
from django.test import Client

from publiccredit.accounts.operations import open_account
from publiccredit.accounts.types import PROGRAM, Role
from publiccredit.ledger.operations import record_entry
from publiccredit.ledger.queries import head

AT = datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)


@pytest.fixture
def auditor(db: None) -> Client:
    officer = open_account(
        by=PROGRAM, username="shen", display_name="审", role=Role.AUDITOR, department_code="",
        password="long-enough-3819", at=AT,
    )  # fmt: skip
    client = Client()
    client.force_login(officer, backend="publiccredit.accounts.backends.OfficerBackend")
    return client


def test_the_newest_acts_come_first_and_older_ones_follow_by_page(auditor: Client) -> None:
    for number in range(60):
        record_entry(actor="li", operation="x", object_kind="y", object_id=number, at=AT)
    page = auditor.get("/oversight/ledger/").content.decode()
    assert page.count('<span class="unseen">位置 </span>') == 50
    assert "y 59" in page
    assert "?before=12" in page
    older = auditor.get("/oversight/ledger/?before=12").content.decode()
    assert older.count('<span class="unseen">位置 </span>') == 11
    assert 'rel="next"' not in older


def test_one_kind_of_act_can_be_kept(auditor: Client) -> None:
    record_entry(actor="li", operation="x", object_kind="y", object_id=1, at=AT)
    page = auditor.get("/oversight/ledger/?operation=x").content.decode()
    assert page.count('<span class="unseen">位置 </span>') == 1


def test_the_chain_is_proved_on_demand(auditor: Client) -> None:
    page = auditor.post("/oversight/ledger/verification/").content.decode()
    assert "链完整" in page
    assert "全部 1 条" in page


def test_the_head_is_a_file_that_names_the_last_entry(auditor: Client) -> None:
    response = auditor.get("/oversight/ledger/head.json")
    present = head()
    assert present is not None
    assert json.loads(response.content)["head"] == {"position": present.position, "hash": present.hash}
    assert "attachment" in response["Content-Disposition"]
