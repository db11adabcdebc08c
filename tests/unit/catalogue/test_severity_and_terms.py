"""Severity and the end of disclosure follow the dated rules; where they leave it open, the shorter stands."""

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from publiccredit.catalogue import queries
from publiccredit.catalogue.types import Confidence, Severity, SeverityClassification

PENALTY = "administrative_penalty"
FIELDS = ("", *(f.name for f in queries.packs().fields_of_law))
KINDS = queries.code_table(name="penalty_kind", on=date(2026, 11, 23)).words


@pytest.mark.parametrize(
    ("kinds", "fine_fen", "severity", "rule", "confidence"),
    [
        (["警告"], None, "slight", "warning_or_criticism_only", "V2"),
        (["警告", "通报批评"], None, "slight", "warning_or_criticism_only", "V2"),
        (["罚款"], 300_000, "slight", "summary_procedure_fine", "K"),
        (["警告", "罚款"], 300_000, "slight", "summary_procedure_fine", "K"),
        (["罚款"], 300_001, "general", "otherwise", "K"),
        (["罚款"], None, "general", "otherwise", "K"),  # an unstated fine is not a small one
        (["罚款", "没收违法所得"], 100_000, "general", "otherwise", "K"),
        (["罚款"], 10_000_000_000, "general", "otherwise", "K"),  # the threshold is not known: the shorter stands
        (["罚款", "吊销许可证件"], 300_000, "serious", "licence_revoked_or_barred", "V2"),
        (["限制从业"], None, "serious", "licence_revoked_or_barred", "V2"),
        (["其他"], None, "general", "otherwise", "K"),
    ],
)
def test_the_first_rule_that_fits_gives_the_severity(kinds, fine_fen, severity, rule, confidence):
    judged = queries.severity_of(record_type=PENALTY, kinds=kinds, fine_fen=fine_fen, decided_on=date(2026, 5, 1))
    assert (judged.severity, judged.rule, judged.confidence) == (severity, f"penalty_severity/{rule}", confidence)
    assert judged.basis


def test_a_record_type_without_severities_has_none():
    assert (
        queries.severity_of(record_type="administrative_licence", kinds=[], fine_fen=None, decided_on=date(2026, 5, 1))
        is None
    )


ROWS = st.tuples(
    st.lists(st.sampled_from(KINDS), unique=True, max_size=4),
    st.none() | st.integers(0, 1_000_000),
    st.dates(date(2013, 1, 1), date(2026, 11, 23)),
)


@given(rows=st.lists(ROWS, min_size=1, max_size=20))
def test_a_column_of_decisions_is_judged_as_each_one_is(rows):
    frame = pl.DataFrame(rows, schema={"kinds": pl.List(pl.String), "fine": pl.Int64, "on": pl.Date}, orient="row")
    severity, rule = queries.severity_columns(
        record_type=PENALTY, kinds=pl.col("kinds"), fine_fen=pl.col("fine"), decided_on=pl.col("on")
    )
    judged = frame.select(severity, rule).rows()
    one_by_one = [queries.severity_of(record_type=PENALTY, kinds=k, fine_fen=f, decided_on=d) for k, f, d in rows]
    assert judged == [(j.severity.value, j.rule) if j else (None, None) for j in one_by_one]


@pytest.mark.parametrize(
    ("severity", "decided", "served", "shown_from", "repairable", "shown_until", "instruments"),
    [
        # under Order 36 alone
        ("general", date(2026, 4, 10), date(2026, 4, 13), date(2026, 4, 13), date(2026, 7, 10), date(2027, 4, 10), ("order_36",)),
        ("serious", date(2026, 4, 10), date(2026, 4, 13), date(2026, 4, 13), date(2027, 4, 10), date(2029, 4, 10), ("order_36",)),
        ("slight", date(2026, 4, 10), date(2026, 4, 13), date(2026, 4, 13), date(2026, 4, 10), date(2026, 4, 13), ("order_36",)),
        # decided under Order 58 (three years), shown no longer than Order 36 allows
        ("general", date(2025, 6, 1), date(2025, 6, 3), date(2025, 6, 3), date(2025, 9, 1), date(2026, 6, 1), ("order_36",)),
        ("serious", date(2025, 6, 1), date(2025, 6, 3), date(2025, 6, 3), date(2025, 9, 1), date(2028, 6, 1), ("order_58", "order_36")),
        # the last day of Order 58 and the first of Order 36
        ("serious", date(2026, 3, 31), date(2026, 3, 31), date(2026, 3, 31), date(2026, 6, 30), date(2029, 3, 31), ("order_58", "order_36")),
        ("serious", date(2026, 4, 1), date(2026, 4, 1), date(2026, 4, 1), date(2027, 4, 1), date(2029, 4, 1), ("order_36",)),
        # the rule of 2019 and of 2017
        ("general", date(2020, 2, 29), date(2020, 3, 2), date(2020, 3, 2), date(2020, 5, 29), date(2021, 2, 28), ("notice_2019", "order_36")),
        ("general", date(2018, 1, 31), date(2018, 2, 1), date(2018, 2, 1), date(2018, 4, 30), date(2019, 1, 31), ("notice_2017", "notice_2019", "order_36")),
        # before any rule: all of them govern
        ("general", date(2015, 5, 5), date(2015, 5, 6), date(2015, 5, 6), date(2015, 8, 5), date(2016, 5, 5), ("notice_2017", "notice_2019", "order_36")),
        # served after its term had run out: never shown
        ("general", date(2026, 4, 10), date(2027, 6, 1), date(2027, 6, 1), date(2026, 7, 10), date(2027, 6, 1), ("order_36",)),
    ],
)  # fmt: skip
def test_disclosure_runs_from_service_to_the_shortest_end(
    severity, decided, served, shown_from, repairable, shown_until, instruments
):
    period = queries.disclosure_period(
        record_type=PENALTY, severity=Severity(severity), field="", decided_on=decided, served_on=served
    )
    assert (period.disclosed_from, period.repairable_from, period.disclosed_until) == (
        shown_from,
        repairable,
        shown_until,
    )
    assert period.instruments == instruments


def test_a_record_type_without_terms_is_shown_without_end():
    period = queries.disclosure_period(
        record_type="administrative_licence", severity=None, field="", decided_on=date(2026, 5, 1), served_on=None
    )
    assert (period.disclosed_from, period.repairable_from, period.disclosed_until) == (date(2026, 5, 1), None, None)


@given(
    decided=st.dates(date(2010, 1, 1), date(2026, 11, 23)),
    severity=st.sampled_from(Severity),
    field=st.sampled_from(FIELDS),
    wait=st.integers(0, 2000),
)
def test_the_table_of_months_says_what_the_single_question_says(decided, severity, field, wait):
    served = decided + timedelta(days=wait)
    period = queries.disclosure_period(
        record_type=PENALTY, severity=severity, field=field, decided_on=decided, served_on=served
    )
    months = queries.disclosure_months(record_type=PENALTY)
    row = months.filter(
        (pl.col("decided_from") <= decided)
        & (pl.col("decided_to").is_null() | (pl.col("decided_to") > decided))
        & (pl.col("severity") == severity.value)
        & (pl.col("field") == field)
    ).row(0, named=True)
    assert period.disclosed_until == max(served, queries.add_months(day=decided, months=row["maximum_months"]))
    assert period.repairable_from == queries.add_months(day=decided, months=row["minimum_months"])
    assert period.disclosed_from == served


@given(day=st.dates(date(1950, 1, 1), date(2100, 1, 1)), months=st.integers(0, 60))
def test_calendar_months_are_counted_as_polars_counts_them(day, months):
    expected = pl.Series([day]).dt.offset_by(f"{months}mo").item()
    assert queries.add_months(day=day, months=months) == expected


def later_classification(packs):
    """The packs of a day when a ministry has published thresholds, in force from 2027."""
    today = packs.severity_classifications[0]
    rules = (
        {"name": "very_large_fine", "severity": "serious", "fine_from_yuan": 500_000, "basis": "b", "confidence": "K"},
        {"name": "any_fine", "severity": "slight", "fine_at_most_yuan": 500, "basis": "b", "confidence": "K"},
    )
    later = {**today.model_dump(by_alias=True), "from": date(2027, 1, 1), "rules": rules}
    ended = {**today.model_dump(by_alias=True), "to": date(2027, 1, 1)}
    classifications = tuple(SeverityClassification.model_validate(c) for c in (ended, later))
    return replace(packs, severity_classifications=classifications)


@pytest.mark.parametrize(
    ("decided", "fine_fen", "severity", "rule"),
    [
        (date(2026, 12, 31), 50_000_000, "general", "otherwise"),
        (date(2027, 1, 1), 50_000_000, "serious", "very_large_fine"),
        (date(2027, 1, 1), 49_999_999, "general", "otherwise"),
        (date(2027, 1, 1), 50_000, "slight", "any_fine"),
        (date(2027, 1, 1), None, "general", "otherwise"),
    ],
)
def test_a_new_threshold_governs_from_its_day(decided, fine_fen, severity, rule):
    packs = later_classification(queries.packs())
    judged = queries.severity_of(
        record_type=PENALTY, kinds=["没收违法所得"], fine_fen=fine_fen, decided_on=decided, within=packs
    )
    assert (judged.severity, judged.rule) == (severity, f"penalty_severity/{rule}")
    columns = queries.severity_columns(
        record_type=PENALTY, kinds=pl.col("k"), fine_fen=pl.col("f"), decided_on=pl.col("d"), within=packs
    )
    schema = {"k": pl.List(pl.String), "f": pl.Int64, "d": pl.Date}
    frame = pl.DataFrame([(["没收违法所得"], fine_fen, decided)], schema=schema, orient="row")
    assert frame.select(columns).row(0) == (severity, f"penalty_severity/{rule}")


def test_a_type_without_severities_has_no_severity_column():
    columns = queries.severity_columns(
        record_type="administrative_licence",
        kinds=pl.col("k"),
        fine_fen=pl.col("f"),
        decided_on=pl.col("d"),
    )
    frame = pl.DataFrame({"k": [["罚款"]], "f": [1], "d": [date(2026, 5, 1)]})
    assert frame.select(columns).row(0) == (None, None)


def test_every_number_carries_its_clause_and_confidence():
    for terms in queries.packs().disclosure_terms:
        assert all(t.basis and isinstance(t.confidence, Confidence) for t in terms.terms)
    for classification in queries.packs().severity_classifications:
        assert all(r.basis and isinstance(r.confidence, Confidence) for r in classification.rules)
