"""What a corrected field should read in the record type's own terms, and which columns follow from it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from publiccredit.casework.rules import CaseRefused
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import CodeTable, FieldRole, FieldType, RecordField, RecordType, Severity
from publiccredit.catalogue.types.amounts import FEN_IN_WAN
from publiccredit.catalogue.types.empty_words import empty_words
from publiccredit.subjects.queries import Record, day_of, judged_by, record_type_of, records, severity_by_rule
from publiccredit.subjects.types import CORRECTED, DECIDED_BY_CASE, SENDER, SEVERITY_OF_WORD

Cell = str | int | date | None

WORD_OF_SEVERITY = {severity.value: word for word, severity in SEVERITY_OF_WORD.items()}
# Whose a record is, and under which document, is what it is known by: another one is another record.
FIXED_ROLES = frozenset(
    {
        FieldRole.SUBJECT_NAME,
        FieldRole.SUBJECT_CATEGORY,
        FieldRole.SUBJECT_USCC,
        FieldRole.SUBJECT_REGISTRATION_NUMBER,
        FieldRole.SUBJECT_ORGANISATION_CODE,
        FieldRole.SUBJECT_TAX_NUMBER,
        FieldRole.SUBJECT_ADDRESS,
        FieldRole.DISCLOSED_UNTIL,
    }
)
_SEPARATED = re.compile("[;；,，、|]+")
STATED = frozenset({SENDER, CORRECTED, DECIDED_BY_CASE})  # a severity that is somebody's word, and no rule's
TERM_ROLES = frozenset({FieldRole.DECIDED_ON, FieldRole.SERVED_ON, FieldRole.SEVERITY})


class UnableToCorrect(CaseRefused):
    """The correction names a field that cannot be corrected, or a value the field cannot hold."""


@dataclass(frozen=True)
class Correction:
    content: Mapping[str, Cell]
    columns: Mapping[str, Cell]


def corrected(*, record_id: int, wanted: Mapping[str, str], on: date) -> Correction:
    """
    Give the content and the columns a record has once it is corrected; its terms are computed anew.

    How many working days the decision took to arrive follows from its day as well: ``subjects`` counts that.

    :raises UnableToCorrect: a field is unknown, names the record itself, or cannot hold the value; or the decision
        would be dated after the day ``on`` of the correction.
    """
    record = records().get(pk=record_id)
    record_type = record_type_of(record)
    if not wanted:
        raise UnableToCorrect("没有写明更正哪个字段。请写出字段和应有的内容。")
    content: dict[str, Cell] = {}
    columns: dict[str, Cell] = {}
    for name, text in wanted.items():
        field = _field(record_type, name)
        value = value_of(field=field, text=text, days=(day_of(record), on))
        content[name] = value
        if field.role is not None and field.role not in FIXED_ROLES:
            columns[field.role.value] = value if value is not None else _empty(field)
    if FieldRole.SEVERITY.value in columns:
        columns |= _severity(columns[FieldRole.SEVERITY.value])
    else:
        columns |= _severity_by_rule(record, record_type, content, columns)
    law = _field_of_law(record, content, columns)
    if any(role.value in columns for role in TERM_ROLES) or _field_of_law(record, {}, {}) != law:
        columns |= _terms(record, columns, law, on)
    return Correction(content=content, columns=columns)


def correctable_fields(*, record_id: int) -> dict[str, str]:
    """Give the fields of a record that a case can correct, by name and title."""
    record = records().get(pk=record_id)
    record_type = record_type_of(record)
    found = {}
    for name in record_type.field_names:
        try:
            found[name] = _field(record_type, name).title
        except UnableToCorrect:
            continue
    return found


def _field(record_type: RecordType, name: str) -> RecordField:
    if name not in record_type.field_names:
        raise UnableToCorrect(f"“{record_type.title}”没有字段“{name}”。请从字段列表中选择。")
    field = record_type.field(name)
    if name in record_type.natural_key or field.role in FIXED_ROLES:
        raise UnableToCorrect(f"“{field.title}”是识别该记录的字段，不能更正。请撤回后按正确的内容重新报送。")
    if field.type is FieldType.PERSON_DOCUMENT_NUMBER:
        raise UnableToCorrect(f"“{field.title}”不公开，不在此更正。请由报送单位重新报送。")
    return field


def value_of(*, field: RecordField, text: str, days: Sequence[date]) -> Cell:
    """
    Give what a field holds where it is to read so, in the words of the code tables of the first of some days.

    :raises UnableToCorrect: the field cannot hold it.
    """
    text = text.strip()
    if not text or re.match(empty_words(field), text):
        if field.required:
            raise UnableToCorrect(f"“{field.title}”是必填项，不能更正为空。")
        return None
    if field.type is FieldType.DATE:
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise UnableToCorrect(f"“{field.title}”应为日期，例如 2026-11-03，实为“{text}”。") from None
    if field.type is FieldType.AMOUNT:
        return _fen(field, text)
    if field.codes is not None:
        text = _words(field, _table(field.codes, days), text)
    if field.max_length is not None and len(text) > field.max_length:
        raise UnableToCorrect(f"“{field.title}”最多 {field.max_length} 字，实为 {len(text)} 字。")
    return text


def _table(name: str, days: Sequence[date]) -> CodeTable:
    """Give the code table of the first of some days: old records are older than some tables."""
    *earlier, last = days
    for day in earlier:
        try:
            return catalogue.code_table(name=name, on=day)
        except catalogue.NotInPacks:
            continue
    return catalogue.code_table(name=name, on=last)


def _words(field: RecordField, table: CodeTable, text: str) -> str:
    """Give the words of the code table an officer typed: the rules judge by them, so none may be another's."""
    known = table.word_of
    pieces = [text] if text in known or not field.several else _SEPARATED.split(text)
    words = [known.get(piece.strip(), piece.strip()) for piece in pieces if piece.strip()]
    prefix = table.detail_prefix
    unknown = [w for w in words if w not in table.words and not (prefix and w.startswith(prefix) and w != prefix)]
    if unknown:
        several = f"；几种的以“{field.several}”隔开" if field.several else ""
        raise UnableToCorrect(
            f"“{field.title}”没有“{'、'.join(unknown)}”这一种。可以写的有：{'、'.join(table.words)}{several}。"
        )
    return (field.several or "").join(dict.fromkeys(words))


def _fen(field: RecordField, text: str) -> int:
    try:
        fen = Decimal(text) * FEN_IN_WAN
    except InvalidOperation:
        fen = Decimal(-1)
    if fen < 0 or fen != fen.to_integral_value():
        raise UnableToCorrect(f"“{field.title}”应为不小于 0、最多 6 位小数的万元数，实为“{text}”。")
    return int(fen)


def _empty(field: RecordField) -> Cell:
    return None if field.type in (FieldType.DATE, FieldType.AMOUNT) else ""


def _severity(word: Cell) -> dict[str, Cell]:
    severity = SEVERITY_OF_WORD.get(str(word))
    if severity is None:
        raise UnableToCorrect(f"失信严重程度应为{'、'.join(SEVERITY_OF_WORD)}之一，实为“{word}”。")
    given: dict[str, Cell] = {"severity": severity.value, "severity_rule": DECIDED_BY_CASE}
    # A decided case stands above the department's own correction before it, which stays behind as a version.
    return given | {"severity_corrected_at": None, "severity_corrected_by": "", "severity_correction_reason": ""}


def _severity_by_rule(
    record: Record, record_type: RecordType, content: Mapping[str, Cell], columns: Mapping[str, Cell]
) -> dict[str, Cell]:
    """
    Judge anew by the rules of the packs what a rule has judged before, where what it judged by is corrected.

    What a sender, the deciding department or a case stated is somebody's word, and stays.
    """
    if record.severity_rule in STATED or not judged_by(record_type=record_type) & content.keys():
        return {}
    decided_on, fine = columns.get("decided_on", day_of(record)), columns.get("fine_fen", record.fine_fen)
    judged = severity_by_rule(
        record_type=record_type,
        content={**record.content, **content},
        fine_fen=fine if isinstance(fine, int) else None,
        decided_on=decided_on if isinstance(decided_on, date) else day_of(record),
    )
    if judged is None or (judged.severity, judged.rule) == (record.severity, record.severity_rule):
        return {}
    return {"severity": judged.severity.value, "severity_rule": judged.rule}


def _field_of_law(record: Record, corrections: Mapping[str, Cell], columns: Mapping[str, Cell]) -> str:
    decided_on = columns.get("decided_on")
    return catalogue.field_of_law(
        record_type=record.record_type,
        content={**record.content, **corrections},
        decided_on=decided_on if isinstance(decided_on, date) else day_of(record),
    )


def _terms(record: Record, columns: Mapping[str, Cell], field: str, on: date) -> dict[str, Cell]:
    decided_on = columns.get("decided_on", record.decided_on)
    served_on = columns.get("served_on", record.served_on)
    if not isinstance(decided_on, date) or (served_on is not None and not isinstance(served_on, date)):
        raise UnableToCorrect("决定日期不能为空。")
    if decided_on > on and decided_on != record.decided_on:
        raise UnableToCorrect(f"决定日期 {decided_on} 晚于更正之日 {on}。请核对文书上的决定日期。")
    if served_on is not None and served_on < decided_on:
        raise UnableToCorrect(f"送达日期 {served_on} 早于决定日期 {decided_on}。请核对文书和送达回证。")
    severity = str(columns.get("severity", record.severity))
    period = catalogue.disclosure_period(
        record_type=record.record_type,
        severity=Severity(severity) if severity else None,
        field=field,
        decided_on=decided_on,
        served_on=served_on,
    )
    begins = max(period.disclosed_from, _released_on(record) or period.disclosed_from)
    until = period.disclosed_until
    return {
        "disclosed_from": begins,
        "repairable_from": period.repairable_from,
        "disclosed_until": max(begins, until) if until is not None else None,
    }


def _released_on(record: Record) -> date | None:
    """
    Give the day a record that waited was released on, where its service would have let it begin before.

    A correction leaves that day: otherwise a record released after its end would read as one that had been shown.
    """
    days = [day for day in (record.decided_on, record.served_on) if day is not None]
    if record.disclosed_from is None or not days or record.disclosed_from <= max(days):
        return None
    return record.disclosed_from
