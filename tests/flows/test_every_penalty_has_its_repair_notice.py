"""两书同达: with every penalty on file the notice of repair can be printed, and it says what is true on that day."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from publiccredit.accounts.types import Actor
from publiccredit.casework.operations import escalate, take_case
from publiccredit.casework.repair_notices import repair_notice
from publiccredit.casework.types import Order
from publiccredit.catalogue.types import ProcedureName
from publiccredit.site import commands
from publiccredit.subjects.models import Look, Record, Subject
from tests.factories import penalty_row, stored_licence, stored_record
from tests.flows.cases import (
    AT,
    CLERK,
    HEAD,
    LIAISON,
    OTHER,
    hand_in,
    objection_ready,
    opened,
    repaired,
    report_ready,
    settled,
)
from tests.flows.filing import send
from tests.flows.officers import TODAY, browser, read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers", "an_hour_later")]
Command = Callable[..., tuple[int, dict[str, Any]]]
SHIELD = Order("（2026）皖0621破1号", TODAY, date(2026, 12, 1))
STAY = Order("濉政复〔2026〕3号", TODAY, None)
HOW_TO_REPAIR = "最早自2026年8月20日起可以申请修复。不申请的，期满自动停止公示，最后公示日为2027年5月19日。"
NO_REPAIR = "不需要申请信用修复"


def _slight(subject: Subject) -> Record:
    return stored_record(
        subject=subject, severity="slight", repairable_from=date(2026, 5, 22), disclosed_until=date(2026, 5, 22)
    )


def _warning(subject: Subject) -> Record:
    """A warning of the time of order 58: held to be slight by the rules, and not served yet."""
    return stored_record(
        subject=subject, severity="slight", severity_rule="penalty_severity/warning", fine_fen=None,
        state="held_unserved", served_on=None, disclosed_from=None, decided_on=date(2026, 3, 10),
        repairable_from=date(2026, 3, 10), disclosed_until=date(2026, 3, 10),
    )  # fmt: skip


def _unserved(subject: Subject) -> Record:
    return stored_record(subject=subject, state="held_unserved", served_on=None, disclosed_from=None)


def _unmatched(subject: Subject) -> Record:
    del subject
    return stored_record(subject=None, state="held_unmatched")


def _not_classified(subject: Subject) -> Record:
    return stored_record(
        subject=subject, severity="", severity_rule="", repairable_from=None, disclosed_until=None
    )  # fmt: skip


def _ended(subject: Subject) -> Record:
    return stored_record(
        subject=subject, decided_on=date(2025, 5, 20), served_on=date(2025, 5, 22), disclosed_from=date(2025, 5, 22),
        repairable_from=date(2025, 8, 20), disclosed_until=date(2026, 5, 20),
    )  # fmt: skip


def _repaired(subject: Subject) -> Record:
    record = stored_record(subject=subject)
    repaired(record)
    return record


def _withdrawn(subject: Subject) -> Record:
    record = stored_record(subject=subject)
    settled(report_ready(record, ground="revoked", paper="new_decision"), "withdrawn_revoked", first=LIAISON)
    return record


def _shielded(subject: Subject) -> Record:
    record = stored_record(subject=subject)
    case = opened(ProcedureName.CREDIT_REPAIR, record, ground="reorganisation")
    hand_in(case, "court_order")
    take_case(by=LIAISON, case_id=case.pk, at=AT)
    settled(case, "shielded", first=LIAISON, second=HEAD, order=SHIELD)
    return record


def _stayed(subject: Subject) -> Record:
    record = stored_record(subject=subject)
    settled(report_ready(record, ground="stayed", paper="stay_order"), "stayed", first=LIAISON, order=STAY)
    return record


def _disputed(subject: Subject) -> Record:
    record = stored_record(subject=subject)
    opened(ProcedureName.OBJECTION, record, ground="other", field="penalty_content")
    return record


def _suspended(subject: Subject) -> Record:
    record = stored_record(subject=subject)
    objection_ready(record, at=datetime.fromisoformat("2026-07-01T02:00:00+00:00"))
    escalate(at=AT)
    return record


def _in_suit(subject: Subject) -> Record:
    record = stored_record(subject=subject)
    settled(report_ready(record, ground="suit_pending", paper="acceptance_notice"), "suit_flagged", first=LIAISON)
    return record


SITUATIONS: tuple[tuple[Callable[[Subject], Record], tuple[str, ...]], ...] = (
    (_slight, ("失信严重程度为“轻微”，不在公共信用信息平台公示", "国家发展改革委令第36号", "轻微失信原则上不公示", NO_REPAIR)),
    (_warning, ("不在公共信用信息平台公示", "警告、通报批评及简易程序处罚不公示", NO_REPAIR)),
    (_unserved, ("依法自送达之日起在公共信用信息平台公示", "送达以前不公示", HOW_TO_REPAIR)),
    (_unmatched, ("濉溪县示例建材有限公司：", "核对以前不公示", HOW_TO_REPAIR)),
    (_not_classified, ("尚未认定失信严重程度，认定以前不公示", NO_REPAIR)),
    (_ended, ("最后公示日为2026年5月19日，公示期已满", NO_REPAIR)),
    (_repaired, ("已于2026年9月1日准予信用修复：停止公示、停止共享和使用、解除失信惩戒措施、更新评价结果", NO_REPAIR)),
    (_withdrawn, ("已于2026年9月1日撤回：复议机关以决定书撤销了原处罚决定。", NO_REPAIR)),
    (_shielded, ("依据（2026）皖0621破1号，自2026年9月1日起至2026年11月30日重整期间，暂时屏蔽该信息", HOW_TO_REPAIR)),
    (_stayed, ("依据濉政复〔2026〕3号，自2026年9月1日起至解除之日停止执行期间，暂停公示", HOW_TO_REPAIR)),
    (_disputed, ("目前情况：异议处理中：处罚内容。", HOW_TO_REPAIR)),
    (_suspended, ("已暂停公示至作出决定；异议处理中", HOW_TO_REPAIR)),
    (_in_suit, ("目前情况：复议或诉讼中。", HOW_TO_REPAIR)),
    (lambda subject: stored_record(subject=subject), ("失信严重程度为“一般”", HOW_TO_REPAIR)),
)  # fmt: skip


@pytest.fixture
def run_command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    def run(*words: str) -> tuple[int, dict[str, Any]]:
        monkeypatch.setattr("sys.argv", ["publiccredit", *words, "--json"])
        with pytest.raises(SystemExit) as ended:
            commands.main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), json.loads(told.out or told.err)

    return run


def _plain(page: str) -> str:
    return re.sub(
        r"\s*\n\s*", "", unescape(re.sub(r"<[^>]+>", "", page.split("<article")[1].split("</article", maxsplit=1)[0]))
    )


@pytest.mark.parametrize(("situation", "said"), SITUATIONS, ids=lambda value: getattr(value, "__name__", ""))
def test_the_notice_of_every_penalty_says_what_is_true(
    situation: Callable[[Subject], Record], said: tuple[str, ...], subject: Subject
) -> None:
    record = situation(subject)
    text = _plain(read(LIAISON, f"/cases/notices/{record.pk}/"))
    for words in said:
        assert words in text, text
    assert (NO_REPAIR in text) != ("三、材料。只需" in text), text
    assert "None" not in text
    for reader in (LIAISON, CLERK):
        assert browser(reader).get(f"/cases/notices/{record.pk}/notice.pdf").content.startswith(b"%PDF-")
    assert browser(OTHER).get(f"/cases/notices/{record.pk}/").status_code == 404
    assert Client().get(f"/cases/notices/{record.pk}/").status_code == 302


def test_a_minimum_of_an_older_rule_is_told_with_it(subject: Subject) -> None:
    """A serious one of the time of order 58 opens after three months, and not after the year of today's rules."""
    decided = date(2026, 3, 10)
    record = stored_record(
        subject=subject, severity="serious", decided_on=decided, served_on=decided, disclosed_from=decided,
        repairable_from=date(2026, 6, 10), disclosed_until=date(2029, 3, 10),
    )  # fmt: skip
    newer = stored_record(subject=subject, number=2, severity="serious", repairable_from=date(2027, 5, 20))
    by = "依据失信行为纠正后的信用信息修复管理办法（试行）（国家发展改革委令第58号）：最短三个月"
    said = f"最短公示期新旧规定不一致，取较短的，{by}"
    for page in (
        read(LIAISON, f"/cases/notices/{record.pk}/"),
        Client().get(f"/records/{record.pk}/").content.decode(),
    ):
        assert said in page
    for page in (read(LIAISON, f"/cases/notices/{newer.pk}/"), Client().get(f"/records/{newer.pk}/").content.decode()):
        assert "新旧规定不一致" not in page


def test_a_stay_and_a_shield_that_are_over_are_told_no_more(subject: Subject) -> None:
    record = _shielded(subject)
    written = repair_notice(record_id=record.pk, on=SHIELD.until or TODAY)
    assert written is not None
    assert not any("屏蔽" in line for line in written.paragraphs)


def test_what_burdens_nobody_has_a_sentence_in_place_of_a_notice(subject: Subject) -> None:
    licence = stored_licence(subject=subject)
    for address in (f"/cases/notices/{licence.pk}/", f"/cases/notices/{licence.pk}/notice.pdf"):
        answer = browser(LIAISON).get(address)
        assert answer.status_code == 404
        assert "不是失信信息，不需要修复，所以没有信用修复告知书" in answer.content.decode()
    assert "没有信用修复告知书" not in browser(LIAISON).get("/cases/notices/999999/").content.decode()


def test_printing_what_nobody_is_shown_stands_on_the_subjects_log(subject: Subject) -> None:
    record = _slight(subject)
    read(LIAISON, f"/cases/notices/{record.pk}/")
    noted = Look.objects.filter(subject_id=subject.pk).values_list("account", "what")
    assert list(noted) == [(LIAISON.name, f"打印第 {record.pk} 号记录的信用修复告知书")]


def test_the_department_is_led_to_it_from_wherever_it_sees_the_penalty(subject: Subject) -> None:
    record = _slight(subject)
    address = f"/cases/notices/{record.pk}/"
    assert address in read(LIAISON, "/severity/")
    assert address in read(LIAISON, f"/severity/{record.pk}/")
    case = opened(ProcedureName.OBJECTION, record, ground="other")
    pages: list[tuple[Actor, str]] = [(LIAISON, f"/cases/{case.pk}/"), (CLERK, f"/cases/{case.pk}/")]
    for actor, page in pages:
        assert address in read(actor, page)


def test_the_rows_of_a_submission_lead_to_the_notice_and_to_no_page_that_is_not_there() -> None:
    rows = [penalty_row(1, severity="轻微", decided_on="2026-08-10", served_on="2026-08-12"),
            penalty_row(2, severity="一般", decided_on="2026-08-10", served_on="2026-08-12")]  # fmt: skip
    submission = send(rows)
    slight, general = Record.objects.order_by("row_number")
    page = read(LIAISON, f"/intake/submissions/{submission.pk}/rows/accepted/")
    assert "已归档，现在不公示" in page
    assert (f"/records/{slight.pk}/" in page, f"/records/{general.pk}/" in page) == (False, True)
    for record in (slight, general):
        assert f"/cases/notices/{record.pk}/" in page


def test_the_shell_writes_the_same_notice(subject: Subject, run_command: Command, tmp_path: Path) -> None:
    record, file, by = _slight(subject), tmp_path / "告知书.pdf", ("--by", LIAISON.name)
    code, told = run_command("case", "notice", str(record.pk), "--pdf", str(file), "--on", "2026-09-01", *by)
    assert code == 0
    written = repair_notice(record_id=record.pk, on=TODAY)
    assert written is not None
    assert told["paragraphs"] == list(written.paragraphs)
    assert file.read_bytes().startswith(b"%PDF-")
    code, told = run_command("case", "notice", str(record.pk), "--pdf", str(file), *by)
    assert (code, told["code"]) == (2, "exists")
    code, told = run_command("case", "notice", "999999", *by)
    assert (code, told["code"]) == (2, "not_adverse")
