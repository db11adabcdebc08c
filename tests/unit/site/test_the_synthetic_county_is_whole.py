"""The plan of the demonstration: what it promises to show, and that it is the same each time."""

from collections import Counter
from datetime import date

from stdnum.cn import uscc

from publiccredit.site.demo.enterprises import enterprises
from publiccredit.site.demo.files import write
from publiccredit.site.demo.plan import File, Nil, steps

LAST_DAY = date(2026, 11, 23)


def test_the_plan_is_the_same_for_the_same_seed_and_day() -> None:
    assert steps(until=LAST_DAY, seed="濉溪") == steps(until=LAST_DAY, seed="濉溪")


def test_another_seed_makes_another_county() -> None:
    assert steps(until=LAST_DAY, seed="濉溪") != steps(until=LAST_DAY, seed="别处")


def test_the_county_is_as_large_as_it_promises() -> None:
    files = [s for s in steps(until=LAST_DAY, seed="濉溪") if isinstance(s, File)]
    rows = Counter({"registration": 0, "decision": 0})
    for file in files:
        rows["registration" if file.source.endswith("registration") else "decision"] += len(file.rows)
    assert rows["registration"] == 2400 - sum(e.registered_on >= date(2026, 11, 1) for e in _county())
    assert rows["decision"] > 11_000
    assert {f.department for f in files} == {"market_regulation", "emergency_management", "fire_rescue", "taxation"}


def test_files_arrive_in_order_and_none_after_the_last_day() -> None:
    planned = steps(until=LAST_DAY, seed="濉溪")
    assert [s.at for s in planned] == sorted(s.at for s in planned)
    assert max(s.at.date() for s in planned) <= LAST_DAY
    assert len({s.key for s in planned}) == len(planned)
    assert any(isinstance(s, Nil) for s in planned)


def test_no_identifier_could_be_real() -> None:
    for enterprise in _county():
        assert enterprise.uscc[2:8] == "000000"
        assert uscc.is_valid(enterprise.uscc), enterprise.name


def test_names_and_identifiers_are_each_borne_once() -> None:
    county = _county()
    assert len({e.name for e in county}) == len(county) == 2400
    assert len({e.uscc for e in county}) == 2400


def test_a_file_written_twice_has_the_same_bytes(tmp_path) -> None:
    file = next(s for s in steps(until=LAST_DAY, seed="濉溪") if isinstance(s, File) and s.name.endswith(".xlsx"))
    for name in ("first.xlsx", "second.xlsx"):
        write(rows=file.rows[:5], form=file.form, path=tmp_path / name, encoding=file.encoding, created=file.at)
    assert (tmp_path / "first.xlsx").read_bytes() == (tmp_path / "second.xlsx").read_bytes()


def _county():
    return enterprises(number=2400, seed="濉溪", until=LAST_DAY)
