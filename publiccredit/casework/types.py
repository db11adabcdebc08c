"""The values of casework: what is asked, what is decided, what a page or the command line may know of a case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import models

from publiccredit.catalogue.types import ConditionName, Party


class CaseState(models.TextChoices):
    OPENED = "opened", "待受理"
    IN_HAND = "in_hand", "办理中"
    WAITING_FOR_PAPERS = "waiting_for_papers", "待补正"
    WITH_SOURCE = "with_source", "认定单位核实中"
    PROPOSED = "proposed", "待审核"
    DECIDED = "decided", "已决定"
    CLOSED = "closed", "已办结"
    TAKEN_BACK = "taken_back", "申请人已撤回"


DEADLINE_OF_CASE = "办理期限核定为"  # how the step begins that settles the last day of the case itself


UNDECIDED = (
    CaseState.OPENED,
    CaseState.IN_HAND,
    CaseState.WAITING_FOR_PAPERS,
    CaseState.WITH_SOURCE,
    CaseState.PROPOSED,
)


class Channel(models.TextChoices):
    """How a request came in. All run on the same clocks (DP-22)."""

    ONLINE = "online", "网上"
    COUNTER = "counter", "窗口"
    PHONE = "phone", "电话"
    POST = "post", "邮寄"
    PROXY = "proxy", "委托他人"
    OWN_FINDING = "own_finding", "本单位发现"  # nobody asked: a body puts right what it found itself


class DecisionState(models.TextChoices):
    PROPOSED = "proposed", "待审核"
    RETURNED = "returned", "退回重办"
    TAKEN_BACK = "taken_back", "拟办人撤回"
    EFFECTIVE = "effective", "已生效"


MADE_ANEW = (DecisionState.RETURNED, DecisionState.TAKEN_BACK)  # no decision: another is to be proposed


class LetterKind(models.TextChoices):
    RECEIPT = "receipt", "收件回执"
    REQUEST_FOR_PAPERS = "request_for_papers", "补正通知书"
    EXTENSION = "extension", "延期通知书"
    DECISION = "decision", "处理决定书"
    GUIDANCE = "guidance", "办理指引"
    TAKEN_BACK = "taken_back", "撤回确认书"


class Happening(models.TextChoices):
    """What happens in a case besides the steps of its procedure."""

    ESCALATED = "escalated", "期限提醒"
    DISPLAY_SUSPENDED = "display_suspended", "逾期暂停公示"
    PAPERS_NOT_HANDED_IN = "papers_not_handed_in", "逾期未补正"
    DEADLINE_SETTLED = "deadline_settled", "期限核定"
    RETURNED = "returned", "退回重办"
    PROPOSAL_TAKEN_BACK = "proposal_taken_back", "撤回拟办意见"
    EFFECTIVE = "effective", "决定生效"
    GUIDED = "guided", "发出指引"


@dataclass(frozen=True)
class Applicant:
    """Who asks, and who acts for them."""

    party: Party
    name: str
    contact: str = ""
    handler_name: str = ""
    handler_authorisation_sha256: str = ""


@dataclass(frozen=True)
class Asked:
    """What is asked, of which records, on which ground of the procedure."""

    ground: str
    request: str
    record_ids: tuple[int, ...] = ()
    field: str = ""  # the contested field of the one record
    department_code: str = ""  # only where no record says it: whom a complaint is about
    subject_uscc: str = ""  # only where neither a record nor the log-in says it: which enterprise complains


@dataclass(frozen=True)
class PaperIn:
    """A paper as handed in: its kind in the procedure, its name and its bytes."""

    kind: str
    file_name: str
    content: bytes


@dataclass(frozen=True)
class Order:
    """The order of a court or a review body on which an outcome stands."""

    number: str
    begins: date
    until: date | None = None  # first day on which it no longer holds


@dataclass(frozen=True)
class Verdict:
    """What an officer decides: an outcome of the procedure and the reasons, in the officer's own words."""

    outcome: str
    reasons: str
    public_notice: str = ""
    corrections: Mapping[str, str] = field(default_factory=dict)  # field → value as it should read
    confirmed: str = ""  # why a corrected value that looks wrong is right
    failing: tuple[ConditionName, ...] = ()  # of a refused repair
    holds_from: date | None = None  # when they are expected to hold
    order: Order | None = None


@dataclass(frozen=True)
class ConditionState:
    """One condition of repair, whether it holds, and why or from when."""

    name: ConditionName
    title: str
    holds: bool
    reason: str
    holds_from: date | None  # empty: it holds, or depends on what the subject does


@dataclass(frozen=True)
class Eligibility:
    conditions: tuple[ConditionState, ...]

    @property
    def holds(self) -> bool:
        return all(c.holds for c in self.conditions)

    @property
    def failing(self) -> tuple[ConditionState, ...]:
        return tuple(c for c in self.conditions if not c.holds)


@dataclass(frozen=True)
class NavigatorPaper:
    name: str
    title: str
    brought_by: str  # in words
    note: str
    has_model: bool = False  # the packs say how it may be written


@dataclass(frozen=True)
class EffectDone:
    """One of the four effects of a repair, and since when it holds."""

    title: str
    at: datetime


@dataclass(frozen=True)
class Navigator:
    """What the subject of an adverse record can do, when, with what, and what happens then."""

    record_id: int
    severity: str
    severity_rule: str
    repaired: bool
    ended: bool
    withdrawn: bool
    never_shown: bool  # its term has no day
    marks: tuple[str, ...]  # what is in dispute about it
    earliest_on: date | None  # first day on which repair can be granted
    last_day: date | None  # 最后公示日: after it, it is no longer shown by itself
    eligible_today: bool
    papers: tuple[NavigatorPaper, ...]
    decided_by: str
    decides_within_working_days: int
    what_happens: tuple[str, ...]
    basis: str
    open_case: str  # number of the case under way, "" for none
    effects: tuple[EffectDone, ...] = ()  # of a granted repair, all four of them

    @property
    def over(self) -> str:
        """Say why nothing is left to repair; empty where there is."""
        if self.repaired:
            return "已修复。"
        if self.withdrawn:
            return "该记录已经撤回，不需要修复。"
        if self.never_shown:
            return "依法不公示，不需要修复。"
        return "公示期已满，不需要修复。" if self.ended else ""


@dataclass(frozen=True)
class Event:
    """One line of a case's history, as a sentence."""

    at: datetime
    sentence: str


@dataclass(frozen=True)
class Swept:
    """What one sweep of the clock did."""

    looked_at: int
    escalated: int
    suspended: int
    settled: int


@dataclass(frozen=True)
class Published:
    """What has been published of one body; an empty code gathers those with too few to be told by themselves."""

    department_code: str
    counts: tuple[int, ...]
    undivided: int  # told at the end of a year without saying in which of the counts they are


@dataclass(frozen=True)
class PublicFigures:
    """The figures of a year as of the end of its last period that is over; none where no period is."""

    year: int
    as_of: date | None
    clocks: tuple[Published, ...]  # in time, late
    reviews: tuple[Published, ...]  # ended otherwise, as before, not by their last day
    records: tuple[Published, ...]  # put right, left as they were
    taken_back: tuple[Published, ...]
    complaints: tuple[Published, ...]  # upheld, unfounded
