"""Whoever used a record against a subject is given the notice it owes, and the subject finds it at its desk (DP-21)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from publiccredit.accounts.operations import NotAllowed, act_as
from publiccredit.accounts.types import PROGRAM
from publiccredit.ledger.models import Entry
from publiccredit.recipients import operations
from publiccredit.recipients.models import AdverseUse, Recipient
from publiccredit.recipients.types import Used
from publiccredit.subjects.models import Record, Subject
from tests.factories import stored_record, stored_subject
from tests.flows.cases import AT, CLERK, LIAISON, repaired
from tests.flows.desks import at_the_desk
from tests.flows.officers import browser
from tests.flows.recipients import given, registered, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]
DECIDED = AT.date() + timedelta(days=2)
WHAT = "未通过供应商资格审查"


@pytest.fixture
def recipient(record: Record) -> Recipient:
    recipient = registered()
    given(recipient, record)
    return recipient


def _stated(recipient: Recipient, record: Record, **more: Any) -> Any:
    asked = {"record_id": record.pk, "what": WHAT, "decided_on": str(DECIDED), "reference": "采〔2026〕7号"} | more
    return Client().post(
        "/api/v1/adverse-uses",
        asked,
        content_type="application/json",
        headers={"Authorization": f"Bearer {token_of(recipient)}"},
    )


def test_a_recipients_program_is_given_the_notice_with_source_item_and_rights(
    recipient: Recipient, record: Record
) -> None:
    answer = _stated(recipient, record)
    assert answer.status_code == 201
    said = answer.json()
    assert (said["record_id"], said["what"], said["changed_since"]) == (record.pk, WHAT, "")
    for words in (
        record.document_number,
        "濉溪县市场监督管理局报送",
        "目录条目 3.2",
        "免费取得平台所存本单位全部信息的副本",
        "提出异议",
        "3 个工作日内",
        "不超过 1,000 字的声明",
        "采〔2026〕7号",
        recipient.purpose,
        recipient.legal_basis,
        recipient.contact,
    ):
        assert words in said["text"]
    entry = Entry.objects.get(operation="give_adverse_use_notice")
    assert entry.actor == f"recipient:{recipient.pk}"
    assert WHAT not in str(entry.payload)


def test_the_same_use_stated_again_is_the_same_notice(recipient: Recipient, record: Record) -> None:
    numbers = {_stated(recipient, record).json()["number"] for _ in range(2)}
    assert len(numbers) == AdverseUse.objects.count() == 1
    listed = Client().get("/api/v1/adverse-uses", headers={"Authorization": f"Bearer {token_of(recipient)}"}).json()
    assert {use["number"] for use in listed["adverse_uses"]} == numbers


def test_what_was_never_given_to_it_cannot_have_been_used_and_looks_like_none(
    recipient: Recipient, subject: Subject
) -> None:
    other = stored_record(subject=subject, number=2)
    answers = [_stated(recipient, other), _stated(recipient, other, record_id=999)]
    assert [a.status_code for a in answers] == [400, 400]
    assert answers[0].json() == answers[1].json()
    assert "没有向本接收方提供过" in answers[0].json()["message"]
    assert AdverseUse.objects.count() == 0


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"what": "不 行"}, "4 至 500 字"),
        ({"what": "因 11010519491231002X 未通过"}, "身份证号码"),
        ({"decided_on": str(timezone.localdate() + timedelta(days=1))}, "晚于今天"),
        ({"decided_on": str(AT.date() - timedelta(days=1))}, "早于首次取得"),
    ],
)
def test_a_use_that_cannot_be_is_refused_with_what_would_be_right(
    recipient: Recipient, record: Record, more: dict[str, str], words: str
) -> None:
    answer = _stated(recipient, record, **more)
    assert answer.status_code == 400 and words in str(answer.json())
    assert AdverseUse.objects.count() == 0


def test_without_a_token_of_a_recipient_nobody_states_a_use(record: Record) -> None:
    assert Client().post("/api/v1/adverse-uses", {"record_id": record.pk}).status_code == 401


def test_the_subject_finds_it_at_its_desk_and_another_does_not(
    recipient: Recipient, record: Record, subject: Subject
) -> None:
    _stated(recipient, record)
    page = at_the_desk(subject, Client()).get("/mine/recipients/").content.decode()
    assert "谁依据记录作出了不利决定" in page and f"{recipient.name}：{WHAT}" in page
    assert "使用公共信用信息告知书" in page and "可以要求重新审查" not in page
    act_as(actor=PROGRAM)
    other = stored_subject(number=2, name="濉溪县另一建材有限公司")
    assert WHAT not in at_the_desk(other, Client()).get("/mine/recipients/").content.decode()


def test_a_record_repaired_since_calls_for_another_look(recipient: Recipient, record: Record, subject: Subject) -> None:
    _stated(recipient, record, decided_on=str(AT.date()))
    repaired(record)
    assert (
        "该记录此后已经修复，可以要求重新审查"
        in at_the_desk(subject, Client()).get("/mine/recipients/").content.decode()
    )
    assert _stated(recipient, record, decided_on=str(AT.date())).json()["changed_since"] == "修复"
    after = _stated(recipient, record, what="另一次未通过审查", decided_on=str(AT.date())).json()["text"]
    assert f"申辩。\n\n该记录此后已经修复，请贵单位向{recipient.name}说明，由其依法重新审查。\n\n联系我单位" in after


def test_a_use_of_what_had_ended_is_taken_down_and_says_so_to_both(
    recipient: Recipient, record: Record, subject: Subject
) -> None:
    repaired(record)
    record.refresh_from_db()
    assert record.display_ended_at is not None
    ended_on = timezone.localdate(record.display_ended_at)
    on_the_day = _stated(recipient, record, decided_on=str(ended_on)).json()
    assert (on_the_day["changed_since"], on_the_day["warning"]) == ("修复", "")
    later = _stated(recipient, record, decided_on=str(ended_on + timedelta(days=1))).json()
    assert f"该记录已于 {ended_on} 修复，不得再作为依据。请撤销该决定" in later["warning"]
    assert f"修复，不得再作为依据。贵单位可以要求{recipient.name}撤销该决定" in later["text"]
    page = at_the_desk(subject, Client()).get("/mine/recipients/").content.decode()
    assert page.count("作出决定时该记录已经修复，不得作为依据，可以要求撤销") == 1
    office = browser(CLERK).get(f"/recipients/{recipient.pk}/adverse-uses/{later['number']}/").content.decode()
    assert "请撤销该决定" in office


def test_the_office_takes_a_use_down_and_prints_the_notice(recipient: Recipient, record: Record) -> None:
    office, address = browser(CLERK), f"/recipients/{recipient.pk}/adverse-uses/"
    assert address in office.get(f"/recipients/{recipient.pk}/").content.decode()
    typed = {"record_id": record.pk, "what": WHAT, "decided_on": str(DECIDED), "reference": ""}
    refused = office.post(address, typed | {"record_id": 999})
    assert refused.status_code == 422 and "没有向本接收方提供过" in refused.content.decode()
    answer = office.post(address, typed, follow=True)
    assert "data-print" in answer.content.decode() and WHAT in answer.content.decode()
    act_as(actor=PROGRAM)
    made = AdverseUse.objects.get()
    assert answer.redirect_chain == [(f"{address}{made.pk}/", 302)]
    assert made.made_by == CLERK.name
    assert WHAT in office.get(address).content.decode()


def test_no_department_states_a_use_for_others(recipient: Recipient, record: Record) -> None:
    used = Used(record_id=record.pk, what=WHAT, decided_on=DECIDED)
    with pytest.raises(NotAllowed):
        operations.take_down_adverse_use(by=LIAISON, recipient_id=recipient.pk, used=used, at=timezone.now())


def test_a_record_whose_packs_no_longer_name_its_department_still_gets_its_notice(subject: Subject) -> None:
    old = stored_record(subject=subject, department_code="no_such_department")
    recipient = registered()
    given(recipient, old)
    used = Used(record_id=old.pk, what=WHAT, decided_on=DECIDED)
    made = operations.take_down_adverse_use(by=CLERK, recipient_id=recipient.pk, used=used, at=timezone.now())
    assert "由no_such_department报送" in made.text


@pytest.mark.parametrize(
    "statement", ["UPDATE recipients_adverseuse SET text = 'x'", "DELETE FROM recipients_adverseuse"]
)
def test_the_database_keeps_a_notice_as_it_was_written(recipient: Recipient, record: Record, statement: str) -> None:
    _stated(recipient, record)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AdverseUse.objects.get().decided_on == date(2026, 9, 3)


def test_a_case_shows_officers_who_was_given_its_record_and_who_has_confirmed(
    recipient: Recipient, record: Record
) -> None:
    case = repaired(record)
    for actor in (CLERK, LIAISON):
        page = browser(actor).get(f"/cases/{case.pk}/").content.decode()
        assert f"谁取得过，谁已知道变更：行政处罚 {record.document_number}" in page
        assert recipient.name in page and "信用修复：待确认" in page
