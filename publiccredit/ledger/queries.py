"""Every read of the ledger, and the proof of its chain."""

import hashlib
import json
from collections.abc import Collection
from datetime import UTC

from django.db.models import Q, QuerySet

from publiccredit.ledger.models import Entry
from publiccredit.ledger.types import Fault, Head, Proof, Sought, Verdict

__all__ = [
    "Entry",
    "entries",
    "entries_of",
    "entry_at",
    "hash_of",
    "hashed_fields",
    "head",
    "latest_entries",
    "prove",
    "sought_entries",
    "verify",
]

NOTHING_BEFORE = bytes(32)
AT_SHELL = '"at_shell":true'  # as the payload of an act that was typed at the server is written


def entries(*, after: int = 0) -> QuerySet[Entry]:
    """Give the entries behind a position, in their order."""
    return Entry.objects.filter(position__gt=after).order_by("position")


def latest_entries() -> QuerySet[Entry]:
    """Give the entries, the newest first."""
    return Entry.objects.order_by("-position")


def sought_entries(*, sought: Sought) -> QuerySet[Entry]:
    """Give the entries that meet every condition, the newest first."""
    found = latest_entries()
    if sought.actors is not None:
        found = found.filter(actor__in=sought.actors)
    if sought.operation:
        found = found.filter(operation=sought.operation)
    if sought.since is not None:
        found = found.filter(at__gte=sought.since)
    if sought.until is not None:
        found = found.filter(at__lt=sought.until)
    if sought.object_kind:
        found = found.filter(object_kind=sought.object_kind)
    if sought.at_shell:
        found = found.filter(payload__contains=AT_SHELL)
    return found if sought.objects is None else found.filter(_any_of(sought.objects))


def _any_of(objects: Collection[tuple[str, str]]) -> Q:
    by_kind: dict[str, list[str]] = {}
    for kind, object_id in sorted(objects):
        by_kind.setdefault(kind, []).append(object_id)
    condition = Q(pk__in=[])
    for kind, ids in by_kind.items():
        condition |= Q(object_id__in=ids, object_kind=kind) if kind else Q(object_id__in=ids)
    return condition


def entries_of(*, object_kind: str, object_id: str | int) -> QuerySet[Entry]:
    """Give what was done to one object, in order."""
    return Entry.objects.filter(object_kind=object_kind, object_id=str(object_id)).order_by("position")


def entry_at(*, position: int) -> Entry | None:
    """Give the entry at a place of the chain."""
    return Entry.objects.filter(position=position).first() if 0 < position < 2**63 else None


def head() -> Head | None:
    """Give the last entry of the chain, to be kept outside the database; nothing while the ledger is empty."""
    last = Entry.objects.order_by("-position").values_list("position", "hash").first()
    return Head(position=last[0], hash=bytes(last[1]).hex()) if last else None


def prove(*, entry: Entry) -> Proof:
    """Recompute an entry's hash, and hold it against the entry before it and the one behind it."""
    before, behind = (entry_at(position=entry.position + step) for step in (-1, 1))
    previous = bytes(before.hash) if before else NOTHING_BEFORE
    faults = _faults_of(entry, entry.position, previous, None)
    if behind is not None and bytes(behind.previous_hash) != bytes(entry.hash):
        found = bytes(behind.previous_hash).hex()
        faults.append(Fault(behind.position, f"前一哈希 {found}", f"本条的哈希 {bytes(entry.hash).hex()}"))
    return Proof(computed=hash_of(entry).hex(), faults=tuple(faults))


def verify(*, kept: Head | None = None, faults_at_most: int = 20, since: int = 1) -> Verdict:
    """
    Recompute the chain, the whole of it or ``since`` a position, and compare it with a head that was kept elsewhere.

    Without a kept head this finds any entry changed, removed or inserted in the middle. A chain rewritten or cut from
    some entry to its end is consistent in itself: only a kept head shows it, for everything up to its position.
    """
    before = entry_at(position=since - 1)
    previous, position, count = bytes(before.hash) if before else NOTHING_BEFORE, since - 1, 0
    last: Head | None = None
    faults: list[Fault] = []
    for entry in entries(after=since - 1).iterator(chunk_size=5000):
        count += 1
        faults.extend(_faults_of(entry, position + 1, previous, kept))
        previous, position = bytes(entry.hash), entry.position
        last = Head(position=entry.position, hash=previous.hex())
    if kept is not None and kept.position > position:
        faults.append(Fault(kept.position, "空（链在此之前中断）", f"留存的哈希 {kept.hash}"))
    return Verdict(entries=count, head=last, faults=tuple(faults[:faults_at_most]))


def _faults_of(entry: Entry, position: int, previous: bytes, kept: Head | None) -> list[Fault]:
    faults = []
    if entry.position != position:
        faults.append(Fault(position, f"位置 {entry.position}", f"位置 {position}"))
    if bytes(entry.previous_hash) != previous:
        faults.append(Fault(entry.position, bytes(entry.previous_hash).hex(), f"前一哈希 {previous.hex()}"))
    computed = hash_of(entry)
    if bytes(entry.hash) != computed:
        faults.append(Fault(entry.position, bytes(entry.hash).hex(), f"按内容重算的哈希 {computed.hex()}"))
    if kept is not None and kept.position == entry.position and kept.hash != bytes(entry.hash).hex():
        faults.append(Fault(entry.position, bytes(entry.hash).hex(), f"留存的哈希 {kept.hash}"))
    return faults


def hash_of(entry: Entry) -> bytes:
    """Recompute an entry's hash from what stands in it, the way migration 0002 does in the database."""
    parts = list(hashed_fields(entry).values())
    return hashlib.sha256(bytes(entry.previous_hash) + json.dumps(parts, ensure_ascii=False).encode()).digest()


def hashed_fields(entry: Entry) -> dict[str, str]:
    """Give what an entry's hash is made of beside the hash before it: these texts, in this order, as a JSON list."""
    return {
        "position": str(entry.position),
        "id": str(entry.pk),
        "at": entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "actor": entry.actor,
        "department_code": entry.department_code,
        "operation": entry.operation,
        "object_kind": entry.object_kind,
        "object_id": entry.object_id,
        "payload": entry.payload,
    }
