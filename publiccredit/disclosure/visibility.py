"""
The one rule of what may be seen, as a condition on the record store.

It is made anew for every day it is asked about, from the packs and the record: nothing has to run for a term to end.
"""

from datetime import date, timedelta
from functools import lru_cache

import polars as pl
from django.db.models import F, Q

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Audience, Nature, Packs
from publiccredit.disclosure.types import BREADTH
from publiccredit.subjects.queries import RecordState, in_use

NOTHING = Q(pk__in=())
UNENDED = 1200  # months; longer than any term, shorter than the calendar


def admits(*, openness: Audience | None, audience: Audience) -> bool:
    """Tell whether what is open to ``openness`` may be seen by ``audience``; nothing is open to nobody."""
    return openness is not None and BREADTH.index(openness) <= BREADTH.index(audience)


def visible(*, audience: Audience, on: date, packs: Packs) -> Q:
    """
    Give the condition under which a record is shown to an audience on a day.

    The subject sees everything held about it at any time (DP-13). Everyone else sees what is filed, open to them by its
    source and catalogue item, and within its term. A repaired or ended record is neither shared nor used 《信用修复管理
    办法》第三条, so government and authorised readers have no longer term than the public.
    """
    return _visible(audience, on, packs.folder, packs.version)


def once_visible(*, audience: Audience, packs: Packs) -> Q:
    """
    Give the condition under which a row was shown to an audience on some day, past or to come.

    Only what was once shown needs a word of farewell; of a record that never was, nobody is to learn that it exists.
    """
    return _visible(audience, None, packs.folder, packs.version)


@lru_cache(maxsize=256)
def _visible(audience: Audience, on: date | None, folder: object, version: str) -> Q:  # noqa: ARG001 - the version is the key
    packs = catalogue.packs(path=folder)  # type: ignore[arg-type]
    if audience is Audience.SUBJECT:
        of_known_type = Q(record_type__in=sorted({t.name for t in packs.record_types}))
        return of_known_type & ~Q(state=RecordState.HELD_UNMATCHED) & Q(subject_id__isnull=False)
    open_items = sorted(
        f"{edition.name}/{item.code}"
        for edition in packs.editions
        for item in edition.items
        if admits(openness=item.openness, audience=audience)
    )
    terms = NOTHING
    for name, nature in sorted({(t.name, t.nature) for t in packs.record_types}):
        terms |= _of_type(name, nature, audience, on, packs)
    return (
        Q(state=RecordState.FILED, subject_id__isnull=False, item__in=open_items)
        & terms
        & (Q() if on is None else in_use(on=on))
    )


def _of_type(name: str, nature: Nature, audience: Audience, on: date | None, packs: Packs) -> Q:
    by_ceiling: dict[int | None, list[str]] = {}
    for source in packs.sources:
        item = catalogue.item_of(source=source, within=packs)
        if source.record_type == name and admits(openness=item.openness, audience=audience):
            by_ceiling.setdefault(item.retention_months, []).append(source.name)
    sources = NOTHING
    for ceiling, names in by_ceiling.items():
        within = Q() if ceiling is None or on is None else Q(decided_on__gte=_first_unended(on, ceiling))
        sources |= Q(source__in=sorted(set(names))) & within
    if nature is Nature.ADVERSE:
        period = _once_adverse(name, packs) if on is None else _adverse(name, on, packs)
    else:
        period = Q() if on is None else _open_period(on)
    return Q(record_type=name) & sources & period


def _open_period(on: date) -> Q:
    begun = Q(disclosed_from__isnull=True) | Q(disclosed_from__lte=on)
    return begun & (Q(disclosed_until__isnull=True) | Q(disclosed_until__gt=on))


def _adverse(name: str, on: date, packs: Packs) -> Q:
    """
    Served, begun, and within the shorter of the term on the record and the term of the rules.

    The record's own term may have been shortened by a repair; the rules may have been shortened by a new instrument
    after the record was filed. An adverse record without an end is not shown at all (DP-08).
    """
    period = Q(served_on__lte=on, disclosed_from__lte=on, disclosed_until__gt=on)
    rules = NOTHING
    months = catalogue.disclosure_months(record_type=name, within=packs)
    # Of several fields of law the longest: the record's own end, computed with its field, is never passed either way.
    longest = months.group_by("decided_from", "decided_to", "severity").agg(pl.col("maximum_months").max())
    for begin, end, severity, maximum in longest.sort("decided_from", "severity").iter_rows():
        if maximum:
            rule = Q(severity=severity, decided_on__gte=max(begin, _first_unended(on, maximum)))
            rules |= rule if end is None else rule & Q(decided_on__lt=end)
    return period & rules if months.height else period


def _once_adverse(name: str, packs: Packs) -> Q:
    months = catalogue.disclosure_months(record_type=name, within=packs)
    published = sorted(set(months.filter(pl.col("maximum_months") > 0)["severity"]))
    period = Q(served_on__isnull=False, disclosed_from__lt=F("disclosed_until"))
    return period & Q(severity__in=published) if months.height else period


def _first_unended(on: date, months: int) -> date:
    """Give the earliest decision date whose term of ``months`` has not ended on a day."""
    if months >= UNENDED:
        return date.min
    day = catalogue.add_months(day=on, months=-months) - timedelta(days=3)
    while catalogue.add_months(day=day, months=months) <= on:
        day += timedelta(days=1)
    return day
