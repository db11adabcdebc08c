"""Requests taken down at the counter, the letters that are handed out, guidance, and what the public counts."""

import re
from datetime import date
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from publiccredit.casework.models import Case, Letter, Paper
from publiccredit.casework.operations import (
    extend_deadline,
    request_papers,
    request_review,
    take_case,
)
from publiccredit.casework.queries import cases_of_subject
from publiccredit.casework.types import Applicant, Channel
from publiccredit.catalogue.types import FieldRole, Party
from publiccredit.subjects.models import Look, Record, RecordState, Subject
from publiccredit.subjects.queries import record_type_of
from tests.factories import stored_licence, stored_record
from tests.flows.cases import (
    AT,
    CLERK,
    LIAISON,
    OFFICE_HEAD,
    OTHER,
    hand_in,
    objection_ready,
    repair_ready,
    repaired,
    settled,
)
from tests.flows.officers import PDF, browser, read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers", "an_hour_later")]


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


def test_whatever_a_record_shows_or_leaves_out_can_be_contested_at_the_counter(
    record: Record,
) -> None:
    assert (record.fine_fen, record.confiscated_fen) == (5_000_000, None)
    assert not {"fine", "fine_fen", "confiscated_fen"} & set(record.content)
    client = browser(CLERK)
    address = f"/cases/new/?procedure=objection&record={record.pk}"
    choices = dict(client.get(address).context["form"].fields["field"].choices)
    fields = {field.role: field.name for field in record_type_of(record).fields}
    assert {fields[FieldRole.FINE], fields[FieldRole.CONFISCATED]} <= set(choices)
    assert "legal_representative_document_number" not in choices, "what is never disclosed cannot be named as shown"
    client.post(address, opening(record, field=fields[FieldRole.FINE]))
    assert Case.objects.get().records.get().field == fields[FieldRole.FINE]


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


def test_a_request_about_what_nobody_is_shown_is_taken_down_too(subject: Subject) -> None:
    unserved: dict[str, Any] = {
        "served_on": None,
        "disclosed_from": None,
        "repairable_from": None,
        "disclosed_until": None,
    }
    record = stored_record(subject=subject, state=RecordState.HELD_UNSERVED, **unserved)
    assert Client().get(f"/records/{record.pk}/").status_code == 404
    name = subject.name
    for words in (record.document_number, record.document_number.replace("〔", "[ ").replace("〕", " ]"),
                  name[2:6], f" {name[:4]} {name[4:]}", str(subject.uscc).lower()):  # fmt: skip
        page = browser(CLERK).get("/cases/new/", {"q": words}).content.decode()
        assert f'href="?record={record.pk}"' in page, words
    assert f"?record={record.pk}" in browser(LIAISON).get("/cases/new/", {"q": name}).content.decode()
    assert "没有找到" in browser(OTHER).get("/cases/new/", {"q": name}).content.decode()
    assert "没有找到" in browser(CLERK).get("/cases/new/", {"q": name[0]}).content.decode()
    looks = Look.objects.filter(subject=subject, what="登记请求时查找记录")
    assert sorted(looks.values_list("account", flat=True)) == sorted([CLERK.name, LIAISON.name])
    browser(CLERK).post(f"/cases/new/?procedure=objection&record={record.pk}", opening(record))
    assert Case.objects.get().records.get().record_id == record.pk


def test_the_latest_of_many_records_are_listed_and_it_is_said_that_there_are_more(subject: Subject) -> None:
    for number in range(1, 32):
        stored_record(subject=subject, number=number)
    page = browser(CLERK).get("/cases/new/", {"q": str(subject.uscc)}).content.decode()
    assert page.count('href="?record=') == 30
    assert "只列出最近决定的 30 条" in page


def test_a_complaint_names_a_department_and_no_record(record: Record) -> None:
    page = read(CLERK, "/cases/new/")
    assert "procedure=complaint" in page
    assert "procedure=objection" not in page
    form = read(CLERK, "/cases/new/?procedure=complaint")
    ground = re.search(r'name="ground" value="([^"]+)"', form)
    assert ground is not None
    fields = opening(record, ground=ground[1], department="taxation", channel="phone")
    browser(CLERK).post("/cases/new/?procedure=complaint", fields)
    assert (Case.objects.get().department_code, Case.objects.get().subject) == ("taxation", None)


def test_an_enterprise_that_complains_by_telephone_finds_the_case_at_its_desk(subject: Subject) -> None:
    address = "/cases/new/?procedure=complaint"
    fields = {
        "key": "k1", "ground": "service", "request": "窗口拒收材料。", "party": "subject", "name": "示例建材",
        "channel": "phone", "received_on": "2026-08-31", "department": "taxation", "subject_uscc": "91000000000000000X",
    }  # fmt: skip
    unknown = browser(CLERK).post(address, fields)
    assert (unknown.status_code, "没有统一社会信用代码为" in unknown.content.decode()) == (422, True)
    stranger = browser(CLERK).post(address, fields | {"party": "reader", "subject_uscc": subject.uscc})
    assert (stranger.status_code, "只在信用信息主体提出时填写" in stranger.content.decode()) == (422, True)
    browser(CLERK).post(address, fields | {"subject_uscc": str(subject.uscc).lower()})
    case = Case.objects.get()
    assert (case.subject, case.applicant_name) == (subject, subject.name)
    assert case in cases_of_subject(subject_id=subject.pk)
    take_case(by=CLERK, case_id=case.pk, at=AT)
    settled(case, "unfounded", first=CLERK, second=OFFICE_HEAD)
    review = request_review(
        by=CLERK, case_id=case.pk, applicant=Applicant(Party.SUBJECT, subject.name), request="不服。",
        channel=Channel.PHONE, at=AT,
    )  # fmt: skip
    assert review.subject_id == subject.pk


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
    assert "不申请的，期满自动停止公示，最后公示日为2027年5月19日。" in page
    assert "不收取任何费用" in page
    file = browser(CLERK).get(f"/cases/notices/{record.pk}/notice.pdf")
    assert file.content.startswith(b"%PDF-")
    assert browser(OTHER).get(f"/cases/notices/{record.pk}/").status_code == 404
    licence = stored_licence(subject=record.subject)
    assert browser(LIAISON).get(f"/cases/notices/{licence.pk}/").status_code == 404


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
    def told(on: date) -> str:
        with patch("django.utils.timezone.localdate", return_value=on):
            return Client().get(f"/cases/statistics/?year={AT.year}").content.decode()

    for number in range(2, 11):
        settled(objection_ready(stored_record(subject=record.subject, number=number)), "rejected", first=CLERK)
    assert "还没有可以公布的数字" in told(date(2026, 10, 1))
    settled(objection_ready(record), "rejected", first=CLERK)
    assert "还没有可以公布的数字" in told(date(2026, 9, 30))
    page = told(date(2026, 10, 1))
    assert page == told(date(2026, 10, 31))
    assert '<th scope="row">濉溪县社会信用体系建设联席会议办公室</th>' in page
    assert '<th scope="row">濉溪县市场监督管理局</th>' in page
    figures = re.findall(r'class="amount">([^<]+)</td>', page)
    assert figures == ["10", "10", "0", "100.0%", "10", "0", "10"]
    assert "/cases/statistics/" in Client().get("/departments/market_regulation/").content.decode()


def test_a_year_that_is_none_is_this_year() -> None:
    for year in ("abc", "1066", "9999"):
        assert "2026 年" in Client().get(f"/cases/statistics/?year={year}").content.decode()


def test_the_counter_is_told_what_is_under_way_and_when_a_repair_opens(record: Record) -> None:
    case = objection_ready(record)
    page = read(CLERK, f"/cases/new/?procedure=objection&record={record.pk}")
    assert f'<a href="/cases/{case.pk}/">{case.number}</a> 办理中' in page
    assert 'name="request"' in page
    repair = f"/cases/new/?procedure=credit_repair&record={record.pk}"
    assert "还没有到可以修复的日期" not in read(CLERK, repair) and case.number not in read(CLERK, repair)
    later = stored_record(
        subject=record.subject,
        number=2,
        decided_on=date(2026, 8, 3),
        served_on=date(2026, 8, 3),
        disclosed_from=date(2026, 8, 3),
        repairable_from=date(2026, 11, 3),
        disclosed_until=date(2027, 8, 3),
        received_at=AT,
    )
    page = read(CLERK, f"/cases/new/?procedure=credit_repair&record={later.pk}")
    assert "自 <time>2026-11-03</time> 起可以修复" in page and 'name="request"' in page


def test_who_asked_by_telephone_is_told_to_ask_by_number_and_the_receipt_others_read_holds_no_code(
    record: Record,
) -> None:
    asked = opening(record, party="reader", name="钱七", channel="phone")
    browser(CLERK).post(f"/cases/new/?procedure=objection&record={record.pk}", asked)
    letter = Letter.objects.get()
    read_by_department = read(LIAISON, f"/cases/{letter.case_id}/letters/{letter.pk}/")
    assert letter.case.number in read_by_department and "钱七" not in read_by_department
    assert not re.search(r"[A-Z0-9]{4}(-[A-Z0-9]{4}){3}", letter.text)
    page = Client().get("/challenges/").content.decode()
    assert "写信提出的没有查询码：请凭回执上的编号向濉溪县" in page and "，电话 0000-0000000。" in page
