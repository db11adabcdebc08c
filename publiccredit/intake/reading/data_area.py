"""What must not stand among the rows of a workbook, because two people would read it differently."""

from publiccredit.intake.reading.headers import column_index, column_letter
from publiccredit.intake.reading.refusals import refusal
from publiccredit.intake.reading.survey import NAMED_CELLS, Survey
from publiccredit.intake.types import RecognisedSheet

SHOWN = 10


def refuse_unclear_cells(*, survey: Survey, header: RecognisedSheet) -> None:
    """
    Refuse formulas, merged and hidden cells below the header; above it they do no harm.

    :raises UnableToRead: there are some, named by their cells; or there is no row below the header at all.
    """
    top = header.header_row
    bottom = max(survey.filled, default=0)
    if bottom <= top:
        raise refusal("header_only", row=top)
    formulas = [_cell(row, column) for row, column in survey.formulas if row > top]
    if formulas:
        cut = len(survey.formulas) >= NAMED_CELLS
        raise refusal("formulas", sheet=survey.sheet, cells=_listed(formulas, more=cut))
    merged = [_range(area) for area in survey.merged if area[2] > top and area[0] <= bottom]
    if merged:
        raise refusal("merged_cells", sheet=survey.sheet, cells=_listed(merged))
    hidden = [row for row in survey.hidden_rows if row > top and row in survey.filled]
    if hidden:
        raise refusal("hidden_rows", sheet=survey.sheet, rows=_listed([f"第 {row} 行" for row in hidden]))
    _refuse_hidden_columns(survey, header)


def _refuse_hidden_columns(survey: Survey, header: RecognisedSheet) -> None:
    letters = [
        column.letter
        for column in header.columns
        if any(first <= column_index(column.letter) + 1 <= last for first, last in survey.hidden_columns)
    ]
    if letters:
        raise refusal("hidden_columns", sheet=survey.sheet, columns=_listed([f"{letter} 列" for letter in letters]))


def _cell(row: int, column: int) -> str:
    return f"{column_letter(column - 1)}{row}"


def _range(area: tuple[int, int, int, int]) -> str:
    return f"{_cell(area[0], area[1])}:{_cell(area[2], area[3])}"


def _listed(names: list[str], *, more: bool = False) -> str:
    if len(names) <= SHOWN and not more:
        return "、".join(names)
    return f"{'、'.join(names[:SHOWN])} 等{'至少 ' if more else ' '}{len(names)} 处"
