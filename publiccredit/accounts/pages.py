"""Logging in and out, one's own password, and the administrator's accounts page."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from publiccredit.accounts import operations, queries, second_factor_pages
from publiccredit.accounts.access import ADMINISTRATION, EVERY_OFFICER, EVERYBODY, actor_of, open_to
from publiccredit.accounts.forms import (
    ChangePasswordForm,
    Choices,
    IssueTokenForm,
    LogInForm,
    OpenAccountForm,
    ResetSecondFactorForm,
)
from publiccredit.accounts.models import Officer
from publiccredit.accounts.operations import NotAllowed, UnableToOpenAccount
from publiccredit.accounts.second_factor_pages import onward_of

Departments = Callable[[], Choices]


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
    return render(request, "accounts/list.html", {"rows": rows, "nobody": nobody})


@open_to(ADMINISTRATION)
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def open_account(request: HttpRequest, *, departments: Departments) -> HttpResponse:
    form = OpenAccountForm(request.POST or None, departments=departments())
    if request.method == "POST" and form.is_valid():
        try:
            opened = operations.open_account_with_first_password(
                by=actor_of(request), at=timezone.now(), **form.cleaned_data
            )
        except UnableToOpenAccount as refusal:
            form.add_error(None, str(refusal))
        else:
            return _show_secret(request, opened.object_id, secret=opened.secret, what="初始密码")
    return render(request, "accounts/open.html", {"form": form}, status=422 if form.errors else 200)


@open_to(ADMINISTRATION)
@require_GET
def account(request: HttpRequest, officer_id: int, *, departments: Departments) -> HttpResponse:
    officer = get_object_or_404(queries.officers(), pk=officer_id)
    return _account_page(request, officer, departments=departments, form=IssueTokenForm())


def _account_page(
    request: HttpRequest, officer: Officer, *, departments: Departments, form: IssueTokenForm
) -> HttpResponse:
    named = {
        "officer": officer,
        "department": dict(departments()).get(officer.department_code, officer.department_code),
        "tokens": queries.tokens().filter(officer=officer),
        "lockouts": queries.lockouts(at=timezone.now(), username=officer.username),
        "form": form,
        "reset_form": ResetSecondFactorForm(),
        "now": timezone.now(),
    }
    return render(request, "accounts/account.html", named, status=422 if form.errors else 200)


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
def reopen_account(request: HttpRequest, officer_id: int) -> HttpResponse:
    get_object_or_404(queries.officers(), pk=officer_id)
    operations.reopen_account(by=actor_of(request), officer_id=officer_id, at=timezone.now())
    messages.success(request, "账号已重新启用。原有令牌不会恢复，需要时请重新签发。")
    return redirect("accounts:account", officer_id)


@open_to(ADMINISTRATION)
@never_cache
@require_POST
def reset_password(request: HttpRequest, officer_id: int) -> HttpResponse:
    get_object_or_404(queries.officers(), pk=officer_id)
    issued = operations.reset_password(by=actor_of(request), officer_id=officer_id, at=timezone.now())
    return _show_secret(request, officer_id, secret=issued.secret, what="初始密码")


@open_to(ADMINISTRATION)
@never_cache
@require_POST
def issue_token(request: HttpRequest, officer_id: int, *, departments: Departments) -> HttpResponse:
    officer = get_object_or_404(queries.officers(), pk=officer_id)
    form = IssueTokenForm(request.POST)
    if not form.is_valid():
        return _account_page(request, officer, departments=departments, form=form)
    now = timezone.now()
    issued = operations.issue_token(
        by=actor_of(request),
        officer_id=officer_id,
        name=form.cleaned_data["name"],
        scopes=form.cleaned_data["scopes"],
        expires_at=now + timedelta(days=int(form.cleaned_data["days"])),
        at=now,
    )
    return _show_secret(request, officer_id, secret=issued.secret, what="接口令牌")


@open_to(ADMINISTRATION)
@require_POST
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    token = get_object_or_404(queries.tokens(), pk=token_id)
    operations.revoke_token(by=actor_of(request), token_id=token_id, at=timezone.now())
    messages.success(request, f"令牌“{token.name}”已吊销，立即失效。")
    return redirect(resolve_url("accounts:account", token.officer_id))


def _show_secret(request: HttpRequest, officer_id: int, *, secret: str, what: str) -> HttpResponse:
    """Show a secret once: it is in this answer and nowhere else, so the page is neither kept nor redirected to."""
    officer = get_object_or_404(queries.officers(), pk=officer_id)
    return render(request, "accounts/secret.html", {"officer": officer, "secret": secret, "what": what})
