"""
What all of the API shares: one shape of error, ``{code, message, where}``.

``message`` says in Chinese what was found, what would be right and how to get there; ``where`` lists the parameters it
is about, and is empty where it is about the request as a whole.
"""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler

from publiccredit.catalogue.types.identity_numbers import may_hold_one
from publiccredit.site.api_words import WORDS as PARAMETER_WORDS

UNDER = "/api/"
PAGES = ("/api/", "/api/try/")  # what stands there for a reader: the description, and the way to its questions
SHOWN_AT_MOST = 40  # characters of what was sent that are told back
WORDS = {
    400: "请求不完整，或者地址中有不能识别的字符。请按 /api/schema 的说明改正后重发。",
    401: "请求没有带令牌。请在请求头写“Authorization: Bearer 令牌”；令牌由系统管理员签发。",
    403: "令牌所属的账号不能调用这个地址。请改用有此权限的账号的令牌，或者请系统管理员核对账号的岗位。",
    404: "没有这个对象，或者它不对外公开。请核对地址和编号；公开的可以先用 /api/v1/search 查找，"
    "本部门的报送用 /api/v1/submissions 查找。",
    405: "这个地址不支持所用的方法。请按 /api/schema 的说明改用。",
    406: "不能按所要求的格式回答，只有 JSON。请把请求头 Accept 改为 application/json，或者不写。",
    410: "这个对象曾经公开，现已撤回。请删除所存的副本。",
    413: "请求体太大。请拆成几个分别发送。",
    415: "不能识别所提交的格式。请按 /api/schema 写明的格式提交。",
    429: "请求过于频繁，已暂停。请等候响应头 Retry-After 写明的秒数后再发。",
    500: "系统出错，请求没有完成，也没有只完成一半。请稍后原样重发；再次出错请联系信用办。",
    503: "平台暂时连不上数据库，请求没有完成，也没有只完成一半。请等候响应头 Retry-After 写明的秒数后原样重发。",
}
STOCK = {said for words in PARAMETER_WORDS.values() for said in words.values()}
CODES = {
    400: "invalid",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    429: "throttled",
    500: "failed",
    503: "unavailable",
}


def error_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer every refusal in the one shape; hidden and absent look the same."""
    response = exception_handler(error, context)
    if response is None:
        return None
    status = response.status_code
    code, message, where = CODES.get(status, ""), WORDS.get(status, WORDS[400]), []
    if isinstance(error, exceptions.ValidationError):
        found = list(_problems(error.detail, context))
        code, message, where = "invalid", "".join(said for _, said in found) or WORDS[400], [n for n, _ in found if n]
    elif isinstance(error, exceptions.APIException):
        code, message = error.default_code, _said_by(error, context) or message
        where = list(getattr(error, "where", ()))
    if status in (401, 403):
        response["Cache-Control"] = "no-store"  # with another token the same address answers otherwise
    response.data = {"code": code, "message": message, "where": list(dict.fromkeys(where))}
    return response


def problem(*, status: int, code: str = "", message: str = "") -> JsonResponse:
    """Answer a program in the one shape, where no view of the interface was reached."""
    body = {"code": code or CODES[status], "message": message or WORDS[status], "where": []}
    return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})


def is_program(*, request: HttpRequest) -> bool:
    """Tell whether a request is a program's: what is under the interface's own address, but for the pages there."""
    page = request.path == PAGES[0] or request.path.startswith(PAGES[1:])
    return request.path.startswith(UNDER) and not page


def _said_by(error: exceptions.APIException, context: dict[str, Any]) -> str:
    """Give an error's own sentence, and the words of ours where it has only the framework's."""
    view, request = context.get("view"), context.get("request")
    if isinstance(error, exceptions.MethodNotAllowed) and isinstance(view, APIView):
        allowed = "、".join(sorted(set(view.allowed_methods) - {"OPTIONS"}))
        return f"这个地址不支持 {request.method if request else '这种方法'}。可以用的有：{allowed}。"
    if isinstance(error, exceptions.UnsupportedMediaType) and isinstance(view, APIView):
        known = "、".join(str(parser.media_type) for parser in view.parser_classes)
        sent = str(request.content_type).partition(";")[0] if request else ""
        return f"不能识别所提交的格式“{sent[:SHOWN_AT_MOST]}”。请把请求头 Content-Type 改为 {known}，并按它提交。"
    if isinstance(error, exceptions.ParseError):
        return (
            "请求体不能读取。请检查它是否完整，并且与请求头 Content-Type 写明的格式相符；"
            "所发文件的名称很长的，请改短后重发。"
        )
    own = isinstance(error.detail, str) and str(error.detail) != str(type(error).default_detail)
    framework = (exceptions.NotFound, exceptions.NotAcceptable, exceptions.Throttled)
    return str(error.detail) if own and not isinstance(error, framework) else ""


def _problems(detail: Any, context: dict[str, Any], name: str = "") -> Iterator[tuple[str, str]]:
    """Give each parameter that is wrong, as a dotted name, with a sentence that names it and what was found."""
    if isinstance(detail, dict):
        for key, inner in detail.items():
            inside = name if key == "non_field_errors" else f"{name}.{key}" if name else str(key)
            yield from _problems(inner, context, inside)
    elif isinstance(detail, list | tuple):
        for number, inner in enumerate(detail):
            inside = f"{name}.{number}" if isinstance(inner, dict) and name else name
            yield from _problems(inner, context, inside)
    else:
        yield name, _sentence(str(detail), getattr(detail, "code", ""), context, name)


def _sentence(said: str, code: str, context: dict[str, Any], name: str) -> str:
    """
    A sentence of a package's own stands as it is; one of the words above is completed by its name and what was found.

    Nothing that may be a person's number is told back.
    """
    if code == "invalid" and said not in STOCK:
        return said
    request = context.get("request")
    sent = request.query_params.get(name, "") if isinstance(request, Request) else ""
    shown = f"为“{sent}”，" if 0 < len(sent) <= SHOWN_AT_MOST and not may_hold_one(sent) else ""
    return f"{name}：{shown}{said}" if name else said
