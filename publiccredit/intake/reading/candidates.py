"""The forms a file may come in, each with what its headers are called."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from publiccredit.catalogue.types import Column, FieldType, Form, RecordType
from publiccredit.intake.reading.headers import normalise

IDENTIFIERS = frozenset(
    {
        FieldType.USCC,
        FieldType.ORGANISATION_CODE,
        FieldType.REGISTRATION_NUMBER,
        FieldType.TAX_NUMBER,
        FieldType.IDENTIFIER,
        FieldType.PERSON_DOCUMENT_NUMBER,
    }
)


@dataclass(frozen=True)
class Candidate:
    """A form a file may be in, with the record type it carries."""

    record_type: RecordType
    form: Form
    columns: dict[str, Column] = field(init=False, repr=False, compare=False)  # by normalised header and alias
    fingerprint: dict[str, Column | None] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        columns: dict[str, Column] = {}
        for column in self.form.columns:
            for name in column.aliases:
                columns.setdefault(normalise(name), column)
        # A column's own header wins over another column's alias.
        columns.update({normalise(column.header): column for column in self.form.columns})
        object.__setattr__(self, "columns", columns)
        marks = {header: columns.get(normalise(header)) for header in self.form.fingerprint}
        object.__setattr__(self, "fingerprint", marks)

    @property
    def identifier_fields(self) -> frozenset[str]:
        return frozenset(f.name for f in self.record_type.fields if f.type in IDENTIFIERS)


def national_form(record_type: RecordType) -> Form:
    """
    Give the form whose headers are the titles of the record type's own fields.

    Every required field of the national form is part of its fingerprint, so that a file which lacks one is refused with
    that header's name, not returned row by row. Field codes of the standard and English names are other names of a
    column.
    """
    national = [f for f in record_type.fields if not f.extra]
    return Form.model_validate(
        {
            "name": record_type.name,
            "title": f"{record_type.title}(本平台标准模板)",
            "record_type": record_type.name,
            "source": record_type.source,
            "confidence": record_type.confidence,
            "fingerprint": tuple(f.title for f in national if f.required) or tuple(f.title for f in national),
            "columns": tuple(
                Column(header=f.title, aliases=(*((f.standard,) if f.standard else ()), f.name), field=f.name)
                for f in record_type.fields
            ),
            "from": record_type.in_force_from,
            "to": record_type.in_force_to,
        }
    )


def candidates(*, record_types: Iterable[RecordType], forms: Iterable[Form]) -> tuple[Candidate, ...]:
    """Give every form a file may be in: each record type's own, and those of other platforms that carry one of them."""
    types = {record_type.name: record_type for record_type in record_types}
    own = [Candidate(record_type, national_form(record_type)) for record_type in types.values()]
    others = [Candidate(types[form.record_type], form) for form in forms if form.record_type in types]
    return (*own, *others)
