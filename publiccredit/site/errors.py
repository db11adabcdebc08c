"""Pages for what went wrong: each says what happened, that nothing was lost, and what to do next."""

import sys

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.cache import add_never_cache_headers

from publiccredit.accounts.operations import FileClosed
from publiccredit.site.api import is_program, problem

TRY_AGAIN_AFTER = "30"  # seconds; a database that is restarted takes fewer
TOO_MANY_CONNECTIONS = "53300"
# SQLSTATE classes and codes of PostgreSQL: connection exceptions; shut down, crashed, not yet up again.
OUT_OF_REACH = ("08", "57P", TOO_MANY_CONNECTIONS)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that cannot be understood (handler400), and one to a host name this site does not go by."""
    if isinstance(exception, DisallowedHost):
        return _unknown_host(request)
    return _to_program(request, 400) or render(request, "400.html", status=400)


def _unknown_host(request: HttpRequest) -> HttpResponse:
    """Whoever sets the site up meets this first: it must say what is to be set, not blame the link."""
    if is_program(request=request):
        said = (
            "平台不以这个主机名提供服务。请改用平台公布的网址；"
            "新启用的主机名，请系统管理员写入 PUBLICCREDIT_HOSTS 后重启。"
        )
        return problem(status=400, code="unknown_host", message=said)
    return render(request, "400.html", {"unknown_host": True}, status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer one who may not see this page (handler403), or has to stay away from what it is about (DP-34)."""
    closed = str(exception) if isinstance(exception, FileClosed) else ""
    return _unkept(_to_program(request, 403) or render(request, "403.html", {"closed": closed}, status=403))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer where there is nothing, or nothing that may be shown: the two read the same (handler404)."""
    del exception
    return _to_program(request, 404) or render(request, "404.html", {"main_search": True}, status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer a failure of the program (handler500), without session or database, which may be what failed."""
    if _database_is_out_of_reach(sys.exc_info()[1]):
        return _unavailable(request)
    return _to_program(request, 500) or HttpResponse(_plain_page(status=500), status=500)


def _unavailable(request: HttpRequest) -> HttpResponse:
    """Say that it passes: a program, a proxy and a crawler come again for a 503, and take a 500 for our mistake."""
    response = _to_program(request, 503) or HttpResponse(_plain_page(status=503), status=503)
    response["Retry-After"] = TRY_AGAIN_AFTER
    return _unkept(response)


def _plain_page(*, status: int) -> str:
    return get_template("500.html").render({"site_name": settings.SITE_NAME, "status": status})


def _database_is_out_of_reach(error: BaseException | None) -> bool:
    """Tell a database that is stopped or being restarted from a statement that it refused."""
    if isinstance(error, InterfaceError):
        return "connection" in str(error)
    if not isinstance(error, OperationalError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(OUT_OF_REACH)


def cross_site(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is missing or old (CSRF_FAILURE_VIEW)."""
    del reason
    return _unkept(_to_program(request, 403) or render(request, "403_csrf.html", status=403))


def not_allowed(request: HttpRequest, *, allowed: str) -> HttpResponse:
    """Answer one who opens what only a form may be sent to, or the other way round."""
    response = _to_program(request, 405) or render(request, "405.html", status=405)
    response["Allow"] = allowed
    return response


def too_large(request: HttpRequest, *, limit_megabytes: int) -> HttpResponse:
    """Answer an upload above the limit."""
    if is_program(request=request):
        return problem(status=413, message=f"请求体超过 {limit_megabytes} MB。请把文件拆成几个分别报送。")
    return render(request, "413.html", {"limit_megabytes": limit_megabytes}, status=413)


def too_many(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """Answer one who asks too often, and the log-in that django-axes has closed (AXES_LOCKOUT_CALLABLE)."""
    del args, kwargs
    response = _to_program(request, 429) or render(request, "429.html", status=429)
    response["Retry-After"] = "900"
    return response


def _unkept(response: HttpResponse) -> HttpResponse:
    """Let no browser and no proxy keep a refusal: after the log-in the same address answers otherwise."""
    add_never_cache_headers(response)
    return response


def _to_program(request: HttpRequest, status: int) -> HttpResponse | None:
    """Answer a caller of the interface in the one shape it knows, where no view of the interface was reached."""
    return problem(status=status) if is_program(request=request) else None
