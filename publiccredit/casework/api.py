"""The public figures of casework for programs: the same numbers as the page, of the same periods."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from publiccredit.accounts.access import EVERYBODY, api_open_to, asked_of, refusals
from publiccredit.casework.figure_tables import Row, Table, filled
from publiccredit.casework.figures import FIGURES_YEARS
from publiccredit.casework.queries import published_figures
from publiccredit.catalogue import queries as catalogue
from publiccredit.recipients.authentication import RecipientAuthentication

WITH_OR_WITHOUT_TOKEN: Any = [{"recipient_token": []}, {}]
NOTHING_YET = "还没有公布过 {year} 年的数字：这一年在平台启用以前，或者第一期还没有结束。"


class StatisticsAsked(serializers.Serializer[Any]):
    year = serializers.IntegerField(
        required=False,
        default=None,
        help_text="哪一年，例如 2026；不写：今年",
        error_messages={"invalid": "year 应为年份，写四位数字，例如 2026。请改正，或者不写。"},
    )


class BodyShape(serializers.Serializer[Any]):
    department_code = serializers.CharField(allow_blank=True, help_text="单位代码；空：几个单位合计，各自太少")
    department = serializers.CharField(help_text="单位名称")
    whole = serializers.IntegerField(help_text="合计件数：各栏与未分栏之和")
    undivided = serializers.IntegerField(help_text="年末只公布合计、没有分到各栏的件数")


class ClocksShape(BodyShape):
    in_time = serializers.IntegerField(help_text="按期决定的件数")
    late = serializers.IntegerField(help_text="逾期的件数，以后决定的不再改计")


class ReviewsShape(BodyShape):
    overturned = serializers.IntegerField(help_text="复核改变原结果的件数")
    confirmed = serializers.IntegerField(help_text="复核维持原结果的件数")
    lapsed = serializers.IntegerField(help_text="复核逾期未决定的件数")


class RecordsShape(BodyShape):
    put_right = serializers.IntegerField(help_text="更正或者撤回了记录的件数")
    left = serializers.IntegerField(help_text="维持了记录的件数")


class TakenBackShape(BodyShape):
    taken_back = serializers.IntegerField(help_text="申请人在决定前撤回的件数")


class ComplaintsShape(BodyShape):
    upheld = serializers.IntegerField(help_text="投诉属实的件数，部分属实的也计入")
    unfounded = serializers.IntegerField(help_text="投诉不属实的件数")


class StatisticsShape(serializers.Serializer[Any]):
    year = serializers.IntegerField(help_text="哪一年")
    as_of = serializers.DateField(allow_null=True, help_text="计至这一天，是一期的最后一天；空：这一年没有公布过数字")
    note = serializers.CharField(allow_blank=True, help_text="as_of 为空时说明原因；否则为空")
    period = serializers.CharField(help_text="多久公布一次：month 每月、quarter 每季；一期之内数字不变")
    fewest = serializers.IntegerField(help_text="任何一栏公布的不是零就至少有这么多件；不足的并入以后各期")
    clocks = ClocksShape(many=True, help_text="按期办理，按由谁决定；复核不在其中")
    reviews = ReviewsShape(many=True, help_text="复核，按由谁复核")
    records = RecordsShape(many=True, help_text="记录对不对，按认定单位；复核的结果与原决定在同一栏的不再计")
    taken_back = TakenBackShape(many=True, help_text="申请人撤回的请求，按由谁决定")
    complaints = ComplaintsShape(
        many=True, help_text="投诉属实不属实，按被投诉单位；复核的结果与原决定在同一栏的不再计"
    )


@api_open_to(EVERYBODY)
class StatisticsView(APIView):
    """What has been published of cases; a token is held against the same rule as where records are read."""

    authentication_classes: tuple[type[BaseAuthentication], ...] = (RecipientAuthentication,)

    @extend_schema(
        operation_id="case_statistics",
        auth=WITH_OR_WITHOUT_TOKEN,
        summary="异议和修复的办理情况",
        description="与“异议和修复的办理情况”一页相同的数字：每期结束后公布一次，公布过的不再改动。",
        parameters=[StatisticsAsked],
        responses={200: StatisticsShape, **refusals(400, 401)},
        tags=["case-statistics"],
    )
    def get(self, request: Request) -> Response:
        today = timezone.localdate()
        year = asked_of(shape=StatisticsAsked, request=request)["year"]
        year = today.year if year is None else year
        first = today.year - FIGURES_YEARS + 1
        if not first <= year <= today.year:
            raise ValidationError({"year": [f"year 应为 {first} 至 {today.year} 之间的一年。请改正，或者不写。"]})
        found = published_figures(year=year, on=today)
        rule = catalogue.statistics_rule(on=today)
        tables = {table.name: [_stated(table, row) for row in table.rows] for table in filled(found=found)}
        said = {"as_of": found.as_of.isoformat() if found.as_of else None}
        said["note"] = "" if found.as_of else NOTHING_YET.format(year=year)
        return Response({"year": year, **said, "period": rule.period.value, "fewest": rule.fewest, **tables})


def _stated(table: Table, row: Row) -> dict[str, Any]:
    counts = {column.name: number for column, number in zip(table.columns, row.counts, strict=True)}
    body = {"department_code": row.department_code, "department": row.name}
    return {**body, "whole": row.whole, **counts, "undivided": row.undivided}
