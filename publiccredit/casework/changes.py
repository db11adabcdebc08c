"""What a correction changes, from what to what; and where another field of the same record still says otherwise."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from publiccredit.casework.correcting import UnableToCorrect, correctable_fields, value_of
from publiccredit.casework.models import Case, Decision
from publiccredit.casework.types import MADE_ANEW, DecisionState
from publiccredit.catalogue.types import FieldRole, FieldType, RecordField, RecordType
from publiccredit.catalogue.types.amounts import amounts_named
from publiccredit.ledger.types import china_day
from publiccredit.subjects.queries import (
    Record,
    RecordVersion,
    day_of,
    field_in_words,
    record_type_of,
    record_versions,
    value_in_words,
)

SHORTEST_REPEATED = 4  # characters: a shorter word stands in other fields by chance
EMPTY = "空白"
IN_FIGURES = (FieldType.AMOUNT, FieldType.DATE)  # what a text repeats of them is meant; a name stands in many fields


@dataclass(frozen=True)
class Change:
    """One corrected field: its title, what it said, and what it is to say."""

    title: str
    before: str
    after: str

    @property
    def words(self) -> str:
        return f"“{self.title}”由{_quoted(self.before)}更正为{_quoted(self.after)}"


def changes_of(*, decision: Decision) -> tuple[Change, ...]:
    """Give what a decision corrects, as the record stood before it."""
    found = []
    for record in _records(decision.case):
        former, field = _former(record, decision), record_type_of(record).field
        days = (day_of(former), china_day(at=decision.proposed_at))
        found += [_change(former, field(name), text, days) for name, text in decision.corrections.items()]
    return tuple(dict.fromkeys(found))


def verify_changed(*, records: Sequence[Record], corrections: Mapping[str, str], on: date) -> None:
    """
    Refuse a correction to what a field says already, however it is written: it would be published, and correct nothing.

    :raises UnableToCorrect: a field reads the same before and after, in every one of the records.
    """
    for name, text in corrections.items():
        made = [_change(row, record_type_of(row).field(name), text, (day_of(row), on)) for row in records]
        if made and all(change.before == change.after for change in made):
            first = made[0]
            raise UnableToCorrect(
                f"“{first.title}”现在就是{_quoted(first.after)}，没有变化。请填写应有的内容，或者不更正这一字段。"
            )


def disagreements(*, record: Record, corrections: Mapping[str, str], on: date) -> tuple[str, ...]:
    """
    Say where a record, once corrected, would say one thing here and another there.

    A correction is not refused for it: what the document says is for the two people who have it before them.
    """
    try:
        before, after = before_and_after(record=record, corrections=corrections, on=on)
    except (KeyError, UnableToCorrect):  # what cannot be corrected is refused elsewhere, with its own words
        return ()
    pairs = _pairs(record_type_of(record), before, after)
    return tuple(dict.fromkeys(_said(changed, other, before, after) for changed, other in pairs))


def before_and_after(
    *, record: Record, corrections: Mapping[str, str], on: date
) -> tuple[dict[str, object], dict[str, object]]:
    """
    Give what every field of a record holds, and what it would hold once corrected.

    :raises UnableToCorrect: a field cannot hold what it is to read.
    """
    record_type = record_type_of(record)
    before = {field.name: _held(record, field) for field in record_type.fields}
    days = (day_of(record), on)
    values = {n: value_of(field=record_type.field(n), text=text, days=days) for n, text in corrections.items()}
    return before, before | values


def disagreements_of(*, decision: Decision) -> tuple[str, ...]:
    """Say the same of what a proposed decision would correct."""
    if decision.state != DecisionState.PROPOSED or not decision.corrections:
        return ()
    on, corrections = china_day(at=decision.proposed_at), decision.corrections
    found = [s for r in _records(decision.case) for s in disagreements(record=r, corrections=corrections, on=on)]
    return tuple(dict.fromkeys(found))


def repeated_elsewhere(*, record: Record) -> tuple[str, ...]:
    """Say which fields of a record repeat the value of another, for whoever is about to correct one of them."""
    record_type, correctable = record_type_of(record), correctable_fields(record_id=record.pk)
    held = {field.name: _held(record, field) for field in record_type.fields}
    return tuple(
        f"“{other.title}”中写有“{field.title}”（{value_in_words(value=held[field.name], field=field)}）"
        for field in record_type.fields
        for other in record_type.fields
        if field.type in IN_FIGURES
        and field.name in correctable
        and other.name != field.name
        and _repeats(field, held[field.name], other, held[other.name])
    )


def _records(case: Case) -> list[Record]:
    return [of_case.record for of_case in case.records.select_related("record").order_by("pk")]


def _change(former: Record | RecordVersion, field: RecordField, text: str, days: Sequence[date]) -> Change:
    try:
        after = value_in_words(value=value_of(field=field, text=text, days=days), field=field)
    except UnableToCorrect:  # proposed under an edition that allowed it
        after = text
    return Change(field.title, field_in_words(row=former, field=field), after)


def _former(record: Record, decision: Decision) -> Record | RecordVersion:
    """Give the state of a record before a decision; where it is not effective, as it stood when that was proposed."""
    if decision.state == DecisionState.PROPOSED:
        return record
    states: list[Record | RecordVersion] = [
        *record_versions().filter(record_id=record.pk).order_by("known_from", "pk"),
        record,
    ]
    if decision.state in MADE_ANEW:
        known = [state for state in states if state.known_from <= decision.proposed_at]
        return known[-1] if known else record
    first = next((n for n, state in enumerate(states) if state.standing_decision_id == decision.pk), 0)
    return states[max(first - 1, 0)]


def _held(row: Record | RecordVersion, field: RecordField) -> object:
    if field.role is FieldRole.SEVERITY:
        return row.severity
    value = row.content.get(field.name)
    return getattr(row, field.role.value, None) if value in (None, "") and field.role is not None else value


def _quoted(words: str) -> str:
    return f"“{words}”" if words else EMPTY


def _pairs(
    record_type: RecordType, before: Mapping[str, object], after: Mapping[str, object]
) -> Iterator[tuple[RecordField, RecordField]]:
    """Give the pairs of a field and another that names its value, of which a correction leaves one behind."""
    declared = {(name, use.named_in) for use in record_type.checks if use.named_in for name in use.fields}
    changed = {name for name in before if str(before[name]) != str(after[name])}
    for field in record_type.fields:
        for other in record_type.fields:
            one, two = field.name, other.name
            if one == two or not changed & {one, two} or _repeats(field, after[one], other, after[two]):
                continue
            said_before = _repeats(field, before[one], other, before[two])
            if field.type is FieldType.AMOUNT:
                # A text that names no amount any more says nothing else.
                names = bool(after[one]) and bool(amounts_named(str(after[two] or "")))
                if names and (said_before or (one, two) in declared):
                    yield field, other
            elif one in changed and said_before and _repeats(field, before[one], other, after[two]):
                yield field, other


def _repeats(field: RecordField, value: object, other: RecordField, text: object) -> bool:
    """Tell whether the text of a field names the value of another."""
    if value in (None, "") or text in (None, "") or other.type is not FieldType.TEXT:
        return False
    words = str(text)
    if field.type is FieldType.AMOUNT:
        named = amounts_named(words)
        return isinstance(value, int) and value > 0 and (value in named or sum(named) == value)
    if field.type is FieldType.DATE:
        return any(spelling in words for spelling in _spellings(str(value)))
    return field.type is FieldType.TEXT and len(str(value)) >= SHORTEST_REPEATED and str(value) in words


def _spellings(day: str) -> tuple[str, ...]:
    try:
        on = date.fromisoformat(day)
    except ValueError:
        return ()
    chinese = (f"{on.year}年{on.month}月{on.day}日", f"{on:%Y年%m月%d日}")
    return day, *chinese, f"{on:%Y/%m/%d}", f"{on.year}/{on.month}/{on.day}"


def _said(field: RecordField, other: RecordField, before: Mapping[str, object], after: Mapping[str, object]) -> str:
    value, text = value_in_words(value=after[field.name], field=field), str(after[other.name] or "")
    shown = text if len(text) <= 60 else f"{text[:60]}……"
    corrected = "更正后为" if str(before[field.name]) != str(after[field.name]) else "现为"
    return f"“{field.title}”{corrected}{_quoted(value)}，而“{other.title}”写的是{_quoted(shown)}，两处不一致。"
