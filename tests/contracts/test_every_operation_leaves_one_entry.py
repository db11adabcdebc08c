"""Every public operation is one act with one entry, or part of one; the flows watch that it is so when they run."""

import inspect

import pytest

from tests.operations import NO_ACTS, ROUNDS, acts, enters, is_part, public_operations

OPERATIONS = public_operations()


def test_operations_are_found_in_modules_and_in_folders() -> None:
    assert {"accounts.propose_grant", "casework.decide", "intake.file_submission", "subjectdesk.leave"} <= set(acts())


@pytest.mark.parametrize("name", sorted(acts()))
def test_an_act_comes_to_the_ledger(name: str) -> None:
    assert enters(OPERATIONS[name]), f"{name} writes without a ledger entry: call ledger.operations.record_entry"


@pytest.mark.parametrize("name", sorted(n for n, o in OPERATIONS.items() if is_part(o) and n not in NO_ACTS))
def test_a_part_of_an_act_leaves_the_entry_to_the_act(name: str) -> None:
    assert not enters(OPERATIONS[name]), f"{name} is handed an act and enters another one"


def test_what_is_no_act_and_what_is_many_are_still_there() -> None:
    assert set(NO_ACTS) | ROUNDS <= set(OPERATIONS)


@pytest.mark.parametrize("name", sorted(ROUNDS))
def test_a_round_of_acts_enters_each_of_them(name: str) -> None:
    assert enters(OPERATIONS[name]) or name == "intake.resume_submissions"  # it hands them to the worker


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_an_operation_takes_named_arguments_and_says_what_it_promises(name: str) -> None:
    operation = inspect.unwrap(OPERATIONS[name])
    assert inspect.getdoc(operation), f"{name} says nothing to its callers"
    positional = [p.name for p in inspect.signature(operation).parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert len(positional) <= 1, f"{name}: make {positional} keyword-only"
