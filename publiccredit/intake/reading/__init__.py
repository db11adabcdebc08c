"""
A file as a department sends it becomes rows of text.

Takes an xlsx, xls, csv or JSON lines file and the forms it may be in. Gives what it was recognised as, its rows in
chunks, each with its sheet and row number, and the number of rows a second parser counts. Refuses, with a sentence that
helps, whatever cannot be read the same way by everybody, and whatever is made to do harm. Meant to run in the child
process of ``reading.limited``: some harm shows only as memory or time.
"""

from collections.abc import Sequence
from pathlib import Path

from publiccredit.intake.reading.candidates import Candidate, candidates
from publiccredit.intake.reading.json_lines import open_json_lines
from publiccredit.intake.reading.limits import USUAL, Limits
from publiccredit.intake.reading.meter import Meter
from publiccredit.intake.reading.opened import OpenedFile
from publiccredit.intake.reading.sniffing import Kind, sniff
from publiccredit.intake.reading.text import open_text
from publiccredit.intake.reading.workbook import open_xlsx
from publiccredit.intake.reading.xls import open_xls

__all__ = ["USUAL", "Candidate", "Limits", "Meter", "OpenedFile", "candidates", "open_file"]


WORKBOOKS = {Kind.XLSX: open_xlsx, Kind.XLS: open_xls}
TEXTS = {Kind.TEXT: open_text, Kind.JSON_LINES: open_json_lines}


def open_file(
    *,
    path: Path,
    candidates: Sequence[Candidate],
    limits: Limits = USUAL,
    name: str | None = None,
    meter: Meter | None = None,
) -> OpenedFile:
    """
    Open a file and recognise its form; ``name`` is what the sender called it, where it is stored under another name.

    ``meter`` tells those beside how far it is: opening a large workbook takes longer than checking it.

    :raises UnableToRead: it is damaged, hostile, too large, in no known form, or unclear in its data area.
    """
    kind = sniff(path=path, name=name or path.name, limits=limits)
    if kind in TEXTS:
        return TEXTS[kind](path=path, candidates=candidates, limits=limits)
    return WORKBOOKS[kind](path=path, candidates=candidates, limits=limits, meter=meter or Meter())
