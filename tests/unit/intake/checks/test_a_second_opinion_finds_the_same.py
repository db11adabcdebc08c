"""The small run of the benchmark: three implementations of the same rules find the same in a file full of faults."""

from collections import Counter
from datetime import date

from tests.scale import bench_checks, results
from tests.scale.synthetic_penalties import FAULTS, penalties, write_penalties

ROWS = 1_500


def test_columns_rows_and_frictionless_agree_on_every_finding(tmp_path):
    path = write_penalties(tmp_path / "penalties.csv", rows=ROWS, faulty_share=0.3)
    found = bench_checks.columnar_findings(path)
    assert found == bench_checks.with_pydantic(path)
    assert found == bench_checks.with_frictionless(path)
    rows = penalties(first=0, rows=ROWS, faulty_share=0.3, seed=20261103)
    faulty = Counter(fault for fault in rows["fault"] if fault)
    assert set(faulty) == set(FAULTS)
    # A row without its day of service is doubted as well, and is no fault of its own.
    returned = {row for row, code in found if code != "D-106"}
    assert len(returned) == sum(faulty.values())


def test_the_benchmark_gives_its_ratios(tmp_path):
    result = bench_checks.compare(rows=2_000, sample=200, folder=tmp_path)
    assert result["same_findings"] is True
    assert result["columns"] == 32
    assert set(result["seconds"]) == {"read_only", "columnar", "with_pydantic", "with_frictionless"}
    assert min(result["times_reading"], result["faster_than_pydantic"], result["faster_than_frictionless"]) > 0


def test_the_same_seed_writes_the_same_file(tmp_path):
    one, two = (write_penalties(tmp_path / name, rows=300).read_bytes() for name in ("one.csv", "two.csv"))
    assert one == two
    assert write_penalties(tmp_path / "three.csv", rows=300, seed=7).read_bytes() != one


def test_the_page_says_what_was_measured_and_whether_it_met_its_target(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    measured = bench_checks.compare(rows=500, sample=100, folder=tmp_path)
    said = bench_checks.lines(measured)
    results.keep(
        name="checks", title="Checking", how=bench_checks.how(measured), lines=said, raw=measured, on=date(2026, 11, 23)
    )
    page = results.page(folder=tmp_path)
    assert "## Checking" in page
    assert all(
        f"| {line.work} | {line.target} | {line.measured} | {'yes' if line.met else 'no'} |" in page for line in said
    )
    assert "Measured 2026-11-23" in page


def test_the_page_says_of_a_missed_target_alone_by_how_much_and_why(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    said = [
        results.Line("reading", "≤ 3 ×", "3.75 ×", results.above(3.75, 3), "Many small queries."),
        results.Line("writing", "≥ 20 ×", "15 ×", results.below(15, 20), "Slow paper."),
        results.Line("counting", "≤ 3 ×", "3 ×", results.above(3, 3), "Never said."),
    ]
    results.keep(name="one", title="One", how="So.", lines=said, raw={}, on=date(2026, 11, 23))
    page = results.page(folder=tmp_path)
    assert "**Missed by 25.0% of its target**: reading. Many small queries." in page
    assert "**Missed by 25.0% of its target**: writing. Slow paper." in page
    assert page.count("Missed by") == 2
    assert "Never said." not in page
