"""
When a request marks its records as disputed (DP-14).

Whoever is a party marks in the moment of opening. A stranger's challenge does so only where the mark can burden nobody:
on an adverse record, which it only takes the edge off. On every other one it would let a competitor put a question mark
on a licence, so there the office's acceptance of the case marks, in the transaction of that acceptance.
"""

from collections.abc import Iterable

from publiccredit.accounts.operations import Act
from publiccredit.casework.models import Case
from publiccredit.casework.telling import tell_of_dispute
from publiccredit.catalogue.types import Nature, Party, Procedure
from publiccredit.subjects import operations as subjects
from publiccredit.subjects.queries import Record, record_type_of


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


def _mark(act: Act, case: Case, rules: Procedure, record_ids: list[int]) -> None:
    if rules.marks_dispute and record_ids:
        subjects.mark_disputed(record_ids=record_ids, at=act.at, entry_id=act.entry_id)
        tell_of_dispute(act=act, case=case, rules=rules, record_ids=record_ids)
