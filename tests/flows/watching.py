"""
While flows run, every operation is watched: it leaves one entry, or none where it was asked for what was so already.

An operation that calls another is one act with it: only the outermost is counted.
"""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from types import FunctionType
from typing import Any

from publiccredit.ledger.operations import record_entry
from tests.operations import acts

MAY_ENTER_NOTHING = {  # asked again for what is so already, they change nothing and enter nothing
    "casework.open_case",
    "intake.declare_nil_return",
    "intake.file_submission",
    "intake.receive_submission",
    "recipients.acknowledge",
    "recipients.give_adverse_use_notice",
    "recipients.take_down_adverse_use",
    "subjectdesk.challenge_record",
    "subjectdesk.complain",
    "accounts.prove_second_factor",  # a code is part of a log-in, which is no act; a recovery code used up is one
}


PERFORMED: set[str] = set()
"""The acts that went through, those within others as well; whoever wants to know of some clears it before."""


class Watch(threading.local):
    """How deep this thread stands in operations, and what the outermost one has entered."""

    depth = 0
    entered: list[str]


def _watched(name: str, operation: FunctionType, watch: Watch) -> Callable[..., Any]:
    @wraps(operation)
    def performed(*arguments: Any, **named: Any) -> Any:
        if watch.depth:
            given = operation(*arguments, **named)
            PERFORMED.add(name)
            return given
        watch.depth, watch.entered = 1, []
        try:
            given = operation(*arguments, **named)
        finally:
            watch.depth = 0
        PERFORMED.add(name)
        found = len(watch.entered)
        assert found == 1 or (found == 0 and name in MAY_ENTER_NOTHING), (
            f"{name} left {found} entries ({', '.join(watch.entered)}): one operation is one act, and one entry"
        )
        return given

    return performed


def _counted(watch: Watch) -> Callable[..., int]:
    @wraps(record_entry)
    def entered(**named: Any) -> int:
        position = record_entry(**named)
        if watch.depth:  # only what went in: a filing whose entry fails enters its refusal instead
            watch.entered.append(named["operation"])
        return position

    return entered


@contextmanager
def watched_operations() -> Iterator[None]:
    """Put a watch before every act, wherever a module has its name; take it away afterwards."""
    watch = Watch()
    instead: dict[Any, Any] = {operation: _watched(name, operation, watch) for name, operation in acts().items()}
    instead[record_entry] = _counted(watch)
    back = {new: old for old, new in instead.items()}
    _replace(instead)
    try:
        yield
    finally:
        _replace(back)


def _replace(instead: dict[Any, Any]) -> None:
    for module in list(sys.modules.values()):
        name = getattr(module, "__name__", "")
        if name.startswith(("publiccredit", "tests")) and name not in (__name__, "tests.operations"):
            for known_as, value in list(vars(module).items()):
                if isinstance(value, FunctionType) and value in instead:
                    setattr(module, known_as, instead[value])
