"""Every sample behaves: what stands in ``accepted`` is accepted whole, what stands in ``returned`` as it says."""

from datetime import date

import pytest

from publiccredit.catalogue import queries
from tests.samples import Sample, check, samples

PACKS = queries.packs()
SAMPLES = list(samples(PACKS))
ACCEPTED = [s for s in SAMPLES if s.accepted]
RETURNED = [s for s in SAMPLES if not s.accepted]


def name(sample: Sample) -> str:
    return f"{sample.source.name}:{sample.path.name}"


@pytest.mark.parametrize("sample", ACCEPTED, ids=name)
def test_an_accepted_sample_is_accepted_whole(sample):
    checked = check(sample, PACKS)
    assert checked.findings == []
    assert checked.rows == checked.counted == checked.accepted > 0


@pytest.mark.parametrize("sample", RETURNED, ids=name)
def test_a_returned_sample_has_exactly_its_issues(sample):
    checked = check(sample, PACKS)
    assert checked.findings == sample.expected()
    assert checked.rows == checked.counted


def test_a_revoked_penalty_is_not_to_be_typed_over():
    record_type = queries.record_type(name="administrative_penalty", on=date(2026, 11, 23))
    assert "请勿改写状态" in record_type.field("penalty_state").note
    sample = next(s for s in RETURNED if s.path.name == "penalty-2015.csv")
    assert any("请勿改写状态" in told for told in check(sample, PACKS).told)


def test_every_source_has_samples_of_both_kinds():
    sources = {s.name for s in PACKS.sources}
    assert {s.source.name for s in ACCEPTED} == sources
    assert {s.source.name for s in RETURNED} == sources


def test_every_form_of_every_source_has_an_accepted_sample():
    accepted = {(s.source.record_type, check(s, PACKS).form) for s in ACCEPTED}
    assert accepted == {(f.record_type, f.name) for f in PACKS.forms}


def test_no_sample_is_left_unread():
    read = {s.path for s in SAMPLES} | {s.path.with_name(s.path.name + ".issues.yml") for s in RETURNED}
    standing = {p for p in PACKS.folder.glob("industries/*/samples/**/*") if p.is_file()}
    assert standing == read
