"""
What a decided case corrected stays corrected when its row is sent again.

A row that still says what it said before is filed as if it said what was decided, and its sender is told; one that
says what was decided adds nothing; one that says a third thing goes back to its sender, for a decision is changed by a
decision. Cases are decided one by one, so the rows concerned are few and are looked at one by one.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import FieldRole, FieldType, RecordField, RecordType, Severity
from publiccredit.catalogue.types.amounts import in_wan
from publiccredit.subjects.rule_severity import judged_by, severity_by_rule
from publiccredit.subjects.staging import EXCEPTION_TABLE, ROW_TABLE
from publiccredit.subjects.types import SENDER, SEVERITY_OF_WORD, Fate, Filing

# The columns of a staged row that come from a field; every other one follows from them.
_OF_FIELDS = (
    "document_number", "authority_name", "authority_uscc", "decided_on", "served_on", "effective_from",
    "effective_until", "fine_fen", "confiscated_fen",
)  # fmt: skip
_DERIVED = ("severity", "severity_rule", "ends_on", "repairable_from", "field")
_WRITTEN = ("content", *_OF_FIELDS, *_DERIVED)

_CONCERNED = f"""
SELECT s.line, s.content, {", ".join(f"s.{c}" for c in (*_OF_FIELDS, *_DERIVED))}, r.content, r.served_on,
    r.case_corrections, coalesce(r.decided_on, s.decided_on), e.fate
FROM subjects_record r JOIN {EXCEPTION_TABLE} e ON e.record_id = r.id JOIN {ROW_TABLE} s USING (line)
WHERE r.case_corrections IS NOT NULL AND r.state <> 'withdrawn' AND e.fate IN ('{Fate.CHANGES}', '{Fate.ON_FILE}')
ORDER BY s.line
"""
_OVERLAY = f"UPDATE {ROW_TABLE} SET {', '.join(f'{c} = %({c})s' for c in _WRITTEN)} WHERE line = %(line)s"
_SET_APART = f"UPDATE {EXCEPTION_TABLE} SET fate = %s, decided = %s WHERE line = %s"


@dataclass
class _Row:
    """A staged row, and the record on file it would change."""

    line: int
    content: dict[str, Any]
    columns: dict[str, Any]
    on_file: Mapping[str, Any]
    served_on_file: date | None
    corrections: Mapping[str, Mapping[str, Any]]
    record_type: RecordType
    fate: Fate

    @property
    def served_field(self) -> str:
        found = self.record_type.field_in_role(FieldRole.SERVED_ON)
        return found.name if found else ""


def keep_corrections(*, filing: Filing) -> int:
    """
    Hold rows that are sent again against what cases corrected in their records, and give the number of these rows.

    A row that is on file as it was sent changes nothing, and still says what a case has found wrong. What changes is
    locked by now, so that no case decides in between. A row whose record has no correction costs nothing but a look
    into the index of those that have.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CONCERNED)
        rows = [_row(found, filing) for found in cursor.fetchall()]
        for row in rows:
            still = json.dumps(said, ensure_ascii=False) if (said := [*_still_said(row, filing)]) else None
            if row.fate == Fate.ON_FILE:
                cursor.execute(_SET_APART, [Fate.ON_FILE, still, row.line])
                continue
            if contradicted := [*_contradicted(row, filing)]:
                cursor.execute(_SET_APART, [Fate.DECIDED_OTHERWISE, json.dumps(contradicted), row.line])
                continue
            _overlay(row)
            if too_early := _served_before_decided(row, filing):
                cursor.execute(_SET_APART, [Fate.DECIDED_OTHERWISE, json.dumps([too_early]), row.line])
            elif _says_nothing_new(row, filing):
                cursor.execute(_SET_APART, [Fate.ON_FILE, still, row.line])
            else:
                cursor.execute(_SET_APART, [Fate.CHANGES, still, row.line])
                _derive(row, filing)
                written = row.columns | {"line": row.line, "content": json.dumps(row.content, ensure_ascii=False)}
                cursor.execute(_OVERLAY, written)
    return len(rows)


def _row(found: Any, filing: Filing) -> _Row:
    line, content, *columns, on_file, served_on_file, corrections, decided_on, fate = found
    record_type = catalogue.record_type(name=filing.record_type, on=decided_on or filing.received_on)
    held = json.loads(corrections)
    return _Row(
        line=line,
        content=json.loads(content),
        columns=dict(zip((*_OF_FIELDS, *_DERIVED), columns, strict=True)),
        on_file=json.loads(on_file),
        served_on_file=served_on_file,
        corrections={name: held[name] for name in record_type.field_names if name in held},
        record_type=record_type,
        fate=Fate(fate),
    )


def _contradicted(row: _Row, filing: Filing) -> Iterable[dict[str, object]]:
    for name, correction in row.corrections.items():
        said = row.content.get(name)
        if name == row.served_field and _undeclared(row, filing) is None:
            continue  # says nothing of its own: a declaration for the batch is "at the latest"
        if not any(_same(said, known) for known in (correction["value"], *correction["before"])):
            field = row.record_type.field(name)
            yield _told(field, said, "“{right}”", correction) | {"right": _in_words(field, correction["value"])}


def _still_said(row: _Row, filing: Filing) -> Iterable[dict[str, object]]:
    """Tell what a row still says though a case has corrected it, and what stands instead."""
    for name, correction in row.corrections.items():
        said, field = row.content.get(name), row.record_type.field(name)
        if name == row.served_field and _undeclared(row, filing) is None:
            continue
        if not _same(said, correction["value"]) and any(_same(said, former) for former in correction["before"]):
            yield _told(field, said, "“{right}”", correction) | {"right": _in_words(field, correction["value"])}


def _served_before_decided(row: _Row, filing: Filing) -> dict[str, object] | None:
    """Tell where a row and a correction together say that a decision was served before it was made (DP-02)."""
    decided_on, served = row.columns["decided_on"], row.columns["served_on"]
    decided = row.record_type.field_in_role(FieldRole.DECIDED_ON)
    field = row.record_type.field_in_role(FieldRole.SERVED_ON)
    if field is None or decided is None or served is None or decided_on is None or served >= decided_on:
        return None
    if _undeclared(row, filing) is None and row.served_on_file and row.served_on_file >= decided_on:
        return None  # the day on file stands
    correction = row.corrections.get(field.name) or row.corrections.get(decided.name)
    if correction is None:
        return None
    return _told(field, served.isoformat(), f"不早于{decided.title}{decided_on.isoformat()}", correction)


def _told(field: RecordField, said: object, right: str, correction: Mapping[str, Any]) -> dict[str, object]:
    """Give what the sender is told; what a field was corrected to stands apart, for it is shown like any cell."""
    return {
        "field": field.name,
        "found": _in_words(field, said),
        "expected": f"{right}（案件{correction['case']}，{correction['on']}决定）",
    }


def _overlay(row: _Row) -> None:
    """Let the row say what was decided."""
    for name, correction in row.corrections.items():
        field, value = row.record_type.field(name), correction["value"]
        row.content[name] = value
        if field.role is not None and field.role.value in _OF_FIELDS:
            row.columns[field.role.value] = _in_column(field, value)
    row.content = {name: value for name, value in row.content.items() if value is not None}


def _in_column(field: RecordField, value: Any) -> Any:
    if field.type is FieldType.DATE:
        return date.fromisoformat(value) if value else None
    return value if value is not None or field.type is FieldType.AMOUNT else ""


def _says_nothing_new(row: _Row, filing: Filing) -> bool:
    apart = {row.served_field}
    filed = {n: v for n, v in row.on_file.items() if v is not None and n not in apart}
    said = {n: v for n, v in row.content.items() if n not in apart}
    # As for the very row that is on file: a day of service that was wanting is something new.
    served = row.columns["served_on"]
    known = served in (None, row.served_on_file) or (row.served_on_file is not None and served == filing.declared_on)
    return said == filed and known


def _undeclared(row: _Row, filing: Filing) -> date | None:
    """Give the day of service a row states itself, not by the declaration for its batch."""
    served: date | None = row.columns["served_on"]
    return None if served == filing.declared_on else served


def _derive(row: _Row, filing: Filing) -> None:
    """Find severity and term anew, as for a row that was sent so."""
    decided_on = row.columns["decided_on"]
    if decided_on is None:
        return
    if _of_severity(row) & row.corrections.keys():
        row.columns["severity"], row.columns["severity_rule"] = _severity(row, filing)
    severity = row.columns["severity"]
    if not severity:
        return
    field = catalogue.field_of_law(record_type=filing.record_type, content=row.content, decided_on=decided_on)
    period = catalogue.disclosure_period(
        record_type=filing.record_type,
        severity=Severity(severity),
        field=field,
        decided_on=decided_on,
        served_on=None,
    )
    row.columns |= {"field": field, "ends_on": period.disclosed_until, "repairable_from": period.repairable_from}


def _of_severity(row: _Row) -> set[str]:
    stated = row.record_type.field_in_role(FieldRole.SEVERITY)
    return {*judged_by(record_type=row.record_type), *([stated.name] if stated else [])}


def _severity(row: _Row, filing: Filing) -> tuple[str, str]:
    stated = SEVERITY_OF_WORD.get(str(row.content.get(filing.severity_field)))
    if stated is not None:
        return stated.value, SENDER
    judged = severity_by_rule(
        record_type=row.record_type,
        content=row.content,
        fine_fen=row.columns["fine_fen"],
        decided_on=row.columns["decided_on"],
    )
    return (judged.severity.value, judged.rule) if judged else ("", "")


def _same(said: object, known: object) -> bool:
    return said == known or (isinstance(said, str) and isinstance(known, str) and _folded(said) == _folded(known))


def _folded(text: str) -> str:
    """What an officer typed at the desk was not cleaned as cells are: width and blanks tell nothing apart."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def _in_words(field: RecordField, value: Any) -> str:
    if value is None:
        return "空"
    if field.type is FieldType.AMOUNT:
        return in_wan(value)  # as the form asks for it
    return str(value)
