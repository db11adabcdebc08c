"""Which fields of a record are contested stands on every surface, from the act that says so to the act that ends it."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from publiccredit.accounts.operations import acting
from publiccredit.accounts.types import Actor
from publiccredit.casework.operations import (
    READER_ACCOUNT,
    UnableToOpenCase,
    request_review,
    take_back_request,
    take_case,
)
from publiccredit.casework.types import Applicant
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Audience, Party, ProcedureName
from publiccredit.disclosure.queries import changes
from publiccredit.recipients import adverse_use
from publiccredit.recipients.letters import letter_of
from publiccredit.recipients.models import Notice
from publiccredit.subjectdesk.copying import copy_of
from publiccredit.subjectdesk.types import Method, Visitor
from publiccredit.subjects.models import Record, RecordVersion
from tests.factories import stored_licence, stored_record, stored_subject
from tests.flows.cases import APPLICANT, CLERK, OFFICE_HEAD, OWNER, SECOND_CLERK, opened, settled
from tests.flows.recipients import given, registered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]

OBJECTION = ProcedureName.OBJECTION
FACTS, CONTENT = "violation_facts", "penalty_content"
STRANGER = Actor(name=READER_ACCOUNT, role=None)
READER = Applicant(party=Party.READER, name="某读者")


@pytest.fixture
def record() -> Record:
    decided_on = timezone.localdate() - timedelta(days=120)
    return stored_record(
        subject=stored_subject(),
        decided_on=decided_on,
        served_on=decided_on,
        disclosed_from=decided_on,
        repairable_from=decided_on + timedelta(days=92),
        disclosed_until=decided_on + timedelta(days=365),
    )


def _object(record: Record, field: str, **more: Any) -> Any:
    case = opened(OBJECTION, record, ground="other", field=field, **{"at": timezone.now(), **more})
    take_case(by=CLERK, case_id=case.pk, at=timezone.now())
    return case


def _stands(record: Record) -> tuple[str, list[str]]:
    return Record.objects.values_list("dispute", "contested_fields").get(pk=record.pk)


def _page(record: Record) -> str:
    return Client().get(f"/records/{record.pk}/").content.decode()


def _stated(record: Record) -> dict[str, Any]:
    return dict(Client().get(f"/api/v1/records/{record.pk}").json())


# --- on every surface -----------------------------------------------------------------------------------------------


def test_a_contested_field_stands_by_its_name_on_every_surface(record: Record) -> None:
    assert record.subject is not None
    opened(OBJECTION, record, ground="other", field=FACTS, by=STRANGER, applicant=READER, at=timezone.now())
    page = _page(record)
    assert '<p class="title">异议处理中：违法事实</p>' in page
    assert '<span class="note">异议处理中</span>' in page  # at the field itself
    assert "某读者" not in page
    assert (
        f'<a href="/subjects/{record.subject.uscc}/">{record.subject.name}</a>' in page.split('class="status-line"')[1]
    )
    assert "更改了：异议标注（异议处理中：违法事实）" in page
    assert "异议处理中：违法事实" in Client().get(f"/subjects/{record.subject.uscc}/").content.decode()
    wanted = ("open", False, [{"name": FACTS, "title": "违法事实"}])
    stated = _stated(record)
    assert (stated["dispute"], stated["contested_whole"], stated["contested_fields"]) == wanted
    of_subject = Client().get(f"/api/v1/subjects/{record.subject.uscc}").json()["records"][0]
    assert of_subject["contested_fields"] == wanted[2]
    change = Client().get("/api/v1/changes").json()["changes"][0]["record"]
    assert (change["contested_whole"], change["contested_fields"]) == (False, wanted[2])
    found = changes(audience=Audience.PUBLIC, on=timezone.localdate()).changes[0].record
    assert found is not None and found.contested.in_words == "违法事实"


def test_the_subject_s_copy_names_the_contested_fields(record: Record) -> None:
    assert record.subject is not None
    _object(record, CONTENT)
    visitor = Visitor(
        session_id=0,
        subject_id=record.subject.pk,
        identifier=record.subject.uscc or "",
        subject_name=record.subject.name,
        method=Method.LETTER,
        expires_at=timezone.now(),
        rights=frozenset(),
    )
    copied = copy_of(visitor=visitor, at=timezone.now(), on=timezone.localdate())
    assert ("异议标注", "异议处理中：处罚内容") in copied.records[0].lines
    as_json = json.loads(json.dumps(copied.as_json(), default=str))
    assert as_json["records"][0]["contested_fields"] == [{"name": CONTENT, "title": "处罚内容"}]


def test_whoever_is_told_of_a_contested_record_is_told_which_fields(record: Record) -> None:
    given(registered(), record)
    packs = catalogue.packs()
    rules = catalogue.procedure(name=OBJECTION, on=timezone.localdate())
    told = rules.suspend_display_when_overdue.model_copy(update={"enabled": True})
    asking = rules.model_copy(update={"tell_recipients_of_dispute": told})
    within = replace(packs, procedures=tuple(asking if p == rules else p for p in packs.procedures))
    opened(
        OBJECTION, record, ground="other", field=FACTS, by=STRANGER, applicant=READER, at=timezone.now(), packs=within
    )
    notice = Notice.objects.get()
    said = json.loads(notice.body)
    wanted = ("disputed", "open", False, [{"name": FACTS, "title": "违法事实"}])
    assert (said["type"], said["dispute"], said["contested_whole"], said["contested_fields"]) == wanted
    letter = letter_of(notice=notice, on=timezone.localdate())
    assert "作出处理：异议处理中" in letter and "\n异议处理中：违法事实。\n" in letter
    assert "某读者" not in letter + notice.body


def test_a_notice_of_anything_else_says_what_is_contested_besides(record: Record) -> None:
    given(registered(), record)
    _object(record, FACTS)
    settled(_object(record, CONTENT), "corrected", first=CLERK, second=OFFICE_HEAD, at=timezone.now(),
            corrections={CONTENT: "罚款四万元"})  # fmt: skip
    notice = Notice.objects.get()
    assert json.loads(notice.body)["contested_fields"] == [{"name": FACTS, "title": "违法事实"}]
    assert "异议处理中：违法事实。" in letter_of(notice=notice, on=timezone.localdate())


def test_a_recipient_s_own_notice_to_the_subject_says_what_is_contested(record: Record) -> None:
    recipient = registered()
    _object(record, FACTS)
    record.refresh_from_db()
    named = {"what": "不予供货", "decided_on": date(2026, 9, 1), "reference": "", "on": date(2026, 9, 2)}
    text = adverse_use.text_of(recipient=recipient, record=record, **named)
    assert "异议处理中：违法事实。" in text


# --- together, and one by one ---------------------------------------------------------------------------------------


def test_two_cases_show_both_fields_and_ending_one_leaves_the_other(record: Record) -> None:
    first, second = _object(record, FACTS), _object(record, CONTENT)
    assert _stands(record) == ("open", [CONTENT, FACTS])
    assert "异议处理中：违法事实、处罚内容" in _page(record)
    settled(first, "rejected", first=CLERK, at=timezone.now())
    assert _stands(record) == ("open", [CONTENT])
    take_back_request(by=CLERK, case_id=second.pk, stated="来函存卷", at=timezone.now())
    assert _stands(record) == ("", [])
    assert (_stated(record)["dispute"], _stated(record)["contested_fields"]) == (None, [])


def test_two_cases_about_one_field_end_one_by_one(record: Record) -> None:
    first, second = _object(record, FACTS), _object(record, FACTS)
    settled(first, "rejected", first=CLERK, at=timezone.now())
    assert _stands(record) == ("open", [FACTS])
    settled(second, "rejected", first=CLERK, at=timezone.now())
    assert _stands(record) == ("", [])


def test_the_whole_record_and_a_field_of_it_are_both_said(record: Record) -> None:
    whole, _ = _object(record, ""), _object(record, FACTS)
    assert "异议处理中：整条记录，其中写明违法事实" in _page(record)
    assert (_stated(record)["contested_whole"], len(_stated(record)["contested_fields"])) == (True, 1)
    settled(whole, "rejected", first=CLERK, at=timezone.now())
    assert _stands(record) == ("open", [FACTS])


def test_an_objection_to_all_of_a_record_says_no_more_than_that(record: Record) -> None:
    _object(record, "")
    assert '<p class="title">异议处理中</p>' in _page(record)
    assert (_stated(record)["contested_whole"], _stated(record)["contested_fields"]) == (True, [])


def test_a_challenge_nobody_has_accepted_holds_no_mark(record: Record) -> None:
    licence = stored_licence(subject=record.subject, number=5)
    opened(
        OBJECTION, licence, ground="other", field="licence_content", by=STRANGER, applicant=READER, at=timezone.now()
    )
    assert _stands(licence) == ("", [])
    own = _object(licence, "authority_name")
    assert _stands(licence) == ("open", ["authority_name"])
    settled(own, "rejected", first=CLERK, at=timezone.now())
    assert _stands(licence) == ("", [])


# --- what stays after the end ---------------------------------------------------------------------------------------


def test_later_disclosures_name_the_field_nobody_could_tell(record: Record) -> None:
    undetermined, other = _object(record, FACTS), _object(record, CONTENT)
    settled(undetermined, "undetermined", first=CLERK, at=timezone.now())
    assert _stands(record) == ("open", [CONTENT])
    settled(other, "rejected", first=CLERK, at=timezone.now())
    # The decision on one field takes nothing back of what another left on a field of its own.
    assert _stands(record) == ("undetermined", [FACTS])
    assert '<p class="title">异议无法核实：违法事实</p>' in _page(record)
    assert _stated(record)["contested_fields"] == [{"name": FACTS, "title": "违法事实"}]
    settled(_object(record, FACTS), "rejected", first=CLERK, at=timezone.now())
    assert _stands(record) == ("", [])


def test_a_decision_on_the_whole_record_speaks_of_every_field(record: Record) -> None:
    settled(_object(record, FACTS), "undetermined", first=CLERK, at=timezone.now())
    settled(_object(record, ""), "rejected", first=CLERK, at=timezone.now())
    assert _stands(record) == ("", [])


def test_the_version_of_a_day_says_what_was_contested_then(record: Record) -> None:
    settled(_object(record, FACTS), "rejected", first=CLERK, at=timezone.now())
    page = _page(record)
    assert "更改了：异议标注（异议处理中：违法事实）" in page
    assert "更改了：异议标注（取消）" in page
    assert RecordVersion.objects.filter(record_id=record.pk, contested_fields=[FACTS]).count() == 1


def test_a_review_contests_what_the_first_case_did(record: Record) -> None:
    first = _object(record, FACTS)
    settled(first, "rejected", first=CLERK, at=timezone.now())
    review = request_review(by=OWNER, case_id=first.pk, applicant=APPLICANT, request="不服", at=timezone.now())
    assert _stands(record) == ("open", [FACTS])
    take_case(by=SECOND_CLERK, case_id=review.pk, at=timezone.now())
    settled(review, "rejected", first=SECOND_CLERK, at=timezone.now())
    assert _stands(record) == ("", [])


# --- what is refused ------------------------------------------------------------------------------------------------


def test_a_field_the_record_does_not_have_cannot_be_contested(record: Record) -> None:
    with pytest.raises(UnableToOpenCase, match="没有字段“no_such_field”"):
        opened(OBJECTION, record, ground="other", field="no_such_field")
    assert _stands(record) == ("", [])


@pytest.mark.parametrize("fields", ["'{}'", "ARRAY['penalty_content']", "ARRAY['']"])
def test_no_contested_field_is_taken_away_by_hand(record: Record, fields: str) -> None:
    _object(record, FACTS)
    refusal = pytest.raises(DatabaseError, match="loses a mark only by a decision")
    with acting(actor=CLERK), refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE subjects_record SET contested_fields = {fields} WHERE id = %s", [record.pk])
    assert _stands(record) == ("open", [FACTS])


def test_a_decision_takes_no_field_along_that_another_open_case_contests(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    from publiccredit.casework import effects
    from publiccredit.subjects.types import DisputeStanding

    case, _ = _object(record, FACTS), _object(record, CONTENT)
    monkeypatch.setattr(effects, "left_of_dispute", lambda **_: DisputeStanding("", ()))
    with pytest.raises(DatabaseError, match="loses a mark only by a decision"), transaction.atomic():
        settled(case, "rejected", first=CLERK, at=timezone.now())
    assert _stands(record) == ("open", [CONTENT, FACTS])
