"""The desks through HTTP: every form of a case by the right person, the wrong one, at the wrong time and half filled."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from publiccredit.accounts.models import Officer
from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM, Actor, Role
from publiccredit.casework import desk
from publiccredit.casework.models import Case, CaseStep, Letter, Paper
from publiccredit.casework.operations import (
    answer_as_source,
    close_case,
    decide,
    declare_relation,
    extend_deadline,
    forward_to_source,
    request_papers,
    take_case,
)
from publiccredit.casework.types import Verdict
from publiccredit.catalogue.types import ProcedureName
from publiccredit.subjects.models import Record
from tests.factories import stored_licence, stored_record, stored_subject
from tests.flows.cases import (
    AT,
    CLERK,
    HEAD,
    LIAISON,
    OFFICE_HEAD,
    OTHER,
    REASONS,
    SECOND_CLERK,
    hand_in,
    objection_ready,
    opened,
    people,
    repair_ready,
    repaired,
    report_ready,
    settled,
)

pytestmark = pytest.mark.django_db
NOW = AT + timedelta(hours=1)
TODAY = date(2026, 9, 1)
PDF = b"%PDF-1.4 a paper"


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with patch("django.utils.timezone.now", return_value=NOW):
        yield


@pytest.fixture(autouse=True)
def everybody(as_program: None) -> None:
    del as_program
    people()


@pytest.fixture
def record(everybody: None) -> Record:
    del everybody
    return stored_record(subject=stored_subject())


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


# --- the queues -------------------------------------------------------------------------------------------------------


def test_a_desk_shows_what_waits_for_it_and_by_when(record: Record) -> None:
    case = opened(ProcedureName.OBJECTION, record, ground="wrong_or_missing")
    page = read(CLERK, "/cases/")
    assert case.number in page
    assert "还剩 3 个工作日" in page
    assert "濉溪县示例建材有限公司" in page
    assert record.document_number in page
    assert "尚未受理" in page


def test_another_departments_cases_are_neither_listed_nor_found(record: Record) -> None:
    case = repair_ready(record)
    assert case.number in read(LIAISON, "/cases/")
    assert case.number not in read(OTHER, "/cases/?queue=open")
    assert browser(OTHER).get(f"/cases/{case.pk}/").status_code == 404
    assert browser(OTHER).post(f"/cases/{case.pk}/", {"step": "take"}).status_code == 404
    assert Case.objects.get(pk=case.pk).owner == LIAISON.name


def test_queues_count_what_lies_in_them(record: Record) -> None:
    subject = record.subject
    second, third = (stored_record(subject=subject, number=n) for n in (2, 3))
    opened(ProcedureName.OBJECTION, record, ground="wrong_or_missing")
    asked = objection_ready(second)
    request_papers(by=CLERK, case_id=asked.pk, asked="营业执照复印件", at=AT)
    proposed = repair_ready(third)
    decide(by=LIAISON, case_id=proposed.pk, verdict=Verdict("granted", REASONS), at=AT)
    numbers = {q.name: q.number for q in desk.queues(actor=CLERK, on=TODAY)}
    assert numbers == {
        "ours": 2, "mine": 1, "new": 1, "overdue": 0, "escalated": 0, "papers": 1, "source": 0, "second": 1,
        "delivery": 0, "open": 3, "closed": 0, "taken_back": 0,
    }  # fmt: skip
    numbers = {q.name: q.number for q in desk.queues(actor=CLERK, on=date(2026, 9, 30))}
    assert numbers["overdue"] == 2  # the one that waits for papers is not late


def test_the_list_goes_on_after_its_last_row_and_says_so(record: Record) -> None:
    cases = [
        opened(ProcedureName.OBJECTION, stored_record(subject=record.subject, number=n), ground="other")
        for n in range(2, 6)
    ]
    with patch("publiccredit.casework.pages.desks.PAGE", 3):
        first = read(CLERK, "/cases/?queue=open&procedure=objection")
        onward = re.search(r'rel="next" href="([^"]+)"', first)
        assert onward is not None
        second = read(CLERK, "/cases/" + onward[1].replace("&amp;", "&"))
    assert [c.number in first for c in cases] == [True, True, True, False]
    assert [c.number in second for c in cases] == [False, False, False, True]
    assert 'rel="next"' not in second


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("procedure=objection", True), ("procedure=complaint", False), ("state=opened", True), ("state=closed", False),
        ("record=示例建材", True), ("record=濉市监罚〔2026〕1号", True), ("record=没有", False),
        ("department=market_regulation", True), ("department=taxation", False), ("after=nonsense", True),
    ],
)  # fmt: skip
def test_the_list_is_narrowed_by_what_is_asked(record: Record, query: str, found: bool) -> None:
    case = opened(ProcedureName.OBJECTION, record, ground="other")
    assert (case.number in read(CLERK, f"/cases/?queue=open&{query}")) is found


@pytest.mark.parametrize(
    ("on", "words", "level"),
    [
        (date(2026, 9, 1), "还剩 3 个工作日", 0), (date(2026, 9, 3), "还剩 1 个工作日", 50),
        (date(2026, 9, 4), "今天到期", 80), (date(2026, 9, 8), "逾期 2 个工作日", 100),
    ],
)  # fmt: skip
def test_a_clock_says_how_it_stands(record: Record, on: date, words: str, level: int) -> None:
    clock = desk.clock_of(case=opened(ProcedureName.OBJECTION, record, ground="other"), on=on)
    assert (clock.words, clock.level) == (words, level)


def test_a_clock_that_waits_for_papers_stands_still(record: Record) -> None:
    case = objection_ready(record)
    request_papers(by=CLERK, case_id=case.pk, asked="营业执照", at=AT)
    clock = desk.clock_of(case=Case.objects.get(pk=case.pk), on=date(2026, 10, 30))
    assert (clock.words, clock.level, clock.late) == ("停表", 0, False)


# --- the steps --------------------------------------------------------------------------------------------------------


def test_a_clerk_takes_a_case_and_it_is_theirs(record: Record) -> None:
    case = opened(ProcedureName.OBJECTION, record, ground="other")
    assert "已受理，由您承办。" in browser_page_after(CLERK, case, "take")
    found = Case.objects.get(pk=case.pk)
    assert (found.state, found.owner) == ("in_hand", CLERK.name)


def test_a_step_that_is_not_this_persons_is_neither_offered_nor_taken(record: Record) -> None:
    case = repair_ready(record)
    page = read(CLERK, f"/cases/{case.pk}/")
    assert 'value="extend"' not in page
    before = CaseStep.objects.count()
    response = send(CLERK, case, "extend", days="2", reason="需要实地核查")
    assert response.status_code == 302
    assert CaseStep.objects.count() == before
    assert "这一步现在不能办理" in browser_page_after(CLERK, case, "extend", days="2", reason="需要实地核查")


def browser_page_after(actor: Actor, case: Case, step: str, **fields: object) -> str:
    client = browser(actor)
    return client.post(f"/cases/{case.pk}/", {"step": step, **fields}, follow=True).content.decode()


def test_an_auditor_reads_a_case_and_can_do_nothing_in_it(record: Record) -> None:
    Officer.objects.create(username="audit", display_name="审计", role=Role.AUDITOR.value, created_at=AT, password="!")
    auditor = Actor(name="audit", role=Role.AUDITOR)
    case = objection_ready(record)
    page = read(auditor, f"/cases/{case.pk}/")
    assert "现在可以办理" not in page
    assert send(auditor, case, "take").status_code == 302
    assert Case.objects.get(pk=case.pk).owner == CLERK.name


def test_one_who_declared_a_relation_is_told_to_stay_away(record: Record) -> None:
    case = objection_ready(record)
    declare_relation(by=SECOND_CLERK, subject_id=record.subject_id or 0, relation="配偶任该单位监事", at=AT)
    page = read(SECOND_CLERK, f"/cases/{case.pk}/")
    assert "应当回避" in page
    assert "现在可以办理" not in page


def test_papers_are_asked_for_and_taken_in(record: Record) -> None:
    case = objection_ready(record)
    assert send(CLERK, case, "request_papers", asked="").status_code == 422
    assert send(CLERK, case, "request_papers", asked="送达回证复印件").status_code == 302
    assert state(case) == "waiting_for_papers"
    file = SimpleUploadedFile("回证.pdf", PDF, content_type="text/html")
    assert send(CLERK, case, "hand_in_paper", kind="evidence", file=file).status_code == 302
    assert state(case) == "in_hand"
    paper = Paper.objects.get(case=case)
    answer = browser(CLERK).get(f"/cases/{case.pk}/papers/{paper.pk}/")
    assert b"".join(answer.streaming_content) == PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    file = browser(CLERK).get(f"/cases/{case.pk}/papers/{paper.pk}/?download")
    assert file.headers["Content-Disposition"].startswith("attachment")


def test_a_paper_that_is_no_picture_and_no_pdf_is_only_ever_a_file(record: Record) -> None:
    case = objection_ready(record)
    file = SimpleUploadedFile("证明.pdf", b"<script>alert(1)</script>", content_type="application/pdf")
    send(CLERK, case, "hand_in_paper", kind="evidence", file=file)
    paper = Paper.objects.get(case=case)
    answer = browser(CLERK).get(f"/cases/{case.pk}/papers/{paper.pk}/")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    answer.close()


def test_papers_of_another_departments_case_are_absent(record: Record) -> None:
    case = repair_ready(record)
    paper = Paper.objects.filter(case=case).first()
    assert paper is not None
    assert browser(OTHER).get(f"/cases/{case.pk}/papers/{paper.pk}/").status_code == 404
    other = objection_ready(stored_record(subject=record.subject, number=2))
    assert browser(CLERK).get(f"/cases/{other.pk}/papers/{paper.pk}/").status_code == 404


def test_an_empty_paper_is_refused_at_its_field(record: Record) -> None:
    case = objection_ready(record)
    empty = SimpleUploadedFile("空.pdf", b"")
    response = send(CLERK, case, "hand_in_paper", kind="evidence", file=empty)
    assert response.status_code == 422
    assert "这个文件是空的。请重新扫描或者导出。" in response.content.decode()
    assert Paper.objects.filter(case=case).count() == 0


def test_the_source_is_asked_and_answers(record: Record) -> None:
    case = objection_ready(record)
    assert send(CLERK, case, "forward", question="请核对罚款金额。").status_code == 302
    assert state(case) == "with_source"
    assert case.number in read(LIAISON, "/cases/")
    assert send(LIAISON, case, "answer", answer="是").status_code == 422
    assert state(case) == "with_source"
    assert send(LIAISON, case, "answer", answer="与决定书一致。").status_code == 302
    assert state(case) == "in_hand"


def test_a_clock_is_extended_once_with_a_reason(record: Record) -> None:
    case = objection_ready(record)
    response = send(CLERK, case, "extend", days="9", reason="需要实地核查现场")
    assert response.status_code == 422
    assert "一次最多延长 3 个工作日，实为 9 个。" in response.content.decode()
    assert "需要实地核查现场" in response.content.decode()
    assert send(CLERK, case, "extend", days="2", reason="").status_code == 422
    assert Case.objects.get(pk=case.pk).extended_days == 0
    assert send(CLERK, case, "extend", days="2", reason="需要实地核查现场").status_code == 302
    assert Case.objects.get(pk=case.pk).extended_days == 2
    assert 'value="extend"' not in read(CLERK, f"/cases/{case.pk}/")


# --- the decision -----------------------------------------------------------------------------------------------------


def test_a_decision_begins_with_its_template_and_the_template_alone_is_refused(record: Record) -> None:
    case = objection_ready(record)
    page = read(CLERK, f"/cases/{case.pk}/?outcome=rejected")
    template = "经核实，该信息与决定文书一致，理由是____，异议不予支持。"
    assert template in page
    response = send(CLERK, case, "decide", outcome="rejected", reasons=template)
    assert response.status_code == 422
    said = response.content.decode()
    assert "理由仍是模板原文，或者有未填的空白。请写出本案的事实和依据。" in said
    assert template in said
    assert state(case) == "in_hand"
    assert send(CLERK, case, "decide", outcome="rejected", reasons="").status_code == 422
    assert send(CLERK, case, "decide", outcome="rejected", reasons=REASONS).status_code == 302
    assert state(case) == "decided"


def test_an_outcome_of_another_procedure_is_no_form(record: Record) -> None:
    case = objection_ready(record)
    assert send(CLERK, case, "decide", outcome="granted", reasons=REASONS).status_code == 302
    assert state(case) == "in_hand"


def test_a_correction_names_the_field_and_is_approved_by_another_person(record: Record) -> None:
    case = objection_ready(record)
    page = read(CLERK, f"/cases/{case.pk}/?outcome=corrected")
    assert 'name="field_1"' in page
    wrong = send(CLERK, case, "decide", outcome="corrected", reasons=REASONS, field_1="fine_fen", value_1="许多")
    assert wrong.status_code == 422
    assert "实为“许多”" in wrong.content.decode()
    sent = send(CLERK, case, "decide", outcome="corrected", reasons=REASONS, field_1="violation_facts", value_1="更正")
    assert sent.status_code == 302
    assert state(case) == "proposed"
    assert 'value="approve"' not in read(CLERK, f"/cases/{case.pk}/")
    assert send(CLERK, case, "approve").status_code == 302
    assert state(case) == "proposed"
    assert send(OFFICE_HEAD, case, "approve").status_code == 302
    assert state(case) == "decided"
    assert Record.objects.get(pk=record.pk).content["violation_facts"] == "更正"


def test_a_proposal_is_returned_with_a_reason_and_made_anew(record: Record) -> None:
    case = objection_ready(record)
    decide(by=CLERK, case_id=case.pk, verdict=Verdict("publication_stopped", REASONS), at=AT)
    assert send(OFFICE_HEAD, case, "return", because="").status_code == 422
    assert send(OFFICE_HEAD, case, "return", because="未附送达回证。").status_code == 302
    assert state(case) == "in_hand"
    assert "未附送达回证。" in read(CLERK, f"/cases/{case.pk}/")


def test_a_repair_is_granted_by_two_people_of_the_deciding_department(record: Record) -> None:
    case = repair_ready(record)
    page = read(LIAISON, f"/cases/{case.pk}/")
    assert "停止公示、停止共享和使用、解除惩戒措施、更新评价结果" in page
    assert "最短公示期已满" in page
    assert send(CLERK, case, "decide", outcome="granted", reasons=REASONS).status_code == 302
    assert state(case) == "in_hand"
    assert send(LIAISON, case, "decide", outcome="granted", reasons=REASONS).status_code == 302
    assert send(HEAD, case, "approve").status_code == 302
    assert Record.objects.get(pk=record.pk).display_ended_at == NOW


def test_a_repair_that_meets_its_conditions_is_not_refused_without_one(record: Record) -> None:
    case = repair_ready(record)
    response = send(LIAISON, case, "decide", outcome="refused", reasons=REASONS)
    assert response.status_code == 422
    assert "各项条件均已满足，应当准予修复" in response.content.decode()
    fields = {"outcome": "refused", "reasons": REASONS, "failing": "duties_performed", "holds_from": "2026-10-01"}
    assert send(LIAISON, case, "decide", **fields).status_code == 302
    assert state(case) == "decided"


def test_a_court_order_shields_for_the_time_it_says(record: Record) -> None:
    case = opened(ProcedureName.CREDIT_REPAIR, record, ground="reorganisation")
    hand_in(case, "court_order")
    take_case(by=LIAISON, case_id=case.pk, at=AT)
    fields = {"outcome": "shielded", "reasons": REASONS, "order_from": "2026-09-01"}
    assert send(LIAISON, case, "decide", **fields).status_code == 422
    fields |= {"order_number": "（2026）皖06破1号", "order_until": "2026-08-01"}
    response = send(LIAISON, case, "decide", **fields)
    assert "止日 2026-08-01 应晚于起日 2026-09-01。" in response.content.decode()
    assert send(LIAISON, case, "decide", **fields | {"order_until": "2028-09-01"}).status_code == 302
    assert send(HEAD, case, "approve").status_code == 302
    found = Record.objects.get(pk=record.pk)
    assert (found.shielded_from, found.shielded_until) == (date(2026, 9, 1), date(2028, 9, 1))


def test_a_stay_and_a_revocation_are_carried_out_at_the_departments_desk(record: Record) -> None:
    stay = report_ready(record, ground="stayed", paper="stay_order")
    order = {"order_number": "濉政复〔2026〕3号", "order_from": "2026-09-01"}
    assert send(LIAISON, stay, "decide", outcome="stayed", reasons=REASONS, **order).status_code == 302
    assert Record.objects.get(pk=record.pk).stayed_from == date(2026, 9, 1)
    revoked = report_ready(record, ground="revoked", paper="new_decision")
    assert "撤回记录，原处显示理由" in read(LIAISON, f"/cases/{revoked.pk}/")
    assert send(LIAISON, revoked, "decide", outcome="withdrawn_revoked", reasons=REASONS).status_code == 302
    assert Record.objects.get(pk=record.pk).withdrawn_as == "revoked"


def test_a_decided_case_is_delivered_and_closed(record: Record) -> None:
    case = objection_ready(record)
    settled(case, "rejected", first=CLERK)
    assert case.number in read(CLERK, "/cases/?queue=delivery")
    assert send(CLERK, case, "close", delivered="").status_code == 422
    assert send(CLERK, case, "close", delivered="窗口当面送达").status_code == 302
    assert state(case) == "closed"


def test_a_review_is_taken_down_and_decided_by_somebody_else(record: Record) -> None:
    case = objection_ready(record)
    settled(case, "rejected", first=CLERK)
    assert send(CLERK, case, "request_review", request="").status_code == 422
    assert send(CLERK, case, "request_review", request="没有核对送达日期。").status_code == 302
    review = Case.objects.get(reviews=case)
    take_case(by=CLERK, case_id=review.pk, at=NOW)
    assert "?outcome=" not in read(CLERK, f"/cases/{review.pk}/")
    assert send(CLERK, review, "decide", outcome="rejected", reasons=REASONS).status_code == 302
    assert state(review) == "in_hand"
    assert send(SECOND_CLERK, review, "decide", outcome="rejected", reasons=REASONS).status_code == 302
    assert state(review) == "decided"


def test_what_is_offered_is_what_the_operations_allow(record: Record) -> None:
    case = Case.objects.get(pk=objection_ready(record).pk)
    names = {s.value for s in desk.steps_open(case=case, actor=CLERK, on=TODAY)}
    assert names == {"request_papers", "hand_in_paper", "forward", "extend", "propose", "take_back"}
    extend_deadline(by=CLERK, case_id=case.pk, days=1, reason="需要核查", at=AT)
    forward_to_source(by=CLERK, case_id=case.pk, question="请核实。", at=AT)
    case = Case.objects.get(pk=case.pk)
    assert {s.value for s in desk.steps_open(case=case, actor=LIAISON, on=TODAY)} == {"answer", "hand_in_paper"}
    answer_as_source(by=LIAISON, case_id=case.pk, answer="与文书一致。", at=AT)
    settled(Case.objects.get(pk=case.pk), "rejected", first=CLERK)
    case = Case.objects.get(pk=case.pk)
    assert {s.value for s in desk.steps_open(case=case, actor=CLERK, on=TODAY)} == {"close", "request_review"}
    close_case(by=CLERK, case_id=case.pk, delivered="邮寄", at=AT)
    case = Case.objects.get(pk=case.pk)
    assert {s.value for s in desk.steps_open(case=case, actor=CLERK, on=TODAY)} == {"request_review"}
    late = date(2026, 10, 30)
    assert desk.steps_open(case=case, actor=CLERK, on=late) == frozenset()


# --- opening at the counter -------------------------------------------------------------------------------------------


def opening(record: Record, **changed: object) -> dict[str, object]:
    return {
        "key": "k1", "ground": "wrong_or_missing", "request": "罚款金额有误。", "party": "subject",
        "name": "濉溪县示例建材有限公司", "channel": "post", "received_on": "2026-08-28",
    } | changed  # fmt: skip


def test_a_letter_that_came_on_friday_runs_from_friday(record: Record) -> None:
    client = browser(CLERK)
    address = f"/cases/new/?procedure=objection&record={record.pk}"
    assert "针对哪个字段" in client.get(address).content.decode()
    response = client.post(address, opening(record, field="violation_facts"))
    case = Case.objects.get()
    assert response.headers["Location"] == f"/cases/{case.pk}/"
    assert (case.opened_on, case.due_on, case.channel) == (date(2026, 8, 28), date(2026, 9, 2), "post")
    assert case.records.get().field == "violation_facts"
    client.post(address, opening(record))
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"received_on": "2026-09-02"}, "晚于今天"),
        ({"received_on": "2026-06-01"}, "早于今天超过 30 天"),
        ({"request": ""}, "请写明请求和理由。"),
        ({"channel": "proxy"}, "委托他人办理的，请提交授权委托书。"),
        ({"channel": "online"}, "选择"),
        ({"ground": ""}, "请选择一项理由。"),
    ],
)
def test_a_request_that_lacks_something_is_refused_with_a_sentence(
    record: Record, changed: dict[str, object], said: str
) -> None:
    response = browser(CLERK).post(f"/cases/new/?procedure=objection&record={record.pk}", opening(record, **changed))
    assert response.status_code == 422
    assert said in response.content.decode()
    assert Case.objects.count() == 0


def test_a_proxy_brings_the_authorisation(record: Record) -> None:
    file = SimpleUploadedFile("委托书.pdf", PDF)
    fields = opening(record, channel="proxy", handler_name="李四", authorisation=file)
    browser(CLERK).post(f"/cases/new/?procedure=objection&record={record.pk}", fields)
    case = Case.objects.get()
    assert case.handler_name == "李四"
    assert case.handler_authorisation_sha256 == Paper.objects.get(case=case, kind="authorisation").sha256


def test_a_department_takes_down_only_what_it_determined(record: Record) -> None:
    address = f"/cases/new/?record={record.pk}"
    page = read(LIAISON, address)
    assert "procedure=credit_repair" in page
    assert "procedure=complaint" not in page
    assert browser(OTHER).get(address).status_code == 404
    assert browser(CLERK).get("/cases/new/?record=999999").status_code == 404


def test_a_complaint_names_a_department_and_no_record(record: Record) -> None:
    page = read(CLERK, "/cases/new/")
    assert "procedure=complaint" in page
    assert "procedure=objection" not in page
    form = read(CLERK, "/cases/new/?procedure=complaint")
    ground = re.search(r'name="ground" value="([^"]+)"', form)
    assert ground is not None
    fields = opening(record, ground=ground[1], department="taxation", channel="phone")
    browser(CLERK).post("/cases/new/?procedure=complaint", fields)
    assert Case.objects.get().department_code == "taxation"


def test_false_papers_are_reported_from_the_repair(record: Record) -> None:
    case = repaired(record)
    page = read(LIAISON, f"/cases/{case.pk}/")
    assert f"/cases/new/?procedure=re_verification&amp;record={record.pk}" in page
    assert "登记复查" in read(LIAISON, f"/cases/new/?procedure=re_verification&record={record.pk}")


def test_a_record_page_leads_its_officers_to_the_counter(record: Record) -> None:
    address = f"/records/{record.pk}/"
    assert f"/cases/new/?record={record.pk}" in read(CLERK, address)
    assert f"/cases/notices/{record.pk}/" in read(LIAISON, address)
    assert "/cases/" not in read(OTHER, address).split("<main")[1]
    assert "/cases/new/" not in Client().get(address).content.decode()


# --- letters, guidance, figures ---------------------------------------------------------------------------------------


def test_a_letter_is_a_page_and_a_file(record: Record) -> None:
    case = objection_ready(record)
    letter = Letter.objects.get(case=case)
    page = read(CLERK, f"/cases/{case.pk}/letters/{letter.pk}/")
    assert "<h2>收件回执</h2>" in page
    assert letter.number in page
    assert "濉溪县示例建材有限公司：" in page
    file = browser(CLERK).get(f"/cases/{case.pk}/letters/{letter.pk}/letter.pdf")
    assert file.headers["Content-Type"] == "application/pdf"
    assert file.content.startswith(b"%PDF-")
    assert file.content == browser(CLERK).get(f"/cases/{case.pk}/letters/{letter.pk}/letter.pdf").content
    assert browser(OTHER).get(f"/cases/{case.pk}/letters/{letter.pk}/").status_code == 404


def test_every_letter_of_a_case_can_be_laid_out(record: Record) -> None:
    case = objection_ready(record)
    request_papers(by=CLERK, case_id=case.pk, asked="一、执照\n\n二、授权书", at=AT)
    hand_in(case, "evidence")
    extend_deadline(by=CLERK, case_id=case.pk, days=1, reason="需要核查。", at=AT)
    settled(Case.objects.get(pk=case.pk), "rejected", first=CLERK)
    titles = []
    for letter in Letter.objects.filter(case=case).order_by("pk"):
        page = read(CLERK, f"/cases/{case.pk}/letters/{letter.pk}/")
        titles.append(re.findall(r"<h2>(.+?)</h2>", page)[0])
        assert browser(CLERK).get(f"/cases/{case.pk}/letters/{letter.pk}/letter.pdf").status_code == 200
    assert titles == ["收件回执", "补正通知书", "延期通知书", "处理决定书"]


def test_the_repair_notice_is_printed_with_the_penalty_by_who_decided_it(record: Record) -> None:
    page = read(LIAISON, f"/cases/notices/{record.pk}/")
    assert "<h2>信用修复告知书</h2>" in page
    assert "最早自2026年8月20日起可以申请修复。" in page
    assert "即使不申请，也将于2027年5月20日自动停止公示。" in page
    assert "不收取任何费用" in page
    file = browser(CLERK).get(f"/cases/notices/{record.pk}/notice.pdf")
    assert file.content.startswith(b"%PDF-")
    assert browser(OTHER).get(f"/cases/notices/{record.pk}/").status_code == 404
    licence = stored_licence(subject=record.subject)
    assert browser(LIAISON).get(f"/cases/notices/{licence.pk}/").status_code == 404
    repaired(record)
    assert browser(LIAISON).get(f"/cases/notices/{record.pk}/").status_code == 404


def test_one_guidance_goes_to_each_of_several_cases_and_decides_none(record: Record) -> None:
    cases = [repair_ready(record), objection_ready(stored_record(subject=record.subject, number=2))]
    decided = objection_ready(stored_record(subject=record.subject, number=3))
    settled(decided, "rejected", first=CLERK)
    numbers = [c.pk for c in (*cases, decided)]
    before = [(c.state, c.due_on) for c in Case.objects.order_by("pk")]
    page = browser(CLERK).get("/cases/guidance/", {"case": numbers}).content.decode()
    assert decided.number not in page
    short = browser(CLERK).post("/cases/guidance/", {"case": numbers, "text": "请补"})
    assert short.status_code == 422
    assert Letter.objects.filter(kind="guidance").count() == 0
    text = "请携带营业执照原件到县政务服务中心三楼信用窗口核对。"
    response = browser(CLERK).post("/cases/guidance/", {"case": numbers, "text": text})
    letters = Letter.objects.filter(kind="guidance").order_by("pk")
    assert [x.case_id for x in letters] == [c.pk for c in reversed(cases)]  # the one due first at the head
    printed = read(CLERK, response.headers["Location"])
    assert printed.count('<article class="letter">') == 2
    assert printed.count(text) == 2
    assert [(c.state, c.due_on) for c in Case.objects.order_by("pk")] == before
    assert browser(LIAISON).get("/cases/guidance/").status_code == 403


def test_public_figures_are_k_safe(record: Record) -> None:
    for number in range(2, 11):
        case = objection_ready(stored_record(subject=record.subject, number=number))
        settled(case, "rejected", first=CLERK)
    page = Client().get("/cases/statistics/").content.decode()
    assert "还没有可以公布的数字" in page
    objection_ready(record)
    page = Client().get("/cases/statistics/").content.decode()
    assert "濉溪县市场监督管理局" in page
    figures = re.findall(r'class="amount">([^<]+)</td>', page)
    assert figures == ["10", "9", "9", "100.0%", "0", "0", "0"]
    assert "/cases/statistics/" in Client().get("/departments/market_regulation/").content.decode()


def test_a_year_that_is_none_is_this_year() -> None:
    for year in ("abc", "1066", "9999"):
        assert "2026 年收到的案件" in Client().get(f"/cases/statistics/?year={year}").content.decode()
