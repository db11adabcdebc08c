"""What a case tells those who hold its records: one kind of notice for each effect that reaches a holder."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from publiccredit.accounts.operations import Act
from publiccredit.casework.letters import decider_name
from publiccredit.casework.models import Case, Decision
from publiccredit.catalogue.types import Effect, Procedure
from publiccredit.recipients import operations as recipients
from publiccredit.recipients.types import Cause, NoticeKind

TOLD_AS: Mapping[Effect, NoticeKind] = MappingProxyType(
    {
        Effect.WITHDRAW: NoticeKind.WITHDRAWN,
        Effect.END_DISCLOSURE: NoticeKind.REPAIRED,
        Effect.UNDO_REPAIR: NoticeKind.REPAIR_UNDONE,
        Effect.SHIELD: NoticeKind.SHIELDED,
        Effect.STAY: NoticeKind.STAYED,
        Effect.LIFT_STAY: NoticeKind.STAY_LIFTED,
        Effect.CORRECT: NoticeKind.CORRECTED,
        Effect.KEEP_NOTE: NoticeKind.DISPUTE_NOTED,
        Effect.FLAG_SUIT: NoticeKind.SUIT_FLAGGED,
        Effect.LIFT_SUIT: NoticeKind.SUIT_ENDED,
        Effect.LIFT_DISPUTE: NoticeKind.DISPUTE_ENDED,
    }
)
MARKS = frozenset({NoticeKind.DISPUTED, NoticeKind.DISPUTE_NOTED, NoticeKind.DISPUTE_ENDED})
"""Told of only where the rules of the case say so: law asks for the mark, and for the notice only in some places."""


def tell_holders(*, act: Act, case: Case, rules: Procedure, decision: Decision, record_ids: Iterable[int]) -> int:
    """Write the notices of an effective decision; give their number."""
    told = {TOLD_AS[Effect(effect)] for effect in decision.effects}
    kinds = [kind for kind in NoticeKind if kind in told and (kind not in MARKS or _told_of_marks(rules))]
    if not kinds:
        return 0
    cause = _cause(act, case, reason=decision.public_notice)
    return recipients.tell(kinds=dict.fromkeys(record_ids, kinds[0]), cause=cause)


def tell_of_dispute(*, act: Act, case: Case, rules: Procedure, record_ids: Iterable[int]) -> None:
    """Write the notices of a dispute mark, where the rules ask for them."""
    if _told_of_marks(rules):
        kinds = dict.fromkeys(record_ids, NoticeKind.DISPUTED)
        act.payload["notices"] = recipients.tell(kinds=kinds, cause=_cause(act, case, reason=""))


def tell_of_dispute_ended(*, act: Act, case: Case, rules: Procedure, record_ids: Iterable[int]) -> None:
    """Write the notices of a mark that went because its objection was taken back, where the rules ask for them."""
    if _told_of_marks(rules):
        kinds = dict.fromkeys(record_ids, NoticeKind.DISPUTE_ENDED)
        act.payload["notices"] = recipients.tell(kinds=kinds, cause=_cause(act, case, reason="申请人撤回"))


def _told_of_marks(rules: Procedure) -> bool:
    switch = rules.tell_recipients_of_dispute
    return switch is not None and switch.enabled


def _cause(act: Act, case: Case, *, reason: str) -> Cause:
    return Cause(
        entry_id=act.entry_id,
        at=act.at,
        authority=decider_name(case=case),
        case_number=case.number,
        reason=reason,
    )
