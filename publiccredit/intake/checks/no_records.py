"""
Rows that are no records at all get one sentence that says what they are, and none about their cells.

People paste blocks under each other with their headers, print titles on every page, and close a table with sums and
with who filled it in. Held against the rules of a record, such a row would break a dozen of them and none would help.
"""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from publiccredit.catalogue.types import FieldRole, FieldType
from publiccredit.intake.checks import nearly_empty_row
from publiccredit.intake.checks.findings import INDEX
from publiccredit.intake.checks.registry import ROW_CHECKS
from publiccredit.intake.checks.row_look import RowLook, squeezed
from publiccredit.intake.checks.rule import VERDICT
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.reading.headers import column_index
from publiccredit.intake.types import SHEET, RecognisedSheet, Recognition

NAMES = tuple(check.NAME for check in ROW_CHECKS)


class NoRecords:
    """Finds the rows of a file that are no records."""

    def __init__(self, *, book: Rulebook, recognition: Recognition) -> None:
        self._book = book
        self._looks = {sheet.sheet: _look(sheet, book) for sheet in recognition.sheets}
        self._suspect = _suspect(book)
        required = [field for field in book.record_type.fields if field.required and not book.waived(field)]
        self._checks = ROW_CHECKS if len(required) > 1 else [c for c in ROW_CHECKS if c is not nearly_empty_row]

    def findings(self, *, values: pl.DataFrame, sent: pl.DataFrame) -> pl.DataFrame:
        """Give ``INDEX``, check, field, found, expected: one for each row that is no record."""
        suspects = values.select(self._suspect.fill_null(value=True).alias("suspect"))["suspect"].arg_true()
        pieces = [self._nothing()]
        if len(suspects):
            rows = sent[suspects].with_columns(suspects.cast(pl.UInt32).alias(INDEX))
            pieces += [self._of_sheet(part, look) for part, look in self._by_sheet(rows)]
        return pl.concat(pieces).sort(INDEX)

    def _by_sheet(self, rows: pl.DataFrame) -> Iterator[tuple[pl.DataFrame, RowLook]]:
        for sheet, look in self._looks.items():
            part = rows.filter(pl.col(SHEET) == sheet)
            if part.height and look.fields:
                yield part, look

    def _of_sheet(self, rows: pl.DataFrame, look: RowLook) -> pl.DataFrame:
        kind = pl.coalesce(pl.when(check.broken(look)).then(pl.lit(check.NAME)) for check in self._checks)
        struck = rows.with_columns(kind.alias("?check")).filter(pl.col("?check").is_not_null())
        told = {check.NAME: (check.found(look), check.expected(look)) for check in self._checks}
        return struck.select(
            INDEX,
            pl.col("?check").alias("check"),
            look.first_field.alias("field"),
            _by_check({name: found for name, (found, _) in told.items()}).alias("found"),
            _by_check({name: expected for name, (_, expected) in told.items()}).alias("expected"),
        )

    def _nothing(self) -> pl.DataFrame:
        names = {INDEX: pl.UInt32, "check": pl.String, "field": pl.String, "found": pl.String, "expected": pl.String}
        return pl.DataFrame(schema=names)


def _by_check(said: Mapping[str, pl.Expr]) -> pl.Expr:
    return pl.coalesce(pl.when(pl.col("?check") == name).then(words) for name, words in said.items()).fill_null("")


def _look(sheet: RecognisedSheet, book: Rulebook) -> RowLook:
    carried = sorted((c for c in sheet.columns if c.field), key=lambda column: column_index(column.letter))
    fields = list(dict.fromkeys(str(column.field) for column in carried))
    amounts = {field.name for field in book.record_type.fields if field.type is FieldType.AMOUNT}
    return RowLook(
        fields=fields,
        amount_fields=[name for name in fields if name in amounts],
        headers=_headers(sheet, book),
        header_row=sheet.header_row,
    )


def _headers(sheet: RecognisedSheet, book: Rulebook) -> Sequence[str]:
    """The columns of this sheet as they are headed, and every other way the form and the standard head them."""
    columns = book.form.columns if book.form else ()
    names = {column.header for column in sheet.columns} | {field.title for field in book.record_type.fields}
    names |= {name for column in columns for name in (column.header, *column.aliases)}
    return sorted(tight for name in names if (tight := squeezed(name)))


def _suspect(book: Rulebook) -> pl.Expr:
    """A look that costs next to nothing and lets no such row by: none of them holds a date, or a valid identifier."""
    dates = [f.name for f in book.record_type.fields if f.type is FieldType.DATE and f.required and not book.waived(f)]
    if dates:
        return pl.all_horizontal(pl.col(name).is_null() for name in dates)
    uscc = book.record_type.field_in_role(FieldRole.SUBJECT_USCC)
    if uscc is None:
        return pl.lit(value=True)
    return pl.col(uscc.name).is_null() | pl.col(uscc.name + VERDICT).is_not_null()
