"""
Recipients, their tokens, what was handed to them, and the notices that follow a change.

What the database refuses by itself stands in the constraints here and in migration 0002: any change of what was handed
over, a confirmation without receipt or reason, and any change of a notice that is not a step of its way.
"""

from django.db import models
from django.db.models import Q

from publiccredit.recipients.types import ConfirmedBy, NoticeKind, NoticeState, Way


class Recipient(models.Model):
    """A body that is given records for a stated purpose, on a legal basis."""

    name = models.CharField("名称", max_length=200, unique=True)
    contact = models.CharField("联系人和电话", max_length=200)
    address = models.CharField("通信地址", max_length=300)
    purpose = models.CharField("用途", max_length=200)
    legal_basis = models.CharField("依据", max_length=300)
    callback_url = models.CharField("通知地址", max_length=500, blank=True)
    key_number = models.IntegerField("密钥序号", default=1)  # the key itself is derived, and stands nowhere
    registered_by = models.CharField("登记账号", max_length=100)
    registered_at = models.DateTimeField("登记时间")
    closed_at = models.DateTimeField("停用时间", null=True)
    entry_id = models.BigIntegerField("留痕编号")

    class Meta:
        verbose_name = "接收方"
        verbose_name_plural = "接收方"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="recipient_says_what_for", condition=~Q(purpose="") & ~Q(legal_basis="") & ~Q(contact="")
            )
        ]

    def __str__(self) -> str:
        return self.name


class RecipientToken(models.Model):
    """A secret by which a recipient's program says who it is, for one purpose. Only its SHA-256 is kept."""

    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="tokens", verbose_name="接收方")
    purpose = models.CharField("用途", max_length=200)
    secret_sha256 = models.CharField("密钥摘要", max_length=64, unique=True)
    created_at = models.DateTimeField("签发时间")
    expires_at = models.DateTimeField("失效时间")
    revoked_at = models.DateTimeField("吊销时间", null=True)

    class Meta:
        verbose_name = "接收方令牌"
        verbose_name_plural = "接收方令牌"
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="recipient_token_expires_after_creation", condition=Q(expires_at__gt=models.F("created_at"))
            )
        ]

    def __str__(self) -> str:
        return self.purpose


class Handover(models.Model):
    """
    One version of one record, handed to one recipient for one purpose, or to its own subject as a copy. Never edited.

    A subject sees what became of its records at its desk and hears of every decision as a party: it gets no notice.
    """

    recipient = models.ForeignKey(
        Recipient,
        on_delete=models.PROTECT,
        null=True,
        related_name="handovers",
        db_constraint=False,
        verbose_name="接收方",
    )
    subject = models.ForeignKey(
        "subjects.Subject",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        verbose_name="主体本身",
    )
    # Without a constraint of the database: its check would wait for whoever changes the record, and that one waits
    # for us (see operations/disclosing.py). Records are never removed.
    record = models.ForeignKey(
        "subjects.Record", on_delete=models.PROTECT, related_name="+", db_constraint=False, verbose_name="记录"
    )
    known_from = models.DateTimeField("记录版本")
    way = models.CharField("提供方式", max_length=16, choices=Way.choices)
    purpose = models.CharField("用途", max_length=200)
    token = models.ForeignKey(
        RecipientToken, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, verbose_name="令牌"
    )
    at = models.DateTimeField("提供时间")

    class Meta:
        verbose_name = "提供记录"
        verbose_name_plural = "提供记录"
        indexes = [models.Index(fields=["record", "recipient"])]
        constraints = [
            models.CheckConstraint(
                name="handover_names_who_for_what",
                condition=(
                    Q(recipient__isnull=False, subject__isnull=True) | Q(recipient__isnull=True, subject__isnull=False)
                )
                & ~Q(purpose=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.record_id} → {self.recipient_id}"


class Notice(models.Model):
    """One signed message to one recipient that a record it holds has changed, with how far it has come."""

    delivery_id = models.UUIDField("送达编号", unique=True)  # the recipient drops what it has seen by it
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="notices", verbose_name="接收方")
    record = models.ForeignKey("subjects.Record", on_delete=models.PROTECT, related_name="+", verbose_name="记录")
    kind = models.CharField("通知事项", max_length=32, choices=NoticeKind.choices)
    case_number = models.CharField("案件编号", max_length=32, blank=True)
    body = models.TextField("通知内容")
    signature = models.CharField("签名", max_length=100)
    key_number = models.IntegerField("密钥序号")
    created_at = models.DateTimeField("产生时间")
    entry_id = models.BigIntegerField("留痕编号")
    state = models.CharField("状态", max_length=16, choices=NoticeState.choices)
    attempts = models.IntegerField("送达次数", default=0)
    due_at = models.DateTimeField("下次办理时间", null=True)  # of sending, or of giving up waiting for a confirmation
    delivered_at = models.DateTimeField("送达时间", null=True)
    escalated_at = models.DateTimeField("转人工时间", null=True)
    escalated_because = models.CharField("转人工原因", max_length=300, blank=True)
    confirmed_at = models.DateTimeField("确认时间", null=True)
    confirmed_by = models.CharField("确认方式", max_length=16, choices=ConfirmedBy.choices, blank=True)
    receipt = models.CharField("回执签名", max_length=200, blank=True)
    confirming_token = models.ForeignKey(
        RecipientToken, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="确认令牌"
    )
    confirming_officer = models.CharField("确认经办账号", max_length=100, blank=True)
    confirming_reason = models.CharField("确认说明", max_length=500, blank=True)

    class Meta:
        verbose_name = "变更通知"
        verbose_name_plural = "变更通知"
        constraints = [
            models.UniqueConstraint(fields=["entry_id", "record", "recipient"], name="notice_once_per_act"),
            models.CheckConstraint(
                name="notice_confirmed_by_receipt_or_reason",
                condition=(
                    ~Q(state=NoticeState.CONFIRMED)
                    & Q(confirmed_at__isnull=True, confirmed_by="", receipt="", confirming_reason="")
                )
                | (
                    Q(state=NoticeState.CONFIRMED, confirmed_at__isnull=False, due_at__isnull=True)
                    & (
                        Q(confirmed_by=ConfirmedBy.CALLBACK, receipt__regex="^v1,[A-Za-z0-9+/]{43}=$")
                        | Q(confirmed_by=ConfirmedBy.INTERFACE, confirming_token__isnull=False)
                        | (
                            Q(confirmed_by__in=[ConfirmedBy.POST, ConfirmedBy.PHONE])
                            & ~Q(confirming_officer="")
                            & Q(confirming_reason__regex=r"\S.{3,}\S")
                        )
                    )
                ),
            ),
            models.CheckConstraint(
                name="notice_escalated_says_why",
                condition=~Q(state=NoticeState.ESCALATED) | (Q(escalated_at__isnull=False) & ~Q(escalated_because="")),
            ),
            models.CheckConstraint(
                name="notice_under_way_is_due",
                condition=~Q(state__in=[NoticeState.WAITING, NoticeState.UNCONFIRMED]) | Q(due_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state__in=["waiting", "unconfirmed"]), name="notice_due"),
            models.Index(fields=["state", "id"]),
            models.Index(fields=["record"]),
            models.Index(fields=["recipient", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.delivery_id}"


class DeliveryAttempt(models.Model):
    """One call to a recipient and what came back. Never edited."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="calls", verbose_name="变更通知")
    number = models.IntegerField("第几次")
    at = models.DateTimeField("时间")
    status = models.IntegerField("应答码")  # 0: no answer
    problem = models.CharField("问题", max_length=300, blank=True)

    class Meta:
        verbose_name = "送达尝试"
        verbose_name_plural = "送达尝试"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.notice_id} #{self.number}"


class AdverseUse(models.Model):
    """One use of one record against its subject, and the notice the recipient owes for it (DP-21). Never edited."""

    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="uses", verbose_name="接收方")
    record = models.ForeignKey("subjects.Record", on_delete=models.PROTECT, related_name="+", verbose_name="记录")
    subject = models.ForeignKey("subjects.Subject", on_delete=models.PROTECT, related_name="+", verbose_name="主体")
    known_from = models.DateTimeField("记录版本")  # the version the recipient was given last
    what = models.CharField("作出的决定", max_length=500)
    decided_on = models.DateField("决定日期")
    reference = models.CharField("文号", max_length=100, blank=True)
    text = models.TextField("告知书")
    made_by = models.CharField("制作账号", max_length=100)
    made_at = models.DateTimeField("制作时间")
    entry_id = models.BigIntegerField("留痕编号")

    class Meta:
        verbose_name = "不利使用告知"
        verbose_name_plural = "不利使用告知"
        indexes = [models.Index(fields=["subject", "-made_at"])]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "record", "decided_on", "what"], name="adverse_use_once"),
            models.CheckConstraint(name="adverse_use_says_what", condition=~Q(what="") & ~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.recipient_id}: {self.record_id}"
