"""Submissions by program: a file in, the same answer as the desk's out. The token says whose department it is."""

import re
from typing import IO, Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from publiccredit.accounts.access import SENDERS, SENDERS_AND_OFFICE, actor_of, api_open_to, asked_of, refusals, sent_of
from publiccredit.accounts.types import TokenScope
from publiccredit.intake import operations, queries, tasks
from publiccredit.intake.models import Submission, SubmissionState
from publiccredit.intake.operations import IdempotencyKeyReused, UnableToSubmit

KEY_HEADER = "Idempotency-Key"
KEY = re.compile(r"[\x21-\x7e]{1,100}")
PAGE = 50
NUMBER_BITS = 2**63 - 1
FINISHED = {SubmissionState.FILED, SubmissionState.REFUSED}


class Conflict(APIException):
    """The idempotency key stands for another file, or for the same one sent with other words."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "idempotency_key_reused"
    where = (KEY_HEADER,)


class SubmissionSent(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="xlsx、xls、csv 或 JSON 行")
    source = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=129, help_text="空：自动识别"
    )  # type: ignore[assignment]
    served_on = serializers.DateField(required=False, default=None, help_text="声明：其中的决定最迟在这一天都已送达")
    overrides = serializers.ListField(
        child=serializers.CharField(max_length=140),
        required=False,
        default=list,
        help_text="经确认的疑问代码；只确认一行的加上行号，如 A-104:12 或 A-104:Sheet1!12；A-104、A-105 只能逐行确认",
    )
    override_reason = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=500,
        help_text="确认疑问代码的理由；有 overrides 时必须写明",
    )


class SubmissionsAsked(serializers.Serializer[Any]):
    before = serializers.IntegerField(
        required=False, default=None, min_value=1, max_value=NUMBER_BITS, help_text="上一页的 next_before"
    )


class IssueShape(serializers.Serializer[Any]):
    sheet = serializers.CharField(allow_blank=True, help_text="工作表；csv 和 JSON 行为空")
    row = serializers.IntegerField(help_text="行号，从 1 起，与打开文件时所见相同")
    column = serializers.CharField(allow_blank=True, help_text="列的表头；空：整行的问题")
    column_letter = serializers.CharField(allow_blank=True, help_text="列号，如 C；空：整行的问题")
    code = serializers.CharField(help_text="问题代码，见问题一览")
    severity = serializers.ChoiceField(choices=["return", "warn"], help_text="return 退回该行，warn 提示，不退回")
    found = serializers.CharField(allow_blank=True, help_text="发现了什么；个人证件号已遮盖")
    expected = serializers.CharField(allow_blank=True, help_text="应当是什么")
    message = serializers.CharField(help_text="一句话：发现什么、应当怎样、如何改")


class DuplicateShape(serializers.Serializer[Any]):
    sheet = serializers.CharField(allow_blank=True, help_text="工作表；csv 和 JSON 行为空")
    row = serializers.IntegerField(help_text="行号，从 1 起")
    repeats_sheet = serializers.CharField(allow_blank=True, help_text="与本文件哪个工作表的行相同；已在库的为空")
    repeats_row = serializers.IntegerField(allow_null=True, help_text="与本文件哪一行相同；已在库的为 null")
    record = serializers.IntegerField(allow_null=True, help_text="已在库的记录编号")


class BriefShape(serializers.Serializer[Any]):
    submission = serializers.IntegerField(help_text="报送编号")
    file_name = serializers.CharField(help_text="文件名")
    file_sha256 = serializers.CharField(help_text="收到的文件的 SHA-256 摘要")
    received_at = serializers.DateTimeField(help_text="收到的时间")
    state = serializers.ChoiceField(
        choices=[s.value for s in SubmissionState],
        help_text="received 已接收、checking 核验中、filing 入库中、filed 已入库、refused 整体退回",
    )
    source = serializers.CharField(allow_blank=True, help_text="识别出或指明的数据源；空：还没有识别")  # type: ignore[assignment]
    rows = serializers.IntegerField(allow_null=True, help_text="行数，由第二个读取程序数出；空：还没有核验完")
    accepted = serializers.IntegerField(allow_null=True, help_text="接受的行数；空：还没有核验完")
    returned = serializers.IntegerField(allow_null=True, help_text="退回的行数；空：还没有核验完")
    duplicates = serializers.IntegerField(allow_null=True, help_text="重复的行数；空：还没有核验完")


class SubmissionShape(BriefShape):
    refusal = serializers.CharField(allow_blank=True, help_text="整体退回的原因")
    persons_refused = serializers.IntegerField(help_text="自然人行：不收，也不留存")
    kept_sha256 = serializers.CharField(
        allow_blank=True,
        help_text="留存文件的摘要；文件载有自然人的行时是清空后的副本，与 file_sha256 不同；整体退回的不留存，为空",
    )
    progress = serializers.IntegerField(help_text="已核验的行数")
    recognised = serializers.JSONField(help_text="识别出的格式、表头和列")
    issues = IssueShape(many=True, help_text="全部问题")
    duplicate_rows = DuplicateShape(many=True, help_text="重复的行")


class SubmissionPageShape(serializers.Serializer[Any]):
    submissions = BriefShape(many=True, help_text="报送，新的在前")
    next_before = serializers.IntegerField(allow_null=True, help_text="空：没有更早的")


@api_open_to(SENDERS, scopes={"POST": TokenScope.SEND_SUBMISSIONS, "GET": TokenScope.READ_SUBMISSIONS})
class SubmissionsView(APIView):
    """Send a file, and list what the department has sent."""

    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="send_submission",
        summary="报送文件",
        description="文件收下后由后台核验、入库，随后用返回的编号查询结果，疑问逐条列在那里。报送即声明本单位持有文件中每一份决定的文书，声明写入留痕。网络中断后用同一幂等键重发，不会重复报送。",
        request={"multipart/form-data": SubmissionSent},
        parameters=[
            OpenApiParameter(
                KEY_HEADER,
                location=OpenApiParameter.HEADER,
                required=True,
                description="每个文件一个，1 至 100 个可见的 ASCII 字符",
                pattern="^[!-~]{1,100}$",
            )
        ],
        responses={202: BriefShape, 200: BriefShape, **refusals(400, 401, 403, 409, 413, 415)},
    )
    def post(self, request: Request) -> Response:
        key = request.headers.get(KEY_HEADER, "")
        if not KEY.fullmatch(key):
            raise ValidationError(
                {KEY_HEADER: "请在请求头写 Idempotency-Key：每个文件一个，1 至 100 个可见的 ASCII 字符。"}
            )
        received = _receive(request, key, sent_of(shape=SubmissionSent, request=request))
        if received.state not in FINISHED:
            tasks.file_soon(submission_id=received.pk)
        told = status.HTTP_200_OK if received.state in FINISHED else status.HTTP_202_ACCEPTED
        return Response(_brief(received), status=told, headers={"Location": f"{request.path}/{received.pk}"})

    @extend_schema(
        operation_id="list_submissions",
        summary="本部门的报送",
        description="最近收到的在前。每次报送的状态和三个数；疑问逐条列在“报送结果”里。",
        parameters=[SubmissionsAsked],
        responses={200: SubmissionPageShape, **refusals(400, 401, 403)},
    )
    def get(self, request: Request) -> Response:
        asked = asked_of(shape=SubmissionsAsked, request=request)
        found = queries.submissions(department_code=actor_of(request).department_code)
        if before := asked["before"]:
            found = found.filter(pk__lt=before)
        page = list(found[: PAGE + 1])
        more = page[PAGE - 1].pk if len(page) > PAGE else None
        return Response({"submissions": [_brief(s) for s in page[:PAGE]], "next_before": more})


@api_open_to(SENDERS_AND_OFFICE, scopes={"GET": TokenScope.READ_SUBMISSIONS})
class SubmissionView(APIView):
    """What became of one submission."""

    @extend_schema(
        operation_id="submission",
        summary="报送结果",
        description="三个数相加等于行数。核验中的报送还没有这些数。",
        responses={200: SubmissionShape, **refusals(401, 403, 404)},
        parameters=[OpenApiParameter("submission_id", int, OpenApiParameter.PATH, description="报送编号")],
    )
    def get(self, request: Request, submission_id: str) -> Response:
        del request
        if not submission_id.isdecimal() or int(submission_id) > NUMBER_BITS:
            raise Http404
        try:
            found = queries.submission(submission_id=int(submission_id))
        except Submission.DoesNotExist as error:
            raise Http404 from error
        return Response(_whole(found))


def _receive(request: Request, key: str, given: dict[str, Any]) -> Submission:
    actor = actor_of(request)
    file: UploadedFile[bytes] = given["file"]
    try:
        return operations.receive_submission(
            by=actor,
            department_code=actor.department_code,
            file=cast(IO[bytes], file.file),
            file_name=file.name or "",
            channel="api",
            at=timezone.now(),
            source=given["source"] or None,
            served_on=given["served_on"],
            idempotency_key=key,
            overrides=given["overrides"],
            override_reason=given["override_reason"],
        )
    except IdempotencyKeyReused as error:
        raise Conflict(str(error)) from error
    except UnableToSubmit as error:
        raise ValidationError({error.about: str(error)}) from error


def _brief(submission: Submission) -> dict[str, Any]:
    return {
        "submission": submission.pk,
        "file_name": submission.file_name,
        "file_sha256": submission.file_sha256,
        "received_at": submission.received_at,
        "state": submission.state,
        "source": submission.source,
        "rows": submission.rows,
        "accepted": submission.accepted,
        "returned": submission.returned,
        "duplicates": submission.duplicates,
    }


def _whole(submission: Submission) -> dict[str, Any]:
    return {**_brief(submission), "progress": submission.progress, **queries.result(submission=submission)}
