"""What was sent: submissions, their returned rows and issues, nil returns, declarations of service, documents."""

from django.db import models
from django.db.models import F, Q


class SubmissionState(models.TextChoices):
    RECEIVED = "received", "已接收"
    CHECKING = "checking", "核验中"
    FILING = "filing", "入库中"
    FILED = "filed", "已入库"
    REFUSED = "refused", "整体退回"  # not readable, not recognised, or rows that do not add up


class Submission(models.Model):
    """
    One file from one department. Once filed or refused it does not change.

    ``file_sha256`` is that of the file as it was received; ``kept_sha256`` that of what is kept of it: the same, or,
    where it named persons, that of the copy without them; empty while it is not filed, and where it was refused.
    """

    id = models.BigAutoField(primary_key=True)
    department_code = models.CharField("报送部门", max_length=64)
    source = models.CharField("数据来源", max_length=129, blank=True)  # empty until recognised
    officer = models.CharField("报送账号", max_length=100)
    channel = models.CharField("渠道", max_length=16)  # page, command, api
    file_name = models.CharField("文件名", max_length=255)
    file_sha256 = models.CharField("文件摘要", max_length=64)
    kept_sha256 = models.CharField("留存文件摘要", max_length=64, blank=True, default="", db_default="")
    file_size = models.BigIntegerField("文件大小（字节）")
    idempotency_key = models.CharField("幂等键", max_length=100, blank=True)
    received_at = models.DateTimeField("接收时间")
    state = models.CharField("状态", max_length=16, choices=SubmissionState.choices, default=SubmissionState.RECEIVED)
    surveyed_percent = models.SmallIntegerField("已看过（%）", null=True)  # of a workbook, before it is read
    rows_read = models.IntegerField("已读行数", default=0, db_default=0)
    progress = models.IntegerField("已核验行数", default=0)
    refusal = models.TextField("整体退回原因", blank=True)
    recognised = models.JSONField("识别结果", null=True)
    rows = models.IntegerField("行数", null=True)
    counted_independently = models.IntegerField("独立计数", null=True)  # by a second parser
    accepted = models.IntegerField("接受", null=True)
    returned = models.IntegerField("退回", null=True)
    duplicates = models.IntegerField("重复", null=True)
    persons_refused = models.IntegerField("自然人行（不予留存）", default=0)
    overrides = models.JSONField("经确认的疑问", default=list)  # issue codes an officer confirmed
    override_reason = models.CharField("确认理由", max_length=500, blank=True)
    finished_at = models.DateTimeField("完成时间", null=True)
    entry_id = models.BigIntegerField("留痕编号", null=True)

    class Meta:
        verbose_name = "报送"
        verbose_name_plural = "报送"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["department_code", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="submission_idempotency_key",
            ),
            # Row conservation: no row is lost without a word, and the database holds us to it.
            models.CheckConstraint(
                name="submission_rows_conserved",
                condition=~Q(state="filed")
                | Q(rows=F("accepted") + F("returned") + F("duplicates"), counted_independently=F("rows")),
            ),
        ]
        indexes = [models.Index(fields=["department_code", "-received_at"]), models.Index(fields=["state"])]

    def __str__(self) -> str:
        return f"{self.id} {self.file_name}"


class RowIssue(models.Model):
    """One problem at one cell. Identifiers of persons are masked before they come here."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="issues", verbose_name="报送")
    sheet = models.CharField("工作表", max_length=100, blank=True)
    row_number = models.IntegerField("行号")
    column = models.CharField("列", max_length=200)
    column_letter = models.CharField("列标", max_length=8, blank=True)
    code = models.CharField("代码", max_length=16)
    severity = models.CharField("级别", max_length=8)  # return, warn
    found = models.TextField("所填")
    expected = models.TextField("应为")

    class Meta:
        verbose_name = "疑问"
        verbose_name_plural = "疑问"
        indexes = [models.Index(fields=["submission", "code", "row_number"])]

    def __str__(self) -> str:
        return f"{self.sheet}!{self.row_number} {self.code}"


class DuplicateRow(models.Model):
    """A row that is already on file, or repeats another row of its own file."""

    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="duplicate_rows", verbose_name="报送"
    )
    sheet = models.CharField("工作表", max_length=100, blank=True)
    row_number = models.IntegerField("行号")
    repeats_sheet = models.CharField("重复于工作表", max_length=100, blank=True, default="", db_default="")
    repeats_row = models.IntegerField("重复于本文件行", null=True)
    record_id = models.BigIntegerField("已有记录", null=True)

    class Meta:
        verbose_name = "重复行"
        verbose_name_plural = "重复行"
        indexes = [models.Index(fields=["submission", "row_number"])]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.row_number}"


class ServiceDeclaration(models.Model):
    """
    The sender declares that every decision in a submission has been served, at the latest on ``served_on`` (DP-01).

    《行政处罚法》第四十四条、第六十一条: an unserved decision has no effect, so nothing adverse is shown before it.
    """

    submission = models.OneToOneField(
        Submission, on_delete=models.PROTECT, related_name="service_declaration", verbose_name="报送"
    )
    served_on = models.DateField("送达不晚于")
    declared_by = models.CharField("声明账号", max_length=100)
    declared_at = models.DateTimeField("声明时间")
    entry_id = models.BigIntegerField("留痕编号")

    class Meta:
        verbose_name = "送达声明"
        verbose_name_plural = "送达声明"

    def __str__(self) -> str:
        return f"{self.submission_id} {self.served_on}"


class NilReturn(models.Model):
    """A department states that it decided nothing of this source during ``[period_from, period_until)``."""

    department_code = models.CharField("部门", max_length=64)
    source = models.CharField("数据来源", max_length=129)
    period_from = models.DateField("期间起")
    period_until = models.DateField("期间止")
    declared_by = models.CharField("声明账号", max_length=100)
    declared_at = models.DateTimeField("声明时间")
    entry_id = models.BigIntegerField("留痕编号")

    class Meta:
        verbose_name = "零报送"
        verbose_name_plural = "零报送"
        constraints = [
            models.UniqueConstraint(
                fields=["department_code", "source", "period_from", "period_until"], name="nil_return_once"
            ),
            models.CheckConstraint(name="nil_return_period", condition=Q(period_until__gt=F("period_from"))),
        ]

    def __str__(self) -> str:
        return f"{self.department_code} {self.source} {self.period_from}"


class DecisionDocument(models.Model):
    """A decision document as deposited: its hash stands on the record, its bytes lie sealed in the file store."""

    department_code = models.CharField("部门", max_length=64)
    document_number = models.CharField("文书号", max_length=128)
    # Whose records it was put on; of what was deposited before that was asked, empty.
    subject_identifier = models.CharField("主体代码", max_length=200, blank=True, db_default="", default="")
    sha256 = models.CharField("摘要", max_length=64)
    file_name = models.CharField("文件名", max_length=255)
    file_size = models.BigIntegerField("文件大小（字节）")
    attached_by = models.CharField("上传账号", max_length=100)
    attached_at = models.DateTimeField("上传时间")
    entry_id = models.BigIntegerField("留痕编号")

    class Meta:
        verbose_name = "决定文书"
        verbose_name_plural = "决定文书"
        constraints = [
            models.UniqueConstraint(
                fields=["department_code", "document_number", "sha256", "subject_identifier"],
                name="decision_document_once",
            )
        ]

    def __str__(self) -> str:
        return self.document_number


class TakenOffDocument(models.Model):
    """A decision document that was taken off a record: which, from whose record, by whom and why; never changed."""

    department_code = models.CharField("部门", max_length=64)
    record_id = models.BigIntegerField("记录编号")
    subject_id = models.BigIntegerField("主体编号", null=True)  # whose the record was; empty: not determined
    document_number = models.CharField("文书号", max_length=128)
    sha256 = models.CharField("摘要", max_length=64)
    reason = models.CharField("理由", max_length=500)
    taken_off_by = models.CharField("取下账号", max_length=100)
    taken_off_at = models.DateTimeField("取下时间")
    entry_id = models.BigIntegerField("留痕编号")

    class Meta:
        verbose_name = "取下的决定文书"
        verbose_name_plural = "取下的决定文书"
        indexes = [models.Index(fields=["record_id", "-taken_off_at"], name="taken_off_of_record")]

    def __str__(self) -> str:
        return self.document_number
