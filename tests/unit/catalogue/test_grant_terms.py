"""How long the proposal of a right waits stands in the packs by date, without a gap."""

from datetime import date
from pathlib import Path

import pytest

from publiccredit.catalogue import queries
from publiccredit.catalogue.loading import UnableToLoadPack, load_packs
from tests.unit.catalogue.broken_packs import copied

FILE = "grant_terms.yml"
FIRST = "- from: 2020-01-01\n  days: 7\n  basis: 依据\n  confidence: K\n  note: 县自定\n"
LATER = "- from: {begins}\n  days: 3\n  basis: 依据\n  confidence: K\n  note: 县自定\n"


def packs_with(tmp_path: Path, text: str) -> queries.Packs:
    folder = copied(tmp_path)
    (folder / FILE).write_text(text)
    return load_packs(folder)


def test_the_term_in_force_on_the_day_counts(tmp_path: Path) -> None:
    text = FIRST.replace("  days: 7", "  to: 2027-01-01\n  days: 7") + LATER.format(begins="2027-01-01")
    packs = packs_with(tmp_path, text)
    on = (date(2019, 6, 1), date(2026, 12, 31), date(2027, 1, 1))
    assert [queries.grant_term(on=day, within=packs).days for day in on] == [7, 7, 3]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "没有写明现在权限拟办等多久"),
        (FIRST.replace("  days: 7", "  to: 2027-01-01\n  days: 7"), "没有写明现在权限拟办等多久"),
        (FIRST + LATER.format(begins="2027-01-01"), "应当等于后一条的 from"),
        (FIRST.replace("  days: 7", "  to: 2026-01-01\n  days: 7") + LATER.format(begins="2027-01-01"), "应当等于"),
        (FIRST.replace("days: 7", "days: 0"), "days"),
    ],
)
def test_terms_with_a_gap_an_overlap_or_no_days_are_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UnableToLoadPack, match=said):
        packs_with(tmp_path, text)


def test_what_the_county_has_chosen_is_marked_as_its_choice() -> None:
    for term in queries.packs().grant_terms:
        assert (term.confidence.value, bool(term.basis), "县自定" in term.note) == ("K", True, True)
