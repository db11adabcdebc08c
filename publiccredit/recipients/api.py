"""What a recipient's program asks and says: which notices are for it, and that it has followed one."""

import json
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from publiccredit.accounts.access import RECIPIENTS, api_open_to, asked_of, refusals
from publiccredit.recipients import operations, queries
from publiccredit.recipients.authentication import RecipientAuthentication, recipient_of
from publiccredit.recipients.models import Notice
from publiccredit.recipients.operations import NoSuchNotice, UnableToConfirm

NUMBER_BITS = 2**63 - 1


class NoticesAsked(serializers.Serializer[Any]):
    after = serializers.IntegerField(
        required=False, default=0, min_value=0, max_value=NUMBER_BITS, help_text="上一页的 next_after；0：从头"
    )
    limit = serializers.IntegerField(
        required=False, default=100, min_value=1, max_value=500, help_text="每页多少条，1 至 500；不写：100"
    )


class NoticeShape(serializers.Serializer[Any]):
    delivery_id = serializers.UUIDField(help_text="送达编号：重复收到的，按它去重")
    state = serializers.CharField(help_text="waiting 待送达、unconfirmed 待确认、confirmed 已确认、escalated 转人工")
    created_at = serializers.DateTimeField(help_text="产生的时间")
    confirmed_at = serializers.DateTimeField(allow_null=True, help_text="确认的时间；空：还没有确认")
    signature = serializers.CharField(
        help_text="对“delivery_id.时间.body”的 HMAC-SHA256，写作 v1,base64，时间为 created_at 的整秒数；"
        "密钥是 whsec_ 之后的文字经 base64 解码所得，以产生时的为准"
    )
    body = serializers.CharField(help_text="通知原文，JSON 文本；签名和回执都以它为准")
    notice = serializers.DictField(help_text="同一内容，供直接读取")


class NoticePageShape(serializers.Serializer[Any]):
    notices = NoticeShape(many=True, help_text="通知，旧的在前")
    next_after = serializers.IntegerField(allow_null=True, help_text="从这里续读；空：没有更多")


class AcknowledgeAsked(serializers.Serializer[Any]):
    receipt = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=200,
        help_text="可选：对“receipt.delivery_id.body 的 SHA-256（十六进制）”的签名，与 signature 同样写法",
    )


@api_open_to(RECIPIENTS)
class NoticesView(APIView):
    """The notices of the recipient that asks."""

    authentication_classes = (RecipientAuthentication,)

    @extend_schema(
        operation_id="notices",
        summary="本接收方的变更通知",
        description="接收方令牌。按产生先后，从 after 之后给出；确认之前会以回调重试，确认之后仍可查询。",
        parameters=[NoticesAsked],
        responses={200: NoticePageShape, **refusals(400, 401)},
        tags=["recipients"],
    )
    def get(self, request: Request) -> Response:
        values = asked_of(shape=NoticesAsked, request=request)
        found = queries.notices_of(
            recipient_id=recipient_of(request).recipient_id, after_id=values["after"], limit=values["limit"] + 1
        )
        page, more = found[: values["limit"]], len(found) > values["limit"]
        return Response({"notices": [stated(n) for n in page], "next_after": page[-1].pk if more else None})


@api_open_to(RECIPIENTS)
class AcknowledgeView(APIView):
    """The confirmation of one notice."""

    authentication_classes = (RecipientAuthentication,)

    @extend_schema(
        operation_id="acknowledge_notice",
        summary="确认一条变更通知",
        description="表示已按通知停止使用、更正或者删除。重复确认不改变任何内容。",
        parameters=[OpenApiParameter("delivery_id", UUID, OpenApiParameter.PATH, description="通知中的送达编号")],
        request=AcknowledgeAsked,
        responses={200: NoticeShape, **refusals(400, 401, 404, 415)},
        tags=["recipients"],
    )
    def post(self, request: Request, delivery_id: UUID) -> Response:
        asked = AcknowledgeAsked(data=request.data if isinstance(request.data, dict) else {})
        asked.is_valid(raise_exception=True)
        try:
            notice = operations.acknowledge(
                by=recipient_of(request),
                delivery_id=delivery_id,
                receipt=asked.validated_data["receipt"],
                at=timezone.now(),
            )
        except NoSuchNotice:
            raise Http404 from None
        except UnableToConfirm as refusal:
            raise ValidationError({"receipt": [str(refusal)]}) from refusal
        return Response(stated(notice))


def stated(notice: Notice) -> dict[str, Any]:
    """Give a notice as the interface states it."""
    return {
        "delivery_id": str(notice.delivery_id),
        "state": notice.state,
        "created_at": notice.created_at.isoformat(),
        "confirmed_at": notice.confirmed_at.isoformat() if notice.confirmed_at else None,
        "signature": notice.signature,
        "body": notice.body,
        "notice": json.loads(notice.body),
    }
