"""The forms of a case: one for each step, each knowing the words of its step and the rules of its case."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.db import transaction
from django.utils import timezone

from publiccredit.accounts import queries as accounts
from publiccredit.accounts.operations import WrongCode, prove_second_factor
from publiccredit.accounts.types import Actor, SecondFactorWanted
from publiccredit.accounts.widgets import OneTimeInput
from publiccredit.casework import operations
from publiccredit.casework.desk import may_take_back_proposal
from publiccredit.casework.models import Case, Decision
from publiccredit.casework.operations.handling import may_rest
from publiccredit.casework.pages.receiving import ReceivedForm, authorised, keep_authorisation, received_today
from publiccredit.casework.rules import reviewed_for, unit_title
from publiccredit.casework.types import Applicant, CaseState, Channel, DecisionState, PaperIn
from publiccredit.catalogue.types import ClockName, Procedure, StepName
from publiccredit.subjects.papers import PaperField

LONGEST = 2000


def text_field(label: str, *, help_text: str = "", missing: str, required: bool = True, rows: int = 4) -> forms.Field:
    """Give a field for sentences, with what is said where they are missing."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=LONGEST,
        error_messages={"required": missing, "max_length": f"最多 {LONGEST} 字。请删减，或者作为材料提交。"},
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class StepForm(forms.Form):
    """One step of a case: its fields, its words, and the operation it is."""

    step: ClassVar[StepName]
    name: ClassVar[str]  # what the button sends; a step may have two forms
    title: str
    button: str
    done: str
    explanation: str = ""
    at_field: ClassVar[Mapping[type[Exception], str]] = {}  # where a refusal of the operation is shown
    need_not_be_typed: ClassVar[frozenset[str]] = frozenset()  # asked of some only, or filled in beforehand

    def __init__(self, *arguments: Any, case: Case, rules: Procedure, **named: Any) -> None:
        named["auto_id"] = f"{self.name}-%s"  # several forms stand on one page
        super().__init__(*arguments, **named)
        self.case, self.rules = case, rules

    @classmethod
    def fits(cls, *, case: Case, by: Actor, may: Container[StepName]) -> bool:  # noqa: ARG003 - asked of some forms
        """Tell whether somebody who may take some steps of a case now may fill in this form."""
        return cls.step in may

    def carry_out(self, *, by: Actor, at: datetime) -> None:
        """Do what was asked; refusals come as the operation's own exceptions."""
        raise NotImplementedError

    def refuse(self, refusal: Exception) -> None:
        """Show a refusal of the operation at the field it is about."""
        named = next((f for kind, f in self.at_field.items() if isinstance(refusal, kind)), None)
        self.add_error(named if named in self.fields else None, str(refusal))


class TakeForm(StepForm):
    step, name, title, button, done = StepName.TAKE, "take", "受理，由我承办", "受理", "已受理，由您承办。"

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        if self.case.state != CaseState.OPENED:  # it was accepted: whoever takes it now only takes it over
            self.title, self.button, self.done = "改由我承办", "改由我承办", "已改由您承办。"

    def carry_out(self, *, by: Actor, at: datetime) -> None:
        operations.take_case(by=by, case_id=self.case.pk, at=at)


class RequestPapersForm(StepForm):
    step, name, title, button = StepName.REQUEST_PAPERS, "request_papers", "通知补正", "发出补正通知"
    done = "补正通知书已生成，期限停止计算。"
    at_field: ClassVar = {operations.CaseRefused: "asked"}
    asked = text_field(
        "需要补充的材料", help_text="逐项写明，一次说完。申请人按此准备。", missing="请写明需要补充哪些材料。"
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        days, times = self.rules.days(ClockName.PAPERS), self.rules.times(ClockName.PAPERS)
        if may_rest(case=self.case, rules=self.rules, on=timezone.localdate()):
            self.explanation = f"申请人有 {days} 个工作日；补正期间不计入办理期限。"
            self.explanation += f"停表的补正最多 {times} 次，请一次写全。" if times else "请一次写全。"
        else:
            self.explanation = "已经通知补正过，或者期限已经届满：本次通知不停表，期限照常计算，申请人会被告知。"
            self.done = "补正通知书已生成，期限照常计算。"

    def carry_out(self, *, by: Actor, at: datetime) -> None:
        operations.request_papers(by=by, case_id=self.case.pk, asked=self.cleaned_data["asked"], at=at)


class PaperForm(StepForm):
    step, name, title, button, done = StepName.HAND_IN_PAPER, "hand_in_paper", "收取材料", "存入材料", "材料已存入。"
    explanation = "材料存入后不能更改或者删除。"
    at_field: ClassVar = {operations.UnableToTakePaper: "file"}
    kind = forms.ChoiceField(label="材料", error_messages={"required": "请选择是哪一种材料。"})
    file = PaperField(label="文件")

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        fitting = self.rules.papers_for(self.case.ground)
        self.fields["kind"].choices = [(p.name, p.title) for p in fitting]  # type: ignore[attr-defined]

    def carry_out(self, *, by: Actor, at: datetime) -> None:
        given = self.cleaned_data["file"]
        paper = PaperIn(kind=self.cleaned_data["kind"], file_name=given.name, content=given.read())
        operations.hand_in_paper(by=by, case_id=self.case.pk, paper=paper, at=at)


class ForwardForm(StepForm):
    step, name, title, button = StepName.FORWARD, "forward", "转认定单位核实", "转认定单位"
    done = "已转认定单位核实。"
    question = text_field("请认定单位核实什么", missing="请写明需要认定单位核实的问题。")

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        unit = unit_title(case=self.case)
        self.title, self.button, self.done = f"转{unit}核实", f"转{unit}", f"已转{unit}核实。"
        self.fields["question"].label = f"请{unit}核实什么"
        self.fields["question"].error_messages["required"] = f"请写明需要{unit}核实的问题。"

    def carry_out(self, *, by: Actor, at: datetime) -> None:
        operations.forward_to_source(by=by, case_id=self.case.pk, question=self.cleaned_data["question"], at=at)


class AnswerForm(StepForm):
    step, name, title, button, done = StepName.ANSWER, "answer", "答复信用办", "提交答复", "答复已提交。"
    at_field: ClassVar = {operations.CaseRefused: "answer"}
    answer = text_field(
        "核实的情况和依据", help_text="写明核对了哪份文书、结论是什么。", missing="请写明核实的情况和依据。"
    )

    def carry_out(self, *, by: Actor, at: datetime) -> None:
        operations.answer_as_source(by=by, case_id=self.case.pk, answer=self.cleaned_data["answer"], at=at)


class ExtendForm(StepForm):
    step, name, title, button, done = StepName.EXTEND, "extend", "延长期限", "延长期限", "期限已延长，并告知申请人。"
    explanation = "只能延长一次；理由以您的名义写入延期通知书，告知申请人。"
    days = forms.IntegerField(
        label="延长几个工作日", min_value=1, error_messages={"required": "请填写延长的工作日数。"}
    )
    reason = forms.CharField(
        label="理由",
        min_length=4,
        max_length=500,
        error_messages={"required": "延长期限须写明理由。", "min_length": "理由太短。请写明具体原因。"},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        most = self.rules.days(ClockName.EXTENSION) or 0
        self.fields["days"].help_text = f"最多 {most} 个。"
        self.fields["days"].widget.attrs["max"] = most
        self.most = most

    def clean_days(self) -> int:
        days: int = self.cleaned_data["days"]
        if days > self.most:
            raise forms.ValidationError(f"一次最多延长 {self.most} 个工作日，实为 {days} 个。")
        return days

    def carry_out(self, *, by: Actor, at: datetime) -> None:
        operations.extend_deadline(by=by, case_id=self.case.pk, at=at, **self.cleaned_data)


class OfProposal:
    """What stands to be decided on, so that nobody approves or returns another proposal than the one they read."""

    case: Case
    data: Mapping[str, Any]

    @property
    def proposal(self) -> int | None:
        """The proposal that stands now: the page shows it and sends it with the form."""
        standing = Decision.objects.filter(case=self.case, state=DecisionState.PROPOSED)
        return standing.values_list("pk", flat=True).first()

    @property
    def seen(self) -> int | None:
        """The proposal that was sent with the form; none where the form was typed and not shown."""
        sent = str(self.data.get("proposal", ""))
        return int(sent) if sent.isdecimal() else None


class ApproveForm(OfProposal, StepForm):
    """The second person agrees, with a fresh code where there is a second factor."""

    step, name, title, button, done = StepName.APPROVE, "approve", "审核同意", "同意，决定生效", "决定已生效。"
    explanation = "同意后决定立即生效，不能撤回。请先核对理由和材料。"
    at_field: ClassVar = {operations.SecondFactorMissing: "code", WrongCode: "code"}
    need_not_be_typed: ClassVar = frozenset({"code"})
    code = forms.CharField(
        label="动态口令",
        max_length=40,
        help_text="您手机上现在显示的 6 位数字。",
        error_messages={"required": "请输入手机上现在显示的 6 位数字。"},
        widget=OneTimeInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
    )
    proved_at: datetime | None = None

    def __init__(self, *arguments: Any, by: Actor, at: datetime, **named: Any) -> None:
        super().__init__(*arguments, **named)
        wanted = accounts.second_factor_wanted(by=by, at=at)
        if wanted is not SecondFactorWanted.CODE:
            del self.fields["code"]
        if wanted is SecondFactorWanted.ENROLMENT:
            self.explanation = "审核前先要绑定动态口令：点右上角的姓名，再点“动态口令”。"

    def carry_out(self, *, by: Actor, at: datetime) -> None:
        if "code" in self.fields:
            officer = accounts.officers().get(username=by.name)
            prove_second_factor(officer_id=officer.pk, code=self.cleaned_data["code"], at=at)
            self.proved_at = at
            by = replace(by, proved_at=at)
        operations.approve(by=by, case_id=self.case.pk, at=at, seen=self.seen)


class ReturnForm(OfProposal, StepForm):
    step, name, title, button, done = StepName.APPROVE, "return", "退回重办", "退回", "已退回重办。"
    at_field: ClassVar = {operations.ReasonsMissing: "because"}
    because = forms.CharField(
        label="退回的理由",
        max_length=500,
        error_messages={"required": "请写明退回的理由。", "max_length": "最多 500 字。"},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def carry_out(self, *, by: Actor, at: datetime) -> None:
        because = self.cleaned_data["because"]
        operations.return_proposal(by=by, case_id=self.case.pk, because=because, at=at, seen=self.seen)


class TakeBackProposalForm(StepForm):
    step, name, title, button = StepName.PROPOSE, "take_back_proposal", "撤回自己的拟办意见", "撤回拟办意见"
    done = "已撤回拟办意见，改好后可以重新提交。"
    explanation = "负责人审核以前，拟办人本人可以撤回。理由写入经过，申请人看不到。"
    at_field: ClassVar = {operations.ReasonsMissing: "because"}
    because = forms.CharField(
        label="撤回的理由",
        max_length=500,
        error_messages={"required": "请写明撤回的理由。", "max_length": "最多 500 字。"},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @classmethod
    def fits(cls, *, case: Case, by: Actor, may: Container[StepName]) -> bool:  # noqa: ARG003 - the proposer's alone
        """Whoever proposed may, and no colleague: the rules give proposing to a party, and this to a person."""
        return may_take_back_proposal(case=case, actor=by)

    def carry_out(self, *, by: Actor, at: datetime) -> None:
        operations.take_back_proposal(by=by, case_id=self.case.pk, because=self.cleaned_data["because"], at=at)


class CloseForm(StepForm):
    step, name, title, button, done = StepName.CLOSE, "close", "办结并送达", "办结", "案件已办结。"
    at_field: ClassVar = {operations.WrongMoment: "delivered"}
    delivered = forms.CharField(
        label="如何送达",
        max_length=200,
        help_text="例如“窗口当面送达”“邮寄，单号 1234567890”。",
        error_messages={"required": "请写明决定书如何送达。"},
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def carry_out(self, *, by: Actor, at: datetime) -> None:
        operations.close_case(by=by, case_id=self.case.pk, delivered=self.cleaned_data["delivered"], at=at)


class ReviewForm(StepForm, ReceivedForm):
    step, name, title, button = StepName.REQUEST_REVIEW, "request_review", "代申请人登记复核申请", "登记复核"
    done = "复核已登记，由另一人办理。"
    explanation = "申请人对结果不服的，可以申请复核一次。复核由原办理人以外的人员办理。"
    need_not_be_typed: ClassVar = frozenset({"channel", "received_on"})
    field_order = ("request",)
    request = text_field("不服的理由", help_text="照申请人的原话记录。", missing="请写明不服的理由。")

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, initial=received_today(), **named)

    def carry_out(self, *, by: Actor, at: datetime) -> None:
        case, given, party = self.case, self.cleaned_data, reviewed_for(case=self.case)
        name, contact = case.applicant_name, case.contact
        if party.value != case.applicant and case.subject is not None:  # a body reported it: its subject asks
            name, contact = case.subject.name, ""
        asks = Applicant(party=party, name=name, contact=contact)
        applicant, content = authorised(applicant=asks, given=given)
        with transaction.atomic():
            review = operations.request_review(
                by=by,
                case_id=case.pk,
                applicant=applicant,
                request=given["request"],
                channel=Channel(given["channel"]),
                received_on=given["received_on"],
                at=at,
            )
            keep_authorisation(by=by, case=review, rules=self.rules, given=given, content=content, at=at)

    def refuse(self, refusal: Exception) -> None:
        self.add_error("received_on" if "收件日期" in str(refusal) else None, str(refusal))


class TakeBackForm(StepForm):
    step, name, title, button = StepName.TAKE_BACK, "take_back", "代申请人登记撤回", "登记撤回"
    done = "已登记撤回，撤回确认书已生成。"
    explanation = "只在申请人明确表示撤回时登记。撤回后案件终止，不作决定；申请人可以重新提出。"
    at_field: ClassVar = {operations.CaseRefused: "stated"}
    stated = text_field(
        "申请人如何表示撤回", help_text="例如“11 月 3 日来函，存卷”。", missing="请写明申请人如何表示撤回。", rows=2
    )

    def carry_out(self, *, by: Actor, at: datetime) -> None:
        operations.take_back_request(by=by, case_id=self.case.pk, stated=self.cleaned_data["stated"], at=at)


FORMS: Sequence[type[StepForm]] = (
    ApproveForm,
    ReturnForm,
    TakeBackProposalForm,
    AnswerForm,
    TakeForm,
    RequestPapersForm,
    PaperForm,
    ForwardForm,
    ExtendForm,
    CloseForm,
    ReviewForm,
    TakeBackForm,
)


def step_form(kind: type[StepForm], *sent: Any, case: Case, rules: Procedure, by: Actor, at: datetime) -> StepForm:
    """Give the form of a step in a case for whoever takes it, empty or with what was sent."""
    if issubclass(kind, ApproveForm):
        return kind(*sent, case=case, rules=rules, by=by, at=at)
    return kind(*sent, case=case, rules=rules)
