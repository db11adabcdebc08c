"""The deciding department corrects how severe a conduct is held to be, and the term follows everywhere."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client

from publiccredit.accounts.operations import NotAllowed, act_as, acting
from publiccredit.accounts.types import PROGRAM, Actor, Role
from publiccredit.casework.operations import (
    CaseRefused,
    RecordNotFound,
    UnableToCorrectSeverity,
    correct_severity,
)
from publiccredit.casework.queries import severity_records, severity_standing
from publiccredit.catalogue.types import Audience, Severity
from publiccredit.disclosure.queries import changes, visible_record
from publiccredit.ledger.models import Entry
from publiccredit.ledger.operations import next_entry_id
from publiccredit.subjects.models import Record, RecordVersion
from tests.factories import penalty_row, stored_licence, stored_record, stored_subject
from tests.flows.cases import AT, CLERK, HEAD, LIAISON, OFFICE_HEAD, OTHER, people, repaired, settled
from tests.flows.filing import AT as SENT_AT
from tests.flows.filing import send
from tests.flows.test_a_liaison_works_at_the_desk import client_of

pytestmark = pytest.mark.django_db
REASON = "依本系统失信程度标准，当事人拒不整改，情节严重。"
TODAY = date(2026, 9, 1)


@pytest.fixture(autouse=True)
def desk(as_program: None) -> Iterator[None]:
    """The pages read the clock: ten in the morning of 1 September 2026."""
    del as_program
    cache.clear()
    people()
    next_entry_id()  # the one that stored records name
    with patch("django.utils.timezone.now", return_value=AT):
        yield
    cache.clear()


@pytest.fixture
def record() -> Record:
    return stored_record(subject=stored_subject())


def _correct(record: Record, to: Severity = Severity.SERIOUS, *, by: Actor = LIAISON, reason: str = REASON) -> Record:
    correct_severity(by=by, record_id=record.pk, severity=to, reason=reason, at=AT)
    return Record.objects.get(pk=record.pk)


def _shown(record: Record, on: date) -> bool:
    return visible_record(record_id=record.pk, audience=Audience.PUBLIC, on=on) is not None


@pytest.mark.parametrize("by", [LIAISON, HEAD], ids=lambda a: a.name)
def test_a_correction_changes_the_severity_and_its_term_and_keeps_the_former_one(record: Record, by: Actor) -> None:
    assert not _shown(record, date(2027, 5, 20))
    corrected = _correct(record, by=by)
    assert (corrected.severity, corrected.severity_rule) == ("serious", "corrected")
    assert (corrected.severity_corrected_by, corrected.severity_correction_reason) == (by.name, REASON)
    assert (corrected.repairable_from, corrected.disclosed_until) == (date(2027, 5, 20), date(2029, 5, 20))
    assert corrected.disclosed_from == record.disclosed_from
    former = RecordVersion.objects.get(record_id=record.pk)
    assert (former.severity, former.disclosed_until) == ("general", date(2027, 5, 20))
    assert _shown(record, date(2029, 5, 19))
    assert not _shown(record, date(2029, 5, 20))


def test_a_correction_to_slight_ends_the_publication_when_it_is_read(record: Record) -> None:
    assert _shown(record, TODAY)
    corrected = _correct(record, Severity.SLIGHT)
    assert corrected.disclosed_until == corrected.disclosed_from
    assert not _shown(record, TODAY)
    told = changes(audience=Audience.PUBLIC, on=TODAY).changes
    assert [(c.record_id, c.record, c.reason) for c in told] == [(record.pk, None, "ended")]


def test_a_slight_one_that_was_wrong_can_be_put_back(record: Record) -> None:
    _correct(record, Severity.SLIGHT)
    correct_severity(
        by=HEAD, record_id=record.pk, severity=Severity.GENERAL, reason=REASON, at=AT + timedelta(minutes=1)
    )
    assert Record.objects.get(pk=record.pk).disclosed_until == date(2027, 5, 20)
    assert _shown(record, TODAY)


def test_a_correction_leaves_exactly_one_entry_without_its_words(record: Record) -> None:
    before = Entry.objects.count()
    corrected = _correct(record)
    assert Entry.objects.count() == before + 1
    entry = Entry.objects.latest("position")
    assert (entry.id, entry.actor, entry.operation) == (corrected.entry_id, LIAISON.name, "correct_severity")
    assert (entry.object_kind, entry.object_id, entry.department_code) == (
        "record",
        str(record.pk),
        "market_regulation",
    )
    assert json.loads(entry.payload) == {
        "from": "general",
        "to": "serious",
        "former_rule": "penalty_severity/otherwise",
        "disclosed_until": "2029-05-20",
    }


@pytest.mark.parametrize(
    ("by", "refusal"),
    [
        (OTHER, RecordNotFound),
        (CLERK, NotAllowed),
        (PROGRAM, NotAllowed),
        (Actor(name="shen", role=Role.AUDITOR), NotAllowed),
        (Actor(name="guan", role=Role.ADMINISTRATOR), NotAllowed),
    ],
    ids=lambda v: getattr(v, "name", ""),
)
def test_nobody_but_the_department_corrects_it(record: Record, by: Actor, refusal: type[Exception]) -> None:
    before = Entry.objects.count()
    with pytest.raises(refusal):
        _correct(record, by=by)
    assert (Record.objects.get(pk=record.pk).severity, Entry.objects.count()) == ("general", before)


@pytest.mark.parametrize(
    ("to", "reason", "message"),
    [
        (Severity.SERIOUS, "", "理由至少 10 个字，实为 0 个字"),
        (Severity.SERIOUS, " 情 节 严 重 \n 。 ", "理由至少 10 个字，实为 5 个字"),
        (Severity.SERIOUS, "重" * 501, "理由不超过 500 字，实为 501 字"),
        (Severity.GENERAL, REASON, "现在就是“一般”"),
    ],
)
def test_a_refusal_says_what_is_wrong(record: Record, to: Severity, reason: str, message: str) -> None:
    with pytest.raises(UnableToCorrectSeverity, match=message):
        _correct(record, to, reason=reason)
    assert Record.objects.get(pk=record.pk).severity == "general"


def test_who_did_not_decide_it_does_not_correct_it() -> None:
    from publiccredit.catalogue import queries as catalogue

    decider = catalogue.department(code="emergency_management")
    record = stored_record(subject=stored_subject(), authority_uscc=decider.uscc)
    with pytest.raises(UnableToCorrectSeverity, match=f"由{decider.name}作出"):
        _correct(record)


def test_a_kind_of_record_without_severity_has_none_to_correct() -> None:
    licence = stored_licence(subject=stored_subject())
    with pytest.raises(UnableToCorrectSeverity, match="可以选择的有：无"):
        _correct(licence)
    assert severity_standing(record_id=licence.pk, department_code="market_regulation", on=TODAY) is None


def test_what_ended_was_repaired_or_withdrawn_does_not_come_back(record: Record) -> None:
    subject = record.subject
    ended = stored_record(subject=subject, number=2, disclosed_until=date(2026, 8, 1))
    withdrawn = stored_record(subject=subject, number=3, state="withdrawn")
    repaired(record)
    for each, message in ((ended, "届满"), (withdrawn, "已撤回"), (record, "已修复")):
        with pytest.raises(UnableToCorrectSeverity, match=message):
            correct_severity(
                by=LIAISON, record_id=each.pk, severity=Severity.SERIOUS, reason=REASON, at=AT + timedelta(days=1)
            )


def test_a_decided_case_stands_above_a_correction(record: Record) -> None:
    from tests.flows.cases import objection_ready

    _correct(record)
    later = AT + timedelta(days=1)
    case = objection_ready(record, at=later)
    settled(case, "corrected", first=CLERK, second=OFFICE_HEAD, at=later, corrections={"severity": "一般"})
    decided = Record.objects.get(pk=record.pk)
    assert (decided.severity, decided.severity_rule) == ("general", "case")
    assert (decided.severity_corrected_at, decided.severity_corrected_by) == (None, "")


# --- sent again -----------------------------------------------------------------------------------------------------


def _filed(**fields: str) -> Record:
    send([penalty_row(1, **fields)])
    return Record.objects.get()


def _again(later: int, **fields: str) -> Record:
    send([penalty_row(1, **fields)], later=later)
    return Record.objects.get()


def _at_the_desk(record: Record, to: Severity) -> None:
    correct_severity(by=LIAISON, record_id=record.pk, severity=to, reason=REASON, at=SENT_AT + timedelta(minutes=1))


def test_sending_the_same_row_again_does_not_undo_a_correction() -> None:
    record = _filed()
    assert record.severity == "general"
    _at_the_desk(record, Severity.SERIOUS)
    again = _again(600)
    assert (again.severity, again.severity_rule, RecordVersion.objects.count()) == ("serious", "corrected", 1)


def test_a_changed_row_without_severity_keeps_the_correction_and_takes_its_term_from_it() -> None:
    _at_the_desk(_filed(), Severity.SERIOUS)
    again = _again(600, decided_on="2026-11-04", penalty_content="罚款 12,000 元，没收产品")
    assert again.content["penalty_content"] == "罚款 12,000 元，没收产品"
    assert (again.severity, again.severity_rule, again.severity_corrected_by) == ("serious", "corrected", LIAISON.name)
    assert (again.repairable_from, again.disclosed_until) == (date(2027, 11, 4), date(2029, 11, 4))
    assert again.severity_correction_reason == REASON


def test_a_row_that_repeats_the_severity_it_stated_before_keeps_the_correction() -> None:
    _at_the_desk(_filed(severity="严重"), Severity.GENERAL)
    again = _again(600, severity="严重", penalty_content="罚款 12,000 元，没收产品")
    assert (again.severity, again.severity_rule) == ("general", "corrected")
    assert again.disclosed_until == date(2027, 11, 3)


def test_a_row_that_states_another_severity_is_the_sender_s_word() -> None:
    _at_the_desk(_filed(), Severity.SERIOUS)
    again = _again(600, severity="轻微")
    assert (again.severity, again.severity_rule) == ("slight", "sender")
    assert (again.severity_corrected_at, again.severity_correction_reason) == (None, "")
    assert RecordVersion.objects.filter(severity_rule="corrected").count() == 1


# --- the database ---------------------------------------------------------------------------------------------------


def _refused(by: Actor, message: str, changes: str) -> None:
    refusal = pytest.raises(DatabaseError, match=message)
    later = "known_from = known_from + interval '1 second'"
    with acting(actor=by), refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE subjects_record SET {later}, {changes}")
        assert cursor.rowcount, "row-level security let nothing be changed"
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


_WHOLE = (
    "entry_id = entry_id + 1, severity_rule = 'corrected', severity_corrected_at = now(),"
    f" severity_corrected_by = '{LIAISON.name}', severity_correction_reason = '{REASON}'"
)


@pytest.mark.parametrize(
    ("by", "changes", "message"),
    [
        (LIAISON, "severity = 'slight'", "only with a row sent again"),
        (PROGRAM, "severity = 'slight'", "only with a row sent again"),
        (CLERK, "severity = 'slight', severity_rule = 'sender'", "only with a row sent again"),
        (LIAISON, "severity = 'slight', severity_rule = 'case'", "no decision corrects"),
        (LIAISON, "severity = 'slight', severity_rule = 'corrected'", "only with a row sent again"),
        (LIAISON, f"severity = 'slight', {_WHOLE}, severity_correction_reason = '太重'", "multiple assignments"),
        (LIAISON, f"severity = 'slight', {_WHOLE.replace(REASON, '太重')}", "gives_reasons"),
        (LIAISON, f"severity = 'slight', {_WHOLE.replace(REASON, '')}", "is_whole|gives_reasons"),
        (LIAISON, f"severity = 'slight', {_WHOLE.replace(LIAISON.name, '')}", "by an officer of its department"),
        (
            LIAISON,
            f"severity = 'slight', {_WHOLE.replace(LIAISON.name, CLERK.name)}",
            "by an officer of its department",
        ),
        (LIAISON, f"severity = 'slight', {_WHOLE.replace('entry_id + 1', 'entry_id')}", "in an act of its own"),
        (LIAISON, _WHOLE, "gives another severity"),
        (CLERK, f"severity = 'slight', {_WHOLE}", "by an officer of its department"),
        (PROGRAM, f"severity = 'slight', {_WHOLE}", "by an officer of its department"),
    ],
)
def test_the_database_refuses_every_shortcut(record: Record, by: Actor, changes: str, message: str) -> None:
    _refused(by, message, changes)
    assert Record.objects.get(pk=record.pk).severity == "general"


def test_another_department_reaches_no_record(record: Record) -> None:
    with acting(actor=OTHER), connection.cursor() as cursor:
        cursor.execute(f"UPDATE subjects_record SET known_from = now(), severity = 'slight', {_WHOLE}")
        assert cursor.rowcount == 0


def test_no_severity_brings_back_what_has_ended() -> None:
    stored_record(subject=stored_subject(), disclosed_until=date(2026, 7, 1))
    _refused(LIAISON, "has ended", f"severity = 'serious', disclosed_until = '2029-05-20', {_WHOLE}")


def test_the_words_of_a_correction_are_not_rewritten(record: Record) -> None:
    _correct(record)
    _refused(LIAISON, "only with a row sent again", "severity_correction_reason = '另外想了一个足够长的理由。'")


# --- pages ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def liaison() -> Client:
    return client_of(Role.LIAISON, "market_regulation")


def test_a_liaison_chooses_looks_and_confirms(liaison: Client, record: Record) -> None:
    listed = liaison.get("/severity/").content.decode()
    assert f'href="/severity/{record.pk}/"' in listed
    page = liaison.get(f"/severity/{record.pk}/").content.decode()
    for words in ("一般，公示至 2027-05-19", "按较短的公示期", "待核对", "严重：公示至 2029-05-19", "轻微：不公示"):
        assert words in page
    answer = liaison.post(f"/severity/{record.pk}/", {"severity": "serious", "reason": REASON, "step": "preview"})
    assert answer.status_code == 200
    assert "确认更正" in answer.content.decode()
    assert "公示期比现在长" in answer.content.decode()
    assert Record.objects.get(pk=record.pk).severity == "general"
    answer = liaison.post(f"/severity/{record.pk}/", {"severity": "serious", "reason": REASON, "step": "correct"})
    assert (answer.status_code, answer["Location"]) == (302, f"/severity/{record.pk}/")
    assert Record.objects.get(pk=record.pk).severity == "serious"
    assert "已更正为“严重”，公示至 2029-05-19。" in liaison.get(f"/severity/{record.pk}/").content.decode()


def test_a_liaison_goes_back_with_what_was_typed(liaison: Client, record: Record) -> None:
    answer = liaison.post(f"/severity/{record.pk}/", {"severity": "slight", "reason": REASON, "step": "edit"})
    assert REASON in answer.content.decode()
    assert "确认更正" not in answer.content.decode()


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
    answer = liaison.post(f"/severity/{record.pk}/", {**fields, "step": "correct"})
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert Record.objects.get(pk=record.pk).severity == "general"


def test_another_department_finds_neither_list_nor_record(record: Record) -> None:
    other = client_of(Role.LIAISON, "emergency_management")
    assert record.document_number not in other.get("/severity/").content.decode()
    for path in (f"/severity/{record.pk}/", "/severity/999999/", f"/severity/{2**63}/"):
        assert other.get(path).status_code == 404
    answer = other.post(f"/severity/{record.pk}/", {"severity": "slight", "reason": REASON, "step": "correct"})
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


def test_the_record_page_tells_everybody_and_leads_its_department(liaison: Client, record: Record) -> None:
    link = f'href="/severity/{record.pk}/"'
    assert link in liaison.get(f"/records/{record.pk}/").content.decode()
    assert link not in client_of(Role.LIAISON, "emergency_management").get(f"/records/{record.pk}/").content.decode()
    assert link not in Client().get(f"/records/{record.pk}/").content.decode()
    _correct(record, reason=f"{REASON}（340621199001011234）")
    page = Client().get(f"/records/{record.pk}/").content.decode()
    assert "由濉溪县市场监督管理局于 2026-09-01 更正" in page
    assert f"理由：{REASON}（340621************）" in page
    assert "更改了：失信严重程度" in page


def test_the_interface_states_the_correction(record: Record) -> None:
    assert Client().get(f"/api/v1/records/{record.pk}").json()["severity_correction"] is None
    _correct(record)
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


def test_the_command_line_shows_previews_and_sets(command: object, record: Record) -> None:
    number, by = str(record.pk), ("--by", LIAISON.name)
    code, told = command("show", number, *by)  # type: ignore[operator]
    assert (code, told["now"]["severity"], told["rule"]) == (0, "general", "penalty_severity/otherwise")
    assert [t["severity"] for t in told["others"]] == ["slight", "serious"]
    code, told = command("set", number, "serious", "--reason", REASON, "--preview", *by)  # type: ignore[operator]
    assert (code, told["corrected"], told["to"]["disclosed_until"]) == (0, False, "2029-05-20")
    assert Record.objects.get(pk=record.pk).severity == "general"
    code, told = command("set", number, "serious", "--reason", REASON, *by)  # type: ignore[operator]
    assert (code, told["corrected"], told["now"]["disclosed_until"]) == (0, True, "2029-05-20")
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
    exit_code, told = command("set", str(record.pk), wanted, "--reason", reason, "--by", by.name)  # type: ignore[operator]
    assert (exit_code, told["code"]) == (2, code)
    assert Record.objects.get(pk=record.pk).severity == "general"


def test_every_refusal_is_one_that_callers_know() -> None:
    assert issubclass(RecordNotFound, CaseRefused)
    assert issubclass(UnableToCorrectSeverity, CaseRefused)
