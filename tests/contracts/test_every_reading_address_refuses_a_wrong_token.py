"""Whoever reads without a token is answered; whoever brings one that is not a recipient's is not read for a stranger."""

from collections.abc import Iterator
from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from django.test import Client

from publiccredit.accounts.types import Role
from publiccredit.site.api_description import description
from tests.accounts import issued_token, opened_account
from tests.factories import stored_record, stored_subject
from tests.flows.cases import AT
from tests.flows.recipients import registered, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program")]
ASKED = {"search": {"q": "建材"}}


def reading() -> dict[str, str]:
    """Give what the description offers to read without a token: operation and address."""
    found = {}
    for path, methods in description()["paths"].items():
        stated = methods.get("get")
        if stated and path.startswith("/api/v1/") and {} in stated.get("security", [{}]):
            found[stated["operationId"]] = path
    return found


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with patch("django.utils.timezone.now", return_value=datetime(2026, 9, 1, 4, tzinfo=UTC)):
        yield


@pytest.fixture
def addresses() -> dict[str, str]:
    subject = stored_subject()
    values = {"identifier": subject.uscc, "record_id": stored_record(subject=subject, number=1).pk}
    return {name: path.format(**values) for name, path in reading().items()}


def test_every_address_that_is_read_without_a_token_is_among_them() -> None:
    assert {"search", "subject", "record", "catalogue", "changes", "case_statistics"} <= set(reading())


def test_without_a_token_and_with_a_recipients_every_address_answers(client: Client, addresses: dict[str, str]) -> None:
    known = {"Authorization": f"Bearer {token_of(registered())}"}
    for headers in ({}, known):
        answered = {n: client.get(a, ASKED.get(n), headers=headers).status_code for n, a in addresses.items()}
        assert answered == dict.fromkeys(addresses, 200)


def test_any_other_header_is_refused_at_every_address(client: Client, addresses: dict[str, str]) -> None:
    officer = opened_account(username="sender", display_name="报送", role=Role.LIAISON,
        department_code="market_regulation", password="long-enough-3819", at=AT,
    )  # fmt: skip
    senders = issued_token(officer, name="程序", at=AT).secret
    for header in ("Bearer x", "Bearer", "Basic YWJj", f"Bearer {senders}", "Bearer pct_wrong", "Bearer pcr_wrong"):
        for name, address in addresses.items():
            answer = client.get(address, ASKED.get(name), headers={"Authorization": header})
            said = (name, header, answer.status_code, answer.json().get("code"))
            assert said == (name, header, 401, "authentication_failed")
            assert answer.headers["Cache-Control"] == "no-store"


def test_the_description_offers_a_recipients_token_and_names_the_refusal() -> None:
    for name, path in reading().items():
        stated = description()["paths"][path]["get"]
        assert ({"recipient_token": []} in stated["security"], "401" in stated["responses"]) == (True, True), name
