"""The decisions by their names: what an officer says is done, one verb for each."""

from collections.abc import Mapping
from datetime import date, datetime

from publiccredit.accounts.types import Actor
from publiccredit.casework.models import Decision
from publiccredit.casework.operations.deciding import decide
from publiccredit.casework.types import Order, Verdict
from publiccredit.catalogue.types import ConditionName, WithdrawalReason

WITHDRAWN_OUTCOMES = {
    WithdrawalReason.REVOKED: "withdrawn_revoked",
    WithdrawalReason.CHANGED: "withdrawn_changed",
    WithdrawalReason.UNLAWFUL: "withdrawn_unlawful",
    WithdrawalReason.VOID: "withdrawn_void",
}


def uphold_objection(
    *,
    by: Actor,
    case_id: int,
    outcome: str,
    reasons: str,
    at: datetime,
    corrections: Mapping[str, str] | None = None,
    public_notice: str = "",
) -> Decision:
    """Find an objection right: correct, supplement, stop publishing or remove from the list."""
    verdict = Verdict(
        outcome=outcome, reasons=reasons, corrections=corrections or {}, public_notice=public_notice
    )  # fmt: skip
    return decide(by=by, case_id=case_id, verdict=verdict, at=at)


def reject_objection(*, by: Actor, case_id: int, reasons: str, at: datetime) -> Decision:
    """Find that the record is right, with reasons; the dispute mark goes with the decision."""
    return decide(by=by, case_id=case_id, verdict=Verdict("rejected", reasons), at=at)


def grant_repair(*, by: Actor, case_id: int, reasons: str, at: datetime) -> Decision:
    """
    End the consequences of a repaired record: its display, its sharing, its measures, its weight in ratings.

    :raises ConditionsNotMet: a required paper is missing or the minimum period has not passed.
    :raises AlreadyDecided: the case is closed.
    """
    return decide(by=by, case_id=case_id, verdict=Verdict("granted", reasons), at=at)


def refuse_repair(
    *,
    by: Actor,
    case_id: int,
    reasons: str,
    at: datetime,
    failing: tuple[ConditionName, ...] = (),
    holds_from: date | None = None,
) -> Decision:
    """
    Refuse a repair for now, saying which condition fails and when it will hold.

    :raises ConditionsNotMet: every condition holds, or the one named does.
    """
    verdict = Verdict("refused", reasons, failing=failing, holds_from=holds_from)
    return decide(by=by, case_id=case_id, verdict=verdict, at=at)


def shield_records(*, by: Actor, case_id: int, order: Order, reasons: str, at: datetime) -> Decision:
    """Shield a record while a reorganisation plan is carried out, by order of the court."""
    return decide(by=by, case_id=case_id, verdict=Verdict("shielded", reasons, order=order), at=at)


def undo_repair(*, by: Actor, case_id: int, reasons: str, public_notice: str, at: datetime) -> Decision:
    """Undo a repair that stood on false papers: shown again, to the end of its term, and why, in public words."""
    verdict = Verdict("repair_undone", reasons, public_notice=public_notice)
    return decide(by=by, case_id=case_id, verdict=verdict, at=at)


def withdraw_record(
    *, by: Actor, case_id: int, because: WithdrawalReason, reasons: str, public_notice: str, at: datetime
) -> Decision:
    """
    Withdraw a record whose decision was revoked, changed, found unlawful or void; the reason stands in its place.

    :raises PublicWordsMissing: the words for the public say no more than that, or whom it is about.
    """
    verdict = Verdict(WITHDRAWN_OUTCOMES[because], reasons, public_notice=public_notice)
    return decide(by=by, case_id=case_id, verdict=verdict, at=at)


def stay_record(*, by: Actor, case_id: int, order: Order, reasons: str, at: datetime) -> Decision:
    """Stop the display of a record for as long as the order of a court or a review body says (DP-16)."""
    return decide(by=by, case_id=case_id, verdict=Verdict("stayed", reasons, order=order), at=at)


def lift_stay(*, by: Actor, case_id: int, reasons: str, at: datetime) -> Decision:
    """End a stay; the record is shown again to the end of its term."""
    return decide(by=by, case_id=case_id, verdict=Verdict("stay_lifted", reasons), at=at)


def correct_record(*, by: Actor, case_id: int, corrections: Mapping[str, str], reasons: str, at: datetime) -> Decision:
    """Correct what the department itself reported wrongly."""
    return decide(by=by, case_id=case_id, verdict=Verdict("corrected", reasons, corrections=corrections), at=at)
