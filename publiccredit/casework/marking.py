"""
When a request marks its records as disputed (DP-14).

Whoever is a party marks in the moment of opening. A stranger's challenge does so only where the mark can burden nobody:
on an adverse record, which it only takes the edge off. On every other one it would let a competitor put a question mark
on a licence, so there the office's acceptance of the case marks, in the transaction of that acceptance.

A mark stands on the fields its case names, or on the whole record. What of it goes with a case is what no other open
case contests, and no decision before has left a note on.
"""

from collections.abc import Iterable

from django.db.models import Q

from publiccredit.accounts.operations import Act
from publiccredit.casework.models import Case, CaseRecord, Decision
from publiccredit.casework.telling import tell_of_dispute
from publiccredit.casework.types import UNDECIDED, CaseState, DecisionState
from publiccredit.catalogue.types import Effect, Nature, Party, Procedure
from publiccredit.subjects import operations as subjects
from publiccredit.subjects.queries import Dispute, Record, record_type_of
from publiccredit.subjects.types import DisputeStanding

WHOLE = ""  # in place of a field: all of the record


def mark_at_opening(*, act: Act, case: Case, rules: Procedure, records: Iterable[Record]) -> None:
    """Mark the records a case disputes from its opening on."""
    by_reader = case.applicant == Party.READER.value
    _mark(act, case, rules, [r.pk for r in records if not by_reader or nature_of(r) is Nature.ADVERSE])


def mark_at_acceptance(*, act: Act, case: Case, rules: Procedure) -> None:
    """Mark the records whose challenge by a reader the office has just accepted, the adverse ones having their mark."""
    if case.applicant != Party.READER.value:
        return
    records = subjects.lock_records(record_ids=case.records.values_list("record_id", flat=True)).values()
    _mark(act, case, rules, [r.pk for r in records if nature_of(r) is not Nature.ADVERSE])


def nature_of(record: Record) -> Nature:
    """Tell whether a record can burden its subject."""
    return record_type_of(record).nature


def left_of_dispute(*, record: Record, without: Case) -> DisputeStanding:
    """Tell what stands of the disputes about a record once a case no longer contests it."""
    fields = _contested(record, without)
    if fields:
        return DisputeStanding(Dispute.OPEN.value, tuple(sorted(fields)))
    noted = _noted(record)
    return DisputeStanding(Dispute.UNDETERMINED.value if noted else "", tuple(sorted(noted)))


def _contested(record: Record, without: Case) -> set[str]:
    found = CaseRecord.objects.filter(record=record, case__state__in=UNDECIDED, case__marks_dispute=True)
    if nature_of(record) is not Nature.ADVERSE:
        found = found.exclude(case__applicant=Party.READER.value, case__state=CaseState.OPENED)
    return set(found.exclude(case=without).values_list("field", flat=True))


def _noted(record: Record) -> set[str]:
    """
    Give the fields of which a decision could not tell whether they are right, as far as none has told since.

    A decision on the whole record speaks of all of it; one on a field of that field alone.
    """
    decided = Decision.objects.filter(
        Q(effects__contains=[Effect.KEEP_NOTE.value]) | Q(effects__contains=[Effect.LIFT_DISPUTE.value]),
        case__records__record=record,
        state=DecisionState.EFFECTIVE,
    )
    noted: set[str] = set()
    for effects, field in decided.order_by("effective_at", "pk").values_list("effects", "case__records__field"):
        if Effect.KEEP_NOTE.value in effects:
            noted.add(field)
        else:
            noted = noted - {field} if field != WHOLE else set()
    return noted


def _mark(act: Act, case: Case, rules: Procedure, record_ids: list[int]) -> None:
    if rules.marks_dispute and record_ids:
        fields = dict(case.records.filter(record_id__in=record_ids).values_list("record_id", "field"))
        subjects.mark_disputed(fields=fields, at=act.at, entry_id=act.entry_id)
        tell_of_dispute(act=act, case=case, rules=rules, record_ids=record_ids)
