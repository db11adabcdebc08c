"""Officers and the tokens their programs use."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from publiccredit.accounts.types import DEPARTMENT_ROLES, ROLE_TITLES, SCOPE_TITLES, Actor, Role, TokenScope


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
