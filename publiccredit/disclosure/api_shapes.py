"""The shapes of the interface's answers, for its published description. A contract test holds the answers to them."""

from typing import Any

from rest_framework import serializers

from publiccredit.catalogue.types import Audience, Confidence, Nature, Severity
from publiccredit.subjects.queries import RegistrationStatus

Shape = serializers.Serializer[Any]
KINDS = (
    "主体种类：enterprise 企业、individual_business 个体工商户、institution 事业单位、"
    "social_organisation 社会组织、government_body 机关、village_collective 村集体"
)
STATUSES = "登记状态：" + "、".join(f"{status.value} {status.label}" for status in RegistrationStatus)
NATURES = "adverse 对主体不利、positive 有利、neutral 中性"


class HitShape(Shape):
    subject_id = serializers.IntegerField(help_text="主体编号")
    name = serializers.CharField(help_text="主体名称")
    identifier = serializers.CharField(help_text="用于取主体的标识")
    kind = serializers.CharField(help_text=KINDS)
    registration_status = serializers.CharField(help_text=STATUSES)
    reason = serializers.CharField(help_text="为什么相符")


class SearchPageShape(Shape):
    hits = HitShape(many=True, help_text="查到的主体，一页")
    next_cursor = serializers.CharField(allow_blank=True, help_text="空：没有下一页")


class FieldCorrectionShape(Shape):
    on = serializers.DateField(help_text="更正的日期")
    case_number = serializers.CharField(
        allow_blank=True, help_text="决定更正的案件编号；空：不是案件，报送部门以新的内容重新报送"
    )
    reason = serializers.CharField(allow_blank=True, help_text="案件的理由类别，文字；空：不是案件，或者没有记")


class FieldShape(Shape):
    name = serializers.CharField(help_text="字段名称，见信息目录")
    title = serializers.CharField(help_text="字段标题")
    standard = serializers.CharField(allow_blank=True, help_text="标准中的字段代码")
    amount_fen = serializers.IntegerField(allow_null=True, help_text="金额，单位分；空：不是金额，或者没有填")
    value = serializers.CharField(allow_blank=True, help_text="值，文字；金额写明万元和元，多个值以顿号分开")
    correction = FieldCorrectionShape(allow_null=True, help_text="空：公示以来没有更正过；更正前的内容不公开")


class SeverityCorrectionShape(Shape):
    on = serializers.DateField(help_text="更正的日期")
    reason = serializers.CharField(help_text="作出决定的部门写明的理由")


class ContestedFieldShape(Shape):
    name = serializers.CharField(help_text="字段名称，见信息目录")
    title = serializers.CharField(help_text="字段标题")


class RecordShape(Shape):
    id = serializers.IntegerField(help_text="记录编号")
    subject_id = serializers.IntegerField(allow_null=True, help_text="主体编号：这条记录是谁的")
    subject_identifier = serializers.CharField(help_text="取主体的标识，与查询结果中的 identifier 相同")
    record_type = serializers.CharField(help_text="记录类型，见信息目录")
    title = serializers.CharField(help_text="记录类型的标题")
    nature = serializers.ChoiceField(choices=[n.value for n in Nature], help_text=NATURES)
    item = serializers.CharField(help_text="目录条目")
    source = serializers.CharField(help_text="来源：报送部门的数据源")  # type: ignore[assignment]
    department_code = serializers.CharField(help_text="报送部门代码")
    authority_name = serializers.CharField(allow_blank=True, help_text="作出决定的机关")
    authority_uscc = serializers.CharField(allow_blank=True, help_text="该机关的统一社会信用代码")
    document_number = serializers.CharField(allow_blank=True, help_text="决定文书号")
    document_sha256 = serializers.CharField(allow_blank=True, help_text="决定文书的 SHA-256 摘要；空：没有附文书")
    decided_on = serializers.DateField(allow_null=True, help_text="决定日期")
    served_on = serializers.DateField(allow_null=True, help_text="送达日期；空：没有需要送达的决定")
    received_on = serializers.DateField(help_text="平台收到的日期")
    published_on = serializers.DateField(allow_null=True, help_text="公示开始的日期")
    working_days_taken = serializers.IntegerField(
        allow_null=True, help_text="自决定之日起到收到为止的工作日数；空：不计"
    )
    late = serializers.BooleanField(
        allow_null=True, help_text="晚于 7 个工作日收到；空：决定的年份没有工作日历，无从计算"
    )
    effective_from = serializers.DateField(allow_null=True, help_text="有效期自")
    effective_until = serializers.DateField(allow_null=True, help_text="空：长期")
    severity = serializers.ChoiceField(
        choices=[s.value for s in Severity],
        allow_null=True,
        help_text="失信程度：slight 轻微、general 一般、serious 严重；空：不分",
    )
    severity_rule = serializers.CharField(
        allow_blank=True,
        help_text="sender：报送单位填写；corrected：作出决定的部门更正；case：案件更正；其余为规则名称",
    )
    severity_correction = SeverityCorrectionShape(allow_null=True, help_text="空：没有由部门更正过")
    repairable_from = serializers.DateField(allow_null=True, help_text="从这一天起可以申请信用修复；空：没有")
    disclosed_until = serializers.DateField(allow_null=True, help_text="从这一天起不再公示；空：没有期限")
    dispute = serializers.CharField(
        allow_null=True, help_text="open：异议处理中；undetermined：异议无法核实；空：没有异议"
    )
    contested_whole = serializers.BooleanField(help_text="异议针对整条记录")
    contested_fields = ContestedFieldShape(many=True, help_text="异议所指的字段；各件未决的异议合在一起")
    suit_pending = serializers.BooleanField(help_text="复议或诉讼中")
    statement = serializers.CharField(allow_blank=True, help_text="主体的声明")
    known_from = serializers.DateTimeField(help_text="平台从何时起这样记载")
    known_until = serializers.DateTimeField(allow_null=True, help_text="平台到何时为止这样记载；空：至今")
    fields = FieldShape(many=True, help_text="可以公开的字段，按目录次序")  # type: ignore[assignment]


class HappenedShape(Shape):
    on = serializers.DateField(help_text="日期")
    sentence = serializers.CharField(help_text="公示发生了什么变化，一句话；撤销修复的，写明公开的理由")


class RecordWithHistoryShape(RecordShape):
    history = HappenedShape(many=True, help_text="这条记录公示的变化，早的在前")


class SubjectShape(Shape):
    id = serializers.IntegerField(help_text="主体编号")
    name = serializers.CharField(help_text="主体名称")
    kind = serializers.CharField(help_text=KINDS)
    identifier = serializers.CharField(help_text="取主体的标识：统一社会信用代码，没有的用 id-编号")
    uscc = serializers.CharField(allow_blank=True, help_text="统一社会信用代码；空：没有")
    address = serializers.CharField(allow_blank=True, help_text="住所")
    region = serializers.CharField(allow_blank=True, help_text="所在地")
    registration_status = serializers.CharField(help_text=STATUSES)
    registered_on = serializers.DateField(allow_null=True, help_text="成立日期")
    former_names = serializers.ListField(child=serializers.CharField(), help_text="曾用名")


class SubjectFileShape(Shape):
    subject = SubjectShape(help_text="主体")
    known_on = serializers.DateField(allow_null=True, help_text="平台在这一天所知道的；空：现在")
    records = RecordShape(many=True, help_text="可以公开的记录，编号大的在前")
    next_before = serializers.IntegerField(allow_null=True, help_text="空：没有下一页")


class ItemShape(Shape):
    code = serializers.CharField(help_text="条目编号，含目录版次")
    edition = serializers.CharField(help_text="目录版次")
    title = serializers.CharField(help_text="条目名称")
    record_types = serializers.ListField(child=serializers.CharField(), help_text="条目下的记录类型")
    subject_kinds = serializers.ListField(child=serializers.CharField(), help_text="条目适用的主体种类")
    openness = serializers.ChoiceField(
        choices=[a.value for a in Audience],
        help_text="公开方式：public 公开公示、authorised 授权查询、government 政务共享、subject 仅主体本人",
    )
    providers = serializers.CharField(help_text="提供单位")
    retention = serializers.CharField(help_text="保存期限，文字")
    retention_months = serializers.IntegerField(allow_null=True, help_text="保存期限，月；空：不以月计")
    update = serializers.CharField(help_text="更新周期")  # type: ignore[assignment]
    basis = serializers.CharField(help_text="依据")
    basis_level = serializers.CharField(
        help_text="依据的层级：law 法律、administrative_regulation 行政法规、central_policy 党中央、国务院政策文件"
    )
    confidence = serializers.ChoiceField(
        choices=[c.value for c in Confidence],
        help_text="依据的核实程度：V 读过原文、V2 读过摘要、C 见于运行的系统、K 待核实",
    )


class TypeFieldShape(Shape):
    name = serializers.CharField(help_text="字段名称")
    title = serializers.CharField(help_text="字段标题")
    standard = serializers.CharField(allow_null=True, help_text="标准中的字段代码；空：标准中没有")
    type = serializers.CharField(help_text="值的类型：text、date、amount、code、uscc 等")
    required = serializers.BooleanField(help_text="必填")  # type: ignore[assignment]
    disclosed = serializers.CharField(allow_null=True, help_text="向谁公开；空：从不外传")


class TypeShape(Shape):
    name = serializers.CharField(help_text="记录类型")
    title = serializers.CharField(help_text="标题")
    nature = serializers.ChoiceField(choices=[n.value for n in Nature], help_text=NATURES)
    standard = serializers.CharField(help_text="所依据的数据标准")
    source = serializers.CharField(help_text="标准的出处")  # type: ignore[assignment]
    confidence = serializers.ChoiceField(
        choices=[c.value for c in Confidence], help_text="出处的核实程度，与目录条目相同"
    )
    in_force_from = serializers.DateField(help_text="从这一天起施行")
    in_force_to = serializers.DateField(allow_null=True, help_text="到这一天为止；空：现行")
    fields = TypeFieldShape(many=True, help_text="字段，按标准次序")  # type: ignore[assignment]


class CatalogueShape(Shape):
    version = serializers.CharField(help_text="目录的摘要，内容不变则不变")
    items = ItemShape(many=True, help_text="目录条目")
    record_types = TypeShape(many=True, help_text="记录类型")


class ChangeShape(Shape):
    sequence = serializers.IntegerField(help_text="账本中的位置，只增不减")
    record_id = serializers.IntegerField(help_text="记录编号")
    record = RecordShape(allow_null=True, help_text="空：墓碑")
    reason = serializers.CharField(allow_blank=True, help_text="墓碑的原因：ended、withdrawn、held、suspended")


class ChangePageShape(Shape):
    changes = ChangeShape(many=True, help_text="变更，按提交次序")
    next_cursor = serializers.CharField(help_text="下次从这里续读")
    complete = serializers.BooleanField(help_text="已读到最新")
