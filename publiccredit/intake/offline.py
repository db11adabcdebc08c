"""
A file checked where it lies, without a database: the door for a liaison's own machine.

The third door of this package beside operations and queries, which both need the web framework: this one must start
fast, and must not be able to write anything.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from publiccredit.catalogue import queries as catalogue
from publiccredit.intake import checking
from publiccredit.intake.check_report import check_report
from publiccredit.intake.checking import IN_NO_FORM, bearers
from publiccredit.intake.confirmations import refuse_what_cannot_be_confirmed
from publiccredit.intake.types import (
    OUTCOME,
    ROW,
    SHEET,
    CheckedChunk,
    CheckSummary,
    Recognition,
    UnableToRead,
)

Checked = Recognition | CheckedChunk | CheckSummary
AUTHORITY_FIELDS = ("authority_uscc", "authority_name")
OF_ANOTHER = ("F-160", "F-161", "F-162", "F-163")  # it may be another provider's


@dataclass
class OfflineCheck:
    """What came of a check: the report, the department it was checked as, and what an annotated workbook needs."""

    file: Path
    department: str
    report: dict[str, Any] = field(default_factory=dict)
    _recognition: Recognition | None = None
    _issues: list[pl.DataFrame] = field(default_factory=list)
    _outcomes: list[pl.DataFrame] = field(default_factory=list)
    _authorities: Counter[str] = field(default_factory=Counter)

    def annotate(self, *, target: Path) -> None:
        """
        Write the sender's own file with every problem at its cell.

        :raises OSError: the system does not let it be written.
        """
        if self._recognition is None or not self._issues:
            return
        from publiccredit.intake.annotation import annotate

        messages = pl.Series([issue["message"] for issue in self.report["issues"]], dtype=pl.String)
        annotate(
            original=self.file,
            recognition=self._recognition,
            issues=pl.concat(self._issues).with_columns(message=messages),
            outcomes=pl.concat(self._outcomes),
            target=target,
        )

    def watch(self, checked: Iterable[Checked]) -> Iterator[Checked]:
        """Keep what passes by while a file is checked."""
        for value in checked:
            if isinstance(value, Recognition):
                self._recognition = value
                _load_annotation()
            elif isinstance(value, CheckedChunk):
                self._issues.append(value.issues)
                self._outcomes.append(value.rows.select(SHEET, ROW, OUTCOME))
                for column in set(AUTHORITY_FIELDS) & set(value.rows.columns):
                    self._authorities.update(value.rows[column].drop_nulls())
            yield value

    def named(self, *, among: Iterable[str]) -> str:
        """Give the department most rows name as their authority, else the one the file was checked as."""
        codes, allowed = bearers(), set(among)
        said = Counter[str]()
        for written, number in self._authorities.items():
            if (code := codes.get(written)) in allowed:
                said[str(code)] += number
        return max(said, key=lambda code: said[code]) if said else self.department


def _load_annotation() -> None:
    """Load what annotates while the child reads on, and this process has nothing else to do."""
    from publiccredit.intake import annotation  # noqa: F401


def check_offline(
    *,
    file: Path,
    department: str | None,
    source: str | None,
    on: date,
    served_on: date | None = None,
    overrides: Iterable[str] = (),
) -> OfflineCheck:
    """
    Check a file as it would be checked on a day, keeping nothing.

    Without a department each provider is tried until one's forms fit; whom the rows then name as their authority is it.

    :raises UnableToRead: the file as a whole cannot be taken.
    :raises UnableToSubmit: an override confirms what cannot be confirmed.
    :raises NotInPacks: there is no such department or source.
    """
    overrides = tuple(overrides)
    refuse_what_cannot_be_confirmed(overrides=overrides)
    providers = [catalogue.department(code=department).code] if department else _providers(source, on)
    done = _check_as_first_fitting(file, providers, source, on, served_on, overrides)
    named = done.named(among=providers)
    return done if named == done.department else _check(file, named, source, on, served_on, overrides)


def _check_as_first_fitting(
    file: Path,
    providers: Sequence[str],
    source: str | None,
    on: date,
    served_on: date | None,
    overrides: tuple[str, ...],
) -> OfflineCheck:
    """Try each provider; what is wrong with the file whoever sends it is said at once."""
    for sender in providers:
        try:
            return _check(file, sender, source, on, served_on, overrides)
        except UnableToRead as refused:
            if len(providers) == 1 or refused.code not in (*IN_NO_FORM, *OF_ANOTHER):
                raise
    # No provider's forms fit. Which form is nearest, and which there are, is asked of all of them together: the last
    # provider tried would name its own alone.
    arguments = {"path": str(file.resolve()), "file_name": file.name, "submitted_on": on.isoformat()}
    for _ in _in_child("recognise_stored_file", arguments):
        pass
    return _check(file, providers[-1], source, on, served_on, overrides)


def _check(
    file: Path, department: str, source: str | None, on: date, served_on: date | None, overrides: Iterable[str]
) -> OfflineCheck:
    arguments: dict[str, Any] = {
        "path": str(file.resolve()),
        "file_name": file.name,
        "department_code": department,
        "source": source,
        "submitted_on": on.isoformat(),
        "served_on": served_on.isoformat() if served_on else None,
        "overrides": list(overrides),
    }
    done = OfflineCheck(file=file, department=department)
    checked = _in_child("check_stored_file", arguments)
    done.report = check_report(checked=done.watch(checked), issue_kinds=catalogue.packs().issues)
    return done


def _in_child(function: str, arguments: dict[str, Any]) -> Iterable[Checked]:
    """Read in a child process with limits where the system knows them: a file may be made to do harm."""
    if sys.platform != "linux":
        read: Iterable[Checked] = getattr(checking, function)(**arguments)
        return read
    from publiccredit.intake.reading.limited import run_limited

    return run_limited(target=f"{checking.__name__}:{function}", arguments=arguments)


def _providers(source: str | None, on: date) -> list[str]:
    """:raises NotInPacks: there is no such source."""
    if source is not None:
        return list(catalogue.source(name=source).providers)
    in_force = (s for s in catalogue.packs().sources if s.in_force_on(on))
    return list(dict.fromkeys(code for s in in_force for code in s.providers))
