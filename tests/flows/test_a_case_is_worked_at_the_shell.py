"""Whole cases at the shell, each command in a process of its own: an objection with its review, and a repair."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM
from publiccredit.casework.models import Case
from publiccredit.ledger.models import Entry
from publiccredit.subjects.models import Look, Record
from publiccredit.subjects.queries import STAY_AWAY
from tests.factories import stored_record, stored_subject
from tests.flows.cases import REASONS, people, shown
from tests.flows.shell_process import shell_on
from tests.papers import a_pdf

Shell = Callable[..., dict[str, Any]]


@pytest.fixture
def penalty(fresh_database: str, django_db_blocker: Any) -> Iterator[Record]:
    """A penalty that is public today and can be repaired today, in a database of its own."""
    today = timezone.localdate()
    with django_db_blocker.unblock():
        act_as(actor=PROGRAM)
        people()
        yield stored_record(
            subject=stored_subject(),
            decided_on=today - timedelta(days=150),
            served_on=today - timedelta(days=149),
            disclosed_from=today - timedelta(days=149),
            repairable_from=today - timedelta(days=50),
            disclosed_until=today + timedelta(days=200),
        )


@pytest.fixture
def shell(fresh_database: str, penalty: Record, tmp_path: Path) -> Iterator[Shell]:
    """Type a command on cases and read its answer; it must do what was asked, or refuse where a code is expected."""
    with shell_on(database=fresh_database, folder=tmp_path) as ready:

        def type_in(*words: str, code: int = 0) -> dict[str, Any]:
            done = ready.run("case", *words, "--json")
            assert done.returncode == code, done.stdout + done.stderr
            return json.loads(done.stdout)

        yield type_in


@pytest.fixture
def paper(tmp_path: Path) -> str:
    path = tmp_path / "决定书.pdf"
    path.write_bytes(a_pdf("决定书"))
    return str(path)


def _log(record: Record) -> list[tuple[str, str, str]]:
    looks = Look.objects.filter(subject_id=record.subject_id).order_by("pk")
    return list(looks.values_list("department", "role", "what"))


def test_an_objection_is_worked_from_its_opening_to_its_review(shell: Shell, penalty: Record, paper: str) -> None:
    opened = shell(
        "open", "objection", "--record", str(penalty.pk), "--field", "violation_facts", "--ground", "wrong_or_missing",
        "--request", "违法事实与决定书不符。", "--channel", "post", "--contact", "濉溪县示例路 1 号",
        "--paper", f"request={paper}", "--by", "clerk",
    )  # fmt: skip
    number, due = opened["number"], opened["due_on"]
    assert (opened["state"], opened["contested"], len(opened["due"]) > 0) == ("opened", ["违法事实"], True)
    case = Case.objects.get(number=number)
    assert (case.channel, case.applicant_name) == ("post", "濉溪县示例建材有限公司")
    assert list(case.papers.values_list("kind", flat=True)) == ["request"]

    assert shell("take", number, "--by", "shi-liaison", code=2)["code"] == "not_allowed"
    assert shell("take", number, "--by", "clerk")["owner"] == "clerk"
    empty = shell("request-papers", number, "--asked", " ", "--by", "clerk", code=2)
    assert (empty["where"], empty["message"]) == (["--asked"], "请写明需要补充哪些材料。")
    waits = shell("request-papers", number, "--asked", "处罚决定书复印件", "--by", "clerk")
    assert waits["state"] == "waiting_for_papers"
    assert waits["due"].startswith(f"材料最迟 {waits['papers_due_on']}")
    assert waits["due"].endswith(" 交来，决定期限暂停")
    wrong = shell("hand-in-paper", number, "--kind", "photo", "--file", paper, "--by", "clerk", code=2)
    assert "evidence（证明材料）" in wrong["message"]
    assert shell("hand-in-paper", number, "--kind", "evidence", "--file", paper, "--by", "clerk")["state"] == "in_hand"
    asked = shell("forward", number, "--question", "请核对违法事实。", "--by", "clerk")
    assert (asked["state"], asked["source_due_on"] > str(timezone.localdate())) == ("with_source", True)
    (listed,) = shell("list", "--queue", "ours", "--by", "shi-liaison")
    assert (listed["number"], listed["steps"]) == (number, ["answer", "hand-in-paper"])
    assert shell("list", "--by", "an-liaison") == []
    assert shell("show", number, "--by", "an-liaison", code=2)["code"] == "case_not_found"
    shell("answer", number, "--answer", "经核对决定书第三页，事实无误。", "--by", "shi-liaison")
    assert shell("extend", number, "--days", "9", "--reason", "待调档案", "--by", "clerk", code=2)["where"] == [
        "--days"
    ]
    assert shell("extend", number, "--days", "2", "--reason", "须调阅案卷", "--by", "clerk")["due_on"] > due
    shell("guide", number, "--text", "请于三日内到窗口核对原件。", "--by", "office-head")
    assert shell("decide", number, "rejected", "--reasons", REASONS, "--by", "clerk")["state"] == "decided"
    assert shell("close", number, "--delivered", "邮寄，单号 1234567890", "--by", "clerk")["state"] == "closed"

    asked_again = shell("request-review", number, "--request", "仍不认可。", "--channel", "phone", "--by", "clerk")
    review = asked_again["review"]
    assert shell("take", review, "--by", "clerk", code=2)["code"] == "not_allowed"
    shell("take", review, "--by", "second-clerk")
    correct = ("--correct", "violation_facts=未按规定公示登记事项。", "--reasons", REASONS, "--by", "second-clerk")
    assert shell("decide", review, "corrected", *correct)["state"] == "proposed"
    assert shell("show", review, "--by", "second-clerk")["steps"][0]["command"] == "take-back-proposal"
    why = ("--because", "页码写错")
    assert shell("take-back-proposal", review, *why, "--by", "office-head", code=2)["code"] == "not_allowed"
    own = shell("take-back-proposal", review, *why, "--by", "second-clerk")
    assert (own["state"], own["returned"].endswith("撤回自己的拟办意见：页码写错")) == ("in_hand", True)
    shell("decide", review, "corrected", *correct)
    returned = shell("return", review, "--because", "请写明页码", "--by", "office-head")
    assert (returned["state"], "请写明页码" in returned["returned"]) == ("in_hand", True)
    shell("decide", review, "corrected", *correct)
    assert shell("approve", review, "--by", "office-head")["state"] == "decided"
    shell("close", review, "--delivered", "窗口当面送达", "--by", "second-clerk")
    penalty.refresh_from_db()
    assert (penalty.content["violation_facts"], penalty.dispute) == ("未按规定公示登记事项。", "")

    seen = shell("show", review, "--by", "auditor", code=2)
    assert seen["code"] == "no_account"
    seen = shell("show", review, "--by", "office-head")
    assert (seen["reviews"], seen["steps"], seen["records"][0]["field_title"]) == (number, [], "违法事实")
    assert [d["state"] for d in seen["decisions"]] == ["taken_back", "returned", "effective"]
    assert ("县信用办", "信用办负责人", f"办理或者查阅案件 {review}") in _log(penalty)
    assert not [look for look in _log(penalty) if "应急管理" in look[0]]


def test_a_repair_is_worked_from_its_opening_to_its_close(shell: Shell, penalty: Record, paper: str) -> None:
    told = shell("navigate", str(penalty.pk), "--by", "shi-liaison")
    assert (told["eligible_today"], [p["name"] for p in told["papers"]]) == (
        True, ["proof_of_performance", "commitment"],
    )  # fmt: skip
    record = ("--record", str(penalty.pk))
    missing = shell("open", "credit_repair", *record, "--request", "已缴清罚款。", "--by", "clerk", code=2)
    assert (missing["where"], "duties_performed" in missing["message"]) == (["--ground"], True)
    asked = ("open", "credit_repair", *record, "--ground", "duties_performed", "--request", "已缴清罚款。")
    proxy = shell(*asked, "--channel", "proxy", "--by", "clerk", code=2)
    assert "委托他人办理的，请填写经办人。" in proxy["message"]
    assert shell(*asked, "--field", "fine_fen", "--by", "clerk", code=2)["where"] == ["--field"]
    assert not Case.objects.exists()
    opened = shell(
        *asked, "--channel", "proxy", "--handler-name", "李四", "--authorisation", paper,
        "--paper", f"commitment={paper}", "--by", "clerk",
    )  # fmt: skip
    number = opened["number"]
    assert shell("show", number, "--by", "shi-liaison")["missing_papers"] == ["履行义务的证明"]
    shell("hand-in-paper", number, "--kind", "proof_of_performance", "--file", paper, "--by", "shi-liaison")
    shell("take", number, "--by", "shi-liaison")
    open_now = shell("show", number, "--by", "shi-liaison")
    assert [s["command"] for s in open_now["steps"]] == ["decide", "request-papers", "hand-in-paper", "extend"]
    assert ("granted", True) in [(o["outcome"], o["four_eyes"]) for o in open_now["outcomes"]]
    assert all(c["holds"] for c in open_now["conditions"])
    assert shown(penalty, on=timezone.now())
    shell("decide", number, "granted", "--reasons", REASONS, "--by", "shi-liaison")
    assert shell("approve", number, "--by", "shi-liaison", code=2)["code"] == "not_allowed"
    shell("approve", number, "--by", "shi-head")
    assert not shown(penalty, on=timezone.now())
    assert shell("close", number, "--delivered", "窗口当面送达", "--by", "shi-liaison")["state"] == "closed"
    assert '"at_shell":true' in Entry.objects.get(operation="approve_decision").payload
    told = shell("show", number, "--by", "shi-head")
    assert all(one["title"] and one["text"] and one["at"] for one in told["letters"])
    in_ascii = number.replace("〔", "[").replace("〕", "]")
    assert shell("show", in_ascii, "--by", "shi-head")["letters"] == told["letters"] != []
    assert len(told["records"][0]["effects"]) == len(("display", "sharing", "measures", "ratings"))
    assert ("濉溪县市场监督管理局", "部门负责人", f"办理或者查阅案件 {number}") in _log(penalty)


def test_an_applicant_takes_back_what_it_asked(shell: Shell, penalty: Record) -> None:
    opened = shell(
        "open", "objection", "--record", str(penalty.pk), "--ground", "other", "--request", "请核对。", "--by", "clerk"
    )
    again = shell(
        "open", "objection", "--record", str(penalty.pk), "--ground", "other", "--request", "请核对。", "--by", "clerk"
    )
    assert (again["number"], Case.objects.count()) == (opened["number"], 1)  # typed twice, asked once
    ended = shell("take-back", opened["number"], "--stated", "11 月 3 日来函，存卷", "--by", "clerk")
    assert (ended["state"], ended["due"]) == ("taken_back", "")
    assert shell("list", "--queue", "taken_back", "--by", "clerk")[0]["number"] == opened["number"]


def test_whoever_declares_a_relation_hands_the_case_on(shell: Shell, penalty: Record) -> None:
    number = shell(
        "open", "objection", "--record", str(penalty.pk), "--ground", "other", "--request", "金额有误。",
        "--by", "clerk",
    )["number"]  # fmt: skip
    shell("take", number, "--by", "clerk")
    refused = shell("declare-relation", number, "--relation", "友", "--by", "clerk", code=2)
    assert refused["where"] == ["--relation"]
    shell("declare-relation", number, "--relation", "配偶任该单位监事", "--by", "clerk")
    found = shell("show", number, "--by", "clerk")
    assert (found["related"], found["steps"], found["stay_away"]) == (True, [], STAY_AWAY)
    assert not {"request", "facts", "records", "papers", "decisions", "letters", "timeline"} & set(found)
    assert (found["about"], found["contested"], "可以办理的有" in found["who_else"]) == ("", [], True)
    assert (
        shell("extend", number, "--days", "1", "--reason", "须调阅案卷", "--by", "clerk", code=2)["code"]
        == "file_closed"
    )
    assert shell("navigate", str(penalty.pk), "--by", "clerk", code=2)["message"] == STAY_AWAY
    assert shell("take", number, "--by", "second-clerk")["owner"] == "second-clerk"
