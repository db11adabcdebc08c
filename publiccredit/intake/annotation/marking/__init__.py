"""
A workbook marked in its own XML: what bears no mark stays byte for byte as the sender's program wrote it.

Takes an xlsx and its marks. Gives the same package in which the outcome of every row stands behind it, marked cells
keep their own style but for the fill, and notes are added to the notes there are; drop-downs, conditional formats,
widths, frozen panes, pictures and whatever a later version of a spreadsheet program invents stay. Refuses, as
``Unsure``, what is written in a way it does not know; such a workbook is then written anew.
"""

import logging
import zipfile
import zlib
from pathlib import Path
from xml.parsers import expat

from publiccredit.intake.annotation.marking.outline import Unsure
from publiccredit.intake.annotation.marking.workbook import mark
from publiccredit.intake.annotation.marks import Marks
from publiccredit.intake.types import Recognition

__all__ = ["UNREADABLE", "marked_in_place", "reason"]

log = logging.getLogger(__name__)
# Whatever is not as it should be in a part shows as one of these; the workbook as a whole was read without a fault.
UNREADABLE = (Unsure, expat.ExpatError, zipfile.BadZipFile, zlib.error, LookupError, ValueError)


def marked_in_place(*, original: Path, recognition: Recognition, marks: Marks, target: Path) -> bool:
    """Mark a workbook in its own XML and tell whether it could be; else nothing is written."""
    if recognition.encoding != "workbook" or not zipfile.is_zipfile(original):
        return False
    try:
        mark(original=original, recognition=recognition, marks=marks, target=target)
    except UNREADABLE as error:
        log.warning("A workbook is written anew: %s", reason(error))
        return False
    return True


def reason(error: BaseException) -> str:
    """Give why a workbook cannot be changed, in words that quote none of its cells: they may be about a person."""
    return str(error) if isinstance(error, Unsure) else type(error).__name__
