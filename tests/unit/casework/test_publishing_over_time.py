"""Whoever keeps every publication learns no number of cases between none and the fewest, for any body or span of periods."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publiccredit.casework.publishing import Block, Happened, blocks
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import StatisticsPeriod

MONTHS = [date(2026, n, 28) for n in range(1, 12)] + [date(2026, 12, 31)]
PERIODS = [StatisticsPeriod(last, 3) for last in (*MONTHS[:2], MONTHS[-1])]


def _happened(world: tuple[int, ...], bodies: int, cells: int) -> list[Happened]:
    places = product(range(len(PERIODS)), range(bodies), range(cells))
    return [
        Happened(PERIODS[n].last, f"body{body}", cell)
        for times, (n, body, cell) in zip(world, places, strict=True)
        for _ in range(times)
    ]


def _isolated(bodies: int, cells: int, most: int) -> list[tuple[object, ...]]:
    """Every small history there is, gathered by what is published of it; and what they all agree upon that is too few."""
    histories = defaultdict(list)
    for world in product(range(most + 1), repeat=len(PERIODS) * bodies * cells):
        histories[blocks(happened=_happened(world, bodies, cells), periods=PERIODS, cells=cells)].append(world)
    spans = [range(a, b) for a, b in combinations(range(len(PERIODS) + 1), 2)]
    found: list[tuple[object, ...]] = []
    for told, worlds in histories.items():
        if any(n > most for block in told for n in (*block.cells, block.undivided)):
            continue  # more than one period of these small histories can hold: their smallness would tell
        for body, cell, span in product(range(bodies), range(cells), spans):
            places = [(n * bodies + body) * cells + cell for n in span]
            counts = {sum(world[place] for place in places) for world in worlds}
            if len(counts) == 1 and 0 < counts.pop() < 3:
                found.append((told, body, cell, span))
    return found


@pytest.mark.no_cover  # every small history: the one below takes the same lines
def test_no_history_of_one_body_isolates_a_count() -> None:
    assert _isolated(bodies=1, cells=2, most=5) == []


@pytest.mark.no_cover
def test_no_history_of_two_bodies_isolates_a_count() -> None:
    assert _isolated(bodies=2, cells=1, most=5) == []


@settings(deadline=None)
@given(
    happened=st.lists(
        st.builds(
            Happened,
            st.dates(date(2026, 1, 1), date(2027, 12, 31)),
            st.sampled_from(["a", "b", "c"]),
            st.integers(0, 1),
        ),
        max_size=120,
    ),
    fewest=st.integers(3, 12),
)
def test_each_case_is_told_once_and_no_publication_adds_too_few(happened: list[Happened], fewest: int) -> None:
    closed = catalogue.closed_periods(since=date(2026, 1, 1), on=date(2028, 1, 1))
    periods = [StatisticsPeriod(p.last, fewest) for p in closed]
    told = blocks(happened=happened, periods=periods, cells=2)
    for block in told:
        assert all(n == 0 or n >= fewest for n in (*block.cells, block.undivided))
    assert sum(sum(b.cells) + b.undivided for b in told) <= len(happened)
    untold = len(happened) - sum(sum(b.cells) + b.undivided for b in told)
    assert 0 <= untold <= 3 * (fewest - 1)  # after the end of a year: of three bodies, each has too few
    for upto in range(len(periods)):  # what was published stays as it was
        assert blocks(happened=happened, periods=periods[:upto], cells=2) == tuple(
            b for b in told if b.last <= (periods[upto - 1].last if upto else date.min)
        )


def test_periods_follow_the_rule_in_force_at_their_start() -> None:
    found = catalogue.closed_periods(since=date(2026, 3, 9), on=date(2026, 5, 1))
    assert [p.last for p in found] == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    assert catalogue.closed_periods(since=date(2026, 1, 1), on=date(2026, 1, 31)) == ()
    assert found[0].last + timedelta(days=1) == date(2026, 2, 1)


def test_what_cannot_be_divided_is_told_whole_at_the_end_of_a_year() -> None:
    eleven = [Happened(date(2026, 3, 1), "a", int(n == 0)) for n in range(11)]
    periods = [StatisticsPeriod(date(2026, 11, 30), 10), StatisticsPeriod(date(2026, 12, 31), 10)]
    assert blocks(happened=eleven, periods=periods[:1], cells=2) == ()
    assert blocks(happened=eleven, periods=periods, cells=2) == (Block(date(2026, 12, 31), "a", (0, 0), 11),)
