"""The columns of a chunk, cleaned: first a cheap look at every cell, then work on the odd ones, once per spelling."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from publiccredit.catalogue.types import FieldRole, FieldType, RecordField
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.cleaning import amounts, dates, text
from publiccredit.intake.cleaning.words import Words
from publiccredit.intake.types import ORIGINAL, ROW, SHEET, TYPED_NUMBER

PROBLEM = "?problem"  # suffix of a column beside a field: why a cell has no value although something was sent
_WITH_PROBLEMS = frozenset({FieldType.DATE, FieldType.AMOUNT, FieldType.CODE})
_ODD = "?odd"
UNREADABLE_DATE = "unreadable"
PLACEHOLDER = "placeholder"
CURRENCY = "?currency"  # suffix, where a cell may name the currency of its amount
_NAMES = {FieldRole.SUBJECT_NAME, FieldRole.AUTHORITY_NAME}
_CANONICAL_IDENTIFIER = {
    FieldType.USCC: r"^[0-9A-Z]{18}$",
    FieldType.ORGANISATION_CODE: r"^[0-9A-Z]{9}$",
    FieldType.REGISTRATION_NUMBER: r"^[0-9A-Z]+$",
    FieldType.TAX_NUMBER: r"^[0-9A-Z]+$",
    FieldType.IDENTIFIER: r"^[0-9A-Z]+$",
    FieldType.PERSON_DOCUMENT_NUMBER: r"^[0-9A-Z]+$",
}
IDENTIFIER_TYPES = frozenset(_CANONICAL_IDENTIFIER)
_JSON_ESCAPES = {chr(c): f"\\u{c:04x}" for c in range(32)} | {"\\": "\\\\", '"': '\\"'}

Read = Callable[[pl.Series], pl.DataFrame]


@dataclass(frozen=True)
class Cleaning:
    """How one field is cleaned: ``fast`` and ``odd`` over the sent column, ``read`` for the odd spellings."""

    field: RecordField
    fast: pl.Expr
    odd: pl.Expr
    read: Read


@dataclass(frozen=True)
class CleanedChunk:
    """``values``: SHEET, ROW, ORIGINAL, typed fields, problems. ``sent``: the same cells as text, as they came."""

    values: pl.DataFrame
    sent: pl.DataFrame


def cleanings(book: Rulebook) -> tuple[Cleaning, ...]:
    return tuple(_cleaning(field, book) for field in book.record_type.fields)


def clean(rows: pl.DataFrame, *, cleanings: tuple[Cleaning, ...], book: Rulebook) -> CleanedChunk:
    """Clean one chunk of rows as read."""
    sent = _complete(rows, cleanings, book)
    looked_at = sent.select(
        SHEET,
        ROW,
        *(c.fast.alias(c.field.name) for c in cleanings),
        *(c.odd.fill_null(value=False).alias(c.field.name + _ODD) for c in cleanings),
        *(c.field.name + TYPED_NUMBER for c in cleanings if c.field.type in IDENTIFIER_TYPES),
    )
    values: list[pl.Series] = []
    changes: list[tuple[str, pl.Series]] = []
    for cleaning in cleanings:
        name = cleaning.field.name
        odd = looked_at[name + _ODD]
        if not odd.any():
            values += [_no_problem(cleaning.field, sent.height)] if may_have_problems(cleaning.field) else []
        else:
            cleaned, changed = _read_odd(cleaning, sent[name], looked_at[name], odd)
            values += cleaned
            changes += [(name, changed)] if changed.any() else []
    kept = looked_at.drop([c.field.name + _ODD for c in cleanings])
    complete = kept.with_columns(*values, _originals(sent, changes, cleanings))
    return CleanedChunk(values=_with_currencies(complete, cleanings), sent=sent)


def _cleaning(field: RecordField, book: Rulebook) -> Cleaning:
    column = pl.col(field.name)
    match field.type:
        case FieldType.DATE:
            fast = dates.fast(column)
            return Cleaning(field, fast, fast.is_null() & column.is_not_null(), _date_reader(field))
        case FieldType.AMOUNT:
            unit = book.unit(field)
            fast = amounts.fast(column, unit=unit)
            reader = _amount_reader(field, unit, _currencies(field, book))
            return Cleaning(field, fast, fast.is_null() & column.is_not_null(), reader)
        case FieldType.CODE:
            table = book.code_table(field)
            listed = [code.word for code in table.codes] if table else []
            return Cleaning(field, column, ~column.is_in(listed), Words(field=field, book=book).read)
        case FieldType.TEXT:
            return _text_cleaning(field)
        case _:
            odd = ~column.str.contains(_CANONICAL_IDENTIFIER[field.type]) | _is_placeholder(column, field)
            tidied = text.organisation_code if field.type is FieldType.ORGANISATION_CODE else text.identifier
            return Cleaning(field, column, odd, _reader(field, tidied))


def _text_cleaning(field: RecordField) -> Cleaning:
    if field.role in _NAMES:
        odd, tidied = text.ODD_NAME, text.name
    elif field.role is FieldRole.DOCUMENT_NUMBER:
        odd, tidied = text.ODD_DOCUMENT_NUMBER, text.document_number
    else:
        odd, tidied = text.ODD_PROSE, text.prose
    column = pl.col(field.name)
    needs_work = column.str.contains(rf"{odd}|^$|^(?:{_empty_words(field)})$") | _is_placeholder(column, field)
    return Cleaning(field, column, needs_work, _reader(field, tidied))


def _empty_words(field: RecordField) -> str:
    usual = text.EMPTY_WORDS if field.required else text.EMPTY_WORDS_WHERE_OPTIONAL
    return "|".join((usual, *(re.escape(word) for word in field.empty_words)))


def _without_empty(value: pl.Expr, field: RecordField) -> pl.Expr:
    return pl.when(~value.str.contains(rf"^(?:{_empty_words(field)})$")).then(value)


def _is_placeholder(column: pl.Expr, field: RecordField) -> pl.Expr:
    return column.is_in(field.placeholders) if field.placeholders else pl.lit(value=False)


def _reader(field: RecordField, tidied: Callable[[pl.Expr], pl.Expr]) -> Read:
    def read(sent: pl.Series) -> pl.DataFrame:
        frame = sent.to_frame("t").select(value=_without_empty(tidied(pl.col("t")), field))
        if not field.placeholders:
            return frame.with_columns(problem=pl.lit(None, pl.String))
        # As an identifier the placeholder would make one subject of all who have none.
        none = pl.col("value").is_in(field.placeholders)
        return frame.select(value=pl.when(~none).then("value"), problem=pl.when(none).then(pl.lit(PLACEHOLDER)))

    return read


def _date_reader(field: RecordField) -> Read:
    def read(sent: pl.Series) -> pl.DataFrame:
        value = dates.read(sent, long_term=field.long_term is not None)
        filled = _without_empty(text.tidy(pl.col("t")), field).is_not_null()
        unread = pl.when(filled & pl.col("value").is_null()).then(pl.lit(UNREADABLE_DATE))
        return pl.DataFrame({"value": value, "t": sent}).select("value", problem=unread)

    return read


def _amount_reader(field: RecordField, unit: str, currencies: Mapping[str, str]) -> Read:
    def read(sent: pl.Series) -> pl.DataFrame:
        found = amounts.read(sent, unit=unit, currencies=currencies).with_columns(t=sent)
        filled = _without_empty(text.tidy(pl.col("t")), field).is_not_null()
        return found.select(
            "value", pl.when(filled).then("problem").alias("problem"), pl.col("currency").alias(CURRENCY)
        )

    return read


def _currencies(field: RecordField, book: Rulebook) -> dict[str, str]:
    if field.currency_field is None:
        return {}
    words = book.words(book.record_type.field(field.currency_field))
    return {way.upper(): word for way, word in words.items()}


def _complete(rows: pl.DataFrame, cleanings: tuple[Cleaning, ...], book: Rulebook) -> pl.DataFrame:
    """The rows with a text column for every field: constants of the form, or nothing."""
    absent = [c.field.name for c in cleanings if c.field.name not in rows.columns]
    marks = [c.field.name + TYPED_NUMBER for c in cleanings if c.field.type in IDENTIFIER_TYPES]
    return rows.with_columns(
        *(pl.lit(book.constant(name), pl.String).alias(name) for name in absent),
        *(pl.lit(value=False).alias(mark) for mark in marks if mark not in rows.columns),
    )


def _read_odd(
    cleaning: Cleaning, sent: pl.Series, fast: pl.Series, odd: pl.Series
) -> tuple[list[pl.Series], pl.Series]:
    name = cleaning.field.name
    odd_cells = sent.filter(odd).alias("sent")
    spellings = odd_cells.unique()
    read = cleaning.read(spellings).with_columns(sent=spellings)
    cells = odd_cells.to_frame().join(read, on="sent", how="left", maintain_order="left")
    values = [fast.zip_with(~odd, spread(cells["value"], odd)).alias(name)]
    if may_have_problems(cleaning.field):
        values.append(spread(cells["problem"], odd).alias(name + PROBLEM))
    if cleaning.field.currency_field:
        values.append(spread(cells[CURRENCY], odd).alias(name + CURRENCY))
    if fast.dtype != pl.String:
        return values, odd
    changed = cells.select(pl.col("value").ne_missing(pl.col("sent"))).to_series()
    return values, spread(changed, odd).fill_null(value=False)


def _no_problem(field: RecordField, height: int) -> pl.Series:
    return pl.Series(field.name + PROBLEM, [None], dtype=pl.String).new_from_index(0, height)


def _with_currencies(values: pl.DataFrame, cleanings: tuple[Cleaning, ...]) -> pl.DataFrame:
    """A currency named in the cell of the amount counts before the one in its own column."""
    named = [c.field for c in cleanings if c.field.currency_field and c.field.name + CURRENCY in values.columns]
    return values.with_columns(
        pl.coalesce(field.name + CURRENCY, name).alias(name) for field in named if (name := field.currency_field)
    )


def may_have_problems(field: RecordField) -> bool:
    return field.type in _WITH_PROBLEMS or bool(field.placeholders)


def spread(cells: pl.Series, where: pl.Series) -> pl.Series:
    """The cells back at the rows they came from; null elsewhere."""
    position = where.cast(pl.Int64).cum_sum() - 1
    return cells.gather(position.set(~where, None))


def _originals(sent: pl.DataFrame, changes: list[tuple[str, pl.Series]], cleanings: tuple[Cleaning, ...]) -> pl.Series:
    """JSON of the cells that cleaning changed. Document numbers of persons are not kept a second time."""
    persons = {c.field.name for c in cleanings if c.field.type is FieldType.PERSON_DOCUMENT_NUMBER}
    kept = [(name, changed) for name, changed in changes if name not in persons]
    if not kept:
        return pl.Series(ORIGINAL, [None], dtype=pl.String).new_from_index(0, sent.height)
    masks = pl.DataFrame([changed.alias(name) for name, changed in kept])
    where = masks.select(pl.any_horizontal(pl.all())).to_series()
    cells = sent.select(masks.columns).filter(where)
    shown = masks.filter(where).rename({name: name + _ODD for name in masks.columns})
    return spread(cells.hstack(shown).select(_json(masks.columns)).to_series(), where).alias(ORIGINAL)


def _json(names: list[str]) -> pl.Expr:
    return pl.concat_str(pl.lit("{"), pl.concat_str(_pairs(names), separator=",", ignore_nulls=True), pl.lit("}"))


def _pairs(names: list[str]) -> Iterator[pl.Expr]:
    for name in names:
        escaped = pl.col(name).str.replace_many(_JSON_ESCAPES)
        yield pl.when(pl.col(name + _ODD)).then(pl.concat_str(pl.lit(f'"{name}":"'), escaped, pl.lit('"')))
