"""Industries, their sources, and the words of issues."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from publiccredit.catalogue.types.base import Audience, CodeName, Confidence, Dated, Pack, SourceName, SubjectKind
from publiccredit.catalogue.types.records import CheckUse


class Industry(Pack):
    name: CodeName
    title: str
    lead: CodeName  # department code
    statement: str  # what the industry holds here, or why it holds nothing
    basis: str


class Expectation(Pack):
    """A declared expectation of a file: below ``returned_share_at_most`` it passes, above it the office is told."""

    rows_at_least: int | None = None
    returned_share_at_most: float | None = None


class Source(Dated):
    """One stream of files from departments: a record type, narrowed to an item, mapped from forms."""

    name: SourceName  # "<industry>/<file name>"
    title: str
    record_type: CodeName
    item: str  # "<edition>/<item code>"
    providers: tuple[CodeName, ...]  # department codes that may send it
    forms: tuple[CodeName, ...] = ()  # packs/exchanges/<name>.yml beside the record type's own form
    subject_kinds: tuple[SubjectKind, ...] = ()  # empty: all of the item's
    openness: Audience | None = None  # empty: the item's
    retention_months: int | None = Field(default=None, ge=1)
    update: Literal["daily", "weekly", "monthly", "quarterly"]
    competence: tuple[str, ...] = ()  # authorities whose decisions it may carry; empty: the provider's own
    lookups: dict[CodeName, dict[str, str]] = Field(default_factory=dict)
    checks: tuple[CheckUse, ...] = ()
    expectations: Expectation = Expectation()
    note: str = ""


class IssueSeverity(StrEnum):
    RETURN = "return"  # the row is sent back
    WARN = "warn"  # the row is accepted and the doubt is shown


class IssueKind(Pack):
    """
    One row of ``packs/issues.yml``: the words in which a check speaks.

    ``message`` has the slots {row} {column} {found} {expected}; ``remedy`` says how to fix it.
    """

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,3}-[0-9]{3}$")]
    check: CodeName
    title: str
    severity: IssueSeverity
    overridable: bool = False
    by_row: bool = False  # confirmed row by row, never for a whole file at once
    message: str
    remedy: str
    basis: str
    confidence: Confidence


class Refusal(Pack):
    """
    One row of ``packs/refusals.yml``: why a file as a whole cannot be taken.

    ``found`` says what was found, ``remedy`` what would be right and how to get there; both may hold named slots.
    """

    code: Annotated[str, StringConstraints(pattern=r"^F-[0-9]{3}$")]
    name: CodeName
    title: str
    found: str
    remedy: str
    basis: str
    confidence: Confidence
