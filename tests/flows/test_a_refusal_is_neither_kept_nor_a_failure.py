"""A page for another role answers 403: in one line of the log, and kept by no browser."""

import logging

import pytest
from django.test import Client

from publiccredit.accounts.types import Role
from tests.flows.test_a_liaison_works_at_the_desk import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program")]


def test_a_forbidden_page_leaves_no_traceback_and_is_kept_by_nobody(caplog: pytest.LogCaptureFixture) -> None:
    liaison = client_of(Role.LIAISON, "market_regulation")
    with caplog.at_level(logging.WARNING):
        answer = liaison.get("/accounts/")
    assert answer.status_code == 403
    assert "no-store" in answer["Cache-Control"]
    assert "您的账号不能打开这一页" in answer.content.decode()
    assert [entry.exc_info for entry in caplog.records if entry.exc_info] == []


def test_a_form_from_elsewhere_is_refused_and_kept_by_nobody() -> None:
    answer = Client(enforce_csrf_checks=True).post("/log-in/", {"username": "x", "password": "x"})
    assert answer.status_code == 403
    assert "no-store" in answer["Cache-Control"]


def test_a_refused_program_s_answer_is_kept_by_nobody() -> None:
    answer = Client().get("/api/v1/submissions/1")
    assert answer.status_code == 401
    assert "no-store" in answer["Cache-Control"]
