"""How the cells of one field are cleaned, by its type: what is right as it stands, and how the rest is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from publiccredit.catalogue.types import FieldRole, FieldType, RecordField
from publiccredit.catalogue.types.empty_words import empty_words
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.cleaning import amounts, dates, text
from publiccredit.intake.cleaning.column_bytes import ColumnBytes, contains_among
from publiccredit.intake.cleaning.words import Words

CURRENCY = "currency"  # third column of what is read, where a cell may name the currency of its amount
UNREADABLE_DATE = "unreadable"
PLACEHOLDER = "placeholder"
IDENTIFIER_TYPES = frozenset(
    {
        FieldType.USCC,
        FieldType.ORGANISATION_CODE,
        FieldType.REGISTRATION_NUMBER,
        FieldType.TAX_NUMBER,
        FieldType.IDENTIFIER,
        FieldType.PERSON_DOCUMENT_NUMBER,
    }
)
_NAMES = {FieldRole.SUBJECT_NAME, FieldRole.AUTHORITY_NAME}
RECURRING = frozenset({FieldType.DATE, FieldType.AMOUNT, FieldType.CODE})  # few spellings for many cells
_LONGEST_EMPTY_WORD = 18  # bytes


@dataclass(frozen=True)
class Cleaning:
    """
    ``fast`` gives the value of cells that are right as they stand; ``odd`` marks the others, given sent and fast;
    ``read`` gives ``value`` and ``problem`` for odd spellings, each spelling once.
    """

    field: RecordField
    fast: Callable[[pl.Series], pl.Series]
    odd: Callable[[ColumnBytes, pl.Series], pl.Series]
    read: Callable[[pl.Series], pl.DataFrame]


def cleaning(field: RecordField, book: Rulebook) -> Cleaning:
    match field.type:
        case FieldType.DATE:
            return Cleaning(field, dates.fast, _unread, _date_reader(field))
        case FieldType.AMOUNT:
            unit = book.unit(field)
            reader = _amount_reader(field, unit, _currencies(field, book))
            return Cleaning(field, lambda sent: amounts.fast(sent, unit=unit), _unread, reader)
        case FieldType.CODE:
            table = book.code_table(field)
            listed = [code.word for code in table.codes] if table else []
            reader = _word_reader(field, Words(field=field, book=book))
            return Cleaning(field, _as_sent, lambda column, _: ~column.text.is_in(listed), reader)
        case FieldType.TEXT:
            return _text_cleaning(field)
        case _:
            tidied = text.organisation_code if field.type is FieldType.ORGANISATION_CODE else text.identifier
            return Cleaning(field, _as_sent, _or_placeholder(field, text.odd_identifier), _reader(field, tidied))


def may_have_problems(field: RecordField) -> bool:
    return field.type in RECURRING or bool(field.placeholders)


def _text_cleaning(field: RecordField) -> Cleaning:
    if field.role in _NAMES:
        looks_odd, tidied = text.odd_name, text.name
    elif field.role is FieldRole.DOCUMENT_NUMBER:
        looks_odd, tidied = text.odd_document_number, text.document_number
    else:
        looks_odd, tidied = text.odd_prose, text.prose
    empty = empty_words(field)

    def odd(column: ColumnBytes) -> pl.Series:
        short = (column.text.str.len_bytes() <= _LONGEST_EMPTY_WORD).arg_true()
        return looks_odd(column) | contains_among(short, column.text, empty)

    return Cleaning(field, _as_sent, _or_placeholder(field, odd), _reader(field, tidied))


def _as_sent(sent: pl.Series) -> pl.Series:
    return sent


def _unread(column: ColumnBytes, fast: pl.Series) -> pl.Series:
    return fast.is_null() & column.text.is_not_null()


def _or_placeholder(
    field: RecordField, odd: Callable[[ColumnBytes], pl.Series]
) -> Callable[[ColumnBytes, pl.Series], pl.Series]:
    if not field.placeholders:
        return lambda column, _: odd(column)
    return lambda column, _: odd(column) | column.text.is_in(field.placeholders)


def _without_empty(value: pl.Expr, field: RecordField) -> pl.Expr:
    return pl.when(~value.str.contains(empty_words(field))).then(value)


def _reader(field: RecordField, tidied: Callable[[pl.Expr], pl.Expr]) -> Callable[[pl.Series], pl.DataFrame]:
    def read(sent: pl.Series) -> pl.DataFrame:
        frame = sent.to_frame("t").select(value=_without_empty(tidied(pl.col("t")), field))
        if not field.placeholders:
            return frame.with_columns(problem=pl.lit(None, pl.String))
        # As an identifier the placeholder would make one subject of all who have none.
        none = pl.col("value").is_in(field.placeholders)
        return frame.select(value=pl.when(~none).then("value"), problem=pl.when(none).then(pl.lit(PLACEHOLDER)))

    return read


def _word_reader(field: RecordField, words: Words) -> Callable[[pl.Series], pl.DataFrame]:
    def read(sent: pl.Series) -> pl.DataFrame:
        filled = _without_empty(text.tidy(pl.col("t")), field).is_not_null()
        return (
            words.read(sent).with_columns(t=sent).select(pl.when(filled).then(pl.col("value", "problem")).name.keep())
        )

    return read


def _date_reader(field: RecordField) -> Callable[[pl.Series], pl.DataFrame]:
    def read(sent: pl.Series) -> pl.DataFrame:
        value = dates.read(sent, long_term=field.long_term is not None)
        filled = _without_empty(text.tidy(pl.col("t")), field).is_not_null()
        unread = pl.when(filled & pl.col("value").is_null()).then(pl.lit(UNREADABLE_DATE))
        return pl.DataFrame({"value": value, "t": sent}).select("value", problem=unread)

    return read


def _amount_reader(field: RecordField, unit: str, currencies: Mapping[str, str]) -> Callable[[pl.Series], pl.DataFrame]:
    def read(sent: pl.Series) -> pl.DataFrame:
        found = amounts.read(sent, unit=unit, currencies=currencies).with_columns(t=sent)
        filled = _without_empty(text.tidy(pl.col("t")), field).is_not_null()
        problem = pl.when(filled).then("problem").alias("problem")
        return found.select("value", problem, *([CURRENCY] if currencies else []))

    return read


def _currencies(field: RecordField, book: Rulebook) -> dict[str, str]:
    if field.currency_field is None:
        return {}
    words = book.words(book.record_type.field(field.currency_field))
    return {way.upper(): word for way, word in words.items()}
