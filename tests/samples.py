"""The samples beside each source: how they are found, and how one is checked as a file of that source would be."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from publiccredit.catalogue import queries
from publiccredit.catalogue.types import Packs, Source
from publiccredit.intake.checking import Checker
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.reading import candidates, open_file
from publiccredit.intake.types import ACCEPTED, OUTCOME, CheckContext

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
    """Check a sample as sent by the source's first provider."""
    source = sample.source
    record_type = queries.record_type(name=source.record_type, on=SUBMITTED_ON, within=packs)
    forms = queries.forms_of(source=source, on=SUBMITTED_ON, within=packs)
    opened = open_file(path=sample.path, candidates=candidates(record_types=[record_type], forms=forms))
    book = Rulebook(
        record_type=record_type,
        codes={t.name: t for t in packs.code_tables if t.in_force_on(SUBMITTED_ON)},
        issue_kinds={i.check: i for i in packs.issues},
        form=next(f for f in forms if f.name == opened.recognition.form),
        source=source,
    )
    context = CheckContext(department_code=source.providers[0], submitted_on=SUBMITTED_ON, providers=_providers(packs))
    checker = Checker(book=book, context=context, recognition=opened.recognition)
    chunks = [checker.check(chunk.rows) for chunk in opened.chunks()]
    return Checked(
        form=opened.recognition.form,
        rows=sum(c.rows.height for c in chunks),
        counted=opened.counted(),
        accepted=sum((c.rows[OUTCOME] == ACCEPTED).sum() for c in chunks),
        findings=sorted(row for c in chunks for row in c.issues.select("sheet", "row", "column", "code").rows()),
    )


def _providers(packs: Packs) -> dict[str, str]:
    return {bearer: d.code for d in packs.departments for bearer in (d.code, d.name, d.short_name, d.uscc, *d.aliases)}
