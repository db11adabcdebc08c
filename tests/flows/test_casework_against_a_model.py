"""
The whole of casework against a plain model of it, with every rule of due process as an invariant of its own.

Two hundred runs of fifty steps in twenty parts, which workers share; CASEWORK_RUNS and CASEWORK_STEPS ask for more, before
a release 10,000 of 100 steps. A run costs one to two seconds of processor time, half of it the database's: some twenty
statements a step, planned anew each time as in life.
"""

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM
from tests.flows.cases import people
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
    "use_against": "stated stated_again never_given before_it_was_given", "name_handler": "", "register_contact": "",
    "revoke_handler": "once_more",
    "a_handler_comes": "too_early_or_too_late with_the_right without_the_right says_nothing_new"
                       " revoked_meanwhile",
    "severity": "corrected refused", "relation": "declared none refused", "object": "online counter phone post proxy withdrawn",
    "papers": "asked asked_again_or_late awaited handed_in", "apply_for_repair": "refused", "propose_repair": "too_early",
    "propose": "publication_stopped corrected granted", "approve": "refused returned taken_back",
    "decided": "rejected undetermined publication_stopped corrected granted refused repair_undone withdrawn_revoked"
               " withdrawn_changed withdrawn_unlawful withdrawn_void stayed stay_lifted suit_flagged suit_ended"
               " shielded corrected_by_source",
}  # fmt: skip
BY_ITSELF = {
    "file", "file_unserved", "publish", "hand_over", "tick", "tick_to_the_next_end", "state", "take_back", "forward",
    "answer", "close", "extend", "work", "apply_for_repair", "review", "name_handler", "register_contact", "revoke_handler",
}  # fmt: skip
# What the issue asks to be an invariant each, and where it stands; a rule of several parts has an invariant for each.
DUE_PROCESS = {
    "DP-02": "nothing_has_effect_before_it_was_served",
    "DP-07": "a_term_ends_when_it_is_read",
    "DP-08": "no_term_is_longer_than_its_severity_allows",
    "DP-09": "what_has_ended_is_reached_by_nobody_but_its_subject",
    "DP-10": "what_was_ended_does_not_come_back",
    "DP-13": "the_subject_sees_everything_held",
    "DP-14": "a_dispute_is_marked_as_long_as_it_is_open",
    "DP-15": "every_case_has_a_clock_and_an_owner_and_lapse_harms_nobody",
    "DP-16": "a_stay_holds_as_its_order_says",
    "DP-17": "the_subject_s_words_travel_with_the_record",
    "DP-18": "what_is_revoked_is_withdrawn_with_its_reason",
    "DP-19": "repair_is_four_effects_or_none",
    "DP-20": "whoever_was_given_a_record_is_told_once_of_every_change",
    "DP-21": "whoever_uses_a_record_against_its_subject_owes_it_a_notice",
    "DP-22": "every_channel_has_the_same_clock",
    "DP-23": "every_decision_has_a_human_and_reasons_of_its_own",
    "DP-24": "what_a_subject_allows_refuses_or_ends_changes_nothing_else",
    "DP-34": "nobody_works_on_the_case_of_a_relation",
    "DP-35": "two_people_decide_what_ends_or_brings_back_consequences",
    "DP-36": "nothing_is_deleted_or_edited",
    "DP-38": "the_desks_are_measured_too",
}
ASKED_FOR = "DP-02, 07–10, 13–24, 34–36, 38"  # in the words of the issue
VERBS = {
    "file": "file file_unserved", "publish": "publish", "object": "object", "decide": "decide_objection approve refuse_repair",
    "repair": "apply_for_repair propose_repair undo_repair", "revoke": "withdraw",
    "correct": "correct correct_kind correct_facts correct_severity", "stay": "stay lift_stay shield suit",
    "tick the clock": "tick tick_to_the_next_end work", "resend": "resend", "restore": "restore",
}  # fmt: skip
OUTCOMES = BY_ITSELF | {f"{rule}:{outcome}" for rule, outcomes in HAPPENS.items() for outcome in outcomes.split()}


@pytest.fixture
def database(fresh_database: str, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        act_as(actor=PROGRAM)
        people()
        yield


@pytest.mark.timeout(max(300, RUNS * STEPS // 10))  # a part of the gate keeps within what every test may take
@pytest.mark.no_cover  # measuring lines makes a run nearly twice as long, and the walk below reaches every rule and outcome
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


def test_each_rule_of_due_process_the_issue_names_is_an_invariant_of_its_own() -> None:
    spans = re.findall(r"(\d+)(?:–(\d+))?", ASKED_FOR)
    asked = [f"DP-{n:02}" for first, last in spans for n in range(int(first), int(last or first) + 1)]
    assert list(DUE_PROCESS) == asked
    wanted = {f"dp{number[3:]}_{name}" for number, name in DUE_PROCESS.items()}
    assert {i.function.__name__ for i in DueProcess().invariants if i.function.__name__.startswith("dp")} == wanted
    assert all(getattr(DueProcess, name).__doc__ for name in wanted), "the docstring of an invariant is its rule"


def test_everything_the_issue_names_can_happen_in_the_machine() -> None:
    rules = {r.function.__name__ for r in DueProcess().rules}
    assert {name for names in VERBS.values() for name in names.split()} <= rules
