"""The values other packages exchange with this one."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import TextChoices

from publiccredit.ledger.types import china_day


class Way(TextChoices):
    """By which way a record was handed over."""

    API = "api", "数据接口"
    REPORT = "report", "信用报告"
    DELIVERY = "delivery", "数据交付"
    CHECK = "check", "批量核查"
    EXPORT = "export", "文件导出"
    COPY = "copy", "主体副本"


class NoticeKind(TextChoices):
    """What a notice tells; where one act did several things, the one with the widest consequence, in this order."""

    WITHDRAWN = "withdrawn", "记录已撤回"
    REPAIRED = "repaired", "信用修复"
    ENDED = "ended", "不再公示"
    REPAIR_UNDONE = "repair_undone", "修复已撤销"
    SHIELDED = "shielded", "暂时屏蔽"
    STAYED = "stayed", "停止执行"
    STAY_LIFTED = "stay_lifted", "停止执行已解除"
    SUBJECT_OPEN = "subject_open", "归属重新判定中"
    SUBJECT_DETERMINED = "subject_determined", "归属已重新判定"
    CORRECTED = "corrected", "记录已更正"
    DISPUTED = "disputed", "异议处理中"
    DISPUTE_NOTED = "dispute_noted", "异议无法核实"
    DISPUTE_ENDED = "dispute_ended", "异议已处理"
    SUIT_FLAGGED = "suit_flagged", "复议诉讼中"
    SUIT_ENDED = "suit_ended", "复议诉讼已结束"


class NoticeState(TextChoices):
    WAITING = "waiting", "待送达"
    UNCONFIRMED = "unconfirmed", "待确认"
    CONFIRMED = "confirmed", "已确认"
    ESCALATED = "escalated", "转人工"


class ConfirmedBy(TextChoices):
    """How the recipient confirmed."""

    CALLBACK = "callback", "签名回执"
    INTERFACE = "interface", "接口确认"
    POST = "post", "信函确认"
    PHONE = "phone", "电话确认"


BY_PERSON = (ConfirmedBy.POST, ConfirmedBy.PHONE)


@dataclass(frozen=True)
class NewRecipient:
    """What an office writes down of somebody who is to be given records."""

    name: str
    contact: str
    address: str
    purpose: str
    legal_basis: str
    callback_url: str = ""


@dataclass(frozen=True)
class Identified:
    """A recipient that identified itself: for which purpose, by which token."""

    recipient_id: int
    token_id: int | None  # none where an officer hands over at the counter
    name: str
    purpose: str


@dataclass(frozen=True)
class Used:
    """What a recipient decided against a subject on the ground of a record."""

    record_id: int
    what: str
    decided_on: date
    reference: str = ""  # the number of its own document, where it has one


@dataclass(frozen=True)
class Version:
    """One version of one record: ``known_from`` is when the platform began to know it so."""

    record_id: int
    known_from: datetime


@dataclass
class Handed:
    """What one answer hands over; filled while the answer is made."""

    versions: set[Version] = field(default_factory=set)

    def add(self, *, record_id: int, known_from: datetime) -> None:
        self.versions.add(Version(record_id, known_from))


@dataclass(frozen=True)
class Cause:
    """The act that changed the records, for the words of the notice."""

    entry_id: int
    at: datetime
    authority: str  # who decided
    case_number: str = ""
    reason: str = ""  # what the public may read of it


@dataclass(frozen=True)
class Outgoing:
    """One call to a recipient."""

    url: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What came back: the status, 0 where nothing did; the receipt it carried; a word on what went wrong."""

    status: int
    receipt: str = ""
    problem: str = ""

    @property
    def taken(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True)
class Delivered:
    """What one round of delivery did."""

    sent: int = 0
    confirmed: int = 0
    unconfirmed: int = 0
    failed: int = 0
    escalated: int = 0


@dataclass(frozen=True)
class Told:
    """How far one recipient of a record is, for those who may see who was given it."""

    recipient: str
    purpose: str
    first_given_at: datetime
    last_given_at: datetime
    times: int
    notices: tuple["ToldOf", ...]


@dataclass(frozen=True)
class ToldOf:
    kind: str
    state: str
    state_title: str
    at: datetime
    confirmed_at: datetime | None

    @property
    def words(self) -> str:
        """Say what changed on which day, and how far the telling has come."""
        confirmed = f"，{china_day(at=self.confirmed_at)}" if self.confirmed_at else ""
        return f"{self.kind}（{china_day(at=self.at)}）：{self.state_title}{confirmed}"
