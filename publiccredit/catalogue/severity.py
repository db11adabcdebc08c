"""How severe a penalised conduct is, by the dated classification of the packs, where the sender does not say."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from publiccredit.catalogue.types import (
    Confidence,
    Packs,
    Severity,
    SeverityClassification,
    SeverityRule,
)


@dataclass(frozen=True)
class SeverityJudgement:
    """A severity and the rule that gave it: ``<classification>/<rule>``, shown wherever the severity is."""

    severity: Severity
    rule: str
    basis: str
    confidence: Confidence


OTHERWISE = "otherwise"


def classification_of(*, record_type: str, decided_on: date, within: Packs) -> SeverityClassification | None:
    """Give the classification of a record type in force on the decision date; none where it has none."""
    of_type = [c for c in within.severity_classifications if c.record_type == record_type]
    return next((c for c in of_type if c.in_force_on(decided_on)), None)


def severity_of(
    *, record_type: str, kinds: Iterable[str], fine_fen: int | None, decided_on: date, within: Packs
) -> SeverityJudgement | None:
    """Give the severity of one decision and the rule that gave it; nothing for a record type without severities."""
    classification = classification_of(record_type=record_type, decided_on=decided_on, within=within)
    if classification is None:
        return None
    words = frozenset(kinds)
    rule = next((r for r in classification.rules if _fits(r, words, fine_fen)), None)
    if rule is None:
        return SeverityJudgement(
            classification.otherwise, f"{classification.name}/{OTHERWISE}", classification.source, Confidence.ASSUMED
        )
    return SeverityJudgement(rule.severity, f"{classification.name}/{rule.name}", rule.basis, rule.confidence)


@dataclass(frozen=True)
class RuleInWords:
    """A rule as a reader meets it: whose it is, what it stands on, how well it is known."""

    title: str
    basis: str
    confidence: Confidence


def severity_rule(*, name: str, within: Packs) -> RuleInWords | None:
    """Give the rule ``<classification>/<rule>`` in words; nothing where no classification gave the severity."""
    classification, _, rule_name = name.partition("/")
    found = next((c for c in within.severity_classifications if c.name == classification), None)
    if found is None:
        return None
    rule = next((r for r in found.rules if r.name == rule_name), None)
    if rule is None:
        return RuleInWords(f"{found.title}：没有相符的规则，按较短的公示期", found.source, Confidence.ASSUMED)
    return RuleInWords(found.title, rule.basis, rule.confidence)


def _fits(rule: SeverityRule, kinds: frozenset[str], fine_fen: int | None) -> bool:
    named = frozenset(rule.kinds)
    if named and not kinds & named:
        return False
    if rule.only and not kinds <= named:
        return False
    if rule.fine_from_yuan is not None and (fine_fen is None or fine_fen < rule.fine_from_yuan * 100):
        return False
    return rule.fine_at_most_yuan is None or (fine_fen is not None and fine_fen <= rule.fine_at_most_yuan * 100)


def severity_columns(
    *, record_type: str, kinds: pl.Expr, fine_fen: pl.Expr, decided_on: pl.Expr, within: Packs
) -> tuple[pl.Expr, pl.Expr]:
    """
    Give the expressions of ``severity`` and ``severity_rule`` for a table of decisions.

    ``kinds`` is a column of lists of words. Both are null where no classification is in force. The same rules as
    ``severity_of``, in the same order.
    """
    # The rules are decided once, as a number; both columns are then looked up by it.
    outcomes: list[tuple[str, str]] = []
    number = pl.lit(None, dtype=pl.Int16)
    for classification in within.severity_classifications:
        if classification.record_type != record_type:
            continue
        in_force = decided_on >= classification.in_force_from
        if classification.in_force_to is not None:
            in_force &= decided_on < classification.in_force_to
        number = pl.when(in_force).then(_chain(classification, kinds, fine_fen, outcomes)).otherwise(number)
    numbers = list(range(len(outcomes)))
    severity, rule = ([outcome[part] for outcome in outcomes] for part in (0, 1))
    return (
        number.replace_strict(numbers, severity, default=None, return_dtype=pl.String).alias("severity"),
        number.replace_strict(numbers, rule, default=None, return_dtype=pl.String).alias("severity_rule"),
    )


def _chain(
    classification: SeverityClassification, kinds: pl.Expr, fine_fen: pl.Expr, outcomes: list[tuple[str, str]]
) -> pl.Expr:
    """The number of the rule that fits, its severity and name added to ``outcomes``."""

    def numbered(severity: Severity, rule: str) -> pl.Expr:
        outcomes.append((severity.value, f"{classification.name}/{rule}"))
        return pl.lit(len(outcomes) - 1, dtype=pl.Int16)

    number = numbered(classification.otherwise, OTHERWISE)
    for rule in reversed(classification.rules):
        fits = _fits_expression(rule, kinds, fine_fen)
        number = pl.when(fits).then(numbered(rule.severity, rule.name)).otherwise(number)
    return number


def _fits_expression(rule: SeverityRule, kinds: pl.Expr, fine_fen: pl.Expr) -> pl.Expr:
    fits = pl.lit(True)
    if rule.kinds:
        # Eight times as fast as the set operations on lists (10^6 rows: 0.03 s against 0.26 s).
        named = kinds.list.eval(pl.element().is_in(list(rule.kinds)))
        fits &= named.list.any()
        if rule.only:
            fits &= named.list.all()
    if rule.fine_from_yuan is not None:
        fits &= fine_fen >= rule.fine_from_yuan * 100
    if rule.fine_at_most_yuan is not None:
        fits &= fine_fen <= rule.fine_at_most_yuan * 100
    return fits.fill_null(value=False)
