"""Terms and severities: whole, ordered, and about words that exist."""

from publiccredit.catalogue.loading.files import PackFolder
from publiccredit.catalogue.loading.names import once
from publiccredit.catalogue.types import DisclosureTerms, FieldOfLaw, Packs, Severity, SeverityClassification
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
            _check_terms(at, file, value, packs.fields_of_law)
        if isinstance(value, SeverityClassification):
            _check_rules(at, file, value, kinds)
    _check_fields(at, packs)


def _check_terms(at: PackFolder, file: str, terms: DisclosureTerms, fields: tuple[FieldOfLaw, ...]) -> None:
    everywhere = [t.severity for t in terms.terms if not t.fields]
    once(at, file, "terms[].severity", [s.value for s in everywhere])
    once(at, file, "terms[].fields", [f"{t.severity.value}/{name}" for t in terms.terms for name in t.fields])
    known = {f.name for f in fields if f.record_type == terms.record_type}
    for name in {name for t in terms.terms for name in t.fields} - known:
        words = "、".join(sorted(known)) or "无"
        at.refuse(file, "terms[].fields", f"没有领域“{name}”", f"请在 disclosure/fields.yml 中写明，现有：{words}")
    for severity in set(Severity) - set(everywhere):
        at.refuse(file, "terms", f"没有写“{severity.value}”的期限", "轻微、一般、严重三档都要写")
    for index, term in enumerate(terms.terms):
        if not 0 <= term.minimum_months <= term.maximum_months:
            at.refuse(file, f"terms[{index}]", "最短公示期长于最长公示期", "请改正月数")


def _check_fields(at: PackFolder, packs: Packs) -> None:
    file = "disclosure/fields.yml"
    once(at, file, "name", [f.name for f in packs.fields_of_law])
    for field in packs.fields_of_law:
        held = [set(t.field_names) for t in packs.record_types if t.name == field.record_type]
        known = set.intersection(*held) if held else set()
        for name in set(field.read_in) - known:
            at.refuse(file, f"{field.name}.read_in", f"“{field.record_type}”没有字段“{name}”", "请改为该记录类型的字段")
        once(at, file, f"{field.name}.laws", [law.title for law in field.laws])


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
