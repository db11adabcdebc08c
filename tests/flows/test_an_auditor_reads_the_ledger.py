"""An auditor reads what was done, proves the chain, and takes the head away."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from publiccredit.accounts.operations import grant_at_shell
from publiccredit.accounts.queries import spoken_names
from publiccredit.accounts.types import PROGRAM, Grant, Role, Wanted
from publiccredit.casework.operations import decide
from publiccredit.casework.types import Verdict
from publiccredit.ledger.models import Entry
from publiccredit.ledger.operations import record_entry
from publiccredit.ledger.queries import head, prove
from publiccredit.oversight.ledger_lines import Named
from publiccredit.oversight.ledger_words import notes
from publiccredit.site.commands.history import _read_head
from publiccredit.subjects.models import Record
from tests.accounts import opened_account
from tests.factories import stored_record, stored_subject
from tests.flows.cases import LIAISON, REASONS, repair_ready
from tests.flows.officers import NOW

AT = datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)


@pytest.fixture
def auditor(as_program: None) -> Client:
    terms = {"username": "guan", "display_name": "管", "role": "administrator", "department_code": ""}
    first = Wanted(kind=Grant.OPEN_ACCOUNT, about="guan", terms=terms)
    grant_at_shell(by=PROGRAM, wanted=first, reason="平台启用", at=AT)
    officer = opened_account(username="shen", display_name="审", role=Role.AUDITOR, department_code="",
        password="long-enough-3819", at=AT,
    )  # fmt: skip
    client = Client()
    client.force_login(officer, backend="publiccredit.accounts.backends.OfficerBackend")
    return client


def test_the_newest_acts_come_first_and_older_ones_follow_by_page(auditor: Client) -> None:
    for number in range(60):
        record_entry(actor="li", operation="x", object_kind="y", object_id=number, at=AT)
    page = auditor.get("/oversight/ledger/").content.decode()
    assert page.count('<span class="unseen">位置 </span>') == 50
    assert "第 59 号y" in page
    assert "?before=12" in page
    older = auditor.get("/oversight/ledger/?before=12").content.decode()
    assert older.count('<span class="unseen">位置 </span>') == 11
    assert 'rel="next"' not in older


def positions(page: HttpResponse) -> list[int]:
    return [line.position for line in page.context["lines"]]


def test_acts_are_found_by_who_when_which_and_on_what(auditor: Client) -> None:
    later = AT + timedelta(days=3)
    record_entry(actor="li", operation="take_case", object_kind="case", object_id=7, at=AT)
    record_entry(actor="shen", operation="close_case", object_kind="case", object_id=7, at=later)
    record_entry(actor="li", operation="close_case", object_kind="case", object_id=8, at=later)
    for asked, found in [
        ({"actor": "li"}, [4, 2]),
        ({"actor": "审"}, [3]),
        ({"actor": "平台程序"}, [1]),
        ({"operation": "close_case"}, [4, 3]),
        ({"kind": "case", "object": "7"}, [3, 2]),
        ({"kind": "officer"}, [1]),
        ({"since": "2026-11-24"}, [4, 3]),
        ({"until": "2026-11-23"}, [2, 1]),
        ({"since": "2026-11-26", "until": "2026-11-26", "actor": "li"}, [4]),
        ({"actor": "nobody"}, []),
    ]:
        assert positions(auditor.get("/oversight/ledger/", asked)) == found, asked


def test_the_next_page_keeps_every_condition_in_an_address_that_holds(auditor: Client) -> None:
    """A name with & and = in it would otherwise end the address early."""
    for number in range(55):
        record_entry(actor="a&b=c 好", operation="take_case", object_kind="case", object_id=number, at=AT)
        record_entry(actor="li", operation="take_case", object_kind="case", object_id=number, at=AT)
    asked = {"actor": "a&b=c 好", "operation": "take_case", "since": "2026-11-01", "until": "2026-11-30"}
    first = auditor.get("/oversight/ledger/", asked)
    second = auditor.get("/oversight/ledger/" + first.context["next_url"])
    assert [len(positions(page)) for page in (first, second)] == [50, 5]
    assert {line.actor for line in second.context["lines"]} == {"a&b=c 好"}
    assert positions(auditor.get("/oversight/ledger/" + second.context["first_url"])) == positions(first)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"since": "2026-13-40"}, "起始日应为有效日期"),
        ({"since": "2026-11-05", "until": "2026-11-01"}, "截止日 2026-11-01 早于起始日 2026-11-05"),
        ({"operation": "nothing"}, "没有“nothing”这种办理"),
    ],
)
def test_a_condition_that_cannot_be_is_refused_and_nothing_is_shown_as_if_it_were_met(
    auditor: Client, asked: dict[str, str], said: str
) -> None:
    page = auditor.get("/oversight/ledger/", asked)
    assert (page.status_code, said in page.content.decode(), positions(page)) == (422, True, [])


def test_a_line_reads_as_a_sentence_with_the_names_people_know(auditor: Client) -> None:
    subject = stored_subject()
    record = stored_record(subject=subject)
    for kind, number in [("record", record.pk), ("subject", subject.pk), ("department", "taxation"), ("case", 99)]:
        record_entry(
            actor=f"subject:{subject.uscc}", operation="take_copy", object_kind=kind, object_id=number, at=AT,
            payload={"form": "pdf", "records": 0, "succeeded": False},
        )  # fmt: skip
    page = auditor.get("/oversight/ledger/?operation=take_copy")
    case, department, of_subject, of_record = page.context["lines"]
    assert of_record.object.text == f"记录“{record.document_number}”"
    assert of_subject.object.text == f"主体“{subject.name}”"
    assert (department.object.url, case.object) == ("/oversight/departments/taxation/", Named("第 99 号案件"))
    assert of_record.actor == f"信用信息主体 {subject.uscc}"
    assert of_record.notes == "格式 PDF 文件，核验通过 否"
    assert f"信用信息主体 {subject.uscc} 取得档案副本：" in page.content.decode()


def test_a_case_is_called_by_its_number_and_opened_from_the_ledger(
    auditor: Client, officers: None, record: Record
) -> None:
    case = repair_ready(record)
    decide(by=LIAISON, case_id=case.pk, verdict=Verdict("granted", REASONS), at=NOW)
    page = auditor.get("/oversight/ledger/", {"object": case.number})
    assert {line.object.text for line in page.context["lines"]} == {f"案件 {case.number}"}
    assert auditor.get(page.context["lines"][0].object.url).status_code == 200
    proposal = page.context["lines"][0]
    assert (proposal.verb, proposal.notes) == ("作出处理意见", "结果 准予修复，待负责人审核 是")


def test_a_page_takes_as_many_statements_for_one_line_as_for_fifty(auditor: Client) -> None:
    for number in range(3):
        record_entry(actor="li", operation="take_case", object_kind="case", object_id=number, at=AT)
    with CaptureQueriesContext(connection) as few:
        auditor.get("/oversight/ledger/?kind=case")
    for number in range(45):
        record_entry(actor=f"li{number}", operation="take_case", object_kind="case", object_id=number, at=AT)
    with CaptureQueriesContext(connection) as many:
        auditor.get("/oversight/ledger/?kind=case")
    assert len(many) == len(few)


def test_one_entry_is_shown_whole_proved_to_the_head_and_taken_away_as_a_file(auditor: Client) -> None:
    sha256 = "ab" * 32
    for number in (7, 8):
        record_entry(
            actor="li", operation="hand_in_paper", object_kind="case", object_id=number, at=AT,
            payload={"paper": "evidence", "sha256": sha256},
        )  # fmt: skip
    assert '<a href="/oversight/ledger/2/">2</a>' in auditor.get("/oversight/ledger/").content.decode()
    page = auditor.get("/oversight/ledger/2/").content.decode()
    first, second, third = Entry.objects.order_by("position")
    for hashed in (first.hash, second.hash):
        assert bytes(hashed).hex() in page
    assert sha256 in page and "这一条与内容、与前后两条相符" in page and "从这一条到链首" not in page
    chained = auditor.get("/oversight/ledger/2/?chain=1").content.decode()
    assert "到链首（位置 3）的 2 条" in chained and bytes(third.hash).hex() in chained
    assert (auditor.get("/oversight/ledger/4/").status_code, auditor.get("/oversight/ledger/0/").status_code) == (
        404,
    ) * 2
    assert "/oversight/ledger/4/" not in auditor.get("/oversight/ledger/3/").content.decode()
    held = json.loads(auditor.get("/oversight/ledger/2/entry.json").content)
    written = json.dumps(list(held["entry"].values()), ensure_ascii=False).encode()  # as another program would
    assert hashlib.sha256(bytes.fromhex(held["previous_hash"]) + written).hexdigest() == held["hash"]
    assert held["previous_hash"] == bytes(first.hash).hex() and held["head"]["position"] == 3


def test_an_entry_that_was_changed_is_found_on_its_page_and_on_those_beside_it(auditor: Client) -> None:
    for number in (7, 8):
        record_entry(actor="li", operation="take_case", object_kind="case", object_id=number, at=AT)
    with patch("publiccredit.ledger.queries.hash_of", side_effect=lambda e: bytes(32) if e.position == 2 else e.hash):
        changed = auditor.get("/oversight/ledger/2/?chain=1").content.decode()
        assert "这一条与链不符" in changed and "从这一条到链首，链不完整" in changed
        assert "相符" in auditor.get("/oversight/ledger/3/").content.decode()
    second, third = Entry.objects.order_by("position")[1:]
    third.previous_hash = bytes(32)
    with patch(
        "publiccredit.ledger.queries.entry_at", side_effect=lambda *, position: third if position == 3 else None
    ):
        assert prove(entry=second).faults[-1].found == f"前一哈希 {'0' * 64}"


def test_an_entry_is_found_by_a_part_of_the_name_of_the_subject_it_is_about(
    auditor: Client, officers: None, record: Record
) -> None:
    case = repair_ready(record)
    record_entry(actor="li", operation="state_on_record", object_kind="record", object_id=record.pk, at=AT)
    record_entry(actor="li", operation="register_contact", object_kind="subject", object_id=record.subject_id, at=AT)
    assert record.subject is not None
    found = auditor.get("/oversight/ledger/", {"object": record.subject.name[3:6]}).context["lines"]
    assert {line.object.text.split("“")[0].split(" ")[0] for line in found} == {"案件", "记录", "主体"}
    assert any(case.number in line.object.text for line in found)
    assert positions(auditor.get("/oversight/ledger/", {"object": record.subject.name[3]})) == []


def test_an_act_of_the_office_for_a_department_does_not_read_as_the_departments(auditor: Client) -> None:
    opened_account(username="yuan", display_name="县信用办袁某", role=Role.OFFICE_CLERK, department_code="",
        password="long-enough-3819", at=AT,
    )  # fmt: skip
    record_entry(
        actor="yuan", operation="answer_question", object_kind="question", object_id=1, at=AT,
        department_code="emergency_management", payload={"verdict": "sent_back"},
    )  # fmt: skip
    page = auditor.get("/oversight/ledger/?operation=answer_question")
    line = page.context["lines"][0]
    assert (line.department, line.concerned) == ("", "濉溪县应急管理局")
    assert "县信用办袁某（信用办经办人）判定" in page.content.decode()
    assert "涉及濉溪县应急管理局，判定 " in page.content.decode()


def test_periods_and_terms_are_told_by_their_last_day_as_on_every_other_page() -> None:
    held = {"from": "2026-11-16", "source": "market_regulation/penalty", "until": "2026-11-23"}
    assert notes(json.dumps(held)) == "期间 2026-11-16 至 2026-11-22，报送内容 市场监管行政处罚"
    term = {"from": "general", "to": "serious", "disclosed_until": "2027-11-10"}
    assert notes(json.dumps(term)) == "自 一般，改为 严重，公示至 2027-11-09"
    assert notes(json.dumps({"until": "2026-12-01", "rights": "see"})) == "至 2026-11-30，权限 查看"


def test_the_chain_is_proved_on_demand(auditor: Client) -> None:
    for _ in range(2):  # a reader may load the verdict again
        response = auditor.get("/oversight/ledger/verification/")
        assert response.status_code == 200
    page = response.content.decode()
    assert "链完整" in page
    assert 'method="get" action="/oversight/ledger/verification/"' in auditor.get("/oversight/ledger/").content.decode()
    assert "全部 1 条" in page


def test_the_head_is_a_file_that_names_the_last_entry_and_the_command_line_reads_it(
    auditor: Client, tmp_path: Path
) -> None:
    response = auditor.get("/oversight/ledger/head.json")
    present = head()
    assert present is not None
    assert json.loads(response.content)["head"] == {"position": present.position, "hash": present.hash}
    assert "attachment" in response["Content-Disposition"]
    (tmp_path / "head.json").write_bytes(response.content)
    assert _read_head(tmp_path / "head.json") == present


def test_a_department_that_the_name_of_who_acted_says_already_is_not_said_twice(auditor: Client) -> None:
    for username, name in [("chen", "县税务局陈某"), ("li", "李某")]:
        opened_account(username=username, display_name=name, role=Role.LIAISON, department_code="taxation",
            password="long-enough-3819", at=AT,
        )  # fmt: skip
        record_entry(
            actor=username, operation="take_case", object_kind="case", object_id=7, department_code="taxation", at=AT
        )
    of_li, of_chen = auditor.get("/oversight/ledger/?operation=take_case").context["lines"]
    assert (of_li.department, of_li.actor) == ("国家税务总局濉溪县税务局", "李某（联络员）")
    assert (of_chen.department, of_chen.actor) == ("", "县税务局陈某（联络员）")
    named = spoken_names(names=["li", "chen"], departments={"taxation": "县税务局"})
    assert (named["li"], named["chen"]) == ("李某（联络员，县税务局）", "县税务局陈某（联络员）")
