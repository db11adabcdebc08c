"""
What casework does to a record: every surface reads the record, so every surface knows at once.

Each write is part of the act of a case: it takes the number of that act's ledger entry and of the decision it stands
on, and leaves the former state behind as a version. The database refuses what widens again without a decision.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from publiccredit.subjects.arriving import working_days_taken
from publiccredit.subjects.models import Dispute, Record, RecordColumns, RecordState
from publiccredit.subjects.types import DecidedCorrection, DisputeStanding

Cell = str | int | date | None

REPAIR_COLUMNS = ("display_ended_at", "sharing_ended_at", "measures_lifted_at", "ratings_renewed_at")


def in_use(*, on: date) -> Q:
    """
    Give the condition on a record, or a version of one, that casework has not set aside on a day.

    A repaired record is neither shown nor shared nor used 《信用修复管理办法》第三条; a suspended, stayed or shielded
    one is not for the time being.
    """
    stay_over = Q(stayed_from__isnull=True) | Q(stayed_from__gt=on) | Q(stayed_until__lte=on)
    shield_over = Q(shielded_from__isnull=True) | Q(shielded_from__gt=on) | Q(shielded_until__lte=on)
    return Q(display_ended_at__isnull=True, suspended_at__isnull=True) & stay_over & shield_over


def shown_to_everybody(record: RecordColumns, *, on: date) -> bool:
    """Tell whether a record has a page on a day: a link to one that has none would lead an officer to nothing found."""
    if record.state == RecordState.WITHDRAWN:
        return True  # the reason stands in its place
    ended = record.disclosed_until is not None and record.disclosed_until <= on
    begins = max((day for day in (record.disclosed_from, record.served_on) if day is not None), default=None)
    waits = begins is not None and begins > on
    away = record.display_ended_at is not None or record.suspended_at is not None
    stayed = _holds(record.stayed_from, record.stayed_until, on)
    shielded = _holds(record.shielded_from, record.shielded_until, on)
    return record.state == RecordState.FILED and not (ended or waits or away or stayed or shielded)


def _holds(begins: date | None, until: date | None, on: date) -> bool:
    return begins is not None and begins <= on and (until is None or on < until)


def lock_records(*, record_ids: Iterable[int]) -> dict[int, Record]:
    """Lock records for the rest of the transaction, in the one order everybody locks them in, and give them."""
    rows = Record.objects.select_for_update(of=("self",)).filter(pk__in=set(record_ids)).order_by("pk")
    return {row.pk: row for row in rows}


def mark_disputed(*, fields: Mapping[int, str], at: datetime, entry_id: int) -> int:
    """
    Mark a field of each record as disputed, from now on and wherever it is shown (DP-14); ``""`` is all of it.

    A record already marked keeps its time and what else is contested in it.
    """
    changed = 0
    for row in Record.objects.filter(pk__in=fields).order_by("pk"):
        held = set(row.contested_fields) if row.dispute == Dispute.OPEN else set()
        since = row.disputed_at if row.dispute == Dispute.OPEN else at
        if fields[row.pk] not in held:
            contested = sorted(held | {fields[row.pk]})
            changed += _change(
                Record.objects.filter(pk=row.pk), at, entry_id,
                dispute=Dispute.OPEN, disputed_at=since, contested_fields=contested,
            )  # fmt: skip
    return changed


def settle_dispute(
    *, standings: Mapping[int, DisputeStanding], decision_id: int, at: datetime, entry_id: int
) -> int:  # fmt: skip
    """Leave of the disputes about records what other cases, and the notes of decisions, still say."""
    return _leave(standings, at, entry_id, noted_at=at, standing_decision_id=decision_id)


def end_dispute(*, standings: Mapping[int, DisputeStanding], at: datetime, entry_id: int) -> int:
    """Leave of the disputes about records what is still said once one was taken back: a note keeps the mark's time."""
    return _leave(standings, at, entry_id, noted_at=None)


def _leave(
    standings: Mapping[int, DisputeStanding], at: datetime, entry_id: int, noted_at: datetime | None, **columns: Any
) -> int:
    changed = 0
    for row in Record.objects.filter(pk__in=standings).order_by("pk"):
        left = standings[row.pk]
        if (row.dispute, row.contested_fields) == (left.dispute, [*left.fields]):
            continue
        since = (noted_at if left.dispute == Dispute.UNDETERMINED else None) or row.disputed_at or at
        changed += _change(
            Record.objects.filter(pk=row.pk), at, entry_id,
            dispute=left.dispute, disputed_at=since if left.dispute else None, contested_fields=[*left.fields],
            **columns,
        )  # fmt: skip
    return changed


def end_display(
    *, record_ids: Iterable[int], decision_id: int, times: Mapping[str, datetime], entry_id: int, restored: bool
) -> int:
    """
    Write the four effects of a repair, each with its time; the database takes all four or none.

    Where a review restores a repair that was undone, the public reason for undoing it stands no longer.
    """
    rows = Record.objects.filter(pk__in=set(record_ids), display_ended_at__isnull=True)
    written: dict[str, Any] = {column: times[column] for column in REPAIR_COLUMNS}
    at = max(written.values())
    if restored:
        written["repair_undone_notice"] = ""
    return _change(rows, at, entry_id, standing_decision_id=decision_id, **written)


def undo_repair(*, record_ids: Iterable[int], decision_id: int, notice: str, at: datetime, entry_id: int) -> int:
    """Put repaired records back where they would be without the repair, shown to the end of their term; say why."""
    rows = Record.objects.filter(pk__in=set(record_ids), display_ended_at__isnull=False)
    return _change(
        rows, at, entry_id, standing_decision_id=decision_id, repair_undone_notice=notice,
        **dict.fromkeys(REPAIR_COLUMNS),
    )  # fmt: skip


def withdraw(
    *, record_ids: Iterable[int], decision_id: int, withdrawn_as: str, notice: str, at: datetime, entry_id: int
) -> int:
    """Withdraw records for good, with the public reason that stands in their place 行政处罚法第四十八条."""
    rows = Record.objects.filter(pk__in=set(record_ids)).exclude(state=RecordState.WITHDRAWN)
    return _change(
        rows,
        at,
        entry_id,
        state=RecordState.WITHDRAWN,
        withdrawn_at=at,
        withdrawn_as=withdrawn_as,
        withdrawal_notice=notice,
        standing_decision_id=decision_id,
    )


def suspend_display(*, record_ids: Iterable[int], at: datetime, entry_id: int) -> int:
    """Stop showing records for as long as an overdue case about them is undecided: the subject bears no lapse."""
    rows = Record.objects.filter(pk__in=set(record_ids), suspended_at__isnull=True)
    return _change(rows, at, entry_id, suspended_at=at)


def resume_display(*, record_ids: Iterable[int], decision_id: int, at: datetime, entry_id: int) -> int:
    """Show records again whose overdue case has been decided."""
    rows = Record.objects.filter(pk__in=set(record_ids), suspended_at__isnull=False)
    return _change(rows, at, entry_id, suspended_at=None, standing_decision_id=decision_id)


def resume_taken_back(*, record_ids: Iterable[int], at: datetime, entry_id: int) -> int:
    """Show records again whose overdue case its applicant has taken back."""
    rows = Record.objects.filter(pk__in=set(record_ids), suspended_at__isnull=False)
    return _change(rows, at, entry_id, suspended_at=None)


def stay(
    *, record_ids: Iterable[int], decision_id: int, begins: date, until: date | None, at: datetime, entry_id: int
) -> int:
    """Stop showing records on the days ``[begins, until)`` of a stay, or until it is lifted (DP-16)."""
    rows = Record.objects.filter(pk__in=set(record_ids))
    return _change(rows, at, entry_id, stayed_from=begins, stayed_until=until, standing_decision_id=decision_id)


def lift_stay(*, record_ids: Iterable[int], decision_id: int, at: datetime, entry_id: int) -> int:
    """End a stay: the record is shown again to the end of its term."""
    rows = Record.objects.filter(pk__in=set(record_ids), stayed_from__isnull=False)
    return _change(rows, at, entry_id, stayed_from=None, stayed_until=None, standing_decision_id=decision_id)


def shield(
    *, record_ids: Iterable[int], decision_id: int, begins: date, until: date, at: datetime, entry_id: int
) -> int:
    """Shield records on the days ``[begins, until)`` while a reorganisation plan is carried out."""
    rows = Record.objects.filter(pk__in=set(record_ids))
    return _change(rows, at, entry_id, shielded_from=begins, shielded_until=until, standing_decision_id=decision_id)


def flag_suit(*, record_ids: Iterable[int], decision_id: int, at: datetime, entry_id: int) -> int:
    """Mark that the decision is before a court or a review body (DP-16); the record stays as it is."""
    rows = Record.objects.filter(pk__in=set(record_ids), suit_flagged_at__isnull=True)
    return _change(rows, at, entry_id, suit_flagged_at=at, standing_decision_id=decision_id)


def lift_suit(*, record_ids: Iterable[int], decision_id: int, at: datetime, entry_id: int) -> int:
    """Take that mark away."""
    rows = Record.objects.filter(pk__in=set(record_ids), suit_flagged_at__isnull=False)
    return _change(rows, at, entry_id, suit_flagged_at=None, standing_decision_id=decision_id)


def correct(
    *, record_id: int, correction: DecidedCorrection, columns: Mapping[str, Cell], at: datetime, entry_id: int
) -> None:
    """
    Write corrected fields and the columns that follow from them, and note what each said before.

    ``content_hash`` stays that of the row as it was sent: sending the same wrong row again is then "already on file",
    and changes nothing back; what a changed row says of a corrected field is held against the note
    (``subjects/corrected_rows.py``). Nor does a correction show again what has ended (DP-10): a term that is over
    stays over.
    """
    row = Record.objects.get(pk=record_id)
    content = {k: v.isoformat() if isinstance(v, date) else v for k, v in correction.content.items()}
    _change(
        Record.objects.filter(pk=record_id),
        at,
        entry_id,
        content=row.content | content,
        case_corrections=_noted(row, content, correction, at),
        standing_decision_id=correction.decision_id,
        **{**columns, **_arrived(row, columns, at), **_not_again(row, columns, at)},
    )


def _arrived(row: Record, columns: Mapping[str, Cell], at: datetime) -> dict[str, int | None]:
    decided_on = columns.get("decided_on", row.decided_on)
    if decided_on == row.decided_on or not isinstance(decided_on, date):
        return {}
    days = working_days_taken(decided_on=decided_on, received_at=row.received_at, stated_on=timezone.localdate(at))
    return {"working_days_taken": days}


def _noted(row: Record, content: Mapping[str, Cell], correction: DecidedCorrection, at: datetime) -> dict[str, Any]:
    noted = dict(row.case_corrections or {})
    for name, value in content.items():
        # Whoever sends the row may still say what it said before any of the decisions on this field.
        former = [*noted.get(name, {"before": []})["before"], row.content.get(name)]
        noted[name] = {
            "value": value,
            "before": [said for n, said in enumerate(former) if said != value and said not in former[:n]],
            "case": correction.case_number,
            "decision": correction.decision_id,
            "procedure": correction.procedure,
            "ground": correction.ground,
            "on": timezone.localdate(at).isoformat(),
        }
    return noted


def _not_again(row: Record, columns: Mapping[str, Cell], at: datetime) -> dict[str, date]:
    on = timezone.localdate(max(at, row.known_from + timedelta(microseconds=1)))
    begins, until, wanted = row.disclosed_from, row.disclosed_until, columns.get("disclosed_until")
    if begins is None or until is None or not begins < until <= on or "disclosed_until" not in columns:
        return {}
    return {"disclosed_until": min(until, wanted) if isinstance(wanted, date) else until}


def state_on_record(*, record_id: int, statement: str, at: datetime, entry_id: int) -> None:
    """Let the subject's own words, at most 1,000 characters, travel with a record; empty takes them back (DP-17)."""
    _change(Record.objects.filter(pk=record_id), at, entry_id, statement=statement)


def _change(rows: Any, at: datetime, entry_id: int, **columns: Any) -> int:
    # A version is known later than the one before it, even where two clocks disagree.
    known = Greatest(Value(at), F("known_from") + Value(timedelta(microseconds=1)))
    return int(rows.update(known_from=known, entry_id=entry_id, **columns))
