"""
The subject, its identifiers and names, and the one store of records.

Earlier versions of a record are kept by a database trigger in ``RecordVersion`` (migration 0002), so that no path
bypasses it: a version was believed during ``[known_from, known_until)``.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import ExpressionWrapper, F, Func, Q

from publiccredit.catalogue.types import Severity, SubjectKind
from publiccredit.subjects.months import MonthOfArrival, MonthOfDecision


class RegistrationStatus(models.TextChoices):
    UNKNOWN = "unknown", "未登记在本平台"
    ACTIVE = "active", "存续"
    REVOKED = "revoked", "吊销"
    DEREGISTERED = "deregistered", "注销"


def _folded(column: str) -> models.GeneratedField:
    """What is compared when a name is searched: of one case, without blanks, brackets and dots (migration 0003)."""
    return models.GeneratedField(
        verbose_name="检索名称",
        expression=Func(F(column), function="search_folded"),
        output_field=models.CharField(max_length=200, db_collation="C"),
        db_persist=True,
    )


class Subject(models.Model):
    """
    A legal person, unincorporated organisation or individual business. Natural persons have no place here
    (DP-27).
    """

    kind = models.CharField("主体类别", max_length=32, choices=[(k.value, k.value) for k in SubjectKind])
    name = models.CharField("名称", max_length=200)
    normalised_name = models.CharField("规范名称", max_length=200)
    core_name = models.CharField("字号", max_length=200, blank=True)
    pinyin_initials = models.CharField("拼音首字母", max_length=200, blank=True, db_collation="C")
    uscc = models.CharField("统一社会信用代码", max_length=18, null=True, unique=True)
    region = models.CharField("行政区划", max_length=6, blank=True)
    address = models.CharField("住所", max_length=500, blank=True)
    registration_status = models.CharField(
        "登记状态", max_length=16, choices=RegistrationStatus.choices, default=RegistrationStatus.UNKNOWN
    )
    registered_on = models.DateField("成立日期", null=True)
    known_from = models.DateTimeField("建档时间")
    entry_id = models.BigIntegerField("留痕编号")
    search_name = _folded("name")
    inactive = models.GeneratedField(
        verbose_name="已注销或吊销",
        expression=ExpressionWrapper(
            Q(registration_status__in=["revoked", "deregistered"]), output_field=models.BooleanField()
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = "信用信息主体"
        verbose_name_plural = "信用信息主体"
        # How a name is found among a million: docs/decisions/0030.
        indexes = [
            models.Index(fields=["normalised_name"]),
            models.Index(fields=["inactive", "id"], name="subject_in_rank_order"),
            models.Index(fields=["inactive", "search_name", "id"], name="subject_by_beginning"),
            models.Index(fields=["inactive", "pinyin_initials", "id"], name="subject_by_initials"),
            # New names wait in a list and come into these indexes together (``search_tidy``): 20,000 names take 0.6 s
            # then, and 6.5 s one by one.
            GinIndex(
                Func(F("search_name"), function="search_bigrams"),
                name="subject_name_bigrams",
                fastupdate=True,
                gin_pending_list_limit=65536,
            ),
            GinIndex(
                OpClass(F("pinyin_initials"), "gin_trgm_ops"),
                name="subject_initials_trigrams",
                fastupdate=True,
                gin_pending_list_limit=65536,
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Identifier(models.Model):
    """
    A number other than the unified one by which a subject is known: one scheme and value name one subject.

    The unified social credit identifier stands in ``Subject.uscc`` alone.
    """

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="identifiers", verbose_name="主体")
    scheme = models.CharField("标识类型", max_length=32)  # registration_number, organisation_code, tax_number
    value = models.CharField("标识", max_length=64)
    known_from = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "主体标识"
        verbose_name_plural = "主体标识"
        constraints = [models.UniqueConstraint(fields=["scheme", "value"], name="identifier_names_one_subject")]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


class SubjectName(models.Model):
    """A name a subject bears or bore, during ``[from, to)`` as far as known."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="names", verbose_name="主体")
    name = models.CharField("名称", max_length=200)
    normalised_name = models.CharField("规范名称", max_length=200)
    borne_from = models.DateField("起", null=True)
    borne_until = models.DateField("止", null=True)
    known_from = models.DateTimeField("获知时间")
    search_name = _folded("name")

    class Meta:
        verbose_name = "主体名称"
        verbose_name_plural = "主体名称"
        indexes = [
            models.Index(fields=["normalised_name"]),
            models.Index(fields=["search_name"], name="subject_former_names", condition=Q(borne_until__isnull=False)),
        ]
        constraints = [models.UniqueConstraint(fields=["subject", "normalised_name"], name="subject_name_once")]

    def __str__(self) -> str:
        return self.name


class RecordState(models.TextChoices):
    FILED = "filed", "已归档"
    HELD_UNSERVED = "held_unserved", "待送达声明"  # DP-02: no effect before service
    HELD_UNMATCHED = "held_unmatched", "待判定主体"
    WITHDRAWN = "withdrawn", "已撤回"


class Dispute(models.TextChoices):
    OPEN = "open", "异议处理中"
    UNDETERMINED = "undetermined", "异议无法核实"


class RecordColumns(models.Model):
    """What a record is, now or in an earlier version. Amounts are whole fen; periods are ``[from, until)``."""

    natural_key = models.UUIDField("自然键")  # of the record type's natural key; sending a file twice changes nothing
    content_hash = models.UUIDField("内容摘要")
    record_type = models.CharField("记录类型", max_length=64)
    source = models.CharField("数据来源", max_length=129)
    item = models.CharField("目录条目", max_length=64)
    pack_version = models.CharField("规则版本", max_length=64)
    department_code = models.CharField("报送部门", max_length=64)
    authority_name = models.CharField("决定机关", max_length=200)
    authority_uscc = models.CharField("决定机关代码", max_length=18, blank=True)
    document_number = models.CharField("文书号", max_length=128, blank=True)
    decided_on = models.DateField("决定日期", null=True)
    served_on = models.DateField("送达日期", null=True)
    effective_from = models.DateField("有效期自", null=True)
    effective_until = models.DateField("有效期至", null=True)  # empty: without end
    severity = models.CharField(
        "失信严重程度", max_length=16, blank=True, choices=[(s.value, s.value) for s in Severity]
    )
    severity_rule = models.CharField(
        "程度依据", max_length=128, blank=True
    )  # "sender", "corrected", "case", or classification/rule
    fine_fen = models.BigIntegerField("罚款（分）", null=True)
    confiscated_fen = models.BigIntegerField("没收（分）", null=True)
    state = models.CharField("状态", max_length=16, choices=RecordState.choices)
    disclosed_from = models.DateField("公示自", null=True)
    repairable_from = models.DateField("最短公示期满", null=True)
    disclosed_until = models.DateField("公示至", null=True)  # first day no longer shown; empty: without end
    received_at = models.DateTimeField("到达时间")  # first arrival at the platform: the clock of timeliness
    working_days_taken = models.IntegerField("用时（工作日）", null=True)  # decision to arrival: subjects/arriving.py
    submission_id = models.BigIntegerField("报送编号")
    sheet = models.CharField("工作表", max_length=100, blank=True)
    row_number = models.IntegerField("行号")
    content = models.JSONField("内容")
    original = models.JSONField("清洗前原值", null=True)  # only the cells that cleaning changed
    matched_by = models.CharField("主体匹配依据", max_length=32, blank=True)  # publiccredit.matching.types.Basis
    document_sha256 = models.CharField("文书摘要", max_length=64, blank=True)
    # How casework left it. Whoever widens what is seen again names the decision that says so (casework's migration).
    dispute = models.CharField("异议标注", max_length=16, blank=True, db_default="", choices=Dispute.choices)
    disputed_at = models.DateTimeField("异议标注时间", null=True)
    # In order; of an open dispute those of every open case, of a note those it was left on. "": the whole record.
    contested_fields = ArrayField(
        models.TextField(), verbose_name="异议所指的字段", default=list, db_default=[], blank=True
    )  # fmt: skip
    suit_flagged_at = models.DateTimeField("复议诉讼标注时间", null=True)
    suspended_at = models.DateTimeField("逾期暂停公示时间", null=True)
    stayed_from = models.DateField("停止执行自", null=True)
    stayed_until = models.DateField("停止执行至", null=True)  # first day shown again; empty: until lifted
    shielded_from = models.DateField("屏蔽自", null=True)
    shielded_until = models.DateField("屏蔽至", null=True)
    # 《信用修复管理办法》第三条: repair is four effects, not a hidden page; all four or none.
    display_ended_at = models.DateTimeField("停止公示时间", null=True)
    sharing_ended_at = models.DateTimeField("停止共享使用时间", null=True)
    measures_lifted_at = models.DateTimeField("解除措施时间", null=True)
    ratings_renewed_at = models.DateTimeField("更新评价时间", null=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdrawn_as = models.CharField("撤回理由", max_length=32, blank=True, db_default="")
    withdrawal_notice = models.CharField("撤回说明", max_length=500, blank=True, db_default="")
    repair_undone_notice = models.CharField("撤销修复的公开说明", max_length=500, blank=True, db_default="")
    # The deciding department's own word on the severity, in place of the sender's row and of the rules of the packs.
    severity_corrected_at = models.DateTimeField("程度更正时间", null=True)
    severity_corrected_by = models.CharField("程度更正账号", max_length=100, blank=True, db_default="")
    severity_correction_reason = models.CharField("程度更正理由", max_length=500, blank=True, db_default="")
    statement = models.CharField("主体声明", max_length=1000, blank=True, db_default="")  # DP-17
    standing_decision_id = models.BigIntegerField("所依案件决定", null=True)
    # Field by field what decided cases have corrected, so that no row sent later says otherwise (docs/decisions/0044).
    case_corrections = models.JSONField("案件更正的字段", null=True)
    known_from = models.DateTimeField("本版本获知时间")
    entry_id = models.BigIntegerField("留痕编号")

    class Meta:
        abstract = True


class Record(RecordColumns):
    """The record as it stands now. An update leaves the former row in ``RecordVersion``."""

    id = models.BigAutoField(primary_key=True)
    subject = models.ForeignKey(
        Subject, on_delete=models.PROTECT, null=True, related_name="records", verbose_name="主体"
    )

    class Meta:
        verbose_name = "记录"
        verbose_name_plural = "记录"
        constraints = [
            models.UniqueConstraint(fields=["natural_key"], name="record_natural_key"),
            models.CheckConstraint(
                name="record_filed_has_subject",
                condition=Q(state="held_unmatched") | Q(subject__isnull=False) | Q(state="held_unserved"),
            ),
            # DP-01, DP-02: an adverse record takes effect only as a served decision with its number and organ.
            models.CheckConstraint(
                name="record_adverse_filed_is_served",
                condition=~Q(record_type="administrative_penalty", state="filed")
                | Q(
                    decided_on__isnull=False,
                    served_on__isnull=False,
                    served_on__gte=F("decided_on"),
                    disclosed_from__gte=F("served_on"),
                )
                & ~Q(document_number="")
                & ~Q(authority_name=""),
            ),
            models.CheckConstraint(
                name="record_amounts_not_negative",
                condition=(Q(fine_fen__isnull=True) | Q(fine_fen__gte=0))
                & (Q(confiscated_fen__isnull=True) | Q(confiscated_fen__gte=0)),
            ),
            # DP-19: stop showing, stop sharing, lift the measures, renew the ratings: all or none.
            models.CheckConstraint(
                name="record_repair_is_whole",
                condition=Q(
                    display_ended_at__isnull=True,
                    sharing_ended_at__isnull=True,
                    measures_lifted_at__isnull=True,
                    ratings_renewed_at__isnull=True,
                )
                | Q(
                    display_ended_at__isnull=False,
                    sharing_ended_at__isnull=False,
                    measures_lifted_at__isnull=False,
                    ratings_renewed_at__isnull=False,
                ),
            ),
            # DP-18: never merely hidden: what is withdrawn says why.
            models.CheckConstraint(
                name="record_withdrawal_says_why",
                condition=(Q(state="withdrawn") & Q(withdrawn_at__isnull=False) & ~Q(withdrawn_as=""))
                | (~Q(state="withdrawn") & Q(withdrawn_at__isnull=True, withdrawn_as="")),
            ),
            models.CheckConstraint(
                name="record_severity_correction_is_whole",
                condition=Q(severity_corrected_at__isnull=True, severity_corrected_by="", severity_correction_reason="")
                & ~Q(severity_rule="corrected")
                | Q(severity_corrected_at__isnull=False, severity_rule="corrected")
                & ~Q(severity="")
                & ~Q(severity_corrected_by="")
                & ~Q(severity_correction_reason=""),
            ),
            models.CheckConstraint(
                name="record_dispute_has_its_time",
                condition=Q(dispute="", disputed_at__isnull=True) | (~Q(dispute="") & Q(disputed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="record_dispute_has_its_fields",
                condition=Q(dispute="", contested_fields=[]) | (~Q(dispute="") & ~Q(contested_fields=[])),
            ),
            models.CheckConstraint(
                name="record_stay_and_shield_have_a_beginning",
                condition=(
                    Q(stayed_until__isnull=True) | Q(stayed_from__isnull=False, stayed_until__gt=F("stayed_from"))
                )
                & (
                    Q(shielded_from__isnull=True, shielded_until__isnull=True)
                    | Q(
                        shielded_from__isnull=False,
                        shielded_until__isnull=False,
                        shielded_until__gt=F("shielded_from"),
                    )
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "record_type", "-decided_on"]),
            models.Index(fields=["document_number"]),
            models.Index(  # the few that do not come back, whatever is filed (DP-10)
                fields=["record_type"],
                name="record_set_aside",
                condition=Q(state="withdrawn") | Q(display_ended_at__isnull=False),
            ),
            models.Index(  # the few of which a row sent again is held against what a case corrected
                fields=["id"], name="record_corrected_by_case", condition=Q(case_corrections__isnull=False)
            ),
            models.Index(fields=["department_code", "-received_at"]),
            models.Index(fields=["entry_id", "id"]),
            models.Index(fields=["submission_id", "row_number"]),
            models.Index(MonthOfArrival(F("received_at")), F("id"), name="record_by_month_of_arrival"),
            models.Index(MonthOfDecision(F("decided_on")), F("id"), name="record_by_month_of_decision"),
        ]

    def __str__(self) -> str:
        return f"{self.record_type} {self.document_number}"


class RecordVersion(RecordColumns):
    """A former state of a record, written by trigger only."""

    record_id = models.BigIntegerField("记录")
    subject_id = models.BigIntegerField("主体", null=True)
    known_until = models.DateTimeField("被取代时间")

    class Meta:
        verbose_name = "记录历史版本"
        verbose_name_plural = "记录历史版本"
        indexes = [
            models.Index(fields=["record_id", "known_from"]),
            models.Index(fields=["subject_id", "known_from"]),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} until {self.known_until:%Y-%m-%d}"


class Look(models.Model):
    """One look at more of a subject than its public page shows: by whom, in which role, for what. Never edited."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+", verbose_name="主体")
    account = models.CharField("账号", max_length=100)
    role = models.CharField("身份", max_length=64)
    department = models.CharField("单位", max_length=200)
    what = models.CharField("查看内容", max_length=200)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "查阅记录"
        verbose_name_plural = "查阅记录"
        ordering = ["-id"]
        indexes = [models.Index(fields=["subject", "-at"])]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.role}"
