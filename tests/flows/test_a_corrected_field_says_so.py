"""A corrected field says that it was corrected, since when and by which case: wherever a record's fields are read."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils import timezone
from reportlab.platypus import Paragraph

from publiccredit.casework.models import Case
from publiccredit.casework.operations import take_case
from publiccredit.casework.types import Applicant
from publiccredit.catalogue.types import Audience, Party, ProcedureName
from publiccredit.disclosure.corrections import corrected_by_case
from publiccredit.disclosure.queries import courses, visible_records, with_own_corrections
from publiccredit.disclosure.types import FieldCorrected
from publiccredit.site import commands, database
from publiccredit.subjectdesk.copying import copy_of
from publiccredit.subjectdesk.pdf import story_of
from publiccredit.subjects.models import Record, RecordVersion, Subject
from tests.factories import penalty_row, stored_record
from tests.flows import filing
from tests.flows.cases import AT, CLERK, HEAD, LIAISON, OFFICE_HEAD, hand_in, objection_ready, opened, resend, settled
from tests.flows.desks import at_the_desk, opened_by_letter, visitor_of
from tests.flows.severities import correct

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]
OLD_FINE, NEW_FINE = "5 万元（50,000 元）", "6.37 万元（63,700 元）"
GROUND = "信息错误、遗漏"
BY_DEPARTMENT = "报送部门更正：2026-09-02"


def _corrected(record: Record, *, at: datetime = AT, confirmed: str = "", **corrections: str) -> str:
    """Correct a record by an upheld objection, and give the number of the case."""
    case = objection_ready(record, at=at)
    said = {"corrections": corrections, "confirmed": confirmed}
    settled(case, "corrected", first=CLERK, second=OFFICE_HEAD, at=at, **said)
    return Case.objects.values_list("number", flat=True).get(pk=case.pk)


def _words(number: str, on: str = "2026-09-01", ground: str = GROUND) -> str:
    return f"已更正：{on}，案件{number}，{ground}"


def _read(address: str, at: datetime = AT + timedelta(days=3)) -> str:
    with patch("django.utils.timezone.now", return_value=at):
        return Client().get(address).content.decode()


def _marks(page: str) -> dict[str, str]:
    """What stands beside the fields of a page, by their titles."""
    found = {}
    for row in page.split("<dt>")[1:]:
        title, _, rest = row.partition("</dt>")
        for note in rest.partition("</dd>")[0].split('<span class="note">')[1:]:
            found[title.partition(" <code>")[0]] = note.partition("</span>")[0]
    return found


def _stated(record: Record, at: datetime = AT + timedelta(days=3)) -> dict[str, Any]:
    """What the interface says of the corrected fields of a record: by itself, of its subject, and in the feed."""
    subject = Subject.objects.get(pk=record.subject_id)
    one = json.loads(_read(f"/api/v1/records/{record.pk}", at))
    of_subject = json.loads(_read(f"/api/v1/subjects/{subject.uscc}", at))["records"]
    changed = [change["record"] for change in json.loads(_read("/api/v1/changes", at))["changes"]]
    found = [
        {field["name"]: field["correction"] for field in stated["fields"] if field["correction"]}
        for stated in (one, *of_subject, *changed)
    ]
    assert found == [found[0]] * 3
    return found[0]


def _by_case(number: str, on: str = "2026-09-01", ground: str = GROUND) -> dict[str, str]:
    return {"on": on, "case_number": number, "reason": ground}


# --- by a case ------------------------------------------------------------------------------------------------------


def test_the_public_page_says_which_case_corrected_a_field(record: Record) -> None:
    number = _corrected(record, fine_fen="6.37")
    page = _read(f"/records/{record.pk}/")
    assert page.count(f'{NEW_FINE}<span class="note">{_words(number)}</span>') == 2  # of the points, and of all fields
    assert _marks(page) == {"罚款金额（万元）": _words(number)}
    assert "罚款五万元" in page, "the text of the decision still names the other amount"
    assert OLD_FINE not in page


def test_the_interface_says_it_of_a_record_of_a_subject_and_in_the_feed(record: Record) -> None:
    number = _corrected(record, fine_fen="6.37")
    assert _stated(record) == {"fine_fen": _by_case(number)}


def test_the_desk_and_the_copy_of_the_subject_say_it(record: Record) -> None:
    assert record.subject is not None
    number = _corrected(record, fine_fen="6.37")
    desk = at_the_desk(record.subject, Client())
    for address in (f"/mine/records/{record.pk}/", "/mine/copy/"):
        page = desk.get(address).content.decode()
        assert _marks(page) == {"罚款金额（万元）": _words(number)}, address
        assert OLD_FINE not in page, address
    (copied,) = desk.get("/mine/copy.json").json()["records"]
    said = {field["name"]: field["correction"] for field in copied["fields"] if field["correction"]}
    assert said == {"fine_fen": _by_case(number)}
    visitor = visitor_of(opened_by_letter(record.subject, at=AT), at=AT)
    story = story_of(copy=copy_of(visitor=visitor, at=AT, on=AT.date()))
    lines = [part.text for part in story if isinstance(part, Paragraph)]
    assert f"罚款金额（万元）：{NEW_FINE}（{_words(number)}）" in lines
    assert not [line for line in lines if OLD_FINE in line]


def test_a_field_that_a_case_emptied_says_so_everywhere(record: Record) -> None:
    assert record.subject is not None
    _corrected(record, confiscated_fen="1", confirmed="决定书第二页载明")
    number = _corrected(record, at=AT + timedelta(days=1), confiscated_fen="", confirmed="决定书第二页载明")
    emptied = f'<span class="quiet">未填</span><span class="note">{_words(number, "2026-09-02")}</span>'
    assert _read(f"/records/{record.pk}/").count(emptied) == 2
    desk = at_the_desk(record.subject, Client())
    for address in (f"/mine/records/{record.pk}/", "/mine/copy/"):
        assert emptied in desk.get(address).content.decode(), address
    visitor = visitor_of(opened_by_letter(record.subject, at=AT), at=AT)
    story = story_of(copy=copy_of(visitor=visitor, at=AT, on=AT.date()))
    lines = [part.text for part in story if isinstance(part, Paragraph)]
    assert f"没收违法所得、没收非法财物的金额（万元）：未填（{_words(number, '2026-09-02')}）" in lines


def test_a_corrected_day_is_told_beside_the_course_that_shows_it(record: Record) -> None:
    before = _read(f"/records/{record.pk}/").partition("<h2>经过</h2>")[0]
    assert "处罚决定日期" not in before
    number = _corrected(record, decided_on="2026-05-21")
    points = _read(f"/records/{record.pk}/").partition("<h2>经过</h2>")[0]
    assert _marks(points) == {"处罚决定日期": _words(number)}


def test_the_last_of_several_cases_is_named_and_each_field_has_its_own(record: Record) -> None:
    _corrected(record, fine_fen="6")
    facts = _corrected(record, at=AT + timedelta(days=1), violation_facts="销售的水泥不合格")
    fine = _corrected(record, at=AT + timedelta(days=2), fine_fen="6.37")
    on_second, on_third = _by_case(facts, "2026-09-02"), _by_case(fine, "2026-09-03")
    assert _stated(record) == {"violation_facts": on_second, "fine_fen": on_third}


def test_a_department_that_corrects_by_a_case_has_its_own_ground(record: Record) -> None:
    source = Applicant(party=Party.SOURCE, name="濉溪县市场监督管理局")
    case = opened(ProcedureName.CORRECTION, record, ground="differs_from_document", by=LIAISON, applicant=source)
    hand_in(case, "document", by=LIAISON)
    take_case(by=LIAISON, case_id=case.pk, at=AT)
    settled(case, "corrected", first=LIAISON, second=HEAD, corrections={"fine_fen": "6.37"})
    assert _stated(record) == {"fine_fen": _by_case(case.number, ground="与决定文书不符")}


def test_a_corrected_severity_names_its_case(record: Record) -> None:
    correct(record)
    number = Case.objects.values_list("number", flat=True).get()
    assert _stated(record)["severity"] == _by_case(number, ground="失信严重程度认定有误")


def test_what_a_corrected_field_judged_anew_is_no_correction(record: Record) -> None:
    """The severity follows from the kind of penalty by a rule, which stands beside it; nobody has decided it."""
    kind, licence = "罚款;吊销许可证", "食品经营许可证 1 号"
    number = _corrected(record, penalty_kind=kind, suspended_licence=licence)
    record.refresh_from_db()
    assert record.severity == "serious"
    assert _stated(record) == dict.fromkeys(("penalty_kind", "suspended_licence"), _by_case(number))


def test_whoever_looks_back_reads_what_held_then(record: Record) -> None:
    assert record.subject is not None
    first = _corrected(record, fine_fen="6")
    _corrected(record, at=AT + timedelta(days=2), fine_fen="6.37")

    def known_on(day: str) -> list[object]:
        (stated,) = json.loads(_read(f"/api/v1/subjects/{record.subject.uscc}?known_on={day}"))["records"]
        return [field["correction"] for field in stated["fields"] if field["correction"]]

    assert known_on("2026-08-31") == []
    assert known_on("2026-09-02") == [_by_case(first)]


def test_the_shell_says_it_with_the_record_and_in_what_it_exports(
    record: Record, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert record.subject is not None
    number = _corrected(record, fine_fen="6.37")
    monkeypatch.setattr(database, "start", lambda: None)
    for module in ("asking", "running"):
        monkeypatch.setattr(f"publiccredit.site.commands.{module}.today", AT.date)

    def said(*words: str) -> str:
        monkeypatch.setattr("sys.argv", ["publiccredit", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit):
            commands.main()
        return capsys.readouterr().out

    assert f"    罚款金额（万元）：{NEW_FINE}（{_words(number)}）\n" in said("show", str(record.subject.uscc))
    (shown,) = json.loads(said("show", str(record.subject.uscc), "--json"))["records"]
    assert {f["name"]: f["correction"] for f in shown["fields"] if f["correction"]} == {"fine_fen": _by_case(number)}


# --- by its department ----------------------------------------------------------------------------------------------


def test_what_the_department_sent_again_bears_its_own_words(record: Record) -> None:
    assert record.subject is not None
    resend(record, facts="销售的水泥不合格", at=AT + timedelta(days=1))
    page = _read(f"/records/{record.pk}/")
    assert _marks(page) == {"违法事实": BY_DEPARTMENT}
    assert "案件" not in page.partition("<h2>要点</h2>")[2].partition("<h2>经过</h2>")[0]
    desk = at_the_desk(record.subject, Client())
    for address in (f"/mine/records/{record.pk}/", "/mine/copy/"):
        assert _marks(desk.get(address).content.decode()) == {"违法事实": BY_DEPARTMENT}, address


def test_case_and_department_are_told_apart_on_one_record(record: Record) -> None:
    number = _corrected(record, fine_fen="6.37")
    resend(record, facts="销售的水泥不合格", at=AT + timedelta(days=1))
    assert _marks(_read(f"/records/{record.pk}/")) == {"罚款金额（万元）": _words(number), "违法事实": BY_DEPARTMENT}


def test_a_case_has_the_word_on_a_field_the_department_had_sent_again(record: Record) -> None:
    resend(record, facts="销售的水泥不合格", at=AT + timedelta(days=1))
    number = _corrected(record, at=AT + timedelta(days=2), violation_facts="销售的钢筋不合格")
    assert _marks(_read(f"/records/{record.pk}/")) == {"违法事实": _words(number, "2026-09-03")}


def test_a_row_as_it_was_sent_corrects_nothing_however_it_is_written() -> None:
    """A whole row, read and cleaned: the same facts again, and another penalty beside them."""
    filing.send([penalty_row(1)])
    record = Record.objects.get()
    filing.send([penalty_row(1, penalty_content="罚款 12,000 元，责令停止销售")], later=600)
    stated = _stated(record, filing.AT + timedelta(days=1))
    assert stated == {"penalty_content": {"on": "2026-11-10", "case_number": "", "reason": ""}}


def test_what_changed_before_anybody_could_read_it_is_no_correction(subject: Subject) -> None:
    record = stored_record(subject=subject, state="held_unserved", served_on=None, disclosed_from=None, known_from=AT)
    changed = record.content | {"violation_facts": "销售的水泥不合格"}
    Record.objects.filter(pk=record.pk).update(content=changed, known_from=AT + timedelta(hours=1), entry_id=1)
    Record.objects.filter(pk=record.pk).update(
        state="filed", served_on=date(2026, 5, 22), disclosed_from=date(2026, 5, 22),
        known_from=AT + timedelta(hours=2), entry_id=2,
    )  # fmt: skip
    assert RecordVersion.objects.filter(record_id=record.pk).count() == 2
    assert _marks(_read(f"/records/{record.pk}/")) == {}


def test_the_department_s_correction_is_not_told_of_the_time_before_it(record: Record) -> None:
    resend(record, facts="销售的水泥不合格", at=AT + timedelta(days=1))
    then = visible_records(
        audience=Audience.PUBLIC, on=date(2026, 9, 4), as_known_at=AT + timedelta(hours=1), record_id=record.pk
    )
    now = visible_records(audience=Audience.PUBLIC, on=date(2026, 9, 4), record_id=record.pk)
    told = [[f.name for f in r.fields if f.correction] for r in with_own_corrections(records=[*then, *now])]
    assert told == [[], ["violation_facts"]]


# --- what says nothing ----------------------------------------------------------------------------------------------


def test_a_record_nobody_corrected_says_nothing_of_it(record: Record) -> None:
    settled(objection_ready(record), "rejected", first=CLERK)
    assert _stated(record) == {}
    assert _marks(_read(f"/records/{record.pk}/")) == {}
    (found,) = visible_records(audience=Audience.PUBLIC, on=timezone.localdate(), record_id=record.pk)
    assert courses(records=[found], on=timezone.localdate())[record.pk].record == found


def test_a_note_that_a_row_has_undone_long_ago_names_no_case(record: Record) -> None:
    """Where a row was filed before corrections were kept: the field says something else than was decided."""
    noted = {"value": 6_370_000, "before": [5_000_000], "case": "濉信异〔2026〕1号", "decision": 1, "on": "2026-09-01"}
    record.case_corrections = {"fine_fen": noted}
    record.content["fine_fen"] = 5_000_000
    assert corrected_by_case(row=record, name="fine_fen") is None
    record.content["fine_fen"] = 6_370_000
    on = datetime(2026, 9, 1, tzinfo=UTC).date()
    assert corrected_by_case(row=record, name="fine_fen") == FieldCorrected(on, "濉信异〔2026〕1号", "")
    noted |= {"procedure": "objection", "ground": "wrong_or_missing"}
    assert corrected_by_case(row=record, name="fine_fen") == FieldCorrected(on, "濉信异〔2026〕1号", GROUND)
    noted |= {"ground": "no_such_ground"}
    assert corrected_by_case(row=record, name="fine_fen") == FieldCorrected(on, "濉信异〔2026〕1号", "")
