"""The file of a subject is closed to an officer who is related to it, at every address that leads into it (DP-34)."""

import re

import pytest
from django.http import HttpResponse
from django.urls import URLPattern

from publiccredit.accounts.types import Actor
from publiccredit.casework.models import Case
from publiccredit.casework.operations import declare_relation, guide_applicant
from publiccredit.catalogue.types import ProcedureName
from publiccredit.ledger.operations import next_entry_id
from publiccredit.matching.models import Question
from publiccredit.matching.operations import answer_question
from publiccredit.matching.types import Verdict
from publiccredit.recipients.models import Notice
from publiccredit.recipients.operations import take_down_adverse_use, tell
from publiccredit.recipients.types import Cause, NoticeKind, Used
from publiccredit.subjectdesk.models import Message
from publiccredit.subjects.models import Look, Record
from publiccredit.subjects.queries import STAY_AWAY
from tests.contracts.test_every_address_declares_its_audience import ADDRESSES, _access
from tests.flows.cases import AT, CLERK, LIAISON, OFFICE_HEAD, SECOND_CLERK, hand_in, opened
from tests.flows.officers import browser, read
from tests.flows.recipients import given, registered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers", "an_hour_later")]
REQUEST = "请依法处理。"
INTO_A_FILE = {"case_id", "record_id", "question_id", "notice_id", "message_id", "use_id", "identifier"}
# That a case is there, how far it is and who handles it, may be known; and that the relation is declared.
MAY_BE_KNOWN = {"cases/<int:case_id>/", "cases/<int:case_id>/relation/"}


def _doors() -> list[tuple[str, URLPattern]]:
    found = []
    for route, pattern in ADDRESSES:
        access, parts = _access(pattern), set(re.findall(r"<\w+:(\w+)>", route))
        if access is not None and access.roles and not route.startswith("api/") and parts & INTO_A_FILE:
            found.append((route, pattern))
    return found


DOORS = _doors()


@pytest.fixture
def case(record: Record) -> Case:
    """A case with all that there can be about its subject: a paper, a letter, a question, a notice, a message, a use."""
    made = opened(ProcedureName.OBJECTION, record, ground="other")
    hand_in(made, "evidence")
    guide_applicant(by=SECOND_CLERK, case_id=made.pk, text="请带决定书原件和送达回证到窗口核对。", at=AT)
    return made


@pytest.fixture
def numbers(case: Case, record: Record) -> dict[str, object]:
    assert record.subject is not None
    recipient = registered()
    given(recipient, record)
    tell(kinds={record.pk: NoticeKind.REPAIRED}, cause=Cause(entry_id=next_entry_id(), at=AT, authority="信用办"))
    used = Used(record_id=record.pk, what="取消投标资格", decided_on=AT.date(), reference="")
    use = take_down_adverse_use(by=CLERK, recipient_id=recipient.pk, used=used, at=AT)
    asked = Question.objects.create(
        department_code="market_regulation", written_name=record.subject.name, written_identifier=record.subject.uscc,
        written_address="", reason="name_only", asked_at=AT, entry_id=next_entry_id(),
    )  # fmt: skip
    message = Message.objects.create(
        subject_id=record.subject_id, kind="case_letter", key="k", contact="0561", text="有一件案件。", written_at=AT,
        entry_id=next_entry_id(),
    )  # fmt: skip
    return {
        "case_id": case.pk, "record_id": record.pk, "question_id": asked.pk, "notice_id": Notice.objects.get().pk,
        "message_id": message.pk, "use_id": use.pk, "identifier": record.subject.uscc, "recipient_id": recipient.pk,
        "paper_id": case.papers.get().pk, "letter_id": case.letters.order_by("-pk")[0].pk,
    }  # fmt: skip


def _answer(actor: Actor, route: str, numbers: dict[str, object]) -> HttpResponse:
    address = "/" + re.sub(r"<\w+:(\w+)>", lambda part: str(numbers[part[1]]), route)
    answer = browser(actor).get(address)
    return browser(actor).post(address) if answer.status_code == 405 else answer


def test_every_address_that_leads_into_a_file_is_closed_to_who_is_related(
    case: Case, record: Record, numbers: dict[str, object]
) -> None:
    for officer in (CLERK, LIAISON):
        declare_relation(by=officer, subject_id=case.subject_id or 0, relation="配偶任该单位监事", at=AT)
    open_, walked = [], 0
    for route, pattern in DOORS:
        access = _access(pattern)
        assert access is not None
        for officer in (CLERK, LIAISON):
            if not access.admits(officer.role):
                continue
            answer, walked = _answer(officer, route, numbers), walked + 1
            said = b"".join(answer).decode(errors="replace")
            closed = answer.status_code == 403 and STAY_AWAY in said
            if not closed and (route not in MAY_BE_KNOWN or REQUEST in said):
                open_.append(f"{route} answers {answer.status_code} to {officer.name}")
    assert open_ == [], "Ask subjects.queries.verify_open before an officer is shown what is known of a subject"
    assert walked >= 25


def test_the_same_addresses_are_open_to_who_is_not(case: Case, numbers: dict[str, object]) -> None:
    declare_relation(by=SECOND_CLERK, subject_id=case.subject_id or 0, relation="配偶任该单位监事", at=AT)
    for route, pattern in DOORS:
        access = _access(pattern)
        assert access is not None
        for officer in (CLERK, LIAISON):
            if access.admits(officer.role):
                answer = _answer(officer, route, numbers)
                assert answer.status_code != 403 and STAY_AWAY.encode() not in b"".join(answer), route


def test_who_is_related_reads_that_the_case_is_there_and_who_handles_it(case: Case, record: Record) -> None:
    declare_relation(by=CLERK, subject_id=case.subject_id or 0, relation="配偶任该单位监事", at=AT)
    page = read(CLERK, f"/cases/{case.pk}/")
    assert all(
        words in page for words in (case.number, "异议", "待受理", str(case.due_on), STAY_AWAY, "可以办理的有：")
    )
    free = page.partition("可以办理的有：")[2].partition("。")[0].split("、")
    assert free == ["office-head（信用办负责人）", "second-clerk（信用办经办人）", "second-office-head（信用办负责人）"]
    assert not any(
        words in page for words in (REQUEST, record.document_number, "<h2>材料", "<h2>文书", "<h2>经过", "决定书原件")
    )
    listed = read(CLERK, "/cases/?queue=open")
    assert (case.number in listed, record.document_number in listed) == (True, False)
    assert record.document_number in read(SECOND_CLERK, "/cases/?queue=open")


def test_addresses_that_name_a_case_or_record_beside_their_path_are_closed_too(case: Case, record: Record) -> None:
    declare_relation(by=CLERK, subject_id=case.subject_id or 0, relation="配偶任该单位监事", at=AT)
    letter = case.letters.order_by("-pk")[0].pk
    for address in (f"/cases/letters/?letter={letter}", f"/cases/new/?procedure=objection&record={record.pk}"):
        answer = browser(CLERK).get(address)
        assert (answer.status_code, STAY_AWAY in answer.content.decode()) == (403, True), address
        assert browser(SECOND_CLERK).get(address).status_code == 200
    assert record.document_number not in read(CLERK, f"/cases/guidance/?case={case.pk}")
    assert not Look.objects.filter(account=CLERK.name).exists()


def test_nobody_free_is_said_with_the_way_out(case: Case) -> None:
    for officer in (CLERK, SECOND_CLERK, OFFICE_HEAD):
        declare_relation(by=officer, subject_id=case.subject_id or 0, relation="配偶任该单位监事", at=AT)
    assert "second-office-head" in read(CLERK, f"/cases/{case.pk}/")
    last = Actor(name="second-office-head", role=OFFICE_HEAD.role)
    declare_relation(by=last, subject_id=case.subject_id or 0, relation="配偶任该单位监事", at=AT)
    page = read(CLERK, f"/cases/{case.pk}/")
    assert "现在没有可以办理的其他人员" in page and "请系统管理员" in page


def test_who_is_related_judges_no_question_about_the_subject(
    case: Case, record: Record, numbers: dict[str, object]
) -> None:
    from publiccredit.accounts.operations import FileClosed

    declare_relation(by=CLERK, subject_id=case.subject_id or 0, relation="配偶任该单位监事", at=AT)
    asked = {"question_id": int(str(numbers["question_id"])), "subject_id": record.subject_id}
    with pytest.raises(FileClosed, match="应当回避"):
        answer_question(by=CLERK, verdict=Verdict.SAME, reason="核对了登记信息。", at=AT, **asked)
    answer_question(by=SECOND_CLERK, verdict=Verdict.SAME, reason="核对了登记信息。", at=AT, **asked)
