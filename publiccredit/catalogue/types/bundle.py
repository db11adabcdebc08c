"""Everything the packs hold, as one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from publiccredit.catalogue.types.directory import Calendar, CodeTable, Department, StatutoryHoliday
from publiccredit.catalogue.types.forms import Form
from publiccredit.catalogue.types.items import Edition, GrantTerm, Keeping, Remedy, Right, StatisticsRule, Term
from publiccredit.catalogue.types.procedures import Procedure
from publiccredit.catalogue.types.records import RecordType
from publiccredit.catalogue.types.sources import Industry, IssueKind, Refusal, Source
from publiccredit.catalogue.types.terms import DisclosureTerms, FieldOfLaw, SeverityClassification


@dataclass(frozen=True)
class Packs:
    """
    The packs of one folder. ``version`` is the SHA-256 over the paths and bytes of its YAML files: what a record was
    checked against.

    Dated values of one name (a record type before and after a new standard) stand side by side; ask
    ``publiccredit.catalogue.queries`` for the one in force on a day.
    """

    folder: Path
    version: str
    terms: tuple[Term, ...]
    rights: tuple[Right, ...]
    keepings: tuple[Keeping, ...]
    grant_terms: tuple[GrantTerm, ...]
    remedies: tuple[Remedy, ...]
    statistics_rules: tuple[StatisticsRule, ...]
    editions: tuple[Edition, ...]
    record_types: tuple[RecordType, ...]
    forms: tuple[Form, ...]  # each record type's own national form first
    code_tables: tuple[CodeTable, ...]
    departments: tuple[Department, ...]
    calendars: Mapping[int, Calendar]
    statutory_holidays: tuple[StatutoryHoliday, ...]
    severity_classifications: tuple[SeverityClassification, ...]
    disclosure_terms: tuple[DisclosureTerms, ...]  # the earliest instrument first
    fields_of_law: tuple[FieldOfLaw, ...]
    procedures: tuple[Procedure, ...]
    industries: tuple[Industry, ...]
    sources: tuple[Source, ...]
    issues: tuple[IssueKind, ...]
    refusals: tuple[Refusal, ...]
