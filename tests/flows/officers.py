"""What the tests of the desks of cases share: officers in a browser, an hour after the case came in."""

from datetime import date, timedelta

from django.http import HttpResponse
from django.test import Client

from publiccredit.accounts.models import Officer
from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM, Actor
from publiccredit.casework.models import Case
from tests.flows.cases import AT
from tests.papers import a_pdf

NOW = AT + timedelta(hours=1)
TODAY = date(2026, 9, 1)
PDF = a_pdf("a paper")


class Browser(Client):
    """Hands the database session back to the test, which looks at every department's rows."""

    def request(self, **request: object) -> object:
        try:
            return super().request(**request)
        finally:
            act_as(actor=PROGRAM)


def browser(actor: Actor) -> Client:
    client = Browser()
    officer = Officer.objects.get(username=actor.name)
    client.force_login(officer, backend="publiccredit.accounts.backends.OfficerBackend")
    return client


def send(actor: Actor, case: Case, step: str, **fields: object) -> HttpResponse:
    return browser(actor).post(f"/cases/{case.pk}/", {"step": step, **fields})


def read(actor: Actor, address: str) -> str:
    response = browser(actor).get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def state(case: Case) -> str:
    return Case.objects.get(pk=case.pk).state


def browser_page_after(actor: Actor, case: Case, step: str, **fields: object) -> str:
    client = browser(actor)
    return client.post(f"/cases/{case.pk}/", {"step": step, **fields}, follow=True).content.decode()
