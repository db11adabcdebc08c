"""What a check without a database does, and what it keeps until the answer is written: behind the door ``offline``."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from publiccredit.catalogue import queries as catalogue
from publiccredit.intake import checking
from publiccredit.intake.check_report import check_report
from publiccredit.intake.checking import IN_NO_FORM, bearers
from publiccredit.intake.offline import CHILDREN
from publiccredit.intake.types import (
    OUTCOME,
    ROW,
    SHEET,
    CheckedChunk,
    CheckSummary,
    Recognition,
    UnableToRead,
)

if TYPE_CHECKING:
    from publiccredit.intake.child_process import Child

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


@dataclass(frozen=True)
class Asked:
    """
    What is asked of a file, whoever sends it.

    ``children`` were started ahead, each good for one order; when none is left, one is started for each order.
    """

    file: Path
    source: str | None
    on: date
    served_on: date | None
    overrides: tuple[str, ...]
    children: "list[Child]"

    def checked_as_first_fitting(self, senders: Sequence[str]) -> OfflineCheck:
        """
        Try each sender; what is wrong with the file whoever sends it is said at once.

        :raises UnableToRead: the file as a whole cannot be taken.
        """
        for sender in senders:
            try:
                return self.checked(sender)
            except UnableToRead as refused:
                if len(senders) == 1 or refused.code not in (*IN_NO_FORM, *OF_ANOTHER):
                    raise
        # No provider's forms fit. Which form is nearest, and which there are, is asked of all of them together: the
        # last provider tried would name its own alone.
        for _ in self._in_child("recognise_stored_file", self._named):
            pass
        return self.checked(senders[-1])

    def checked(self, department: str) -> OfflineCheck:
        """:raises UnableToRead: the file as a whole cannot be taken."""
        arguments: dict[str, Any] = {
            **self._named,
            "department_code": department,
            "source": self.source,
            "served_on": self.served_on.isoformat() if self.served_on else None,
            "overrides": list(self.overrides),
        }
        done = OfflineCheck(file=self.file, department=department)
        checked = self._in_child("check_stored_file", arguments)
        done.report = check_report(checked=done.watch(checked), issue_kinds=catalogue.packs().issues)
        return done

    @property
    def _named(self) -> dict[str, Any]:
        return {"path": str(self.file.resolve()), "file_name": self.file.name, "submitted_on": self.on.isoformat()}

    def _in_child(self, function: str, arguments: dict[str, Any]) -> Iterable[Checked]:
        """Read in a child process with limits where the system knows them: a file may be made to do harm."""
        if not CHILDREN:
            read: Iterable[Checked] = getattr(checking, function)(**arguments)
            return read
        from publiccredit.intake.reading.limited import run_limited

        waiting = self.children.pop() if self.children else None
        return run_limited(target=f"{checking.__name__}:{function}", arguments=arguments, waiting=waiting)


def providers(*, source: str | None, on: date) -> list[str]:
    """
    Give the departments that may send what a source takes, or any that is in force.

    :raises NotInPacks: there is no such source.
    """
    if source is not None:
        return list(catalogue.source(name=source).providers)
    in_force = (s for s in catalogue.packs().sources if s.in_force_on(on))
    return list(dict.fromkeys(code for s in in_force for code in s.providers))
