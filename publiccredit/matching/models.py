"""Questions for a person, and the judgements given."""

from django.db import models


class Question(models.Model):
    """
    A party whose subject is not certain, as written by a department.

    One question stands for all records in which the department wrote the same name and identifier.
    """

    department_code = models.CharField("报送部门", max_length=64)
    written_name = models.CharField("所报名称", max_length=200)
    written_identifier = models.CharField("所报代码", max_length=64, blank=True)
    written_address = models.CharField("所报住所", max_length=500, blank=True)
    reason = models.CharField("存疑原因", max_length=64)  # publiccredit.matching.types.Doubt
    asked_at = models.DateTimeField("提出时间")
    entry_id = models.BigIntegerField("留痕编号")
    answered_at = models.DateTimeField("判定时间", null=True)

    class Meta:
        verbose_name = "待判定"
        verbose_name_plural = "待判定"
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["department_code", "written_name", "written_identifier"], name="question_asked_once"
            )
        ]

    def __str__(self) -> str:
        return self.written_name


class QuestionedRecord(models.Model):
    """A record that waits for, or was filed by, the answer to a question."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="records", verbose_name="待判定")
    record_id = models.BigIntegerField("记录", unique=True)

    class Meta:
        verbose_name = "待判定记录"
        verbose_name_plural = "待判定记录"

    def __str__(self) -> str:
        return f"{self.question_id}: {self.record_id}"


class Judgement(models.Model):
    """
    What a person decided: the same subject, a new one, not to be told, or that an answer is taken back. Never edited;
    a later one supersedes it.
    """

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="judgements", verbose_name="待判定")
    verdict = models.CharField("结论", max_length=16)  # same, new, unsure, reopened
    subject_id = models.BigIntegerField("主体", null=True)
    reason = models.CharField("理由", max_length=500)
    candidates = models.JSONField("当时的候选主体", default=list)  # numbers of the subjects that were shown, best first
    judged_by = models.CharField("判定账号", max_length=100)
    judged_at = models.DateTimeField("判定时间")
    entry_id = models.BigIntegerField("留痕编号")

    class Meta:
        verbose_name = "主体判定"
        verbose_name_plural = "主体判定"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.question_id} {self.verdict}"
