"""A document number may stand on the records of several companies: whose the document is, its sender says."""

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM
from publiccredit.intake.models import DecisionDocument
from publiccredit.subjects import store
from publiccredit.subjects.models import Record, Subject
from tests.factories import penalty_row, stored_record, stored_subject, synthetic_uscc
from tests.flows import filing
from tests.flows.cases import LIAISON
from tests.flows.desks import at_the_desk
from tests.flows.officers import browser
from tests.papers import a_pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]
ADDRESS = "/intake/documents/"
NUMBER = "濉市监处罚〔2026〕905号"
FIRST, SECOND = synthetic_uscc(1), synthetic_uscc(2)


@pytest.fixture
def two() -> tuple[Record, Record]:
    """Two companies on file under one number of one department."""
    filing.send([penalty_row(1, document_number=NUMBER), penalty_row(2, document_number=NUMBER)])
    act_as(actor=PROGRAM)
    first, second = Record.objects.order_by("subject__uscc")
    return first, second


def _said(response: Any) -> str:
    return str(response.content.decode())


def _sha(record: Record) -> str:
    act_as(actor=PROGRAM)
    return Record.objects.get(pk=record.pk).document_sha256


def _subject(record: Record) -> Subject:
    assert record.subject is not None
    return record.subject


def _deposit(name: str, content: bytes, **said: str) -> Any:
    liaison = browser(LIAISON)
    return liaison.post(ADDRESS, {"file": SimpleUploadedFile(name, content), **said}, follow=True)


def test_nothing_is_attached_until_the_sender_says_whose_it_is(two: tuple[Record, Record]) -> None:
    asked = _deposit("扫描件.pdf", a_pdf("one"), document_number=NUMBER)
    assert asked.status_code == 422
    for record in two:
        assert f"{_subject(record).name}（{_subject(record).uscc}）" in _said(asked)
    assert f"{NUMBER}_{FIRST}.pdf" in _said(asked)
    assert ([_sha(r) for r in two], DecisionDocument.objects.count()) == (["", ""], 0)

    done = _deposit("扫描件.pdf", a_pdf("one"), document_number=NUMBER, subject=SECOND)
    assert f"{NUMBER}（{_subject(two[1]).name}，1 条记录）" in _said(done)
    document = DecisionDocument.objects.get()
    assert ([_sha(r) for r in two], document.subject_identifier) == (["", document.sha256], SECOND)


def test_the_other_company_opens_nothing(two: tuple[Record, Record]) -> None:
    _deposit(f"{NUMBER}_{SECOND}.pdf", a_pdf("one"))
    first, second = (at_the_desk(_subject(r), Client()) for r in two)
    assert second.get(f"/mine/records/{two[1].pk}/document/").status_code == 200
    assert first.get(f"/mine/records/{two[0].pk}/document/").status_code == 404


def test_a_company_that_is_not_on_the_number_is_refused_with_those_that_are(two: tuple[Record, Record]) -> None:
    filing.send([penalty_row(3)])
    refused = _deposit("扫描件.pdf", a_pdf("one"), document_number="濉市监处罚〔2026〕3号", subject=FIRST)
    assert refused.status_code == 422
    assert f"下是另一个主体的记录：濉溪县示例3号建材有限公司（{synthetic_uscc(3)}）" in _said(refused)
    assert DecisionDocument.objects.count() == 0


def test_in_a_zip_a_file_is_named_by_number_and_identifier_and_the_others_are_taken(two: tuple[Record, Record]) -> None:
    filing.send([penalty_row(3)])
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(f"濉市监处罚[2026]905号_{FIRST}.pdf", a_pdf("of the first company"))
        archive.writestr(f"{NUMBER}.pdf", a_pdf("whose"))
        archive.writestr("濉市监处罚〔2026〕3号.pdf", a_pdf("third"))
    done = _deposit("一批.zip", stream.getvalue())
    assert "已封存 2 份决定书" in _said(done) and "拿不准是谁的，未保存" in _said(done)
    assert [bool(_sha(r)) for r in two] == [True, False]


def test_several_records_of_one_company_share_its_document() -> None:
    only = stored_subject()
    for number in (1, 2):
        stored_record(subject=only, number=number, document_number=NUMBER)
    done = _deposit(f"{NUMBER}.pdf", a_pdf("one"))
    assert f"{NUMBER}（{only.name}，2 条记录）" in _said(done)
    assert set(Record.objects.values_list("document_sha256", flat=True)) == {DecisionDocument.objects.get().sha256}


def test_one_decision_on_two_companies_is_opened_by_both_once_it_is_given_for_each(two: tuple[Record, Record]) -> None:
    for identifier in (FIRST, SECOND):
        _deposit(f"{NUMBER}_{identifier}.pdf", a_pdf("both"))
    for record in two:
        address = f"/mine/records/{record.pk}/document/"
        assert at_the_desk(_subject(record), Client()).get(address).status_code == 200


def test_what_lies_on_two_companies_by_its_number_alone_stays_closed_until_it_is_said() -> None:
    sealed = store.seal(stream=io.BytesIO(a_pdf("lies on two")), at_most=10_000)
    on_file = {"document_number": NUMBER, "document_sha256": sealed.sha256}
    subjects = [stored_subject(number=n, name=f"濉溪县示例{n}号有限公司") for n in (1, 2)]
    records = [stored_record(subject=s, number=n, **on_file) for n, s in enumerate(subjects)]
    DecisionDocument.objects.create(
        department_code="market_regulation", document_number=NUMBER, sha256=sealed.sha256, file_name="905.pdf",
        file_size=sealed.size, attached_by="market-liaison", attached_at=filing.AT, entry_id=0,
    )  # fmt: skip
    desks = [at_the_desk(subject, Client()) for subject in subjects]

    def opened() -> list[int]:
        pairs = zip(desks, records, strict=True)
        return [desk.get(f"/mine/records/{record.pk}/document/").status_code for desk, record in pairs]

    assert opened() == [404, 404]
    _deposit(f"{NUMBER}_{FIRST}.pdf", a_pdf("lies on two"))
    assert opened() == [200, 404]


def test_a_record_whose_subject_is_not_determined_yet_takes_its_document_by_what_is_written() -> None:
    stored_record(subject=stored_subject(name="濉溪县示例甲有限公司"), number=1, document_number=NUMBER)
    content = {"subject_name": "濉溪县示例乙有限公司", "subject_uscc": SECOND}
    open_one = stored_record(
        subject=None, number=2, document_number=NUMBER, state="held_unmatched", disclosed_from=None, content=content
    )
    asked = _deposit(f"{NUMBER}.pdf", a_pdf("two"))
    assert f"濉溪县示例乙有限公司（{SECOND}）" in _said(asked)
    _deposit(f"{NUMBER}.pdf", a_pdf("two"), subject="濉溪县示例乙有限公司")
    marked = Record.objects.exclude(document_sha256="")
    assert [record.pk for record in marked] == [open_one.pk]


def test_the_page_says_before_the_upload_who_opens_the_document() -> None:
    page = _said(browser(LIAISON).get(ADDRESS))
    assert "该主体本人可以在“我的信用”打开" in page


def test_a_single_file_named_by_a_number_on_file_needs_no_number_typed() -> None:
    filing.send([penalty_row(908)])
    done = _deposit("濉市监处罚〔2026〕908号.pdf", a_pdf("one"))
    assert "已封存 1 份决定书，摘要已写入对应记录：濉市监处罚〔2026〕908号" in _said(done)
    unnamed = _deposit("扫描件.pdf", a_pdf("two"))
    assert (unnamed.status_code, "文件名“扫描件.pdf”不是已报送的文书号" in _said(unnamed)) == (422, True)
