"""
Figures a process has counted, given again for exactly as long as they are right.

Every act is entered in the ledger as the last step of its transaction, so positions stand in the order of commits. What
was counted up to one entry is right until a later one changes what it counts: whichever process committed that one,
every other learns it at its next look. Nothing is kept for a time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from django.core.cache import cache

from publiccredit.ledger import queries as ledger
from publiccredit.ledger.types import Head

A_DAY = 86_400  # seconds after which what nobody asks for any more leaves the memory; no figure is right or wrong by it
Value = TypeVar("Value")
_one_at_a_time = Lock()


@dataclass(frozen=True)
class Counted(Generic[Value]):
    """What was counted, and the last entry of the ledger before the counting began: nothing while there is none."""

    head: Head | None
    value: Value

    @property
    def position(self) -> int:
        return self.head.position if self.head else 0


Renew = Callable[[Counted[Value] | None, Head | None], Value]


def up_to_date(*, key: str, renew: Renew[Value]) -> Value:
    """
    Give what stands under a key, renewed where the ledger has grown since it was counted.

    ``renew`` is handed what was counted before, where its last entry still stands in the ledger, and the entry up to
    which it is to count at least. Of many readers that come at once one counts; the others wait for the figure.
    """
    found: Counted[Value] | None = cache.get(key)
    if found is None or found.head != ledger.head():
        with _one_at_a_time:
            head = ledger.head()
            found = cache.get(key)
            if found is None or found.head != head:
                earlier = found if found is not None and _stands(found.head) else None
                found = Counted(head=head, value=renew(earlier, head))
                cache.set(key, found, A_DAY)
    return found.value


def _stands(head: Head | None) -> bool:
    """Tell whether an entry is still part of the ledger: another database may have been put in the place of one."""
    if head is None:
        return True
    entry = ledger.entry_at(position=head.position)
    return entry is not None and bytes(entry.hash).hex() == head.hash
