"""What a department declares and deposits beside its rows."""

import hashlib
import io
import zipfile
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from publiccredit.intake import documents
from publiccredit.intake.models import DecisionDocument, NilReturn, ServiceDeclaration
from publiccredit.intake.operations import (
    NotYourDepartment,
    UnableToAttach,
    UnableToSubmit,
    attach_documents,
    declare_nil_return,
    declare_service,
)
from publiccredit.ledger.models import Entry
from publiccredit.subjects import store
from publiccredit.subjects.models import Record, RecordVersion
from tests.factories import penalty_row
from tests.flows.filing import AT, LIAISON, OTHER_LIAISON, outcome, receive, send
from tests.papers import a_pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program")]

UNSERVED = {"served_on": ""}
LATER = AT + timedelta(hours=1)


def test_an_adverse_row_without_service_is_held_until_service_is_declared() -> None:
    submission = send([penalty_row(1, **UNSERVED)])
    held = Record.objects.get()
    assert (held.state, held.served_on, held.disclosed_from) == ("held_unserved", None, None)
    released = declare_service(by=LIAISON, submission_id=submission.pk, served_on=date(2026, 11, 6), at=LATER)
    record = Record.objects.get()
    assert released == 1
    assert (record.state, record.served_on, record.disclosed_from) == ("filed", date(2026, 11, 6), date(2026, 11, 10))
    assert record.content["served_on"] == "2026-11-06"
    assert RecordVersion.objects.get().state == "held_unserved"
    assert Entry.objects.last().operation == "declare_service"


def test_service_declared_with_the_batch_lets_its_rows_take_effect() -> None:
    send([penalty_row(1, **UNSERVED)], served_on=date(2026, 11, 6))
    record = Record.objects.get()
    assert (record.state, record.served_on) == ("filed", date(2026, 11, 6))


def test_the_same_rows_sent_again_with_the_declaration_take_effect_and_never_move_again() -> None:
    rows = [penalty_row(1, **UNSERVED)]
    send(rows)
    second = send(rows, later=60, served_on=date(2026, 11, 6))
    third = send(rows, later=120, served_on=date(2026, 11, 9))
    fourth = send(rows, later=180)
    assert [outcome(s)[2:] for s in (second, third, fourth)] == [(1, 0, 0), (0, 0, 1), (0, 0, 1)]
    assert (Record.objects.get().state, Record.objects.get().served_on) == ("filed", date(2026, 11, 6))
    assert Record.objects.get().disclosed_from == date(2026, 11, 10)


def test_a_correction_does_not_take_declared_service_back() -> None:
    submission = send([penalty_row(1, **UNSERVED)])
    declare_service(by=LIAISON, submission_id=submission.pk, served_on=date(2026, 11, 6), at=LATER)
    send([penalty_row(1, **UNSERVED, penalty_content="罚款 12,500 元")], later=7200)
    record = Record.objects.get()
    assert (record.state, record.served_on, record.content["served_on"]) == ("filed", date(2026, 11, 6), "2026-11-06")
    assert record.disclosed_from == date(
        2026, 11, 10
    )  # it was released late, and a row sent again does not change that


@pytest.mark.parametrize("served_on", [date(2026, 11, 11)])
def test_service_in_the_future_is_not_taken(served_on: date) -> None:
    submission = send([penalty_row(1, **UNSERVED)])
    with pytest.raises(UnableToSubmit, match="晚于今天"):
        declare_service(by=LIAISON, submission_id=submission.pk, served_on=served_on, at=LATER)
    assert (Record.objects.get().state, ServiceDeclaration.objects.count()) == ("held_unserved", 0)


def test_service_before_the_last_decision_is_not_taken_and_may_still_be_declared() -> None:
    submission = send([penalty_row(n, **UNSERVED, decided_on=day) for n, day in ((1, "2026-11-03"), (2, "2026-11-05"))])
    with pytest.raises(UnableToSubmit, match="最后一份决定作出于 2026-11-05，声明的送达日期 2026-11-04 比它还早"):
        declare_service(by=LIAISON, submission_id=submission.pk, served_on=date(2026, 11, 4), at=LATER)
    assert (ServiceDeclaration.objects.count(), Record.objects.filter(state="held_unserved").count()) == (0, 2)
    assert declare_service(by=LIAISON, submission_id=submission.pk, served_on=date(2026, 11, 5), at=LATER) == 2


def test_another_department_cannot_declare_service() -> None:
    submission = send([penalty_row(1, **UNSERVED)])
    with pytest.raises(NotYourDepartment):
        declare_service(by=OTHER_LIAISON, submission_id=submission.pk, served_on=date(2026, 11, 6), at=LATER)
    assert Record.objects.get().state == "held_unserved"


def test_a_nil_return_is_kept_once() -> None:
    for _ in range(2):
        declare_nil_return(
            by=LIAISON,
            department_code="market_regulation",
            source="market_regulation/penalty",
            period_from=date(2026, 11, 2),
            period_until=date(2026, 11, 9),
            at=AT,
        )
    assert (NilReturn.objects.count(), Entry.objects.count()) == (1, 1)


def _zip(**entries: bytes) -> io.BytesIO:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    stream.seek(0)
    return stream


def _attach(stream: io.BytesIO, file_name: str = "文书.zip", number: str = "") -> object:
    return attach_documents(
        by=LIAISON,
        department_code="market_regulation",
        file=stream,
        file_name=file_name,
        document_number=number,
        at=LATER,
    )


def test_a_zip_of_documents_puts_their_hashes_on_the_records_and_names_what_fits_nothing() -> None:
    send([penalty_row(1), penalty_row(2)])
    attached = _attach(_zip(**{"濉市监处罚[2026]1号.pdf": a_pdf("one"), "杂项.pdf": a_pdf("other")}))
    assert (attached.attached, attached.unmatched) == (("濉市监处罚[2026]1号",), ("杂项.pdf",))
    first, second = Record.objects.order_by("document_number")
    assert (first.document_sha256, second.document_sha256) == (DecisionDocument.objects.get().sha256, "")
    assert RecordVersion.objects.get().document_sha256 == ""


def test_a_single_document_is_attached_by_its_number() -> None:
    send([penalty_row(1)])
    attached = _attach(io.BytesIO(a_pdf("one")), "扫描件.pdf", "濉市监处罚〔2026〕1号")
    assert attached.attached == ("濉市监处罚〔2026〕1号",)
    assert Record.objects.get().document_sha256 == DecisionDocument.objects.get().sha256


def test_a_broken_zip_is_refused_with_a_sentence() -> None:
    with pytest.raises(UnableToAttach, match="压缩包无法打开"):
        _attach(io.BytesIO(b"not a zip"))
    assert Entry.objects.count() == 0


def test_a_zip_in_a_compression_nobody_knows_is_refused_with_a_sentence() -> None:
    content = bytearray(_zip(**{"1号.pdf": b"one"}).getvalue())
    entry = content.find(b"PK\x01\x02")
    content[8:10] = content[entry + 10 : entry + 12] = (99).to_bytes(2, "little")
    with pytest.raises(UnableToAttach, match="重新压缩"):
        _attach(io.BytesIO(bytes(content)))


def _encrypted() -> io.BytesIO:
    content = bytearray(_zip(**{"1号.pdf": b"one"}).getvalue())
    entry = content.find(b"PK\x01\x02")
    content[6] |= documents.ENCRYPTED
    content[entry + 8] |= documents.ENCRYPTED
    return io.BytesIO(bytes(content))


@pytest.mark.parametrize(
    ("stream", "limits", "words"),
    [
        (_zip(**{"__MACOSX/": b"", ".DS_Store": b"x"}), {}, "压缩包中没有文件"),
        (_zip(**{"1号.pdf": b"one", "2号.pdf": b"two"}), {"MOST_ENTRIES": 1}, "有 2 个文件，一次最多 1 个"),
        (_zip(**{"1号.pdf": b"x" * 9}), {"LARGEST_ZIP": 8}, "压缩包解开后超过"),
        (_zip(**{"1号.pdf": b"x" * 9}), {"LARGEST_DOCUMENT": 8}, "超过"),
        (_encrypted(), {}, "压缩包设有密码"),
        (_zip(**{"1号.pdf": a_pdf("one"), "说明.txt": b"x", "2号.exe": b"x"}), {}, "“说明.txt”.*“2号.exe”"),
        (_zip(**{"说明.txt": b"x", "2号.exe": b"x"}), {"SHOWN": 1}, "“说明.txt”.*另有 1 个文件也不能接收"),
    ],
    ids=["empty", "too many", "too large together", "too large alone", "encrypted", "no papers", "many no papers"],
)
def test_a_zip_that_cannot_be_taken_leaves_nothing_behind(
    stream: io.BytesIO, limits: dict[str, int], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in limits.items():
        monkeypatch.setattr(documents, name, value)
    stream.seek(0)
    with pytest.raises(UnableToAttach, match=words):
        _attach(stream)
    assert (Entry.objects.count(), DecisionDocument.objects.count()) == (0, 0)


def test_a_single_document_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "LARGEST_DOCUMENT", 2)
    with pytest.raises(UnableToAttach, match="超过"):
        _attach(io.BytesIO(b"one"), "濉市监处罚〔2026〕1号.pdf")
    assert Entry.objects.count() == 0


def test_a_document_is_taken_from_a_path_and_named_by_its_file(tmp_path: Path) -> None:
    send([penalty_row(1)])
    path = tmp_path / "濉市监处罚〔2026〕1号.pdf"
    path.write_bytes(a_pdf("one"))
    attached = _attach(path, path.name)
    assert (attached.attached, attached.number) == (("濉市监处罚〔2026〕1号",), 1)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("濉市监处罚[2026]1号.pdf".encode("gb18030").decode("cp437"), "濉市监处罚[2026]1号"),
        ("决定书.pdf", "决定书"),  # no letters of cp437: the name stays as it is
    ],
)
def test_a_name_of_a_windows_zip_is_read_as_it_was_meant(written: str, read: str) -> None:
    entry = zipfile.ZipInfo(written)
    assert documents.number_of(file_name=documents._name(entry)) == read


def test_service_is_declared_once_and_only_of_what_is_filed() -> None:
    waiting = receive([penalty_row(1, **UNSERVED)])
    with pytest.raises(UnableToSubmit, match="还没有入库"):
        declare_service(by=LIAISON, submission_id=waiting.pk, served_on=date(2026, 11, 6), at=LATER)
    filed = send([penalty_row(2, **UNSERVED)])
    declare_service(by=LIAISON, submission_id=filed.pk, served_on=date(2026, 11, 6), at=LATER)
    with pytest.raises(UnableToSubmit, match="已有送达声明"):
        declare_service(by=LIAISON, submission_id=filed.pk, served_on=date(2026, 11, 7), at=LATER)
    assert ServiceDeclaration.objects.get().served_on == date(2026, 11, 6)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"source": "taxation/penalty"}, "本部门不报送数据来源“taxation/penalty”"),
        ({"period_until": date(2026, 11, 2)}, "期间止 2026-11-02 应晚于期间起 2026-11-02"),
        ({"period_from": date(2026, 11, 11), "period_until": date(2026, 11, 18)}, "还没有开始"),
    ],
)
def test_a_nil_return_that_cannot_be_is_refused(changed: dict[str, object], words: str) -> None:
    usual = {"source": "market_regulation/penalty", "period_from": date(2026, 11, 2), "period_until": date(2026, 11, 9)}
    with pytest.raises(UnableToSubmit, match=words):
        declare_nil_return(by=LIAISON, department_code="market_regulation", at=AT, **usual | changed)
    assert (NilReturn.objects.count(), Entry.objects.count()) == (0, 0)


def _stored(content: bytes) -> bool:
    return store.path_of(sha256=hashlib.sha256(content).hexdigest()).exists()


def test_of_a_document_that_fits_nothing_no_byte_is_kept() -> None:
    send([penalty_row(1)])
    _attach(_zip(**{"濉市监处罚[2026]1号.pdf": a_pdf("kept"), "杂项.pdf": a_pdf("stray")}))
    assert (_stored(a_pdf("kept")), _stored(a_pdf("stray"))) == (True, False)
    _attach(_zip(**{"杂项.pdf": a_pdf("kept")}))
    assert _stored(a_pdf("kept"))


def test_of_a_zip_that_breaks_off_no_document_is_kept() -> None:
    stream = _zip(**{"1号.pdf": a_pdf("first"), "2号.pdf": b"x" * 160})
    with patch("publiccredit.intake.documents.LARGEST_DOCUMENT", 150), pytest.raises(UnableToAttach):
        _attach(stream)
    assert not _stored(a_pdf("first"))


def test_a_document_that_is_none_is_refused_and_nothing_of_it_is_kept() -> None:
    send([penalty_row(1)])
    before = Entry.objects.count()
    for stream, name in (
        (io.BytesIO(b"a text"), "濉市监处罚〔2026〕1号.docx"),
        (_zip(**{"濉市监处罚〔2026〕1号.pdf": a_pdf("good"), "濉市监处罚〔2026〕2号.docx": b"a text"}), "一批.zip"),
    ):
        with pytest.raises(UnableToAttach, match="打不开：内容不是 Word 文档"):
            _attach(stream, name)
    assert (_stored(b"a text"), _stored(a_pdf("good"))) == (False, False)
    assert (Entry.objects.count(), DecisionDocument.objects.count()) == (before, 0)
