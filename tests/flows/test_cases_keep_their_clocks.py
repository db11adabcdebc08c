"""The clocks of cases: reminders, what lapse does, years not yet decreed, every channel alike."""

import json
from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

import pytest
from django.db import connection

from publiccredit.casework import desk, queries, tasks
from publiccredit.casework.models import Case, CaseStep, Letter
from publiccredit.casework.operations import (
    escalate,
    grant_repair,
    reject_objection,
    request_papers,
    sweeping,
    take_back_request,
)
from publiccredit.casework.rules import procedure_of
from publiccredit.casework.types import Applicant, Channel, Swept
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Packs, Party, Procedure, ProcedureName
from publiccredit.ledger.models import Entry
from publiccredit.site import processes
from publiccredit.site.commands import running
from publiccredit.subjects.models import Record
from tests.factories import stored_record
from tests.flows.cases import (
    AT,
    CLERK,
    LIAISON,
    OWNER,
    REASONS,
    objection_ready,
    opened,
    repair_ready,
    shown,
)

SWEEP = tasks.sweep.name
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]


def test_a_case_that_cannot_be_looked_at_holds_up_no_other(record: Record) -> None:
    broken, behind = objection_ready(record), objection_ready(stored_record(subject=record.subject, number=2))

    def rules(*, case: Case, within: Packs | None = None) -> Procedure:
        if case.pk == broken.pk:
            raise LookupError("no rules on that day")
        return procedure_of(case=case, within=within)

    with patch.object(sweeping, "procedure_of", rules), pytest.raises(ExceptionGroup) as failed:
        escalate(at=AT + timedelta(days=9))
    assert [type(one) for one in failed.value.exceptions] == [LookupError]
    assert failed.value.exceptions[0].__notes__ == [f"case {broken.pk}"]
    assert [Case.objects.get(pk=case.pk).reached_percent for case in (broken, behind)] == [0, 100]


def _entries() -> int:
    return Entry.objects.count()


def test_reminders_come_at_their_percentages_and_once(record: Record) -> None:
    objection_ready(record)  # due on Friday 4 September
    reached = []
    for day in range(7):
        at = AT + timedelta(days=day)
        escalate(at=at)
        assert escalate(at=at).escalated == 0
        reached.append(Case.objects.get().reached_percent)
    assert reached == [0, 0, 50, 80, 100, 100, 100]
    assert CaseStep.objects.filter(step="escalated").count() == 3


def test_a_worker_that_was_down_writes_every_mark_the_clock_has_passed(record: Record) -> None:
    case = objection_ready(record)
    assert escalate(at=AT + timedelta(days=30)) == Swept(looked_at=1, escalated=1, suspended=1, settled=0)
    assert list(CaseStep.objects.filter(step="escalated").values_list("text", flat=True)) == ["50%", "80%", "100%"]
    entry = Entry.objects.get(operation="escalate_case", object_id=case.pk)
    assert json.loads(entry.payload) == {"passed_percents": "50%、80%、100%", "reached_percent": 100, "suspended": 1}
    escalate(at=AT + timedelta(days=31))
    assert Entry.objects.filter(operation="escalate_case").count() == 1


def test_a_case_that_ends_before_the_worker_is_back_says_what_its_clock_had_passed(record: Record) -> None:
    """The entry of its end says it: nobody was reminded, so its history tells of no reminder."""
    decided, back, in_time = (objection_ready(record).pk for _ in range(3))
    reject_objection(by=CLERK, case_id=decided, reasons=REASONS, at=AT + timedelta(days=30))
    take_back_request(by=CLERK, case_id=back, stated="9 月 3 日来函", at=AT + timedelta(days=2))
    reject_objection(by=CLERK, case_id=in_time, reasons=REASONS, at=AT)
    last = {e.object_id: json.loads(e.payload) for e in Entry.objects.filter(object_kind="case").order_by("position")}
    passed = [last[str(pk)].get("passed_percents") for pk in (decided, back, in_time)]
    assert passed == ["50%、80%、100%", "50%", None]
    assert not CaseStep.objects.filter(step="escalated").exists()
    # A reminder that was given is not told of again.
    reminded = objection_ready(record).pk
    escalate(at=AT + timedelta(days=2))
    reject_objection(by=CLERK, case_id=reminded, reasons=REASONS, at=AT + timedelta(days=3))
    entry = Entry.objects.filter(object_kind="case", object_id=reminded).order_by("-position").first()
    assert entry is not None and json.loads(entry.payload)["passed_percents"] == "80%"


def test_an_overdue_objection_suspends_display_until_it_is_decided(record: Record) -> None:
    case = objection_ready(record)
    on_the_last_day = datetime(2026, 9, 4, 15, 59, 59, tzinfo=UTC)
    escalate(at=on_the_last_day)
    assert shown(record)
    assert escalate(at=on_the_last_day + timedelta(seconds=1)).suspended == 1
    assert not shown(record)
    late = on_the_last_day + timedelta(days=1)
    reject_objection(by=CLERK, case_id=case.pk, reasons=REASONS, at=late)
    assert shown(record)


def test_a_case_nobody_has_accepted_runs_the_same_clock(record: Record) -> None:
    opened(ProcedureName.OBJECTION, record, ground="other")
    days = [AT + timedelta(days=day) for day in (2, 3, 4)]
    assert [escalate(at=at).suspended for at in days] == [0, 0, 1]
    assert list(CaseStep.objects.filter(step="escalated").values_list("text", flat=True)) == ["50%", "80%", "100%"]
    assert not shown(record)


@pytest.mark.parametrize(("queues", "asked"), [((), 1), ((tasks.QUEUE,), 1), (("notices",), 0)])
def test_a_worker_that_starts_looks_at_the_clocks_once(queues: tuple[str, ...], asked: int) -> None:
    for _ in range(2):
        processes.catch_up(queues=queues)
    with connection.cursor() as cursor:
        cursor.execute("SELECT queue_name, queueing_lock FROM procrastinate_jobs WHERE task_name = %s", [SWEEP])
        assert cursor.fetchall() == [(tasks.QUEUE, tasks.sweep.queueing_lock)] * asked


def test_the_command_that_runs_a_worker_asks_for_the_look_first(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(processes, "run_worker", lambda *, queues: done.append(f"run {'/'.join(queues)}"))
    monkeypatch.setattr(processes, "catch_up", lambda *, queues: done.append(f"look {'/'.join(queues)}"))
    monkeypatch.setattr(running, "database_ready", lambda: None)
    running.worker.main(["--only", "notices"], standalone_mode=False)
    assert done == ["look notices", "run notices"]


def test_a_wait_for_papers_ends_with_the_proposal_and_moves_the_last_day(record: Record) -> None:
    case = repair_ready(record)
    before = case.due_on
    request_papers(by=LIAISON, case_id=case.pk, asked="履行义务的凭证", at=AT)
    grant_repair(by=LIAISON, case_id=case.pk, reasons=REASONS, at=AT + timedelta(days=1))
    found = Case.objects.get(pk=case.pk)
    assert (found.state, found.waiting_since, found.waited_days) == ("proposed", None, 1)
    assert found.due_on == catalogue.deadline(day=before, number=1).on


def test_papers_asked_for_too_late_stop_no_clock_that_had_run_out(record: Record) -> None:
    case = objection_ready(record)
    too_late = datetime(2026, 9, 7, 1, tzinfo=UTC)
    request_papers(by=CLERK, case_id=case.pk, asked="营业执照", at=too_late)
    assert escalate(at=too_late).suspended == 1
    found = Case.objects.get(pk=case.pk)
    assert (found.state, found.reached_percent) == ("in_hand", 100)
    assert [c.pk for c in queries.overdue_cases(on=too_late.date())] == [case.pk]
    assert desk.clock_of(case=found, on=date(2026, 9, 9)).words == "逾期 3 个工作日"
    assert not shown(record)


def test_a_readers_challenge_hides_nothing_by_lapse(record: Record) -> None:
    from publiccredit.accounts.types import Actor

    reader = Applicant(party=Party.READER, name="读者")
    opened(ProcedureName.OBJECTION, record, ground="other", by=Actor(name="reader", role=None), applicant=reader)
    assert escalate(at=AT + timedelta(days=30)).suspended == 0
    assert shown(record)


def test_a_deadline_in_an_undecreed_year_is_provisional(record: Record) -> None:
    late = datetime(2027, 4, 1, 2, tzinfo=UTC)
    case = opened(ProcedureName.OBJECTION, record, ground="other", at=late)
    assert (case.provisional, case.due_on) == (True, date(2027, 4, 6))
    assert "尚未公布" in Letter.objects.get(case=case).text


def test_every_channel_runs_on_the_same_clock(record: Record) -> None:
    due = set()
    for channel in set(Channel) - {Channel.OWN_FINDING}:  # by which nobody asks for anything
        applicant = Applicant(Party.SUBJECT, "甲", handler_name="乙", handler_authorisation_sha256="0" * 64)
        by = OWNER if channel is Channel.ONLINE else CLERK
        case = opened(ProcedureName.OBJECTION, record, ground="other", channel=channel, by=by, applicant=applicant)
        due.add(case.due_on)
    assert due == {date(2026, 9, 4)}
