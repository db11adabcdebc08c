"""The one table of the ledger. Its chain, and the refusal of any change, are kept by the database (migration 0002)."""

from django.db import models


class Entry(models.Model):
    """
    One act. ``id`` is taken when the act begins, so that what it writes can name it; ``position`` is its place in the
    chain, given by the database at the end of the act, in commit order without gaps.
    """

    id = models.BigIntegerField("编号", primary_key=True)
    position = models.BigIntegerField("链上位置", unique=True, editable=False)
    at = models.DateTimeField("时间")
    actor = models.CharField("操作人", max_length=100)
    department_code = models.CharField("部门", max_length=64, blank=True)
    operation = models.CharField("操作", max_length=64)
    object_kind = models.CharField("对象类别", max_length=64)
    object_id = models.CharField("对象编号", max_length=100)
    payload = models.TextField("内容")
    previous_hash = models.BinaryField("前一哈希", editable=False)
    hash = models.BinaryField("哈希", editable=False)

    class Meta:
        verbose_name = "留痕"
        verbose_name_plural = "留痕"
        ordering = ["position"]
        indexes = [
            models.Index(fields=["object_kind", "object_id"]),
            models.Index(fields=["operation", "position"]),
            models.Index(fields=["actor", "position"]),
            models.Index(fields=["at"]),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.operation} {self.object_kind}:{self.object_id}"
