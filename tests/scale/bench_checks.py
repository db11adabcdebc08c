"""
Checking a penalty file, against what Polars needs only to read it, a pydantic row model and frictionless.

    python -m tests.scale.bench_checks --rows 1000000 --sample 20000

Every measurement runs in a process of its own, so that its peak memory is its own. The baselines hold a smaller file of
the same kind against the same rules, find the same, and are scaled to the rows of the large one: their work is the same
for every row. Results go to .data/bench/checks.json, from which docs/benchmarks.md is written.
"""

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from publiccredit.catalogue import queries as catalogue
from publiccredit.intake.checking import bearers, check_file
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.child_process import allocation
from publiccredit.intake.types import CheckContext, CheckedChunk, CheckSummary
from tests.scale.results import Line, above, below, keep
from tests.scale.row_rules import RowRules, pydantic_findings, pydantic_model
from tests.scale.synthetic_penalties import AUTHORITY, AUTHORITY_USCC, FAULTS, TITLES, write_penalties

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 11, 23)
TARGETS = {"times_reading_at_most": 3, "frictionless_at_least": 25, "pydantic_at_least": 20, "peak_mb_at_most": 1536}
WHERE_TIME_GOES = (
    "\n\nMost of the processor's time goes into cleaning and rules, then into reading in chunks, into proving the encoding and "
    "counting lines in the same pass, and into outcomes and repetitions, which cost more as the rows to remember become many. "
    "A file with quotation marks is walked through once more to be counted."
)
WHY_SLOWER_THAN_READING = (
    "No single step stands out. Profiles of 2026-11-27 found that of some 250 ms of processor time for a look at 98,304 rows "
    "130 go into cleaning, half of them into the five columns in which nearly every cell is different, 45 into the looks of 108 "
    "rules and 17 into hashes of what the rows say; 27 are what a look costs however few its rows are, for 170 small queries. "
    "To ask all columns at once could save a part of these 27, eleven times in 1,000,000 rows: 2 % of the whole. The first "
    "chunk costs twice as much as the others, for the spellings it brings and the memory it asks for. Chunks of 131,072 rows "
    "took 1.6 GB of memory, more than checking may. Looking for odd signs in names and numbers of documents by their bytes, "
    "and not by a pattern, saved nothing."
)
COMPETENT = frozenset({AUTHORITY, AUTHORITY_USCC, "县市场监管局", "濉溪县市场监管局"})


def read_only(path: Path) -> int:
    return pl.read_csv(path, infer_schema=False).height


def columnar(path: Path) -> dict[str, int]:
    """Check the file as a submission is checked, from opening to the independent count."""
    context = CheckContext(department_code="market_regulation", submitted_on=DAY, providers=bearers())
    issues = 0
    for value in check_file(path=path, context=context, source="market_regulation/penalty"):
        if isinstance(value, CheckedChunk):
            issues += value.issues.height
        elif isinstance(value, CheckSummary):
            summary = value
    return {"rows": summary.rows, "accepted": summary.accepted, "issues": issues}


def columnar_findings(path: Path) -> set[tuple[int, str]]:
    context = CheckContext(department_code="market_regulation", submitted_on=DAY, providers=bearers())
    values = check_file(path=path, context=context, source="market_regulation/penalty")
    issues = pl.concat([value.issues for value in values if isinstance(value, CheckedChunk)])
    return set(issues.select("row", "code").iter_rows())


def row_rules() -> RowRules:
    record_type = catalogue.record_type(name="administrative_penalty", on=DAY)
    tables = {table.name: table for table in catalogue.packs().code_tables}
    book = Rulebook(record_type=record_type, codes=tables, issue_kinds={})
    prefixes = {name: table.detail_prefix for name, table in tables.items()}
    return RowRules(
        record_type=record_type, words_of=book.words, prefixes=prefixes, submitted_on=DAY, competent=COMPETENT
    )


def with_pydantic(path: Path) -> set[tuple[int, str]]:
    rules = row_rules()
    model = pydantic_model(rules)
    names = {title: name for name, title in TITLES.items()}
    found: set[tuple[int, str]] = set()
    with path.open(encoding="utf-8", newline="") as file:
        for number, record in enumerate(csv.DictReader(file), start=2):
            cells = {names[title]: cell or None for title, cell in record.items()}
            issues = pydantic_findings(model, rules, cells)
            found.update((number, code) for _, code in issues)
            _remember(rules, cells)
    return found


def with_frictionless(path: Path) -> set[tuple[int, str]]:
    import frictionless
    from frictionless import Checklist, Resource, Schema, errors
    from frictionless.fields import StringField

    rules = row_rules()
    names = {title: name for name, title in TITLES.items()}

    class PenaltyRules(frictionless.Check):
        type = "penalty-rules"
        Errors = [errors.RowError]

        def validate_row(self, row):  # type: ignore[no-untyped-def]
            cells = {names[title]: cell for title, cell in row.items()}
            for _, code in rules.findings(cells):
                yield errors.RowError.from_row(row, note=code)
            _remember(rules, cells)

    schema = Schema(fields=[StringField(name=title) for title in TITLES.values()])
    resource = Resource(path=path.name, basepath=str(path.parent), schema=schema)
    report = resource.validate(Checklist(checks=[PenaltyRules()]), limit_errors=10**9)
    return {(task[0], task[1]) for task in report.flatten(["rowNumber", "note"]) if task[0] is not None}


def _remember(rules: RowRules, cells: dict[str, str | None]) -> None:
    key = tuple(cells.get(name) for name in ("authority_uscc", "document_number", "subject_uscc"))
    rules.repeated(key, tuple(cells.values()))


WORK: dict[str, Callable[[Path], object]] = {
    "read_only": read_only,
    "columnar": columnar,
    "with_pydantic": with_pydantic,
    "with_frictionless": with_frictionless,
}


def measured(name: str, path: Path, *, times: int = 1) -> dict[str, float]:
    """Run one measurement in a process of its own, ``times`` over, and give its best seconds and its peak megabytes."""
    threads = os.environ.get("POLARS_MAX_THREADS", "2")
    # As in the child process of an upload; reading alone is no slower for it.
    environment = {**os.environ, "POLARS_MAX_THREADS": threads, **allocation(threads=int(threads))}
    command = [sys.executable, "-m", "tests.scale.bench_checks", "--measure", name, "--file", str(path)]
    runs = [
        json.loads(subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env=environment).stdout)
        for _ in range(times)
    ]
    return {key: min(run[key] for run in runs) for key in ("seconds", "cpu_seconds", "peak_mb")}


def measure_here(name: str, path: Path) -> dict[str, float]:
    catalogue.packs()  # every process has the packs before its first file
    start, work = time.perf_counter(), time.process_time()
    WORK[name](path)
    return {
        "seconds": time.perf_counter() - start,
        "cpu_seconds": time.process_time() - work,  # of all threads: tells a slow machine from a busy one
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def compare(*, rows: int, sample: int, folder: Path, times: int = 1) -> dict[str, Any]:
    """Measure everything in one run and give the ratios."""
    large = write_penalties(folder / "large.csv", rows=rows)
    small = write_penalties(folder / "small.csv", rows=sample)
    reading, checking = (measured(name, large, times=times) for name in ("read_only", "columnar"))
    taken = {name: measured(name, small, times=times) for name in ("with_pydantic", "with_frictionless")}
    baselines = {name: run["seconds"] / sample * rows for name, run in taken.items()}
    baselines_cpu = {name: run["cpu_seconds"] / sample * rows for name, run in taken.items()}
    ours = columnar_findings(small)
    return {
        "rows": rows,
        "columns": len(TITLES),
        "sample_of_baselines": sample,
        "megabytes": round(large.stat().st_size / 1e6),
        "seconds": {"read_only": reading["seconds"], "columnar": checking["seconds"], **baselines},
        "cpu_seconds": {
            "read_only": reading["cpu_seconds"],
            "columnar": checking["cpu_seconds"],
            **baselines_cpu,
        },
        "peak_mb": round(checking["peak_mb"]),
        "times_reading": round(checking["seconds"] / reading["seconds"], 2),
        "faster_than_pydantic": round(baselines["with_pydantic"] / checking["seconds"], 1),
        "faster_than_frictionless": round(baselines["with_frictionless"] / checking["seconds"], 1),
        "same_findings": with_pydantic(small) == ours == with_frictionless(small),
        "findings_in_sample": len(ours),
    }


def how(result: dict[str, Any]) -> str:
    seconds, cpu = result["seconds"], result["cpu_seconds"]
    return (
        f"A csv of {result['rows']:,} penalties × {result['columns']} columns ({result['megabytes']} MB), 5 % of them "
        f"faulty in one of {len(FAULTS)} ways, checked as a submission is: encoding proved, form recognised, every cell "
        f"cleaned and held against every rule, issues located, repetitions found, rows counted a second time. "
        f"Reading alone is `polars.read_csv` with every column as text: {seconds['read_only']:.1f} s "
        f"({cpu['read_only']:.1f} s of processor time); checking {seconds['columnar']:.1f} s ({cpu['columnar']:.1f} s). "
        f"The pydantic row model and frictionless held {result['sample_of_baselines']:,} rows of the same kind against "
        f"the same rules and are scaled to the same number of rows; all three found the same {result['findings_in_sample']:,} "
        f"issues: {'yes' if result['same_findings'] else 'NO'}. In processor time, which a busy machine distorts less, "
        f"checking takes {cpu['columnar'] / cpu['read_only']:.1f} × reading alone, pydantic "
        f"{cpu['with_pydantic'] / cpu['columnar']:.0f} × and frictionless {cpu['with_frictionless'] / cpu['columnar']:.0f} × "
        f"as much as checking.{WHERE_TIME_GOES}"
    )


def lines(result: dict[str, Any]) -> list[Line]:
    reading, cpu = result["times_reading"], result["cpu_seconds"]
    work, most = round(cpu["columnar"] / cpu["read_only"], 2), TARGETS["times_reading_at_most"]
    over = f"{cpu['columnar'] - most * cpu['read_only']:.1f} s of processor time more than the target leaves. "
    return [
        Line(
            "checking, against reading alone",
            f"≤ {most} ×",
            f"{reading} ×",
            above(reading, most),
            f"{result['seconds']['columnar'] - most * result['seconds']['read_only']:.1f} s longer than the target leaves. "
            + WHY_SLOWER_THAN_READING,
        ),
        Line(
            "the same in processor time", f"≤ {most} ×", f"{work} ×", above(work, most), over + "For the same reason."
        ),
        *(
            Line(
                f"checking, against {name}",
                f"≥ {least} × as fast",
                f"{result[f'faster_than_{name}']} ×",
                below(result[f"faster_than_{name}"], least),
                f"Checking took {cpu['columnar']:.1f} s of processor time, {name} would take {cpu[f'with_{name}']:.0f} s.",
            )
            for name in ("pydantic", "frictionless")
            for least in [TARGETS[f"{name}_at_least"]]
        ),
        Line(
            "peak memory of checking",
            "≤ 1.5 GB",
            f"{result['peak_mb'] / 1024:.2f} GB",
            above(result["peak_mb"], TARGETS["peak_mb_at_most"]),
            "Two chunks are held beside those that Polars reads ahead.",
        ),
    ]


def main() -> None:
    today = datetime.now(UTC).date()
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--sample", type=int, default=20_000)
    parser.add_argument("--times", type=int, default=2)
    parser.add_argument("--measure", choices=sorted(WORK))
    parser.add_argument("--file", type=Path)
    told = parser.parse_args()
    if told.measure:
        sys.stdout.write(json.dumps(measure_here(told.measure, told.file)))
        return
    with tempfile.TemporaryDirectory(prefix="bench-checks-") as folder:
        result = compare(rows=told.rows, sample=told.sample, folder=Path(folder), times=told.times)
    kept = keep(
        name="checks", title="Checking a penalty file", how=how(result), lines=lines(result), raw=result, on=today
    )
    sys.stdout.write(kept.read_text(encoding="utf-8") + "\n")


if __name__ == "__main__":
    main()
