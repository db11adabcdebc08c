"""Old workbooks (xls): surveyed by their BIFF records, read by calamine."""

from collections.abc import Sequence
from pathlib import Path

from publiccredit.intake.reading.biff import sheets_of, survey_sheet
from publiccredit.intake.reading.candidates import Candidate
from publiccredit.intake.reading.compound import open_compound
from publiccredit.intake.reading.damage import refusing_damage
from publiccredit.intake.reading.limits import Limits
from publiccredit.intake.reading.meter import Meter
from publiccredit.intake.reading.opened import OpenedFile
from publiccredit.intake.reading.package import SheetPart
from publiccredit.intake.reading.refusals import refusal
from publiccredit.intake.reading.survey import Survey
from publiccredit.intake.reading.workbook import open_surveyed

MACROS = ("_VBA_PROJECT_CUR", "VBA", "Macros")
WORKBOOK = ("Workbook", "Book")


def open_xls(*, path: Path, candidates: Sequence[Candidate], limits: Limits, meter: Meter) -> OpenedFile:
    """
    Open an xls workbook.

    :raises UnableToRead: it is damaged, locked, holds macros, is in no known form, or unclear in its data area.
    """
    surveyed = _surveyed(path, limits)
    return open_surveyed(path=path, candidates=candidates, limits=limits, surveyed=surveyed, meter=meter)


def _surveyed(path: Path, limits: Limits) -> list[tuple[SheetPart, Survey]]:
    compound = open_compound(path)
    if found := next((name for name in MACROS if name in compound.streams), None):
        raise refusal("macro", found=found)
    name = next((name for name in WORKBOOK if name in compound.streams), None)
    if name is None:
        raise refusal("unknown_content", found="Word 文档或其他 Office 旧格式文件")
    with refusing_damage():
        book = compound.stream(name)
        sheets, blank = sheets_of(book)
        if len(sheets) > limits.sheets:
            raise refusal("too_many_parts", found=len(sheets), what="工作表", limit=limits.sheets)
        return [(SheetPart(s.sheet, "", s.visible), survey_sheet(book, sheet=s, blank=blank)) for s in sheets]
