"""What one file is held against: its record type, form and source, the code tables and the words of the issues."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from publiccredit.catalogue.types import CheckUse, CodeTable, Column, Form, IssueKind, RecordField, RecordType, Source


@dataclass(frozen=True, kw_only=True)
class Rulebook:
    """``issue_kinds`` by the name of their check; ``form`` is empty for the record type's own form."""

    record_type: RecordType
    codes: Mapping[str, CodeTable]
    issue_kinds: Mapping[str, IssueKind]
    form: Form | None = None
    source: Source | None = None
    units: Mapping[str, str] = field(default_factory=dict)  # of amounts whose header states its own, by field
    _columns: Mapping[str, Column] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        columns = self.form.columns if self.form else ()
        object.__setattr__(self, "_columns", {c.field: c for c in columns if c.field})

    def column(self, name: str) -> Column | None:
        return self._columns.get(name)

    def constant(self, name: str) -> str | None:
        return self.form.constants.get(name) if self.form else None

    def code_table(self, record_field: RecordField) -> CodeTable | None:
        return self.codes[record_field.codes] if record_field.codes else None

    def words(self, record_field: RecordField) -> dict[str, str]:
        """Every known way to write a code of this field, to the word of today: the source's own ways stand first."""
        table = self.code_table(record_field)
        known = {alias: code.word for code in table.codes for alias in code.aliases} if table else {}
        column = self.column(record_field.name)
        known |= column.lookup if column else {}
        known |= self.source.lookups.get(record_field.name, {}) if self.source else {}
        return known | ({code.word: code.word for code in table.codes} if table else {})

    def waived(self, record_field: RecordField) -> bool:
        """Whether the form is older than the rule that asks for this field."""
        return self.form is not None and record_field.name in self.form.waived

    def unit(self, record_field: RecordField) -> str:
        column = self.column(record_field.name)
        return self.units.get(record_field.name) or (column.unit if column else None) or "万元"

    def uses(self, check: str) -> list[CheckUse]:
        """Where the record type and the source switch on a check that has to be asked for."""
        declared = (*self.record_type.checks, *(self.source.checks if self.source else ()))
        return [use for use in declared if use.name == check]
