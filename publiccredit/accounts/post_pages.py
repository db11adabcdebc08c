"""What an administrator changes about an officer's post: role and department, and a log-in that is shut."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from publiccredit.accounts import operations, queries
from publiccredit.accounts.access import ADMINISTRATION, actor_of, open_to
from publiccredit.accounts.forms import AssignRoleForm
from publiccredit.accounts.operations import NotAllowed, UnableToOpenAccount
from publiccredit.accounts.pages import Departments


@open_to(ADMINISTRATION)
@require_http_methods(["GET", "POST"])
def assign_role(request: HttpRequest, officer_id: int, *, departments: Departments) -> HttpResponse:
    """Ask for the new role, say what follows from it, and assign it."""
    officer = get_object_or_404(queries.officers(), pk=officer_id)
    now = {"role": officer.role, "department_code": officer.department_code}
    form = AssignRoleForm(request.POST or None, departments=departments(), initial=now)
    if request.method == "POST" and form.is_valid():
        try:
            operations.assign_role(
                by=actor_of(request), officer_id=officer_id, at=timezone.now(), **form.cleaned_data
            )  # fmt: skip
        except (NotAllowed, UnableToOpenAccount) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "岗位已更改，立即生效。原有令牌已全部吊销，需要时请重新签发。")
            return redirect("accounts:account", officer_id)
    named = {"officer": officer, "form": form}
    return render(request, "accounts/role.html", named, status=422 if form.errors else 200)


@open_to(ADMINISTRATION)
@require_POST
def release_log_in(request: HttpRequest, officer_id: int) -> HttpResponse:
    """Let an officer log in again at once."""
    get_object_or_404(queries.officers(), pk=officer_id)
    operations.release_log_in(by=actor_of(request), officer_id=officer_id, at=timezone.now())
    messages.success(request, "登录锁定已解除，可以立即重新登录。")
    return redirect("accounts:account", officer_id)
