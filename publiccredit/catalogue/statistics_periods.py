"""In which periods statistics of cases are published, and how few are never told: by the rule at their start."""

from collections.abc import Iterator
from datetime import date, timedelta

from publiccredit.catalogue.disclosure_terms import add_months
from publiccredit.catalogue.types import Packs, StatisticsPeriod, StatisticsRule


def statistics_rule(*, on: date, within: Packs) -> StatisticsRule:
    """Give the rule in force on a day; before the first one, the first."""
    rules = sorted(within.statistics_rules, key=lambda r: r.in_force_from)
    return next((r for r in rules if r.in_force_on(on)), rules[0])


def closed_periods(*, since: date, on: date, within: Packs) -> tuple[StatisticsPeriod, ...]:
    """Give the periods that were over before a day, from the one a first day lies in, in order."""
    return tuple(p for p in _from(since, within, on) if p.last < on)


def _from(since: date, within: Packs, on: date) -> Iterator[StatisticsPeriod]:
    begins = date(since.year, 1, 1)  # of every period a year has a whole number
    while begins < on:
        rule = statistics_rule(on=begins, within=within)
        follows = add_months(day=begins, months=rule.months)
        yield StatisticsPeriod(follows - timedelta(days=1), rule.fewest)
        begins = follows
