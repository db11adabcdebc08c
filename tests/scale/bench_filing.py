"""
A submission filed from end to end, against a bare COPY of the same records into a table with the same indexes.

    python -m tests.scale.bench_filing --rows 1000000

A tenth of the rows is filed first; where the whole would then take longer than ``--patience``, as many rows are filed as
fit, and the page says so: a benchmark must end, and the ratio of the tenth is kept beside it.

Both run in one database of its own, one after the other, so that their ratio holds on any machine. The bare COPY takes
the very rows that were filed, from a file in the form COPY reads fastest as text, into a copy of the table without
triggers, foreign key and row-level security. Results go to .data/bench, from which docs/benchmarks.md is written.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import tests.environment  # noqa: F401 - names the data folder before Django reads its settings
from tests.scale.results import Line, above, keep

ROWS = 1_000_000
AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
TARGET = 3.0  # times the bare COPY
PATIENCE = 300.0  # seconds for the whole, so that all benchmarks end within a quarter of an hour
TENTH = 10
WHOLE_PER_TENTH = 1.1  # indexes grow deeper: a tenth in ten takes a little longer than a tenth alone
DATABASE = f"bench_filing_{os.getpid()}"  # tests run it in several workers at once
HOW = (
    "A file is received and filed as by the command line, its check in a limited child process; then the very records"
    " are copied, as text, into a copy of the table without triggers, foreign key and row-level security."
)


def main() -> None:
    """Print the figures and keep them for the page of benchmarks."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=ROWS)
    asked.add_argument("--subjects", choices=("new", "known"), default="new")
    asked.add_argument("--patience", type=float, default=PATIENCE, help="seconds")
    given = asked.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "publiccredit.site.settings")
    import django

    django.setup()
    known = given.subjects == "known"
    began = time.perf_counter()
    tenth = measure(rows=max(1, given.rows // TENTH), known=known)
    rows = fitting(rows=given.rows, tenth_took=time.perf_counter() - began, patience=given.patience)
    figures = tenth if rows == tenth["rows"] else measure(rows=rows, known=known)
    told = [tenth] if figures is tenth else [tenth, figures]
    keep(
        name="filing", title="Filing a submission", how=how(figures, asked_for=given.rows),
        lines=[line(f) for f in told], raw={**figures, "tenth": tenth}, on=datetime.now(UTC).date(),
    )  # fmt: skip
    sys.stdout.write(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")


def fitting(*, rows: int, tenth_took: float, patience: float) -> int:
    """Give how many rows can be filed within the patience, in whole tenths of those asked for."""
    tenth = max(1, rows // TENTH)
    tenths = int(patience / (tenth_took * WHOLE_PER_TENTH))
    return rows if tenths >= TENTH else max(1, tenths) * tenth


def how(figures: dict[str, Any], *, asked_for: int) -> str:
    """Say what was measured."""
    said = [HOW]
    if figures["rows"] < asked_for:
        said.append(f"{asked_for:,} rows would have taken longer than the time a benchmark has on this machine.")
    return " ".join(said)


def line(figures: dict[str, Any]) -> Line:
    """Put the figures in words beside their target."""
    subjects = "known before" if figures["subjects_known_before"] else "new"
    longest = ", ".join(f"`{sql}` {taken} s" for sql, taken in list(figures["seconds_by_statement"].items())[:3])
    return Line(
        work=f"{figures['rows']:,} right penalty rows of {figures['subjects']:,} subjects ({subjects}), read, checked,"
        " matched, filed and entered in the ledger",
        target=f"≤ {TARGET:g} × a bare COPY of the same records into a like table with its indexes",
        measured=f"{figures['times_bare_copy']} × ({figures['seconds']} s against {figures['bare_copy_seconds']} s)",
        beyond=above(figures["times_bare_copy"], TARGET),
        why=f"The longest statements were {longest}.",
    )


def measure(*, rows: int, known: bool) -> dict[str, Any]:
    """File so many right rows and copy what came of them; ``known``: their subjects are on file before."""
    from tests.scale.synthetic_penalties import write_penalties

    with _database(), tempfile.TemporaryDirectory() as folder:
        file = write_penalties(Path(folder) / "penalties.csv", rows=rows, faulty_share=0, subjects=max(1, rows // 10))
        if known:
            _make_subjects(file)
        steps: dict[str, float] = {}
        began = time.perf_counter()
        submission = _file(file, steps)
        filed = time.perf_counter() - began
        assert (submission.state, submission.refusal) == ("filed", "")
        assert submission.accepted + submission.duplicates == rows
        bare = _bare_copy(Path(folder) / "records.copy")
        return {
            "rows": rows,
            "accepted": submission.accepted,
            "subjects": _one("SELECT count(*) FROM subjects_subject"),
            "subjects_known_before": known,
            "seconds": round(filed, 2),
            "rows_per_second": round(rows / filed),
            "bare_copy_seconds": round(bare, 2),
            "times_bare_copy": round(filed / bare, 2),
            "record_megabytes": _one("SELECT pg_table_size('subjects_record') / 1000000"),
            "index_megabytes": _one("SELECT pg_indexes_size('subjects_record') / 1000000"),
            "seconds_by_statement": dict(sorted(steps.items(), key=lambda s: -s[1])[:14]),
        }


@contextmanager
def _database() -> Iterator[None]:
    from django.db import connection

    from publiccredit.accounts.operations import act_as
    from publiccredit.accounts.types import PROGRAM
    from publiccredit.site import embedded_postgres
    from tests.conftest import _ensure_template
    from tests.environment import TEST_DATA
    from tests.running import cluster_of_tests

    cluster = cluster_of_tests(TEST_DATA)
    usual = connection.settings_dict["NAME"]
    connection.close()
    embedded_postgres.drop_database(cluster=cluster, name=DATABASE)
    embedded_postgres.create_database(cluster=cluster, name=DATABASE, template=_ensure_template(cluster))
    connection.settings_dict["NAME"] = DATABASE
    try:
        act_as(actor=PROGRAM)
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual
        embedded_postgres.drop_database(cluster=cluster, name=DATABASE)


def _file(file: Path, steps: dict[str, float]) -> Any:
    from django.db import connection

    from publiccredit.accounts.types import Actor, Role
    from publiccredit.intake.operations import file_submission, receive_submission

    liaison = Actor(name="bench", role=Role.LIAISON, department_code="market_regulation")

    def timed(execute: Callable[..., Any], sql: str, *others: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, *others)
        finally:
            name = " ".join(str(sql).split())[:60]
            steps[name] = round(steps.get(name, 0) + time.perf_counter() - began, 2)

    with connection.execute_wrapper(timed):
        began = time.perf_counter()
        received = receive_submission(
            by=liaison, department_code="market_regulation", file=file, file_name=file.name, channel="command", at=AT
        )
        steps["receive"] = round(time.perf_counter() - began, 2)
        return file_submission(submission_id=received.pk, at=AT)


def _make_subjects(file: Path) -> None:
    """File the first row of each subject under another number, so that every subject is known before."""
    import polars as pl

    from tests.scale.synthetic_penalties import TITLES

    first = pl.read_csv(file, infer_schema=False).unique(TITLES["subject_uscc"], keep="first", maintain_order=True)
    known = file.with_name("known.csv")
    first.with_columns(pl.col(TITLES["document_number"]).str.replace("处罚", "处告")).write_csv(known)
    _file(known, {})


def _bare_copy(file: Path) -> float:
    """Copy the filed records into a like table; the time counts from the first byte to the commit."""
    from publiccredit.site import embedded_postgres
    from tests.environment import TEST_DATA
    from tests.running import cluster_of_tests

    cluster = cluster_of_tests(TEST_DATA)
    columns = "SELECT string_agg(quote_ident(attname), ',' ORDER BY attnum) FROM pg_attribute"
    named = _one(f"{columns} WHERE attrelid = 'subjects_record'::regclass AND attnum > 0 AND NOT attisdropped")
    with cluster.connect(embedded_postgres.OWNER, DATABASE) as owner:
        owner.execute("SELECT set_config('publiccredit.role', 'program', false)")
        with (
            file.open("wb") as target,
            owner.cursor().copy(f"COPY (SELECT {named} FROM subjects_record) TO STDOUT") as out,
        ):
            for piece in out:
                target.write(piece)
        owner.execute(
            "CREATE TABLE bare (LIKE subjects_record INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)"
        )
        began = time.perf_counter()
        with file.open("rb") as source, owner.cursor().copy(f"COPY bare ({named}) FROM STDIN") as into:
            while piece := source.read(1 << 20):
                into.write(piece)
        return time.perf_counter() - began


def _one(sql: str) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


if __name__ == "__main__":
    main()
