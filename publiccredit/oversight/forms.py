"""What the office decides at its desk."""

from typing import Any

from django import forms

from publiccredit.matching.types import VERDICT_TITLES, Candidate, Verdict
from publiccredit.oversight.ledger_words import GROUPS, OBJECT_KINDS, word

LAST_POSITION = 2**63 - 1


class JudgementForm(forms.Form):
    """
    Whose the records are: one of the candidates, a new subject, not certain yet, or for the department to correct;
    always with a reason.
    """

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

    def __init__(self, *args: Any, candidates: tuple[Candidate, ...], may_be_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        new = [(Verdict.NEW.value, f"{VERDICT_TITLES[Verdict.NEW]}，按所报名称建档")] if may_be_new else []
        self.candidates = candidates
        self.fields["answer"].choices = [  # type: ignore[attr-defined]
            *((f"{Verdict.SAME}:{c.subject_id}", f"就是“{c.name}”（{c.uscc or '无代码'}）") for c in candidates),
            *new,
            (Verdict.SENT_BACK.value, f"{VERDICT_TITLES[Verdict.SENT_BACK]}，理由送达该部门的报送页"),
            (Verdict.UNSURE.value, f"{VERDICT_TITLES[Verdict.UNSURE]}，继续待判定"),
        ]

    @property
    def compared(self) -> list[tuple[Candidate, Any]]:
        """Each candidate with its own button."""
        return list(zip(self.candidates, self["answer"], strict=False))

    @property
    def others(self) -> list[Any]:
        """The buttons that name no candidate."""
        return list(self["answer"])[len(self.candidates) :]

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


class LedgerForm(forms.Form):
    """Which acts to show: whose, when, which, on what."""

    actor = forms.CharField(
        label="谁", required=False, max_length=100, widget=forms.TextInput(attrs={"placeholder": "账号、姓名或者代码"})
    )
    since = forms.DateField(
        label="自",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "起始日应为有效日期，如 2026-11-03。请改正，或者留空。"},
    )
    until = forms.DateField(
        label="至",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "截止日应为有效日期，如 2026-11-03。请改正，或者留空。"},
    )
    operation = forms.ChoiceField(
        label="做了什么",
        required=False,
        error_messages={"invalid_choice": "没有“%(value)s”这种办理。请从列表中选择。"},
    )
    kind = forms.ChoiceField(
        label="对象", required=False, error_messages={"invalid_choice": "没有“%(value)s”这种对象。请从列表中选择。"}
    )
    object = forms.CharField(
        label="对象的编号或者名称",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": "编号、文书号、代码或者名称的一部分"}),
    )
    at_shell = forms.BooleanField(label="只看在服务器上用命令办理的", required=False)
    before = forms.IntegerField(required=False, min_value=1, max_value=LAST_POSITION, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        acts = [(title, [(name, word(name)) for name in names]) for title, names in GROUPS]
        self.fields["operation"].choices = [("", "全部"), *acts]  # type: ignore[attr-defined]
        kinds = [(name, word(name)) for name in OBJECT_KINDS]
        self.fields["kind"].choices = [("", "全部"), *kinds]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        since, until = values.get("since"), values.get("until")
        if since and until and until < since:
            self.add_error("until", f"截止日 {until} 早于起始日 {since}。请把两个日期对调，或者留空一个。")
        return values
