"""What a person types about accounts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest

from publiccredit.accounts.models import Officer
from publiccredit.accounts.operations import WrongCode, prove_second_factor
from publiccredit.accounts.widgets import OneTimeInput

Choices = Sequence[tuple[str, str]]


class LogInForm(forms.Form):
    """Account name and password; one answer for a wrong name and for a wrong password."""

    username = forms.CharField(
        label="账号",
        max_length=64,
        error_messages={"required": "请填写账号。"},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label="密码",
        max_length=128,
        strip=False,
        error_messages={"required": "请填写密码。"},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.officer: Officer | None = None

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if "username" in values and "password" in values:
            found = authenticate(self.request, username=values["username"], password=values["password"])
            if not isinstance(found, Officer):
                raise forms.ValidationError(
                    "账号或密码不对，或该账号已停用。请检查大小写后重试；忘记密码请联系系统管理员重置。"
                )
            self.officer = found
        return values


class CodeForm(forms.Form):
    """A code of the second factor, or one for a lost telephone where that is taken."""

    code = forms.CharField(
        label="动态口令",
        max_length=40,
        help_text="手机上验证器应用现在显示的 6 位数字。",
        error_messages={"required": "请输入手机上显示的 6 位数字。"},
        widget=OneTimeInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, officer: Officer, with_recovery: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.officer = officer
        if with_recovery:
            self.fields["code"].help_text += "手机不在身边的，填一个备用码。"
            self.fields["code"].widget.attrs.pop("inputmode")

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        return code.replace(" ", "")

    def proves(self, *, at: datetime) -> bool:
        """Take the code; where it does not count, the form says why."""
        if not self.is_valid():
            return False
        try:
            prove_second_factor(officer_id=self.officer.pk, code=self.cleaned_data["code"], at=at)
        except WrongCode as refusal:
            self.add_error("code", str(refusal))
            return False
        return True


class ChangePasswordForm(forms.Form):
    """The old password once, the new one twice."""

    current = forms.CharField(
        label="现在的密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    new = forms.CharField(
        label="新密码",
        strip=False,
        max_length=128,
        help_text="".join(password_validators_help_texts()),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeated = forms.CharField(
        label="再输一次新密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, officer: Officer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.officer = officer

    def clean_current(self) -> str:
        current: str = self.cleaned_data["current"]
        if not self.officer.check_password(current):
            raise forms.ValidationError("与现在的密码不符。请重新输入；首次登录时填写管理员给您的初始密码。")
        return current

    def clean_repeated(self) -> str:
        repeated: str = self.cleaned_data["repeated"]
        if repeated != self.cleaned_data.get("new", repeated):
            raise forms.ValidationError("两次输入的新密码不一致。请重新输入一次。")
        return repeated
