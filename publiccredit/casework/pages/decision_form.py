"""The form of a decision: only what its outcome stands on, and reasons that begin with the template of the rules."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils import timezone

from publiccredit.accounts.types import Actor
from publiccredit.casework import operations
from publiccredit.casework.changes import repeated_elsewhere
from publiccredit.casework.correcting import UnableToCorrect, correctable_fields
from publiccredit.casework.doubts import CONFIRMED, DoubtNotAnswered
from publiccredit.casework.models import Case, Decision
from publiccredit.casework.operations.deciding import BY_OFFICER
from publiccredit.casework.pages.forms import StepForm, text_field
from publiccredit.casework.public_words import LEAST, LONGEST, to_be_said, wanted
from publiccredit.casework.queries import eligibility_of
from publiccredit.casework.rules import papers_lacking
from publiccredit.casework.severity import severity_field, standing_of
from publiccredit.casework.types import Order, PaperIn, Verdict
from publiccredit.catalogue.types import ConditionName, Effect, Outcome, Procedure, StepName
from publiccredit.subjects.papers import PaperField
from publiccredit.subjects.queries import Record, field_in_words, record_type_of

CORRECTED_AT_ONCE = 3
ONLY_STORES = "only_stores"  # the name of the second button
NOT_TYPED = frozenset({"csrfmiddlewaretoken", "step", "paper_kind", ONLY_STORES})
LONGEST_PRESENT = 24  # characters of a present value in a drop-down
PRIVATE = "人人可见：不要写自然人的姓名、身份证号码、电话号码。"


def _with_present(title: str, record: Record, name: str) -> str:
    words = field_in_words(row=record, field=record_type_of(record).field(name))
    return (
        f"{title}（现为{words if len(words) <= LONGEST_PRESENT else words[:LONGEST_PRESENT] + '……'}）"
        if words
        else title
    )


def _written(returned: Decision | None, outcome: Outcome) -> dict[str, Any]:
    """Give what stood in a proposal that was sent back: it is put right, not written anew."""
    if returned is None or returned.outcome != outcome.name:
        return {}
    corrections = {
        f"{part}_{number}": text
        for number, pair in enumerate(returned.corrections.items(), start=1)
        for part, text in zip(("field", "value"), pair, strict=True)
    }
    reasons, _, confirmed = returned.reasons.partition(f"\n{CONFIRMED}")
    return {
        "reasons": reasons,
        "confirmed": confirmed,
        "public_notice": "" if returned.public_notice == outcome.title else returned.public_notice,
        "order_number": returned.order_number,
        "order_from": _typed(returned.order_from),
        "order_until": _typed(returned.order_until),
        "failing": list(returned.failing_conditions),
        "holds_from": _typed(returned.holds_from),
        **corrections,
    }


def _typed(day: date | None) -> str:
    """A date as a browser's own field for dates takes it, in whatever language the site stands."""
    return day.isoformat() if day else ""


def _typed_so_far(typed: QueryDict | None) -> dict[str, Any]:
    """Give what stood in a form that is shown again, nothing of it held against the rules yet."""
    if typed is None:
        return {}
    return {name: typed.getlist(name) if name == "failing" else typed[name] for name in typed if name not in NOT_TYPED}


def _in_one_line(text: str) -> str:
    """No field of a record holds the end of a line: what was typed in several is one value."""
    return " ".join(line.strip() for line in text.splitlines())


class DecisionForm(StepForm):
    """An outcome with its reasons. The outcome is chosen before, so that nothing is asked that it does not need."""

    step, name, title, button = StepName.PROPOSE, "decide", "作出决定", "提交决定"
    done = "决定已提交。"
    at_field: ClassVar = {
        operations.ReasonsMissing: "reasons",
        DoubtNotAnswered: "confirmed",
        UnableToCorrect: "value_1",
        operations.UnableToCorrectSeverity: "value_1",
        operations.PublicWordsMissing: "public_notice",
        operations.ConditionsNotMet: "failing",
        operations.NotAhead: "holds_from",
        operations.WrongOutcome: "order_until",
    }
    places = 0
    repeated: tuple[str, ...] = ()  # what stands in two fields of the record to be corrected
    second_button = "存入材料，继续填写"  # stores a paper and keeps what was typed
    outcome = forms.CharField(widget=forms.HiddenInput)
    reasons = text_field(
        "理由",
        help_text="模板只是开头：写出本案的事实和依据，填满或者改写每一处空白，否则不能提交。",
        missing="请写明理由，至少 10 字。",
        rows=6,
    )
    public_notice = forms.CharField(
        label="公开说明",
        required=False,
        max_length=LONGEST,
        help_text=f"随记录公开的一句话；不填则写结果的名称。{PRIVATE}",
        error_messages={"max_length": f"最多 {LONGEST} 字。请删减。"},
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        *arguments: Any,
        outcome: Outcome,
        case: Case,
        rules: Procedure,
        returned: Decision | None = None,
        typed: QueryDict | None = None,
        **named: Any,
    ) -> None:
        initial = (
            {"outcome": outcome.name, "reasons": outcome.template} | _written(returned, outcome) | _typed_so_far(typed)
        )
        super().__init__(*arguments, case=case, rules=rules, initial=initial, **named)
        self.chosen = outcome
        self.title = f"决定：{outcome.title}"
        if outcome.four_eyes:
            self.explanation = "须由本单位负责人审核后生效；负责人自己拟办的，由另一位负责人审核。"
            self.button, self.done = "提交审核", "已提交，由负责人审核后生效。"
        else:
            self.explanation = "提交后立即生效，不能撤回。"
            self.button, self.done = "作出决定", "决定已生效。"
        self._say_what_lacks()
        if purpose := wanted(outcome=outcome):
            self._ask_public_words(purpose)
        if outcome.of_severity:
            self._ask_severity()
        elif Effect.CORRECT in outcome.effects:
            self._ask_corrections()
        if outcome.needs_order:
            self._ask_order()
        if rules.conditions and not outcome.effects:
            self._ask_conditions()
        if rules.allows(StepName.HAND_IN_PAPER, rules.decided_by):
            self._take_paper()

    def _say_what_lacks(self) -> None:
        lacking = papers_lacking(case=self.case, rules=self.rules) if self.chosen.effects else []
        said = (
            f"还缺少材料：{'、'.join(lacking)}。没有材料不能作出这项决定，请在本表末尾选择文件存入。" if lacking else ""
        )
        self.explanation = f"{said}{self.explanation}"

    def _take_paper(self) -> None:
        """A paper can be stored from here: sent by a form of its own, it would cost what was typed in this one."""
        there = set(self.case.papers.values_list("kind", flat=True))
        fitting = self.rules.papers_for(self.case.ground)
        lacking = next((p.name for p in fitting if p.required and p.name not in there), "")
        self.fields["paper_kind"] = forms.ChoiceField(
            label="存入材料",
            choices=[(p.name, p.title) for p in fitting],
            required=False,
            initial=lacking,
        )
        self.fields["paper"] = PaperField(
            label="文件", required=False, note="随决定一并存入，或者先存入再继续填写；存入后不能更改或者删除。"
        )

    @property
    def only_stores(self) -> bool:
        """Tell whether what was sent is a paper only, and the decision is still being written."""
        return ONLY_STORES in self.data

    def say_of_paper(self, wrong: Mapping[str, Sequence[str]]) -> None:
        """Say at its fields why a paper was not stored; nothing else of the form has been sent yet."""
        for name, said in wrong.items():
            self.errors[name] = self.error_class(said)

    def store_paper(self, *, by: Actor, at: datetime) -> None:
        """
        Put the paper that was sent with the form into the case.

        :raises CaseRefused: the case takes no paper now.
        """
        given = self.cleaned_data.get("paper")
        if given:
            kind = self.cleaned_data["paper_kind"]
            paper = PaperIn(kind=kind, file_name=given.name, content=given.read())
            operations.hand_in_paper(by=by, case_id=self.case.pk, paper=paper, at=at)

    def _ask_public_words(self, purpose: str) -> None:
        """What takes a record away, or brings it back, says why to everybody."""
        missing = f"{purpose}，必须填写，至少 {LEAST} 个字。"
        self.fields["public_notice"] = forms.CharField(
            label="公开说明",
            max_length=LONGEST,
            help_text=f"{purpose}，人人可见。{to_be_said(outcome=self.chosen)}。{PRIVATE}",
            error_messages={"required": missing, "max_length": f"最多 {LONGEST} 字。请删减。"},
            widget=forms.Textarea(attrs={"rows": 3}),
        )

    def _ask_severity(self) -> None:
        """Ask for another severity of the one record, each said with the days it is shown under it."""
        about = self.case.records.select_related("record__subject").order_by("pk").first()
        if about is None:
            return
        standing = standing_of(record=about.record, on=timezone.localdate())
        self.places = 1
        self.fields["field_1"] = forms.CharField(widget=forms.HiddenInput, initial=severity_field(record=about.record))
        self.fields["value_1"] = forms.ChoiceField(
            label=f"失信严重程度应为（现为{standing.now.title}）",
            choices=[(t.title, f"{t.title}：{t.shown_words}") for t in standing.others],
            widget=forms.RadioSelect,
            error_messages={
                "required": "请选择一档。",
                "invalid_choice": "没有这一档，或者现在就是这一档。请重新选择。",
            },
        )

    def _ask_corrections(self) -> None:
        about = self.case.records.select_related("record").order_by("pk").first()
        titles = correctable_fields(record_id=about.record_id) if about else {}
        choices = [("", "请选择")]
        if about is not None:
            self.repeated = repeated_elsewhere(record=about.record)
            choices += [(n, _with_present(title, about.record, n)) for n, title in titles.items()]
        written_before = sum(name.startswith("field_") for name in self.initial)
        self.places = max(CORRECTED_AT_ONCE, written_before)
        for number in range(1, self.places + 1):
            first, written = number == 1, self.initial.get(f"field_{number}", "")
            self.fields[f"field_{number}"] = forms.ChoiceField(
                label=f"更正的字段（{number}）",
                choices=choices,
                required=first,
                initial=written or (about.field if first and about and about.field in titles else ""),
                error_messages={"required": "请选择更正哪个字段。"},
            )
            self.fields[f"value_{number}"] = value = forms.CharField(
                label=f"应为（{number}）",
                required=False,
                max_length=4000,
                help_text="日期写作 2026-11-03；金额单位为万元。" if first else "",
                widget=forms.Textarea(attrs={"rows": 2}),
            )
            if first:  # nothing may be left out here: what is blank is corrected to a blank
                value.optional_words = "留空即更正为空白"  # type: ignore[attr-defined]

        if self.initial.get("confirmed") or self.data.get("confirmed"):
            self._ask_confirmation()

    def _ask_confirmation(self) -> None:
        """Asked only of a value that looks wrong: what is asked of every one is answered without a look."""
        self.fields["confirmed"] = forms.CharField(
            label="数值确实如此的依据",
            required=False,
            max_length=LONGEST,
            help_text="例如：决定书第 2 页写明“罚款 1,490,000 元”。随理由写入决定，审核人和申请人都能看到。",
            error_messages={"max_length": f"最多 {LONGEST} 字。请删减。"},
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    def refuse(self, refusal: Exception) -> None:
        """Ask to confirm what is doubted at a field that was not asked before."""
        if isinstance(refusal, DoubtNotAnswered) and "confirmed" not in self.fields:
            self._ask_confirmation()
        super().refuse(refusal)

    def _ask_order(self) -> None:
        self.fields["order_number"] = forms.CharField(
            label="文书号",
            max_length=128,
            help_text="法院裁定书或者复议机关决定书的文号。",
            error_messages={"required": "请填写所依文书的文号。"},
        )
        self.fields["order_from"] = forms.DateField(
            label="自哪一日起",
            widget=forms.DateInput(attrs={"type": "date"}),
            error_messages={"required": "请填写文书所定的起日。", "invalid": "日期应为 2026-11-03 的样子。"},
        )
        self.fields["order_until"] = forms.DateField(
            label="至哪一日止",
            required=Effect.SHIELD in self.chosen.effects,
            widget=forms.DateInput(attrs={"type": "date"}),
            help_text="自这一日起不再停止公示；停止执行未定止日的可不填。",
            error_messages={"required": "暂时屏蔽须写明至哪一日止。", "invalid": "日期应为 2026-11-03 的样子。"},
        )

    def _ask_conditions(self) -> None:
        """Offer what an officer may find against a paper; say of the rest how it stands."""
        wanted = self.rules.conditions_for(self.case.ground)
        choices = [(c.name.value, c.title) for c in wanted if c.name in BY_OFFICER]
        self.fields["failing"] = forms.MultipleChoiceField(
            label="未满足的条件",
            choices=choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=f"{self._found()}材料不能说明问题的，在此勾选。",
        )
        self.fields["holds_from"] = forms.DateField(
            label="预计何时满足",
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}),
            help_text="今天以后的日期，决定书写“自该日起可以再次申请”；不能预计的，请留空。",
            error_messages={"invalid": "日期应为 2026-11-03 的样子。"},
        )

    def _found(self) -> str:
        """Say which conditions the program found to be met, and which it writes into the refusal by itself."""
        found = eligibility_of(case=self.case, on=timezone.localdate())
        states = found.conditions if found is not None else ()
        met = [c.title for c in states if c.holds]
        failing = [c.title for c in states if not c.holds]
        said = f"平台核对未满足、自动写入的：{'、'.join(failing)}。" if failing else ""
        return f"{said}平台核对已经满足的：{'、'.join(met)}。" if met else said

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        begins, until = given.get("order_from"), given.get("order_until")
        if isinstance(begins, date) and isinstance(until, date) and until <= begins:
            self.add_error("order_until", f"止日 {until} 应晚于起日 {begins}。请核对文书。")
        return given

    def carry_out(self, *, by: Actor, at: datetime) -> None:
        given = self.cleaned_data
        self.store_paper(by=by, at=at)
        verdict = Verdict(
            outcome=self.chosen.name,
            reasons=given["reasons"],
            public_notice=given["public_notice"],
            corrections=self._corrections(given),
            confirmed=given.get("confirmed", ""),
            failing=tuple(ConditionName(word) for word in given.get("failing", ())),
            holds_from=given.get("holds_from"),
            order=Order(given["order_number"], given["order_from"], given.get("order_until"))
            if self.chosen.needs_order
            else None,
        )
        operations.decide(by=by, case_id=self.case.pk, verdict=verdict, at=at)

    def _corrections(self, given: Mapping[str, Any]) -> dict[str, str]:
        numbers = range(1, self.places + 1)
        pairs = ((given.get(f"field_{n}", ""), _in_one_line(given.get(f"value_{n}", ""))) for n in numbers)
        return {name: value for name, value in pairs if name}
