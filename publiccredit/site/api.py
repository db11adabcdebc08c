"""What all of the API shares: one shape of error."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

WORDS = {
    400: "请求不完整或格式不对。",
    401: "需要令牌。",
    403: "当前账号无权进行此操作。",
    404: "没有这个对象，或者它不对外公开。",
    405: "此地址不支持该方法。",
    406: "不支持所要求的格式。",
    415: "不支持所提交的格式。",
    429: "请求过于频繁，请稍后再试。",
    500: "系统出错，请求没有完成，也没有只完成一半。请稍后再试；再次出错请联系信用办。",
}


def error_response(error: Exception, context: dict[str, object]) -> Response | None:
    """Answer every refusal as ``{code, message, where}``; hidden and absent look the same."""
    response = exception_handler(error, context)
    if response is None:
        return None
    code = getattr(error, "default_code", None) or ("not_found" if isinstance(error, Http404) else "forbidden")
    where: object = None
    message = WORDS.get(response.status_code, "请求未能完成。")
    if isinstance(error, exceptions.ValidationError):
        code, where = "invalid", error.detail
        message = _first(error.detail) or message
    elif isinstance(error, exceptions.APIException) and isinstance(error.detail, str):
        message = str(error.detail) if response.status_code not in (404, 405) else message
    elif isinstance(error, Http404 | PermissionDenied):
        message = WORDS[response.status_code]
    if response.status_code in (401, 403):
        response["Cache-Control"] = "no-store"  # with another token the same address answers otherwise
    response.data = {"code": str(code), "message": message, "where": where}
    return response


def _first(detail: object) -> str:
    """Give the first sentence of what is wrong, with the parameter it is about."""
    if isinstance(detail, dict):
        name, inner = next(iter(detail.items()), ("", ""))
        said = _first(inner)
        return said if name in ("", "non_field_errors") or "请" in said else f"{name}：{said}"
    if isinstance(detail, list | tuple):
        return _first(detail[0]) if detail else ""
    return str(detail)
