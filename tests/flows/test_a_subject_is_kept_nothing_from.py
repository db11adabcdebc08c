"""Everything held about a subject is the subject's own to see (DP-13): recipients, looks, documents, papers taken down."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM, Actor
from publiccredit.casework.models import Case, Paper
from publiccredit.casework.operations import hand_in_paper
from publiccredit.casework.types import Applicant, Channel, PaperIn
from publiccredit.catalogue.types import Party, ProcedureName
from publiccredit.intake.operations import attach_documents
from publiccredit.recipients.operations import give_adverse_use_notice, tell
from publiccredit.recipients.types import Cause, Identified, NoticeKind, Used
from publiccredit.subjectdesk import queries
from publiccredit.subjectdesk.copying import copy_of, take_copy
from publiccredit.subjectdesk.pdf import pdf_of
from publiccredit.subjects.models import Look, Record, Subject
from publiccredit.subjects.operations import assign_subject
from tests.factories import penalty_row, stored_record, stored_subject
from tests.flows import filing
from tests.flows.cases import AT, CLERK, LIAISON, OTHER, hand_in, opened
from tests.flows.desks import at_the_desk, opened_by_letter, visitor_of
from tests.flows.officers import browser, read
from tests.flows.recipients import given, registered
from tests.papers import a_pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]
READERS_FILE = "钱七的证据.pdf"


def _looked(subject: Subject, number: int) -> None:
    Look.objects.bulk_create(
        Look(subject=subject, account="clerk", role="信用办经办人", department="县信用办", what=f"第 {n} 次",
             at=AT + timedelta(minutes=n // 2))
        for n in range(number)
    )  # fmt: skip


def _changed(record: Record) -> None:
    cause = Cause(entry_id=7, at=AT, authority="濉溪县市场监督管理局")
    tell(kinds={record.pk: NoticeKind.CORRECTED}, cause=cause)


# --- the copy -------------------------------------------------------------------------------------------------------


def test_the_copy_says_to_whom_each_record_was_given_who_was_told_and_who_used_it(
    subject: Subject, record: Record
) -> None:
    recipient = registered()
    given(recipient, record)
    _changed(record)
    used = Used(record_id=record.pk, what="未通过供应商资格审查", decided_on=AT.date())
    by = Identified(recipient.pk, None, recipient.name, recipient.purpose)
    notice = give_adverse_use_notice(by=by, used=used, at=AT)
    desk = at_the_desk(subject, Client())
    copied = desk.get("/mine/copy.json").json()
    (told,) = copied["records"][0]["recipients"]
    assert (told["recipient"], told["purpose"], told["times"]) == (recipient.name, "供应商资格审查", 1)
    assert [(n["kind"], n["state"]) for n in told["notices"]] == [("记录已更正", "unconfirmed")]
    assert [(u["number"], u["recipient"], u["text"]) for u in copied["adverse_uses"]] == [
        (notice.pk, recipient.name, notice.text)
    ]
    page = desk.get("/mine/copy/").content.decode()
    words = f"{recipient.name}，供应商资格审查，1 次，最近 2026-09-01；记录已更正（2026-09-01）：待确认"
    assert f"<dt>提供给了</dt><dd>{words}</dd>" in page
    assert "使用公共信用信息告知书" in page
    assert "记录已更正（2026-09-01）：待确认" in desk.get("/mine/recipients/").content.decode()


def test_the_log_of_looks_is_whole_in_the_copy_and_page_by_page(subject: Subject) -> None:
    _looked(subject, 450)
    desk = at_the_desk(subject, Client())
    visitor = visitor_of(opened_by_letter(subject, at=AT), at=AT)
    assert len(copy_of(visitor=visitor, at=AT, on=AT.date()).looks) == 450
    seen, address = [], "/mine/looks/"
    while address:
        answer = desk.get(address)
        seen += [look.what for look in answer.context["looks"]]
        following = answer.context["next_url"]
        assert ("← 上一页" in answer.content.decode()) == ("?" in address)
        address = f"/mine/looks/{following}" if following else ""
    assert seen == [f"第 {n} 次" for n in reversed(range(450))]
    for strange in ("x", "0", "9" * 30):
        assert desk.get(f"/mine/looks/?after={strange}").status_code == 200


def test_who_was_given_records_is_asked_in_the_same_number_of_statements_however_many_they_are(
    subject: Subject, record: Record, django_assert_num_queries: Any
) -> None:
    visitor = visitor_of(opened_by_letter(subject, at=AT), at=AT)
    recipient = registered()
    for number in range(2, 8):
        given(recipient, stored_record(subject=subject, number=number))
    with django_assert_num_queries(3):
        assert len(queries.recipients(visitor=visitor, on=AT.date())) == 6


def test_a_copy_that_was_taken_before_a_record_was_found_to_be_anothers_is_not_said_to_be_its_own(
    subject: Subject, record: Record
) -> None:
    take_copy(visitor=visitor_of(opened_by_letter(subject, at=AT), at=AT), form="json", at=AT, on=AT.date())
    other = stored_subject(number=2, name="濉溪县另一建材有限公司")
    act_as(actor=PROGRAM)
    assign_subject(record_ids=[record.pk], subject_id=other.pk, matched_by="person", at=AT, entry_id=9)
    page = at_the_desk(other, Client()).get("/mine/recipients/").content.decode()
    assert "归属重新判定以前的主体" in page and "主体本身" not in page


def test_a_copy_of_many_looks_is_still_made_as_a_pdf(subject: Subject) -> None:
    _looked(subject, 2000)
    visitor = visitor_of(opened_by_letter(subject, at=AT), at=AT)
    assert pdf_of(copy=copy_of(visitor=visitor, at=AT, on=AT.date())).startswith(b"%PDF-")


# --- documents and papers -------------------------------------------------------------------------------------------


def _deposited(record: Record) -> bytes:
    document = a_pdf("the decision itself")
    attach_documents(
        by=filing.LIAISON, department_code="market_regulation", file=io.BytesIO(document), file_name="决定书.pdf",
        document_number=record.document_number, at=filing.AT + timedelta(hours=1),
    )  # fmt: skip
    act_as(actor=PROGRAM)
    return document


def test_the_decision_document_that_was_deposited_is_opened_by_its_own_subject_and_nobody_else() -> None:
    filing.send([penalty_row(1), penalty_row(2)])
    record, other = Record.objects.order_by("pk")
    assert record.subject is not None and other.subject is not None
    own, theirs = (at_the_desk(one.subject, Client()) for one in (record, other))
    address = f"/mine/records/{record.pk}/document/"
    assert own.get(address).status_code == 404, "its department keeps it"
    assert address not in own.get(f"/mine/records/{record.pk}/").content.decode()
    document = _deposited(record)
    assert f'<a href="{address}">决定文书</a>' in own.get(f"/mine/records/{record.pk}/").content.decode()
    answer = own.get(address)
    assert (b"".join(answer.streaming_content), answer["Content-Type"]) == (document, "application/pdf")
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert own.get(f"{address}?download")["Content-Disposition"].startswith("attachment")
    assert theirs.get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_a_paper_taken_down_at_the_counter_is_opened_by_its_subject_and_the_office_s_own_is_not(
    subject: Subject, record: Record
) -> None:
    case = opened(ProcedureName.OBJECTION, record, ground="other", by=CLERK, channel=Channel.COUNTER)
    hand_in(case, "evidence", "source_opinion", by=CLERK)
    papers = {paper.kind: paper for paper in Paper.objects.filter(case=case)}
    desk = at_the_desk(subject, Client())
    page = desk.get(f"/mine/cases/{case.pk}/").content.decode()
    for kind, opens in (("evidence", True), ("source_opinion", False)):
        address = f"/mine/cases/{case.pk}/papers/{papers[kind].pk}/"
        assert (desk.get(address).status_code == 200) is opens
        assert (address in page, papers[kind].file_name in page) == (opens, opens)


def _readers_case(record: Record, by: Actor = CLERK) -> Case:
    reader = Applicant(Party.READER, "钱七", handler_name="孙八", handler_authorisation_sha256="a" * 64)
    case = opened(ProcedureName.OBJECTION, record, ground="other", by=by, applicant=reader, channel=Channel.PROXY)
    for kind in ("evidence", "authorisation"):
        paper = PaperIn(kind=kind, file_name=READERS_FILE, content=a_pdf(kind))
        hand_in_paper(by=by, case_id=case.pk, paper=paper, at=AT)
    return case


def test_the_name_of_a_readers_file_tells_the_office_alone_who_asked(subject: Subject, record: Record) -> None:
    case = _readers_case(record)
    papers = {paper.kind: f"/cases/{case.pk}/papers/{paper.pk}/" for paper in Paper.objects.filter(case=case)}
    office, department = browser(CLERK), browser(LIAISON)
    assert READERS_FILE in read(CLERK, f"/cases/{case.pk}/")
    page = read(LIAISON, f"/cases/{case.pk}/")
    assert READERS_FILE not in page and "钱七" not in page
    assert papers["evidence"] in page and papers["authorisation"] not in page
    assert office.get(papers["authorisation"]).status_code == 200
    assert department.get(papers["authorisation"]).status_code == 404
    found = department.get(papers["evidence"])
    assert found.status_code == 200 and found["Content-Disposition"].split("filename=")[1].strip('"').endswith(".pdf")
    assert "%E9%92%B1" not in found["Content-Disposition"]
    assert browser(OTHER).get(papers["evidence"]).status_code == 404
    of_subject = at_the_desk(subject, Client()).get(f"/mine/cases/{case.pk}/").content.decode()
    assert case.number in of_subject and READERS_FILE not in of_subject and "钱七" not in of_subject


def test_a_department_that_reads_a_readers_case_at_the_shell_reads_no_name_of_a_file(record: Record) -> None:
    from publiccredit.site.commands.case_words import in_full

    case = _readers_case(record)
    named = {
        actor.name: {paper["file_name"] for paper in in_full(case, by=actor, on=AT.date())["papers"]}
        for actor in (CLERK, LIAISON)
    }
    assert named == {CLERK.name: {READERS_FILE}, LIAISON.name: {""}}


def test_a_subject_s_own_file_keeps_its_name(subject: Subject, record: Record) -> None:
    desk = at_the_desk(subject, Client())
    file = SimpleUploadedFile("缴款凭证.pdf", a_pdf("paid"))
    typed = {"key": "k", "ground": "other", "request": "请核对。", "paper_evidence": file}
    assert desk.post(f"/mine/records/{record.pk}/objection/", typed).status_code == 302
    case = Case.objects.get()
    assert "缴款凭证.pdf" in desk.get(f"/mine/cases/{case.pk}/").content.decode()
    assert "缴款凭证.pdf" in read(LIAISON, f"/cases/{case.pk}/")
