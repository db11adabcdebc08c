"""
A file checked where it lies, without a database: the door for a liaison's own machine.

The third door of this package beside operations and queries, which both need the web framework: this one must start
fast, and must not be able to write anything. Loading what checks takes as long as it does in the child that opens the
file: by ``child_ahead`` the child is started first, so that both load at once. Hence nothing is loaded here before.
"""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publiccredit.intake.child_process import Child
    from publiccredit.intake.offline_check import OfflineCheck

__all__ = ["OfflineCheck", "check_offline", "child_ahead"]

CHILDREN = sys.platform == "linux"  # where the system knows limits of a process


@contextmanager
def child_ahead() -> "Iterator[Child | None]":
    """Start the child that is to open the file, where there are any; behind the block it has ended."""
    if not CHILDREN:
        yield None
        return
    from publiccredit.intake.child_process import started

    with started(load="publiccredit.intake.checking:make_ready") as child:
        yield child


def check_offline(
    *,
    file: Path,
    department: str | None,
    source: str | None,
    on: date,
    served_on: date | None = None,
    overrides: Iterable[str] = (),
    child: "Child | None" = None,
) -> "OfflineCheck":
    """
    Check a file as it would be checked on a day, keeping nothing; ``child`` was started by ``child_ahead``.

    Without a department each provider is tried until one's forms fit; whom the rows then name as their authority is it.

    :raises UnableToRead: the file as a whole cannot be taken.
    :raises UnableToSubmit: an override confirms what cannot be confirmed.
    :raises NotInPacks: there is no such department or source.
    """
    from publiccredit.catalogue import queries as catalogue
    from publiccredit.intake.confirmations import refuse_what_cannot_be_confirmed
    from publiccredit.intake.offline_check import Asked, providers

    overrides = tuple(overrides)
    refuse_what_cannot_be_confirmed(overrides=overrides)
    senders = [catalogue.department(code=department).code] if department else providers(source=source, on=on)
    children = [child] if child else []
    asked = Asked(file=file, source=source, on=on, served_on=served_on, overrides=overrides, children=children)
    done = asked.checked_as_first_fitting(senders)
    named = done.named(among=senders)
    return done if named == done.department else asked.checked(named)
