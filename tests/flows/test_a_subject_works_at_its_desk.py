"""What an enterprise sees and does at its own desk, and what it never reaches."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from reportlab.platypus import Paragraph

from publiccredit.accounts.operations import NotAllowed, acting
from publiccredit.accounts.types import PROGRAM
from publiccredit.casework.models import Case
from publiccredit.casework.operations import decide, request_papers, take_case
from publiccredit.casework.types import Asked, CaseState, PaperIn, Verdict
from publiccredit.catalogue.types import Audience, ProcedureName
from publiccredit.disclosure.queries import visible_records
from publiccredit.subjectdesk import copying, operations
from publiccredit.subjectdesk.operations import NotYours
from publiccredit.subjectdesk.pdf import story_of
from publiccredit.subjectdesk.types import HandlerAsked, Right, Visitor
from publiccredit.subjects.models import Look, Record, RecordVersion, Subject
from tests.factories import stored_licence, stored_record, stored_subject
from tests.flows.cases import AT, CLERK, HEAD, LIAISON, REASONS, objection_ready, repaired, settled
from tests.flows.desks import Pigeon, at_the_desk, opened_by_letter, visitor_of, with_contact
from tests.flows.officers import browser
from tests.papers import a_pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]
PDF = a_pdf("invented")


@pytest.fixture
def other(subject: Subject) -> Record:
    return stored_record(subject=stored_subject(number=2, name="濉溪县另一建材有限公司"), number=2)


@pytest.fixture
def desk(subject: Subject, client: Client) -> Client:
    return at_the_desk(subject, client)


def _visitor(subject: Subject, *, at: datetime = AT) -> Visitor:
    return visitor_of(opened_by_letter(subject, at=at), at=at)


def _paper(name: str = "承诺书.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


def _typed(**more: Any) -> dict[str, Any]:
    return {"key": "k1", "request": "请依法处理。"} | more


def _repair(desk: Client, record: Record) -> Case:
    papers = {"paper_proof_of_performance": _paper("缴款凭证.pdf"), "paper_commitment": _paper()}
    answer = desk.post(f"/mine/records/{record.pk}/repair/", _typed(ground="duties_performed", **papers))
    case = Case.objects.get()
    assert answer.headers["Location"] == f"/mine/cases/{case.pk}/"
    return case


# --- seeing ---------------------------------------------------------------------------------------------------------


def test_the_desk_shows_what_the_public_no_longer_sees(desk: Client, subject: Subject) -> None:
    today = timezone.localdate()
    ended = stored_record(subject=subject, number=3, disclosed_until=today, decided_on=today - timedelta(days=400))
    assert desk.get(f"/records/{ended.pk}/").status_code == 404
    page = desk.get("/mine/").content.decode()
    assert ended.document_number in page and "公示期满" in page
    assert desk.get(f"/mine/records/{ended.pk}/").status_code == 200


def test_the_page_of_a_record_names_exactly_the_two_papers_the_term_and_who_decides(
    desk: Client, record: Record
) -> None:
    page = desk.get(f"/mine/records/{record.pk}/").content.decode()
    for words in (
        "需要 2 份材料",
        "履行义务的证明",
        "信用承诺书",
        "2027-05-19",
        "现在就可以申请",
        "由濉溪县市场监督管理局在",
    ):
        assert words in page


def test_the_records_and_cases_of_another_subject_look_like_none(desk: Client, other: Record) -> None:
    theirs = at_the_desk(other.subject, Client())  # type: ignore[arg-type]
    theirs.post(f"/mine/records/{other.pk}/objection/", _typed(ground="other"))
    case = Case.objects.get()
    for address in (
        f"/mine/records/{other.pk}/",
        f"/mine/records/{other.pk}/objection/",
        f"/mine/records/{other.pk}/repair/",
        f"/mine/records/{other.pk}/statement/",
        f"/mine/cases/{case.pk}/",
        f"/mine/cases/{case.pk}/papers/",
        f"/mine/cases/{case.pk}/review/",
        "/mine/records/999999999/",
        f"/mine/cases/{2**63}/",
    ):
        assert desk.get(address).status_code == 404, address
    for address in ("/mine/", "/mine/copy/", "/mine/copy.json"):
        assert other.document_number not in desk.get(address).content.decode()


def test_the_way_from_a_public_record_of_another_subject_ends_at_the_own_desk(desk: Client, other: Record) -> None:
    answer = desk.get("/mine/log-in/", {"next": f"/mine/records/{other.pk}/"}, follow=True)
    assert answer.redirect_chain == [("/mine/", 302)]
    assert "不能在这里办理" in answer.content.decode()


def test_the_way_from_an_own_public_record_leads_to_it(desk: Client, record: Record) -> None:
    answer = desk.get("/mine/log-in/", {"next": f"/mine/records/{record.pk}/"})
    assert (answer.status_code, answer["Location"]) == (302, f"/mine/records/{record.pk}/")


def test_the_copy_is_the_same_as_page_as_pdf_and_as_json(desk: Client, subject: Subject, record: Record) -> None:
    licence = stored_licence(subject=subject, number=4)
    copied = json.loads(desk.get("/mine/copy.json").content)
    assert copied["made_at"].endswith("+08:00")
    assert copied["records"][0]["known_from"].endswith("+08:00")
    assert copied["identifier"] == subject.uscc
    assert {r["document_number"] for r in copied["records"]} == {record.document_number, licence.document_number}
    page = desk.get("/mine/copy/").content.decode()
    assert all(r["document_number"] in page for r in copied["records"])
    pdf = desk.get("/mine/copy.pdf")
    assert pdf.headers["Content-Type"] == "application/pdf" and pdf.content.startswith(b"%PDF-")
    assert "340621199001011234" not in page + json.dumps(copied)


def test_the_copy_of_a_repaired_record_names_four_effects_and_the_statement_in_every_form(
    desk: Client, subject: Subject, record: Record
) -> None:
    now = timezone.now()
    visitor = _visitor(subject, at=now)
    operations.state(visitor=visitor, record_id=record.pk, statement="产品已全部召回。", at=now)
    repaired(record, at=now)
    copied = json.loads(desk.get("/mine/copy.json").content)["records"][0]
    effects = {effect["title"]: effect["at"] for effect in copied["repair_effects"]}
    assert list(effects) == ["停止公示", "停止共享和使用", "解除失信惩戒措施", "更新评价结果"]
    assert len(set(effects.values())) == 1
    assert copied["statement"] == "产品已全部召回。"
    page = desk.get("/mine/copy/").content.decode()
    taken = copying.copy_of(visitor=visitor, at=now, on=timezone.localdate())
    written = [flowable.text for flowable in story_of(copy=taken) if isinstance(flowable, Paragraph)]
    lines = dict(taken.records[0].lines)
    assert {"停止公示", "更新评价结果", "主体声明", "失信严重程度", "目录条目", "状态"} <= set(lines)
    assert record.item not in page and record.severity_rule not in page  # said in words, never by a name of the packs
    for title, value in lines.items():
        assert f"{title}：{value}" in written
        assert f"<dt>{title}</dt><dd>{value}</dd>" in page
    at_own_desk = desk.get(f"/mine/records/{record.pk}/").content.decode()
    assert at_own_desk.count(lines["停止公示"]) == 4  # each effect with its time
    case = Case.objects.get()
    officers = browser(CLERK).get(f"/cases/{case.pk}/").content.decode()
    assert "修复的四项效果" in officers and officers.count(lines["停止公示"]) == 4


def test_a_look_by_the_office_stands_on_the_subject_s_own_log(desk: Client, subject: Subject) -> None:
    from publiccredit.accounts.models import Officer

    officer = Client()
    officer.force_login(
        Officer.objects.get(username=CLERK.name), backend="publiccredit.accounts.backends.OfficerBackend"
    )
    assert officer.get(f"/proofs/{subject.uscc}/").status_code == 200
    with acting(actor=PROGRAM):
        assert Look.objects.get().what == "登记联系方式和核验函"
    page = desk.get("/mine/looks/").content.decode()
    assert "信用办 信用办经办人：登记联系方式和核验函" in page and "窗口核验函" in page


def test_nobody_was_told_of_a_record_of_which_nobody_was_given_any(desk: Client) -> None:
    assert "还没有向任何人提供过本单位的记录" in desk.get("/mine/recipients/").content.decode()


# --- acting ---------------------------------------------------------------------------------------------------------


def test_a_repair_applied_for_at_the_desk_and_granted_ends_the_display(desk: Client, record: Record) -> None:
    case = _repair(desk, record)
    assert (case.channel, case.state, case.papers.count()) == ("online", "opened", 2)
    now = timezone.now()
    take_case(by=LIAISON, case_id=case.pk, at=now)
    settled(case, "granted", first=LIAISON, second=HEAD, at=now)
    own = desk.get(f"/mine/cases/{case.pk}/").content.decode()
    assert "处理决定书" in own and "申请复核" not in own and "对结果不服的，可以依法" in own
    page = desk.get(f"/mine/records/{record.pk}/").content.decode()
    assert "已修复" in page
    assert visible_records(audience=Audience.PUBLIC, on=timezone.localdate(), record_id=record.pk) == ()


def test_the_same_form_sent_twice_opens_one_case(desk: Client, record: Record) -> None:
    for _ in range(2):
        desk.post(f"/mine/records/{record.pk}/objection/", _typed(ground="wrong_or_missing", field="fine_fen"))
    case = Case.objects.get()
    assert case.records.get().field == "fine_fen"
    record.refresh_from_db()
    assert record.dispute == "open"


def test_a_key_of_another_subject_s_form_gives_nothing_of_its_case(desk: Client, record: Record, other: Record) -> None:
    theirs = at_the_desk(other.subject, Client())  # type: ignore[arg-type]
    theirs.post(f"/mine/records/{other.pk}/objection/", _typed(ground="other"))
    desk.post(f"/mine/records/{record.pk}/objection/", _typed(ground="other"))
    assert Case.objects.count() == 2


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"request": ""}, "request"),
        ({"ground": ""}, "ground"),
        ({"ground": "invented"}, "ground"),
        ({"paper_commitment": ""}, "paper_commitment"),
        ({"paper_commitment": SimpleUploadedFile("a.pdf", b"")}, "paper_commitment"),
        ({"paper_commitment": SimpleUploadedFile("a.exe", b"MZ")}, "paper_commitment"),
    ],
)
def test_what_is_wrong_in_a_form_is_said_at_its_field(
    desk: Client, record: Record, typed: dict[str, Any], field: str
) -> None:
    usual = _typed(ground="duties_performed", paper_commitment=_paper())
    answer = desk.post(f"/mine/records/{record.pk}/repair/", usual | typed)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Case.objects.exists()


def test_a_repair_of_a_licence_is_refused_with_its_reason(desk: Client, subject: Subject) -> None:
    licence = stored_licence(subject=subject, number=5)
    typed = _typed(ground="duties_performed", paper_commitment=_paper())
    answer = desk.post(f"/mine/records/{licence.pk}/repair/", typed)
    assert answer.status_code == 422
    assert "信用修复只针对失信信息" in answer.content.decode()


def test_a_complaint_about_a_department_is_seen_again_at_the_desk(desk: Client, subject: Subject) -> None:
    answer = desk.post("/mine/complaint/", _typed(ground="fee", department_code="market_regulation"))
    case = Case.objects.get()
    assert answer.headers["Location"] == f"/mine/cases/{case.pk}/"
    assert (case.subject_id, case.department_code) == (subject.pk, "market_regulation")
    assert case.number in desk.get("/mine/").content.decode()


def test_papers_asked_for_are_added_and_the_clock_goes_on(desk: Client, record: Record) -> None:
    desk.post(f"/mine/records/{record.pk}/objection/", _typed(ground="other"))
    case, now = Case.objects.get(), timezone.now()
    take_case(by=CLERK, case_id=case.pk, at=now)
    request_papers(by=CLERK, case_id=case.pk, asked="请补交缴款凭证。", at=now)
    page = desk.get(f"/mine/cases/{case.pk}/").content.decode()
    assert "请补交缴款凭证" in page
    case.refresh_from_db()
    assert f"材料最迟 {case.papers_due_on} 交来，决定期限暂停" in page
    assert f"最迟 {case.due_on} 作出处理" not in page
    copied = desk.get("/mine/copy.json").json()["cases"][0]
    until = case.papers_due_on
    assert (copied["due"], copied["papers_due_on"]) == (f"材料最迟 {until} 交来，决定期限暂停", str(until))
    broken = SimpleUploadedFile("凭证.pdf", b"no pdf at all")
    damaged = desk.post(f"/mine/cases/{case.pk}/papers/", {"kind": "evidence", "file": broken})
    assert (damaged.status_code, "“凭证.pdf”打不开" in damaged.content.decode()) == (422, True)
    answer = desk.post(f"/mine/cases/{case.pk}/papers/", {"kind": "evidence", "file": _paper("凭证.pdf")})
    assert answer.status_code == 302
    case.refresh_from_db()
    assert (case.state, case.papers.get().party) == (CaseState.IN_HAND, "subject")


def test_a_subject_prints_its_own_letters_and_no_others(desk: Client, record: Record, other: Record) -> None:
    case = _repair(desk, record)
    receipt = case.letters.get()
    address = f"/mine/cases/{case.pk}/letters/{receipt.pk}/"
    assert address in desk.get(f"/mine/cases/{case.pk}/").content.decode()
    page = desk.get(address).content.decode()
    assert '<article class="letter">' in page and f"{address}letter.pdf" in page
    assert desk.get(f"{address}letter.pdf").content.startswith(b"%PDF-")
    theirs = objection_ready(other, at=timezone.now()).letters.first()
    assert theirs is not None
    for number in (case.pk, theirs.case_id):
        for tail in ("", "letter.pdf"):
            assert desk.get(f"/mine/cases/{number}/letters/{theirs.pk}/{tail}").status_code == 404
    assert "/log-in" in Client().get(address).headers["Location"]


def test_a_review_is_asked_for_once(desk: Client, record: Record) -> None:
    desk.post(f"/mine/records/{record.pk}/objection/", _typed(ground="other"))
    first, now = Case.objects.get(), timezone.now()
    take_case(by=CLERK, case_id=first.pk, at=now)
    decide(by=CLERK, case_id=first.pk, verdict=Verdict("rejected", REASONS), at=now)
    assert f"/mine/cases/{first.pk}/review/" in desk.get(f"/mine/cases/{first.pk}/").content.decode()
    assert desk.post(f"/mine/cases/{first.pk}/review/", {"request": "与文书不符。"}).status_code == 302
    second = desk.post(f"/mine/cases/{first.pk}/review/", {"request": "与文书不符。"})
    assert second.status_code == 422 and "复核只有一次" in second.content.decode()
    assert f"/mine/cases/{first.pk}/review/" not in desk.get(f"/mine/cases/{first.pk}/").content.decode()


def test_a_statement_travels_with_the_record_and_is_taken_back(desk: Client, record: Record) -> None:
    address = f"/mine/records/{record.pk}/statement/"
    form = desk.get(address).content.decode().split("<main")[1]
    # A browser would cut off what is pasted, without a word.
    assert ("不超过 1000 字" in form, "maxlength" in form) == (True, False)
    too_long = desk.post(address, {"statement": "字" * 1001})
    assert too_long.status_code == 422
    assert 'role="alert" tabindex="-1" autofocus' in too_long.content.decode()  # the keyboard starts at what is wrong
    versions = RecordVersion.objects.count()
    assert "现在没有声明" in desk.post(address, {"statement": " "}).content.decode()
    assert RecordVersion.objects.count() == versions
    desk.post(address, {"statement": "该批水泥已全部召回。"})
    assert "该批水泥已全部召回。" in Client().get(f"/records/{record.pk}/").content.decode()
    desk.post(address, {"statement": ""})
    assert "已全部召回" not in Client().get(f"/records/{record.pk}/").content.decode()


def test_a_handler_does_only_what_its_rights_cover(subject: Subject, record: Record) -> None:
    owner = _visitor(subject)
    with_contact(subject, at=AT)
    asked = HandlerAsked("赵六", "13900000001", frozenset({Right.OBJECT}), AT.date(), AT.date() + timedelta(days=30))
    operations.name_handler(visitor=owner, asked=asked, at=AT)
    pigeon = Pigeon()
    operations.request_code(
        identifier=subject.uscc or "", contact="13900000001", source="s", at=AT, messenger=pigeon
    )  # fmt: skip
    handler = visitor_of(
        operations.enter_code(identifier=subject.uscc or "", code=pigeon.code, source="s", at=AT), at=AT
    )
    on_record = Asked(ground="duties_performed", request="请依法处理。", record_ids=(record.pk,))
    with pytest.raises(NotAllowed):
        operations.open_case(
            visitor=handler, procedure=ProcedureName.CREDIT_REPAIR, asked=on_record, papers=(), key="k", at=AT
        )
    with pytest.raises(NotAllowed):
        operations.state(visitor=handler, record_id=record.pk, statement="已改正。", at=AT)
    asked_of = Asked(ground="other", request="请依法处理。", record_ids=(record.pk,))
    case = operations.open_case(
        visitor=handler, procedure=ProcedureName.OBJECTION, asked=asked_of, papers=(), key="k", at=AT
    )
    assert (case.handler_name, case.contact) == ("赵六", "13900000001")


# --- what the operations and the database refuse --------------------------------------------------------------------


def test_an_operation_on_another_s_record_or_case_is_refused(subject: Subject, record: Record, other: Record) -> None:
    own, theirs = _visitor(subject), _visitor(other.subject)  # type: ignore[arg-type]
    asked = Asked(ground="other", request="请依法处理。", record_ids=(other.pk,))
    with pytest.raises(NotYours):
        operations.open_case(visitor=own, procedure=ProcedureName.OBJECTION, asked=asked, papers=(), key="k", at=AT)
    case = operations.open_case(
        visitor=theirs, procedure=ProcedureName.OBJECTION, asked=asked, papers=(), key="k", at=AT
    )
    with pytest.raises(NotYours):
        operations.hand_in_paper(visitor=own, case_id=case.pk, paper=PaperIn("evidence", "a.pdf", PDF), at=AT)
    with pytest.raises(NotYours):
        operations.request_review(visitor=own, case_id=case.pk, request="不服。", at=AT)
    assert case.papers.count() == 0


def test_the_database_gives_a_subject_its_own_rows_only(subject: Subject, record: Record, other: Record) -> None:
    own, theirs = _visitor(subject), _visitor(other.subject)  # type: ignore[arg-type]
    asked = Asked(ground="other", request="请依法处理。", record_ids=(other.pk,))
    operations.open_case(visitor=theirs, procedure=ProcedureName.OBJECTION, asked=asked, papers=(), key="k", at=AT)
    tables = ("casework_case", "casework_letter", "casework_casestep")
    secrets = ("subjectdesk_subjectsession", "subjectdesk_proofcode")
    with acting(actor=own.actor), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone()[0] == 0, table
        for table in secrets:
            cursor.execute(f"SELECT count(*) FROM {table} WHERE subject_id <> %s", [subject.pk])
            assert cursor.fetchone()[0] == 0, table
        cursor.execute("UPDATE subjects_record SET statement = '别人的' WHERE id = %s", [other.pk])
        assert cursor.rowcount == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE subjects_record SET disclosed_until = current_date WHERE id = {record}",
        "UPDATE subjects_record SET state = 'withdrawn', withdrawn_at = now(), withdrawn_as = 'x', withdrawal_notice = 'x' WHERE id = {record}",
        "UPDATE casework_case SET reached_percent = 100 WHERE id = {case}",
        "UPDATE casework_case SET owner = 'me' WHERE id = {case}",
        "INSERT INTO casework_decision (case_id) VALUES ({case})",
        "UPDATE subjectdesk_handler SET until = '2099-01-01'",
    ],
)
def test_the_database_refuses_a_subject_what_is_not_its_act(subject: Subject, record: Record, statement: str) -> None:
    own = _visitor(subject)
    asked = Asked(ground="other", request="请依法处理。", record_ids=(record.pk,))
    case = operations.open_case(visitor=own, procedure=ProcedureName.OBJECTION, asked=asked, papers=(), key="k", at=AT)
    handler = HandlerAsked("赵六", "13900000001", frozenset({Right.SEE}), AT.date(), AT.date() + timedelta(days=1))
    operations.name_handler(visitor=own, asked=handler, at=AT)
    with acting(actor=own.actor), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(record=record.pk, case=case.pk))
