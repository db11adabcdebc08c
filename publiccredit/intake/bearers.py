"""
Whose records bear a document number: a number alone names no document's reader.

Two companies may stand on file under one number of one department, by one decision or by a slip in writing. A document
put on both would be opened by both, and one would read the other's decision.
"""

from dataclasses import dataclass, field

from publiccredit.catalogue.types import FieldRole
from publiccredit.subjects import queries as subjects
from publiccredit.subjects.queries import Record, record_type_of

_NUMBERS = (
    FieldRole.SUBJECT_USCC,
    FieldRole.SUBJECT_REGISTRATION_NUMBER,
    FieldRole.SUBJECT_ORGANISATION_CODE,
    FieldRole.SUBJECT_TAX_NUMBER,
)


@dataclass
class Bearer:
    """A subject, or who is written where none is determined yet, and its records of one number."""

    name: str
    identifiers: tuple[str, ...]
    determined: bool
    record_ids: list[int] = field(default_factory=list)

    @property
    def identifier(self) -> str:
        """What names it in a file's name: its identifier, or its name where it has none."""
        return self.identifiers[0] if self.identifiers else self.name

    @property
    def words(self) -> str:
        return f"{self.name}（{self.identifiers[0]}）" if self.identifiers else self.name


def bearers_of(*, department_code: str, document_number: str) -> tuple[Bearer, ...]:
    """Give whose records of a department bear a number, in the order in which they came."""
    if not document_number:
        return ()
    found: dict[tuple[object, ...], Bearer] = {}
    records = subjects.records().filter(department_code=department_code, document_number=document_number)
    for record in records.select_related("subject").prefetch_related("subject__identifiers").order_by("pk"):
        bearer = _bearer(record)
        key = (record.subject_id,) if record.subject_id else ("", bearer.name, bearer.identifiers)
        found.setdefault(key, bearer).record_ids.append(record.pk)
    return tuple(found.values())


def said_of(*, bearers: tuple[Bearer, ...], said: str) -> Bearer | None:
    """Give the bearer the sender means, by an identifier or its name; nothing where that is not one alone."""
    if not said:
        return bearers[0] if len(bearers) == 1 else None
    meant = [b for b in bearers if said.upper() in b.identifiers] or [b for b in bearers if said == b.name]
    meant = [b for b in meant if b.determined] or meant
    return meant[0] if len(meant) == 1 else None


def _bearer(record: Record) -> Bearer:
    if (subject := record.subject) is not None:
        others = sorted(identifier.value for identifier in subject.identifiers.all())
        return Bearer(subject.name, tuple(filter(None, (subject.uscc, *others))), determined=True)
    kind = record_type_of(record)
    written = {role: _written(record, found.name) for role in FieldRole if (found := kind.field_in_role(role))}
    numbers = tuple(filter(None, (written.get(role, "") for role in _NUMBERS)))
    return Bearer(written.get(FieldRole.SUBJECT_NAME, ""), numbers, determined=False)


def _written(record: Record, name: str) -> str:
    return str(record.content.get(name) or "")
