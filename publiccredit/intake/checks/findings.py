"""The rules over a chunk become issues: flags over whole columns first, words only for the cells that broke a rule."""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from publiccredit.catalogue.types import FieldType, IssueKind, IssueSeverity, RecordField
from publiccredit.catalogue.types.identity_numbers import ANYWHERE
from publiccredit.intake.checks import natural_person
from publiccredit.intake.checks.registry import CELL_CHECKS
from publiccredit.intake.checks.rule import MASKED_NUMBER, SENT, Rule
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.cleaning.columns import CleanedChunk
from publiccredit.intake.types import CheckContext, Recognition

ISSUE_COLUMNS = {
    "sheet": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "column_letter": pl.String,
    "field": pl.String,
    "code": pl.String,
    "severity": pl.String,
    "found": pl.String,
    "expected": pl.String,
}
INDEX = "_index"
CONFIRMED = "?confirmed"  # suffix of a check whose doubt an officer confirmed at that row
_LONGEST_FOUND = 200
_SHOWN_APART = (FieldType.PERSON_DOCUMENT_NUMBER, FieldType.USCC)


def rules(*, book: Rulebook, context: CheckContext) -> tuple[Rule, ...]:
    """Every rule the record type gives rise to, in the order issues of one row are shown."""
    return tuple(rule for check in CELL_CHECKS for rule in check.rules(book, context))


def findings(chunk: CleanedChunk, *, rules: Sequence[Rule]) -> pl.DataFrame:
    """``INDEX`` of the row in the chunk, check, field, found, expected."""
    asked = {
        str(number): rule
        for number, rule in enumerate(rules)
        if not rule.of_long_numbers or rule.field.name in chunk.long_numbers
    }
    flags = chunk.values.select(rule.look.alias(number) for number, rule in asked.items())
    struck = {number: flags[number] for number in asked if flags[number].any()}
    pieces = [_piece(chunk, asked[number], flagged.arg_true()) for number, flagged in struck.items()]
    empty = {INDEX: pl.UInt32, "check": pl.String, "field": pl.String, "found": pl.String, "expected": pl.String}
    found = _without_persons(pl.concat([pl.DataFrame(schema=empty), *pieces]))
    first = found.unique([INDEX, "check", "field"], keep="first", maintain_order=True)
    said = pl.col("expected").str.replace_all(ANYWHERE, MASKED_NUMBER)
    return first.with_columns(_shown_of_each([asked[number].field for number in struck]).alias("found"), said)


def issues(
    found: pl.DataFrame,
    *,
    places: pl.DataFrame,
    book: Rulebook,
    severities: Mapping[str, tuple[str, str]],
    recognition: Recognition,
) -> pl.DataFrame:
    """The findings as issues at their cells; ``places`` has the sheet and row of each INDEX."""
    named = found.join(_kinds(severities), on="check", how="left", maintain_order="left")
    placed = named.with_columns(places[named[INDEX]])
    columns = _columns(recognition)
    headed = placed.join(columns, on=["sheet", "field"], how="left", maintain_order="left")
    titles = {field.name: field.title for field in book.record_type.fields}
    title = pl.col("field").replace_strict(titles, default="")
    complete = headed.with_columns(pl.col("column").fill_null(title), pl.col("column_letter").fill_null(""))
    order = {field.name: n for n, field in enumerate(book.record_type.fields)}
    place = pl.col("field").replace_strict(order, default=len(order), return_dtype=pl.Int32)
    return complete.sort(INDEX, place, maintain_order=True).select(
        *(pl.col(name).cast(dtype) for name, dtype in ISSUE_COLUMNS.items())
    )


def _piece(chunk: CleanedChunk, rule: Rule, suspects: pl.Series) -> pl.DataFrame:
    """The cells that broke a rule; what may be shown of them is asked once, of the pieces of all rules."""
    name = rule.field.name
    cells = chunk.values.select(
        suspects.alias(INDEX),
        *(pl.col(needed).gather(suspects) for needed in rule.needed),
        pl.lit(chunk.sent[name]).gather(suspects).alias(SENT),
    )
    if rule.of_suspects is not None:
        cells = cells.with_columns(rule.of_suspects)
    if rule.suspect is not None:
        cells = cells.filter(rule.broken)
    return cells.select(
        INDEX,
        check=pl.lit(rule.check),
        field=pl.lit(name),
        found=pl.col(SENT) if rule.found is None else rule.found,
        expected=rule.expected,
    )


def _shown_of_each(fields: Iterable[RecordField]) -> pl.Expr:
    """What may be said about each of several findings, by the field of its cell."""
    alike: dict[FieldType | None, list[RecordField]] = {}
    for field in fields:
        alike.setdefault(field.type if field.type in _SHOWN_APART else None, []).append(field)
    found, at = pl.col("found"), pl.col("field")
    return pl.coalesce(
        pl.lit(None, pl.String),
        *(pl.when(at.is_in([f.name for f in some])).then(shown(some[0], found)) for some in alike.values()),
    )


def shown(field: RecordField, found: pl.Expr) -> pl.Expr:
    """What may be said about a cell: nothing of a person's document number, no identity number inside other text."""
    if field.type is FieldType.PERSON_DOCUMENT_NUMBER:
        return pl.when(found.is_not_null() & (found != "")).then(pl.lit(natural_person.MASKED)).otherwise(pl.lit(""))
    brief = pl.when(found.str.len_chars() > _LONGEST_FOUND).then(found.str.head(_LONGEST_FOUND) + "…").otherwise(found)
    if field.type is not FieldType.USCC:
        brief = brief.str.replace_all(ANYWHERE, MASKED_NUMBER)
    return brief.str.replace_all("\0", "", literal=True).fill_null("")


def shown_text(field: RecordField, found: str) -> str:
    """Give what may be said about one cell."""
    return str(pl.select(shown(field, pl.lit(found))).item())


def _without_persons(found: pl.DataFrame) -> pl.DataFrame:
    """Of a row about a natural person only that is said: every other finding would repeat something of it."""
    persons = found.filter(pl.col("check") == natural_person.NAME).unique(INDEX, keep="first", maintain_order=True)
    if not persons.height:
        return found
    return pl.concat([persons, found.join(persons, on=INDEX, how="anti", maintain_order="left")])


def severities(kinds: Mapping[str, IssueKind], context: CheckContext) -> dict[str, tuple[str, str]]:
    """Code and severity of each check for this file: an overridable doubt that an officer confirmed only warns."""

    def severity(kind: IssueKind) -> str:
        of_file = kind.overridable and not kind.by_row and kind.code in context.overrides
        return (IssueSeverity.WARN if of_file else kind.severity).value

    at_rows = {check + CONFIRMED: kind for check, kind in kinds.items() if kind.overridable}
    return {check: (kind.code, severity(kind)) for check, kind in kinds.items()} | {
        check: (kind.code, IssueSeverity.WARN.value) for check, kind in at_rows.items()
    }


def _kinds(severities: Mapping[str, tuple[str, str]]) -> pl.DataFrame:
    rows = [(check, *code_and_severity) for check, code_and_severity in severities.items()]
    return pl.DataFrame(rows, schema={"check": pl.String, "code": pl.String, "severity": pl.String}, orient="row")


def _columns(recognition: Recognition) -> pl.DataFrame:
    rows = [(s.sheet, c.field, c.header, c.letter) for s in recognition.sheets for c in s.columns if c.field]
    names = {"sheet": pl.String, "field": pl.String, "column": pl.String, "column_letter": pl.String}
    return pl.DataFrame(rows, schema=names, orient="row").unique(["sheet", "field"], keep="first")
