"""
The severity the rules of the packs give what a record says: of a row that is sent again, and of a record that a case
corrects. Files of new rows are judged whole, as columns, by the same rules (``intake/preparing.py``).
"""

from collections.abc import Mapping
from datetime import date

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.queries import SeverityJudgement
from publiccredit.catalogue.types import FieldRole, RecordType

PENALTY_KINDS = "penalty_kind"  # the code table by whose words severity is classified


def judged_by(*, record_type: RecordType) -> frozenset[str]:
    """Give the names of the fields from which the severity follows where nobody states it."""
    roles = (FieldRole.FINE, FieldRole.DECIDED_ON)
    return frozenset(f.name for f in record_type.fields if f.role in roles or f.codes == PENALTY_KINDS)


def severity_by_rule(
    *, record_type: RecordType, content: Mapping[str, object], fine_fen: int | None, decided_on: date
) -> SeverityJudgement | None:
    """Judge what a record says by the rules in force on its decision date; nothing where none were."""
    kinds = next((f for f in record_type.fields if f.codes == PENALTY_KINDS), None)
    written = str(content.get(kinds.name) or "") if kinds else ""
    return catalogue.severity_of(
        record_type=record_type.name,
        kinds=written.split(kinds.several) if kinds and kinds.several else [written],
        fine_fen=fine_fen,
        decided_on=decided_on,
    )
