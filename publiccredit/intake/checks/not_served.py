"""对相对人不利的决定未载明送达日期、报送时也未作送达声明的，接收但暂不公示（《行政处罚法》第六十一条；未送达的决定对相对人不发生效力）。"""

from collections.abc import Iterator

import polars as pl

from publiccredit.catalogue.types import FieldRole, Nature
from publiccredit.intake.checks.rule import Rule, missing
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.types import CheckContext

NAME = "not_served"


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:  # noqa: ARG001 - every check has one shape
    served = book.record_type.field_in_role(FieldRole.SERVED_ON)
    if served and book.record_type.nature is Nature.ADVERSE:
        expected = "填写送达日期，或在报送时声明本批决定均已送达"
        yield Rule(NAME, served, missing(served), pl.lit(expected))
