"""Whoever looks at more of a subject than its public page shows stands on the subject's own log, in sentences."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM, Actor, Role
from publiccredit.recipients.models import Recipient
from publiccredit.subjects.models import Look, Record, Subject
from publiccredit.subjects.operations import note_officers_look
from tests.factories import stored_record, stored_subject
from tests.flows.cases import AT, CLERK, LIAISON, OTHER, objection_ready
from tests.flows.desks import at_the_desk
from tests.flows.officers import browser
from tests.flows.recipients import given, registered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]


def _log(subject: Subject) -> list[tuple[str, str, str]]:
    act_as(actor=PROGRAM)
    return list(Look.objects.filter(subject=subject).order_by("pk").values_list("department", "role", "what"))


def test_a_case_looked_at_at_either_desk_stands_on_the_log_by_role_body_and_reason(
    subject: Subject, record: Record
) -> None:
    case = objection_ready(record)
    for actor in (CLERK, LIAISON):
        assert browser(actor).get(f"/cases/{case.pk}/").status_code == 200
    reason = f"办理或者查阅案件 {case.number}"
    assert _log(subject) == [
        ("县信用办", "信用办经办人", reason),
        ("濉溪县市场监督管理局", "联络员", reason),
    ]
    page = at_the_desk(subject, Client()).get("/mine/looks/").content.decode()
    assert f"濉溪县市场监督管理局 联络员：{reason}" in page
    assert LIAISON.name not in page  # by role and body: the officer's account is the ledger's matter


def test_going_back_and_forth_within_the_hour_is_one_look(subject: Subject, record: Record) -> None:
    case = objection_ready(record)
    office = browser(CLERK)
    letter = case.letters.get()
    for address in (f"/cases/{case.pk}/", f"/cases/{case.pk}/letters/{letter.pk}/", f"/cases/{case.pk}/"):
        assert office.get(address).status_code == 200
    assert len(_log(subject)) == 1
    later = timezone.now() + timedelta(minutes=61)
    note_officers_look(actor=CLERK, subject_ids=[subject.pk], what=_log(subject)[0][2], at=later)
    assert len(_log(subject)) == 2


def test_a_department_that_may_not_know_of_a_case_leaves_no_look(subject: Subject, record: Record) -> None:
    case = objection_ready(record)
    assert browser(OTHER).get(f"/cases/{case.pk}/").status_code == 404
    assert _log(subject) == []


def test_a_look_at_who_was_given_a_record_stands_on_the_log_and_a_look_at_the_public_page_does_not(
    subject: Subject, record: Record
) -> None:
    assert Client().get(f"/records/{record.pk}/").status_code == 200
    assert browser(OTHER).get(f"/records/{record.pk}/").status_code == 200
    assert _log(subject) == []
    assert "谁取得过" in browser(LIAISON).get(f"/records/{record.pk}/").content.decode()
    assert _log(subject) == [("濉溪县市场监督管理局", "联络员", f"查看谁取得过第 {record.pk} 号记录")]


def test_letters_printed_together_stand_on_the_log_of_each_subject(subject: Subject, record: Record) -> None:
    other = stored_subject(number=2, name="濉溪县另一建材有限公司")
    letters = [objection_ready(r).letters.get().pk for r in (record, stored_record(subject=other, number=2))]
    assert browser(CLERK).get(f"/cases/letters/?letter={letters[0]}&letter={letters[1]}").status_code == 200
    assert _log(subject) == _log(other) == [("县信用办", "信用办经办人", "打印案件文书")]


def test_a_record_given_to_a_recipients_program_stands_on_the_log_with_its_purpose(
    subject: Subject, record: Record
) -> None:
    recipient = registered()
    given(recipient, record)
    found = Recipient.objects.get()
    ((body, role, what),) = _log(subject)
    assert (body, role) == (found.name, "接收方的程序")
    assert what.startswith("取得记录（信用报告），用途：") and found.purpose in what
    assert Look.objects.get().account == f"recipient:{found.pk}"


def test_who_acts_for_no_body_is_named_by_role_alone(subject: Subject) -> None:
    auditor = Actor(name="auditor", role=Role.AUDITOR)
    gone = Actor(name="old", role=Role.LIAISON, department_code="no_such_department")
    for actor in (auditor, gone):
        note_officers_look(actor=actor, subject_ids=[subject.pk, None], what="抽查", at=AT)
    assert _log(subject) == [("", "审计人员", "抽查"), ("no_such_department", "联络员", "抽查")]
    assert json.dumps(_log(subject), ensure_ascii=False).count(auditor.name) == 0
