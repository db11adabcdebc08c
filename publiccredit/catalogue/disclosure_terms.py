"""
From when to when an adverse record is shown, by the dated terms of the packs.

Where it is open which instrument governs a record decided before a newer one, the shorter publication stands: the
least months over the instrument in force on the decision date and every later one.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from publiccredit.catalogue.types import DisclosureTerm, DisclosureTerms, Packs, Severity

BEGINNING = date(1900, 1, 1)
"""Before any instrument: what was decided then is governed by all of them, and so by the shortest."""


@dataclass(frozen=True)
class DisclosurePeriod:
    """
    Shown on the days ``[disclosed_from, disclosed_until)``; an early end may be asked for from ``repairable_from``.

    What is not published has an empty period: ``disclosed_until`` equals ``disclosed_from``. A record type without
    terms has no end.
    """

    disclosed_from: date
    repairable_from: date | None
    disclosed_until: date | None
    instruments: tuple[str, ...]  # the terms that gave the end; several where they agree
    repairable_by: str = ""  # the older instrument, in words, that opens the repair earlier than the newest does


def add_months(*, day: date, months: int) -> date:
    """Give the same day some calendar months later, or the last day of that month where it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def governing_terms(
    *, record_type: str, severity: Severity, field: str, decided_on: date, within: Packs
) -> list[DisclosureTerm]:
    """Give the term of the instrument in force on the decision date and of every later one, the earliest first."""
    return [_term(t, severity, field) for t in _governing(record_type, decided_on, within)]


def disclosure_period(
    *, record_type: str, severity: Severity | None, field: str, decided_on: date, served_on: date | None, within: Packs
) -> DisclosurePeriod:
    """
    Give the days on which a record is shown: from its service (DP-02) to its least end from the decision.

    ``field`` is the name of its field of law, empty where it is of none.
    """
    begins = max(decided_on, served_on) if served_on is not None else decided_on
    governing = _governing(record_type, decided_on, within)
    if severity is None or not governing:
        return DisclosurePeriod(begins, None, None, ())
    shortest = min(_months(_term(t, severity, field)) for t in governing)
    least = min(_term(t, severity, field).minimum_months for t in governing)
    return DisclosurePeriod(
        disclosed_from=begins,
        repairable_from=min(add_months(day=decided_on, months=least), _end(decided_on, shortest)),
        disclosed_until=max(begins, _end(decided_on, shortest)),
        instruments=tuple(t.name for t in governing if _months(_term(t, severity, field)) == shortest),
        repairable_by=_opened_by(governing, severity, field),
    )


def _opened_by(governing: Sequence[DisclosureTerms], severity: Severity, field: str) -> str:
    """Say which older instrument opens the repair earlier than the newest does; nothing where that does as early."""
    found = [(t, _term(t, severity, field)) for t in governing]
    (terms, shortest), (_, newest) = min(found, key=lambda pair: pair[1].minimum_months), found[-1]
    if not newest.published or shortest.minimum_months >= newest.minimum_months:
        return ""
    return f"{terms.title}（{terms.source}）：{shortest.basis}"


def disclosure_months(*, record_type: str, within: Packs) -> pl.DataFrame:
    """
    Give the same rule as a table to join by decision date, severity and field of law.

    ``decided_from`` (Date, included), ``decided_to`` (Date, excluded; null while in force), ``severity``,
    ``field`` (empty: of none), ``minimum_months`` and ``maximum_months`` (Int32). 0 months: not published. Sorted for
    ``join_asof``.
    """
    instruments = [t for t in within.disclosure_terms if t.record_type == record_type]
    starts = [BEGINNING, *sorted({t.in_force_to for t in instruments if t.in_force_to is not None})]
    fields = ["", *(f.name for f in within.fields_of_law if f.record_type == record_type)]
    rows = [
        (start, end, severity.value, field, *_least(record_type, severity, field, start, within))
        for start, end in zip(starts, [*starts[1:], None], strict=True)
        for severity in Severity
        for field in fields
        if _governing(record_type, start, within)
    ]
    schema = {
        "decided_from": pl.Date,
        "decided_to": pl.Date,
        "severity": pl.String,
        "field": pl.String,
        "minimum_months": pl.Int32,
        "maximum_months": pl.Int32,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _least(record_type: str, severity: Severity, field: str, decided_on: date, packs: Packs) -> tuple[int, int]:
    terms = governing_terms(
        record_type=record_type, severity=severity, field=field, decided_on=decided_on, within=packs
    )
    shortest = min(_months(t) for t in terms)
    return min(shortest, *(t.minimum_months for t in terms)), shortest


def _governing(record_type: str, decided_on: date, packs: Packs) -> Sequence[DisclosureTerms]:
    of_type = [t for t in packs.disclosure_terms if t.record_type == record_type]
    return [t for t in of_type if t.in_force_to is None or t.in_force_to > decided_on]


def _term(terms: DisclosureTerms, severity: Severity, field: str) -> DisclosureTerm:
    of_severity = [t for t in terms.terms if t.severity is severity]
    of_field = (t for t in of_severity if field in t.fields)
    return next(of_field, None) or next(t for t in of_severity if not t.fields)


def _months(term: DisclosureTerm) -> int:
    return term.maximum_months if term.published else 0


def _end(decided_on: date, months: int) -> date:
    return add_months(day=decided_on, months=months)
