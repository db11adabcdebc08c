"""Anybody contests a field of a public record, follows it with the code of the receipt, and harms nobody by asking."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from publiccredit.accounts.operations import acting
from publiccredit.accounts.types import PROGRAM
from publiccredit.casework.models import Case, Paper
from publiccredit.casework.operations import forward_to_source, reject_objection, request_papers, take_case
from publiccredit.casework.types import CaseState
from publiccredit.ledger.models import Entry
from publiccredit.subjectdesk import operations
from publiccredit.subjectdesk.models import ReaderChallenge
from publiccredit.subjectdesk.operations import Contested, TooManyChallenges, UnableToChallenge
from publiccredit.subjectdesk.operations import challenging as limits
from publiccredit.subjects.models import Record, Subject
from tests.factories import stored_licence, stored_record, stored_subject
from tests.flows.cases import CLERK, LIAISON, OFFICE_HEAD, REASONS, objection_ready
from tests.flows.desks import SOURCE, at_the_desk
from tests.flows.officers import browser
from tests.papers import a_pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]
CONTACT = "13812345678"
WRONG = "处罚决定书上的罚款金额是 5000 元。"


def _typed(reader: Client, record: Record, **more: Any) -> dict[str, Any]:
    page = reader.get(f"/records/{record.pk}/challenge/").content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key is not None
    typed = {"key": key[1], "field": "document_number", "ground": "wrong_or_missing", "wrong": WRONG}
    return typed | {"source": "决定书第二页", "contact": CONTACT} | more


def _sent(reader: Client, record: Record, **more: Any) -> str:
    answer = reader.post(f"/records/{record.pk}/challenge/", _typed(reader, record, **more))
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def _code(receipt: str) -> str:
    found = re.search(r"([A-Z2-9]{4}-){3}[A-Z2-9]{4}", receipt)
    assert found is not None
    return found[0]


def _followed(reader: Client, case: Case, code: str, **more: Any) -> Any:
    return reader.post("/challenges/", {"number": case.number, "code": code} | more)


def _contested(record: Record, **more: str) -> Contested:
    return Contested(
        **({"record_id": record.pk, "field": "", "ground": "other", "wrong": WRONG, "source": "网站公告"} | more)
    )  # type: ignore[arg-type]


def _challenged(record: Record, *, source: str = SOURCE, **more: str) -> Case:
    made = operations.challenge_record(
        contested=_contested(record, **more), key=operations.new_form_key(), source=source, at=timezone.now()
    )
    return made.case


def _refused(record: Record, words: str, *, source: str = SOURCE) -> None:
    before = Case.objects.count()
    with pytest.raises(TooManyChallenges, match=words):
        _challenged(record, source=source)
    assert Case.objects.count() == before


# --- opening --------------------------------------------------------------------------------------------------------


def test_the_page_of_a_record_leads_to_the_form_without_an_account(client: Client, record: Record) -> None:
    assert f'href="/records/{record.pk}/challenge/"' in client.get(f"/records/{record.pk}/").content.decode()
    page = client.get(f"/records/{record.pk}/challenge/")
    assert page.status_code == 200
    assert "3 个工作日" in page.content.decode() and "7 个工作日" in page.content.decode()
    assert page.headers["Cache-Control"].startswith("max-age=0")


def test_a_challenge_is_a_case_on_the_offices_desk_with_the_clock_of_the_pack(client: Client, record: Record) -> None:
    receipt = _sent(client, record)
    case = Case.objects.get()
    assert (case.applicant, case.applicant_name, case.contact) == ("reader", "读者", "")
    assert (case.procedure, case.decided_by_party, case.total_days) == ("objection", "office", 3)
    assert case.records.get().field == "document_number"
    assert case.request == f"{WRONG}\n依据：决定书第二页"
    assert case.number in receipt and str(case.due_on) in receipt
    office = browser(CLERK)
    assert case.number in office.get("/cases/?queue=new").content.decode()


def test_what_a_reader_gives_of_itself_stands_in_one_row_that_the_office_alone_reads(
    client: Client, record: Record
) -> None:
    _sent(client, record)
    case = Case.objects.get()
    assert CONTACT in browser(CLERK).get(f"/challenges/{case.pk}/contact/").content.decode()
    assert browser(LIAISON).get(f"/challenges/{case.pk}/contact/").status_code == 403
    own = at_the_desk(record.subject, Client())  # type: ignore[arg-type]
    pages = [
        browser(CLERK).get(f"/cases/{case.pk}/"),
        browser(LIAISON).get(f"/cases/{case.pk}/"),
        own.get(f"/mine/cases/{case.pk}/"),
        client.get(f"/records/{record.pk}/"),
    ]
    assert [p.status_code for p in pages] == [200, 200, 200, 200]
    assert not any(CONTACT in p.content.decode() for p in pages)
    assert not any(CONTACT in str(e.payload) or CONTACT in e.actor for e in Entry.objects.all())
    for actor in (LIAISON, PROGRAM):
        with acting(actor=actor):
            assert ReaderChallenge.objects.count() == (1 if actor is PROGRAM else 0)


def test_the_database_keeps_a_readers_row_as_it_was_written(client: Client, record: Record) -> None:
    _sent(client, record)
    for statement in ("UPDATE subjectdesk_readerchallenge SET contact = ''", "DELETE FROM subjectdesk_readerchallenge"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_same_form_pressed_twice_is_one_case_with_one_code(client: Client, record: Record) -> None:
    typed = _typed(client, record)
    codes = {_code(client.post(f"/records/{record.pk}/challenge/", typed).content.decode()) for _ in range(2)}
    assert (len(codes), Case.objects.count(), ReaderChallenge.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"wrong": "  错  "}, "至少写 4 个字"),
        ({"source": " "}, "请写明从哪里可以看到"),
        ({"wrong": "当事人身份证 11010519491231002X 有误"}, "身份证号码"),
        ({"contact": "11010519491231002X"}, "身份证号码"),
        ({"contact": "123"}, "“123”不是电话号码，也不是电子邮箱"),
        ({"contact": "微信找我"}, "不愿留下的可以不填"),
        ({"field": "no_such_field"}, "no_such_field"),
        ({"ground": "no_such_ground"}, "no_such_ground"),
        ({"key": "made-up"}, "打开已超过一天"),
    ],
)
def test_what_cannot_be_taken_is_refused_at_its_field_and_nothing_is_opened(
    client: Client, record: Record, more: dict[str, str], words: str
) -> None:
    answer = client.post(f"/records/{record.pk}/challenge/", _typed(client, record) | more)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Case.objects.count() == 0


def test_a_form_of_yesterday_is_refused(record: Record) -> None:
    key = operations.new_form_key()
    old = limits.signing.TimestampSigner(salt="challenge")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(limits.signing.TimestampSigner, "timestamp", lambda _: "1hPCgO")
        key = old.sign("anything")
    with pytest.raises(UnableToChallenge, match="超过一天"):
        operations.challenge_record(contested=_contested(record), key=key, source=SOURCE, at=timezone.now())


def test_a_record_nobody_sees_looks_like_none(client: Client, subject: Subject) -> None:
    today = timezone.localdate()
    ended = stored_record(subject=subject, number=3, disclosed_until=today, decided_on=today - timedelta(days=400))
    for number in (ended.pk, 999, 2**63):
        assert client.get(f"/records/{number}/challenge/").status_code == 404
    with pytest.raises(UnableToChallenge, match="没有这条公示的记录"):
        _challenged(ended)


# --- marking, and harming nobody ------------------------------------------------------------------------------------


def test_an_adverse_record_carries_the_mark_at_once_and_is_not_hidden(client: Client, record: Record) -> None:
    _sent(client, record)
    page = client.get(f"/records/{record.pk}/")
    assert page.status_code == 200 and "异议处理中" in page.content.decode()
    assert client.get(f"/api/v1/records/{record.pk}").json()["dispute"] == "open"


def test_a_licence_carries_no_mark_before_the_office_has_accepted_the_challenge(subject: Subject) -> None:
    licence = stored_licence(subject=subject)
    case = _challenged(licence)
    licence.refresh_from_db()
    assert licence.dispute == ""
    take_case(by=CLERK, case_id=case.pk, at=timezone.now())
    licence.refresh_from_db()
    assert licence.dispute == "open"
    take_case(by=OFFICE_HEAD, case_id=case.pk, at=timezone.now())
    reject_objection(by=CLERK, case_id=case.pk, reasons=REASONS, at=timezone.now())
    licence.refresh_from_db()
    assert licence.dispute == ""


# --- floods ---------------------------------------------------------------------------------------------------------


def test_one_address_opens_three_in_an_hour(subject: Subject) -> None:
    records = [stored_record(subject=subject, number=n) for n in range(1, 6)]
    for record in records[:3]:
        _challenged(record)
    _refused(records[3], "过一小时再试")
    _challenged(records[4], source="203.0.113.9")


def test_one_address_opens_ten_in_a_day(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "OF_SOURCE_IN_HOUR", 100)
    monkeypatch.setattr(limits, "OF_SOURCE_IN_DAY", 2)
    records = [stored_record(subject=subject, number=n) for n in range(1, 4)]
    for record in records[:2]:
        _challenged(record)
    _refused(records[2], "次数过多")


def test_a_record_takes_three_undecided_challenges_whoever_sends_them(record: Record) -> None:
    for number in range(3):
        last = _challenged(record, source=f"198.51.100.{number}")
    _refused(record, "已有 3 位读者", source="203.0.113.1")
    take_case(by=CLERK, case_id=last.pk, at=timezone.now())
    reject_objection(by=CLERK, case_id=last.pk, reasons=REASONS, at=timezone.now())
    _challenged(record, source="203.0.113.1")


def test_a_day_takes_only_as_many_as_a_desk_can_read(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "OF_EVERYBODY_IN_DAY", 1)
    one, other = (stored_record(subject=subject, number=n) for n in (1, 2))
    _challenged(one)
    _refused(other, "明天再试", source="203.0.113.1")


def test_too_many_are_told_so_on_the_page_with_the_ways_that_stay_open(
    client: Client, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "OF_SOURCE_IN_HOUR", 0)
    answer = client.post(f"/records/{record.pk}/challenge/", _typed(client, record))
    assert answer.status_code == 422
    assert "窗口、打电话或者写信" in answer.content.decode()


# --- following ------------------------------------------------------------------------------------------------------


def test_the_receipt_shows_the_state_the_letters_and_the_record_to_nobody_else(client: Client, record: Record) -> None:
    code = _code(_sent(client, record))
    case = Case.objects.get()
    stranger = Client()
    page = _followed(stranger, case, code.lower().replace("-", " "))
    assert page.status_code == 200
    for words in ("待受理", str(case.due_on), "收件回执", WRONG, f"/records/{record.pk}/"):
        assert words in page.content.decode()
    for number, wrong in ((case.number, "AAAA-AAAA-AAAA-AAAA"), ("异〔2026〕0号", code), ("没有数字", code)):
        refused = stranger.post("/challenges/", {"number": number, "code": wrong})
        assert refused.status_code == 422
        assert "编号和查询码不相符" in refused.content.decode() and WRONG not in refused.content.decode()


def test_two_rows_of_digits_are_number_enough(client: Client, record: Record) -> None:
    code = _code(_sent(client, record))
    digits = " ".join(re.findall(r"\d+", Case.objects.get().number))
    assert client.post("/challenges/", {"number": digits, "code": code}).status_code == 200


def test_the_number_of_a_subjects_own_case_opens_nothing(client: Client, record: Record) -> None:
    own = at_the_desk(record.subject, Client())  # type: ignore[arg-type]
    own.post(f"/mine/records/{record.pk}/objection/", {"key": "k", "ground": "other", "request": "请依法处理。"})
    case = Case.objects.get()
    assert _followed(client, case, "AAAA-AAAA-AAAA-AAAA").status_code == 422
    assert browser(CLERK).get(f"/challenges/{case.pk}/contact/").status_code == 404


def test_a_paper_that_was_asked_for_comes_with_the_code_and_the_clock_goes_on(client: Client, record: Record) -> None:
    code = _code(_sent(client, record))
    case = Case.objects.get()
    take_case(by=CLERK, case_id=case.pk, at=timezone.now())
    request_papers(by=CLERK, case_id=case.pk, asked="决定书照片", at=timezone.now())
    waiting = _followed(client, case, code).content.decode()
    assert "决定书照片" in waiting and "交来，决定期限暂停" in waiting
    paper = SimpleUploadedFile("决定书.pdf", a_pdf("invented"))
    page = _followed(client, case, code, act="paper", file=paper)
    assert page.status_code == 200 and "办理中" in page.content.decode()
    assert (Paper.objects.get().kind, Paper.objects.get().party) == ("evidence", "reader")
    assert "决定书.pdf" in page.content.decode()
    reject_objection(by=CLERK, case_id=case.pk, reasons=REASONS, at=timezone.now())
    assert "已决定：不予支持" in _followed(client, case, code).content.decode()


def test_a_reader_prints_its_own_letters_and_no_others(client: Client, record: Record) -> None:
    code = _code(_sent(client, record))
    case = Case.objects.get()
    receipt = case.letters.get()
    assert f'name="letter" value="{receipt.pk}"' in _followed(client, case, code).content.decode()
    page = _followed(client, case, code, **{"letter": receipt.pk, "as": "page"}).content.decode()
    assert '<article class="letter">' in page and receipt.number in page
    file = _followed(client, case, code, **{"letter": receipt.pk, "as": "pdf"})
    assert file.headers["Content-Type"] == "application/pdf" and file.content.startswith(b"%PDF-")
    wrong = _followed(client, case, "AAAA-AAAA-AAAA-AAAA", **{"letter": receipt.pk, "as": "pdf"})
    assert (wrong.status_code, receipt.number in wrong.content.decode()) == (422, False)
    other = stored_record(subject=stored_subject(number=2, name="濉溪县另一家公司"), number=2)
    theirs = objection_ready(other, at=timezone.now()).letters.first()
    assert theirs is not None
    for wanted in (theirs.pk, "x", 2**70):
        page = _followed(client, case, code, **{"letter": wanted, "as": "page"}).content.decode()
        assert '<article class="letter">' not in page and theirs.number not in page


def test_a_reader_is_told_why_the_last_day_has_moved(client: Client, record: Record) -> None:
    code = _code(_sent(client, record))
    case = Case.objects.get()
    assert "办理期限由" not in _followed(client, case, code).content.decode()
    take_case(by=CLERK, case_id=case.pk, at=timezone.now())
    forward_to_source(by=CLERK, case_id=case.pk, question="请核对文书", at=timezone.now())
    before, case = case.due_on, Case.objects.get()
    said = f"办理期限由 {before} 改为 {case.due_on}：转认定单位核实的，合计 7 个工作日"
    assert said in _followed(client, case, code).content.decode()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"act": "paper"}, "请选择文件"),
        ({"act": "paper", "file": SimpleUploadedFile("a.exe", b"MZ")}, "不能接收"),
        ({"act": "paper", "file": SimpleUploadedFile("a.pdf", a_pdf("0" * 5 * 2**20))}, "不超过 5 MB"),
        ({"act": "review", "request": "我不同意。"}, "尚未作出决定"),
    ],
)
def test_what_comes_later_and_cannot_be_taken_is_refused(
    client: Client, record: Record, more: dict[str, Any], words: str
) -> None:
    code = _code(_sent(client, record))
    answer = _followed(client, Case.objects.get(), code, **more)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert (Paper.objects.count(), Case.objects.count()) == (0, 1)


def test_a_reader_sees_the_decision_and_asks_once_for_its_review(client: Client, record: Record) -> None:
    code = _code(_sent(client, record))
    case = Case.objects.get()
    take_case(by=CLERK, case_id=case.pk, at=timezone.now())
    reject_objection(by=CLERK, case_id=case.pk, reasons=REASONS, at=timezone.now())
    assert REASONS in _followed(client, case, code).content.decode()
    assert "身份证号码" in _followed(client, case, code, act="review", request="11010519491231002X").content.decode()
    assert "请写明不服的理由" in _followed(client, case, code, act="review", request=" ").content.decode()
    page = _followed(client, case, code, act="review", request="决定书第三页另有更正。").content.decode()
    review = Case.objects.get(reviews=case)
    assert review.number in page and "<h2>补充材料</h2>" not in page
    assert (review.applicant, review.state) == ("reader", CaseState.OPENED)
    assert "待受理" in _followed(client, review, code).content.decode()
    again = _followed(client, case, code, act="review", request="再看一次。")
    assert again.status_code == 422 and "复核只有一次" in again.content.decode()
