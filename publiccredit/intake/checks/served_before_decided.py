"""送达日期不得早于决定日期（《行政处罚法》第六十一条：决定书在作出后送达）。"""

from collections.abc import Iterator

import polars as pl

from publiccredit.catalogue.types import FieldRole
from publiccredit.intake.checks.rule import Rule
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.types import CheckContext

NAME = "served_before_decided"


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:
    served = book.record_type.field_in_role(FieldRole.SERVED_ON)
    decided = book.record_type.field_in_role(FieldRole.DECIDED_ON)
    if served and decided:
        day = pl.col(decided.name).dt.to_string("%Y-%m-%d")
        expected = pl.concat_str(pl.lit(f"不早于“{decided.title}”"), day, separator=" ")
        found = pl.col(served.name).dt.to_string("%Y-%m-%d")  # the batch's declared day stands where the cell is empty
        # Against a decision in the future every day of service is too early: that it lies in the future says it all.
        spoken_for = pl.lit(decided.not_after_submission) & (pl.col(decided.name) > context.submitted_on)
        yield Rule(NAME, served, (pl.col(served.name) < pl.col(decided.name)) & ~spoken_for, expected, found)
