"""What a field of a record says, as a person reads it: on pages and copies, in letters and at the desks."""

from datetime import date

from publiccredit.catalogue.types import SEVERITY_TITLES, FieldRole, FieldType, RecordField, Severity
from publiccredit.catalogue.types.amounts import in_yuan
from publiccredit.catalogue.types.identity_numbers import without
from publiccredit.subjects.models import RecordColumns

COLUMNS = {
    FieldRole.DOCUMENT_NUMBER: "document_number",
    FieldRole.AUTHORITY_NAME: "authority_name",
    FieldRole.AUTHORITY_USCC: "authority_uscc",
    FieldRole.DECIDED_ON: "decided_on",
    FieldRole.SERVED_ON: "served_on",
    FieldRole.EFFECTIVE_FROM: "effective_from",
    FieldRole.EFFECTIVE_UNTIL: "effective_until",
    FieldRole.SEVERITY: "severity",
    FieldRole.FINE: "fine_fen",
    FieldRole.CONFISCATED: "confiscated_fen",
}


def field_in_words(*, row: RecordColumns, field: RecordField) -> str:
    """Give what a field of a row says; empty where it says nothing."""
    raw = _raw(row, field)
    if raw in (None, "") and field.role is FieldRole.EFFECTIVE_UNTIL and row.effective_from is not None:
        return "长期"
    return value_in_words(value=raw, field=field)


def amount_of(*, row: RecordColumns, field: RecordField) -> int | None:
    """Give the whole fen of a field that holds an amount; nothing where it holds none."""
    raw = _raw(row, field) if field.type is FieldType.AMOUNT else None
    return raw if isinstance(raw, int) else None


def _raw(row: RecordColumns, field: RecordField) -> object:
    own = getattr(row, COLUMNS[field.role]) if field.role in COLUMNS else None
    return row.content.get(field.name) if own in (None, "") else own


def value_in_words(*, value: object, field: RecordField) -> str:
    """Give a value of a field in words: amounts (fen) in 万元 and yuan, days by the calendar, several words listed."""
    if value in (None, ""):
        return ""
    if field.role is FieldRole.SEVERITY and value in SEVERITY_TITLES:
        return SEVERITY_TITLES[Severity(str(value))]
    if field.type is FieldType.AMOUNT and isinstance(value, int):
        return in_yuan(value)
    text = value.isoformat() if isinstance(value, date) else str(value)
    if field.type is FieldType.TEXT:
        # Departments copy whole decisions into the facts, the numbers of the people in them included. An identity
        # number never leaves the house, in whatever field it stands (DP-11).
        text = without(text)
    if field.several is not None:
        return "、".join(part.strip() for part in text.split(field.several) if part.strip())
    return "长期" if field.long_term is not None and text == field.long_term.isoformat() else text
