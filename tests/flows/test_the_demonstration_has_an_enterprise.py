"""A visitor of the demonstration can be an enterprise: by the printed letter, or by a code to its contact."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from publiccredit.casework.queries import navigator
from publiccredit.ledger.models import Entry
from publiccredit.site.demo import cases, enterprise
from publiccredit.subjectdesk.models import ProofCode, RegisteredContact
from publiccredit.subjectdesk.outbox import LocalOutbox
from publiccredit.subjects.models import Record
from tests.flows.test_the_demonstration_has_cases import county

pytestmark = pytest.mark.django_db
UNTIL = date(2026, 11, 23)
__all__ = ["county"]  # the fixture that opens the demonstration's accounts and stores its penalties


def _opened(folder: Path) -> enterprise.DemoEnterprise:
    made = enterprise.open_enterprise(folder=folder, until=UNTIL, at=timezone.now())
    assert made is not None
    return made


def test_the_printed_letter_opens_the_desk_of_an_enterprise_with_a_repair_to_ask_for(
    tmp_path: Path, client: Client
) -> None:
    cases.open_cases(until=UNTIL, now=timezone.now())
    made = _opened(tmp_path)
    record = Record.objects.get(subject__uscc=made.identifier)
    found = navigator(record_id=record.pk, on=UNTIL)
    assert found is not None
    assert found.eligible_today
    assert found.open_case == ""
    answer = client.post("/mine/log-in/letter/", {"identifier": made.identifier, "code": made.code})
    assert answer.headers["Location"] == "/mine/"
    assert made.name in client.get("/mine/").content.decode()


def test_a_second_start_prints_the_same_letter_until_it_is_used(tmp_path: Path, client: Client) -> None:
    first = _opened(tmp_path)
    entries = Entry.objects.count()
    assert _opened(tmp_path) == first
    assert Entry.objects.count() == entries
    client.post("/mine/log-in/letter/", {"identifier": first.identifier, "code": first.code})
    second = _opened(tmp_path)
    assert (second.identifier, second.contact) == (first.identifier, first.contact)
    assert second.code != first.code
    assert ProofCode.objects.filter(used_at__isnull=True, cancelled_at__isnull=True).count() == 1
    assert RegisteredContact.objects.count() == 1


def test_a_letter_out_of_date_is_made_anew(tmp_path: Path) -> None:
    first = _opened(tmp_path)
    later = enterprise.open_enterprise(folder=tmp_path, until=UNTIL, at=timezone.now() + timedelta(days=31))
    assert later is not None
    assert later.code != first.code


def test_the_code_is_kept_where_only_its_owner_reads_it(tmp_path: Path) -> None:
    made = _opened(tmp_path)
    file = tmp_path / enterprise.FILE
    assert file.stat().st_mode & 0o777 == 0o600
    assert json.loads(file.read_text())["code"] == made.code
    assert not Entry.objects.filter(payload__icontains=made.code).exists()


def test_a_code_to_the_contact_lies_where_the_demonstration_says(
    tmp_path: Path, client: Client, settings: object
) -> None:
    settings.DATA_FOLDER = tmp_path  # type: ignore[attr-defined]
    made = _opened(tmp_path)
    client.post("/mine/log-in/send-code/", {"identifier": made.identifier, "contact": made.contact})
    text = next(LocalOutbox().messages()).text
    code = text.split("验证码 ")[1][:6]
    answer = client.post("/mine/log-in/code/", {"identifier": made.identifier, "code": code})
    assert answer.headers["Location"] == "/mine/"


def test_a_county_without_a_fitting_enterprise_gives_none(tmp_path: Path) -> None:
    before_anything_was_decided = date(2020, 1, 1)
    made = enterprise.open_enterprise(folder=tmp_path, until=before_anything_was_decided, at=timezone.now())
    assert made is None
    assert not (tmp_path / enterprise.FILE).exists()
