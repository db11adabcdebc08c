"""A checked row becomes a staged one: what it says as JSON, and its hashes."""

import hashlib
import json
from datetime import date
from unittest.mock import patch

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from publiccredit.catalogue import queries as catalogue
from publiccredit.intake import preparing
from publiccredit.intake.preparing import Preparation
from publiccredit.intake.types import NATURAL_KEY, ORIGINAL, ROW, SHEET
from publiccredit.subjects.types import PARTY_SCHEMA, ROW_SCHEMA

ON = date(2026, 11, 10)
TYPE = catalogue.record_type(name="administrative_penalty", on=ON)
TEXT = st.one_of(st.none(), st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12))


def _chunk(**fields: object) -> pl.DataFrame:
    kinds = {"date": pl.Date, "amount": pl.Int64}
    row: dict[str, object] = {f.name: None for f in TYPE.fields}
    row |= {"decided_on": date(2026, 11, 3), "penalty_kind": "罚款", "fine_fen": 1_200_000, "served_on": ON} | fields
    schema = {f.name: kinds.get(f.type.value, pl.String) for f in TYPE.fields}
    schema |= {SHEET: pl.String, ROW: pl.Int64, ORIGINAL: pl.String, NATURAL_KEY: pl.String}
    return pl.DataFrame([row | {SHEET: "", ROW: 2, NATURAL_KEY: "a\x1fb"}], schema=schema)


def _preparation() -> Preparation:
    return Preparation(record_type=TYPE, received_on=ON, default_authority={})


def _prepare(**fields: object) -> dict[str, object]:
    # The letters to search by are the subjects' affair, and need the database's models.
    described = pl.DataFrame(schema=dict(PARTY_SCHEMA))
    with patch.object(preparing, "describe_parties", return_value=described):
        return _preparation().prepare(accepted=_chunk(**fields)).rows.row(0, named=True)


@given(facts=TEXT, name=TEXT, served=st.one_of(st.none(), st.just(ON)))
def test_content_is_what_was_filled_whatever_it_holds(facts: str | None, name: str | None, served: date | None) -> None:
    row = _prepare(violation_facts=facts, subject_name=name, served_on=served)
    filled = {"decided_on": "2026-11-03", "penalty_kind": "罚款", "fine_fen": 1_200_000}
    others = {"violation_facts": facts, "subject_name": name, "served_on": served.isoformat() if served else None}
    assert json.loads(str(row["content"])) == filled | {k: v for k, v in others.items() if v is not None}


def test_the_day_of_service_is_no_part_of_what_a_decision_says() -> None:
    assert _prepare(served_on=None)["content_hash"] == _prepare(served_on=ON)["content_hash"]
    assert _prepare(violation_facts="甲")["content_hash"] != _prepare(violation_facts="乙")["content_hash"]


def test_the_natural_key_is_hashed_with_its_record_type() -> None:
    expected = hashlib.sha256(b"administrative_penalty\x1fa\x1fb").hexdigest()[:32]
    assert _prepare()["natural_key"] == expected


def test_a_staged_row_has_its_term_its_severity_and_its_working_days() -> None:
    row = _prepare(severity="严重")
    assert list(row) == list(ROW_SCHEMA)
    assert (row["severity"], row["severity_rule"], row["working_days_taken"]) == ("serious", "sender", 5)
    assert (row["repairable_from"], row["ends_on"]) == (date(2027, 11, 3), date(2029, 11, 3))
    by_rule = _prepare(severity=None)
    assert by_rule["severity_rule"] not in ("", "sender")


def test_one_party_is_met_once() -> None:
    described = pl.DataFrame(schema=dict(PARTY_SCHEMA))
    preparation = _preparation()
    with patch.object(preparing, "describe_parties", return_value=described) as describe:
        both = [preparation.prepare(accepted=_chunk(subject_name="甲公司")).rows for _ in range(2)]
    assert [frame["party"][0] for frame in both] == [0, 0]
    assert [frame["line"][0] for frame in both] == [0, 1]
    assert [call.kwargs["parties"].height for call in describe.call_args_list] == [1, 0]
