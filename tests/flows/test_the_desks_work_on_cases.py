"""The desks through HTTP: every form of a case by the right person, the wrong one, at the wrong time and half filled."""

import re
from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from publiccredit.accounts.types import Actor, Role
from publiccredit.casework import desk, queries
from publiccredit.casework.models import Case, CaseStep, Letter, Paper
from publiccredit.casework.operations import (
    decide,
    declare_relation,
    request_papers,
)
from publiccredit.casework.types import Applicant, Channel, Verdict
from publiccredit.catalogue.types import Party, ProcedureName
from publiccredit.subjects.models import Record
from tests.accounts import opened_account
from tests.factories import stored_record
from tests.flows.cases import (
    AT,
    CLERK,
    LIAISON,
    OTHER,
    REASONS,
    SECOND_CLERK,
    objection_ready,
    opened,
    repair_ready,
)
from tests.flows.officers import PDF, TODAY, browser, browser_page_after, read, send, state
from tests.papers import a_docx

AUDITOR = Actor(name="auditor", role=Role.AUDITOR)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers", "an_hour_later")]


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
        "ours": 1, "mine": 1, "new": 1, "overdue": 0, "escalated": 0, "papers": 1, "source": 0, "second": 0,
        "delivery": 0, "late_elsewhere": 0, "undelivered_elsewhere": 0, "open": 3, "closed": 0, "taken_back": 0,
    }  # fmt: skip
    numbers = {q.name: q.number for q in desk.queues(actor=CLERK, on=date(2026, 9, 30))}
    late = (numbers["overdue"], numbers["late_elsewhere"])
    assert late == (1, 1)  # the office's own, and the department's; the one that waits for papers is not late


def test_a_queue_counts_what_its_desk_has_to_act_on(record: Record) -> None:
    """What is late, proposed or undelivered counts at the desk that decides it; another desk finds it elsewhere."""
    others = [stored_record(subject=record.subject, number=n) for n in (2, 3, 4)]
    long_ago = AT - timedelta(days=40)
    objection = objection_ready(record, at=long_ago)
    repair = repair_ready(others[0], at=long_ago)
    answered, proposed = objection_ready(others[1]), repair_ready(others[2])
    decide(by=CLERK, case_id=answered.pk, verdict=Verdict("rejected", REASONS), at=AT)
    decide(by=LIAISON, case_id=proposed.pk, verdict=Verdict("granted", REASONS), at=AT)
    at_office = {q.name: q.number for q in desk.queues(actor=CLERK, on=TODAY)}
    at_department = {q.name: q.number for q in desk.queues(actor=LIAISON, on=TODAY)}
    names = ("overdue", "late_elsewhere", "second", "delivery", "undelivered_elsewhere")
    assert [at_office[n] for n in names] == [1, 1, 0, 1, 0]
    assert [at_department[n] for n in names] == [1, 1, 1, 0, 1]
    for actor, own in ((CLERK, objection), (LIAISON, repair)):
        assert [c.pk for c in desk.queue(name="overdue", actor=actor, on=TODAY)] == [own.pk]
    auditor = {q.name: q.number for q in desk.queues(actor=AUDITOR, on=TODAY)}
    assert (auditor["overdue"], auditor["second"], auditor["delivery"], "late_elsewhere" in auditor) == (2, 1, 1, False)


def test_a_case_late_before_papers_were_asked_for_is_late_at_its_desk_everywhere(record: Record) -> None:
    case = objection_ready(record, at=AT - timedelta(days=40))
    request_papers(by=CLERK, case_id=case.pk, asked="营业执照复印件", at=AT)
    start = browser(CLERK).get("/start/").context
    figure = next(f for f in start["numbers"] if f["title"] == "逾期的案件")
    assert (figure["value"], figure["url"]) == ("1", "/cases/?queue=overdue")
    assert ([row["case"].pk for row in start["due"]], list(start["watched"])) == ([case.pk], [])
    assert case.number in read(CLERK, figure["url"])


@pytest.mark.parametrize("on", [date(2026, 9, d) for d in (1, 2, 3, 4, 7, 30)])
def test_the_queue_of_half_used_clocks_holds_the_rows_whose_clock_says_so(record: Record, on: date) -> None:
    others = [stored_record(subject=record.subject, number=n) for n in (2, 3)]
    made = [objection_ready(record), repair_ready(others[0]), objection_ready(others[1])]
    request_papers(by=CLERK, case_id=made[2].pk, asked="营业执照复印件", at=AT)
    assert set(Case.objects.values_list("reached_percent", flat=True)) == {0}, "no sweep has run"
    half = {c.pk for c in Case.objects.all() if desk.clock_of(case=c, on=on).level >= 50}
    assert set(desk.queue(name="escalated", actor=CLERK, on=on).values_list("pk", flat=True)) == half
    assert {q.name: q.number for q in desk.queues(actor=CLERK, on=on)}["escalated"] == len(half)
    assert len(half) == {1: 0, 2: 0, 3: 1, 4: 1, 7: 1, 30: 2}[on.day]


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
    page = read(CLERK, f"/cases/?queue=open&{query}")
    assert (case.number in page, "1 件，" in page) == (found, found)


READER = Applicant(Party.READER, "读者")


def test_a_case_is_found_by_what_is_typed_and_one_without_a_record_by_nothing_else(record: Record) -> None:
    assert record.subject is not None and record.subject.uscc is not None
    case = opened(ProcedureName.OBJECTION, record, ground="other")
    complaint = opened(ProcedureName.COMPLAINT, ground="service", by=CLERK, applicant=READER, channel=Channel.PHONE)
    in_ascii = case.number.replace("〔", "[").replace("〕", "]")
    for words in (record.subject.uscc, record.subject.uscc.lower(), in_ascii, str(record.pk), "濉市监罚[2026]1号"):
        page = browser(CLERK).get("/cases/", {"queue": "open", "record": words}).content.decode()
        assert (case.number in page, complaint.number in page) == (True, False), words
    page = browser(CLERK).get("/cases/", {"queue": "open", "record": complaint.number}).content.decode()
    assert (case.number in page, complaint.number in page) == (False, True)


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
    assert (clock.words, clock.level, clock.late) == ("材料最迟 2026-09-08", 0, False)


def test_a_case_that_waits_for_its_applicant_waits_for_no_desk_and_shows_the_day_of_the_letter(record: Record) -> None:
    case = objection_ready(record)
    request_papers(by=CLERK, case_id=case.pk, asked="营业执照", at=AT)
    assert "请于2026年9月8日前补充下列材料" in Letter.objects.get(kind="request_for_papers").text
    for page in (read(CLERK, "/cases/?queue=papers"), read(CLERK, f"/cases/{case.pk}/")):
        assert "材料最迟 2026-09-08" in page
        assert "决定期限暂停" in page
        assert "2026-09-04" not in page  # the last day for the decision, which moves with the wait
    waiting = {q.name: q.number for q in desk.queues(actor=CLERK, on=date(2026, 9, 8))}
    assert (waiting["ours"], waiting["papers"], waiting["open"]) == (0, 1, 1)
    assert {q.name: q.number for q in desk.queues(actor=CLERK, on=date(2026, 9, 9))}["ours"] == 1
    repair = repair_ready(record)
    request_papers(by=LIAISON, case_id=repair.pk, asked="缴款凭证", at=AT)
    days = [date(2026, 9, 15), date(2026, 9, 16)]  # ten working days
    own = [queries.desk_of_department(department_code="market_regulation", on=day).count() for day in days]
    assert own == [0, 1]


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


def test_an_auditor_reads_a_case_and_can_do_nothing_in_it(record: Record) -> None:
    opened_account(username="audit", role=Role.AUDITOR, at=AT)
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
    page = SimpleUploadedFile("证明.pdf", b"<script>alert(1)</script>", content_type="application/pdf")
    refused = send(CLERK, case, "hand_in_paper", kind="evidence", file=page)
    assert (refused.status_code, "“证明.pdf”打不开" in refused.content.decode()) == (422, True)
    file = SimpleUploadedFile("证明.docx", a_docx(), content_type="application/pdf")
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
    assert "这个文件是空的。请重新扫描或者另存后提交。" in response.content.decode()
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
