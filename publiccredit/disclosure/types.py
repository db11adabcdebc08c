"""The values disclosure gives: what a page, an interface or a file may know of a record, and nothing else."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from publiccredit.catalogue.types import Audience, Nature, Severity
from publiccredit.subjects.queries import IN_SUIT, ContestedParts, Dispute, last_day, never_shown, with_marks

AUDIENCE_TITLES: dict[Audience, str] = {
    Audience.PUBLIC: "公开公示",
    Audience.AUTHORISED: "授权查询",
    Audience.GOVERNMENT: "政务共享",
    Audience.SUBJECT: "仅主体本人",
}
# Each audience sees what is open to it and to every wider one.
BREADTH: tuple[Audience, ...] = (Audience.PUBLIC, Audience.AUTHORISED, Audience.GOVERNMENT, Audience.SUBJECT)


class Standing(StrEnum):
    """What a record is to its reader. Only its own subject ever sees another than ``SHOWN``."""

    SHOWN = "shown"
    NOT_YET = "not_yet"  # filed, its first day has not come
    ENDED = "ended"
    HELD = "held"
    WITHDRAWN = "withdrawn"
    REPAIRED = "repaired"
    SUSPENDED = "suspended"  # not shown for the time being: an overdue case, a stay, a reorganisation


@dataclass(frozen=True)
class FieldCorrected:
    """That a field says what it did not say before: since when, and by whose word; never what it said."""

    on: date
    case_number: str  # empty: no case; its own department sent the row again with another value
    reason: str  # the kind of mistake, as the rules of the case name it; empty where none is noted

    @property
    def words(self) -> str:
        if not self.case_number:
            return f"报送部门更正：{self.on}"
        return "，".join(said for said in (f"已更正：{self.on}", f"案件{self.case_number}", self.reason) if said)


@dataclass(frozen=True)
class VisibleField:
    """One field as its reader may know it: the standard's title and code, the value in words, an amount in fen too."""

    name: str
    title: str
    standard: str
    value: str
    amount_fen: int | None
    note: str = ""
    correction: FieldCorrected | None = None


@dataclass(frozen=True)
class SeverityCorrected:
    """That the deciding department corrected the severity: when, and why in its own words."""

    on: date
    reason: str


@dataclass(frozen=True)
class VisibleRecord:
    """A record as one audience may know it on one day. What is not a member here cannot leave the house."""

    id: int
    subject_id: int | None
    record_type: str
    title: str
    nature: Nature
    standing: Standing
    source: str
    item: str
    department_code: str
    authority_name: str
    authority_uscc: str
    document_number: str
    document_sha256: str
    decided_on: date | None
    served_on: date | None
    received_on: date
    published_on: date | None
    working_days_taken: int | None
    late: bool | None  # nothing where a time is set and no decree is held for the year to count it by
    effective_from: date | None
    effective_until: date | None
    severity: Severity | None
    severity_rule: str
    severity_correction: SeverityCorrected | None
    repairable_from: date | None
    disclosed_until: date | None  # first day no longer shown; empty: without end
    dispute: Dispute | None
    contested: ContestedParts
    suit_pending: bool
    statement: str  # the subject's own words
    fields: tuple[VisibleField, ...]
    known_from: datetime
    known_until: datetime | None  # empty: as it stands now
    repairable_by: str = ""  # the older rule that opens the repair earlier than today's does, in words

    @property
    def adverse(self) -> bool:
        return self.nature is Nature.ADVERSE

    @property
    def never_shown(self) -> bool:
        return never_shown(decided_on=self.decided_on, served_on=self.served_on, until=self.disclosed_until)

    @property
    def ended_early(self) -> bool:
        """A decision ended it for good: the end of its term is no day of it any more."""
        return self.standing in (Standing.WITHDRAWN, Standing.REPAIRED)

    @property
    def last_day(self) -> date | None:
        return None if self.never_shown or self.ended_early else last_day(until=self.disclosed_until)

    @property
    def heading(self) -> str:
        return f"{self.title} {self.document_number}".strip()

    @property
    def disputed_as(self) -> str:
        """Say that it is contested, and which fields of it; empty where it is not."""
        return self.contested.marked(str(self.dispute.label)) if self.dispute is not None else ""

    @property
    def marks(self) -> tuple[str, ...]:
        """Say what is in dispute about it; every later disclosure carries it (DP-14, DP-16)."""
        marks = [self.disputed_as] if self.disputed_as else []
        return tuple([*marks, IN_SUIT] if self.suit_pending else marks)

    @property
    def named(self) -> str:
        """Name it where no line of its own stands for its marks: in titles, citations and lists of names."""
        return with_marks(self.heading, marks=self.marks)


@dataclass(frozen=True)
class Happened:
    """One change of what the public is shown of a record, on its day."""

    on: date
    sentence: str


@dataclass(frozen=True)
class Course:
    """A record with what corrected each of its fields, and what became of its publication, the earliest first."""

    record: VisibleRecord
    happened: tuple[Happened, ...]


@dataclass(frozen=True)
class VisibleSubject:
    """A subject that an audience may know: it has at least one record visible to it."""

    id: int
    name: str
    kind: str
    identifier: str  # the unified one, or "id-<number>" where it has none
    uscc: str
    address: str
    region: str
    registration_status: str
    registered_on: date | None
    former_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class SubjectFile:
    """A subject and what is visible of it, the newest decision first."""

    subject: VisibleSubject
    records: tuple[VisibleRecord, ...]
    complete: bool  # false: there are more records than one page shows
    as_known_at: datetime | None

    @property
    def adverse(self) -> bool:
        return any(r.adverse for r in self.records)


@dataclass(frozen=True)
class SubjectPage:
    """A subject and one page of its records, the newest first; ``next_cursor`` is empty on the last one."""

    subject: VisibleSubject
    records: tuple[VisibleRecord, ...]
    next_cursor: int | None


@dataclass(frozen=True)
class Hit:
    """One answer of a search, and why it answers."""

    subject_id: int
    name: str
    identifier: str
    kind: str
    registration_status: str
    reason: str  # exact, former_name, identifier, document_number, beginning, within, initials, words


@dataclass(frozen=True)
class SearchPage:
    """A page of answers; ``next_cursor`` is empty on the last one."""

    hits: tuple[Hit, ...]
    next_cursor: str


@dataclass(frozen=True)
class Near:
    """A subject whose name or code is one step away from what was typed, and where the two differ."""

    hit: Hit
    difference: str


@dataclass(frozen=True)
class Nearest:
    """What helps where nothing was found: what is wrong with what was typed, and what comes near it."""

    title: str
    said: tuple[str, ...]
    near: tuple[Near, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """Which records a list is of; what is empty narrows nothing."""

    department_code: str | None = None
    record_type: str | None = None
    received_since: datetime | None = None
    arrived: date | None = None  # the day that begins a month: of those that arrived in it
    decided: date | None = None  # the same of those that were decided in it
    late: bool | None = None  # arrived after its time, or within it


EVERY_RECORD = Wanted()


@dataclass(frozen=True)
class RecordPage:
    """A page of records, the newest first; ``next_cursor`` is empty on the last one."""

    records: tuple[VisibleRecord, ...]
    next_cursor: int | None


@dataclass(frozen=True)
class Change:
    """One step of the change feed: a record as it stands, or a tombstone where it may no longer be shown."""

    sequence: int
    record_id: int
    record: VisibleRecord | None
    reason: str = ""  # of a tombstone: ended, withdrawn, held, suspended, not_open


@dataclass(frozen=True)
class ChangePage:
    """``next_cursor`` resumes behind the last change, also when there was none."""

    changes: tuple[Change, ...]
    next_cursor: str
    complete: bool  # nothing more had been committed when this page was read


@dataclass(frozen=True)
class MonthFigure:
    month: date
    published: int
    on_time: float | None
    median_days: float | None


@dataclass(frozen=True)
class DepartmentFigure:
    department_code: str
    published: int
    dated: int  # those with a decision date and a due clock: what timeliness is counted over
    on_time: int
    median_days: float | None

    @property
    def late(self) -> int:
        return self.dated - self.on_time

    @property
    def late_share(self) -> float | None:
        return self.late / self.dated if self.dated else None


@dataclass(frozen=True)
class Figures:
    """What the first page counts, for one year."""

    year: int
    published: int
    on_time: float | None
    median_days: float | None
    months: tuple[MonthFigure, ...]
    departments: tuple[DepartmentFigure, ...]


class Compliance:
    """
    The share of sent rows that passed, by the formula of the third-party assessment, wherever it is shown.

    What is sent again counts on neither side, so that sending a file again changes nothing: rows already on file, and
    what comes back of a file that the department sent for the same source before.
    """

    FORMULA = "接受的行 ÷（接受的行 + 退回的行），重复报送的行不计"
    REPEATED = "重复报送的行，是已在库的行和同一份文件再次报送时又退回的行"
    accepted: int
    returned: int

    @property
    def judged(self) -> int:
        """The rows it is a share of."""
        return self.accepted + self.returned

    @property
    def compliance(self) -> float | None:
        return self.accepted / self.judged if self.judged else None


@dataclass(frozen=True)
class SubmissionFigure(Compliance):
    """What a department sent: rows on file anew, given back, and sent again."""

    submissions: int
    accepted: int
    returned: int
    repeated: int

    @property
    def rows(self) -> int:
        return self.judged + self.repeated


@dataclass(frozen=True)
class Withdrawal:
    """What stands in the place of a withdrawn record: that it went, when and why; nothing of what it said (DP-18)."""

    subject_id: int | None
    record_type: str
    document_number: str
    authority_name: str
    department_code: str
    withdrawn_on: date
    reason: str
    notice: str
