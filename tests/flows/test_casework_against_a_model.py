"""
The whole of casework against a plain model of it, with every rule of due process as an invariant of its own.

Two hundred runs of fifty steps in twenty parts, which workers share; CASEWORK_RUNS and CASEWORK_STEPS ask for more, before
a release 10,000 of 100 steps. A run costs one to two seconds of processor time, half of it the database's: some twenty
statements a step, planned anew each time as in life.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.flows.casework_invariants import DueProcess
from tests.flows.casework_walk import walk

RUNS = int(os.environ.get("CASEWORK_RUNS", "200"))
STEPS = int(os.environ.get("CASEWORK_STEPS", "50"))
PARTS = 20
# What comes of the rules of the machine; a rule that is never reached, or never refused, proves nothing.
HAPPENS = {
    "file": "", "file_unserved": "", "publish": "", "hand_over": "", "tick": "", "tick_to_the_next_end": "",
    "resend": "changes on_file decided_otherwise withdrawn", "state": "refused", "restore": "refused", "take_back": "", "forward": "", "answer": "",
    "close": "", "too_much": "refused", "report": "refused", "extend": "too_late", "review": "refused",
    "work": "lapsed papers_not_handed_in notice_confirmed notice_unconfirmed notice_failed notice_escalated",
    "severity": "corrected refused", "relation": "declared none refused", "object": "online counter phone post proxy withdrawn",
    "papers": "asked asked_again_or_late handed_in", "apply_for_repair": "refused", "propose_repair": "too_early",
    "propose": "publication_stopped corrected granted", "approve": "refused returned",
    "decided": "rejected undetermined publication_stopped corrected granted refused repair_undone withdrawn_revoked"
               " withdrawn_changed withdrawn_unlawful withdrawn_void stayed stay_lifted suit_flagged suit_ended"
               " shielded corrected_by_source",
}  # fmt: skip
BY_ITSELF = {
    "file", "file_unserved", "publish", "hand_over", "tick", "tick_to_the_next_end", "state", "take_back", "forward",
    "answer", "close", "extend", "work", "apply_for_repair", "review",
}  # fmt: skip
OUTCOMES = BY_ITSELF | {f"{rule}:{outcome}" for rule, outcomes in HAPPENS.items() for outcome in outcomes.split()}


@pytest.fixture
def database(fresh_database: str, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


@pytest.mark.timeout(max(300, RUNS * STEPS // 10))  # a part of the gate keeps within what every test may take
@pytest.mark.parametrize("part", range(PARTS))
def test_casework_does_what_the_model_says(database: None, part: int) -> None:
    DueProcess.happened.clear()
    DueProcess.steps.clear()
    runs = -(-RUNS // PARTS)
    _run(f"DueProcess{part}", runs)
    # Hypothesis says nothing where it ends a run early, and its first is one step long: what is missing is made up for.
    while (missing := runs * STEPS - sum(DueProcess.steps)) > 0:
        _run(f"DueProcess{part}after{len(DueProcess.steps)}", 1 + -(-missing // STEPS))
    assert len(DueProcess.steps) >= runs
    assert set(DueProcess.happened) <= OUTCOMES, "name in HAPPENS what comes of the new rule"


def _run(name: str, runs: int) -> None:
    run_state_machine_as_test(
        type(name, (DueProcess,), {}),  # another name: another beginning of a derandomised run
        settings=settings(
            max_examples=runs,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
        ),
    )


def test_every_rule_and_every_outcome_is_reached(database: None) -> None:
    """A walk by hand through all of it, with every invariant after every step: chance need not find the rarest."""
    DueProcess.happened.clear()
    walk(DueProcess())
    assert sorted(OUTCOMES - set(DueProcess.happened)) == []
    assert set(DueProcess.happened) <= OUTCOMES
