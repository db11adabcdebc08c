"""Clearing in a child process: the sender's file is opened once more, and not in the worker."""

import tempfile
from dataclasses import asdict
from pathlib import Path

import polars as pl

from publiccredit.intake.clearing import cleared
from publiccredit.intake.reading.headers import column_index
from publiccredit.intake.reading.limited import recognition_of, run_limited
from publiccredit.intake.types import Recognition


def cleared_limited(*, original: Path, recognition: Recognition, persons: pl.DataFrame, target: Path) -> bool:
    """
    Write the copy without persons as ``cleared`` does, from a child process with limits.

    ``persons`` has sheet, row and column_letter of every row that is about a natural person.

    :raises UnableToRead: the child ran out of memory or time.
    """
    target.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="publiccredit-clearing-") as folder:
        table = Path(folder) / "persons.arrow"
        persons.write_ipc(table)
        arguments = {
            "original": str(original.resolve()),
            "recognition": asdict(recognition),
            "persons": str(table),
            "target": str(target.resolve()),
        }
        for _ in run_limited(target=f"{__name__}:clear_stored", arguments=arguments):
            raise AssertionError("clearing yields nothing")
    return target.exists()


def clear_stored(*, original: str, recognition: object, persons: str, target: str) -> None:
    """Clear as ``cleared_limited`` was asked to; runs in the child."""
    cleared_here(
        original=Path(original),
        recognition=recognition_of(recognition),
        persons=pl.read_ipc(persons),
        target=Path(target),
    )


def cleared_here(*, original: Path, recognition: Recognition, persons: pl.DataFrame, target: Path) -> bool:
    """Do the same in this process: for files the program itself has made, which harm nobody."""
    places = {
        (sheet, row): column_index(letter) if letter else 0
        for sheet, row, letter in persons.select("sheet", "row", "column_letter").iter_rows()
    }
    return cleared(original=original, recognition=recognition, persons=places, target=target)
