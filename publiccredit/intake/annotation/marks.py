"""What is to be marked: by sheet, row and column."""

from collections import defaultdict
from dataclasses import dataclass, field

import polars as pl

from publiccredit.catalogue.types import IssueSeverity
from publiccredit.intake.annotation.privacy import persons_in
from publiccredit.intake.reading.headers import column_index
from publiccredit.intake.reading.recognition import OUTCOME_HEADER
from publiccredit.intake.types import ACCEPTED, DUPLICATE, OUTCOME, RETURNED, ROW, SHEET, RecognisedSheet

WORDS = {ACCEPTED: "接受", RETURNED: "退回", DUPLICATE: "重复"}
AUTHOR = "公共信用信息平台"
WHOLE_ROWS = 100_000  # of more rows only those that need attention come back
COMMENTS_PER_SHEET = (
    2_000  # a spreadsheet program crawls beyond; every cell is filled and every issue listed all the same
)
COMMENT_LENGTH = 2_000
SUMMARY_HEADERS = ("工作表", "行号", "列", "列标", "级别", "代码", "所填", "应为", "说明")
SEVERITY_WORDS = {IssueSeverity.RETURN.value: "退回", IssueSeverity.WARN.value: "疑问"}


@dataclass
class CellMark:
    """What is wrong with one cell; ``returns`` when for one of these reasons its row is sent back."""

    returns: bool
    messages: list[str] = field(default_factory=list)

    @property
    def comment(self) -> str:
        return "\n".join(self.messages)[:COMMENT_LENGTH]


Place = tuple[str, int]  # sheet, row


@dataclass
class Marks:
    cells: dict[
        Place, dict[int, CellMark]
    ]  # by column from 0; -1 where an issue names no column: the outcome's own cell
    outcomes: dict[Place, str]
    issues: pl.DataFrame
    persons: frozenset[Place] = frozenset()

    @classmethod
    def of(cls, *, issues: pl.DataFrame, outcomes: pl.DataFrame) -> "Marks":
        """Gather the issues of each cell."""
        cells: dict[Place, dict[int, CellMark]] = defaultdict(dict)
        columns = {letter: column_index(letter) if letter else -1 for letter in _letters(issues)}
        returning = IssueSeverity.RETURN.value
        for sheet, row, letter, severity, message in issues.select(
            "sheet", "row", "column_letter", "severity", "message"
        ).iter_rows():
            at = cells[sheet, row]
            mark = at.setdefault(columns.get(letter, -1), CellMark(returns=False))
            mark.returns = mark.returns or severity == returning
            mark.messages.append(message)
        said = outcomes.select(SHEET, ROW, pl.col(OUTCOME).replace_strict(WORDS)).iter_rows()
        return cls(dict(cells), {(sheet, row): word for sheet, row, word in said}, issues, persons_in(issues))

    def needs_attention(self, place: Place) -> bool:
        return place in self.cells or self.outcomes.get(place) != WORDS[ACCEPTED]

    def summary_rows(self) -> list[tuple[str | int | None, ...]]:
        """Give the rows of the sheet of issues, in the order of the file."""
        return (
            self.issues.with_columns(pl.col("severity").replace(SEVERITY_WORDS))
            .select("sheet", "row", "column", "column_letter", "severity", "code", "found", "expected", "message")
            .rows()
        )


def _letters(issues: pl.DataFrame) -> list[str | None]:
    return issues.get_column("column_letter").unique().to_list()


def outcome_column(header: RecognisedSheet) -> int:
    """Give the column, from 0, of the outcome: where the file has one already, else behind its last header."""
    for column in header.columns:
        if column.header == OUTCOME_HEADER:
            return column_index(column.letter)
    return max(column_index(column.letter) for column in header.columns) + 1
