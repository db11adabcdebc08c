"""An applicant takes its objection or its application back before it is decided: nothing is decided, nothing is lost."""

import json
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from publiccredit.accounts.models import Officer
from publiccredit.accounts.operations import NotAllowed, acting
from publiccredit.accounts.types import PROGRAM, Actor
from publiccredit.casework import queries
from publiccredit.casework.models import Case, CaseStep, Letter
from publiccredit.casework.operations import (
    AlreadyDecided,
    AlreadyTakenBack,
    CaseRefused,
    approve,
    decide,
    escalate,
    reject_objection,
    request_papers,
    request_review,
    take_back_request,
    take_case,
)
from publiccredit.casework.types import Applicant, Channel, Verdict
from publiccredit.catalogue.types import Party, ProcedureName
from publiccredit.ledger.models import Entry
from publiccredit.site.commands import program
from publiccredit.subjects.models import Record
from tests.factories import stored_record, stored_subject
from tests.flows.cases import (
    APPLICANT,
    AT,
    CLERK,
    HEAD,
    LIAISON,
    OFFICE_HEAD,
    OWNER,
    REASONS,
    SECOND_CLERK,
    objection_ready,
    opened,
    repair_ready,
    report_ready,
    settled,
    shown,
)
from tests.flows.desks import at_the_desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]
LATER = AT + timedelta(hours=3)


def _own(record: Record) -> Actor:
    assert record.subject is not None
    return Actor(name=f"subject:{record.subject.uscc}", role=None, subject_id=record.subject_id)


def _dispute(record: Record) -> str:
    return Record.objects.values_list("dispute", flat=True).get(pk=record.pk)


def _taken_back(case: Case, *, by: Actor = CLERK, stated: str = "11 月 3 日来函，存卷") -> Case:
    return take_back_request(by=by, case_id=case.pk, stated=stated, at=LATER)


# --- what it does -----------------------------------------------------------------------------------------------------


def test_the_mark_of_an_objection_goes_with_it_in_one_act(record: Record) -> None:
    case = objection_ready(record)
    assert _dispute(record) == "open"
    entries = Entry.objects.count()
    _taken_back(case, by=_own(record), stated="")
    assert Entry.objects.count() == entries + 1
    entry = Entry.objects.latest("pk")
    assert (entry.operation, entry.object_kind, entry.object_id) == ("take_back_request", "case", str(case.pk))
    assert _dispute(record) == ""
    case.refresh_from_db()
    assert (case.state, case.taken_back_at, case.decided_at) == ("taken_back", LATER, None)
    assert queries.timeline(case=case, among_officers=True)[-1].sentence == "申请人撤回请求，案件终止。"
    letter = Letter.objects.get(case=case, kind="taken_back")
    assert "所涉记录的异议标注同时取消。" in letter.text
    assert "撤回不影响以后就同一事项重新提出。" in letter.text


def test_a_repair_that_was_taken_back_can_be_asked_for_again(record: Record) -> None:
    first = repair_ready(record)
    _taken_back(first)
    assert shown(record)
    found = queries.navigator(record_id=record.pk, on=date(2026, 9, 1))
    assert found is not None
    assert found.open_case == ""
    second = repair_ready(record, at=AT + timedelta(days=1))
    settled(second, "granted", first=LIAISON, second=HEAD, at=AT + timedelta(days=1))
    assert not shown(record, on=AT + timedelta(days=2))


def test_a_proposal_takes_no_effect_once_the_request_is_taken_back(record: Record) -> None:
    case = repair_ready(record)
    decide(by=LIAISON, case_id=case.pk, verdict=Verdict("granted", REASONS), at=AT)
    _taken_back(case)
    with pytest.raises(AlreadyTakenBack, match="已由申请人撤回"):
        approve(by=HEAD, case_id=case.pk, at=LATER)
    assert shown(record)


def test_another_open_objection_keeps_the_mark(record: Record) -> None:
    first, second = objection_ready(record), objection_ready(record, ground="other")
    _taken_back(first)
    assert _dispute(record) == "open"
    _taken_back(second)
    assert _dispute(record) == ""


def test_a_note_a_decision_left_stays(record: Record) -> None:
    settled(objection_ready(record), "undetermined", first=CLERK)
    assert _dispute(record) == "undetermined"
    second = objection_ready(record, ground="other", at=AT + timedelta(hours=1))
    assert _dispute(record) == "open"
    _taken_back(second)
    assert _dispute(record) == "undetermined"


def test_a_record_suspended_by_an_overdue_case_is_shown_again(record: Record) -> None:
    case = objection_ready(record)
    late = AT + timedelta(days=20)
    escalate(at=late)
    assert not shown(record, on=late)
    take_back_request(by=_own(record), case_id=case.pk, stated="", at=late)
    assert shown(record, on=late)


def test_the_review_of_a_case_is_taken_back_and_the_decision_stands(record: Record) -> None:
    first = objection_ready(record)
    reject_objection(by=CLERK, case_id=first.pk, reasons=REASONS, at=AT)
    review = request_review(by=OWNER, case_id=first.pk, applicant=APPLICANT, request="不服", at=LATER)
    _taken_back(review, by=SECOND_CLERK)
    assert _dispute(record) == ""
    first.refresh_from_db()
    assert first.state == "decided"


def test_the_public_figures_count_it_and_call_it_neither_decided_nor_late() -> None:
    for number in range(1, 11):
        case = objection_ready(stored_record(subject=stored_subject(number=number), number=number))
        if number == 1:  # its clock rests to the day of its taking back
            request_papers(by=CLERK, case_id=case.pk, asked="决定书复印件", at=AT)
        _taken_back(case)
    found = queries.public_figures(year=2026, on=date(2027, 1, 1))
    assert (found.clocks, found.records) == ((), ())
    assert [(p.department_code, p.counts) for p in found.taken_back] == [("credit_office", (10,))]


# --- what is refused --------------------------------------------------------------------------------------------------


def test_what_is_decided_is_not_taken_back(record: Record) -> None:
    case = objection_ready(record)
    reject_objection(by=CLERK, case_id=case.pk, reasons=REASONS, at=AT)
    entries = Entry.objects.count()
    with pytest.raises(AlreadyDecided):
        _taken_back(case)
    assert Entry.objects.count() == entries


def test_nothing_is_taken_back_twice_or_worked_on_after(record: Record) -> None:
    case = objection_ready(record)
    _taken_back(case)
    with pytest.raises(AlreadyTakenBack):
        _taken_back(case)
    with pytest.raises(AlreadyTakenBack):
        take_case(by=CLERK, case_id=case.pk, at=LATER)
    assert not queries.open_cases().exists()


def test_the_deciding_department_gets_rid_of_no_application(record: Record) -> None:
    with pytest.raises(NotAllowed, match="信用信息主体、信用办办理"):
        _taken_back(repair_ready(record), by=LIAISON)


def test_what_a_body_reported_is_seen_through(record: Record) -> None:
    with pytest.raises(NotAllowed):
        _taken_back(report_ready(record, ground="revoked", paper="new_decision"), by=LIAISON)
    office = Applicant(party=Party.OFFICE, name="濉溪县信用办")
    ex_officio = opened(
        ProcedureName.OBJECTION, record, ground="other", by=CLERK, applicant=office, channel=Channel.COUNTER
    )
    with pytest.raises(CaseRefused, match="依职权提出"):
        _taken_back(ex_officio)


def test_the_office_says_how_it_was_told(record: Record) -> None:
    case = objection_ready(record)
    with pytest.raises(CaseRefused, match="申请人如何表示"):
        _taken_back(case, stated=" 好 ")
    assert _dispute(record) == "open"


def test_a_subject_takes_back_no_readers_challenge(record: Record) -> None:
    reader = Applicant(party=Party.READER, name="读者")
    case = opened(ProcedureName.OBJECTION, record, ground="other", by=Actor(name="reader", role=None), applicant=reader)
    with pytest.raises(CaseRefused, match="只有提出的人"):
        _taken_back(case, by=_own(record))


@pytest.mark.parametrize("by", [LIAISON, PROGRAM], ids=str)
def test_the_database_lets_nobody_else_end_a_case_without_a_decision(record: Record, by: Actor) -> None:
    case = repair_ready(record)
    step = {"step": "take_back", "by": by.name, "party": "subject", "at": AT, "text": "来函", "entry_id": 1}
    statement = "UPDATE casework_case SET state = 'taken_back', taken_back_at = now() WHERE id = %s"
    refusal = pytest.raises(DatabaseError, match="taken back by its applicant alone")
    with acting(actor=by), refusal, transaction.atomic(), connection.cursor() as cursor:
        CaseStep.objects.create(case=case, **step)
        cursor.execute(statement, [case.pk])


@pytest.mark.parametrize("by", [CLERK, OFFICE_HEAD, PROGRAM], ids=str)
def test_the_database_takes_no_mark_from_a_record_whose_objection_is_open(record: Record, by: Actor) -> None:
    taken, _ = objection_ready(record), objection_ready(record, ground="other")
    _taken_back(taken)
    entry = CaseStep.objects.get(case=taken, step="take_back").entry_id
    statement = "UPDATE subjects_record SET dispute = '', disputed_at = NULL, entry_id = %s, known_from = known_from + interval '1 day' WHERE id = %s"
    refusal = pytest.raises(DatabaseError, match="only by a decision")
    with acting(actor=by), refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [entry, record.pk])


def test_the_act_of_taking_back_shows_no_repaired_record_again(record: Record) -> None:
    other = objection_ready(record)
    settled(repair_ready(record), "granted", first=LIAISON, second=HEAD)
    _taken_back(other)
    entry = CaseStep.objects.get(case=other, step="take_back").entry_id
    statement = "UPDATE subjects_record SET display_ended_at = NULL, sharing_ended_at = NULL, measures_lifted_at = NULL, ratings_renewed_at = NULL, entry_id = %s, known_from = known_from + interval '1 day' WHERE id = %s"
    refusal = pytest.raises(DatabaseError, match="only by a decision")
    with acting(actor=CLERK), refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [entry, record.pk])


# --- where it is done -------------------------------------------------------------------------------------------------


def test_the_subject_takes_it_back_at_its_desk(record: Record, client: Client) -> None:
    assert record.subject is not None
    case = opened(ProcedureName.CREDIT_REPAIR, record, ground="duties_performed", at=timezone.now())
    at_the_desk(record.subject, client)
    page = client.get(f"/mine/cases/{case.pk}/").content.decode()
    assert f'href="/mine/cases/{case.pk}/take-back/"' in page
    assert "以后可以就同一事项重新提出" in client.get(f"/mine/cases/{case.pk}/take-back/").content.decode()
    answer = client.post(f"/mine/cases/{case.pk}/take-back/", {"stated": ""})
    assert answer.headers["Location"] == f"/mine/cases/{case.pk}/"
    page = client.get(f"/mine/cases/{case.pk}/").content.decode()
    assert "申请人已撤回" in page
    assert "撤回确认书" in page
    assert "take-back" not in page
    again = client.post(f"/mine/cases/{case.pk}/take-back/", {"stated": ""})
    assert again.status_code == 422
    assert "已由申请人撤回" in again.content.decode()


def test_the_office_takes_it_down_at_the_case(record: Record, client: Client) -> None:
    case = objection_ready(record)
    client.force_login(Officer.objects.get(username=CLERK.name), "publiccredit.accounts.backends.OfficerBackend")
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert "代申请人登记撤回" in page
    refused = client.post(f"/cases/{case.pk}/", {"step": "take_back", "stated": "好"})
    assert refused.status_code == 422
    assert "须写明申请人如何表示" in refused.content.decode()
    client.post(f"/cases/{case.pk}/", {"step": "take_back", "stated": "11 月 3 日来函，存卷"})
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert "申请人已撤回" in page
    assert "最迟" not in page
    assert "现在可以办理" not in page
    assert case.number in client.get("/cases/?queue=taken_back").content.decode()


def test_the_command_takes_it_down(
    record: Record, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = objection_ready(record)
    words = ["case", "take-back", case.number, "--stated", "来函存卷", "--by", CLERK.name, "--json"]
    monkeypatch.setattr("sys.argv", ["publiccredit", *words])
    program.main(args=words, prog_name="publiccredit", standalone_mode=False)
    found = json.loads(capsys.readouterr().out)
    assert (found["state"], found["state_title"]) == ("taken_back", "申请人已撤回")
