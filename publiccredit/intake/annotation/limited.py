"""Annotation in a child process: the sender's file is opened once more, and not in the web server."""

import tempfile
from dataclasses import asdict
from pathlib import Path

import polars as pl

from publiccredit.intake.annotation import annotate
from publiccredit.intake.reading.limited import recognition_of, run_limited
from publiccredit.intake.types import Recognition


def annotate_limited(
    *, original: Path, recognition: Recognition, issues: pl.DataFrame, outcomes: pl.DataFrame, target: Path
) -> None:
    """
    Write the annotated workbook to ``target``, as ``annotate`` does, from a child process with limits.

    :raises UnableToRead: the child ran out of memory or time.
    """
    with tempfile.TemporaryDirectory(prefix="publiccredit-annotation-") as folder:
        tables = {"issues": Path(folder) / "issues.arrow", "outcomes": Path(folder) / "outcomes.arrow"}
        issues.write_ipc(tables["issues"])
        outcomes.write_ipc(tables["outcomes"])
        arguments = {
            "original": str(original.resolve()),
            "recognition": asdict(recognition),
            "target": str(target.resolve()),
            **{name: str(path) for name, path in tables.items()},
        }
        for _ in run_limited(target=f"{__name__}:annotate_stored", arguments=arguments):
            raise AssertionError("annotation yields nothing")


def annotate_stored(*, original: str, recognition: object, issues: str, outcomes: str, target: str) -> None:
    """Annotate as ``annotate_limited`` was asked to; runs in the child."""
    annotate(
        original=Path(original),
        recognition=recognition_of(recognition),
        issues=pl.read_ipc(issues),
        outcomes=pl.read_ipc(outcomes),
        target=Path(target),
    )
