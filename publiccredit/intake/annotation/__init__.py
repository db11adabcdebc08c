"""
The sender's own file comes back with every problem at its cell.

Takes the original, what it was recognised as, the outcome of each row and the issues. Gives an xlsx in which offending
cells are filled and carry the whole sentence as a comment; a last column says 接受，退回 or 重复 of each row, and a
sheet lists all issues. That column and that sheet are set aside when the file is corrected and sent again.

A workbook is marked in its own XML, see ``marking``: all that bears no mark stays as it was. What is no xlsx to begin
with (xls, separated text, JSON lines) is written anew, and so is an xlsx that cannot be marked without risk: it keeps
its sheets, its values (number or text as they were) and its column widths. Of more than 100,000 rows only those that
need attention come back, each with its row number in the original.
"""

from pathlib import Path

import polars as pl

from publiccredit.intake.annotation.marking import marked_in_place
from publiccredit.intake.annotation.marks import Marks
from publiccredit.intake.annotation.sheets import open_sheets
from publiccredit.intake.types import Recognition

__all__ = ["annotate"]


def annotate(
    *, original: Path, recognition: Recognition, issues: pl.DataFrame, outcomes: pl.DataFrame, target: Path
) -> None:
    """
    Write the annotated workbook to ``target``.

    ``issues`` has the columns of ``CheckedChunk.issues`` and ``message``, the whole sentence; of ``outcomes``,
    ``SHEET``, ``ROW`` and ``OUTCOME`` are looked at. The original must have been opened by ``reading.open_file``
    before: what is hostile was refused there.
    """
    marks = Marks.of(issues=issues, outcomes=outcomes)
    if not marked_in_place(original=original, recognition=recognition, marks=marks, target=target):
        # xlsxwriter takes as long to load as a tenth of the site, whose processes never come here.
        from publiccredit.intake.annotation.rewriting import write_marked

        with open_sheets(original=original, recognition=recognition) as sheets:
            write_marked(sheets=sheets, recognition=recognition, marks=marks, target=target)
