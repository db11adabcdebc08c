"""
What changed, in the order in which it was committed, for those who keep a copy.

Positions of the ledger stand in commit order without gaps, and a record names the act that last changed it: so a reader
that has read to a position has missed nothing before it. A term ends without an act; the cursor therefore keeps the day
on which it was read, and a later reading first tells what the days since have ended or begun.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import connection
from django.db.models import Case, Exists, F, OuterRef, Q, When

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Audience
from publiccredit.disclosure.presenting import shown
from publiccredit.disclosure.types import Change, ChangePage
from publiccredit.disclosure.visibility import once_visible, visible
from publiccredit.subjects import queries as subjects
from publiccredit.subjects.queries import Record, RecordState

PAGE = 100
REASONS = {
    RecordState.WITHDRAWN: "withdrawn",
    RecordState.HELD_UNSERVED: "held",
    RecordState.HELD_UNMATCHED: "held",
}


class UnableToResume(Exception):
    """The cursor is none that this feed gave; the message says to the reader how to begin."""


@dataclass(frozen=True)
class Cursor:
    """
    Read up to the record ``record_id`` of ``position``, judged on ``day``; while the days since are being told,
    ``until`` is the day they are told for, and ``swept`` the last record told of.
    """

    position: int
    record_id: int
    day: date
    until: date | None = None
    swept: int = 0

    def __str__(self) -> str:
        until = f"{self.until:%Y%m%d}" if self.until else "0"
        return f"{self.position}.{self.record_id}.{self.day:%Y%m%d}.{until}.{self.swept}"


def changes(*, audience: Audience, on: date, cursor: str = "", limit: int = PAGE) -> ChangePage:
    """
    Give the next changes behind a cursor; without one, from the beginning.

    Each record comes once, as it stands, at the position of its last change (compacted). What was shown and may not be
    shown any more comes as a tombstone with its reason.

    :raises UnableToResume: the cursor is none that this feed gave.
    """
    place = _cursor(cursor, on)
    if place.day < on:
        told, place = _told_by_time(place, audience, on, limit)
        if told or place.until is not None:
            return ChangePage(changes=tuple(told), next_cursor=str(place), complete=False)
    rows = _changed(place, limit + 1)
    more = len(rows) > limit
    rows = rows[:limit]
    if rows:
        place = replace(place, position=rows[-1][0], record_id=rows[-1][1])
    return ChangePage(changes=tuple(_stated(rows, audience, on)), next_cursor=str(place), complete=not more)


def _cursor(text: str, on: date) -> Cursor:
    if not text:
        return Cursor(position=0, record_id=0, day=on)
    found = re.fullmatch(r"(\d{1,18})\.(\d{1,18})\.(\d{8})\.(\d{8}|0)\.(\d{1,18})", text, flags=re.ASCII)
    if found is None:
        raise UnableToResume("续读标记无效。请使用上一次返回的 next_cursor，或不带 cursor 从头读取。")
    position, record_id, day, until, swept = found.groups()
    try:
        read_on = _day(day)
        return Cursor(
            int(position), int(record_id), min(read_on, on), None if until == "0" else _day(until), int(swept)
        )
    except ValueError as error:
        raise UnableToResume(
            "续读标记中的日期无效。请使用上一次返回的 next_cursor，或不带 cursor 从头读取。"
        ) from error


def _day(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


_CHANGED = """
SELECT e.position, r.id FROM ledger_entry e JOIN subjects_record r ON r.entry_id = e.id
WHERE e.position >= %(position)s AND (e.position > %(position)s OR r.id > %(record_id)s)
ORDER BY e.position, r.id LIMIT %(limit)s
"""


def _changed(place: Cursor, limit: int) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, {"position": place.position, "record_id": place.record_id, "limit": limit})
        return [(position, record_id) for position, record_id in cursor.fetchall()]


def _stated(rows: list[tuple[int, int]], audience: Audience, on: date) -> list[Change]:
    """Give each changed record as it stands, or its tombstone; of what was never shown, nothing."""
    packs = catalogue.packs()
    ids = [record_id for _, record_id in rows]
    once = once_visible(audience=audience, packs=packs) & (Q(disclosed_from__isnull=True) | Q(disclosed_from__lte=on))
    earlier = subjects.record_versions().filter(once, record_id=OuterRef("pk"))
    of_rows = subjects.records().filter(pk__in=ids)
    standing = of_rows.filter(visible(audience=audience, on=on, packs=packs)).in_bulk()
    gone = of_rows.exclude(pk__in=list(standing)).filter(Q(once) | Exists(earlier)).in_bulk()
    return [
        _shown(standing[record_id], position, audience, on)
        if record_id in standing
        else _tombstone(gone[record_id], position)
        for position, record_id in rows
        if record_id in standing or record_id in gone
    ]


def _shown(row: Record, position: int, audience: Audience, on: date) -> Change:
    return Change(sequence=position, record_id=row.pk, record=shown(row, audience=audience, on=on))


def _tombstone(row: Record, position: int) -> Change:
    reason = REASONS.get(RecordState(row.state), "suspended" if _is_suspended(row) else "ended")
    return Change(sequence=position, record_id=row.pk, record=None, reason=reason)


def _is_suspended(row: Record) -> bool:
    """Tell whether a record is kept back for the time being: it may come again, so it has not ended."""
    kept_back = row.suspended_at or row.stayed_from or row.shielded_from
    return kept_back is not None and row.display_ended_at is None


def _told_by_time(place: Cursor, audience: Audience, on: date, limit: int) -> tuple[list[Change], Cursor]:
    """Give what the days since the last reading ended or began among the records read before, without any act."""
    # Only today judges. A reading that stood still over midnight begins its days anew, and a cursor that was made up
    # cannot ask for a day on which what has ended was still shown (DP-07).
    swept = place.swept if place.until == on else 0
    packs = catalogue.packs()
    then = visible(audience=audience, on=place.day, packs=packs)
    now = visible(audience=audience, on=on, packs=packs)
    judged = subjects.records().annotate(
        shown_then=Case(When(then, then=True), default=False), shown_now=Case(When(now, then=True), default=False)
    )
    moved = judged.exclude(shown_then=F("shown_now")).filter(pk__gt=swept).order_by("pk")
    rows = list(moved[: limit + 1])
    more = len(rows) > limit
    rows = rows[:limit]
    positions = _positions(rows)
    read = (place.position, place.record_id)
    told = [
        _shown(row, positions[row.pk], audience, on) if row.shown_now else _tombstone(row, positions[row.pk])
        for row in rows
        if row.pk in positions and (positions[row.pk], row.pk) <= read
    ]
    if more:
        return told, replace(place, until=on, swept=rows[-1].pk)
    return told, replace(place, day=on, until=None, swept=0)


def _positions(rows: Sequence[Record]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, position FROM ledger_entry WHERE id = ANY(%s)", [[row.entry_id for row in rows]])
        of_entries = dict(cursor.fetchall())
    return {row.pk: of_entries[row.entry_id] for row in rows if row.entry_id in of_entries}
