"""What the office decides at its desk."""

from typing import Any

from django import forms

from publiccredit.matching.types import VERDICT_TITLES, Candidate, Verdict


class JudgementForm(forms.Form):
    """Whose the records are: one of the candidates, a new subject, or not certain yet; always with a reason."""

    answer = forms.ChoiceField(label="判定", widget=forms.RadioSelect, error_messages={"required": "请选择一项判定。"})
    reason = forms.CharField(
        label="理由",
        min_length=5,
        max_length=500,
        help_text="写明核对了什么，如“与营业执照住所、法定代表人一致”。理由写入留痕，不能修改。",
        error_messages={
            "required": "请写明判定理由，至少 5 个字。",
            "min_length": "理由太短。请写明核对了哪些材料，至少 5 个字。",
        },
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, candidates: tuple[Candidate, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].choices = [  # type: ignore[attr-defined]
            *((f"{Verdict.SAME}:{c.subject_id}", f"就是“{c.name}”（{c.uscc or '无代码'}）") for c in candidates),
            (Verdict.NEW.value, f"{VERDICT_TITLES[Verdict.NEW]}，按所报名称建档"),
            (Verdict.UNSURE.value, f"{VERDICT_TITLES[Verdict.UNSURE]}，继续待判定"),
        ]

    @property
    def verdict(self) -> tuple[Verdict, int | None]:
        """The verdict chosen, and the subject it names."""
        word, _, subject = str(self.cleaned_data["answer"]).partition(":")
        return Verdict(word), int(subject) if subject else None


class ReopenForm(forms.Form):
    """An answer is taken back, with a reason."""

    reason = forms.CharField(
        label="撤回理由",
        min_length=5,
        max_length=500,
        error_messages={"required": "请写明撤回理由，至少 5 个字。", "min_length": "理由太短，至少 5 个字。"},
        widget=forms.Textarea(attrs={"rows": 2}),
    )
