"""The shapes of the interface's answers, for its published description. A contract test holds the answers to them."""

from typing import Any

from rest_framework import serializers

from publiccredit.catalogue.types import Audience, Confidence, Nature, Severity

Shape = serializers.Serializer[Any]


class HitShape(Shape):
    subject_id = serializers.IntegerField()
    name = serializers.CharField()
    identifier = serializers.CharField(help_text="用于取主体的标识")
    kind = serializers.CharField()
    registration_status = serializers.CharField()
    reason = serializers.CharField(help_text="为什么相符")


class SearchPageShape(Shape):
    hits = HitShape(many=True)
    next_cursor = serializers.CharField(allow_blank=True, help_text="空：没有下一页")


class FieldShape(Shape):
    name = serializers.CharField()
    title = serializers.CharField()
    standard = serializers.CharField(allow_blank=True, help_text="标准中的字段代码")
    value = serializers.CharField(allow_blank=True)


class SeverityCorrectionShape(Shape):
    on = serializers.DateField(help_text="更正的日期")
    reason = serializers.CharField(help_text="作出决定的部门写明的理由")


class ContestedFieldShape(Shape):
    name = serializers.CharField()
    title = serializers.CharField()


class RecordShape(Shape):
    id = serializers.IntegerField()
    record_type = serializers.CharField()
    title = serializers.CharField()
    nature = serializers.ChoiceField(choices=[n.value for n in Nature])
    item = serializers.CharField(help_text="目录条目")
    source = serializers.CharField()  # type: ignore[assignment]
    department_code = serializers.CharField()
    authority_name = serializers.CharField(allow_blank=True)
    authority_uscc = serializers.CharField(allow_blank=True)
    document_number = serializers.CharField(allow_blank=True)
    document_sha256 = serializers.CharField(allow_blank=True)
    decided_on = serializers.DateField(allow_null=True)
    served_on = serializers.DateField(allow_null=True)
    received_on = serializers.DateField()
    published_on = serializers.DateField(allow_null=True)
    working_days_taken = serializers.IntegerField(allow_null=True)
    late = serializers.BooleanField()
    effective_from = serializers.DateField(allow_null=True)
    effective_until = serializers.DateField(allow_null=True, help_text="空：长期")
    severity = serializers.ChoiceField(choices=[s.value for s in Severity], allow_null=True)
    severity_rule = serializers.CharField(
        allow_blank=True,
        help_text="sender：报送单位填写；corrected：作出决定的部门更正；case：案件更正；其余为规则名称",
    )
    severity_correction = SeverityCorrectionShape(allow_null=True, help_text="空：没有由部门更正过")
    repairable_from = serializers.DateField(allow_null=True)
    disclosed_until = serializers.DateField(allow_null=True, help_text="从这一天起不再公示；空：没有期限")
    dispute = serializers.CharField(
        allow_null=True, help_text="open：异议处理中；undetermined：异议无法核实；空：没有异议"
    )
    contested_whole = serializers.BooleanField(help_text="异议针对整条记录")
    contested_fields = ContestedFieldShape(many=True, help_text="异议所指的字段；各件未决的异议合在一起")
    suit_pending = serializers.BooleanField(help_text="复议或诉讼中")
    statement = serializers.CharField(allow_blank=True, help_text="主体的声明")
    known_from = serializers.DateTimeField()
    known_until = serializers.DateTimeField(allow_null=True)
    fields = FieldShape(many=True)  # type: ignore[assignment]


class SubjectShape(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.CharField()
    identifier = serializers.CharField()
    uscc = serializers.CharField(allow_blank=True)
    address = serializers.CharField(allow_blank=True)
    region = serializers.CharField(allow_blank=True)
    registration_status = serializers.CharField()
    registered_on = serializers.DateField(allow_null=True)
    former_names = serializers.ListField(child=serializers.CharField())


class SubjectFileShape(Shape):
    subject = SubjectShape()
    known_on = serializers.DateField(allow_null=True)
    records = RecordShape(many=True)
    next_before = serializers.IntegerField(allow_null=True, help_text="空：没有下一页")


class ItemShape(Shape):
    code = serializers.CharField()
    edition = serializers.CharField()
    title = serializers.CharField()
    record_types = serializers.ListField(child=serializers.CharField())
    subject_kinds = serializers.ListField(child=serializers.CharField())
    openness = serializers.ChoiceField(choices=[a.value for a in Audience])
    providers = serializers.CharField()
    retention = serializers.CharField()
    retention_months = serializers.IntegerField(allow_null=True)
    update = serializers.CharField()  # type: ignore[assignment]
    basis = serializers.CharField()
    basis_level = serializers.CharField()
    confidence = serializers.ChoiceField(choices=[c.value for c in Confidence])


class TypeFieldShape(Shape):
    name = serializers.CharField()
    title = serializers.CharField()
    standard = serializers.CharField(allow_null=True)
    type = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    disclosed = serializers.CharField(allow_null=True)


class TypeShape(Shape):
    name = serializers.CharField()
    title = serializers.CharField()
    nature = serializers.ChoiceField(choices=[n.value for n in Nature])
    standard = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    confidence = serializers.ChoiceField(choices=[c.value for c in Confidence])
    in_force_from = serializers.DateField()
    in_force_to = serializers.DateField(allow_null=True)
    fields = TypeFieldShape(many=True)  # type: ignore[assignment]


class CatalogueShape(Shape):
    version = serializers.CharField()
    items = ItemShape(many=True)
    record_types = TypeShape(many=True)


class ChangeShape(Shape):
    sequence = serializers.IntegerField(help_text="账本中的位置，只增不减")
    record_id = serializers.IntegerField()
    record = RecordShape(allow_null=True, help_text="空：墓碑")
    reason = serializers.CharField(allow_blank=True, help_text="墓碑的原因：ended、withdrawn、held、suspended")


class ChangePageShape(Shape):
    changes = ChangeShape(many=True)
    next_cursor = serializers.CharField()
    complete = serializers.BooleanField()
