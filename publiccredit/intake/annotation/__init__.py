"""
The sender's own file comes back with every problem at its cell.

Takes the original, what it was recognised as, the outcome of each row and the issues. Gives an xlsx in which offending
cells are filled and carry the whole sentence as a comment; a last column says 接受，退回 or 重复 of each row, and a
sheet lists all issues. That column and that sheet are set aside when the file is corrected and sent again.

A workbook of up to 100,000 cells is marked in place by openpyxl and keeps what openpyxl keeps: formats, widths,
drop-downs, notes, merged titles, print settings; drawings and charts are lost. A larger one is written anew and keeps
its sheets, its values (number or text as they were) and its column widths: for 20,000 rows × 30 columns openpyxl needs
20 s, this way 2 s. So do xls, separated text and JSON lines, which are no xlsx to begin with. Of more than 100,000 rows
only those that need attention come back, each with its row number in the original.
"""

from pathlib import Path

import polars as pl

from publiccredit.intake.annotation.marks import Marks
from publiccredit.intake.annotation.sheets import open_sheets
from publiccredit.intake.annotation.size import fits_in_place
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
    # openpyxl and xlsxwriter take as long to load as a fifth of the site, whose processes never come here.
    marks = Marks.of(issues=issues, outcomes=outcomes)
    if fits_in_place(original):
        from publiccredit.intake.annotation.in_place import mark_in_place

        mark_in_place(original=original, recognition=recognition, marks=marks, target=target)
    else:
        from publiccredit.intake.annotation.rewriting import write_marked

        with open_sheets(original=original, recognition=recognition) as sheets:
            write_marked(sheets=sheets, recognition=recognition, marks=marks, target=target)
