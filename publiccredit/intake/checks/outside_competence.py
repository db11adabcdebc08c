"""作出决定的机关须是报送部门本身或数据来源登记的机关，不得代报他部门的决定（《行政处罚法》第十七条、第二十二条，《行政许可法》第二十二条）。"""

import re
from collections.abc import Iterator

import polars as pl

from publiccredit.catalogue.types import FieldRole, RecordField
from publiccredit.intake.checks.rule import Rule
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.cleaning import text
from publiccredit.intake.types import CheckContext

NAME = "outside_competence"
_SHOWN = 4
_IDENTIFIER = re.compile(r"[0-9A-Z]{18}$")
_DEPARTMENT_CODE = re.compile(r"[a-z_0-9]+$")


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:
    competent = _competent(book, context)
    for role in (FieldRole.AUTHORITY_NAME, FieldRole.AUTHORITY_USCC):
        field = book.record_type.field_in_role(role)
        if field is not None:
            yield Rule(NAME, field, ~pl.col(field.name).is_in(competent), pl.lit(_expected(field, competent)))


def _competent(book: Rulebook, context: CheckContext) -> list[str]:
    """
    Names and identifiers of the authorities whose decisions this sender may report, as cleaning writes them; the full
    name of each first, since that is what the field asks for.
    """
    declared = set(book.source.competence if book.source else ())
    departments = {context.department_code} | declared
    own = [bearer for bearer, department in context.providers.items() if department in departments]
    bearers = pl.DataFrame({"bearer": [*own, *sorted(declared)]}, schema={"bearer": pl.String})
    return bearers.select(text.name(pl.col("bearer"))).to_series().unique(maintain_order=True).to_list()


def _expected(field: RecordField, competent: list[str]) -> str:
    identifiers = field.role is FieldRole.AUTHORITY_USCC
    shown = [c for c in competent if bool(_IDENTIFIER.match(c)) is identifiers and not _DEPARTMENT_CODE.match(c)]
    return "、".join(shown[:_SHOWN]) + ("等" if len(shown) > _SHOWN else "")
