"""
What the desk keeps: contacts and handlers by name and contact only, codes and sessions as hashes, messages once.

A natural person stands here only as the name and contact its enterprise gives for it; an identity number has no column
and is refused in those there are. Row-level security gives a subject its own rows, the office all, departments none.
"""

from django.db import models
from django.db.models import F, Q

from publiccredit.subjectdesk.types import MessageKind, Method


class RegisteredContact(models.Model):
    """The contact the office keeps for a subject, entered by a clerk with the evidence it was shown."""

    subject = models.ForeignKey("subjects.Subject", on_delete=models.PROTECT, related_name="+", verbose_name="主体")
    name = models.CharField("联系人", max_length=64)
    contact = models.CharField("联系方式", max_length=100, blank=True)  # empty once erased
    contact_hash = models.CharField("联系方式摘要", max_length=64, blank=True, db_default="")
    erased_at = models.DateTimeField("联系方式删除时间", null=True)
    evidence = models.CharField("依据", max_length=500)
    entered_by = models.CharField("登记账号", max_length=100)
    entered_at = models.DateTimeField("登记时间")
    ended_at = models.DateTimeField("停用时间", null=True)
    entry_id = models.BigIntegerField("留痕编号")

    class Meta:
        verbose_name = "登记联系方式"
        verbose_name_plural = "登记联系方式"
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=Q(ended_at__isnull=True), name="registered_contact_one_standing"
            ),
            models.CheckConstraint(
                name="registered_contact_has_evidence",
                condition=~Q(evidence="") & ~Q(name="") & (~Q(contact="") | Q(erased_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id}"


class Handler(models.Model):
    """One who acts for a subject on the days ``[begins, until)``, as far as the rights go, unless revoked."""

    subject = models.ForeignKey("subjects.Subject", on_delete=models.PROTECT, related_name="+", verbose_name="主体")
    name = models.CharField("经办人", max_length=64)
    contact = models.CharField("联系方式", max_length=100, blank=True)  # empty once erased
    contact_hash = models.CharField("联系方式摘要", max_length=64, blank=True, db_default="")
    erased_at = models.DateTimeField("联系方式删除时间", null=True)
    rights = models.JSONField("权限")  # words of types.Right
    begins = models.DateField("起")
    until = models.DateField("止")  # first day on which it no longer acts
    named_at = models.DateTimeField("授权时间")
    revoked_at = models.DateTimeField("撤销时间", null=True)
    entry_id = models.BigIntegerField("留痕编号")

    class Meta:
        verbose_name = "经办人"
        verbose_name_plural = "经办人"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="handler_period", condition=Q(until__gt=F("begins"))),
            models.CheckConstraint(
                name="handler_is_named", condition=~Q(name="") & (~Q(contact="") | Q(erased_at__isnull=False))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id}/{self.pk}"


class ProofCode(models.Model):
    """A code that proves a subject once. Kept as a keyed hash; the code itself is in the message or on the letter."""

    subject = models.ForeignKey("subjects.Subject", on_delete=models.PROTECT, related_name="+", verbose_name="主体")
    handler = models.ForeignKey(Handler, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="经办人")
    method = models.CharField("方式", max_length=16, choices=Method.choices)
    code_hash = models.CharField("验证码摘要", max_length=64)
    made_by = models.CharField("制作账号", max_length=100)
    made_at = models.DateTimeField("制作时间")
    expires_at = models.DateTimeField("失效时间")
    failed_attempts = models.IntegerField("错误次数", default=0)
    used_at = models.DateTimeField("使用时间", null=True)
    cancelled_at = models.DateTimeField("作废时间", null=True)
    entry_id = models.BigIntegerField("留痕编号")

    class Meta:
        verbose_name = "身份验证码"
        verbose_name_plural = "身份验证码"
        indexes = [models.Index(fields=["subject", "method", "-made_at"])]
        constraints = [models.CheckConstraint(name="proof_code_expires", condition=Q(expires_at__gt=F("made_at")))]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.method} {self.pk}"


class ProofAttempt(models.Model):
    """An attempt to prove a subject, successful or not. Never edited but for its source, once that is over."""

    subject = models.ForeignKey(
        "subjects.Subject", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="主体"
    )
    method = models.CharField("方式", max_length=16, choices=Method.choices)
    source_hash = models.CharField(
        "来源摘要", max_length=64, blank=True
    )  # keyed hash of the address: counts, and names nobody; empty once erased
    erased_at = models.DateTimeField("来源摘要删除时间", null=True)
    succeeded = models.BooleanField("成功")
    at = models.DateTimeField("时间")
    entry_id = models.BigIntegerField("留痕编号")

    class Meta:
        verbose_name = "身份核验记录"
        verbose_name_plural = "身份核验记录"
        indexes = [models.Index(fields=["source_hash", "-at"]), models.Index(fields=["subject", "-at"])]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.method} {self.succeeded}"


class SubjectSession(models.Model):
    """A subject at its desk. Kept apart from officers' sessions: another table, another cookie, another path."""

    subject = models.ForeignKey("subjects.Subject", on_delete=models.PROTECT, related_name="+", verbose_name="主体")
    handler = models.ForeignKey(Handler, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="经办人")
    method = models.CharField("核验方式", max_length=16, choices=Method.choices)
    secret_sha256 = models.CharField("密钥摘要", max_length=64, unique=True)
    began_at = models.DateTimeField("开始时间")
    expires_at = models.DateTimeField("失效时间")
    ended_at = models.DateTimeField("退出时间", null=True)
    entry_id = models.BigIntegerField("留痕编号")

    class Meta:
        verbose_name = "主体会话"
        verbose_name_plural = "主体会话"
        indexes = [models.Index(fields=["subject", "-began_at"])]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.began_at:%Y-%m-%d %H:%M}"


class Message(models.Model):
    """One message to a subject. A code's text is handed to the messenger and never kept here."""

    subject = models.ForeignKey("subjects.Subject", on_delete=models.PROTECT, related_name="+", verbose_name="主体")
    kind = models.CharField("类别", max_length=16, choices=MessageKind.choices)
    key = models.CharField("事由", max_length=100)  # what it is about: a kind and key are written once to a subject
    contact = models.CharField(
        "联系方式", max_length=100, blank=True
    )  # empty: no contact is kept; it waits at the desk
    text = models.TextField("内容", blank=True)
    written_at = models.DateTimeField("生成时间")
    sent_at = models.DateTimeField("发出时间", null=True)
    read_out_at = models.DateTimeField("读出时间", null=True)  # by a person of the office, from the outbox
    read_out_by = models.CharField("读出账号", max_length=100, blank=True)
    entry_id = models.BigIntegerField("留痕编号")

    class Meta:
        verbose_name = "通知"
        verbose_name_plural = "通知"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "kind", "key"], name="message_once"),
            models.CheckConstraint(name="message_keeps_no_code", condition=~Q(kind="code") | Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.kind} {self.key}"


class ReaderChallenge(models.Model):
    """
    What a reader's case is followed by, and how the reader is reached if it said so. The case itself names nobody.

    Row-level security shows it to the office alone: not to the department whose record it is, nor to the subject.
    Contact and source are erased once the term of ``packs/keeping.yml`` is over; the row stays as their tombstone.
    """

    case = models.OneToOneField("casework.Case", on_delete=models.PROTECT, related_name="+", verbose_name="案件")
    contact = models.CharField("联系方式", max_length=100, blank=True)
    code_hash = models.CharField("查询码摘要", max_length=64)
    source_hash = models.CharField(
        "来源摘要", max_length=64, blank=True
    )  # keyed hash of the address: counts, and names nobody
    at = models.DateTimeField("时间")
    erased_at = models.DateTimeField("联系方式删除时间", null=True)
    entry_id = models.BigIntegerField("留痕编号")

    class Meta:
        verbose_name = "读者异议"
        verbose_name_plural = "读者异议"
        indexes = [models.Index(fields=["source_hash", "-at"]), models.Index(fields=["-at"])]

    def __str__(self) -> str:
        return f"{self.case_id}"
