"""The samples beside each source: how they are found, and how one is checked as a file of that source would be."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from unittest.mock import patch

import yaml

from publiccredit.catalogue import queries
from publiccredit.catalogue.types import Packs, Source
from publiccredit.intake.checking import check_stored_file
from publiccredit.intake.types import CheckedChunk, CheckSummary, Recognition

SUBMITTED_ON = date(2026, 11, 23)
EXPECTED = ".issues.yml"

Finding = tuple[str, int, str, str]
"""Sheet, row, column as headed, code."""


@dataclass(frozen=True)
class Sample:
    source: Source
    path: Path
    accepted: bool

    def expected(self) -> list[Finding]:
        """What ``<file>.issues.yml`` says; a file in ``accepted`` has none."""
        if self.accepted:
            return []
        rows = yaml.safe_load(self.path.with_name(self.path.name + EXPECTED).read_text("utf-8"))
        return sorted((r.get("sheet", ""), r["row"], r["column"], r["code"]) for r in rows)


@dataclass(frozen=True)
class Checked:
    form: str
    rows: int
    counted: int
    accepted: int
    findings: list[Finding]
    told: list[str]  # what would be right, as said to the sender


def samples(packs: Packs) -> Iterator[Sample]:
    """Give every sample of every source: ``industries/<industry>/samples/<outcome>/<source>[-<case>].<ending>``."""
    for source in packs.sources:
        industry, _, name = source.name.partition("/")
        for outcome in ("accepted", "returned"):
            folder = packs.folder / "industries" / industry / "samples" / outcome
            for path in sorted(folder.glob("*")):
                if path.stem.split("-")[0] == name and not path.name.endswith(EXPECTED):
                    yield Sample(source, path, outcome == "accepted")


def check(sample: Sample, packs: Packs) -> Checked:
    """Check a sample as sent by the source's first provider, by the code that checks every upload."""
    with patch.dict(os.environ, {queries.PACKS_VARIABLE: str(packs.folder)}):
        answers = list(
            check_stored_file(
                path=str(sample.path),
                file_name=sample.path.name,
                department_code=sample.source.providers[0],
                source=sample.source.name,
                submitted_on=SUBMITTED_ON.isoformat(),
                served_on=None,
                overrides=[],
            )
        )
    recognition, summary = answers[0], answers[-1]
    assert isinstance(recognition, Recognition)
    assert isinstance(summary, CheckSummary)
    chunks = [a for a in answers if isinstance(a, CheckedChunk)]
    findings = sorted(row for c in chunks for row in c.issues.select("sheet", "row", "column", "code").rows())
    told = [expected for c in chunks for expected in c.issues["expected"].to_list() if expected]
    return Checked(recognition.form, summary.rows, summary.counted_independently, summary.accepted, findings, told)
