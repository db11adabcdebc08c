"""The demonstration's cases are taken to their steps by the operations, once."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from publiccredit.casework import operations as casework
from publiccredit.casework import queries
from publiccredit.casework.models import Case, CaseStep
from publiccredit.ledger.models import Entry
from publiccredit.site.demo import cases
from publiccredit.site.demo.accounts import ACCOUNTS
from tests.accounts import Post, opened_accounts
from tests.factories import stored_record, stored_subject
from tests.flows.cases import AT, shown

pytestmark = pytest.mark.django_db
UNTIL = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)  # four in the afternoon in China


@pytest.fixture(autouse=True)
def county(as_program: None) -> None:
    del as_program
    posts = [Post(a.username, a.role, a.department, a.display_name) for a in ACCOUNTS]
    opened_accounts(posts, at=AT)
    for number in range(1, len(cases.STORIES) + 3):
        subject = stored_subject(number=number, name=f"濉溪县示例{number}有限公司")
        # Serious just where those come whose severity is corrected: a story waits for a record that suits it.
        severity = "serious" if number in (len(cases.STORIES) - 1, len(cases.STORIES)) else "general"
        stored_record(subject=subject, number=number, severity=severity)


def test_the_desks_of_the_demonstration_are_not_empty() -> None:
    assert cases.open_cases(until=UNTIL, now=NOW) == len(cases.STORIES)
    assert Counter(Case.objects.values_list("state", flat=True)) == {
        "opened": 4,  # with the review of one
        "in_hand": 3,
        "waiting_for_papers": 1,
        "with_source": 1,
        "proposed": 2,
        "decided": 4,
        "closed": 2,
    }
    assert Case.objects.filter(reached_percent=100).exists()
    assert casework.escalate(at=NOW).escalated == 0  # whoever asks for the rules at once finds nobody unreminded
    entries = Entry.objects.count()
    assert cases.open_cases(until=UNTIL, now=NOW) == 0
    assert Entry.objects.count() == entries


def test_the_clocks_of_the_demonstration_have_caught_up() -> None:
    cases.open_cases(until=UNTIL, now=NOW)
    overdue = queries.overdue_cases(on=UNTIL)
    untouched = overdue.get(state="opened", ground="beyond_period")
    assert {c.reached_percent for c in overdue} == {100}
    assert [s.text for s in untouched.steps.filter(step="escalated").order_by("pk")] == ["50%", "80%", "100%"]
    assert untouched.suspended_display
    assert not shown(untouched.records.get().record, on=UNTIL)


@pytest.mark.parametrize("hour", [0, 1, 5, 6, 12], ids=lambda h: f"{(h + 8) % 24} o'clock in China")
def test_no_step_of_the_demonstration_lies_after_now(hour: int) -> None:
    now = datetime(2026, 11, 23, hour, tzinfo=UTC)
    cases.open_cases(until=UNTIL, now=now)
    latest = [CaseStep.objects.latest("at").at, Case.objects.latest("opened_at").opened_at]
    assert max(latest) <= now


def test_two_of_the_department_correct_a_severity_in_the_demonstration() -> None:
    cases.open_cases(until=UNTIL, now=NOW)
    waits, made = (Case.objects.get(ground="severity", state=state) for state in ("proposed", "decided"))
    unchanged, corrected = (case.records.get().record for case in (waits, made))
    assert (unchanged.severity, corrected.severity, corrected.severity_rule) == ("general", "slight", "corrected")
    decision = made.decisions.get()
    assert (decision.proposed_by_id, decision.approved_by_id) == ("liaison_market", "head_market")
    assert [paper.kind for paper in made.papers.all()] == ["document"]
    assert (shown(unchanged, on=UNTIL), shown(corrected, on=UNTIL)) == (True, False)
