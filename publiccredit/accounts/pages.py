"""Logging in and out, one's own password, and the administrator's accounts page."""

from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from publiccredit.accounts import grant_pages, operations, queries, second_factor_pages
from publiccredit.accounts.access import ADMINISTRATION, EVERY_OFFICER, EVERYBODY, actor_of, open_to
from publiccredit.accounts.forms import ChangePasswordForm, LogInForm
from publiccredit.accounts.grant_pages import Departments
from publiccredit.accounts.models import Officer
from publiccredit.accounts.operations import NotAllowed
from publiccredit.accounts.second_factor_pages import onward_of


@open_to(EVERYBODY)
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    onward = request.POST.get("next", request.GET.get("next", ""))
    if request.user.is_authenticated:
        return redirect(onward_of(request, onward, request.user))
    form = LogInForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid() and form.officer:
        if form.officer.second_factor_since is not None:
            return second_factor_pages.ask_code(request, form.officer, onward=onward)
        login(request, form.officer)
        return redirect(onward_of(request, onward, form.officer))
    return render(
        request, "accounts/log_in.html", {"form": form, "next": onward}, status=422 if request.method == "POST" else 200
    )


@open_to(EVERY_OFFICER)
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("/")


@open_to(EVERY_OFFICER)
@sensitive_post_parameters("current", "new", "repeated")
@never_cache
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    officer = request.user
    assert isinstance(officer, Officer)
    form = ChangePasswordForm(request.POST or None, officer=officer)
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_password(officer_id=officer.pk, password=form.cleaned_data["new"], at=timezone.now())
        except ValidationError as refusal:
            form.add_error("new", refusal)
        else:
            officer.refresh_from_db()
            update_session_auth_hash(request, officer)  # this session stays open, every other one ends
            messages.success(request, "密码已修改。其他设备上的登录已全部退出。")
            return redirect(onward_of(request, "", officer))
    return render(
        request,
        "accounts/change_password.html",
        {"form": form, "first": officer.must_change_password},
        status=422 if form.errors else 200,
    )


@open_to(ADMINISTRATION)
@require_GET
def accounts(request: HttpRequest, *, departments: Departments) -> HttpResponse:
    names = dict(departments())
    shut_out = queries.lockouts(at=timezone.now())
    locked = {found.username for found in shut_out}
    officers = list(queries.officers())
    rows = [
        {
            "officer": o,
            "department": names.get(o.department_code, o.department_code),
            "is_locked": o.username in locked,
        }
        for o in officers
    ]
    known = {o.username for o in officers}
    nobody = [found for found in shut_out if found.username not in known]
    waiting, alone = grant_pages.waiting_for(by=actor_of(request))
    named = {"rows": rows, "nobody": nobody, "waiting": waiting, "alone": alone}
    return render(request, "accounts/list.html", named)


@open_to(ADMINISTRATION)
@require_GET
def account(request: HttpRequest, officer_id: int, *, departments: Departments) -> HttpResponse:
    officer = get_object_or_404(queries.officers(), pk=officer_id)
    now = timezone.now()
    named = {
        "officer": officer,
        "department": dict(departments()).get(officer.department_code, officer.department_code),
        "tokens": queries.tokens().filter(officer=officer),
        "lockouts": queries.lockouts(at=now, username=officer.username),
        "waiting": [
            found
            for found in queries.grant_proposals().filter(officer=officer)
            if found.ends_at is not None and not found.has_lapsed(at=now)
        ],
        "now": now,
    }
    return render(request, "accounts/account.html", named)


@open_to(ADMINISTRATION)
@require_POST
def close_account(request: HttpRequest, officer_id: int) -> HttpResponse:
    get_object_or_404(queries.officers(), pk=officer_id)
    try:
        operations.close_account(by=actor_of(request), officer_id=officer_id, at=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal), extra_tags="adverse")
    else:
        messages.success(request, "账号已停用，登录状态和全部令牌随即失效。")
    return redirect("accounts:account", officer_id)


@open_to(ADMINISTRATION)
@require_POST
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    token = get_object_or_404(queries.tokens(), pk=token_id)
    operations.revoke_token(by=actor_of(request), token_id=token_id, at=timezone.now())
    messages.success(request, f"令牌“{token.name}”已吊销，立即失效。")
    return redirect(resolve_url("accounts:account", token.officer_id))


@open_to(ADMINISTRATION)
@require_POST
def release_log_in(request: HttpRequest, officer_id: int) -> HttpResponse:
    """Let an officer log in again at once."""
    get_object_or_404(queries.officers(), pk=officer_id)
    operations.release_log_in(by=actor_of(request), officer_id=officer_id, at=timezone.now())
    messages.success(request, "登录锁定已解除，可以立即重新登录。")
    return redirect("accounts:account", officer_id)
