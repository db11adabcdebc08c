"""The desk, the public pages, the interface and the command line of a severity's correction."""

import json
from datetime import date
from pathlib import Path
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM, Actor, Role
from publiccredit.casework.models import Case
from publiccredit.casework.operations import (
    CaseRefused,
    RecordNotFound,
    UnableToCorrectSeverity,
    approve,
    return_proposal,
)
from publiccredit.casework.queries import severity_records
from publiccredit.subjects.models import Record
from tests.factories import stored_record, stored_subject
from tests.flows.cases import AT, HEAD, LIAISON, OTHER, THIRD
from tests.flows.officers import read
from tests.flows.severities import REASON, correct, proposed
from tests.flows.test_a_liaison_works_at_the_desk import client_of
from tests.papers import a_pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_morning_at_the_desks")]


@pytest.fixture
def liaison() -> Client:
    return client_of(Role.LIAISON, "market_regulation")


def _paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("审批表.pdf", a_pdf("severity"), content_type="application/pdf")


def test_a_liaison_chooses_looks_and_proposes_and_the_head_approves(liaison: Client, record: Record) -> None:
    listed = liaison.get("/severity/").content.decode()
    assert f'href="/severity/{record.pk}/"' in listed
    page = liaison.get(f"/severity/{record.pk}/").content.decode()
    for words in ("一般，公示至 2027-05-19", "按较短的公示期", "待核对", "严重：公示至 2029-05-19", "轻微：不公示"):
        assert words in page
    fields = {"severity": "serious", "reason": REASON}
    answer = liaison.post(f"/severity/{record.pk}/", {**fields, "step": "preview"})
    assert answer.status_code == 200
    assert "提交负责人审核" in answer.content.decode()
    assert "公示期比现在长" in answer.content.decode()
    assert not Case.objects.exists()
    answer = liaison.post(f"/severity/{record.pk}/", {**fields, "step": "propose", "paper": _paper()})
    case = Case.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/cases/{case.pk}/")
    assert (case.state, Record.objects.get(pk=record.pk).severity) == ("proposed", "general")
    page = liaison.get(f"/severity/{record.pk}/").content.decode()
    assert f'编号 <a href="/cases/{case.pk}/">{case.number}</a>，待审核' in page
    assert "<textarea" not in page
    page = read(HEAD, f"/cases/{case.pk}/")
    for words in ("失信严重程度由“一般”改为“严重”", "由公示至 2027-05-19改为公示至 2029-05-19", REASON, "审批表.pdf"):
        assert words in page, words
    approve(by=HEAD, case_id=case.pk, at=AT)
    assert Record.objects.get(pk=record.pk).severity == "serious"
    assert "<textarea" in liaison.get(f"/severity/{record.pk}/").content.decode()


def test_a_proposal_that_was_sent_back_is_written_anew_in_its_case(liaison: Client, record: Record) -> None:
    case = proposed(record, by=THIRD)
    return_proposal(by=HEAD, case_id=case.pk, because="审批表写的是轻微。", at=AT)
    page = liaison.get(f"/cases/{case.pk}/").content.decode()
    assert "轻微：不公示" in page
    assert "审批表写的是轻微" in page
    fields = {"outcome": "severity_corrected", "reasons": REASON, "public_notice": REASON, "field_1": "severity"}
    wrong = liaison.post(f"/cases/{case.pk}/", {**fields, "step": "decide", "value_1": "一般"})
    assert (wrong.status_code, "没有这一档，或者现在就是这一档" in wrong.content.decode()) == (422, True)
    sent = liaison.post(f"/cases/{case.pk}/", {**fields, "step": "decide", "value_1": "轻微"})
    assert sent.status_code == 302
    approve(by=HEAD, case_id=case.pk, at=AT)
    assert Record.objects.get(pk=record.pk).severity == "slight"


def test_a_proposal_without_its_paper_says_so_and_keeps_what_was_typed(liaison: Client, record: Record) -> None:
    fields = {"severity": "slight", "reason": REASON, "step": "propose"}
    answer = liaison.post(f"/severity/{record.pk}/", fields)
    page = answer.content.decode()
    assert (answer.status_code, REASON in page, "立即停止公示" in page) == (422, True, True)
    answer = liaison.post(f"/severity/{record.pk}/", {**fields, "paper": SimpleUploadedFile("x.pdf", b"MZ no pdf")})
    assert (answer.status_code, Case.objects.exists()) == (422, False)


def test_a_liaison_goes_back_with_what_was_typed(liaison: Client, record: Record) -> None:
    answer = liaison.post(f"/severity/{record.pk}/", {"severity": "slight", "reason": REASON, "step": "edit"})
    assert REASON in answer.content.decode()
    assert "提交负责人审核" not in answer.content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"severity": "serious", "reason": ""}, "请写明更正的理由，至少 10 个字"),
        ({"severity": "serious", "reason": "太短"}, "理由太短"),
        ({"severity": "serious", "reason": "情 节 很 严 重 呀"}, "理由至少 10 个字，实为 6 个字"),
        ({"severity": "general", "reason": REASON}, "没有这一档，或者现在就是这一档"),
        ({"reason": REASON}, "请选择一档"),
    ],
)
def test_the_page_says_what_is_wrong(liaison: Client, record: Record, fields: dict[str, str], words: str) -> None:
    answer = liaison.post(f"/severity/{record.pk}/", {**fields, "step": "propose", "paper": _paper()})
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert Record.objects.get(pk=record.pk).severity == "general"


def test_another_department_finds_neither_list_nor_record(record: Record) -> None:
    other = client_of(Role.LIAISON, "emergency_management")
    assert record.document_number not in other.get("/severity/").content.decode()
    for path in (f"/severity/{record.pk}/", "/severity/999999/", f"/severity/{2**63}/"):
        assert other.get(path).status_code == 404
    answer = other.post(f"/severity/{record.pk}/", {"severity": "slight", "reason": REASON, "step": "propose"})
    assert answer.status_code == 404
    assert Record.objects.get(pk=record.pk).severity == "general"


def test_the_list_is_searched_and_paged(liaison: Client, record: Record) -> None:
    stored_record(subject=stored_subject(number=2, name="濉溪县另一家水泥有限公司"), number=2)
    assert "没有找到" in liaison.get("/severity/?q=没有这样的").content.decode()
    found = liaison.get("/severity/?q=水泥").content.decode()
    assert ("〔2026〕2号" in found, "〔2026〕1号" in found) == (True, False)
    assert severity_records(department_code="market_regulation", text="", before_id=record.pk).count() == 0
    with patch("publiccredit.casework.pages.severity.PAGE", 1):
        assert "before=" in liaison.get("/severity/").content.decode()


def test_an_ended_record_says_why_it_cannot_be_corrected(liaison: Client) -> None:
    record = stored_record(subject=stored_subject(), disclosed_until=date(2026, 8, 1))
    page = liaison.get(f"/severity/{record.pk}/").content.decode()
    assert "公示期已于 2026-08-01 届满" in page
    assert "<textarea" not in page


def test_what_is_not_published_has_no_day_of_repair(liaison: Client) -> None:
    day = date(2026, 5, 22)
    record = stored_record(subject=stored_subject(), severity="slight", repairable_from=day, disclosed_until=day)
    page = liaison.get(f"/severity/{record.pk}/").content.decode()
    assert "<dt>最早可申请修复</dt><dd>不公示，不需要修复</dd>" in page
    seen = liaison.post(f"/severity/{record.pk}/", {"severity": "general", "reason": REASON}).content.decode()
    assert '<td data-label="现在">不公示，不需要修复</td>' in seen


def test_the_record_page_tells_everybody_and_leads_its_department(liaison: Client, record: Record) -> None:
    link = f'href="/severity/{record.pk}/"'
    assert link in liaison.get(f"/records/{record.pk}/").content.decode()
    assert link not in client_of(Role.LIAISON, "emergency_management").get(f"/records/{record.pk}/").content.decode()
    assert link not in Client().get(f"/records/{record.pk}/").content.decode()
    with pytest.raises(UnableToCorrectSeverity, match="不能写身份证号码"):
        correct(record, reason=f"{REASON}（340621199001011234）")
    correct(record)
    page = Client().get(f"/records/{record.pk}/").content.decode()
    assert "由濉溪县市场监督管理局于 2026-09-01 更正" in page
    said = f"濉溪县市场监督管理局更正：失信严重程度由“一般”改为“严重”，理由：{REASON}"
    assert said in page
    assert LIAISON.name not in page
    assert f"理由：{REASON}" in page
    assert "更改了：失信严重程度" in page


def test_the_interface_states_the_correction(record: Record) -> None:
    assert Client().get(f"/api/v1/records/{record.pk}").json()["severity_correction"] is None
    correct(record)
    stated = Client().get(f"/api/v1/records/{record.pk}").json()
    assert (stated["severity"], stated["severity_rule"]) == ("serious", "corrected")
    assert stated["severity_correction"] == {"on": "2026-09-01", "reason": REASON}
    told = Client().get("/api/v1/changes").json()["changes"]
    assert [(c["record_id"], c["record"]["severity"]) for c in told] == [(record.pk, "serious")]


# --- the command line -----------------------------------------------------------------------------------------------


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> object:
    import sys

    from publiccredit.site import commands, database

    monkeypatch.setattr(database, "start", lambda: None)

    def run(*arguments: str) -> tuple[int, object]:
        monkeypatch.setattr(sys, "argv", ["publiccredit", "severity", *arguments, "--json"])
        with pytest.raises(SystemExit) as ended:
            commands.main()
        act_as(actor=PROGRAM)
        said = capsys.readouterr()
        return int(str(ended.value.code)), json.loads(said.out or said.err)

    return run


def test_the_command_line_shows_previews_and_proposes(command: object, record: Record, tmp_path: Path) -> None:
    number, by = str(record.pk), ("--by", LIAISON.name)
    code, told = command("show", number, *by)  # type: ignore[operator]
    assert (code, told["now"]["severity"], told["rule"]) == (0, "general", "penalty_severity/otherwise")
    assert [t["severity"] for t in told["others"]] == ["slight", "serious"]
    asked = ("propose", number, "serious", "--reason", REASON)
    code, told = command(*asked, "--preview", *by)  # type: ignore[operator]
    assert (code, told["proposed"], told["to"]["disclosed_until"]) == (0, False, "2029-05-20")
    assert not Case.objects.exists()
    code, told = command(*asked, *by)  # type: ignore[operator]
    assert (code, told["message"]) == (2, "请提交载明更正的决定文书或者审批表。")
    paper = tmp_path / "审批表.pdf"
    paper.write_bytes(a_pdf("severity"))
    code, told = command(*asked, "--paper", str(paper), *by)  # type: ignore[operator]
    case = Case.objects.get()
    assert (code, told["proposed"], told["case"]) == (
        0,
        True,
        {"id": case.pk, "number": case.number, "state": "proposed"},
    )
    assert Record.objects.get(pk=record.pk).severity == "general"
    approve(by=HEAD, case_id=case.pk, at=AT)
    assert Record.objects.get(pk=record.pk).severity_corrected_by == LIAISON.name


@pytest.mark.parametrize(
    ("wanted", "reason", "by", "code"),
    [
        ("serious", "太短", LIAISON, "unable_to_correct_severity"),
        ("grave", REASON, LIAISON, "unknown_word"),
        ("serious", REASON, OTHER, "record_not_found"),
        ("serious", REASON, Actor(name="nobody", role=None), "no_account"),
    ],
)
def test_the_command_line_refuses(
    command: object, record: Record, wanted: str, reason: str, by: Actor, code: str
) -> None:
    exit_code, told = command("propose", str(record.pk), wanted, "--reason", reason, "--by", by.name)  # type: ignore[operator]
    assert (exit_code, told["code"]) == (2, code)
    assert Record.objects.get(pk=record.pk).severity == "general"


def test_every_refusal_is_one_that_callers_know() -> None:
    assert issubclass(RecordNotFound, CaseRefused)
    assert issubclass(UnableToCorrectSeverity, CaseRefused)
