"""The packs, read strictly: every YAML file into its frozen value, every reference resolved, nothing widened."""

import hashlib
from functools import cache
from pathlib import Path
from typing import TypeVar

from publiccredit.catalogue.loading.disclosure import check_disclosure
from publiccredit.catalogue.loading.files import PackFolder
from publiccredit.catalogue.loading.forms import check_forms
from publiccredit.catalogue.loading.names import check_grant_terms, check_keepings, check_names, check_statistics
from publiccredit.catalogue.loading.problems import PackProblem, UnableToLoadPack
from publiccredit.catalogue.loading.procedures import check_procedures
from publiccredit.catalogue.loading.records import check_record_types
from publiccredit.catalogue.loading.sources import check_sources
from publiccredit.catalogue.types import (
    Calendar,
    CodeTable,
    Department,
    DisclosureTerms,
    Edition,
    FieldOfLaw,
    Form,
    GrantTerm,
    Industry,
    IssueKind,
    Keeping,
    Packs,
    Procedure,
    RecordType,
    Refusal,
    Remedy,
    Right,
    SeverityClassification,
    Source,
    StatisticsRule,
    StatutoryHoliday,
    Term,
    own_form,
)
from publiccredit.catalogue.types.base import Pack

__all__ = ["PackProblem", "UnableToLoadPack", "load_packs"]

Value = TypeVar("Value", bound=Pack)

SHAPES: dict[str, type[Pack]] = {
    "glossary.yml": Term,
    "rights.yml": Right,
    "keeping.yml": Keeping,
    "grant_terms.yml": GrantTerm,
    "remedies.yml": Remedy,
    "statistics.yml": StatisticsRule,
    "issues.yml": IssueKind,
    "refusals.yml": Refusal,
    "catalogue/*.yml": Edition,
    "record_types/*.yml": RecordType,
    "exchanges/*.yml": Form,
    "codes/*.yml": CodeTable,
    "departments/*.yml": Department,
    "calendars/*.yml": Calendar,
    "statutory_holidays.yml": StatutoryHoliday,
    "disclosure/severity/*.yml": SeverityClassification,
    "disclosure/terms/*.yml": DisclosureTerms,
    "disclosure/fields.yml": FieldOfLaw,
    "procedures/*.yml": Procedure,
    "industries/*/industry.yml": Industry,
    "industries/*/sources/*.yml": Source,
}
"""Which kind of value stands in which file. A YAML file elsewhere under packs/ is refused, samples apart."""


@cache
def load_packs(folder: Path) -> Packs:
    """
    Read the packs of a folder, once per process.

    :raises UnableToLoadPack: any file is wrong in itself or does not fit the others; every fault is listed.
    """
    at = PackFolder(folder)
    found = {pattern: list(at.values(pattern, model)) for pattern, model in SHAPES.items()}
    _refuse_strays(at)
    if at.problems:  # references into a file that was not read would only hide the first fault behind others
        raise UnableToLoadPack(at.problems)
    packs = _bundle(folder, found)
    check_names(at, packs, found)
    check_record_types(at, packs, found["record_types/*.yml"])
    check_forms(at, packs, found["exchanges/*.yml"])
    check_disclosure(at, packs, found)
    check_procedures(at, found["procedures/*.yml"])
    check_keepings(at, packs)
    check_grant_terms(at, packs)
    check_statistics(at, packs)
    check_sources(at, packs, found["industries/*/sources/*.yml"], found["industries/*/industry.yml"])
    if at.problems:
        raise UnableToLoadPack(at.problems)
    return packs


def _bundle(folder: Path, found: dict[str, list[tuple[str, Pack]]]) -> Packs:
    def of(pattern: str, model: type[Value]) -> tuple[Value, ...]:
        return tuple(v for _, v in found[pattern] if isinstance(v, model))

    record_types = of("record_types/*.yml", RecordType)
    terms = of("disclosure/terms/*.yml", DisclosureTerms)
    return Packs(
        folder=folder,
        version=_version(folder),
        terms=of("glossary.yml", Term),
        rights=of("rights.yml", Right),
        keepings=of("keeping.yml", Keeping),
        grant_terms=of("grant_terms.yml", GrantTerm),
        remedies=of("remedies.yml", Remedy),
        statistics_rules=of("statistics.yml", StatisticsRule),
        editions=of("catalogue/*.yml", Edition),
        record_types=record_types,
        forms=(*(own_form(r) for r in record_types), *of("exchanges/*.yml", Form)),
        code_tables=of("codes/*.yml", CodeTable),
        departments=of("departments/*.yml", Department),
        calendars={c.year: c for c in of("calendars/*.yml", Calendar)},
        statutory_holidays=of("statutory_holidays.yml", StatutoryHoliday),
        severity_classifications=of("disclosure/severity/*.yml", SeverityClassification),
        disclosure_terms=tuple(sorted(terms, key=lambda t: t.in_force_from)),
        fields_of_law=of("disclosure/fields.yml", FieldOfLaw),
        procedures=of("procedures/*.yml", Procedure),
        industries=of("industries/*/industry.yml", Industry),
        sources=of("industries/*/sources/*.yml", Source),
        issues=of("issues.yml", IssueKind),
        refusals=of("refusals.yml", Refusal),
    )


def _version(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.yml")):
        if "samples" in path.parts:
            continue
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _refuse_strays(at: PackFolder) -> None:
    known = {file for pattern in SHAPES for file in at.files(pattern)}
    if not known:
        at.refuse("", "", f"文件夹 {at.folder} 中没有规则包", "请检查 PUBLICCREDIT_PACKS 指向的文件夹")
    for file in [*at.files("**/*.yml"), *at.files("**/*.yaml")]:
        if file not in known and "/samples/" not in file:
            at.refuse(file, "", "此处不应有 YAML 文件", f"请移到下列位置之一，扩展名用 .yml:{'、'.join(SHAPES)}")
