"""Pages say what their reader can use: no code of a standard, no word of the program, nothing where there is nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from publiccredit.accounts.passwords import SIGNS, new_password
from publiccredit.casework.models import Case
from publiccredit.casework.operations import declare_relation, take_case
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import ProcedureName
from publiccredit.disclosure.pages.record_page import _period
from publiccredit.subjectdesk.codes import LETTER_SIGNS, new_letter_code
from publiccredit.subjects.models import Record, Subject
from tests.flows.cases import AT, CLERK, LIAISON, REASONS, SECOND_CLERK, hand_in, objection_ready, opened, repair_ready
from tests.flows.desks import at_the_desk
from tests.flows.officers import PDF, browser, read, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers", "an_hour_later")]
CONFUSED = set("Il1Oo0i")
RELATED = "与您有关联的办件"


@pytest.mark.parametrize("address", ["/mine/records/{record}/", "/mine/copy/"])
def test_a_subject_reads_no_code_of_the_standard(
    client: Client, subject: Subject, record: Record, address: str
) -> None:
    page = at_the_desk(subject, client).get(address.format(record=record.pk)).content.decode()
    assert record.document_number in page
    assert not any(code in page for code in ("CF_", "XK_"))
    assert "CF_" in client.get(f"/records/{record.pk}/").content.decode(), "the public page lists them by the standard"


def test_the_copy_of_a_subject_keeps_the_codes_for_programs(client: Client, subject: Subject, record: Record) -> None:
    assert str(record.pk).encode() in at_the_desk(subject, client).get("/mine/copy.json").content
    assert b'"standard": "CF_' in at_the_desk(subject, client).get("/mine/copy.json").content


def test_the_public_glossary_holds_no_word_of_the_program(client: Client) -> None:
    internal = [term.zh for term in catalogue.packs().terms if term.internal]
    assert {"核验入库", "自然键", "开设账号", "作出处理意见"} <= set(internal)
    index = client.get("/glossary/").content.decode()
    assert [word for word in internal if f">{word}</a>" in index] == []
    assert ">公示期</a>" in index
    assert "没有这样的术语" in client.get("/glossary/?q=自然键").content.decode()


def test_no_sign_of_a_password_or_code_looks_like_another() -> None:
    assert CONFUSED.isdisjoint(SIGNS) and not set("ILO01") & set(LETTER_SIGNS)
    made = [new_password() for _ in range(50)]
    assert {len(password) for password in made} == {16} and len(set(made)) == 50
    assert CONFUSED.isdisjoint("".join(made)) and not set("ILO01") & set("".join(new_letter_code() for _ in range(50)))


@pytest.mark.parametrize(
    ("lasted", "said"),
    [
        (None, "2026-11-03 09:44 起，现行"),
        (timedelta(minutes=1), "2026-11-03 09:44 至 2026-11-03 09:45"),
        (timedelta(seconds=20), "2026-11-03 09:44:05 至 2026-11-03 09:44:25"),
        (timedelta(milliseconds=20), "2026-11-03 09:44:05，不到一秒即被下一版本取代"),
    ],
)
def test_a_version_says_from_when_to_when_it_held(lasted: timedelta | None, said: str) -> None:
    begins = datetime(2026, 11, 3, 9, 44, 5, tzinfo=UTC) - timedelta(hours=8)
    from django.utils import timezone

    assert _period(timezone.localtime(begins), begins + lasted if lasted else None) == said


def test_a_share_of_nothing_is_no_share(client: Client) -> None:
    page = client.get("/").content.decode()
    assert page.count("还没有数据") == 2
    assert "— <small>" not in page


def test_a_case_is_accepted_once_and_taken_over_afterwards(record: Record) -> None:
    case = opened(ProcedureName.OBJECTION, record, ground="other")
    assert "受理，由我承办" in read(CLERK, f"/cases/{case.pk}/")
    take_case(by=CLERK, case_id=case.pk, at=AT)
    page = read(SECOND_CLERK, f"/cases/{case.pk}/")
    assert "改由我承办" in page and "受理，由我承办" not in page
    take_case(by=SECOND_CLERK, case_id=case.pk, at=AT)
    page = read(SECOND_CLERK, f"/cases/{case.pk}/")
    assert page.count("clerk（信用办经办人）受理。") == 1
    assert "改由second-clerk（信用办经办人）承办。" in page


def test_what_has_to_be_corrected_is_not_called_optional(record: Record) -> None:
    page = read(CLERK, f"/cases/{objection_ready(record).pk}/?outcome=corrected")
    first, second = (page.partition(f'for="decide-value_{n}">')[2].partition("</label>")[0] for n in (1, 2))
    assert "留空即更正为空白" in first and "可不填" not in first
    assert "可不填" in second
    assert '<textarea name="value_1"' in page


# --- a paper is stored while a decision is written ------------------------------------------------------------------


def _paper(name: str = "缴款凭证.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


def _without_papers(record: Record) -> Case:
    case = opened(ProcedureName.CREDIT_REPAIR, record, ground="duties_performed")
    hand_in(case, "commitment")
    take_case(by=LIAISON, case_id=case.pk, at=AT)
    return case


def test_what_was_typed_is_kept_when_a_paper_is_stored(record: Record) -> None:
    case = _without_papers(record)
    assert "还缺少材料：" in read(LIAISON, f"/cases/{case.pk}/?outcome=granted")
    typed = {"outcome": "granted", "reasons": "写到一半的理由", "public_notice": "写到一半的说明", "only_stores": "1"}
    answer = send(LIAISON, case, "decide", **typed, paper_kind="proof_of_performance", paper=_paper())
    page = answer.content.decode()
    assert answer.status_code == 200
    assert all(words in page for words in ("写到一半的理由", "写到一半的说明", "材料已存入", "缴款凭证.pdf"))
    assert "还缺少材料：" not in page and 'class="errors"' not in page
    assert (case.papers.count(), case.decisions.count()) == (2, 0)


@pytest.mark.parametrize(("file", "said"), [(None, "请选择要存入的文件"), (b"no paper", "打不开")])
def test_a_paper_that_is_not_stored_costs_no_word_either(record: Record, file: bytes | None, said: str) -> None:
    case = _without_papers(record)
    sent = {"paper": SimpleUploadedFile("a.pdf", file)} if file else {}
    typed = {
        "outcome": "granted",
        "reasons": "写到一半的理由",
        "only_stores": "1",
        "paper_kind": "proof_of_performance",
    }
    answer = send(LIAISON, case, "decide", **typed, **sent)
    page = answer.content.decode()
    assert (answer.status_code, "写到一半的理由" in page, said in page) == (422, True, True)
    assert case.papers.count() == 1


def test_a_paper_goes_with_the_decision_that_needs_it(record: Record) -> None:
    case = _without_papers(record)
    given = {"outcome": "granted", "reasons": REASONS, "paper_kind": "proof_of_performance", "paper": _paper()}
    assert send(LIAISON, case, "decide", **given).status_code == 302
    assert (case.papers.count(), case.decisions.get().outcome) == (2, "granted")


# --- who is related reads no name in a list -------------------------------------------------------------------------


def test_lists_and_first_pages_name_no_subject_to_who_is_related(record: Record) -> None:
    case = opened(ProcedureName.OBJECTION, record, ground="other")
    assert record.subject is not None
    name = record.subject.name
    for address in ("/cases/?queue=open", "/start/"):
        assert name in read(CLERK, address)
    declare_relation(by=CLERK, subject_id=case.subject_id or 0, relation="配偶任该单位监事", at=AT)
    for address in ("/cases/?queue=open", "/start/", f"/cases/guidance/?case={case.pk}"):
        page = read(CLERK, address)
        assert (case.number in page, RELATED in page, name in page) == (True, True, False), address
    assert name in read(SECOND_CLERK, "/cases/?queue=open")


def test_the_lists_of_a_department_name_no_subject_to_who_is_related(record: Record) -> None:
    case = repair_ready(record)
    assert record.subject is not None
    declare_relation(by=LIAISON, subject_id=case.subject_id or 0, relation="配偶任该单位监事", at=AT)
    answer = browser(LIAISON).get("/intake/")
    page = answer.content.decode()
    assert (case.number in page, RELATED in page, record.subject.name in page) == (True, True, False)
