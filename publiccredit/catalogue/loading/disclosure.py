"""Terms and severities: whole, ordered, and about words that exist."""

from publiccredit.catalogue.loading.files import PackFolder
from publiccredit.catalogue.loading.names import once
from publiccredit.catalogue.types import DisclosureTerms, Packs, Severity, SeverityClassification
from publiccredit.catalogue.types.base import Pack


def check_disclosure(at: PackFolder, packs: Packs, found: dict[str, list[tuple[str, Pack]]]) -> None:
    """This will refuse terms that leave a severity out and rules about kinds of penalty nobody knows."""
    types = {r.name: r for r in packs.record_types}
    kinds = {word for t in packs.code_tables if t.name == "penalty_kind" for word in t.words}
    for file, value in (*found["disclosure/terms/*.yml"], *found["disclosure/severity/*.yml"]):
        name = getattr(value, "record_type", "")
        if name not in types:
            at.refuse(file, "record_type", f"没有记录类型“{name}”", f"请改为下列之一：{'、'.join(types)}")
        if isinstance(value, DisclosureTerms):
            _check_terms(at, file, value)
        if isinstance(value, SeverityClassification):
            _check_rules(at, file, value, kinds)


def _check_terms(at: PackFolder, file: str, terms: DisclosureTerms) -> None:
    once(at, file, "terms[].severity", [t.severity.value for t in terms.terms])
    for severity in set(Severity) - {t.severity for t in terms.terms}:
        at.refuse(file, "terms", f"没有写“{severity.value}”的期限", "轻微、一般、严重三档都要写")
    for index, term in enumerate(terms.terms):
        if not 0 <= term.minimum_months <= term.maximum_months:
            at.refuse(file, f"terms[{index}]", "最短公示期长于最长公示期", "请改正月数")


def _check_rules(at: PackFolder, file: str, classification: SeverityClassification, kinds: set[str]) -> None:
    once(at, file, "rules[].name", [r.name for r in classification.rules])
    for index, rule in enumerate(classification.rules):
        for kind in set(rule.kinds) - kinds:
            at.refuse(
                file,
                f"rules[{index}].kinds",
                f"代码表“penalty_kind”没有“{kind}”",
                f"请改为下列之一：{'、'.join(sorted(kinds))}",
            )
