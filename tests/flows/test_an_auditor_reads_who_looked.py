"""The auditor, and nobody else of the authorities, reads who looked into a subject's file; that is a look too (DP-26)."""

import pytest
from django.test import Client

from publiccredit.accounts.operations import acting
from publiccredit.accounts.types import DEPARTMENT_ROLES, PROGRAM, Role
from publiccredit.subjects.models import Look
from publiccredit.subjects.operations import note_officers_look
from tests.accounts import opened_account
from tests.factories import stored_record, stored_subject
from tests.flows.cases import AT, CLERK, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program")]


def _browser(role: Role) -> Client:
    department = "market_regulation" if role in DEPARTMENT_ROLES else ""
    officer = opened_account(username=f"a-{role.value}", role=role, department_code=department)
    browser = Client()
    browser.force_login(officer, backend="publiccredit.accounts.backends.OfficerBackend")
    return browser


def test_an_auditor_reads_who_looked_and_is_seen_to() -> None:
    people()
    record = stored_record(subject=stored_subject())
    note_officers_look(actor=CLERK, subject_ids=[record.subject_id], what="办理或者查阅案件 濉信异〔2026〕1号", at=AT)
    address = f"/oversight/looks/{record.subject_id}/"
    browser = _browser(Role.AUDITOR)
    page = browser.get(address).content.decode()
    assert "办理或者查阅案件 濉信异〔2026〕1号" in page
    assert "查看谁看过" in page
    with acting(actor=PROGRAM):
        looked = list(Look.objects.order_by("pk").values_list("account", "what"))
    assert looked == [(CLERK.name, "办理或者查阅案件 濉信异〔2026〕1号"), ("a-auditor", "查看谁看过")]
    assert browser.get("/oversight/looks/999999/").status_code == 404
    for public in (f"/records/{record.pk}/", f"/subjects/{record.subject.uscc}/"):
        assert (address in browser.get(public).content.decode()) is True
        assert address not in Client().get(public).content.decode()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.AUDITOR])
def test_nobody_else_reads_it(role: Role) -> None:
    record = stored_record(subject=stored_subject())
    assert _browser(role).get(f"/oversight/looks/{record.subject_id}/").status_code in (302, 403)
    with acting(actor=PROGRAM):
        assert not Look.objects.exists()
