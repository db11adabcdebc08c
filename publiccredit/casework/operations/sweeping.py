"""
The sweep of the clock: reminders at the percentages of the rules, and a lapse that never harms the subject (DP-15).

Nothing here ends a term or shows anything: terms end when they are read. Sweeping twice changes nothing twice.
"""

from datetime import date, datetime

from publiccredit.accounts.operations import Act, acting, one_act
from publiccredit.accounts.types import PROGRAM
from publiccredit.casework.clocks import passed_percents, percents_in_words, set_due
from publiccredit.casework.marking import nature_of
from publiccredit.casework.models import Case
from publiccredit.casework.operations.handling import go_on
from publiccredit.casework.rules import procedure_of, write_step
from publiccredit.casework.types import DEADLINE_OF_CASE, UNDECIDED, CaseState, Happening, Swept
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import ClockName, Nature, Packs, Party, Procedure
from publiccredit.ledger.types import china_day
from publiccredit.subjects import operations as subjects

TITLES_OF_DAYS = {"papers_due_on": "补正期限", "source_due_on": "认定单位答复期限"}


def escalate(*, at: datetime, within: Packs | None = None) -> Swept:
    """
    Look at the clock of every undecided case, each in its own transaction, and do what its rules say.

    :raises ExceptionGroup: some could not be looked at; all others were.
    """
    with acting(actor=PROGRAM):
        due = list(Case.objects.filter(state__in=UNDECIDED).order_by("pk"))
    swept, failures = [], []
    for case in due:
        try:
            if _something_to_do(case, china_day(at=at), within):
                swept.append(_sweep(case.pk, at, within))
        except Exception as failure:
            failure.add_note(f"case {case.pk}")
            failures.append(failure)  # a case that fails holds up none that comes after it
    if failures:
        raise ExceptionGroup("the clocks of some cases were not looked at", failures)
    return Swept(
        looked_at=len(due),
        escalated=sum(s.escalated for s in swept),
        suspended=sum(s.suspended for s in swept),
        settled=sum(s.settled for s in swept),
    )


def _something_to_do(case: Case, on: date, within: Packs | None) -> bool:
    if _papers_not_handed_in(case, on):
        return True
    if case.provisional and set_due(case=case, within=within):
        return True
    rules = procedure_of(case=case, within=within)
    return bool(_moved(case, rules, within)) or bool(passed_percents(case=case, rules=rules, on=on, within=within))


def _sweep(case_id: int, at: datetime, within: Packs | None) -> Swept:
    with one_act(by=PROGRAM, at=at, operation="escalate_case", object_kind="case") as act:
        case = Case.objects.select_for_update(of=("self",)).get(pk=case_id)
        act.object_id = case.pk
        if case.state not in UNDECIDED:  # decided between the look and the lock
            return Swept(1, 0, 0, 0)
        rules = procedure_of(case=case, within=within)
        moved = _move(act, case, rules, within)
        if _papers_not_handed_in(case, act.on):
            write_step(act=act, case=case, step=Happening.PAPERS_NOT_HANDED_IN.value, program=True)
            go_on(act=act, case=case, rules=rules, program=True)
        settled = _settle(act, case, within) or moved
        # Each of them by itself: while no worker ran, the clock may have passed several.
        passed = passed_percents(case=case, rules=rules, on=act.on, within=within)
        for percent in passed:
            write_step(act=act, case=case, step=Happening.ESCALATED.value, text=f"{percent}%", program=True)
        case.reached_percent = max([case.reached_percent, *passed])
        suspended = _suspend(act, case, rules) if passed and case.reached_percent >= 100 else 0
        case.save()
        act.payload |= {"reached_percent": case.reached_percent, "suspended": suspended}
        if passed:
            act.payload["passed_percents"] = percents_in_words(passed)
    return Swept(looked_at=1, escalated=int(bool(passed)), suspended=suspended, settled=int(settled))


def _papers_not_handed_in(case: Case, on: date) -> bool:
    waits = case.state == CaseState.WAITING_FOR_PAPERS
    return waits and case.papers_due_on is not None and on > case.papers_due_on


def _settle(act: Act, case: Case, within: Packs | None) -> bool:
    if not case.provisional or not set_due(case=case, within=within):
        return False
    text = f"{DEADLINE_OF_CASE} {case.due_on}"
    write_step(act=act, case=case, step=Happening.DEADLINE_SETTLED.value, text=text, program=True)
    return True


def _moved(case: Case, rules: Procedure, within: Packs | None) -> dict[str, date]:
    """
    Give the last days for papers and for the source's answer that a year decreed since puts later than was told.

    Whoever was told a later day keeps it.
    """
    starts: dict[str, tuple[date, ClockName]] = {}
    if case.state == CaseState.WAITING_FOR_PAPERS and case.waiting_since is not None:
        starts["papers_due_on"] = case.waiting_since, ClockName.PAPERS
    if case.state == CaseState.WITH_SOURCE and case.forwarded_at is not None:
        starts["source_due_on"] = china_day(at=case.forwarded_at), ClockName.SOURCE_ANSWERS
    found = {
        name: catalogue.deadline(day=start, number=rules.days(clock) or 0, within=within).on
        for name, (start, clock) in starts.items()
    }
    return {name: day for name, day in found.items() if day > getattr(case, name)}


def _move(act: Act, case: Case, rules: Procedure, within: Packs | None) -> bool:
    moved = _moved(case, rules, within)
    for name, day in moved.items():
        setattr(case, name, day)
        text = f"{TITLES_OF_DAYS[name]}核定为 {day}"
        write_step(act=act, case=case, step=Happening.DEADLINE_SETTLED.value, text=text, program=True)
    return bool(moved)


def _suspend(act: Act, case: Case, rules: Procedure) -> int:
    """
    Suspend the display of the adverse records of an overdue case, where the county has switched this on.

    Not on a reader's challenge: a stranger could otherwise hide a record by asking about it.
    """
    if not rules.suspend_display_when_overdue.enabled or case.applicant == Party.READER.value:
        return 0
    rows = subjects.lock_records(record_ids=case.records.values_list("record_id", flat=True)).values()
    adverse = [r.pk for r in rows if nature_of(r) is Nature.ADVERSE]
    case.suspended_display = bool(adverse)
    case.save()  # the database suspends a record only where it finds the case that lapsed
    number = subjects.suspend_display(record_ids=adverse, at=act.at, entry_id=act.entry_id)
    if adverse:
        write_step(act=act, case=case, step=Happening.DISPLAY_SUSPENDED.value, program=True)
    return number
