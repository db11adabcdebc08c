"""What an officer types about a record."""

from collections.abc import Sequence
from typing import Any

from django import forms

from publiccredit.casework.operations.severity import LONGEST_REASON, SHORTEST_REASON
from publiccredit.catalogue.types.personal_numbers import refusal_of
from publiccredit.subjects.papers import PaperField

Choices = Sequence[tuple[str, str]]


class SeverityForm(forms.Form):
    """Another severity, and why."""

    severity = forms.ChoiceField(
        label="更正为",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择一档。", "invalid_choice": "没有这一档，或者现在就是这一档。请重新选择。"},
    )
    reason = forms.CharField(
        label="理由",
        min_length=SHORTEST_REASON,
        max_length=LONGEST_REASON,
        help_text="写明依据的标准和本案的情节，如“依《市场监管领域失信程度标准》第五条，当事人主动消除危害后果”。"
        "理由与记录一同公开，不要写个人信息；写有电话号码、身份证号码的不能提交。",
        error_messages={
            "required": f"请写明更正的理由，至少 {SHORTEST_REASON} 个字。",
            "min_length": f"理由太短。请写明依据的标准和本案的情节，至少 {SHORTEST_REASON} 个字。",
            "max_length": f"理由不超过 {LONGEST_REASON} 字。请删减。",
        },
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["severity"].choices = choices  # type: ignore[attr-defined]

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        length = len("".join(reason.split()))
        if length < SHORTEST_REASON:
            raise forms.ValidationError(
                f"理由至少 {SHORTEST_REASON} 个字，实为 {length} 个字。请写明依据的标准和本案的情节。"
            )
        if number := refusal_of(text=reason, what="理由"):
            raise forms.ValidationError(number)
        return reason


class SeverityProposalForm(SeverityForm):
    """The same with the paper that carries it, for the head who is to approve it."""

    paper = PaperField(label="决定文书或者审批表", note="载明更正后的程度。审核人据此核对；不公开。")
