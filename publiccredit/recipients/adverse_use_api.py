"""A recipient's program states that it used a record against its subject, and is given the notice it owes (DP-21)."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from publiccredit.accounts.access import RECIPIENTS, api_open_to, refusals
from publiccredit.recipients import operations, queries
from publiccredit.recipients.api import NUMBER_BITS
from publiccredit.recipients.authentication import RecipientAuthentication, recipient_of
from publiccredit.recipients.models import AdverseUse
from publiccredit.recipients.operations import UnableToGiveNotice
from publiccredit.recipients.types import Used

PAGE = 100


class AdverseUseAsked(serializers.Serializer[Any]):
    record_id = serializers.IntegerField(min_value=1, max_value=NUMBER_BITS, help_text="本接收方取得过的记录")
    what = serializers.CharField(max_length=500, help_text="作出了什么决定，如“未通过供应商资格审查”；不写个人信息")
    decided_on = serializers.DateField(help_text="决定日期，不早于首次取得该记录，不晚于今天")
    reference = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=100, help_text="本接收方的文号，可不填"
    )


class AdverseUseShape(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="告知书编号")
    record_id = serializers.IntegerField(help_text="所依据的记录编号")
    what = serializers.CharField(help_text="作出了什么决定")
    decided_on = serializers.DateField(help_text="决定日期")
    reference = serializers.CharField(allow_blank=True, help_text="本接收方的文号；空：没有")
    made_at = serializers.DateTimeField(help_text="告知书产生的时间")
    changed_since = serializers.CharField(
        allow_blank=True, help_text="空：没有变更；撤回、修复、更正为不再公示：请依法重新审查"
    )
    warning = serializers.CharField(
        allow_blank=True,
        help_text="空：没有；决定之前记录已经撤回、修复、更正为不再公示的，写明不得作为依据，请撤销该决定",
    )
    text = serializers.CharField(help_text="告知书全文，请打印或者转为电子件送达主体")


class AdverseUsesShape(serializers.Serializer[Any]):
    adverse_uses = AdverseUseShape(many=True, help_text="告知书，新的在前")


@api_open_to(RECIPIENTS)
class AdverseUsesView(APIView):
    """The notices of adverse use of the recipient that asks."""

    authentication_classes = (RecipientAuthentication,)

    @extend_schema(
        operation_id="adverse_uses",
        summary="本接收方的不利使用告知书",
        description=f"接收方令牌。最近 {PAGE} 份，新的在前。",
        responses={200: AdverseUsesShape, **refusals(400, 401)},
        tags=["recipients"],
    )
    def get(self, request: Request) -> Response:
        rows = queries.adverse_uses_of_recipient(recipient_id=recipient_of(request).recipient_id)[:PAGE]
        return Response({"adverse_uses": [stated(use) for use in rows]})

    @extend_schema(
        operation_id="give_adverse_use_notice",
        summary="生成一份不利使用告知书",
        description="依据某条记录对主体作出不利决定的，须告知主体：来源、条目、取得副本和提出异议的权利。"
        "平台生成告知书，同时在主体的“我的信用”中列出。同一决定重复提交，得到同一份。",
        request=AdverseUseAsked,
        responses={201: AdverseUseShape, **refusals(400, 401)},
        tags=["recipients"],
    )
    def post(self, request: Request) -> Response:
        asked = AdverseUseAsked(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            made = operations.give_adverse_use_notice(
                by=recipient_of(request), used=Used(**asked.validated_data), at=timezone.now()
            )
        except UnableToGiveNotice as refusal:
            raise ValidationError({refusal.where or "what": [str(refusal)]}) from refusal
        return Response(stated(made), status=201)


def stated(use: AdverseUse) -> dict[str, Any]:
    """Give a notice of adverse use as the interface states it."""
    return {
        "number": use.pk,
        "record_id": use.record_id,
        "what": use.what,
        "decided_on": use.decided_on.isoformat(),
        "reference": use.reference,
        "made_at": use.made_at.isoformat(),
        "changed_since": queries.change_since(use=use),
        "warning": queries.warning_of(use=use),
        "text": use.text,
    }
