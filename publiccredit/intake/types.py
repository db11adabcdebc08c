"""The values that pass between reading, cleaning, checks and filing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

SHEET = "_sheet"  # name of the worksheet, "" for text files
ROW = "_row"  # row number as the sender's program shows it, from 1
OUTCOME = "_outcome"  # accepted, returned, duplicate
REPEATS_SHEET = "_repeats_sheet"  # for a duplicate within the file: the sheet of the first row that says the same
REPEATS_ROW = "_repeats_row"  # for a duplicate within the file: the first row that says the same
ORIGINAL = "_original"  # JSON object of the cells that cleaning changed: field → text as sent; null where none
NATURAL_KEY = "_natural_key"  # text of the natural key, parts joined by U+001F
TYPED_NUMBER = "_number"  # suffix: "<field>_number" is true where the cell held a number, not text (workbooks only)

ACCEPTED = "accepted"
RETURNED = "returned"
DUPLICATE = "duplicate"

WEEKS_WATCHED = 8  # as far back as boards and starts show what was sent; a choice of the screens, no term of law


@dataclass(frozen=True)
class RecognisedColumn:
    """One header as found, and the field it fills, or why it is set aside; neither: an unknown column."""

    letter: str  # "A", "AB"; in text files the letter a spreadsheet would show
    header: str
    field: str | None
    set_aside: str | None = None
    unit: str | None = None  # of an amount, where the header states another than the form does: 罚款金额（元）


@dataclass(frozen=True)
class RecognisedSheet:
    sheet: str
    header_row: int
    columns: tuple[RecognisedColumn, ...]


@dataclass(frozen=True)
class SkippedSheet:
    """A worksheet of which nothing is filed, and why."""

    sheet: str
    reason: str
    rows: int = 0  # with something in them
    has_identity_numbers: bool = False  # of persons: then nothing of those rows is kept


@dataclass(frozen=True)
class Recognition:
    """What a file was recognised as: which form of which record type, where its header stands."""

    record_type: str
    record_type_title: str
    form: str
    form_title: str
    encoding: str  # "workbook", "utf-8", "gb18030"
    sheets: tuple[RecognisedSheet, ...]
    skipped: tuple[SkippedSheet, ...] = ()
    has_unread_cells: bool = False  # above a header or under a blank one, where a person may be named
    has_numbers_aside: bool = False  # of persons, in notes, links and drawings of a workbook

    def column(self, *, sheet: str, field_name: str) -> RecognisedColumn | None:
        return next(
            (c for s in self.sheets if s.sheet == sheet for c in s.columns if c.field == field_name),
            None,
        )


@dataclass(frozen=True)
class RawChunk:
    """
    Some rows as read: ``SHEET``, ``ROW`` and one text column per field of the record type the form carries.

    Values are as sent (an empty cell is null, a workbook's date cell is ``YYYY-MM-DD``, a workbook's number is its
    shortest exact text). For identifier fields a boolean ``<field>_number`` says the cell held a number.
    """

    rows: pl.DataFrame


@dataclass(frozen=True)
class CheckedChunk:
    """
    Rows with their outcome, cleaned and typed, and the issues found in them.

    ``rows``: SHEET, ROW, OUTCOME, REPEATS_SHEET, REPEATS_ROW, ORIGINAL, NATURAL_KEY and every field of the record type
    (dates as Date, amounts as Int64 fen, all else as cleaned String). Rows about natural persons, and rows that are no
    records, carry no values at all.
    ``issues``: sheet, row, column (header as sent), column_letter, field, code, severity, found, expected; all String
    but row (Int64). ``found`` is masked where it could identify a person.
    """

    rows: pl.DataFrame
    issues: pl.DataFrame


@dataclass(frozen=True)
class CheckSummary:
    """How a file came out, before the store is asked for duplicates: the three add up to ``rows``."""

    rows: int
    accepted: int
    returned: int
    duplicates: int
    persons_refused: int
    counted_independently: int


@dataclass(frozen=True)
class Progress:
    """How far a check that is still at work has come; what is not known yet is None."""

    surveyed_percent: int | None  # of a workbook's sheets, looked through before anything is read
    rows_read: int
    rows_counted: int | None  # by the second parser: how many there are to be read


@dataclass(frozen=True)
class CheckContext:
    """What a check needs to know beside the row. Days are calendar days in China (UTC+8)."""

    department_code: str
    submitted_on: date
    served_on: date | None = None  # the sender's declaration of service for the whole batch
    overrides: frozenset[str] = field(default_factory=frozenset)  # overridable issue codes an officer confirmed
    providers: Mapping[str, str] = field(
        default_factory=dict
    )  # names and identifiers an authority may bear → department


@dataclass(frozen=True)
class Overrides:
    """Doubts an officer confirmed for a whole submission, by issue code, and why."""

    codes: tuple[str, ...]
    reason: str


class UnableToSubmit(Exception):
    """
    What an officer sends or declares is not taken; the message says why and what would be right.

    ``about`` is the part of what was sent that it is about.
    """

    def __init__(self, message: str, *, about: str = "file") -> None:
        super().__init__(message)
        self.about = about


class NotYourDepartment(UnableToSubmit):
    """The officer may not submit for this department."""


class UnableToRead(Exception):
    """
    The file as a whole cannot be taken. ``code`` names the reason, the message says it to the sender in Chinese:
    what was found, what would be right, how to fix it.
    """

    def __init__(self, *, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
