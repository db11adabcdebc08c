"""Which form a file is in, told by the headers that stand together in one row: never by position or file name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz, process

from publiccredit.catalogue.types import Column, header_key
from publiccredit.catalogue.types.identity_numbers import without
from publiccredit.intake.reading.candidates import Candidate
from publiccredit.intake.reading.headers import column_letter
from publiccredit.intake.reading.record_signs import reads_like_a_record
from publiccredit.intake.reading.refusals import listed, refusal
from publiccredit.intake.types import RecognisedColumn, RecognisedSheet, Recognition, SkippedSheet, UnableToRead

OUTCOME_HEADER = "核验结果"  # the columns an annotated workbook carries, and
ORIGINAL_ROW_HEADER = "原行号"
SUMMARY_SHEET = "核验问题"  # its sheet of issues: all come back when the sender corrects it and sends it again
MARK_HEADERS = frozenset({OUTCOME_HEADER, ORIGINAL_ROW_HEADER})
MARKED_BY_PLATFORM = "平台标注的核验结果，不作为数据"
# Departments send a filled-in example beside their data; taken for data, an invented penalty would be published.
_EXAMPLE = re.compile("示例|样例|范例|样表|(?i:example|sample)")
ALIKE = 60  # rapidfuzz ratio from which another header is worth suggesting


@dataclass(frozen=True)
class SheetHead:
    """The first rows of a sheet, each with its number and its cells from column A on."""

    sheet: str
    visible: bool
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    @cached_property
    def keys(self) -> tuple[tuple[str, ...], ...]:
        """What each cell would be called by as a header: made once, for every form asks."""
        return tuple(tuple(header_key(cell) for cell in cells) for _, cells in self.rows)


@dataclass(frozen=True)
class Fit:
    """How well one row serves as the header of one form."""

    candidate: Candidate
    sheet: str
    row: int
    cells: tuple[str, ...]
    matched: tuple[Column | None, ...]  # per cell
    missing: tuple[str, ...]  # headers of the fingerprint that are not there

    @property
    def closeness(self) -> tuple[int, int, int]:
        """
        How much of the row the form explains, then in its own words, then by how long a fingerprint.

        A form of another platform and the record type's own form may both know a column: the one whose own header it
        is wins over the one that merely knows it by another name.
        """
        own = sum(
            column is not None and header_key(column.header) == header_key(cell)
            for column, cell in zip(self.matched, self.cells, strict=True)
        )
        return sum(column is not None for column in self.matched), own, len(self.candidate.form.fingerprint)

    @property
    def unknown(self) -> tuple[str, ...]:
        return tuple(
            cell.strip()
            for column, cell in zip(self.matched, self.cells, strict=True)
            if column is None and cell.strip() and header_key(cell) not in MARK_HEADERS
        )


def recognise(*, heads: Sequence[SheetHead], candidates: Sequence[Candidate], encoding: str) -> Recognition:
    """
    Find the form of a file and the header row of each of its data sheets.

    :raises UnableToRead: no form fits, two fit equally well, sheets are in different forms, a field comes twice, or a
        hidden sheet holds data.
    """
    fits = [(head, best_fit(head=head, candidates=candidates)) for head in heads if head.sheet != SUMMARY_SHEET]
    data = [(head, fit) for head, fit in fits if fit is not None and not fit.missing]
    if not data:
        raise _unrecognised([fit for _, fit in fits if fit is not None], candidates)
    _refuse_other_sheets(data, fits)
    sheets = tuple(_recognised_sheet(fit) for _, fit in data)
    _refuse_numbers_of_persons([*(head.sheet for head in heads), *(c.header for s in sheets for c in s.columns)])
    _refuse_other_units(sheets)
    first = data[0][1].candidate
    return Recognition(
        record_type=first.record_type.name,
        record_type_title=first.record_type.title,
        form=first.form.name,
        form_title=first.form.title,
        encoding=encoding,
        sheets=sheets,
        skipped=tuple(_skipped(head) for head in heads if head.sheet not in {fit.sheet for _, fit in data}),
        has_unread_cells=any(_has_unread(head, fit) for head, fit in data),
    )


def _has_unread(head: SheetHead, fit: Fit) -> bool:
    """Tell whether there are numbers of persons above the header, or columns without one that may hold any."""
    above = "\n".join(cell for row, cells in head.rows if row < fit.row for cell in cells)
    return without(above) != above or not all(cell.strip() for cell in fit.cells)


def best_fit(*, head: SheetHead, candidates: Sequence[Candidate]) -> Fit | None:
    """
    Give the best reading of one sheet: a form that fits, else the nearest one; nothing where no header is known.

    :raises UnableToRead: two forms fit equally well.
    """
    fits = [fit for at in range(len(head.rows)) for candidate in candidates if (fit := _fit(candidate, head, at))]
    whole = sorted((fit for fit in fits if not fit.missing), key=lambda fit: fit.closeness, reverse=True)
    if not whole:
        return max(fits, key=lambda fit: (fit.closeness, -len(fit.missing)), default=None)
    best = [fit for fit in whole if fit.closeness == whole[0].closeness]
    forms = {fit.candidate.form.name: fit.candidate.form.title for fit in best}
    if len(forms) > 1:
        raise refusal("two_forms", row=best[0].row, forms=listed(list(forms.values())))
    return _last_header_row(whole[0], [fit for fit in whole if fit.candidate is whole[0].candidate])


def _last_header_row(best: Fit, fits: list[Fit]) -> Fit:
    """
    Follow a header that stands in two rows, titles above field codes, to its last row.

    Both rows name the same field in each column; taking the upper one would make a record of the lower one.
    """
    by_row = {fit.row: fit for fit in fits}
    while (below := by_row.get(best.row + 1)) and _fields(below) == _fields(best):
        best = below
    return best


def _fields(fit: Fit) -> list[str | None]:
    fields = [column.field if column else None for column in fit.matched]
    while fields and fields[-1] is None:
        fields.pop()
    return fields


def _fit(candidate: Candidate, head: SheetHead, at: int) -> Fit | None:
    row, cells = head.rows[at]
    fewest = min(2, len(candidate.form.columns))
    if len(cells) < fewest:
        return None
    matched = tuple(candidate.columns.get(key) if key else None for key in head.keys[at])
    if sum(column is not None for column in matched) < fewest:
        return None
    present = {column.header for column in matched if column is not None}
    missing = tuple(header for header, column in candidate.needed.items() if column.header not in present)
    return Fit(candidate, head.sheet, row, cells, matched, missing)


def _recognised_sheet(fit: Fit) -> RecognisedSheet:
    columns = []
    taken: dict[str, str] = {}
    usual = {c.header for c in fit.matched if c is not None and fit.candidate.stated_unit(c) is None}
    for index, (column, cell) in enumerate(zip(fit.matched, fit.cells, strict=True)):
        if not cell.strip():
            continue
        letter = column_letter(index)
        if column is None and header_key(cell) in MARK_HEADERS:
            columns.append(RecognisedColumn(letter, cell.strip(), None, MARKED_BY_PLATFORM))
            continue
        unit = fit.candidate.stated_unit(column) if column is not None else None
        if column is not None and unit is not None and column.header in usual:
            beside = f"同表已有“{column.header}”一列，以该列为准"
            columns.append(RecognisedColumn(letter, cell.strip(), None, beside))
            continue
        if column is not None and column.header in taken:
            first = taken[column.header]
            raise refusal("field_twice", sheet=fit.sheet, first=first, second=letter, header=cell.strip())
        if column is not None:
            taken[column.header] = letter
        columns.append(
            RecognisedColumn(letter, cell.strip(), column.field, column.set_aside, unit)
            if column is not None
            else RecognisedColumn(letter, cell.strip(), None)
        )
    return RecognisedSheet(sheet=fit.sheet, header_row=fit.row, columns=tuple(columns))


def _refuse_numbers_of_persons(names: Sequence[str]) -> None:
    """What was recognised is kept and shown, so no name in it may point at a person."""
    if any(without(name) != name for name in names):
        raise refusal("number_in_names")


def _refuse_other_units(sheets: Sequence[RecognisedSheet]) -> None:
    """Refuse a file whose sheets state one amount in two units: its figures would have to be read in both."""
    stated: dict[str, tuple[str, RecognisedColumn]] = {}
    for sheet in sheets:
        for column in sheet.columns:
            if column.field is None:
                continue
            first, other = stated.setdefault(column.field, (sheet.sheet, column))
            if other.unit != column.unit:
                raise refusal(
                    "units_differ", sheets=listed([first, sheet.sheet]), headers=listed([other.header, column.header])
                )


def _refuse_other_sheets(data: list[tuple[SheetHead, Fit]], fits: list[tuple[SheetHead, Fit | None]]) -> None:
    """Refuse what loses rows in silence: data on a hidden sheet, in a second form, above or under half a header."""
    for head, fit in data:
        above = [row for row, cells in head.rows if row < fit.row and _is_sorted_in(cells, fit)]
        if above:
            raise refusal("rows_above_header", sheet=_spoken(head.sheet), row=above[0], header=fit.row)
        if not head.visible:
            raise refusal("hidden_sheet", sheet=head.sheet)
        if len(data) > 1 and _EXAMPLE.search(head.sheet):
            raise refusal("example_sheet", sheet=head.sheet)
        if fit.candidate is not data[0][1].candidate:
            titles = [data[0][1].candidate.form.title, fit.candidate.form.title]
            raise refusal("several_forms", sheets=listed([data[0][0].sheet, head.sheet]), forms=listed(titles))
    for head, part in fits:
        if part is not None and part.missing and head.visible and _half_there(part):
            raise _headers_missing(part)


def _is_sorted_in(cells: Sequence[str], fit: Fit) -> bool:
    """Tell whether a row above the header is one of the records below it, not who sends them and when."""
    filled = sum(bool(cell.strip()) for cell in cells)
    return filled * 2 >= sum(column is not None for column in fit.matched) and reads_like_a_record(cells)


def _spoken(sheet: str) -> str:
    return f"工作表“{sheet}”" if sheet else "文件"


def _half_there(fit: Fit) -> bool:
    return len(fit.missing) * 2 <= len(fit.candidate.needed)


def _skipped(head: SheetHead) -> SkippedSheet:
    if head.sheet == SUMMARY_SHEET:
        return SkippedSheet(head.sheet, MARKED_BY_PLATFORM)
    if not head.rows:
        return SkippedSheet(head.sheet, "空工作表")
    return SkippedSheet(head.sheet, "没有表头的说明或代码表" if head.visible else "隐藏的代码表")


def _unrecognised(parts: list[Fit], candidates: Sequence[Candidate]) -> UnableToRead:
    if not parts:
        titles = list(dict.fromkeys(candidate.form.title for candidate in candidates))
        return refusal("no_header", forms=listed(titles))
    return _headers_missing(max(parts, key=lambda fit: (fit.closeness, -len(fit.missing))))


def _headers_missing(fit: Fit) -> UnableToRead:
    free = {header_key(header): header for header in fit.unknown}
    missing = []
    for header in fit.missing:
        alike = process.extractOne(header_key(header), list(free), scorer=fuzz.ratio, score_cutoff=ALIKE)
        missing.append(f"“{header}”" + (f"（“{free[alike[0]]}”是否即为此列？）" if alike else ""))
    sheet = _spoken(fit.sheet)
    unknown = f"不认识的表头：{listed(list(fit.unknown))}。" if fit.unknown else ""
    return refusal(
        "headers_missing",
        sheet=sheet,
        row=fit.row,
        form=fit.candidate.form.title,
        missing="、".join(missing),
        unknown=unknown,
    )
