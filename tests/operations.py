"""The operations of the program, found through the doors of its packages, and which of them are acts of their own."""

import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from publiccredit.ledger.operations import record_entry
from tests.environment import ROOT

Operation = Callable[..., Any]
PART_OF_AN_ACT = {"entry_id", "filing", "cause"}  # handed the act they belong to: that one is entered
ROUNDS = {  # many acts, one after another, each with its own entry: a round over cases, or a case with its papers
    "casework.escalate",
    "casework.propose_severity",
    "intake.resume_submissions",
    "recipients.deliver_due",
    "subjectdesk.erase_contacts",
    "subjectdesk.open_case",
    "subjectdesk.remind_of_repairs",
    "subjectdesk.tell_of_letters",
}
NO_ACTS = {  # what stands at the same door and changes nothing that is kept, or belongs to the act that calls it
    "accounts.act_as": "tells the database session who acts",
    "accounts.act_as_nobody": "tells the database session that nobody acts",
    "accounts.acting": "tells the database session who acts",
    "accounts.note_token_use": "keeps on which day a token was last used, as a log-in keeps its own",
    "accounts.one_act": "is the frame of an act: whoever opens it is the operation",
    "accounts.take_proposal": "marks a proposal as carried out for the act that gives the right",
    "accounts.token_hash": "computes",
    "intake.check_here": "checks a file; its filing is entered",
    "intake.cleared_here": "writes the copy a filing keeps, which is entered",
    "intake.settle_filed_submissions": "moves files to their places; their filing is entered",
    "ledger.next_entry_id": "takes the number of an act",
    "ledger.record_entry": "is what enters an act",
    "recipients.disclosing": "writes down a look in the transaction of the reading, in a table of its own (DP-20)",
    "recipients.hold_disclosures": "takes a lock for the act that calls it",
    "recipients.record_copies": "is entered with take_copy",
    "recipients.record_handovers": "writes down a look in the transaction of the reading (DP-20)",
    "subjectdesk.followed": "finds the case a code belongs to",
    "subjectdesk.new_form_key": "computes",
    "subjects.analyse_staging": "prepares the temporary tables of a filing, which is entered",
    "subjects.close_staging": "prepares the temporary tables of a filing, which is entered",
    "subjects.copy_in": "prepares the temporary tables of a filing, which is entered",
    "subjects.held_records": "counts",
    "subjects.lock_records": "takes locks for the act that calls it",
    "subjects.note_look": "writes down a look, in a table of its own that nobody can change (DP-26)",
    "subjects.note_officers_look": "writes down a look, in a table of its own that nobody can change (DP-26)",
    "subjects.note_recipients_look": "writes down a look, in a table of its own that nobody can change (DP-26)",
    "subjects.open_staging": "prepares the temporary tables of a filing, which is entered",
}


def doors() -> Iterator[tuple[str, ModuleType]]:
    """Every package with operations, and the module through which the others reach them."""
    for folder in sorted((ROOT / "publiccredit").iterdir()):
        if (folder / "operations.py").exists() or (folder / "operations" / "__init__.py").exists():
            yield folder.name, import_module(f"publiccredit.{folder.name}.operations")


def public_operations() -> dict[str, FunctionType]:
    """What other packages can call, as ``package.name``: what is defined or meant to be found at the door."""
    found: dict[str, FunctionType] = {}
    for package, door in doors():
        meant = set(getattr(door, "__all__", ()))
        for name, value in vars(door).items():
            if name.startswith("_") or not inspect.isfunction(value):
                continue
            home = inspect.unwrap(value).__module__
            is_folder = Path(str(door.__file__)).name == "__init__.py"
            if home == door.__name__ or name in meant or (is_folder and home.startswith(f"{door.__name__}.")):
                found[f"{package}.{name}"] = value
    return found


def is_part(operation: FunctionType) -> bool:
    return bool(PART_OF_AN_ACT & set(inspect.signature(operation).parameters))


def acts() -> dict[str, FunctionType]:
    """The operations that are one act each: one transaction, one entry."""
    return {
        name: operation
        for name, operation in public_operations().items()
        if name not in NO_ACTS and name not in ROUNDS and not is_part(operation)
    }


def enters(operation: FunctionType) -> bool:
    """Tell whether an operation comes to the ledger, itself or through what it calls."""
    seen: set[Any] = set()
    waiting: list[FunctionType] = [inspect.unwrap(operation)]
    while waiting:
        function = waiting.pop()
        if function is record_entry:
            return True
        if function not in seen:
            seen.add(function)
            waiting += [inspect.unwrap(called) for called in _called_by(function)]
    return False


def _called_by(function: FunctionType) -> Iterator[FunctionType]:
    names = set(_names_in(function.__code__))
    known = [function.__globals__[name] for name in names if name in function.__globals__]
    for value in [
        *known,
        *(vars(m)[name] for m in known if isinstance(m, ModuleType) for name in names & vars(m).keys()),
    ]:
        if inspect.isfunction(value) and value.__module__.startswith("publiccredit."):
            yield value
    if wrapped := getattr(function, "__wrapped__", None):
        yield wrapped


def _names_in(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_in(constant)
