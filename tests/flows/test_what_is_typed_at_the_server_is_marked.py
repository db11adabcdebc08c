"""An act by a command carries its mark in the ledger, and an auditor can look for it (DP-35)."""

import json

import pytest
from django.test import Client

from publiccredit.accounts.types import Role
from publiccredit.casework.models import Letter
from publiccredit.casework.queries import case_by_number
from publiccredit.ledger.models import Entry
from publiccredit.ledger.operations import record_entry
from publiccredit.ledger.types import typed_at_shell
from tests.accounts import opened_account
from tests.factories import stored_record, stored_subject
from tests.flows.cases import AT, objection_ready, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program")]


def _enter(actor: str) -> Entry:
    number = record_entry(actor=actor, operation="check_rules", object_kind="rules", object_id="all", at=AT)
    return Entry.objects.get(pk=number)


def test_an_act_by_a_command_is_marked_and_one_on_a_page_is_not() -> None:
    with typed_at_shell():
        typed = _enter("office_clerk")
    pressed = _enter("office_head")
    assert (json.loads(typed.payload), json.loads(pressed.payload)) == ({"at_shell": True}, {})


def test_an_auditor_looks_for_what_was_typed_at_the_server(client: Client) -> None:
    with typed_at_shell():
        typed = _enter("office_clerk")
    pressed = _enter("office_head")
    officer = opened_account(username="shenji", role=Role.AUDITOR)
    client.force_login(officer, backend="publiccredit.accounts.backends.OfficerBackend")
    every, only = (client.get("/oversight/ledger/", asked).content.decode() for asked in ({}, {"at_shell": "on"}))
    addresses = [f"/oversight/ledger/{entry.position}/" for entry in (typed, pressed)]
    assert [address in every for address in addresses] == [True, True]
    assert [address in only for address in addresses] == [True, False]
    assert "在服务器上用命令办理" in only


def test_a_case_is_found_by_its_number_in_any_brackets() -> None:
    people()
    case = objection_ready(stored_record(subject=stored_subject()))
    plain = case.number.replace("〔", "[").replace("〕", "]")
    assert plain != case.number
    assert [case_by_number(number=n) for n in (plain, f" {case.number} ", "濉信异[2026]9999号")] == [case, case, None]
    assert Letter.objects.filter(case=case).exists()
