"""One rule over one column of a record type: which cells break it, and what would be right."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from publiccredit.catalogue.types import RecordField, RequiredWhen
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.cleaning.columns import PROBLEM
from publiccredit.intake.cleaning.fields import may_have_problems
from publiccredit.intake.types import TYPED_NUMBER, CheckContext


@dataclass(frozen=True)
class Rule:
    """``broken`` and ``expected`` over cleaned columns; ``found`` is the cell as sent unless a rule says otherwise."""

    check: str
    field: RecordField
    broken: pl.Expr
    expected: pl.Expr
    found: pl.Expr | None = None
    suspect: pl.Expr | None = None  # a cheaper look that marks every broken cell and few others
    of_long_numbers: bool = False  # breaks only where fifteen digits stand side by side: few columns have them
    of_suspects: pl.Expr | None = None  # a column made once of the suspects, for all that is asked of them

    @cached_property
    def needed(self) -> tuple[str, ...]:
        """The columns of which something is asked or said; to find them takes as long as to ask a few hundred cells."""
        asked = (self.broken, self.expected, self.found, self.of_suspects)
        roots = {root for expr in asked if expr is not None for root in expr.meta.root_names()}
        made = {SENT} if self.of_suspects is None else {SENT, self.of_suspects.meta.output_name()}
        return tuple(sorted(roots - made))

    @cached_property
    def look(self) -> pl.Expr:
        """What is asked of every cell; building it anew for each chunk took as long as asking it."""
        return (self.broken if self.suspect is None else self.suspect).fill_null(value=False)


SENT = "?sent"  # the cell as it came: may be asked for in what is said, not in what is broken
VERDICT = "?verdict"  # suffix of a column beside each unified social credit identifier
_SCIENTIFIC = r"^[0-9](?:\.[0-9]+)?E\+?[0-9]{1,2}$"
# An identity number inside other text identifies its person just as well: only its first six digits, a region, stay.
MASKED_NUMBER = "$1************"
Rules = Callable[[Rulebook, CheckContext], Iterator[Rule]]


def problem(field: RecordField) -> pl.Expr:
    """Why a cell could not be understood, or null."""
    return pl.col(field.name + PROBLEM) if may_have_problems(field) else pl.lit(None, pl.String)


def missing(field: RecordField) -> pl.Expr:
    """Nothing was sent. A cell that could not be understood is not missing."""
    empty = pl.col(field.name).is_null()
    return empty & problem(field).is_null() if may_have_problems(field) else empty


def holds(condition: RequiredWhen, book: Rulebook) -> pl.Expr:
    """Whether the other field is one of ``among``, contains one of ``contains``, or is filled at all."""
    other = book.record_type.field(condition.field)
    column = pl.col(other.name)
    met = ~missing(other) if condition.filled else pl.lit(value=False)
    for word in condition.among:  # a comparison takes a third of the time of a look into a list
        met = met | (column == word)
    if condition.contains:
        met = met | column.str.contains_any(list(condition.contains))
    return met.fill_null(value=False)


def verdict(field: RecordField) -> pl.Expr:
    """What ``check_digits.uscc_verdict`` says of an identifier: judged once per column, asked by several checks."""
    return pl.col(field.name + VERDICT)


def scientific(field: RecordField) -> pl.Expr:
    """Whether the text is a number as spreadsheets shorten it, 9.13406E+17: the last digits are gone for good."""
    return pl.col(field.name).str.contains(_SCIENTIFIC)


def typed_as_text(field: RecordField) -> pl.Expr:
    """Whether the cell held text. What a number cell lost cannot be checked, so one issue about it is enough."""
    return ~pl.col(field.name + TYPED_NUMBER)
