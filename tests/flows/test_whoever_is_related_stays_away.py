"""Whoever has declared a relation to a subject does nothing for it or against it, at any door (DP-34)."""

from collections.abc import Callable
from typing import Any

import pytest

from publiccredit.accounts.operations import NotAllowed
from publiccredit.casework.models import Case, DeclaredRelation, Letter
from publiccredit.casework.operations import (
    declare_relation,
    guide_applicant,
    open_case,
    state_on_record,
)
from publiccredit.casework.types import Applicant, Asked, Channel
from publiccredit.catalogue.types import Party, ProcedureName, Severity
from publiccredit.subjects.models import Record
from publiccredit.subjects.queries import STAY_AWAY
from tests.flows.cases import AT, CLERK, OTHER, SECOND_CLERK, THIRD, objection_ready, opened
from tests.flows.officers import browser, read, send
from tests.flows.severities import proposed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers", "an_hour_later")]
WORDS = "请带决定书原件和送达回证到窗口核对。"
BECAUSE = "依标准第五条，情节轻微，已消除后果。"


def _related(record: Record) -> None:
    for officer in (SECOND_CLERK, THIRD):
        declare_relation(by=officer, subject_id=record.subject_id or 0, relation="配偶任该单位监事", at=AT)


DOORS: dict[str, Callable[[Record, Case], Any]] = {
    "takes a request down": lambda record, case: opened(
        ProcedureName.OBJECTION, record, ground="other", by=SECOND_CLERK, channel=Channel.PHONE
    ),
    "guides": lambda record, case: guide_applicant(by=SECOND_CLERK, case_id=case.pk, text=WORDS, at=AT),
    "takes a statement down": lambda record, case: state_on_record(
        by=SECOND_CLERK, subject_id=record.subject_id or 0, record_id=record.pk, statement="已整改", at=AT
    ),
    "corrects the severity": lambda record, case: proposed(record, Severity.SLIGHT, by=THIRD),
}


@pytest.mark.parametrize("door", DOORS)
def test_who_has_declared_a_relation_does_nothing_about_its_subject(record: Record, door: str) -> None:
    case = objection_ready(record)
    _related(record)
    with pytest.raises(NotAllowed, match="应当回避"):
        DOORS[door](record, case)


@pytest.mark.parametrize("door", DOORS)
def test_who_has_declared_none_does(record: Record, door: str) -> None:
    case = objection_ready(record)
    DOORS[door](record, case)


def test_the_pages_say_so_where_it_is_tried(record: Record) -> None:
    case = objection_ready(record)
    _related(record)
    asked = {"ground": "other", "request": "请核对。", "party": "subject", "name": "甲", "channel": "phone"}
    answer = browser(SECOND_CLERK).post(
        f"/cases/new/?procedure=objection&record={record.pk}", asked | {"key": "k", "received_on": AT.date()}
    )
    assert (answer.status_code, STAY_AWAY in answer.content.decode()) == (403, True)
    answer = browser(SECOND_CLERK).post("/cases/guidance/", {"case": case.pk, "text": WORDS})
    assert f"{case.number}：您已申报与该主体有利害关系" in answer.content.decode()
    answer = browser(THIRD).post(
        f"/severity/{record.pk}/", {"severity": "slight", "reason": BECAUSE, "step": "correct"}
    )
    assert (answer.status_code, STAY_AWAY in answer.content.decode()) == (403, True)
    assert (Case.objects.count(), Letter.objects.filter(kind="guidance").count()) == (1, 0)
    assert send(SECOND_CLERK, case, "take").status_code == 403
    assert Case.objects.get(pk=case.pk).owner == CLERK.name


# --- how it is declared ----------------------------------------------------------------------------------------------


def test_an_officer_declares_on_the_page_of_a_case_and_hands_it_on(record: Record) -> None:
    case = objection_ready(record)
    address = f"/cases/{case.pk}/relation/"
    assert address in read(CLERK, f"/cases/{case.pk}/")
    assert "不能撤回" in read(CLERK, address)
    desk = browser(CLERK)
    for words in ("", "友", "配偶，电话 13900000001"):
        assert desk.post(address, {"relation": words}).status_code == 422
    assert DeclaredRelation.objects.count() == 0
    assert desk.post(address, {"relation": "配偶任该单位监事"}).status_code == 302
    assert DeclaredRelation.objects.values_list("officer", "relation").get() == ("clerk", "配偶任该单位监事")
    page = read(CLERK, f"/cases/{case.pk}/")
    assert ("应当回避" in page, "现在可以办理" in page, address in page) == (True, False, False)
    assert "已经申报" in read(CLERK, address)
    assert send(SECOND_CLERK, case, "take").status_code == 302
    assert Case.objects.get(pk=case.pk).owner == SECOND_CLERK.name


def test_nobody_declares_for_a_case_of_another_department_or_without_a_subject(record: Record) -> None:
    case = objection_ready(record)
    assert browser(OTHER).get(f"/cases/{case.pk}/relation/").status_code == 404
    complaint = open_case(
        by=CLERK,
        procedure=ProcedureName.COMPLAINT,
        applicant=Applicant(Party.READER, "王五"),
        asked=Asked(ground="service", request="拖延办理。", department_code="taxation"),
        channel=Channel.COUNTER,
        at=AT,
    )
    assert browser(CLERK).get(f"/cases/{complaint.pk}/relation/").status_code == 404
    assert "relation" not in read(CLERK, f"/cases/{complaint.pk}/")
