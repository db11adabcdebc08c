"""What is typed at the desk and at the counter."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.core.files.base import File

from publiccredit.accounts.widgets import OneTimeInput
from publiccredit.casework.types import PaperIn
from publiccredit.catalogue.types import PaperKind, Party
from publiccredit.subjectdesk.types import HandlerAsked, Right
from publiccredit.subjects.papers import PaperField

Choices = Sequence[tuple[str, str]]
LONGEST_STATEMENT = 1000


class IdentifierField(forms.CharField):
    """A unified social credit identifier, however it is spaced."""

    def __init__(self) -> None:
        super().__init__(
            label="统一社会信用代码",
            max_length=30,
            help_text="营业执照上的 18 位代码。",
            error_messages={"required": "请填写统一社会信用代码。"},
            widget=forms.TextInput(
                attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
            ),
        )

    def clean(self, value: Any) -> str:
        text = str(super().clean(value)).replace(" ", "").upper()
        if len(text) != 18 or not text.isascii() or not text.isalnum():
            raise forms.ValidationError(f"代码应为 18 位数字和大写字母，实为 {len(text)} 位。请按营业执照核对。")
        return text


class LetterForm(forms.Form):
    """The code of a letter from the counter."""

    identifier = IdentifierField()
    code = forms.CharField(
        label="核验函上的验证码",
        max_length=40,
        help_text="四组，每组四位，大小写和横线不论。只能使用一次。",
        error_messages={"required": "请填写核验函上的验证码。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class ContactForm(forms.Form):
    """Where a code is to be sent."""

    identifier = IdentifierField()
    contact = forms.CharField(
        label="登记的手机号码或者邮箱",
        max_length=100,
        help_text="在信用办登记过的联系方式，或者本单位授权的经办人的联系方式。",
        error_messages={"required": "请填写登记的手机号码或者邮箱。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class CodeForm(forms.Form):
    """A code that was sent."""

    identifier = IdentifierField()
    code = forms.CharField(
        label="验证码",
        max_length=20,
        help_text="6 位数字，10 分钟内有效。",
        error_messages={"required": "请填写收到的验证码。"},
        widget=OneTimeInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class RegisterContactForm(forms.Form):
    """A contact, as the counter enters it."""

    name = forms.CharField(label="联系人姓名", max_length=64, error_messages={"required": "请填写联系人姓名。"})
    contact = forms.CharField(
        label="手机号码或者邮箱", max_length=100, error_messages={"required": "请填写手机号码或者邮箱。"}
    )
    evidence = forms.CharField(
        label="核对的材料",
        max_length=500,
        help_text="如“营业执照原件、加盖公章的联系人登记表”。不要写身份证号码。",
        error_messages={"required": "请写明核对了哪些材料。"},
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class LetterEvidenceForm(forms.Form):
    """What the counter checked before it hands over a letter."""

    evidence = forms.CharField(
        label="核对的材料",
        max_length=500,
        help_text="如“营业执照原件、加盖公章的授权委托书”。不要写身份证号码。",
        error_messages={"required": "请写明核对了哪些材料。"},
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class HandlerForm(forms.Form):
    """Someone who is to act for the subject."""

    name = forms.CharField(label="经办人姓名", max_length=64, error_messages={"required": "请填写经办人姓名。"})
    contact = forms.CharField(
        label="经办人手机号码或者邮箱",
        max_length=100,
        help_text="用于接收登录验证码。不需要、也请不要填写身份证号码。",
        error_messages={"required": "请填写手机号码或者邮箱。"},
    )
    rights = forms.MultipleChoiceField(
        label="权限",
        choices=Right.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一项权限。"},
    )
    begins = forms.DateField(label="起始日", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last_on = forms.DateField(
        label="最后一日",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="过了这一天，授权自动终止。",
    )

    @property
    def asked(self) -> HandlerAsked:
        """The handler as typed."""
        last_on: date = self.cleaned_data["last_on"]
        return HandlerAsked(
            name=self.cleaned_data["name"],
            contact=self.cleaned_data["contact"],
            rights=frozenset(Right(r) for r in self.cleaned_data["rights"]),
            begins=self.cleaned_data["begins"],
            until=last_on + timedelta(days=1),
        )


class RequestForm(forms.Form):
    """A case as the subject asks for it: a ground of the rules, the reasons, and the papers the rules name."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=40)
    ground = forms.ChoiceField(
        label="理由", widget=forms.RadioSelect, error_messages={"required": "请选择一项理由。"}
    )  # fmt: skip
    field = forms.ChoiceField(label="认为有误的字段", required=False)
    department_code = forms.ChoiceField(label="被投诉的单位", error_messages={"required": "请选择被投诉的单位。"})
    request = forms.CharField(
        label="请求和理由",
        max_length=5000,
        error_messages={"required": "请写明请求和理由。", "max_length": "不超过 5000 字。请删减。"},
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(
        self,
        *args: Any,
        grounds: Choices,
        papers: Sequence[PaperKind],
        fields: Choices = (),
        departments: Choices = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.papers = papers
        self.initial.setdefault("key", uuid4().hex)
        self.fields["ground"].choices = list(grounds)  # type: ignore[attr-defined]
        if len(grounds) == 1:
            self.initial.setdefault("ground", grounds[0][0])
        _choose_from(self, "field", fields, "不限于某一字段")
        _choose_from(self, "department_code", departments, "请选择")
        for paper in papers:
            self.fields[f"paper_{paper.name}"] = _paper_field(paper)

    @property
    def handed_in(self) -> tuple[PaperIn, ...]:
        """The papers as handed in."""
        return tuple(
            paper_in(kind=p.name, file=self.cleaned_data[f"paper_{p.name}"])
            for p in self.papers
            if self.cleaned_data.get(f"paper_{p.name}")
        )


class PaperForm(forms.Form):
    """One paper more."""

    kind = forms.ChoiceField(label="材料", error_messages={"required": "请选择是哪一种材料。"})

    def __init__(self, *args: Any, kinds: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = list(kinds)  # type: ignore[attr-defined]
        self.fields["file"] = PaperField(label="文件")


class StatementForm(forms.Form):
    """The subject's own words on a record."""

    statement = forms.CharField(
        label="声明",
        required=False,
        max_length=LONGEST_STATEMENT,
        help_text=f"不超过 {LONGEST_STATEMENT} 字，随该信息一并展示。请只写事实，不要写姓名和其他个人信息；"
        "写有电话号码、身份证号码的不能保存。留空即撤回声明。",
        error_messages={"max_length": f"声明不超过 {LONGEST_STATEMENT} 字，实为 %(show_value)d 字。请删减。"},
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class ReviewForm(forms.Form):
    """Why the subject does not agree with a decision."""

    request = forms.CharField(
        label="不服的理由",
        max_length=5000,
        error_messages={"required": "请写明不服的理由。"},
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class TakeBackForm(forms.Form):
    """Why the subject takes a request back, if it wants to say."""

    stated = forms.CharField(
        label="说明",
        required=False,
        max_length=500,
        error_messages={"max_length": "最多 500 字。请删减。"},
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def paper_in(*, kind: str, file: "File[bytes]") -> PaperIn:
    """Give a paper as casework takes it."""
    return PaperIn(kind=kind, file_name=file.name or kind, content=file.read())


def _paper_field(paper: PaperKind) -> PaperField:
    note = f"{paper.note}。" if paper.note else ""
    # What the deciding department holds in its own systems it fetches itself: the subject may bring it, and need not.
    asked = paper.required and paper.obtained_by is Party.SUBJECT
    return PaperField(label=paper.title, required=asked, note=note)


def _choose_from(form: forms.Form, name: str, choices: Choices, nothing: str) -> None:
    """A choice is asked for only where there is one."""
    if choices:
        form.fields[name].choices = [("", nothing), *choices]  # type: ignore[attr-defined]
    else:
        del form.fields[name]
