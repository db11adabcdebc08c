"""
The penalty rules once more, row by row in plain Python: what the columnar checks are measured against.

Written apart from the platform's own cleaning and checks, so that equal findings are a second opinion and not an echo.
``PenaltyRow`` puts the rules of one cell into a pydantic model; ``RowRules`` serves frictionless and the comparison.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ValidationError
from pydantic_core import PydanticCustomError

from publiccredit.catalogue.types import FieldType, RecordField, RecordType, RequiredWhen

INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
EMPTY = re.compile(r"(?:n/a|na|null|none|nil|无|暂无|[-—–_/\\－]+)", re.IGNORECASE)
DAYS = [
    re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"),
    re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]?"),
    re.compile(r"(\d{4})(\d\d)(\d\d)"),
]
AMOUNT = re.compile(r"([-+]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d*))?(亿|万)?(元)?")
NAMED = re.compile(r"(\d[\d,]*(?:\.\d+)?) ?(万)?元")
PERSON = re.compile(r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]")
SHAPE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
CODES = {
    "required": "R-101", "required_when": "R-102", "empty_when": "R-103", "too_long": "T-101", "unknown_code": "T-102",
    "date_unreadable": "D-101", "date_in_future": "D-102", "date_order": "D-103", "long_term": "D-104",
    "served_before_decided": "D-105", "not_served": "D-106", "amount_unreadable": "A-101", "amount_negative": "A-102",
    "amount_decimals": "A-103", "amount_in_yuan": "A-104", "amount_zero": "A-105", "uscc_shape": "I-101",
    "uscc_check_digit": "I-102", "placeholder_uscc": "I-107", "tax_number": "I-105", "natural_person": "P-101",
    "outside_competence": "O-101",
}  # fmt: skip
WARNINGS = {"D-106"}
VALUES = {symbol: value for value, symbol in enumerate("0123456789ABCDEFGHJKLMNPQRTUWXY")}
WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
NO_USCC = "0" * 17 + "X"
Finding = tuple[str, str]  # field, code


class Wrong(Exception):
    """A cell that cannot be read, with the name of the check it breaks."""


def text(cell: str) -> str | None:
    tidy = INVISIBLE.sub("", cell).strip()
    return None if not tidy or EMPTY.fullmatch(tidy) else tidy


def day(cell: str) -> date | None:
    if text(cell) is None:
        return None
    plain = unicodedata.normalize("NFKC", cell).strip()
    for form in DAYS:
        if match := form.fullmatch(plain):
            try:
                return date(*map(int, match.groups()))
            except ValueError:
                break
    if len(plain) == 5 and plain.isdecimal() and 15000 <= int(plain) <= 73050:
        return date(1899, 12, 30) + timedelta(days=int(plain))
    raise Wrong("date_unreadable")


def fen(cell: str) -> int | None:
    if text(cell) is None:
        return None
    match = AMOUNT.fullmatch(unicodedata.normalize("NFKC", cell).replace(" ", ""))
    if not match:
        raise Wrong("amount_unreadable")
    sign, whole, fraction, multiple, yuan = match.groups()
    places = {"亿": 10, "万": 6}.get(multiple or "", 2 if yuan else 6)
    try:
        amount = Decimal(f"{whole.replace(',', '')}.{fraction or 0}")
    except InvalidOperation as error:
        raise Wrong("amount_unreadable") from error
    if sign == "-" and amount:
        raise Wrong("amount_negative")
    scaled = amount.scaleb(places)
    if scaled != int(scaled):
        raise Wrong("amount_decimals")
    return int(scaled)


def in_yuan(amount: int, said: str) -> bool:
    """Whether an amount in fen was meant in yuan: the text names a ten-thousandth of it, or it is large and unnamed."""
    named = [Decimal(n.replace(",", "")) * 100 * (10_000 if wan else 1) for n, wan in NAMED.findall(said)]
    if amount in named or amount == sum(named):
        return False
    return amount >= 100 * 1_000_000 or Decimal(amount) / 10_000 in named


def identifier(cell: str) -> str | None:
    tidy = unicodedata.normalize("NFKC", cell)
    tidy = INVISIBLE.sub("", re.sub(r"\s", "", tidy)).upper()
    return None if not tidy or EMPTY.fullmatch(tidy) else tidy


def uscc_cell(cell: str) -> str | None:
    code = identifier(cell)
    if code in (None, NO_USCC):
        return code
    if not SHAPE.fullmatch(code):
        raise Wrong("uscc_shape")
    if not right_check_digit(code):
        raise Wrong("uscc_check_digit")
    return code


@lru_cache(maxsize=1024)  # the authorities of a file are few
def right_check_digit(code: str) -> bool:
    total = sum(VALUES[symbol] * weight for symbol, weight in zip(code, WEIGHTS, strict=False))
    return (31 - total % 31) % 31 == VALUES[code[17]]


def tax_number(cell: str) -> str | None:
    code = identifier(cell)
    if code is not None and not re.fullmatch(r"[0-9A-Z]{15}|[0-9A-Z]{17,18}|[0-9A-Z]{20}", code):
        raise Wrong("tax_number")
    return code


def words(known: dict[str, str], several: str | None, prefix: str | None) -> Callable[[str], str | None]:
    listed = frozenset(known.values())

    def read(cell: str) -> str | None:
        if cell in listed:
            return cell
        tidy = text(unicodedata.normalize("NFKC", cell))
        if tidy is None:
            return None
        pieces = [p for p in re.split(r"[;,、]", tidy) if p] if several else [tidy]
        read = [known.get(piece, piece) for piece in pieces]
        if any(word not in listed and not (prefix and word.startswith(prefix) and word != prefix) for word in read):
            raise Wrong("unknown_code")
        return (several or "").join(dict.fromkeys(read))

    return read


class RowRules:
    """All rules for one row of a record type; ``findings`` gives them in any order."""

    def __init__(
        self, *, record_type: RecordType, words_of: Callable[[RecordField], dict[str, str]],
        prefixes: dict[str, str | None], submitted_on: date, competent: frozenset[str],
    ) -> None:  # fmt: skip
        self.fields = record_type.fields
        self.readers = {f.name: self._reader(f, words_of, prefixes) for f in self.fields}
        self._on = submitted_on
        self._competent = competent
        self._seen: dict[tuple[str | None, ...], tuple[object, ...]] = {}

    def _reader(
        self, field: RecordField, words_of: Callable[[RecordField], dict[str, str]], prefixes: dict[str, str | None]
    ) -> Callable[[str], object]:
        if field.type is FieldType.CODE:
            return words(words_of(field), field.several, prefixes.get(field.codes or ""))
        readers: dict[FieldType, Callable[[str], object]] = {
            FieldType.DATE: day, FieldType.AMOUNT: fen, FieldType.USCC: uscc_cell, FieldType.TEXT: text,
            FieldType.TAX_NUMBER: tax_number,
        }  # fmt: skip
        return readers.get(field.type, identifier)

    def findings(self, cells: dict[str, str | None]) -> set[Finding]:
        values: dict[str, object] = {}
        wrong: dict[str, str] = {}
        for field in self.fields:
            cell = cells.get(field.name)
            try:
                values[field.name] = self.readers[field.name](cell) if cell else None
            except Wrong as error:
                wrong[field.name] = str(error)
                values[field.name] = None
        return self.judged(values, wrong, cells)

    def judged(self, values: dict[str, object], wrong: dict[str, str], cells: dict[str, str | None]) -> set[Finding]:
        """The rules over the whole row, with what was wrong in single cells."""
        if self._about_a_person(values, cells):
            return {("", CODES["natural_person"])}
        found = {(name, CODES[check]) for name, check in wrong.items()}
        found.update((name, CODES[check]) for name, check in self._broken(values, wrong, cells))
        return found

    def repeated(self, key: tuple[str | None, ...], content: tuple[object, ...]) -> bool:
        """Whether an earlier row has said the same."""
        return self._seen.setdefault(key, content) is not content

    def _about_a_person(self, values: dict[str, object], cells: dict[str, str | None]) -> bool:
        code = cells.get("subject_uscc") or ""
        alone = bool(cells.get("person_document_number")) and not code
        return values.get("subject_category") == "自然人" or alone or (
            PERSON.fullmatch(code) is not None and not right_check_digit(code)
        )  # fmt: skip

    def _broken(  # noqa: C901, PLR0912 - one flat list of rules is the point of a baseline
        self, values: dict[str, object], wrong: dict[str, str], cells: dict[str, str | None]
    ) -> Iterator[tuple[str, str]]:
        for field in self.fields:
            value = values[field.name]
            missing = value is None and field.name not in wrong
            if missing and field.required:
                yield field.name, "required"
            elif missing and any(self._holds(c, values, wrong, cells) for c in field.required_when):
                yield field.name, "required_when"
            elif not missing and any(self._holds(c, values, wrong, cells) for c in field.empty_when):
                yield field.name, "empty_when"
            if isinstance(value, str) and field.max_length and len(value) > field.max_length:
                yield field.name, "too_long"
            if isinstance(value, date):
                yield from self._broken_dates(field, value, values)
        if values["subject_uscc"] == NO_USCC and values["subject_category"] != "个体工商户":
            yield "subject_uscc", "placeholder_uscc"
        if values["served_on"] is None and "served_on" not in wrong:
            yield "served_on", "not_served"
        for name in ("fine_fen", "confiscated_fen"):
            if isinstance(amount := values[name], int) and in_yuan(amount, str(values["penalty_content"] or "")):
                yield name, "amount_in_yuan"
        kind = values["penalty_kind"] if "penalty_kind" not in wrong else cells.get("penalty_kind")
        if values["fine_fen"] == 0 and "罚款" in str(kind or ""):
            yield "fine_fen", "amount_zero"
        for name in ("authority_name", "authority_uscc"):
            if values[name] is not None and values[name] not in self._competent:
                yield name, "outside_competence"

    def _broken_dates(self, field: RecordField, value: date, values: dict[str, object]) -> Iterator[tuple[str, str]]:
        if field.not_after_submission and value > self._on:
            yield field.name, "date_in_future"
        if not field.not_after_submission and value >= date(2099, 1, 1) and value != field.long_term:
            yield field.name, "long_term"
        earlier = values.get(field.not_before or "")
        if isinstance(earlier, date) and value < earlier:
            yield field.name, "served_before_decided" if field.name == "served_on" else "date_order"

    @staticmethod
    def _holds(
        condition: RequiredWhen, values: dict[str, object], wrong: dict[str, str], cells: dict[str, str | None]
    ) -> bool:
        value = values[condition.field] if condition.field not in wrong else cells.get(condition.field)
        if condition.filled and value is not None:
            return True
        return value in condition.among or any(word in str(value or "") for word in condition.contains)


def pydantic_model(rules: RowRules) -> type[BaseModel]:
    """A pydantic model whose every field is read and refused by the rules of its cell."""

    def validated(read: Callable[[str], object]) -> Callable[[object], object]:
        def validate(cell: object) -> object:
            try:
                return read(cell) if isinstance(cell, str) else None
            except Wrong as error:
                raise PydanticCustomError(str(error), "{check}", {"check": str(error)}) from error

        return validate

    kinds = {FieldType.DATE: date, FieldType.AMOUNT: int}
    annotations = {
        f.name: Annotated[kinds.get(f.type, str) | None, BeforeValidator(validated(rules.readers[f.name]))]
        for f in rules.fields
    }
    defaults = dict.fromkeys(annotations)
    return type("PenaltyRow", (BaseModel,), {"__annotations__": annotations, "__module__": __name__, **defaults})


def pydantic_findings(model: type[BaseModel], rules: RowRules, cells: dict[str, str | None]) -> set[Finding]:
    """The findings of one row through the model."""
    try:
        return rules.judged(dict(model.model_validate(cells)), {}, cells)
    except ValidationError as error:
        wrong = {str(e["loc"][0]): e["type"] for e in error.errors(include_url=False)}
        right = {name: cell for name, cell in cells.items() if name not in wrong}
        return rules.judged(dict(model.model_validate(right)), wrong, cells)
