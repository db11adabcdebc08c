"""What a person types about recipients and their confirmations."""

from typing import Any

from django import forms

from publiccredit.accounts.types import TOKEN_TERMS
from publiccredit.recipients.types import BY_PERSON, NewRecipient, Used


class RecipientForm(forms.Form):
    """Who is given records, how they are reached, what for and on which basis."""

    name = forms.CharField(label="名称", max_length=200, help_text="取得信用信息的单位全称。")
    contact = forms.CharField(label="联系人和电话", max_length=200)
    address = forms.CharField(label="通信地址", max_length=300, help_text="接口通知不到时，按此地址邮寄告知书。")
    purpose = forms.CharField(label="用途", max_length=200, help_text="如“政府采购供应商资格审查”。")
    legal_basis = forms.CharField(
        label="依据",
        max_length=300,
        help_text="允许为此用途取得的法律、法规或者文件及条款。",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    callback_url = forms.CharField(
        label="通知地址",
        max_length=500,
        required=False,
        help_text="以 https 开头。留空的，由对方用接口自取通知。",
        widget=forms.URLInput(attrs={"inputmode": "url", "spellcheck": "false"}),
    )

    @property
    def new(self) -> NewRecipient:
        return NewRecipient(**self.cleaned_data)


class RecipientKeyForm(forms.Form):
    """Why a recipient needs a new key."""

    reason = forms.CharField(
        label="理由",
        min_length=4,
        max_length=500,
        help_text="审核人凭它判断，如“对方来函，更换系统”。",
        error_messages={"required": "请写明理由。", "min_length": "理由太短。请写明为什么、凭什么。"},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RecipientTokenForm(RecipientKeyForm):
    """A token for one purpose."""

    field_order = ("purpose", "days", "reason")

    purpose = forms.CharField(
        label="用途",
        max_length=200,
        required=False,
        help_text="留空则用登记的用途；另写的附在登记的用途之后，主体看得到。",
    )
    days = forms.ChoiceField(label="有效期", choices=TOKEN_TERMS, initial="90")


class AdverseUseForm(forms.Form):
    """What a recipient decided on the ground of which record."""

    record_id = forms.IntegerField(
        label="记录编号", min_value=1, max_value=2**63 - 1, help_text="记录页面网址中的数字，或者接口给出的 id。"
    )
    what = forms.CharField(
        label="作出了什么决定",
        max_length=500,
        help_text="如“未通过供应商资格审查”。不要写个人信息。",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    decided_on = forms.DateField(
        label="决定日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )  # fmt: skip
    reference = forms.CharField(label="决定的文号", max_length=100, required=False)

    @property
    def used(self) -> Used:
        return Used(**self.cleaned_data)


class ConfirmationForm(forms.Form):
    """How a recipient confirmed, as it was told to the officer."""

    how = forms.ChoiceField(label="确认方式", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="何人何时如何确认",
        max_length=500,
        help_text="如“2026-11-23 下午对方信息科王某来电，已停止使用”。写职务，不写证件号。",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["how"].choices = [(how.value, how.label) for how in BY_PERSON]  # type: ignore[attr-defined]
