"""
What is kept of a file that is about to be filed: the file itself, or a copy without the persons it names.

Knows from the issues whether the file names persons; a look at every cell is taken only where it may.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl

from publiccredit.catalogue import queries as catalogue
from publiccredit.intake import received
from publiccredit.intake.checks import identity_number, natural_person, no_records
from publiccredit.intake.checks.natural_person import MASKED
from publiccredit.intake.models import Submission
from publiccredit.intake.reading.recognition import MARKED_BY_PLATFORM
from publiccredit.intake.types import Recognition

WRITING = ".clearing"
_STARS = "*" * 12  # of a masked number, in what is said of a cell
_PLACE = {"sheet": pl.String, "row": pl.Int64, "column_letter": pl.String}

Clear = Callable[..., bool]
"""Writes the copy without persons, of ``original``, ``recognition`` and ``persons`` to ``target``."""


@dataclass
class PersonsFound:
    """What is known of the persons in a file while it is checked."""

    persons: list[pl.DataFrame] = field(default_factory=list)
    doubtful: bool = False  # there may be numbers of persons outside those rows

    def note(self, *, issues: pl.DataFrame) -> None:
        """Remember the rows about natural persons, and whether a cell elsewhere may hold a person's number."""
        codes = {kind.check: kind.code for kind in catalogue.packs().issues}
        person = pl.col("code") == codes[natural_person.NAME]
        rows = issues.filter(person).select(_PLACE.keys()).unique(["sheet", "row"], keep="first")
        if rows.height:
            self.persons.append(rows)
        elsewhere = [codes[name] for name in (identity_number.NAME, *no_records.NAMES)]
        masked = pl.col("found").str.contains(_STARS, literal=True) | (pl.col("found") == MASKED)
        self.doubtful = self.doubtful or bool(issues.select((pl.col("code").is_in(elsewhere) | masked).any()).item())

    def kept(self, *, submission: Submission, recognition: Recognition, clear: Clear) -> str:
        """
        Give the SHA-256 of what is kept, having written the copy without persons where there are any.

        :raises UnableToRead: the copy could not be made.
        """
        if not (self.persons or self.doubtful or _has_unseen(recognition)):
            return submission.file_sha256
        written = received.cleared_path_of(submission=submission).with_suffix(WRITING)
        persons = pl.concat(self.persons) if self.persons else pl.DataFrame(schema=_PLACE)
        was_cleared = clear(
            original=received.path_to_read(submission=submission),
            recognition=recognition,
            persons=persons,
            target=written,
        )
        return received.complete(written=written, submission=submission) if was_cleared else submission.file_sha256


def _has_unseen(recognition: Recognition) -> bool:
    """Tell whether the file has cells no check has looked into, or numbers of persons beside its rows."""
    unused = any(
        column.field is None and column.set_aside != MARKED_BY_PLATFORM
        for sheet in recognition.sheets
        for column in sheet.columns
    )
    beside = recognition.has_unread_cells or recognition.has_numbers_aside
    return unused or beside or any(sheet.has_identity_numbers for sheet in recognition.skipped)
