"""
A file held against its rulebook, chunk by chunk and without a database: uploads and the command line ask here.

Cleaning and rules know only their chunk; what is remembered from one chunk to the next are hashes of accepted rows.
"""

from dataclasses import dataclass, replace

import polars as pl

from publiccredit.catalogue.types import FieldRole, FieldType, IssueSeverity
from publiccredit.intake.checks import (
    check_digits,
    conflicting_duplicate,
    identity_number,
    natural_person,
    no_records,
    unknown_column,
)
from publiccredit.intake.checks.findings import CONFIRMED, INDEX, ISSUE_COLUMNS, findings, issues, rules, severities
from publiccredit.intake.checks.places import Places
from publiccredit.intake.checks.rule import VERDICT
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.cleaning.columns import CleanedChunk, Cleaner
from publiccredit.intake.confirmations import code_confirmed, place_confirmed
from publiccredit.intake.types import (
    ACCEPTED,
    DUPLICATE,
    NATURAL_KEY,
    ORIGINAL,
    OUTCOME,
    REPEATS_ROW,
    REPEATS_SHEET,
    RETURNED,
    ROW,
    SHEET,
    CheckContext,
    CheckedChunk,
    Recognition,
)

_BETWEEN_PARTS = "\x1f"
_WITHOUT_VALUES = (natural_person.NAME, *no_records.NAMES)


@dataclass(frozen=True)
class LookedAt:
    """A chunk after all that can be said without knowing the rows before it."""

    values: pl.DataFrame
    found: pl.DataFrame
    asked: pl.DataFrame  # key, said, row of every row, for the memory of rows


class Checker:
    """
    Holds the chunks of one file against its rulebook.

    ``look`` may run for several chunks at once; ``conclude`` takes them one by one in the order of the file.
    """

    def __init__(self, *, book: Rulebook, context: CheckContext, recognition: Recognition) -> None:
        self._book = book
        self._context = context
        self._recognition = recognition
        self._cleaner = Cleaner(book)
        self._rules = rules(book=book, context=context)
        self._severities = severities(book.issue_kinds, context)
        self._no_records = no_records.NoRecords(book=book, recognition=recognition)
        self._places = Places.of(recognition)
        self._seen = conflicting_duplicate.SeenRows()
        self._first = True
        self._confirmed = self._confirmed_places()
        self._identifiers = [field.name for field in book.record_type.fields if field.type is FieldType.USCC]

    def look(self, rows: pl.DataFrame) -> LookedAt:
        """This will clean the rows and find what is wrong within each of them."""
        chunk = self._cleaner.clean(rows)
        verdicts = [check_digits.uscc_verdict(chunk.values[name]).alias(name + VERDICT) for name in self._identifiers]
        values = self._with_declared_service(chunk.values).with_columns(self._natural_key(), *verdicts)
        found = self._without_confirmed(self._found(replace(chunk, values=values)), values)
        values = identity_number.without_identity_numbers(values, found)
        content = values.select(self._book.record_type.field_names).hash_rows()
        asked = pl.DataFrame({"key": values[NATURAL_KEY].hash(), "said": content, "row": self._places.numbered(values)})
        return LookedAt(values=values, found=found, asked=asked)

    def conclude(self, looked: LookedAt) -> CheckedChunk:
        """This will give each row its outcome, knowing the rows before it, and put every issue at its cell."""
        returned = self._returned(looked.found, looked.values.height)
        first_said = self._first_said(looked, returned)
        conflicts = first_said["first"].is_not_null() & ~first_said["same"]
        duplicate = first_said["same"]
        returned = returned | conflicts
        found = pl.concat([looked.found, self._conflicts(looked, first_said, conflicts)])
        rows = looked.values.with_columns(
            pl.when(returned).then(pl.lit(RETURNED)).when(duplicate).then(pl.lit(DUPLICATE)).otherwise(pl.lit(ACCEPTED))
            .alias(OUTCOME),
            *self._places.named(first_said["first"].set(~duplicate, None)),
        )  # fmt: skip
        # What a repeated row is doubted for was said at the row it repeats.
        told = found.filter(~duplicate.gather(found[INDEX])) if found.height else found
        placed = issues(
            told, places=rows.select(sheet=SHEET, row=ROW), book=self._book, severities=self._severities,
            recognition=self._recognition,
        )  # fmt: skip
        return CheckedChunk(rows=self._kept(rows, looked.found), issues=self._with_unknown_columns(placed))

    def check(self, rows: pl.DataFrame) -> CheckedChunk:
        """This will look at the next chunk of the file and conclude on it."""
        return self.conclude(self.look(rows))

    def _found(self, chunk: CleanedChunk) -> pl.DataFrame:
        """What is wrong in each row; of a row that is no record at all, only that."""
        found = findings(chunk, rules=self._rules)
        alone = self._no_records.findings(values=chunk.values, sent=chunk.sent)
        return (
            pl.concat([alone, found.join(alone, on=INDEX, how="anti", maintain_order="left")])
            if alone.height
            else found
        )

    def _confirmed_places(self) -> pl.DataFrame:
        """The rows at which an officer confirmed a doubt: check, sheet, row."""
        sheets = [sheet.sheet for sheet in self._recognition.sheets]
        checks = {kind.code: check for check, kind in self._book.issue_kinds.items() if kind.overridable}
        places = [
            (checks[code], place[0] if place[0] or len(sheets) > 1 else sheets[0], place[1])
            for override in self._context.overrides
            if (place := place_confirmed(override)) and (code := code_confirmed(override)) in checks
        ]
        names = {"check": pl.String, "sheet": pl.String, "row": pl.Int64}
        return pl.DataFrame(places, schema=names, orient="row").unique()

    def _without_confirmed(self, found: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
        if self._confirmed.is_empty() or found.is_empty():
            return found
        at = values.select(sheet=SHEET, row=pl.col(ROW).cast(pl.Int64))[found[INDEX]]
        placed = found.hstack(at)
        known = self._confirmed.with_columns(known=pl.lit(value=True))
        joined = placed.join(known, on=["check", "sheet", "row"], how="left", maintain_order="left")
        confirmed = pl.when(pl.col("known")).then(pl.col("check") + CONFIRMED).otherwise("check")
        return joined.with_columns(check=confirmed).select(found.columns)

    def _with_declared_service(self, values: pl.DataFrame) -> pl.DataFrame:
        # The sender's declaration for the batch stands where a row says nothing itself (DP-01).
        served = self._book.record_type.field_in_role(FieldRole.SERVED_ON)
        if served is None or self._context.served_on is None:
            return values
        said_nothing = pl.col(served.name).is_null()
        return values.with_columns(
            pl.when(said_nothing)
            .then(pl.lit(self._context.served_on))
            .otherwise(pl.col(served.name))
            .alias(served.name)
        )

    def _natural_key(self) -> pl.Expr:
        parts = [self._key_part(name) for name in self._book.record_type.natural_key]
        return pl.concat_str(parts, separator=_BETWEEN_PARTS).alias(NATURAL_KEY)

    def _key_part(self, name: str) -> pl.Expr:
        part = pl.col(name).cast(pl.String)
        role = self._book.record_type.field(name).role
        subject = self._book.record_type.field_in_role(FieldRole.SUBJECT_NAME)
        if role is FieldRole.DOCUMENT_NUMBER:
            # 〔2026〕第15号, 〔2026〕15 and 〔2026〕15号 are one decision: it is not to stand there thrice.
            part = part.str.replace("〕第", "〕", literal=True)
            part = pl.when(part.str.contains(r"〕\d+$")).then(part + "号").otherwise(part)
        if role is FieldRole.SUBJECT_USCC and subject:
            # Two stalls without an identifier, fined in one decision, are two records.
            part = pl.coalesce(part, subject.name)
        return part.fill_null("")

    def _returned(self, found: pl.DataFrame, height: int) -> pl.Series:
        back = [check for check, (_, severity) in self._severities.items() if severity == IssueSeverity.RETURN.value]
        places = found.filter(pl.col("check").is_in(back))[INDEX].unique()
        return pl.repeat(value=False, n=height, eager=True).scatter(places, True)

    def _first_said(self, looked: LookedAt, returned: pl.Series) -> pl.DataFrame:
        if not returned.any():
            return self._seen.first_said(looked.asked)
        heard = self._seen.first_said(looked.asked.filter(~returned))
        place = ((~returned).cast(pl.Int64).cum_sum() - 1).set(returned, None)
        return pl.DataFrame([heard["first"].gather(place), heard["same"].gather(place).fill_null(value=False)])

    def _conflicts(self, looked: LookedAt, first_said: pl.DataFrame, conflicts: pl.Series) -> pl.DataFrame:
        places = conflicts.arg_true()
        document = self._book.record_type.field_in_role(FieldRole.DOCUMENT_NUMBER)
        name = document.name if document else self._book.record_type.natural_key[0]
        cells = pl.DataFrame({INDEX: places, "first": first_said["first"].gather(places)})
        return cells.select(
            INDEX,
            check=pl.lit(conflicting_duplicate.NAME),
            field=pl.lit(name),
            found=looked.values[name].gather(places).cast(pl.String),
            expected=self._places.in_words("first"),
        )

    def _kept(self, rows: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
        """The rows as they leave: nothing of persons and of no records, no person's number in what goes back."""
        names = list(self._book.record_type.field_names)
        kept = rows.select(SHEET, ROW, OUTCOME, REPEATS_SHEET, REPEATS_ROW, ORIGINAL, NATURAL_KEY, *names)
        documents = [f.name for f in self._book.record_type.fields if f.type is FieldType.PERSON_DOCUMENT_NUMBER]
        back = pl.col(OUTCOME) == RETURNED
        kept = kept.with_columns(pl.when(~back).then(pl.col(name)).alias(name) for name in documents)
        without = found.filter(pl.col("check").is_in(_WITHOUT_VALUES))[INDEX].unique()
        if not len(without):
            return kept
        emptied = pl.repeat(value=False, n=rows.height, eager=True).scatter(without, True)
        return kept.with_columns(
            pl.when(~emptied).then(pl.col(name)).alias(name) for name in (ORIGINAL, NATURAL_KEY, *names)
        )

    def _with_unknown_columns(self, placed: pl.DataFrame) -> pl.DataFrame:
        if not self._first:
            return placed
        self._first = False
        code, severity = self._severities[unknown_column.NAME]
        cells = unknown_column.cells(self._recognition).with_columns(code=pl.lit(code), severity=pl.lit(severity))
        return pl.concat([cells.select(ISSUE_COLUMNS.keys()), placed])
