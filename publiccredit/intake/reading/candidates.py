"""The forms a file may come in, each with what its headers are called."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from publiccredit.catalogue.types import Column, FieldType, Form, RecordType, header_key, own_form
from publiccredit.intake.types import Recognition

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

_UNIT = re.compile("(?:单位)?万?元$")


@dataclass(frozen=True)
class Candidate:
    """A form a file may be in, with the record type it carries."""

    record_type: RecordType
    form: Form
    columns: dict[str, Column] = field(init=False, repr=False, compare=False)  # by key of header and alias
    needed: dict[str, Column] = field(init=False, repr=False, compare=False)  # headers a file must have to be taken

    def __post_init__(self) -> None:
        columns: dict[str, Column] = {}
        for column in self.form.columns:
            for name in (*column.aliases, *self._codes(column)):
                columns.setdefault(header_key(name), column)
        for name, column in self._in_other_units():
            columns.setdefault(header_key(name), column)
        # A column's own header wins over another column's alias.
        columns.update({header_key(column.header): column for column in self.form.columns})
        object.__setattr__(self, "columns", columns)
        needed = {header: columns[header_key(header)] for header in self.form.fingerprint}
        needed |= {column.header: column for column in self.form.columns if column.field in self._required()}
        object.__setattr__(self, "needed", needed)

    @property
    def is_own(self) -> bool:
        """Tell whether this is the record type's own form, not another platform's."""
        return self.form.name == self.record_type.name

    @property
    def identifier_fields(self) -> frozenset[str]:
        return frozenset(f.name for f in self.record_type.fields if f.type in IDENTIFIERS)

    @property
    def date_fields(self) -> frozenset[str]:
        return frozenset(f.name for f in self.record_type.fields if f.type is FieldType.DATE)

    @property
    def separators(self) -> dict[str, str]:
        """What joins the words of a field that several columns of a form may fill."""
        return {f.name: f.several for f in self.record_type.fields if f.several}

    def _codes(self, column: Column) -> tuple[str, ...]:
        """In the record type's own form a column may bear its field code in the standard, or its English name."""
        if not self.is_own or column.field is None:
            return ()
        standard = self.record_type.field(column.field).standard
        return (standard, column.field) if standard else (column.field,)

    def _in_other_units(self) -> Iterator[tuple[str, Column]]:
        """
        Give every amount's column once more under a header that states another unit, to be read in that unit.

        A table headed 罚款金额（元） says what its figures are. Told to rename it to 罚款金额（万元）, somebody will
        rename it and leave the figures, and every fine is ten thousand times too high.
        """
        amounts = {field.name for field in self.record_type.fields if field.type is FieldType.AMOUNT}
        for column in self.form.columns:
            if column.field not in amounts:
                continue
            for unit in ("元", "万元"):
                usual = unit == (column.unit or "万元")
                stated = column if usual else column.model_copy(update={"unit": unit})
                for name in (column.header, *column.aliases):
                    bare = _UNIT.sub("", header_key(name))
                    yield f"{bare}{unit}", stated
                    yield f"{bare}单位{unit}", stated

    def stated_unit(self, column: Column) -> str | None:
        """Give the unit a header states for its amounts, where it is not that of the form."""
        usual = next((c.unit for c in self.form.columns if c.header == column.header), None)
        return column.unit if column.unit != usual else None

    def _required(self) -> frozenset[str]:
        """
        Name the fields that every row must fill and nothing but a column can.

        A file without such a column is refused once, with the header's name, not row by row.
        """
        given = {*self.form.constants, *self.form.waived}
        return frozenset(f.name for f in self.record_type.fields if f.required and f.name not in given)


def candidates(*, record_types: Iterable[RecordType], forms: Iterable[Form]) -> tuple[Candidate, ...]:
    """
    Give every form a file may be in: each record type's own, and those of other platforms that carry one of them.

    ``forms`` may hold the record types' own forms already, as the packs do.
    """
    types = {record_type.name: record_type for record_type in record_types}
    own = [Candidate(record_type, own_form(record_type)) for record_type in types.values()]
    others = [
        Candidate(types[form.record_type], form)
        for form in forms
        if form.record_type in types and form.name != form.record_type
    ]
    return (*own, *others)


def chosen(recognition: Recognition, candidates: Sequence[Candidate]) -> Candidate:
    """Give the candidate a file was recognised as."""
    return next(c for c in candidates if c.form.name == recognition.form)
