"""
What a corrected value is held against: the same as a row of a file, where what is impossible is returned and what is
doubtful is taken once its sender has looked again (A-104, A-105, I-102).

Only what a correction touches is looked at: an old record is not refused for what somebody else left in it.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from publiccredit.casework.changes import before_and_after
from publiccredit.casework.correcting import UnableToCorrect
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import FieldType, RecordField, RecordType
from publiccredit.catalogue.types.amounts import FEN_IN_WAN, amounts_named, in_wan, in_yuan
from publiccredit.catalogue.types.identity_numbers import WITHIN
from publiccredit.catalogue.types.issue_words import message
from publiccredit.catalogue.types.unified_identifiers import LENGTH, REGION, SYMBOLS, check_character
from publiccredit.subjects.queries import Record, record_type_of

LEAST_CONFIRMED = 6  # characters: a page or a clause of the document, and no mere yes
CONFIRMED = "经核对属实："
_TIMES = 10_000  # 万元 typed as 元
_WITHOUT_END = date(2099, 1, 1)  # no day so far off is meant as a day


class DoubtNotAnswered(UnableToCorrect):
    """A value is most likely a slip, and nobody has said that it was looked at and is right."""


def verify_values(*, record: Record, corrections: Mapping[str, str], confirmed: str, on: date) -> None:
    """
    Refuse a correction that no row of a file could hold, or that is most likely a slip nobody has looked at.

    :raises UnableToCorrect: a day, an identifier or a text cannot be right.
    :raises DoubtNotAnswered: a value may be right, and ``confirmed`` does not say why it is.
    """
    record_type = record_type_of(record)
    before, after = before_and_after(record=record, corrections=corrections, on=on)
    changed = {name for name in before if str(before[name]) != str(after[name])}
    for name in changed:
        _verify_text(record_type.field(name), str(after[name] or ""))
    for field in record_type.fields:
        if field.type is FieldType.DATE and changed & {field.name, field.not_before}:
            _verify_day(record_type, field, after, on)
    if broken := tuple(_broken_conditions(record_type, before, after)):
        raise UnableToCorrect("".join(broken))
    looks = (_doubtful_amounts, _doubtful_zeros, _doubtful_identifiers)
    doubts = [doubt for look in looks for doubt in look(record_type, changed, after)]
    if doubts and len("".join(confirmed.split())) < LEAST_CONFIRMED:
        raise DoubtNotAnswered(
            "".join(doubts) + f"请对照决定文书改正；确实如此的，写明依据文书的哪一处，至少 {LEAST_CONFIRMED} 字。"
        )


def _verify_text(field: RecordField, text: str) -> None:
    if field.type is FieldType.TEXT and re.search(WITHIN, text):
        raise UnableToCorrect(f"“{field.title}”中不能写居民身份证号码。请删去。")
    if field.type is FieldType.USCC and text:
        fits = len(text) == LENGTH and set(text) <= set(SYMBOLS) and all(text[place].isdigit() for place in REGION)
        if not fits:
            raise UnableToCorrect(
                f"“{field.title}”应为 18 位数字或大写字母，不含 I、O、S、V、Z，第 3 至 8 位为数字，实为“{text}”。"
            )


def _verify_day(record_type: RecordType, field: RecordField, after: Mapping[str, object], on: date) -> None:
    day = _day(after[field.name])
    if day is None:
        return
    if field.not_after_submission and day > on:
        raise UnableToCorrect(f"“{field.title}”{day} 晚于更正之日 {on}。请核对文书。")
    if day >= _WITHOUT_END and day != field.long_term:
        meant = f"长期有效的填 {field.long_term}" if field.long_term else "此项不能填“长期”"
        raise UnableToCorrect(f"“{field.title}”{day} 不是实际日期，{meant}。")
    earlier = _day(after[field.not_before]) if field.not_before else None
    if earlier is not None and day < earlier:
        title = record_type.field(str(field.not_before)).title
        raise UnableToCorrect(f"“{field.title}”{day} 早于“{title}”{earlier}。请核对文书。")


def _broken_conditions(
    record_type: RecordType, before: Mapping[str, object], after: Mapping[str, object]
) -> Iterator[str]:
    """Say of each field that a correction would leave empty, or filled, against a condition that was met before."""
    kinds = {kind.check: kind for kind in catalogue.packs().issues}
    for field in record_type.fields:
        for check, conditions, right in (
            ("required_when", field.required_when, "必填"),
            ("empty_when", field.empty_when, "留空"),
        ):
            for condition in conditions:
                was, becomes = (
                    condition.holds(held) and _filled(held[field.name]) == (check == "empty_when")
                    for held in (before, after)
                )
                if becomes and not was:
                    expected = f"{record_type.in_words(condition)}时{right}"
                    yield message(kinds[check], column=field.title, found="", expected=expected)


def _doubtful_amounts(record_type: RecordType, changed: set[str], after: Mapping[str, object]) -> Iterator[str]:
    """Say what the check of files says of an amount in 万元, by the threshold of the packs."""
    for use in record_type.checks:
        if use.name != "amount_in_yuan":
            continue
        least = int(Decimal(use.threshold or "0") * FEN_IN_WAN)
        for name in use.fields:
            fen = after[name]
            if not changed & {name, use.named_in} or not isinstance(fen, int):
                continue
            named = amounts_named(str(after[use.named_in] or "")) if use.named_in else []
            meant = fen > 0 and fen % _TIMES == 0 and fen // _TIMES in named
            if (fen >= least or meant) and fen not in named and sum(named) != fen:
                other = Decimal(fen) / _TIMES / FEN_IN_WAN
                told = f"“{record_type.field(use.named_in).title}”中没有写明这一数额，" if use.named_in else ""
                yield (
                    f"“{record_type.field(name).title}”将为 {in_yuan(fen)}，{told}疑似把元填成万元："
                    f"若本意是 {in_wan(fen)} 元，应填 {other.normalize():f}。"
                )


def _doubtful_zeros(record_type: RecordType, changed: set[str], after: Mapping[str, object]) -> Iterator[str]:
    """Say that an amount would be nothing where something else in the record says that there is one."""
    for name in (name for use in record_type.checks if use.name == "amount_zero" for name in use.fields):
        for condition in record_type.field(name).required_when:
            if after[name] == 0 and changed & {name, condition.field} and condition.holds(after):
                yield f"“{record_type.field(name).title}”将为 0，{record_type.in_words(condition)}时应大于 0。"


def _doubtful_identifiers(record_type: RecordType, changed: set[str], after: Mapping[str, object]) -> Iterator[str]:
    for name in sorted(changed):
        field, text = record_type.field(name), str(after[name] or "")
        if field.type is FieldType.USCC and text and check_character(text[:-1]) != text[-1]:
            yield f"“{field.title}”{text} 的末位与前 17 位不符，按前 17 位应为 {check_character(text[:-1])}。"


def _filled(value: object) -> bool:
    return value not in (None, "")


def _day(value: object) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value or ""))
    except ValueError:
        return None
