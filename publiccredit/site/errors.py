"""Pages for what went wrong: each says what happened, that nothing was lost, and what to do next."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.cache import add_never_cache_headers

from publiccredit.site.api import is_program, problem


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that cannot be understood (handler400)."""
    del exception
    return _to_program(request, 400) or render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer one who may not see this page (handler403)."""
    del exception
    return _unkept(_to_program(request, 403) or render(request, "403.html", status=403))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer where there is nothing, or nothing that may be shown: the two read the same (handler404)."""
    del exception
    return _to_program(request, 404) or render(request, "404.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer a failure of the program (handler500), without session or database, which may be what failed."""
    return _to_program(request, 500) or HttpResponse(
        get_template("500.html").render({"site_name": settings.SITE_NAME}), status=500
    )


def cross_site(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is missing or old (CSRF_FAILURE_VIEW)."""
    del reason
    return _unkept(_to_program(request, 403) or render(request, "403_csrf.html", status=403))


def not_allowed(request: HttpRequest, *, allowed: str) -> HttpResponse:
    """Answer one who opens what only a form may be sent to, or the other way round."""
    response = render(request, "405.html", status=405)
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
