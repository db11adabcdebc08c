"""A decision document on the wrong record is taken off: its subject opens it no longer, and what stood there is kept."""

import json
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from publiccredit.accounts.operations import FileClosed, NotAllowed, act_as
from publiccredit.accounts.types import PROGRAM
from publiccredit.casework.operations import declare_relation
from publiccredit.catalogue.types import Audience
from publiccredit.disclosure.queries import visible_records
from publiccredit.intake.models import DecisionDocument, TakenOffDocument
from publiccredit.intake.operations import UnableToTakeOff, take_off_document
from publiccredit.ledger.models import Entry
from publiccredit.site import commands, database
from publiccredit.site.templatetags.components import day
from publiccredit.subjects import store
from publiccredit.subjects.models import Record, RecordVersion, Subject
from tests.factories import penalty_row, stored_record, synthetic_uscc
from tests.flows import filing
from tests.flows.cases import LIAISON, OTHER
from tests.flows.desks import at_the_desk
from tests.flows.officers import browser
from tests.papers import a_pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]
NUMBER = "濉市监处罚〔2026〕905号"
REASON = "这是另一家企业的决定书，上传时选错了文件"


@pytest.fixture
def record() -> Record:
    """A record on file that bears a document."""
    filing.send([penalty_row(1, document_number=NUMBER)])
    deposited = {"file": SimpleUploadedFile(f"{NUMBER}.pdf", a_pdf("of another company"))}
    assert browser(LIAISON).post("/intake/documents/", deposited).status_code == 302
    act_as(actor=PROGRAM)
    found = Record.objects.get()
    assert found.document_sha256 == DecisionDocument.objects.get().sha256
    return found


def _page(record: Record) -> str:
    return f"/intake/records/{record.pk}/document/"


def _said(response: Any) -> str:
    return str(response.content.decode())


def _now(record: Record) -> Record:
    act_as(actor=PROGRAM)
    return Record.objects.get(pk=record.pk)


def _own_desk(record: Record) -> Client:
    return at_the_desk(Subject.objects.get(uscc=synthetic_uscc(1)), Client())


def test_its_subject_opens_it_no_longer_and_reads_when_it_was_taken_off(record: Record) -> None:
    desk = _own_desk(record)
    assert desk.get(f"/mine/records/{record.pk}/document/").status_code == 200
    done = browser(LIAISON).post(_page(record), {"reason": REASON}, follow=True)
    assert "已取下，该主体从现在起打不开这份决定书。" in _said(done)
    assert _now(record).document_sha256 == ""
    assert desk.get(f"/mine/records/{record.pk}/document/").status_code == 404
    own = _said(desk.get(f"/mine/records/{record.pk}/"))
    today = day(timezone.localdate())
    assert f"{today}，濉溪县市场监督管理局从这条记录上取下了一份放错的决定文书，平台不再提供。" in own
    assert REASON not in own and record.document_sha256 not in own


def test_what_stood_on_the_record_then_is_still_read_as_known_then(record: Record) -> None:
    browser(LIAISON).post(_page(record), {"reason": REASON})
    now = _now(record)
    former = RecordVersion.objects.filter(record_id=record.pk).order_by("known_from").last()
    assert former is not None
    assert (former.document_sha256, former.known_until) == (record.document_sha256, now.known_from)

    def known(**at: Any) -> list[str]:
        found = visible_records(audience=Audience.PUBLIC, on=timezone.localdate(), record_id=record.pk, **at)
        return [one.document_sha256 for one in found]

    before = now.known_from - timedelta(microseconds=1)
    assert (known(as_known_at=before), known()) == ([record.document_sha256], [""])
    assert store.path_of(sha256=record.document_sha256).exists()  # sealed as it was, for proof


def test_it_is_one_act_whose_reason_is_kept_beside_the_ledger(record: Record) -> None:
    browser(LIAISON).post(_page(record), {"reason": REASON})
    act_as(actor=PROGRAM)
    taken_off = TakenOffDocument.objects.get()
    entry = Entry.objects.get(operation="take_off_document")
    assert (taken_off.record_id, taken_off.sha256, taken_off.reason, taken_off.taken_off_by, taken_off.entry_id) == (
        record.pk, record.document_sha256, REASON, LIAISON.name, entry.pk,
    )  # fmt: skip
    assert (entry.actor, entry.object_kind, entry.object_id) == (LIAISON.name, "record", str(record.pk))
    assert json.loads(entry.payload) == {"sha256": record.document_sha256}
    assert _now(record).entry_id == entry.pk


def test_the_right_document_is_put_in_its_place_and_the_same_one_may_come_back(record: Record) -> None:
    browser(LIAISON).post(_page(record), {"reason": REASON})
    for said in ("the right one", "of another company"):
        deposited = {"file": SimpleUploadedFile(f"{NUMBER}.pdf", a_pdf(said))}
        browser(LIAISON).post("/intake/documents/", deposited)
        desk = _own_desk(record)
        assert desk.get(f"/mine/records/{record.pk}/document/").status_code == 200
    assert _now(record).document_sha256 == record.document_sha256


def test_the_way_there_leads_from_the_documents_and_from_the_rows_that_were_taken(record: Record) -> None:
    liaison, link = browser(LIAISON), f'href="{_page(record)}"'
    rows = f"/intake/submissions/{record.submission_id}/rows/accepted/"
    assert link in _said(liaison.get("/intake/documents/")) and link in _said(liaison.get(rows))
    page = _said(liaison.get(_page(record)))
    assert f"{NUMBER}.pdf" in page and record.document_sha256 in page
    liaison.post(_page(record), {"reason": REASON})
    assert "已取下或已换" in _said(liaison.get("/intake/documents/"))
    assert link not in _said(liaison.get(rows))
    after = _said(liaison.get(_page(record)))
    assert "这条记录上没有决定书" in after and REASON in after


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("", "请写明取下的理由，至少 10 个字"),
        ("放 错 了", "理由至少 10 个字，实为 3 个字"),
        ("这是身份证号 340621199001011234 那个人的决定书", "身份证"),
    ],
)
def test_without_a_reason_nothing_is_taken_off(record: Record, reason: str, said: str) -> None:
    refused = browser(LIAISON).post(_page(record), {"reason": reason})
    assert (refused.status_code, said in _said(refused)) == (422, True)
    assert (_now(record).document_sha256, TakenOffDocument.objects.count()) == (record.document_sha256, 0)


def test_another_department_neither_finds_the_record_nor_takes_anything_off(record: Record) -> None:
    other = browser(OTHER)
    assert other.get(_page(record)).status_code == 404
    assert other.post(_page(record), {"reason": REASON}).status_code == 404
    with pytest.raises(NotAllowed):
        take_off_document(by=OTHER, record_id=record.pk, reason=REASON, at=timezone.now())
    assert _now(record).document_sha256 == record.document_sha256


def test_whoever_is_related_to_its_subject_takes_nothing_off(record: Record) -> None:
    declare_relation(by=LIAISON, subject_id=record.subject_id or 0, relation="配偶任该单位监事", at=timezone.now())
    with pytest.raises(FileClosed):
        take_off_document(by=LIAISON, record_id=record.pk, reason=REASON, at=timezone.now())
    assert _now(record).document_sha256 == record.document_sha256


def test_what_was_taken_off_while_the_record_was_anothers_is_not_told_to_its_subject(record: Record) -> None:
    browser(LIAISON).post(_page(record), {"reason": REASON})
    act_as(actor=PROGRAM)
    page = f"/mine/records/{record.pk}/"
    assert "取下了一份放错的决定文书" in _said(_own_desk(record).get(page))
    values = TakenOffDocument.objects.values("department_code", "document_number", "sha256", "taken_off_by").get()
    anothers = stored_record(subject=Subject.objects.get(uscc=synthetic_uscc(1)), number=7)
    TakenOffDocument.objects.create(
        **values, record_id=anothers.pk, subject_id=0, reason=REASON, taken_off_at=timezone.now(), entry_id=1
    )
    own = _own_desk(record).get(f"/mine/records/{anothers.pk}/")
    assert (own.status_code, "取下了一份放错的决定文书" in _said(own)) == (200, False)


def test_what_bears_no_document_has_nothing_to_take_off(record: Record) -> None:
    take_off_document(by=LIAISON, record_id=record.pk, reason=REASON, at=timezone.now())
    with pytest.raises(UnableToTakeOff, match="没有决定书"):
        take_off_document(by=LIAISON, record_id=record.pk, reason=REASON, at=timezone.now())
    act_as(actor=PROGRAM)
    assert TakenOffDocument.objects.count() == 1


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """The command in this process, where the data of the test lies: it gives its exit code and what it answers."""
    monkeypatch.setattr(database, "start", lambda: None)

    def called(*arguments: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["publiccredit", "document", *arguments, "--json"])
        with pytest.raises(SystemExit) as ended:
            commands.main()
        said = capsys.readouterr()
        return int(str(ended.value.code)), json.loads(said.out or said.err)

    return called


def test_it_is_shown_and_taken_off_at_the_shell(record: Record, shell: Any) -> None:
    code, told = shell("show", str(record.pk), "--by", LIAISON.name)
    assert (code, told["sha256"], told["taken_off"]) == (0, record.document_sha256, [])
    code, refused = shell("take-off", str(record.pk), "--reason", "放错了", "--by", LIAISON.name)
    assert (code, refused["code"], refused["where"]) == (2, "unable_to_take_off", ["--reason"])
    code, refused = shell("take-off", str(record.pk), "--reason", REASON, "--by", OTHER.name)
    assert (code, refused["code"]) == (2, "record_not_found")
    assert _now(record).document_sha256 == record.document_sha256
    code, done = shell("take-off", str(record.pk), "--reason", REASON, "--by", LIAISON.name)
    assert (code, done["sha256"], _now(record).document_sha256) == (0, record.document_sha256, "")
    code, told = shell("show", str(record.pk), "--by", LIAISON.name)
    assert (code, told["sha256"], [one["reason"] for one in told["taken_off"]]) == (0, "", [REASON])
