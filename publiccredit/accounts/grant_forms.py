"""What an administrator types to propose a right, to approve it or to refuse it."""

from typing import Any

from django import forms

from publiccredit.accounts.forms import Choices
from publiccredit.accounts.models import LEAST_REASON, Officer
from publiccredit.accounts.types import ROLE_TITLES, SCOPE_TITLES, TOKEN_TERMS, Grant, TokenScope, Wanted

OF_DEPARTMENT = "联络员和部门负责人必选；信用办、审计和管理员留空。"


def reason_field(label: str, *, help_text: str) -> forms.CharField:
    """Give the field for a reason, with what is said where it is missing."""
    return forms.CharField(
        label=label,
        min_length=LEAST_REASON,
        max_length=500,
        help_text=f"{help_text}至少 {LEAST_REASON} 字。",
        error_messages={"required": "请写明理由。", "min_length": "理由太短。请写明为什么、凭什么。"},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ProposalForm(forms.Form):
    """A right that asks for nothing but its reason, about an account that is there."""

    kind: Grant
    reason = reason_field("理由", help_text="审核人凭它判断，如“部门来函，张某接任联络员”。不写证件号。")

    def __init__(self, *args: Any, kind: Grant, officer: Officer | None, departments: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.officer = kind, officer
        self.order_fields([name for name in self.fields if name != "reason"])
        if "department_code" in self.fields:
            choices = [("", "不属于报送部门"), *departments]
            self.fields["department_code"].choices = choices  # type: ignore[attr-defined]

    @property
    def wanted(self) -> Wanted:
        """What is asked for, as the operation takes it."""
        assert self.officer is not None
        return Wanted(
            kind=self.kind, about=self.officer.username, officer_id=self.officer.pk, terms=self._terms()
        )  # fmt: skip

    def _terms(self) -> dict[str, Any]:
        return {}


class OpenAccountForm(ProposalForm):
    """A new account: one person, one role."""

    username = forms.RegexField(
        label="账号",
        regex=r"^[a-z0-9][a-z0-9_.-]{2,63}$",
        help_text="3 至 64 位小写字母、数字、点、横线或下划线。写入留痕的是账号，不是姓名，开户后不能更改。",
        error_messages={"invalid": "账号只能用 3 至 64 位小写字母、数字、点、横线或下划线，如 scjg01。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    display_name = forms.CharField(label="姓名", max_length=64, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(
        label="岗位", choices=[(role.value, title) for role, title in ROLE_TITLES.items()], widget=forms.RadioSelect
    )
    department_code = forms.ChoiceField(label="所属部门", required=False, help_text=OF_DEPARTMENT)

    @property
    def wanted(self) -> Wanted:
        return Wanted(kind=self.kind, about=self.cleaned_data["username"], terms=self._terms())

    def _terms(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("username", "display_name", "role", "department_code")}


class AssignRoleForm(ProposalForm):
    """Another role or department for an officer."""

    role = forms.ChoiceField(label="岗位", choices=[(role.value, title) for role, title in ROLE_TITLES.items()])
    department_code = forms.ChoiceField(label="所属部门", required=False, help_text=OF_DEPARTMENT)

    def __init__(self, *args: Any, officer: Officer | None, **kwargs: Any) -> None:
        assert officer is not None
        now = {"role": officer.role, "department_code": officer.department_code}
        super().__init__(*args, officer=officer, initial=now, **kwargs)

    def _terms(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("role", "department_code")}


class IssueTokenForm(ProposalForm):
    """A token for an officer's program."""

    name = forms.CharField(label="用途", max_length=100, help_text="哪个系统使用，如“执法办案系统每日推送”。")
    scopes = forms.TypedMultipleChoiceField(
        label="权限范围",
        choices=[(scope.value, title) for scope, title in SCOPE_TITLES.items()],
        coerce=TokenScope,
        widget=forms.CheckboxSelectMultiple,
        help_text="只勾用得着的：只推送的系统不必能查询，只看结果的系统不必能报送。签发后不能更改，要改就另行签发。",
        error_messages={"required": "请至少勾选一项。"},
    )
    days = forms.ChoiceField(label="有效期", choices=TOKEN_TERMS, initial="90")

    def _terms(self) -> dict[str, Any]:
        return {
            "name": self.cleaned_data["name"],
            "scopes": sorted(scope.value for scope in self.cleaned_data["scopes"]),
            "days": int(self.cleaned_data["days"]),
        }


class RefusalForm(forms.Form):
    """Why a proposal is not approved."""

    because = reason_field("不同意的理由", help_text="拟办人看得到，如“没有部门来函”。")


FORMS: dict[Grant, type[ProposalForm]] = {
    Grant.OPEN_ACCOUNT: OpenAccountForm,
    Grant.ASSIGN_ROLE: AssignRoleForm,
    Grant.ISSUE_TOKEN: IssueTokenForm,
    Grant.REOPEN_ACCOUNT: ProposalForm,
    Grant.RESET_PASSWORD: ProposalForm,
    Grant.RESET_SECOND_FACTOR: ProposalForm,
}
