"""
Cases, their records, steps, papers, decisions and letters.

What the database refuses by itself stands in the constraints here and in migration 0002: a decision without reasons of
its own, by one person where two are asked for, by the first decider in a review; any change of a decided case; and any
record shown again without a decision that says so.
"""

from django.db import models
from django.db.models import F, Q

from publiccredit.casework.types import CaseState, Channel, DecisionState, LetterKind
from publiccredit.catalogue.types import Party, ProcedureName, StepName


class Case(models.Model):
    """One request, from its opening to its letter. Its rules are those in force on the day it was opened."""

    id = models.BigAutoField(primary_key=True)
    number = models.CharField("案件编号", max_length=32, unique=True)
    procedure = models.CharField("办理事项", max_length=32, choices=[(p.value, p.value) for p in ProcedureName])
    subject = models.ForeignKey(
        "subjects.Subject", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="主体"
    )
    ground = models.CharField("理由类别", max_length=64)
    request = models.TextField("请求和理由")
    channel = models.CharField("渠道", max_length=16, choices=Channel.choices)
    applicant = models.CharField("申请方", max_length=16, choices=[(p.value, p.value) for p in Party])
    applicant_name = models.CharField("申请人", max_length=200)
    contact = models.CharField("联系方式", max_length=200, blank=True)
    handler_name = models.CharField("经办人", max_length=64, blank=True)
    handler_authorisation_sha256 = models.CharField("授权书摘要", max_length=64, blank=True)
    department_code = models.CharField("认定单位", max_length=64)  # that determined the record, or is complained about
    decided_by_party = models.CharField("决定方", max_length=16)  # source or office, by the rules of the case
    # A complaint about the very body that decides it: the packs know which that is, the database asks here.
    against_decider = models.BooleanField("投诉决定方", default=False, db_default=False)
    marks_dispute = models.BooleanField("标注异议", default=False)
    suspended_display = models.BooleanField("逾期已暂停公示", default=False)
    opened_at = models.DateTimeField("收件时间")
    opened_on = models.DateField("收件日期")
    opened_by = models.CharField("收件账号", max_length=100)
    state = models.CharField("状态", max_length=32, choices=CaseState.choices, default=CaseState.OPENED)
    owner = models.CharField("承办账号", max_length=100, blank=True)
    total_days = models.IntegerField("期限（工作日）")
    extended_days = models.IntegerField("延长（工作日）", default=0)
    waited_days = models.IntegerField("补正等待（工作日）", default=0)
    due_on = models.DateField("期限届满日")  # the last day in time
    provisional = models.BooleanField("暂定期限", default=False)  # a year on the way is not decreed yet
    waiting_since = models.DateField("补正通知日", null=True)
    papers_due_on = models.DateField("补正期限", null=True)
    forwarded_at = models.DateTimeField("转办时间", null=True)
    source_due_on = models.DateField("答复期限", null=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    reached_percent = models.IntegerField("已提醒至（%）", default=0)
    decided_at = models.DateTimeField("决定时间", null=True)
    closed_at = models.DateTimeField("办结时间", null=True)
    taken_back_at = models.DateTimeField("撤回时间", null=True)  # by the applicant, before a decision
    reviews = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="review", verbose_name="复核的案件"
    )
    about = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="re_verifications", verbose_name="复查的案件"
    )
    idempotency_key = models.CharField("幂等键", max_length=100, null=True, unique=True)
    erased_at = models.DateTimeField("申请人信息删除时间", null=True)  # of a reader, once its term is over
    erasing_entry_id = models.BigIntegerField("删除的留痕编号", null=True)
    entry_id = models.BigIntegerField("留痕编号")

    class Meta:
        verbose_name = "案件"
        verbose_name_plural = "案件"
        constraints = [
            models.CheckConstraint(
                name="case_decided_has_its_time",
                condition=(Q(state__in=["decided", "closed"]) & Q(decided_at__isnull=False))
                | (~Q(state__in=["decided", "closed"]) & Q(decided_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="case_closed_has_its_time",
                condition=(Q(state="closed") & Q(closed_at__isnull=False))
                | (~Q(state="closed") & Q(closed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="case_taken_back_has_its_time",
                condition=(Q(state="taken_back") & Q(taken_back_at__isnull=False))
                | (~Q(state="taken_back") & Q(taken_back_at__isnull=True)),
            ),
            models.CheckConstraint(name="case_due_after_opening", condition=Q(due_on__gte=F("opened_on"))),
            # DP-22: no channel but those that run on the same clocks, none of them bought.
            models.CheckConstraint(name="case_came_by_a_known_channel", condition=Q(channel__in=Channel.values)),
            models.CheckConstraint(
                name="case_found_by_a_body_itself",
                condition=~Q(channel="own_finding") | Q(applicant__in=["source", "office"]),
            ),
            models.CheckConstraint(name="case_says_what_is_asked", condition=~Q(request="") & ~Q(applicant_name="")),
        ]
        indexes = [
            models.Index(fields=["department_code", "state", "due_on"]),
            models.Index(fields=["state", "due_on"]),
            models.Index(fields=["subject", "-opened_at"]),
        ]

    def __str__(self) -> str:
        return self.number


class CaseNumber(models.Model):
    """The running number last given in a year under a prefix: 濉信异〔2026〕12号. Counted up by one, never else."""

    prefix = models.CharField("字号", max_length=16)
    year = models.IntegerField("年份")
    last = models.IntegerField("已编至")

    class Meta:
        verbose_name = "案件编号"
        verbose_name_plural = "案件编号"
        constraints = [models.UniqueConstraint(fields=["prefix", "year"], name="case_number_once")]

    def __str__(self) -> str:
        return f"{self.prefix}〔{self.year}〕{self.last}号"


class CaseRecord(models.Model):
    """A record a case is about, with the field that is contested where it is one."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="records", verbose_name="案件")
    record = models.ForeignKey("subjects.Record", on_delete=models.PROTECT, related_name="+", verbose_name="记录")
    field = models.CharField("字段", max_length=64, blank=True)

    class Meta:
        verbose_name = "案件所涉记录"
        verbose_name_plural = "案件所涉记录"
        constraints = [models.UniqueConstraint(fields=["case", "record"], name="case_record_once")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.record_id}"


class CaseStep(models.Model):
    """One thing that happened in a case, in order. Never edited."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps", verbose_name="案件")
    step = models.CharField("步骤", max_length=32)  # a StepName, or a word of casework.types.Happening
    by = models.CharField("办理账号", max_length=100)
    party = models.CharField("办理方", max_length=16)
    at = models.DateTimeField("时间")
    text = models.TextField("内容", blank=True)
    entry_id = models.BigIntegerField("留痕编号")

    class Meta:
        verbose_name = "办理过程"
        verbose_name_plural = "办理过程"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="case_extension_is_reasoned", condition=~Q(step=StepName.EXTEND.value) | ~Q(text="")
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.step}"


class Paper(models.Model):
    """A paper handed in or fetched: its bytes lie sealed in the file store under their SHA-256. Never edited."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="papers", verbose_name="案件")
    kind = models.CharField("材料", max_length=64)
    sha256 = models.CharField("摘要", max_length=64)
    file_name = models.CharField("文件名", max_length=255)
    file_size = models.BigIntegerField("文件大小（字节）")
    handed_in_by = models.CharField("提交账号", max_length=100)
    party = models.CharField("提交方", max_length=16)
    at = models.DateTimeField("时间")
    entry_id = models.BigIntegerField("留痕编号")

    class Meta:
        verbose_name = "材料"
        verbose_name_plural = "材料"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["case", "kind", "sha256"], name="case_paper_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


class Decision(models.Model):
    """
    How a case ends: an outcome with reasons by a named human, and by a second one where the rules ask for it.

    《个人信息保护法》第二十四条、DP-23: nobody is refused or listed by a program, or by a template left as it is.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions", verbose_name="案件")
    outcome = models.CharField("结果", max_length=64)
    effects = models.JSONField("效果")  # words of catalogue.types.Effect
    withdrawn_as = models.CharField("撤回理由", max_length=32, blank=True)
    reasons = models.TextField("理由")
    template = models.TextField("理由模板")
    public_notice = models.CharField("公开说明", max_length=500, blank=True)
    corrections = models.JSONField("更正内容", default=dict)
    failing_conditions = models.JSONField("未满足的条件", default=list)
    holds_from = models.DateField("可再申请日", null=True)
    order_number = models.CharField("所依文书号", max_length=128, blank=True)
    order_from = models.DateField("文书所定起日", null=True)
    order_until = models.DateField("文书所定止日", null=True)
    four_eyes = models.BooleanField("须两人办理")
    state = models.CharField("状态", max_length=16, choices=DecisionState.choices)
    proposed_by = models.ForeignKey(
        "accounts.Officer", on_delete=models.PROTECT, to_field="username", related_name="+", verbose_name="拟办人"
    )
    proposed_at = models.DateTimeField("拟办时间")
    approved_by = models.ForeignKey(
        "accounts.Officer",
        on_delete=models.PROTECT,
        to_field="username",
        null=True,
        related_name="+",
        verbose_name="审核人",
    )
    approved_at = models.DateTimeField("审核时间", null=True)
    # Hashes of the browser sessions; empty: by command.
    proposed_session = models.CharField("拟办时的登录", max_length=64, blank=True, db_default="")
    approved_session = models.CharField("审核时的登录", max_length=64, blank=True, db_default="")
    approved_by_second_factor = models.BooleanField("审核时输入了动态口令", db_default=False)
    returned_because = models.CharField("退回或者撤回的理由", max_length=500, blank=True)
    effective_at = models.DateTimeField("生效时间", null=True)
    entry_id = models.BigIntegerField("留痕编号")

    class Meta:
        verbose_name = "案件决定"
        verbose_name_plural = "案件决定"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=~Q(state__in=["returned", "taken_back"]),
                name="case_has_one_decision_standing",
            ),
            models.CheckConstraint(
                name="decision_two_people", condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by"))
            ),
            models.CheckConstraint(
                name="decision_two_sessions",
                condition=Q(approved_session="") | ~Q(approved_session=F("proposed_session")),
            ),
            models.CheckConstraint(
                name="decision_effective_only_when_complete",
                condition=(
                    Q(state="effective", effective_at__isnull=False)
                    & (Q(four_eyes=False) | Q(approved_by__isnull=False, approved_at__isnull=False))
                )
                | (~Q(state="effective") & Q(effective_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="decision_returned_says_why",
                condition=~Q(state__in=["returned", "taken_back"]) | ~Q(returned_because=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.outcome}"


class Letter(models.Model):
    """A letter to the applicant or a department, as it was made. Never edited."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="letters", verbose_name="案件")
    kind = models.CharField("文书", max_length=32, choices=LetterKind.choices)
    number = models.CharField("文书号", max_length=64, unique=True)
    addressed_to = models.CharField("受送达人", max_length=200)
    text = models.TextField("正文")
    made_by = models.CharField("制作账号", max_length=100)
    made_at = models.DateTimeField("制作时间")
    entry_id = models.BigIntegerField("留痕编号")

    class Meta:
        verbose_name = "案件文书"
        verbose_name_plural = "案件文书"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.number


class DeclaredRelation(models.Model):
    """An officer's declared relation to a subject: who has one takes no part in its cases (DP-34). Never edited."""

    officer = models.ForeignKey(
        "accounts.Officer", on_delete=models.PROTECT, to_field="username", related_name="+", verbose_name="账号"
    )
    subject = models.ForeignKey("subjects.Subject", on_delete=models.PROTECT, related_name="+", verbose_name="主体")
    relation = models.CharField("关系", max_length=200)
    declared_at = models.DateTimeField("申报时间")
    entry_id = models.BigIntegerField("留痕编号")

    class Meta:
        verbose_name = "利害关系申报"
        verbose_name_plural = "利害关系申报"
        constraints = [models.UniqueConstraint(fields=["officer", "subject"], name="declared_relation_once")]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.subject_id}"
