"""Officers, the tokens their programs use, and the proposals by which either is given a right."""

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from publiccredit.accounts.types import (
    DEPARTMENT_ROLES,
    GRANT_TITLES,
    PROPOSAL_STATE_TITLES,
    ROLE_TITLES,
    SCOPE_TITLES,
    WITH_APPROVAL,
    Actor,
    Grant,
    ProposalState,
    Role,
    TokenScope,
)

LEAST_REASON = 4  # characters of a reason, blanks apart


class OfficerManager(BaseUserManager["Officer"]):
    """Only what Django's own log-in needs; accounts are opened by ``accounts.operations``."""

    def get_by_natural_key(self, username: str | None) -> "Officer":
        return self.get(username=username)


class Officer(AbstractBaseUser):
    """A person who works with the platform, in one role, for one department or for the office."""

    username = models.CharField("账号", max_length=64, unique=True)
    display_name = models.CharField("姓名", max_length=64)
    role = models.CharField("角色", max_length=32, choices=[(role.value, title) for role, title in ROLE_TITLES.items()])
    department_code = models.CharField("部门", max_length=64, blank=True)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("须修改密码", default=False)
    created_at = models.DateTimeField("开户时间")
    second_factor_since = models.DateTimeField("绑定动态口令", null=True)

    objects = OfficerManager()
    USERNAME_FIELD = "username"

    class Meta:
        verbose_name = "账号"
        verbose_name_plural = "账号"
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                name="officer_of_department_has_department",
                condition=~Q(role__in=sorted(r.value for r in DEPARTMENT_ROLES)) | ~Q(department_code=""),
            ),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def actor(self) -> Actor:
        return Actor(name=self.username, role=Role(self.role), department_code=self.department_code)


class SecondFactor(models.Model):
    """What an officer's codes are verified with. The database shows it to the officer and to the program alone."""

    officer = models.OneToOneField(Officer, on_delete=models.PROTECT, primary_key=True, verbose_name="账号")
    sealed_secret = models.CharField("密封的密钥", max_length=200)
    last_step = models.BigIntegerField("最近用过的一步")
    confirmed_at = models.DateTimeField("确认时间")
    failures = models.SmallIntegerField("连续输错", default=0)
    paused_until = models.DateTimeField("暂停至", null=True)

    class Meta:
        verbose_name = "动态口令"
        verbose_name_plural = "动态口令"

    def __str__(self) -> str:
        return f"second factor {self.pk}"


class RecoveryCode(models.Model):
    """A code for an officer whose telephone is lost. It counts once, and only its SHA-256 is kept."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+", verbose_name="账号")
    code_sha256 = models.CharField("备用码摘要", max_length=64, unique=True)
    made_at = models.DateTimeField("生成时间")
    used_at = models.DateTimeField("使用或者作废时间", null=True)

    class Meta:
        verbose_name = "备用码"
        verbose_name_plural = "备用码"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"recovery code {self.pk}"


class AccessToken(models.Model):
    """A secret a program presents in place of its officer. Only its SHA-256 is kept."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="tokens", verbose_name="账号")
    name = models.CharField("用途", max_length=100)
    secret_sha256 = models.CharField("密钥摘要", max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=32), verbose_name="权限范围")
    created_at = models.DateTimeField("签发时间")
    expires_at = models.DateTimeField("失效时间")
    revoked_at = models.DateTimeField("吊销时间", null=True)
    last_used_at = models.DateTimeField("最近使用", null=True)

    class Meta:
        verbose_name = "接口令牌"
        verbose_name_plural = "接口令牌"
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="token_expires_after_creation", condition=Q(expires_at__gt=models.F("created_at"))
            ),
            models.CheckConstraint(
                name="token_reaches_something_known",
                condition=Q(scopes__contained_by=sorted(TokenScope)) & Q(scopes__len__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def reach(self) -> str:
        """What the token is for, as a page says it."""
        return "、".join(title for scope, title in SCOPE_TITLES.items() if scope in self.scopes)


class GrantProposal(models.Model):
    """
    A right that one administrator proposes and another approves (DP-35); what is proposed never changes.

    What stands here the database asks of every right that is given (migration 0009): no account, role, password,
    token or key without an approved proposal that says just that. Without a proposer it is an act of the operator at
    the server's shell, who may only see to it that there are two administrators.
    """

    kind = models.CharField("事项", max_length=32, choices=[(k.value, title) for k, title in GRANT_TITLES.items()])
    about = models.CharField("对象", max_length=250)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="账号")
    object_id = models.BigIntegerField("对象编号", null=True)
    terms = models.JSONField("内容", default=dict)
    reason = models.CharField("理由", max_length=500)
    state = models.CharField(
        "状态", max_length=16, choices=[(s.value, title) for s, title in PROPOSAL_STATE_TITLES.items()]
    )
    proposed_by = models.ForeignKey(
        Officer, on_delete=models.PROTECT, null=True, to_field="username", related_name="+", verbose_name="拟办人"
    )
    proposed_at = models.DateTimeField("拟办时间")
    proposed_session = models.CharField("拟办的登录", max_length=64, blank=True)
    lapses_at = models.DateTimeField("审核截止")
    decided_by = models.ForeignKey(
        Officer, on_delete=models.PROTECT, null=True, to_field="username", related_name="+", verbose_name="审核人"
    )
    decided_at = models.DateTimeField("审核时间", null=True)
    decided_session = models.CharField("审核的登录", max_length=64, blank=True)
    decided_by_second_factor = models.BooleanField("审核时输入动态口令", default=False)
    refused_because = models.CharField("不同意的理由", max_length=500, blank=True)
    collect_until = models.DateTimeField("领取截止", null=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    carried_out_at = models.DateTimeField("生效时间", null=True)
    is_used = models.BooleanField("已用", default=False)  # set by the database as it lets the right through, once

    class Meta:
        verbose_name = "权限拟办"
        verbose_name_plural = "权限拟办"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="grant_two_people",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("proposed_by")),
            ),
            models.CheckConstraint(
                name="grant_two_sessions",
                condition=Q(decided_session="") | ~Q(decided_session=models.F("proposed_session")),
            ),
            models.CheckConstraint(
                name="grant_decided_in_time",
                condition=Q(decided_at__isnull=True)
                | Q(decided_at__gte=models.F("proposed_at"), decided_at__lt=models.F("lapses_at")),
            ),
            models.CheckConstraint(
                name="grant_carried_out_in_time",
                condition=Q(carried_out_at__isnull=True) | Q(carried_out_at__lt=models.F("collect_until")),
            ),
            models.CheckConstraint(
                name="grant_approved_by_somebody",
                condition=~Q(state__in=["approved", "refused", "carried_out"])
                | Q(decided_by__isnull=False, decided_at__isnull=False)
                | Q(proposed_by__isnull=True, state="carried_out"),
            ),
            models.CheckConstraint(name="grant_refused_with_reason", condition=~Q(state="refused", refused_because="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.about}"

    @property
    def particulars(self) -> str:
        """What tells the tokens of one account or recipient apart: what for, and what they reach."""
        reach = "、".join(SCOPE_TITLES[TokenScope(scope)] for scope in self.terms.get("scopes", ()))
        return "；".join(said for said in (self.terms.get("name") or self.terms.get("purpose"), reach) if said)

    @property
    def grant(self) -> Grant:
        return Grant(self.kind)

    @property
    def takes_effect_with_approval(self) -> bool:
        return self.grant in WITH_APPROVAL

    @property
    def awaits_answer(self) -> bool:
        return self.state == ProposalState.PROPOSED

    @property
    def ends_at(self) -> datetime | None:
        """Until when somebody has still to do something: the approver, then the proposer."""
        if self.awaits_answer:
            return self.lapses_at
        return self.collect_until if self.state == ProposalState.APPROVED else None

    def has_lapsed(self, *, at: datetime) -> bool:
        """Tell whether nobody did in time what was to be done: decided when it is read, no job has to run."""
        return self.ends_at is not None and self.ends_at <= at
