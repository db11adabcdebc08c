"""Procedures of casework: ``packs/procedures/<name>[.<version>].yml``."""

from enum import StrEnum
from typing import Self

from pydantic import model_validator

from publiccredit.catalogue.types.base import CodeName, Confidence, Dated, Pack


class ProcedureName(StrEnum):
    OBJECTION = "objection"  # 异议
    CREDIT_REPAIR = "credit_repair"  # 信用修复
    REVOCATION_OR_CHANGE = "revocation_or_change"  # 决定的撤销、变更和停止执行
    CORRECTION = "correction"  # 更正
    COMPLAINT = "complaint"  # 投诉
    RE_VERIFICATION = "re_verification"  # 复查


class Party(StrEnum):
    """Who may take a step. A source is the department that determined the record: 谁认定、谁修复。"""

    SUBJECT = "subject"
    READER = "reader"
    SOURCE = "source"
    OFFICE = "office"


class StepName(StrEnum):
    """The steps a procedure may hold; each is an operation of casework."""

    OPEN = "open"
    TAKE = "take"
    REQUEST_PAPERS = "request_papers"
    HAND_IN_PAPER = "hand_in_paper"
    FORWARD = "forward"
    ANSWER = "answer"
    EXTEND = "extend"
    PROPOSE = "propose"
    APPROVE = "approve"
    REQUEST_REVIEW = "request_review"
    TAKE_BACK = "take_back"  # the applicant takes back what it asked, before it is decided
    CLOSE = "close"


class ClockName(StrEnum):
    """Clocks in working days; each begins the day after what it runs from."""

    DECIDE = "decide"  # from the opening, while nobody else is asked
    DECIDE_WITH_SOURCE = "decide_with_source"  # from the opening, once the source is asked
    SOURCE_ANSWERS = "source_answers"  # from the forwarding
    EXTENSION = "extension"  # how much one extension may add
    PAPERS = "papers"  # how long the applicant has to hand in what was asked for
    REQUEST_REVIEW = "request_review"  # from the delivery of the decision


class Effect(StrEnum):
    """What an outcome does to the record. All effects of one outcome happen together or not at all."""

    LIFT_DISPUTE = "lift_dispute"
    KEEP_NOTE = "keep_note"  # 无法核实的,保留异议说明
    CORRECT = "correct"
    END_DISCLOSURE = "end_disclosure"  # 停止公示、停止共享使用、解除措施、更新评价
    UNDO_REPAIR = "undo_repair"
    WITHDRAW = "withdraw"
    SHIELD = "shield"  # 重整期间暂时屏蔽
    STAY = "stay"  # 停止执行期间停止公示
    LIFT_STAY = "lift_stay"
    FLAG_SUIT = "flag_suit"  # 复议或诉讼中,只作标注
    LIFT_SUIT = "lift_suit"


class WithdrawalReason(StrEnum):
    """Why a record was withdrawn, as the public reads it in its place."""

    REVOKED = "revoked"  # 决定被撤销
    CHANGED = "changed"  # 决定被变更
    UNLAWFUL = "unlawful"  # 决定被确认违法
    VOID = "void"  # 决定被确认无效
    OBJECTION_UPHELD = "objection_upheld"  # 异议成立,停止公示


class ConditionName(StrEnum):
    """What credit repair asks for; casework computes each with its reason."""

    MINIMUM_TERM = "minimum_term"
    DUTIES_PERFORMED = "duties_performed"
    COMMITMENT = "commitment"
    REPAIRABLE = "repairable"
    COURT_ORDER = "court_order"  # of a reorganisation: the plan or the settlement is approved


class ProcedureStep(Pack):
    name: StepName
    title: str
    who: tuple[Party, ...]


class Ground(Pack):
    name: CodeName
    title: str
    unrepairable: bool = False  # of a repair: law or central policy excludes it
    of_list: bool = False  # only about a record that is an entry in a list


class PaperKind(Pack):
    name: CodeName
    title: str
    required: bool  # asked of every applicant on one of ``grounds``
    grounds: tuple[CodeName, ...] = ()  # empty: on any ground
    obtained_by: Party  # who brings it; the source fetches what lies in its own systems
    note: str = ""
    model: str = ""  # how it may be written: {subject}, {identifier}, {authority} and {document} are filled in


class Condition(Pack):
    name: ConditionName
    title: str
    paper: CodeName | None = None  # the paper that shows it
    grounds: tuple[CodeName, ...] = ()  # asked for on these grounds; empty: on any
    basis: str
    confidence: Confidence


class Outcome(Pack):
    name: CodeName
    title: str
    effects: tuple[Effect, ...] = ()
    withdrawn_as: WithdrawalReason | None = None
    grounds: tuple[CodeName, ...] = ()  # empty: on any ground
    of_list: bool = False  # only of a record that is an entry in a list
    of_severity: bool = False  # corrects how severe a conduct is held to be, and nothing else
    reverses: CodeName | None = None  # only in the review of a case that ended so, in place of leaving it at that
    needs_order: bool = False  # stands on an order of a court or review body: its number, and until when
    upheld: bool | None = None  # whether what was asked was right, where no effect on a record tells it: a complaint
    four_eyes: bool  # approved by another person than the one who proposed it
    template: str  # what the decision form begins with; left as it is, it is no reason
    basis: str
    confidence: Confidence

    @model_validator(mode="after")
    def _two_people_change_how_long_is_published(self) -> Self:
        if self.of_severity and not (self.four_eyes and self.effects == (Effect.CORRECT,)):
            raise ValueError(
                f"结果 {self.name} 更正失信严重程度（of_severity）：应当只有效果 correct，"
                "并由两人办理（four_eyes: true）。"
            )
        return self


class Clock(Pack):
    name: ClockName
    working_days: int
    times: int | None = None  # of papers: how many requests rest the clock; beyond them it runs on
    basis: str
    confidence: Confidence


class Switch(Pack):
    """A rule that is stricter than law: the county's legal office turns it on or off."""

    enabled: bool
    note: str
    confidence: Confidence


class Procedure(Dated):
    """One kind of case, for cases opened on the days ``[from, to)``."""

    name: ProcedureName
    title: str
    prefix: str  # the word with which its case numbers begin
    source: str
    confidence: Confidence
    decided_by: Party
    one_record: bool = False  # each record is decided by itself: never a batch
    needs_record: bool = True
    own_finding: bool = False  # a body may begin it of its own accord, on what it found itself
    marks_dispute: bool = False
    conditions: tuple[Condition, ...] = ()
    steps: tuple[ProcedureStep, ...]
    grounds: tuple[Ground, ...]
    papers: tuple[PaperKind, ...] = ()
    outcomes: tuple[Outcome, ...]
    clocks: tuple[Clock, ...]
    escalate_at_percent: tuple[int, ...]
    suspend_display_when_overdue: Switch
    tell_recipients_of_dispute: Switch | None = None  # a mark is told of by itself only where law asks for it

    def ground(self, name: str) -> Ground | None:
        return next((g for g in self.grounds if g.name == name), None)

    def outcome(self, name: str) -> Outcome | None:
        return next((o for o in self.outcomes if o.name == name), None)

    def outcomes_for(self, ground: str) -> tuple[Outcome, ...]:
        return tuple(o for o in self.outcomes if not o.grounds or ground in o.grounds)

    def paper(self, name: str) -> PaperKind | None:
        return next((p for p in self.papers if p.name == name), None)

    def days(self, name: ClockName) -> int | None:
        return next((c.working_days for c in self.clocks if c.name is name), None)

    def times(self, name: ClockName) -> int:
        return next((c.times for c in self.clocks if c.name is name and c.times is not None), 0)

    def conditions_for(self, ground: str) -> tuple[Condition, ...]:
        return tuple(c for c in self.conditions if not c.grounds or ground in c.grounds)

    def allows(self, step: StepName, party: Party) -> bool:
        return any(s.name is step and party in s.who for s in self.steps)

    def papers_for(self, ground: str) -> tuple[PaperKind, ...]:
        """The papers asked for on a ground, those that must be there first."""
        fitting = (p for p in self.papers if not p.grounds or ground in p.grounds)
        return tuple(sorted(fitting, key=lambda p: not p.required))
