"""
What a decision does to its records: each effect is one function, and repair is four of them in one act.

Lifting measures and renewing ratings belong to packages that stand below this one once they exist; until then nothing
is on file for them to end, and a test fails as soon as such a package appears without being named here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict

from publiccredit.accounts.operations import Act
from publiccredit.casework.correcting import corrected
from publiccredit.casework.marking import left_of_dispute
from publiccredit.casework.models import Case, Decision
from publiccredit.casework.rules import CaseRefused, procedure_of
from publiccredit.casework.severity_corrections import by_department, note_severity
from publiccredit.casework.telling import tell_holders, tell_of_dispute_ended
from publiccredit.casework.types import UNDECIDED
from publiccredit.catalogue.types import Effect, Procedure
from publiccredit.subjects import operations as subjects
from publiccredit.subjects.types import DecidedCorrection


@dataclass(frozen=True)
class Ending:
    """The records whose consequences end, and the act that ends them."""

    record_ids: Sequence[int]
    at: datetime
    entry_id: int


@dataclass(frozen=True)
class RepairEffect:
    """One of the four effects of repair: the column that keeps its time, and what carries it out."""

    column: str
    title: str
    carry_out: Callable[[Ending], int]  # gives how many things it ended, for the ledger


def _by_the_record_itself(ending: Ending) -> int:
    """Pages, interface, reports and the feed read the record: its mark ends display and sharing at once."""
    return len(ending.record_ids)


def _no_measures_yet(ending: Ending) -> int:  # noqa: ARG001 - the signature of every effect
    """No package applies measures, so none stands on any record."""
    return 0


def _no_ratings_yet(ending: Ending) -> int:  # noqa: ARG001 - the signature of every effect
    """No package rates subjects, so no rating counts any record."""
    return 0


REPAIR_EFFECTS: tuple[RepairEffect, ...] = (
    RepairEffect("display_ended_at", "停止公示", _by_the_record_itself),
    RepairEffect("sharing_ended_at", "停止共享和使用", _by_the_record_itself),
    RepairEffect("measures_lifted_at", "解除惩戒措施", _no_measures_yet),
    RepairEffect("ratings_renewed_at", "更新评价结果", _no_ratings_yet),
)
REPLACED_BY = {"publiccredit.measures": "measures_lifted_at", "publiccredit.ratings": "ratings_renewed_at"}
"""Packages to come, and the effect each of them carries out."""


def carry_out(*, act: Act, case: Case, rules: Procedure, decision: Decision) -> Mapping[str, int]:
    """
    Carry out every effect of an effective decision on the case's records, and give what each touched.

    Last of all everybody who was given one of them is written a notice: in this transaction or not at all (DP-20).
    """
    record_ids = sorted(case.records.values_list("record_id", flat=True))
    subjects.lock_records(record_ids=record_ids)
    done: dict[str, int] = {}
    for effect in decision.effects:
        done |= _EFFECTS[Effect(effect)](act, decision, record_ids)
    resumed = _without_other(record_ids, case, suspended_display=True)
    if resumed:
        done["resumed"] = subjects.resume_display(
            record_ids=resumed, decision_id=decision.pk, at=act.at, entry_id=act.entry_id
        )
    done["notices"] = tell_holders(act=act, case=case, rules=rules, decision=decision, record_ids=record_ids)
    return done


def end_without_decision(*, act: Act, case: Case, rules: Procedure) -> Mapping[str, int]:
    """
    Take back what an undecided case did to its records, where its applicant takes it back: mark and suspension.

    What another undecided case says of a record stays, and so does the note of a decision before.
    """
    record_ids = sorted(case.records.values_list("record_id", flat=True))
    rows = subjects.lock_records(record_ids=record_ids)
    done: dict[str, int] = {}
    if case.marks_dispute:
        standings = {pk: left_of_dispute(record=row, without=case) for pk, row in rows.items()}
        done["dispute_lifted"] = subjects.end_dispute(standings=standings, at=act.at, entry_id=act.entry_id)
        bare = [pk for pk, left in standings.items() if not left.dispute]
        tell_of_dispute_ended(act=act, case=case, rules=rules, record_ids=bare)
    if case.suspended_display:
        free = _without_other(record_ids, case, suspended_display=True)
        done["resumed"] = subjects.resume_taken_back(record_ids=free, at=act.at, entry_id=act.entry_id)
    return done


def _repair(act: Act, decision: Decision, record_ids: Sequence[int]) -> dict[str, int]:
    ending = Ending(record_ids=record_ids, at=act.at, entry_id=act.entry_id)
    counts, times = {}, {}
    for effect in REPAIR_EFFECTS:
        counts[effect.column.removesuffix("_at")] = effect.carry_out(ending)
        times[effect.column] = act.at
    outcome = procedure_of(case=decision.case).outcome(decision.outcome)
    subjects.end_display(
        record_ids=record_ids,
        decision_id=decision.pk,
        times=times,
        entry_id=act.entry_id,
        restored=outcome is not None and outcome.reverses is not None,
    )
    return counts


def _undo_repair(act: Act, decision: Decision, record_ids: Sequence[int]) -> dict[str, int]:
    undone = subjects.undo_repair(**_of(act, decision, record_ids), notice=decision.public_notice)
    return {"repair_undone": undone}


def _withdraw(act: Act, decision: Decision, record_ids: Sequence[int]) -> dict[str, int]:
    number = subjects.withdraw(
        **_of(act, decision, record_ids), withdrawn_as=decision.withdrawn_as, notice=decision.public_notice
    )
    return {"withdrawn": number}


def _correct(act: Act, decision: Decision, record_ids: Sequence[int]) -> dict[str, int]:
    outcome = procedure_of(case=decision.case).outcome(decision.outcome)
    of_severity = outcome is not None and outcome.of_severity
    for record_id in record_ids:
        correction = corrected(record_id=record_id, wanted=decision.corrections, on=act.on)
        if of_severity:
            correction = by_department(correction=correction, decision=decision, at=act.at)
            note_severity(act=act, record_id=record_id, columns=correction.columns)
        subjects.correct(
            record_id=record_id,
            correction=DecidedCorrection(
                correction.content,
                case_number=decision.case.number,
                decision_id=decision.pk,
                procedure=decision.case.procedure,
                ground=decision.case.ground,
            ),
            columns=correction.columns,
            at=act.at,
            entry_id=act.entry_id,
        )
    return {"corrected": len(record_ids)}


def _shield(act: Act, decision: Decision, record_ids: Sequence[int]) -> dict[str, int]:
    begins, until = _period(act, decision)
    if until is None:
        raise CaseRefused("暂时屏蔽须写明至哪一日止。")
    return {"shielded": subjects.shield(**_of(act, decision, record_ids), begins=begins, until=until)}


def _stay(act: Act, decision: Decision, record_ids: Sequence[int]) -> dict[str, int]:
    begins, until = _period(act, decision)
    return {"stayed": subjects.stay(**_of(act, decision, record_ids), begins=begins, until=until)}


def _lift_stay(act: Act, decision: Decision, record_ids: Sequence[int]) -> dict[str, int]:
    return {"stay_lifted": subjects.lift_stay(**_of(act, decision, record_ids))}


def _flag_suit(act: Act, decision: Decision, record_ids: Sequence[int]) -> dict[str, int]:
    return {"suit_flagged": subjects.flag_suit(**_of(act, decision, record_ids))}


def _lift_suit(act: Act, decision: Decision, record_ids: Sequence[int]) -> dict[str, int]:
    return {"suit_lifted": subjects.lift_suit(**_of(act, decision, record_ids))}


def _lift_dispute(act: Act, decision: Decision, record_ids: Sequence[int]) -> dict[str, int]:
    return {"dispute_lifted": _settle(act, decision, record_ids)}


def _keep_note(act: Act, decision: Decision, record_ids: Sequence[int]) -> dict[str, int]:
    return {"note_kept": _settle(act, decision, record_ids)}


def _settle(act: Act, decision: Decision, record_ids: Sequence[int]) -> int:
    """A field keeps its mark as long as another objection to it is open, its note until one decides it (DP-14)."""
    rows = subjects.lock_records(record_ids=record_ids)
    standings = {pk: left_of_dispute(record=row, without=decision.case) for pk, row in rows.items()}
    return subjects.settle_dispute(standings=standings, decision_id=decision.pk, at=act.at, entry_id=act.entry_id)


class _Standing(TypedDict):
    record_ids: Sequence[int]
    decision_id: int
    at: datetime
    entry_id: int


def _of(act: Act, decision: Decision, record_ids: Sequence[int]) -> _Standing:
    return {"record_ids": record_ids, "decision_id": decision.pk, "at": act.at, "entry_id": act.entry_id}


def _period(act: Act, decision: Decision) -> tuple[date, date | None]:
    return decision.order_from or act.on, decision.order_until


def _without_other(record_ids: Sequence[int], case: Case, **conditions: object) -> list[int]:
    """Leave out the records of which another undecided case says the same."""
    others = Case.objects.filter(records__record_id__in=record_ids, state__in=UNDECIDED, **conditions)
    held = set(others.exclude(pk=case.pk).values_list("records__record_id", flat=True))
    return [record_id for record_id in record_ids if record_id not in held]


_EFFECTS: dict[Effect, Callable[[Act, Decision, Sequence[int]], dict[str, int]]] = {
    Effect.LIFT_DISPUTE: _lift_dispute,
    Effect.KEEP_NOTE: _keep_note,
    Effect.CORRECT: _correct,
    Effect.END_DISCLOSURE: _repair,
    Effect.UNDO_REPAIR: _undo_repair,
    Effect.WITHDRAW: _withdraw,
    Effect.SHIELD: _shield,
    Effect.STAY: _stay,
    Effect.LIFT_STAY: _lift_stay,
    Effect.FLAG_SUIT: _flag_suit,
    Effect.LIFT_SUIT: _lift_suit,
}
