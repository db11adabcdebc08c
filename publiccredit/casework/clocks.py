"""The clocks of a case: days in China, working days by decree, provisional where a year is not decreed yet."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import F, Q

from publiccredit.casework.models import Case
from publiccredit.casework.types import UNDECIDED, CaseState, DecisionState
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import ClockName, Effect, Packs, Party, Procedure
from publiccredit.ledger.types import china_day


def working_days_used(*, start: date, end: date, within: Packs | None = None) -> int:
    """Count the working days after ``start`` up to and including ``end``; presumed ones where a year is undecreed."""
    if end <= start:
        return 0
    try:
        return catalogue.working_days_between(start=start, end=end, within=within)
    except catalogue.UnknownYear:
        days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        return sum(catalogue.presumed_working_day(day=day, within=within) for day in days)


def set_due(*, case: Case, within: Packs | None = None) -> bool:
    """Set the last day in time of a case from its days; tell whether it changed."""
    number = case.total_days + case.extended_days + case.waited_days
    due = catalogue.deadline(day=case.opened_on, number=number, within=within)
    changed = (case.due_on, case.provisional) != (due.on, due.provisional)
    case.due_on, case.provisional = due.on, due.provisional
    return changed


def late(*, on: date) -> Q:
    """Choose the undecided cases that are late; one that waits for papers was so before they were asked for."""
    waiting = Q(state=CaseState.WAITING_FOR_PAPERS)
    return Q(state__in=UNDECIDED, due_on__lt=on) & (~waiting | Q(due_on__lt=F("waiting_since")))


def lies_with(*, party: Party) -> Q:
    """Choose the cases that lie with the office, or with the source: what each decides, and what a source was asked."""
    with_source = Q(state=CaseState.WITH_SOURCE)
    if party is Party.SOURCE:
        return Q(decided_by_party=Party.SOURCE.value) | with_source
    return Q(decided_by_party=Party.OFFICE.value) & ~with_source


def awaiting_papers(*, on: date) -> Q:
    """Choose the cases whose clock rests because their applicant still has time to hand in papers."""
    return Q(state=CaseState.WAITING_FOR_PAPERS, papers_due_on__gte=on)


def due_in_words(*, case: Case) -> str:
    """Say by when a case is decided, or until when it waits for papers; nothing once it is over."""
    if case.state == CaseState.WAITING_FOR_PAPERS and case.papers_due_on is not None:
        return f"材料最迟 {case.papers_due_on}{provisional_in_words(day=case.papers_due_on)} 交来，决定期限暂停"
    provisional = "（暂定，以放假安排公布后核定的为准）" if case.provisional else ""
    return f"最迟 {case.due_on} 作出处理{provisional}" if case.state in UNDECIDED else ""


def provisional_in_words(*, day: date) -> str:
    """Say of a last day in a year not decreed yet that it is provisional; nothing of any other."""
    return "" if catalogue.decreed(day=day) else "（暂定，以放假安排公布后核定的为准）"


def last_day(*, case: Case) -> date:
    """Give the last day in time of a case; of one that waits for papers, should they take all the days they may."""
    if case.state != CaseState.WAITING_FOR_PAPERS or case.waiting_since is None or case.papers_due_on is None:
        return case.due_on
    waits = working_days_used(start=case.waiting_since, end=case.papers_due_on)
    number = case.total_days + case.extended_days + case.waited_days + waits
    return max(case.due_on, catalogue.deadline(day=case.opened_on, number=number).on)


def clock_day(*, case: Case, on: date) -> date:
    """Give the day up to which the clock of a case has run: it rests while papers are waited for."""
    if case.state == CaseState.WAITING_FOR_PAPERS and case.waiting_since is not None:
        return min(on, case.waiting_since)
    return on


def gives_all(*, case: Case) -> bool:
    """
    Tell whether an effective decision gave an applicant all it can be given of a record: no more of it is shown.

    Its one review is not offered then; who asks for it all the same is not refused.
    """
    all_given = [[Effect.END_DISCLOSURE.value], [Effect.WITHDRAW.value]]
    made = case.decisions.filter(state=DecisionState.EFFECTIVE)
    return any(made.filter(effects__contains=effects).exists() for effects in all_given)


def why_no_review(*, case: Case, rules: Procedure, on: date) -> str:
    """Say why the one review of a case cannot be asked for on a day; nothing where it can."""
    if case.decided_at is None:
        return f"案件 {case.number} 尚未作出决定，还不能申请复核。"
    if on < (decided_on := china_day(at=case.decided_at)):
        return f"收件日期 {on} 早于原决定作出之日 {decided_on}。请核对收件登记。"
    if case.reviews_id is not None:
        return f"案件 {case.number} 已经是复核，复核只有一次。可以依法申请行政复议或者提起诉讼。"
    if Case.objects.filter(reviews=case).exists():
        return f"案件 {case.number} 已经申请过复核，复核只有一次。"
    until = review_until(case=case, rules=rules)
    if until is not None and on > until and catalogue.decreed(day=until):  # nobody is late by a presumed day (DP-15)
        return f"申请复核的期限已于 {until} 届满。可以另行提出异议。"
    return ""


def review_until(*, case: Case, rules: Procedure) -> date | None:
    """
    Give the last day on which the one review of a decided case can be asked for; none while nothing was delivered.

    Its days run from the delivery, as the letter says: who has no decision in hand has nothing to be late with.
    """
    if case.closed_at is None:
        return None
    number = rules.days(ClockName.REQUEST_REVIEW) or 0
    return catalogue.deadline(day=china_day(at=case.closed_at), number=number).on


def review_until_in_words(*, case: Case, rules: Procedure) -> str:
    """Say until when the one review of a decided case can be asked for; nothing while nothing was delivered."""
    until = review_until(case=case, rules=rules)
    return "" if until is None else f"{until}{provisional_in_words(day=until)}"


def percent_used(*, case: Case, on: date, within: Packs | None = None) -> int:
    """Tell how much of a case's clock has run; 100 from the first day after its last one, and not before."""
    on = clock_day(case=case, on=on)
    if on > case.due_on:
        return 100
    total = case.total_days + case.extended_days + case.waited_days
    return min(99, working_days_used(start=case.opened_on, end=on, within=within) * 100 // total)


def passed_percents(*, case: Case, rules: Procedure, on: date, within: Packs | None = None) -> list[int]:
    """Give the marks of the rules a case's clock has passed that nothing was written of, in their order."""
    used = percent_used(case=case, on=on, within=within)
    return [percent for percent in rules.escalate_at_percent if case.reached_percent < percent <= used]


def percents_in_words(passed: Sequence[int]) -> str:
    """Give what the ledger says of the marks a clock has passed; nothing where it has passed none."""
    return "、".join(f"{percent}%" for percent in passed)
